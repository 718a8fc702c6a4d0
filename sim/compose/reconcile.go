package compose

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/compose/project"
	"drydock/sim/docker"
)

// policy says when a container is made anew.
type policy int

const (
	whenDiverged policy = iota
	always
	never
)

// reconcileOptions say how far the difference between wanted and there goes.
type reconcileOptions struct {
	services     []string // those that the command names; none: all
	recreate     policy
	recreateDeps policy
	fresh        bool // anonymous volumes are not taken over (-V)
	timeout      *time.Duration
	orphans      bool // remove them
}

// reconciler makes the plan for one project.
type reconciler struct {
	b         *backend
	project   *types.Project
	seen      *observed
	o         reconcileOptions
	plan      *plan
	networks  map[string]*step
	volumes   map[string]*step
	last      map[string]*step // of a service
	stopped   map[*docker.Container]*step
	reconnect map[*docker.Container][]*step
	recreated map[string]bool
}

// reconcile compares and plans.
func (b *backend) reconcile(p *types.Project, seen *observed, o reconcileOptions) (*plan, error) {
	r := &reconciler{
		b: b, project: p, seen: seen, o: o, plan: &plan{}, networks: map[string]*step{}, volumes: map[string]*step{}, last: map[string]*step{},
		stopped: map[*docker.Container]*step{}, reconnect: map[*docker.Container][]*step{}, recreated: map[string]bool{},
	}
	r.reconcileNetworks()
	r.reconcileVolumes()
	if err := checkGraph(p); err != nil {
		return nil, err
	}
	visited := map[string]bool{}
	for range p.Services {
		for _, name := range sortedServices(p) {
			ready := !slices.ContainsFunc(dependencies(p, name), func(d string) bool { return !visited[d] })
			if visited[name] || !ready {
				continue
			}
			visited[name] = true
			if err := r.reconcileService(p.Services[name]); err != nil {
				return nil, err
			}
		}
	}
	if o.orphans {
		for _, c := range seen.orphans {
			r.remove(c, r.stop(c))
		}
	}
	return r.plan, nil
}

// maxScale is how many containers of a service the simulator makes.
const maxScale = 1000

// reconcileService makes, replaces and removes the containers of one service.
func (r *reconciler) reconcileService(s types.ServiceConfig) error {
	scale := s.GetScale()
	if scale > maxScale {
		return fmt.Errorf("service %q: this simulator runs at most %d containers of a service", s.Name, maxScale)
	}
	if scale > 1 && s.ContainerName != "" {
		return fmt.Errorf("WARNING: The %q service is using the custom container name %q. Docker requires each container to have a unique name. Remove the custom name to scale the service",
			s.Name, s.ContainerName)
	}
	list := slices.Clone(r.seen.containers[s.Name])
	stale := map[*docker.Container]bool{}
	for _, c := range list {
		stale[c] = r.mustRecreate(s, c)
	}
	slices.SortStableFunc(list, func(x, y *docker.Container) int {
		if stale[x] != stale[y] {
			if stale[x] {
				return 1
			}
			return -1
		}
		return cmp.Compare(number(x), number(y))
	})
	needs := r.needs(s)
	for i, c := range list {
		switch {
		case i >= scale:
			r.last[s.Name] = r.remove(c, r.stop(c))
		case stale[c]:
			r.last[s.Name] = r.replace(s, c, needs)
			r.recreated[s.Name] = true
		case c.State.Status == "paused" || c.State.Status == "dead":
			r.last[s.Name] = r.start(c, needs)
		}
	}
	next := 1
	for _, c := range r.seen.containers[s.Name] {
		next = max(next, number(c)+1)
	}
	for i := range scale - len(list) {
		r.last[s.Name] = r.create(s, next+i, r.b.containerName(r.project.Name, s, strconv.Itoa(next+i)), nil, nil, needs)
	}
	return nil
}

// needs are the steps that have to be done before a service's containers.
func (r *reconciler) needs(s types.ServiceConfig) []*step {
	var list []*step
	add := func(s *step) {
		if s != nil {
			list = append(list, s)
		}
	}
	for _, key := range sortedKeys(s.Networks) {
		add(r.networks[key])
	}
	for _, v := range s.Volumes {
		if v.Type == types.VolumeTypeVolume {
			add(r.volumes[v.Source])
		}
	}
	for _, dep := range dependencies(r.project, s.Name) {
		add(r.last[dep])
	}
	return list
}

// mustRecreate reports that a container is not as its service wants it.
func (r *reconciler) mustRecreate(s types.ServiceConfig, c *docker.Container) bool {
	kind := r.o.recreateDeps
	if len(r.o.services) == 0 || slices.Contains(r.o.services, s.Name) {
		kind = r.o.recreate
	}
	switch {
	case kind == never:
		return false
	case kind == always || r.parentRecreated(s):
		return true
	case label(c, project.ConfigHashLabel) != serviceHash(r.b.withReferences(s, r.seen.containers)):
		return true
	case label(c, project.ImageLabel) != s.CustomLabels[project.ImageLabel]:
		return true
	}
	return c.State.Status == "running" && r.networkMissing(s, c) || r.volumeMissing(s, c)
}

// parentRecreated reports that the service lives in a part of another one's
// container that will not be the same.
func (r *reconciler) parentRecreated(s types.ServiceConfig) bool {
	for _, mode := range []string{s.NetworkMode, s.Ipc, s.Pid} {
		if name, ok := strings.CutPrefix(mode, types.ServicePrefix); ok && r.recreated[name] {
			return true
		}
	}
	return slices.ContainsFunc(s.VolumesFrom, func(v string) bool {
		name, _, _ := strings.Cut(v, ":")
		return r.recreated[name]
	})
}

func (r *reconciler) networkMissing(s types.ServiceConfig, c *docker.Container) bool {
	for _, key := range sortedKeys(s.Networks) {
		if n := r.seen.networks[key]; n != nil && c.Endpoint(n) == nil {
			return true
		}
	}
	return false
}

func (r *reconciler) volumeMissing(s types.ServiceConfig, c *docker.Container) bool {
	for _, v := range s.Volumes {
		have := r.seen.volumes[v.Source]
		if v.Type == types.VolumeTypeVolume && v.Source != "" && have != nil &&
			!slices.ContainsFunc(c.Mounts, func(m docker.MountPoint) bool { return m.Type == "volume" && m.Volume == have.Name }) {
			return true
		}
	}
	return false
}
