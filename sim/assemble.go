package sim

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/compose"
	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/image"
	"drydock/sim/image/program"
	"drydock/sim/machine"
	"drydock/sim/podman"
	"drydock/sim/shell"
	"drydock/sim/swarm"
	swarmcli "drydock/sim/swarm/cli"
	"drydock/sim/tools"
	"drydock/sim/vfs"
)

// dockerVersion is the engine that the recordings of the real tools were made with.
const dockerVersion = "29.7.2"

// Defaults of a machine whose spec does not say.
const (
	defaultCPUs   = 4
	defaultMemory = 8 << 30
)

// assemble builds everything that a scenario names, in a fixed order.
func (w *World) assemble(s Scenario) error {
	spec := s.Spec
	if err := spec.check(); err != nil {
		return err
	}
	w.spec = spec
	w.site = machine.NewSite(w.clock)
	if w.site.Memo = s.memo; s.memo == nil {
		w.site.Memo = &machine.Memo{}
	}
	w.console = newConsole(w)
	w.fleet = swarm.NewFleet(w.site)
	catalogue := s.catalogue
	if catalogue == nil {
		catalogue = image.NewCatalogue()
	}
	if err := w.openRegistries(spec, catalogue); err != nil {
		return err
	}
	w.podman = podman.New(w.hub)
	w.install()
	w.site.LAN.Cut = w.isCut
	for _, m := range spec.Machines {
		w.addMachine(m)
	}
	if err := w.foundCluster(); err != nil {
		return err
	}
	if err := w.preload(spec.Images); err != nil {
		return err
	}
	if spec.Swarm != nil {
		if err := w.fleet.Found(spec.Swarm.Managers, spec.Swarm.Workers); err != nil {
			return err
		}
	}
	if err := w.putFiles(s); err != nil {
		return err
	}
	if err := w.startProcesses(spec.Processes); err != nil {
		return err
	}
	if err := w.setUp(spec.Setup); err != nil {
		return err
	}
	w.console.switchTo(spec.Machines[0].Name)
	w.clock.Run()
	return nil
}

// install makes every program known by the name that executables carry.
func (w *World) install() {
	w.programs = tools.Coreutils()
	maps.Copy(w.programs, shell.Programs())
	w.programs["docker"] = cli.Main(w.engineOf, w.dockerCommands()...)
	w.programs["podman"], w.programs["buildah"] = w.podman.Main(), w.podman.Buildah()
	w.programs["docker-compose"] = compose.Standalone
	w.programs["systemctl"] = cli.Systemctl(w.engineOf)
	w.programs["why"] = w.why
	w.programs["fault"] = w.faultProgram
	login := func(m *machine.Machine) machine.Main { return w.logins[m.Name].Interactive() }
	line := func(m *machine.Machine, line string) machine.Main { return w.logins[m.Name].Line(line) }
	w.programs["ssh"] = tools.SSH(login, line)
	editor := tools.Editor(w.console.requestEdit)
	for _, name := range editors() {
		w.programs[name] = editor
	}
	declared := program.Programs(w.hub, w.site.Memo)
	w.site.Programs = func(name string) machine.Main {
		if m := w.programs[name]; m != nil {
			return m
		}
		if m := declared(name); m != nil {
			return m
		}
		if applet, ok := strings.CutPrefix(name, "busybox:"); ok {
			return tools.Lacking(applet, "busybox")
		}
		return nil
	}
	w.site.Complete = w.completeTool
}

// dockerCommands are what is built on docker and called through it.
func (w *World) dockerCommands() []cli.Command {
	return append(swarmcli.Commands(w.fleet), compose.Command())
}

func editors() []string { return []string{"edit", "vi", "vim", "nano"} }

// engineOf is the engine that the docker command line of a process talks to.
func (w *World) engineOf(p *machine.Process) *docker.Engine { return w.engines[p.Machine.Name] }

// completeTool completes the arguments of a command line tool.
func (w *World) completeTool(tool string, p *machine.Process, args []string, word string) []machine.Completion {
	if tool == "docker" && w.engines[p.Machine.Name] != nil {
		return cli.CompleteIn(w.engineOf(p), p.Dir, args, word, w.dockerCommands()...)
	}
	if tool == "why" {
		return w.completeWhy(word)
	}
	if tool == "fault" {
		return w.completeFault(args, word)
	}
	if tool == "kubectl" && w.cluster != nil {
		return w.cluster.CompleteKubectl(p, args, word)
	}
	return nil
}

func (w *World) addMachine(spec MachineSpec) {
	owner := machine.Root()
	if spec.User != "" && spec.User != "root" {
		owner = machine.User{Name: spec.User, UID: 1000, GID: 1000, Home: "/home/" + spec.User}
	}
	m := w.site.Add(machine.Config{
		Name: spec.Name, CPUs: orElse(spec.CPUs, defaultCPUs), Memory: orElse(int64(spec.Memory), defaultMemory), Disk: int64(spec.Disk),
		Base: []*vfs.Layer{w.hostFiles(spec, owner)}, Owner: owner,
	})
	if spec.Engine == "docker" {
		w.engines[m.Name] = docker.New(m, w.hub, orElse(w.spec.Docker, dockerVersion))
		w.fleet.Add(w.engines[m.Name])
	}
	if spec.has("podman") || spec.has("buildah") {
		w.podman.Store(m, owner)
	}
	w.logins[m.Name] = shell.NewLogin(m)
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// hostFiles is what a machine's disk holds before anybody works on it. The layer is
// never written to, so that all worlds of a session share it.
func (w *World) hostFiles(spec MachineSpec, owner machine.User) *vfs.Layer {
	key := fmt.Sprintf("host files %+v %+v", spec, owner)
	if made, known := w.site.Memo.Get(key); known {
		if l, ok := made.(*vfs.Layer); ok {
			return l
		}
	}
	l := w.makeHostFiles(spec, owner)
	w.site.Memo.Keep(key, l)
	return l
}

func (w *World) makeHostFiles(spec MachineSpec, owner machine.User) *vfs.Layer {
	l := vfs.NewLayer()
	for _, dir := range []string{"/etc", "/home", "/opt", "/root", "/run", "/srv", "/usr/local/bin", "/var/lib", "/var/log", owner.Home} {
		n := vfs.Dir(0o755)
		if dir == owner.Home {
			n.UID, n.GID = owner.UID, owner.GID
		}
		l.Put(dir, n)
	}
	l.Put("/tmp", vfs.Dir(fs.ModeSticky|0o777))
	for _, name := range slices.Sorted(maps.Keys(w.programs)) {
		if strings.Contains(name, ":") || strings.HasPrefix(name, "docker") || name == "podman" || name == "buildah" || name == "ash" {
			continue
		}
		l.Put("/usr/bin/"+name, vfs.Exec(name, 90<<10))
	}
	l.Put("/usr/bin/python3", vfs.Exec("python@3.13.5", 6<<20))
	l.Put("/bin", vfs.Link("usr/bin"))
	if spec.Engine == "docker" {
		l.Put("/usr/bin/docker", vfs.Exec("docker", 41<<20))
		l.Put("/usr/bin/docker-compose", vfs.Exec("docker-compose", 4<<10))
	}
	podmanFiles(l, spec, owner)
	l.Put("/etc/hostname", vfs.File(spec.Name+"\n", 0o644))
	l.Put("/etc/hosts", vfs.File("127.0.0.1\tlocalhost\n127.0.1.1\t"+spec.Name+"\n", 0o644))
	l.Put("/etc/os-release", vfs.File("PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nID=debian\n", 0o644))
	passwd := "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
	if owner.UID != 0 {
		passwd += fmt.Sprintf("%s:x:%d:%d::%s:/bin/bash\n", owner.Name, owner.UID, owner.GID, owner.Home)
	}
	l.Put("/etc/passwd", vfs.File(passwd, 0o644))
	return l
}

// putFiles writes the scenario's files; those of the spec come first.
func (w *World) putFiles(s Scenario) error {
	files := make([]File, 0, len(s.Files)+len(s.Spec.Files))
	for _, name := range slices.Sorted(maps.Keys(s.Spec.Files)) {
		m, p, found := strings.Cut(name, ":")
		if !found {
			m, p = "", name
		}
		files = append(files, File{Machine: m, Path: p, Data: s.Spec.Files[name]})
	}
	for _, f := range append(files, s.Files...) {
		m := w.site.Machines()[0]
		if f.Machine != "" {
			if m = w.site.Machine(f.Machine); m == nil {
				return fmt.Errorf("file %s: there is no machine %q", f.Path, f.Machine)
			}
		}
		w.write(m, f.Path, f.Data, f.Mode)
	}
	return nil
}

// home makes a path absolute on a machine: relative ones begin at the owner's home.
func home(m *machine.Machine, p string) string {
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		p = rest
	}
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join(m.Owner.Home, p)
}

func filePerm(mode uint32) fs.FileMode { return fs.FileMode(orElse(mode, 0o644)) & fs.ModePerm }

// startProcesses starts the programs that run outside containers.
func (w *World) startProcesses(specs []ProcessSpec) error {
	for _, spec := range specs {
		m := w.site.Machine(orElse(spec.Machine, w.site.Machines()[0].Name))
		weight := clock.Upkeep
		if _, err := m.Start(machine.Spec{Args: []string{"sh", "-c", spec.Command}, Weight: &weight}); err != nil {
			return fmt.Errorf("processes: %s: %w", spec.Command, err)
		}
	}
	w.clock.Run()
	return nil
}

// setUp runs the spec's own commands; one that fails is an error of the spec.
func (w *World) setUp(lines []string) error {
	for _, line := range lines {
		name := w.site.Machines()[0].Name
		if m, rest, ok := strings.Cut(line, "$ "); ok && w.site.Machine(m) != nil {
			name, line = m, rest
		}
		if r := w.exec(name, line); r.Status != 0 {
			return fmt.Errorf("setup: %s: exit status %d: %s", line, r.Status, strings.TrimSpace(r.Output))
		}
	}
	return nil
}

// isCut reports that a network fault lies between two machines.
func (w *World) isCut(from, to *machine.Namespace) bool {
	if len(w.cut) == 0 {
		return false
	}
	return slices.Contains(w.cut, from.Machine.Name) != slices.Contains(w.cut, to.Machine.Name)
}

func (w *World) diskSize(name string) int64 {
	for _, m := range w.spec.Machines {
		if m.Name == name {
			return int64(m.Disk)
		}
	}
	return 0
}
