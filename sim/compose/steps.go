package compose

import (
	"fmt"
	"maps"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/compose/project"
	"drydock/sim/docker"
)

// stop plans the end of a container's run, once.
func (r *reconciler) stop(c *docker.Container, after ...*step) *step {
	if s := r.stopped[c]; s != nil {
		return s
	}
	s := r.plan.add(&step{
		after: after, name: eventName(c), begins: "Stopping", ends: "Stopped", errors: eventName(c), container: c,
		run: func(p *clock.Proc) error { return r.b.stopNow(p, c, r.o.timeout) },
	})
	r.stopped[c] = s
	return s
}

func (r *reconciler) remove(c *docker.Container, after ...*step) *step {
	return r.plan.add(&step{
		after: after, name: eventName(c), begins: "Removing", ends: "Removed", errors: eventName(c), container: c,
		run: func(p *clock.Proc) error {
			return r.b.engineDo(p, func(p *clock.Proc) error { return r.b.Engine.Remove(p, c, true, false) })
		},
	})
}

func (r *reconciler) start(c *docker.Container, after []*step) *step {
	return r.plan.add(&step{
		after: after, name: eventName(c), begins: "Starting", ends: "Started", errors: eventName(c), container: c,
		run: func(p *clock.Proc) error {
			return r.b.engineDo(p, func(p *clock.Proc) error { return r.b.Engine.Start(p, c, docker.Streams{}) })
		},
	})
}

// create plans a new container; old is the one whose anonymous volumes it takes.
func (r *reconciler) create(s types.ServiceConfig, number int, name string, old *docker.Container, of *replacement, after []*step) *step {
	made := &step{
		after: after, name: "Container " + name, begins: "Creating", ends: "Created", of: of,
		errors: fmt.Sprintf("service:%s:%d", s.Name, number),
	}
	made.run = func(p *clock.Proc) (err error) {
		labels := mergeLabels(s.Labels, s.CustomLabels)
		if of != nil {
			labels[project.ReplaceLabel] = fmt.Sprintf("%s%s%d", s.Name, r.b.separator(), number)
			if s.ContainerName != "" {
				labels[project.ReplaceLabel] = s.ContainerName
			}
		}
		made.container, err = r.b.createContainer(p, r.project, s, creation{name: name, number: number, labels: labels, inherit: old, aliases: true})
		return err
	}
	return r.plan.add(made)
}

// replace plans a container in the place of another: made under a passing name,
// and renamed once the old one is gone.
func (r *reconciler) replace(s types.ServiceConfig, old *docker.Container, needs []*step) *step {
	of := &replacement{name: eventName(old)}
	after := slices.Concat(needs, r.stopDependents(s))
	var inherit *docker.Container
	if !r.o.fresh {
		inherit = old
	}
	final := r.b.containerName(r.project.Name, s, label(old, project.NumberLabel))
	created := r.create(s, number(old), old.ID[:12]+"_"+final, inherit, of, after)
	stopped := r.stopped[old]
	if stopped == nil {
		stopped = r.stop(old, created)
		stopped.of = of
	}
	removed := r.remove(old, append([]*step{stopped, created}, r.reconnect[old]...)...)
	removed.of = of
	renamed := &step{after: []*step{removed}, of: of, errors: eventName(old), container: old}
	renamed.run = func(p *clock.Proc) error {
		return r.b.engineDo(p, func(*clock.Proc) error { return r.b.Engine.Rename(created.container, final) })
	}
	return r.plan.add(renamed)
}

// stopDependents plans the end of those services' containers that are to be
// restarted with this one.
func (r *reconciler) stopDependents(s types.ServiceConfig) []*step {
	var list []*step
	for _, name := range dependents(r.project, s.Name) {
		if !r.project.Services[name].DependsOn[s.Name].Restart {
			continue
		}
		for _, c := range r.seen.containers[name] {
			if r.stopped[c] == nil {
				list = append(list, r.stop(c))
			}
		}
	}
	return list
}

// reconcileNetworks plans networks that are missing, and new ones in the place of
// those whose settings have changed.
func (r *reconciler) reconcileNetworks() {
	for _, key := range sortedKeys(r.project.Networks) {
		n := r.project.Networks[key]
		have := r.seen.networks[key]
		switch {
		case bool(n.External):
		case have == nil:
			r.networks[key] = r.createNetwork(key, n, nil)
		case have.Labels[project.ConfigHashLabel] != "" && have.Labels[project.ConfigHashLabel] != networkHash(n):
			r.replaceNetwork(key, n, have)
		}
	}
}

func (r *reconciler) createNetwork(key string, n types.NetworkConfig, after []*step) *step {
	return r.plan.add(&step{
		after: after, name: "Network " + n.Name, begins: "Creating", ends: "Created", errors: "network:" + key,
		run: func(p *clock.Proc) error { return r.b.createNetwork(p, r.project, key, n) },
	})
}

// replaceNetwork stops what is on the network, exchanges it, and connects again.
func (r *reconciler) replaceNetwork(key string, n types.NetworkConfig, have *docker.Network) {
	var off []*step
	var members []*docker.Container
	for _, name := range sortedServices(r.project) {
		if _, ok := r.project.Services[name].Networks[key]; ok {
			members = append(members, r.seen.containers[name]...)
		}
	}
	for _, c := range members {
		off = append(off, r.plan.add(&step{after: []*step{r.stop(c)}, container: c, run: func(p *clock.Proc) error {
			return r.b.engineDo(p, func(*clock.Proc) error { return r.b.Engine.Disconnect(have.Name, c.ID, true) })
		}}))
	}
	gone := r.plan.add(&step{after: off, name: "Network " + have.Name, begins: "Removing", ends: "Removed", errors: "network:" + key,
		run: func(p *clock.Proc) error {
			return r.b.engineDo(p, func(*clock.Proc) error { return r.b.Engine.RemoveNetwork(have.ID) })
		}})
	r.networks[key] = r.createNetwork(key, n, []*step{gone})
	delete(r.seen.networks, key)
	for _, c := range members {
		r.reconnect[c] = append(r.reconnect[c], r.plan.add(&step{after: []*step{r.networks[key]}, container: c, run: func(p *clock.Proc) error {
			return r.b.engineDo(p, func(*clock.Proc) error { return r.b.Engine.Connect(n.Name, c.ID, docker.EndpointSpec{}) })
		}}))
	}
}

func (r *reconciler) reconcileVolumes() {
	for _, key := range sortedKeys(r.project.Volumes) {
		v := r.project.Volumes[key]
		if !bool(v.External) && r.seen.volumes[key] == nil {
			r.volumes[key] = r.plan.add(&step{name: "Volume " + v.Name, begins: "Creating", ends: "Created", errors: "volume:" + key,
				run: func(p *clock.Proc) error { return r.b.createVolume(p, r.project, key, v) }})
		}
	}
}

func mergeLabels(lists ...types.Labels) map[string]string {
	all := map[string]string{}
	for _, l := range lists {
		maps.Copy(all, l)
	}
	return all
}
