package sim

import (
	"fmt"

	"drydock/sim/docker"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// enginesOf are the container engines of a machine: Docker's, then the stores of
// Podman in the order in which their users began to use it.
func (w *World) enginesOf(m *machine.Machine) []*docker.Engine {
	var list []*docker.Engine
	if e := w.engines[m.Name]; e != nil {
		list = append(list, e)
	}
	for _, s := range w.podman.Stores(m) {
		list = append(list, s.Engine)
	}
	return list
}

// machineSpec is what the world spec says about a machine.
func (w *World) machineSpec(name string) MachineSpec {
	for _, m := range w.spec.Machines {
		if m.Name == name {
			return m
		}
	}
	return MachineSpec{}
}

// podmanState adds to a machine what is Podman's: there is no daemon that could
// be down, and each user has logins of their own.
func (w *World) podmanState(s *Machine, m *machine.Machine) {
	if w.machineSpec(m.Name).Engine != "podman" {
		return
	}
	s.Engine, s.EngineUp = "podman", m.Powered
	for _, store := range w.podman.Stores(m) {
		if store.User.UID == m.Owner.UID {
			s.Users = store.LoggedIn()
		}
	}
}

// podmanFiles is what Debian's packages of Podman and Buildah bring along: no
// registry for short names, and ranges of user IDs for whoever logs in.
func podmanFiles(l *vfs.Layer, spec MachineSpec, owner machine.User) {
	for _, tool := range []string{"podman", "buildah"} {
		if spec.has(tool) {
			l.Put("/usr/bin/"+tool, vfs.Exec(tool, 40<<20))
		}
	}
	if !spec.has("podman") && !spec.has("buildah") {
		return
	}
	l.Put("/etc/containers/registries.conf", vfs.File("# For more information on this configuration file, see containers-registries.conf(5).\n", 0o644))
	l.Put("/etc/containers/registries.conf.d", vfs.Dir(0o755))
	if owner.UID != 0 {
		for _, name := range []string{"/etc/subuid", "/etc/subgid"} {
			l.Put(name, vfs.File(fmt.Sprintf("%s:100000:65536\n", owner.Name), 0o644))
		}
		run := vfs.Dir(0o700)
		run.UID, run.GID = owner.UID, owner.GID
		l.Put(fmt.Sprintf("/run/user/%d", owner.UID), run)
	}
}
