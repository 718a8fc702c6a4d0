package compose

import (
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"

	"github.com/docker/go-units"
)

func newPush(b *backend) *cobra.Command {
	var ignore, deps, quiet bool
	cmd := &cobra.Command{
		Use: "push [OPTIONS] [SERVICE...]", Short: "Push service images",
		RunE: func(_ *cobra.Command, services []string) error { return b.push(services, ignore, deps, quiet) },
	}
	f := cmd.Flags()
	f.BoolVar(&ignore, "ignore-push-failures", false, "Push what it can and ignores images with push failures")
	f.BoolVar(&deps, "include-deps", false, "Also push images of services declared as dependencies")
	f.BoolVarP(&quiet, "quiet", "q", false, "Push without printing progress information")
	return cmd
}

func (b *backend) push(services []string, ignore, deps, quiet bool) error {
	pr, err := b.load(services)
	if err != nil {
		return err
	}
	return b.operation("push", func() error {
		g := newGroup(b.Proc)
		for _, name := range sortedServices(pr) {
			s := pr.Services[name]
			switch {
			case !deps && len(services) > 0 && !contains(services, name):
				continue
			case s.Build == nil || s.Image == "":
				if s.Build != nil || s.Image == "" {
					b.tell(name, done, "Skipped")
				}
				continue
			}
			for _, tag := range append([]string{s.Image}, s.Build.Tags...) {
				g.do("push "+tag, func(p *clock.Proc) error { return b.pushTag(p, tag, ignore, quiet) })
			}
		}
		return g.wait()
	})
}

// pushTag sends one image to its registry.
func (b *backend) pushTag(p *clock.Proc, tag string, ignore, quiet bool) error {
	b.tell(tag, working, "Pushing")
	report := func(x docker.Progress) {
		if x.ID == "" || quiet {
			return
		}
		e := event{id: x.ID, parent: tag, current: x.Current, total: x.Total}
		if x.Total > 0 {
			e.text = units.HumanSize(float64(x.Current))
		}
		if x.Status == "Pushed" || x.Status == "Layer already exists" {
			e.phase, e.percent = done, 100
		}
		b.report.on(e)
	}
	ref, err := image.Normalise(tag)
	if err == nil {
		err = b.Engine.PushImage(p, ref, docker.LoadConfig(b.Process).Credentials(image.Split(tag).Host), report, false)
	}
	switch {
	case err == nil:
		b.tell(tag, done, "Pushed")
		return nil
	case ignore:
		b.tell(tag, warning, err.Error())
		return nil
	}
	b.tell(tag, failed, err.Error())
	return err
}
