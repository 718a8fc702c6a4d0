package compose

import (
	"fmt"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/image"
)

// ensureOptions say how images may be got.
type ensureOptions struct {
	build     bool // images may be built
	services  []string
	quietPull bool
	quiet     bool // of builds
}

// ensureImages pulls and builds what the services' containers need, and notes in
// each service which image it stands for.
func (b *backend) ensureImages(p *clock.Proc, pr *types.Project, o ensureOptions) error {
	local, err := b.localImages(pr)
	if err != nil {
		return err
	}
	if err := b.pullRequired(p, pr, local, o.quietPull); err != nil {
		return err
	}
	if o.build {
		if err := b.buildRequired(pr, local, o); err != nil {
			return err
		}
	}
	for name, s := range pr.Services {
		if img, err := b.Engine.Image(b.imageName(s, pr.Name)); err == nil {
			s.CustomLabels = s.CustomLabels.Add(project.ImageLabel, contentDigest(img))
		}
		pr.Services[name] = s
	}
	return nil
}

// contentDigest stays the same when an image is built again from the same parts,
// although its id does not.
func contentDigest(i *image.Image) string {
	if i.ManifestDigest != "" {
		return i.ManifestDigest
	}
	return i.ID
}

// localImages tells which of a project's images the engine has.
func (b *backend) localImages(pr *types.Project) (map[string]bool, error) {
	local := map[string]bool{}
	for _, name := range sortedServices(pr) {
		ref := b.imageName(pr.Services[name], pr.Name)
		_, err := b.Engine.Image(ref)
		if err != nil && strings.HasSuffix(err.Error(), "invalid reference format") {
			return nil, fmt.Errorf("unable to get image '%s': %w", ref, daemon(err))
		}
		local[ref] = err == nil
	}
	return local, nil
}

// mustPull applies a service's pull_policy.
func (b *backend) mustPull(s types.ServiceConfig, local map[string]bool) (bool, error) {
	if s.Image == "" {
		return false, nil
	}
	policy, every, err := s.GetPullPolicy()
	if err != nil {
		return false, err
	}
	switch policy {
	case types.PullPolicyAlways:
		return true, nil
	case types.PullPolicyNever, types.PullPolicyBuild:
		return false, nil
	case types.PullPolicyRefresh:
		return !local[s.Image] || b.Now().Sub(b.taggedAt(s.Image)) > every, nil
	}
	return !local[s.Image], nil
}

// taggedAt is when the engine last gave a name to an image.
func (b *backend) taggedAt(ref string) time.Time {
	if norm, err := image.Normalise(ref); err == nil {
		return b.Engine.TaggedAt(norm)
	}
	return time.Time{}
}

// pullRequired pulls what is missing, side by side. Where an image can be built a
// failed pull does not count.
func (b *backend) pullRequired(p *clock.Proc, pr *types.Project, local map[string]bool, quiet bool) error {
	var wanted []types.ServiceConfig
	seen := map[string]bool{}
	for _, name := range sortedServices(pr) {
		s := pr.Services[name]
		pull, err := b.mustPull(s, local)
		if err != nil {
			return err
		}
		if pull && !seen[s.Image] {
			seen[s.Image] = true
			wanted = append(wanted, s)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	g := newGroup(p)
	for _, s := range wanted {
		g.do("pull "+s.Image, func(p *clock.Proc) error {
			err := b.pullService(p, g, s, quiet)
			if err != nil && buildable(pr, s) {
				return nil
			}
			if err == nil {
				local[s.Image] = true
			}
			return err
		})
	}
	return g.wait()
}

// buildable reports that a service's image can be built by this project.
func buildable(pr *types.Project, s types.ServiceConfig) bool {
	for _, other := range pr.Services {
		if other.Build != nil && (other.Name == s.Name || other.Image == s.Image) {
			return true
		}
	}
	return false
}
