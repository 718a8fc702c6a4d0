package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
	"drydock/sim/image"
)

type downOptions struct {
	orphans, volumes bool
	images           string
	timeout          *time.Duration
}

func newDown(b *backend) *cobra.Command {
	var o downOptions
	var seconds int
	cmd := &cobra.Command{
		Use: "down [OPTIONS] [SERVICES]", Short: "Stop and remove containers, networks",
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			o.timeout = grace(cmd, seconds)
			if o.images != "" && o.images != "all" && o.images != "local" {
				return fmt.Errorf("invalid value for --rmi: %q", o.images)
			}
			return nil
		},
		RunE: func(_ *cobra.Command, services []string) error {
			pr, name, err := b.projectOrName(services...)
			if err != nil {
				return err
			}
			return b.operation("down", func() error { return b.down(pr, name, services, o) })
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.orphans, "remove-orphans", false, "Remove containers for services not defined in the Compose file")
	f.StringVar(&o.images, "rmi", "", `Remove images used by services. "local" remove only images that don't have a custom tag ("local"|"all")`)
	f.IntVarP(&seconds, "timeout", "t", 0, "Specify a shutdown timeout in seconds")
	f.BoolVarP(&o.volumes, "volumes", "v", false, `Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached to containers`)
	return cmd
}

// grace is the value of --timeout, nil when it was not given.
func grace(cmd *cobra.Command, seconds int) *time.Duration {
	if !cmd.Flags().Changed("timeout") {
		return nil
	}
	d := time.Duration(seconds) * time.Second
	return &d
}

func (b *backend) down(pr *types.Project, name string, services []string, o downOptions) error {
	kind := withoutOneOff
	if o.orphans {
		kind = withOneOff
	}
	list := b.containers(name, kind, true)
	given := pr != nil
	if !given {
		pr = b.projectOf(name, list)
	}
	var wanted []string
	for _, s := range services {
		if _, err := pr.GetService(s); err != nil {
			if given {
				return err
			}
			continue
		}
		wanted = append(wanted, s)
	}
	if len(services) > 0 && len(wanted) == 0 {
		return nil
	}
	keep := map[string]bool{}
	if len(wanted) > 0 {
		for _, s := range sortedServices(pr) {
			keep[s] = !slices.Contains(b.withDependents(pr, wanted), s)
		}
	}
	err := inReverse(b.Proc, pr, func(p *clock.Proc, service string) error {
		if keep[service] {
			return nil
		}
		return b.removeAll(p, ofService(list, service), pr.Services[service].PreStop, o)
	})
	if err != nil {
		return err
	}
	if o.orphans {
		orphans := slices.DeleteFunc(slices.Clone(list), func(c *docker.Container) bool { return !isOrphan(pr, c) })
		if err := b.removeAll(b.Proc, orphans, nil, downOptions{timeout: o.timeout}); err != nil {
			return err
		}
	}
	return b.removeResources(pr, o, len(list) > 0)
}

// withDependents are services and those that need them.
func (b *backend) withDependents(pr *types.Project, names []string) []string {
	all := slices.Clone(names)
	for i := 0; i < len(all); i++ {
		for _, d := range dependents(pr, all[i]) {
			if !slices.Contains(all, d) {
				all = append(all, d)
			}
		}
	}
	return all
}

// removeAll stops and removes containers side by side.
func (b *backend) removeAll(p *clock.Proc, list []*docker.Container, hooks []types.ServiceHook, o downOptions) error {
	return together(p, list, func(p *clock.Proc, c *docker.Container) error {
		if err := b.stopContainer(p, c, hooks, o.timeout); err != nil {
			return err
		}
		b.tell(eventName(c), working, "Removing")
		err := b.engineDo(p, func(p *clock.Proc) error { return b.Engine.Remove(p, c, true, o.volumes) })
		if err != nil && !strings.Contains(err.Error(), "already in progress") {
			b.tell(eventName(c), failed, "Error", "Error while Removing")
			return err
		}
		b.tell(eventName(c), done, "Removed")
		return nil
	})
}

// removeResources removes networks, and images and volumes if asked to.
func (b *backend) removeResources(pr *types.Project, o downOptions, had bool) error {
	var work []func(p *clock.Proc) error
	if o.volumes {
		for _, key := range sortedKeys(pr.Volumes) {
			if v := pr.Volumes[key]; !bool(v.External) {
				work = append(work, func(p *clock.Proc) error { return b.removeVolume(p, v.Name) })
			}
		}
	}
	for _, key := range sortedKeys(pr.Networks) {
		if n := pr.Networks[key]; !bool(n.External) {
			work = append(work, func(p *clock.Proc) error { return b.removeNetwork(p, pr.Name, key, n.Name) })
		}
	}
	for _, ref := range b.imagesToRemove(pr, o.images) {
		work = append(work, func(p *clock.Proc) error {
			return b.removeResource(p, "Image "+ref, func() error { _, err := b.Engine.RemoveImage(ref, false); return err })
		})
	}
	if !had && len(work) == 0 {
		b.warn(fmt.Sprintf("Warning: No resource found to remove for project %q.", pr.Name))
	}
	return together(b.Proc, work, func(p *clock.Proc, do func(p *clock.Proc) error) error { return do(p) })
}

// imagesToRemove applies --rmi: images built for the project, and with "all" every
// image of its services.
func (b *backend) imagesToRemove(pr *types.Project, mode string) []string {
	var list []string
	if mode == "" {
		return nil
	}
	for _, name := range sortedServices(pr) {
		s := pr.Services[name]
		if mode == "local" && (s.Build == nil || s.Image != "") {
			continue
		}
		norm, err := image.Normalise(b.imageName(s, pr.Name))
		if err != nil {
			continue
		}
		ref := image.Familiar(norm)
		if _, err := b.Engine.Image(ref); err == nil && !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}

func (b *backend) removeVolume(p *clock.Proc, name string) error {
	if b.Engine.Volume(name) == nil {
		return nil
	}
	return b.removeResource(p, "Volume "+name, func() error { return b.Engine.RemoveVolume(name, true) })
}

// removeResource removes something that may be in use.
func (b *backend) removeResource(p *clock.Proc, name string, remove func() error) error {
	b.tell(name, working, "Removing")
	err := b.engineDo(p, func(*clock.Proc) error { return remove() })
	var missing docker.NotFound
	switch {
	case err == nil:
		b.tell(name, done, "Removed")
	case strings.Contains(err.Error(), "in use") || strings.Contains(err.Error(), "conflict"):
		b.tell(name, warning, "Resource is still in use")
	case errors.As(err, &missing):
		b.tell(name, done, "Warning: No resource found to remove")
	default:
		return err
	}
	return nil
}

// removeNetwork removes a network unless containers are on it.
func (b *backend) removeNetwork(p *clock.Proc, projectName, key, name string) error {
	var found *docker.Network
	for _, n := range b.Engine.Networks() {
		if n.Labels[project.ProjectLabel] == projectName && n.Labels[project.NetworkLabel] == key {
			found = n
			if n.Name == name {
				break
			}
		}
	}
	if found == nil {
		return nil
	}
	event := "Network " + name
	b.tell(event, working, "Removing")
	if found.Name != name {
		b.tell(event, warning, "No resource found to remove")
		return nil
	}
	for _, m := range b.Engine.Members(found) {
		if m.Endpoint.Iface != nil {
			b.tell(event, warning, "Resource is still in use")
			return nil
		}
	}
	if err := b.engineDo(p, func(p *clock.Proc) error { p.Sleep(networkTime); return b.Engine.RemoveNetwork(found.ID) }); err != nil {
		b.tell(event, failed, "Error", err.Error())
		return fmt.Errorf("failed to remove network %s: %w", name, err)
	}
	b.tell(event, done, "Removed")
	return nil
}

// networkTime is how long the engine takes to take a bridge away.
const networkTime = 90 * time.Millisecond
