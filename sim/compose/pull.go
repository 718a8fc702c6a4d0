package compose

import (
	"errors"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// pullService pulls one service's image and reports each layer.
func (b *backend) pullService(p *clock.Proc, g *group, s types.ServiceConfig, quiet bool) error {
	name := "Image " + s.Image
	b.tell(name, working, "Pulling")
	if b.dryRun {
		b.tell(name, done, "Pulled")
		return nil
	}
	begun, ended := false, false
	defer func() {
		if !begun && !ended && g.failed() {
			b.tell(name, warning, "Interrupted")
		}
	}()
	report := func(x docker.Progress) {
		begun = true
		if !quiet {
			b.tellLayer(name, x)
		}
	}
	_, err := b.Engine.PullImage(p, docker.PullOptions{
		Ref: s.Image, Platform: s.Platform, Credentials: docker.LoadConfig(b.Process).Credentials(image.Split(s.Image).Host),
		Report: report, Ticking: !quiet,
	})
	ended = true
	switch {
	case err == nil:
		b.tell(name, done, "Pulled")
		return nil
	case s.Build != nil:
		b.tell(name, warning, err.Error())
	default:
		b.tell(name, failed, "Error", err.Error())
	}
	var streamed docker.StreamError
	if errors.As(err, &streamed) {
		return err
	}
	return daemon(err)
}

// tellLayer reports one layer's step.
func (b *backend) tellLayer(parent string, x docker.Progress) {
	if x.ID == "" {
		return
	}
	if x.Status == "Extracting" { // its unit is seconds, printed as bytes
		x.Current = max(int64(x.Elapsed.Seconds()), 1)
	}
	e := event{id: x.ID, parent: parent, text: x.Status, details: units.HumanSize(float64(x.Current)), current: x.Current, total: x.Total}
	switch x.Status {
	case "Download complete", "Already exists", "Pull complete":
		e.phase, e.percent = done, 100
	default:
		if x.Total > 0 {
			e.percent = int(min(x.Current*100/x.Total, 100))
		}
	}
	b.report.on(e)
}

type pullOptions struct {
	quiet, deps, ignoreFailures, ignoreBuildable bool
	policy                                       string
}

func newPull(b *backend) *cobra.Command {
	o := &pullOptions{}
	cmd := &cobra.Command{
		Use: "pull [OPTIONS] [SERVICE...]", Short: "Pull service images",
		RunE: func(_ *cobra.Command, services []string) error { return b.pull(o, services) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.ignoreBuildable, "ignore-buildable", false, "Ignore images that can be built")
	f.BoolVar(&o.ignoreFailures, "ignore-pull-failures", false, "Pull what it can and ignores images with pull failures")
	f.BoolVar(&o.deps, "include-deps", false, "Also pull services declared as dependencies")
	f.StringVar(&o.policy, "policy", "", `Apply pull policy ("missing"|"always")`)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Pull without printing progress information")
	f.Bool("parallel", true, "DEPRECATED pull multiple images in parallel")
	f.Bool("no-parallel", true, "DEPRECATED disable parallel pulling")
	hide(f, "parallel", "no-parallel")
	return cmd
}

func (b *backend) pull(o *pullOptions, services []string) error {
	pr, err := b.load(services)
	if err != nil {
		return err
	}
	if !o.deps {
		if pr, err = pr.WithSelectedServices(services, types.IgnoreDependencies); err != nil {
			return err
		}
	}
	for name, s := range pr.Services {
		if o.policy != "" && s.Image != "" {
			s.PullPolicy = o.policy
			pr.Services[name] = s
		}
	}
	return b.operation("pull", func() error { return b.pullAll(pr, o) })
}

// pullAll is `compose pull`: a service without a policy of its own is always
// pulled, because that was asked for.
func (b *backend) pullAll(pr *types.Project, o *pullOptions) error {
	local, err := b.localImages(pr)
	if err != nil {
		return err
	}
	var mustBuild []string
	g := newGroup(b.Proc)
	pulling := map[string]bool{}
	for _, name := range sortedServices(pr) {
		s := pr.Services[name]
		skip, err := b.skipPull(s, local, o)
		switch {
		case err != nil:
			return err
		case s.Image == "":
			b.tell(name, done, "Skipped", "No image to be pulled")
			continue
		case skip != "":
			b.tell("Image "+s.Image, done, "Skipped", strings.TrimSpace(skip))
			continue
		case pulling[s.Image]:
			continue
		}
		pulling[s.Image] = true
		g.do("pull "+s.Image, func(p *clock.Proc) error {
			err := b.pullService(p, g, s, o.quiet)
			if err != nil && s.Build != nil {
				mustBuild = append(mustBuild, s.Name)
			}
			if o.ignoreFailures || s.Build != nil {
				return nil
			}
			return err
		})
	}
	err = g.wait()
	if len(mustBuild) > 0 {
		b.warn(fmt.Sprintf("WARNING: Some service image(s) must be built from source by running:\n    docker compose build %s", strings.Join(mustBuild, " ")))
	}
	return err
}

// skipPull says why an image is not pulled; a blank is no reason that is told.
func (b *backend) skipPull(s types.ServiceConfig, local map[string]bool, o *pullOptions) (string, error) {
	if s.Build != nil && o.ignoreBuildable {
		return "Image can be built", nil
	}
	if s.PullPolicy == "" {
		return "", nil
	}
	pull, err := b.mustPull(s, local)
	policy, _, _ := s.GetPullPolicy()
	switch {
	case err != nil || pull || policy == types.PullPolicyRefresh:
		return "", err
	case policy == types.PullPolicyNever || policy == types.PullPolicyBuild:
		return " ", nil
	case image.Split(s.Image).Tag == "latest":
		return "", nil
	}
	return "Image is already present locally", nil
}
