package sim

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// State looks at the whole world. It changes nothing and draws no random number.
func (w *World) State() State {
	s := State{Elapsed: w.clock.Elapsed(), Registries: w.registryStates(), Internet: !w.site.Internet.Down, Cut: slices.Clone(w.cut)}
	for _, m := range w.site.Machines() {
		s.Machines = append(s.Machines, w.machineState(m))
		for _, e := range w.enginesOf(m) {
			w.addEngine(&s, e)
		}
	}
	w.swarmState(&s)
	s.Kube = w.kubeState()
	slices.SortStableFunc(s.Images, func(a, b Image) int {
		if a.Machine != b.Machine {
			return 0
		}
		return strings.Compare(firstName(a), firstName(b))
	})
	return s
}

// addEngine adds what one engine holds.
func (w *World) addEngine(s *State, e *docker.Engine) {
	used := map[string]bool{}
	for _, c := range e.Containers() {
		used[c.ImageID] = true
		s.Containers = append(s.Containers, w.containerState(e, c))
	}
	for _, i := range e.Images.Images() {
		s.Images = append(s.Images, imageState(e, i, used[i.ID]))
	}
	for _, n := range e.Networks() {
		s.Networks = append(s.Networks, networkState(e, n))
	}
	for _, v := range e.Volumes() {
		s.Volumes = append(s.Volumes, volumeState(e, v))
	}
	for _, b := range e.Builds() {
		s.Builds = append(s.Builds, buildState(e.Machine, b))
	}
}

// firstName orders images by name, those without one last.
func firstName(i Image) string {
	if len(i.Names) == 0 {
		return "~" + i.ID
	}
	return i.Names[0]
}

func (w *World) machineState(m *machine.Machine) Machine {
	s := Machine{
		Name: m.Name, Addr: m.Addr.String(), Powered: m.Powered, CPUs: m.CPUs, Memory: m.Memory, MemoryUsed: m.MemoryUsed(),
		Disk: m.Disk.Capacity, DiskUsed: m.Disk.Used,
	}
	if e := w.engines[m.Name]; e != nil {
		s.Engine, s.EngineUp = "docker", e.Up && m.Powered
		s.Users = e.LoggedIn()
	}
	w.podmanState(&s, m)
	return s
}

func (w *World) since(t time.Time) time.Duration {
	if t.IsZero() {
		return 0
	}
	return t.Sub(w.clock.Start())
}

func (w *World) containerState(e *docker.Engine, c *docker.Container) Container {
	s := Container{
		Machine: e.Machine.Name, ID: c.ID, Name: c.Name, Image: c.Image, ImageID: c.ImageID,
		Command: strings.Join(append([]string{c.Path}, c.Args...), " "),
		State:   c.State.Status, Status: e.StatusText(c), Running: c.State.Status == "running" || c.State.Status == "paused",
		ExitCode: c.State.ExitCode, OOMKilled: c.State.OOMKilled, Restarts: c.State.Restarts, Restart: orElse(c.Host.RestartPolicy.Name, "no"),
		User: c.Config.User, Privileged: c.Host.Privileged, ReadOnly: c.Host.ReadonlyRootfs, Memory: c.Host.Memory, MemoryUsed: c.MemoryUsed(),
		Env: envMap(c.Config.Env), Labels: c.Config.Labels,
		Created: w.since(c.Created), Started: w.since(c.State.Started), Finished: w.since(c.State.Finished),
		Logs: lastLogs(c, 10),
	}
	if e.Flavour.Daemonless {
		s.Image = image.Familiar(c.Image) // Podman keeps full names
	}
	if c.State.Health != nil {
		s.Health = c.State.Health.Status
	}
	for _, m := range c.Mounts {
		s.Mounts = append(s.Mounts, ContainerMount{Type: m.Type, Source: orElse(m.Volume, m.Source), Target: m.Target, ReadOnly: m.ReadOnly})
	}
	for _, ep := range c.Endpoints {
		s.Networks = append(s.Networks, ep.Network.Name)
		if ep.Iface != nil && s.Addr == "" {
			s.Addr = ep.Iface.Addr.String()
		}
	}
	s.Listening = listening(c.Net)
	for _, p := range c.Published() {
		s.Ports = append(s.Ports, Port{
			HostAddr: orElse(p.HostIP, "0.0.0.0"), HostPort: p.HostPort, Container: p.Port, Proto: p.Proto, Answers: answers(c.Net, p.Port, p.Proto),
		})
	}
	return s
}

// listening are the ports open to others in a network stack, in order, once each.
func listening(n *machine.Namespace) []int {
	if n == nil {
		return nil
	}
	var ports []int
	for _, l := range n.Listeners() {
		ports = append(ports, l.Port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// answers reports whether a connection from outside would be accepted: a server
// bound to 127.0.0.1 does not count.
func answers(n *machine.Namespace, port int, proto string) bool {
	if n == nil {
		return false
	}
	return slices.ContainsFunc(n.Listeners(), func(l *machine.Listener) bool {
		return l.Port == port && l.Proto == proto && (l.Addr == netip.Addr{} || !l.Addr.IsLoopback())
	})
}

func lastLogs(c *docker.Container, n int) []string {
	from := max(len(c.Log)-n, 0)
	lines := make([]string, 0, n)
	for _, l := range c.Log[from:] {
		lines = append(lines, strings.TrimSuffix(l.Text, "\n"))
	}
	return lines
}

func envMap(vars []string) map[string]string {
	m := map[string]string{}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		m[name] = value
	}
	return m
}

func imageState(e *docker.Engine, i *image.Image, used bool) Image {
	s := Image{
		Machine: e.Machine.Name, ID: i.ID, Size: i.Size() + i.ContentSize(), Created: i.Created, User: i.Config.User, InUse: used,
		Env: envMap(i.Config.Env), Labels: i.Config.Labels, Local: i.Local,
	}
	for _, ref := range e.Images.Refs(i.ID) {
		s.Names = append(s.Names, image.Familiar(ref))
	}
	layer := 0
	for _, h := range i.History {
		l := Layer{Created: h.CreatedBy}
		if !h.Empty && layer < len(i.Layers) {
			l.Digest, l.Size = i.Layers[layer].Digest, i.Layers[layer].Size
			layer++
		}
		s.Layers = append(s.Layers, l)
	}
	return s
}

func networkState(e *docker.Engine, n *docker.Network) Network {
	s := Network{Machine: e.Machine.Name, Name: n.Name, Driver: n.Driver, Internal: n.Internal}
	if n.Segment != nil {
		s.Subnet, s.DNS = n.Segment.Subnet.String(), n.Segment.Resolve != nil
	}
	for _, c := range e.Containers() {
		if slices.ContainsFunc(c.Endpoints, func(ep *docker.Endpoint) bool { return ep.Network == n }) {
			s.Containers = append(s.Containers, c.Name)
		}
	}
	return s
}

func volumeState(e *docker.Engine, v *docker.Volume) Volume {
	s := Volume{Machine: e.Machine.Name, Name: v.Name, Anonymous: v.Anonymous}
	for _, c := range e.Containers() {
		if slices.ContainsFunc(c.Mounts, func(m docker.MountPoint) bool { return m.Volume == v.Name }) {
			s.UsedBy = append(s.UsedBy, c.Name)
		}
	}
	s.Files, s.Size = v.Content()
	return s
}

func buildState(m *machine.Machine, b *docker.Build) Build {
	s := Build{Machine: m.Name, Tag: b.Tag, Done: b.Done, Failed: b.Failed}
	for _, step := range b.Steps {
		s.Steps = append(s.Steps, BuildStep{Name: step.Name, State: step.State, Target: step.Layer})
	}
	return s
}
