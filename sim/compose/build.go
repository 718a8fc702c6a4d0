package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/compose/project"
	"drydock/sim/image/build"
	"drydock/sim/image/build/progress"
)

type buildOptions struct {
	args                                 []string
	noCache, pull, push, quiet           bool
	deps, print, check                   bool
	builder, provenance, sbom, ssh, show string
}

func newBuild(b *backend) *cobra.Command {
	o := &buildOptions{}
	cmd := &cobra.Command{
		Use: "build [OPTIONS] [SERVICE...]", Short: "Build or rebuild services",
		RunE: func(_ *cobra.Command, services []string) error { return b.build(o, services) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&o.args, "build-arg", nil, "Set build-time variables for services")
	f.StringVar(&o.builder, "builder", "", "Set builder to use")
	f.BoolVar(&o.check, "check", false, "Check build configuration")
	f.StringP("memory", "m", "", "Set memory limit for the build container. Not supported by BuildKit.")
	f.BoolVar(&o.noCache, "no-cache", false, "Do not use cache when building the image")
	f.BoolVar(&o.print, "print", false, "Print equivalent bake file")
	f.StringVar(&o.provenance, "provenance", "", "Add a provenance attestation")
	f.BoolVar(&o.pull, "pull", false, "Always attempt to pull a newer version of the image")
	f.BoolVar(&o.push, "push", false, "Push service images")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress the build output")
	f.StringVar(&o.sbom, "sbom", "", "Add a SBOM attestation")
	f.StringVar(&o.ssh, "ssh", "", "Set SSH authentications used when building service images. (use 'default' for using your default SSH Agent)")
	f.BoolVar(&o.deps, "with-dependencies", false, "Also build dependencies (transitively)")
	f.StringVar(&o.show, "progress", "", "Set type of ui output")
	f.Bool("parallel", true, "")
	f.Bool("compress", true, "")
	f.Bool("force-rm", true, "")
	f.Bool("no-rm", false, "")
	hide(f, "progress", "parallel", "compress", "force-rm", "no-rm")
	absent(f, "builder", "provenance", "sbom", "ssh")
	return cmd
}

func (b *backend) build(o *buildOptions, services []string) error {
	b.all = true
	pr, err := b.load(nil)
	if err != nil {
		return err
	}
	policy := types.IgnoreDependencies
	if o.deps {
		policy = types.IncludeDependencies
	}
	if len(services) > 0 {
		if pr, err = pr.WithServicesEnabled(services...); err != nil {
			return err
		}
	}
	if pr, err = pr.WithSelectedServices(services, policy); err != nil {
		return err
	}
	var names []string
	for _, name := range sortedServices(pr) {
		if pr.Services[name].Build != nil {
			names = append(names, name)
		}
	}
	if o.print {
		b.Printf("%s\n", b.bakeFile(pr, names, o))
		return nil
	}
	return b.operation("build", func() error { return b.bake(pr, names, o) })
}

// buildRequired builds the images that are missing, and those that are to be built
// whether or not they are.
func (b *backend) buildRequired(pr *types.Project, local map[string]bool, o ensureOptions) error {
	var names []string
	for _, name := range sortedServices(pr) {
		s := pr.Services[name]
		wanted := len(o.services) == 0 || slices.Contains(o.services, name)
		if s.Build == nil || !wanted || local[b.imageName(s, pr.Name)] && s.PullPolicy != types.PullPolicyBuild {
			continue
		}
		names = append(names, name)
	}
	return b.bake(pr, names, &buildOptions{quiet: o.quiet || o.quietPull})
}

// bake builds the images of services in one go, as buildx bake does.
func (b *backend) bake(pr *types.Project, names []string, o *buildOptions) error {
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		b.tell("Image "+b.imageName(pr.Services[name], pr.Name), working, "Building")
	}
	if !b.dryRun {
		if err := b.bakeNow(pr, names, o); err != nil {
			return err
		}
	}
	for _, name := range names {
		b.tell("Image "+b.imageName(pr.Services[name], pr.Name), done, "Built")
	}
	return nil
}

// bakeNow runs the builds one after the other in one display.
func (b *backend) bakeNow(pr *types.Project, names []string, o *buildOptions) error {
	trace := progress.New(b.Now)
	display := progress.Show(b.Clock(), trace, b.buildDisplay(o))
	finished := false
	defer func() {
		if !finished { // interrupted
			display.Abandon()
		}
	}()
	definitions := trace.Vertex("bake", "[internal] load local bake definitions").Start()
	definitions.Status("reading from stdin").Progress(int64(len(b.bakeFile(pr, names, o))), 0).Finish()
	definitions.Finish()
	requests, err := b.bakeRequests(pr, names, o)
	for i := 0; err == nil && i < len(requests); i++ {
		_, err = b.Engine.Build(b.Process, requests[i], trace)
		if err != nil {
			err = bakeError(requests[i].Name, err)
		}
	}
	for _, r := range requests {
		if err == nil && !o.check {
			trace.Vertex("provenance "+r.Name, targetPrefix(r.Name)+"resolving provenance for metadata file").Finish()
		}
	}
	finished = true
	display.Close()
	return err
}

func (b *backend) bakeRequests(pr *types.Project, names []string, o *buildOptions) ([]build.Request, error) {
	var requests []build.Request
	for _, name := range names {
		r, err := b.buildRequest(pr, pr.Services[name], o)
		if err != nil {
			return nil, err
		}
		if len(names) > 1 {
			r.Name = strings.ReplaceAll(name, ".", "_")
		}
		requests = append(requests, r)
	}
	return requests, nil
}

func targetPrefix(name string) string {
	if name == "" {
		return ""
	}
	return "[" + name + "] "
}

// bakeError is what bake says, line by line with blank lines between, as Compose
// passes it on.
func bakeError(target string, err error) error {
	var text strings.Builder
	var failed *build.Error
	if errors.As(err, &failed) {
		for _, excerpt := range failed.Excerpts {
			for line := range strings.Lines(excerpt) {
				text.WriteString(line + "\n")
			}
		}
	}
	if target != "" {
		fmt.Fprintf(&text, "target %s: ", target)
	}
	return fmt.Errorf("%sfailed to solve: %w\n", text.String(), err)
}

func (b *backend) buildDisplay(o *buildOptions) progress.Options {
	terminal := b.Stdout.Terminal()
	d := progress.Options{Mode: progress.Plain, Out: b.Stdout, Builder: "docker:default", Colour: b.Env.Get("NO_COLOR") == ""}
	mode := b.progress
	if mode == "" || mode == "auto" {
		mode = b.Env.Get("BUILDKIT_PROGRESS")
	}
	switch {
	case o.quiet || mode == "quiet" || mode == "none" || mode == "json":
		d.Mode = progress.Quiet
	case terminal != nil && mode != "plain" && b.ansi != "never":
		d.Mode = progress.Terminal
	}
	if terminal != nil {
		d.Size = func() (int, int) { return terminal.Width, terminal.Height }
	}
	return d
}

// buildLabels are what Compose adds to the images that it has built.
func buildLabels(pr *types.Project, s types.ServiceConfig) map[string]string {
	return mergeLabels(s.Build.Labels, types.Labels{
		project.VersionLabel: project.Version, project.ProjectLabel: pr.Name, project.ServiceLabel: s.Name,
	})
}
