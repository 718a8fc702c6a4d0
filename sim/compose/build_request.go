package compose

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/docker/cli"
	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/machine"
)

// buildRequest is what the builder is asked for one service.
func (b *backend) buildRequest(pr *types.Project, s types.ServiceConfig, o *buildOptions) (build.Request, error) {
	c := s.Build
	r := build.Request{
		Target: c.Target, Args: b.buildArgs(pr, s, o), Labels: buildLabels(pr, s), NoCache: c.NoCache || o.noCache, NoCacheStages: c.NoCacheFilter,
		Pull: c.Pull || o.pull, Push: o.push && s.Image != "", Secrets: map[string][]byte{}, Network: c.Network, Platform: s.Platform, Check: o.check,
	}
	switch {
	case len(c.AdditionalContexts) > 0:
		return r, notSimulated("docker compose: build.additional_contexts")
	case len(c.Platforms) > 1:
		return r, notSimulated("docker compose: build.platforms with several platforms")
	case strings.Contains(c.Context, "://") || strings.HasPrefix(c.Context, "git@") || strings.HasPrefix(c.Context, "github.com/"):
		return r, notSimulated("docker compose: build.context with a URL")
	}
	for _, tag := range append(append([]string{}, c.Tags...), b.imageName(s, pr.Name)) {
		ref, err := image.Normalise(tag)
		if err != nil {
			return r, fmt.Errorf("invalid tag %q: %s\n", tag, err)
		}
		r.Tags = append(r.Tags, ref)
	}
	if err := b.buildSecrets(pr, c, r.Secrets); err != nil {
		return r, err
	}
	hosts := c.ExtraHosts.AsList("=")
	slices.Sort(hosts)
	for _, entry := range hosts {
		name, text, _ := strings.Cut(entry, "=")
		if a, err := netip.ParseAddr(text); err == nil {
			r.Hosts = append(r.Hosts, machine.HostEntry{Addr: a, Name: name})
		}
	}
	return r, b.buildSources(c, &r)
}

// buildSources finds the context and the Dockerfile.
func (b *backend) buildSources(c *types.BuildConfig, r *build.Request) error {
	dir := b.Abs(c.Context)
	if n, err := b.FS.Stat(dir); err != nil || !n.IsDir() {
		return fmt.Errorf("unable to prepare context: path %q not found\n", dir)
	}
	r.Context = build.Context{Name: dir, FS: b.FS, Dir: dir}
	if c.DockerfileInline != "" {
		r.Dockerfile = build.Dockerfile{Name: "Dockerfile", Data: []byte(c.DockerfileInline)}
		return nil
	}
	file := c.Dockerfile
	if !path.IsAbs(file) {
		file = path.Join(dir, file)
	}
	r.Dockerfile = cli.ReadDockerfile(b.FS, file)
	return nil
}

// buildArgs are those of the file under those of the command line; one without a
// value takes the project's variable.
func (b *backend) buildArgs(pr *types.Project, s types.ServiceConfig, o *buildOptions) map[string]string {
	args := types.MappingWithEquals{}.OverrideBy(s.Build.Args).OverrideBy(types.NewMappingWithEquals(o.args)).Resolve(pr.Environment.Resolve)
	out := map[string]string{}
	for name, value := range args {
		if value != nil {
			out[name] = *value
		}
	}
	return out
}

func (b *backend) buildSecrets(pr *types.Project, c *types.BuildConfig, into map[string][]byte) error {
	for _, ref := range c.Secrets {
		name := ref.Source
		if ref.Target != "" {
			name = path.Base(ref.Target)
		}
		object := pr.Secrets[ref.Source]
		if object.Environment != "" {
			into[name] = []byte(pr.Environment[object.Environment])
			continue
		}
		data, err := b.FS.ReadFile(object.File)
		if err != nil {
			return fmt.Errorf("failed to stat %s: stat %s: %w\n", object.File, object.File, err)
		}
		into[name] = data
	}
	return nil
}

// bakeFile is the definition that Compose hands to bake.
func (b *backend) bakeFile(pr *types.Project, names []string, o *buildOptions) string {
	targets := map[string]any{}
	for _, name := range names {
		s := pr.Services[name]
		t := map[string]any{
			"context": s.Build.Context, "dockerfile": s.Build.Dockerfile, "tags": append(append([]string{}, s.Build.Tags...), b.imageName(s, pr.Name)),
			"labels": buildLabels(pr, s), "output": []string{"type=docker"},
		}
		if args := b.buildArgs(pr, s, o); len(args) > 0 {
			t["args"] = args
		}
		if s.Build.Target != "" {
			t["target"] = s.Build.Target
		}
		targets[strings.ReplaceAll(name, ".", "_")] = t
	}
	data, err := json.MarshalIndent(map[string]any{"group": map[string]any{"default": map[string]any{"targets": names}}, "target": targets}, "", "  ")
	if err != nil {
		return ""
	}
	return string(data)
}
