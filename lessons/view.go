package lessons

import (
	"slices"
	"strings"
	"time"

	"github.com/distribution/reference"

	"drydock/sim"
)

// view is what a lesson's expressions see: the fields of sim.State by their names
// in lower case, and the functions and values below. AUTHORS.md describes it for
// authors; keep the two alike.
type view struct {
	sim.State
	kubeView

	Began  time.Duration `expr:"began"`  // virtual time at which the step began
	At     string        `expr:"at"`     // the machine that the console is on
	Answer int           `expr:"answer"` // the answer given in this step, from 1; 0 for none
	Undos  int           `expr:"undos"`  // how often the learner took something back in this step
	Hints  int           `expr:"hints"`  // how many hints were shown in this step

	Container func(name string, machine ...string) foundContainer `expr:"container"`
	Image     func(name string, machine ...string) foundImage     `expr:"image"`
	Network   func(name string, machine ...string) foundNetwork   `expr:"network"`
	Volume    func(name string, machine ...string) foundVolume    `expr:"volume"`
	Machine   func(name string) foundMachine                      `expr:"machine"`
	Running   func(name string, machine ...string) bool           `expr:"running"`
	Pushed    func(name string) bool                              `expr:"pushed"`
	Logged    func(name, text string) bool                        `expr:"logged"`

	HTTP      func(machine, url string) sim.Reply             `expr:"http"`
	File      func(machine, path string) string               `expr:"file"`
	FileIn    func(container, path string) string             `expr:"fileIn"`
	ImageFile func(image, path string) string                 `expr:"imageFile"`
	Exec      func(container, command string) foundRun        `expr:"exec"`
	Seen      func(text string) bool                          `expr:"seen"`
	Happened  func(reason string, object ...string) bool      `expr:"happened"`
	Times     func(reason string, object ...string) int       `expr:"happenedTimes"`
	Answers   func(machine string, port int) bool             `expr:"open"`
	Size      func(bytes int64) string                        `expr:"size"`
	Tagged    func(image sim.Image, name string) bool         `expr:"tagged"`
	Env       func(container foundContainer, k string) string `expr:"env"`
}

// What the finders return: the thing itself, all zero where there is none, so
// that an expression about something missing is false and not an error.
type (
	foundContainer struct {
		sim.Container
		Exists bool
	}
	foundImage struct {
		sim.Image
		Exists bool
	}
	foundNetwork struct {
		sim.Network
		Exists bool
	}
	foundVolume struct {
		sim.Volume
		Exists bool
	}
	foundMachine struct {
		sim.Machine
		Exists bool
	}
	foundRun struct {
		Status int
		Output string
	}
)

// watched is what a view looks at; a Play, mostly.
type watched interface {
	Session() *sim.Session
	firstEvent() int // the log's length when the step began
	firstCommand() int
}

// newView makes the functions once; refresh gives them a state to speak of.
func newView(w watched) *view {
	v := &view{}
	v.bindFinders()
	v.bindWorkloads()
	v.bindCluster()
	v.bindLookers(w)
	v.bindKubeLookers(w)
	return v
}

// bindFinders makes the functions that only need the state.
func (v *view) bindFinders() {
	v.Container = func(name string, machine ...string) foundContainer {
		return find(v.Containers, machine, func(c *sim.Container) (string, bool) { return c.Machine, c.Name == name },
			func(c sim.Container) foundContainer { return foundContainer{c, true} })
	}
	v.Image = func(name string, machine ...string) foundImage {
		name = familiar(name)
		return find(v.Images, machine, func(i *sim.Image) (string, bool) { return i.Machine, slices.Contains(i.Names, name) },
			func(i sim.Image) foundImage { return foundImage{i, true} })
	}
	v.Network = func(name string, machine ...string) foundNetwork {
		return find(v.Networks, machine, func(n *sim.Network) (string, bool) { return n.Machine, n.Name == name },
			func(n sim.Network) foundNetwork { return foundNetwork{n, true} })
	}
	v.Volume = func(name string, machine ...string) foundVolume {
		return find(v.Volumes, machine, func(o *sim.Volume) (string, bool) { return o.Machine, o.Name == name },
			func(o sim.Volume) foundVolume { return foundVolume{o, true} })
	}
	v.Machine = func(name string) foundMachine {
		return find(v.Machines, nil, func(m *sim.Machine) (string, bool) { return m.Name, m.Name == name },
			func(m sim.Machine) foundMachine { return foundMachine{m, true} })
	}
	v.Running = func(name string, machine ...string) bool { return v.Container(name, machine...).Running }
	v.Pushed = func(name string) bool { return pushed(v.Registries, name) }
	v.Tagged = func(i sim.Image, name string) bool { return slices.Contains(i.Names, familiar(name)) }
	v.Env = func(c foundContainer, name string) string { return c.Env[name] }
	v.Size = readableSize
	v.Answers = func(machine string, port int) bool {
		return slices.ContainsFunc(v.Containers, func(c sim.Container) bool {
			return c.Machine == machine && slices.ContainsFunc(c.Ports, func(p sim.Port) bool { return p.HostPort == port && p.Answers })
		})
	}
}

// bindLookers makes the functions that look into the world.
func (v *view) bindLookers(w watched) {
	v.HTTP = func(machine, url string) sim.Reply { return w.Session().HTTP(machine, url) }
	v.File = func(machine, path string) string { return w.Session().World().ReadFile(machine, path) }
	v.FileIn = func(container, path string) string { return w.Session().World().ReadContainerFile(container, path) }
	v.ImageFile = func(image, path string) string { return w.Session().World().ReadImageFile(image, path) }
	v.Logged = func(name, text string) bool {
		inContainer := slices.ContainsFunc(v.Container(name).Logs, func(line string) bool { return strings.Contains(line, text) })
		return inContainer || podLogged(w.Session().World(), v.Kube.Pods, name, text)
	}
	v.Exec = func(container, command string) foundRun {
		c := v.Container(container)
		if !c.Running {
			return foundRun{Status: 1}
		}
		return tryOut(w.Session(), c.Machine, "docker exec "+container+" "+command)
	}
	v.Seen = func(text string) bool { return seen(w.Session().World().Console(), w.firstCommand(), text) }
	v.Times = func(reason string, object ...string) int {
		return times(w.Session().World(), w.firstEvent(), reason, object)
	}
	v.Happened = func(reason string, object ...string) bool { return v.Times(reason, object...) > 0 }
}

// refresh looks at the world anew.
func (v *view) refresh(w *sim.World) {
	v.State = w.State()
}

// find returns the first thing that fits, on the machine if one is named, or the
// zero value.
func find[T, F any](all []T, machine []string, fits func(*T) (on string, ok bool), as func(T) F) (none F) {
	for i := range all {
		on, ok := fits(&all[i])
		if ok && (len(machine) == 0 || on == machine[0]) {
			return as(all[i])
		}
	}
	return none
}

// familiar is an image name as docker lists it: "docker.io/library/web" is "web:latest".
func familiar(name string) string {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return name
	}
	return reference.FamiliarString(reference.TagNameOnly(named))
}

// pushed reports whether a registry holds a name and tag.
func pushed(registries []sim.Registry, name string) bool {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return false
	}
	tagged, ok := reference.TagNameOnly(named).(reference.Tagged)
	if !ok {
		return false
	}
	for _, r := range registries {
		if r.Host != reference.Domain(named) {
			continue
		}
		for _, repo := range r.Repos {
			if repo.Name == reference.Path(named) && slices.Contains(repo.Tags, tagged.Tag()) {
				return true
			}
		}
	}
	return false
}

// seen reports whether the console printed a text since the step began.
func seen(c sim.Console, first int, text string) bool {
	return slices.ContainsFunc(c.Lines, func(l sim.ConsoleLine) bool {
		return l.Kind == sim.LineOutput && l.Command > first && strings.Contains(l.Text, text)
	})
}

// times counts what the log holds since the step began. object is a kind, a name
// and a machine; those that are left out or empty fit anything.
func times(w *sim.World, from int, reason string, object []string) int {
	n := 0
	for _, e := range w.Events(from) {
		is := []string{e.Object.Kind, e.Object.Name, e.Object.Machine}
		fits := e.Reason == reason
		for i, want := range object[:min(len(object), len(is))] {
			fits = fits && (want == "" || want == is[i])
		}
		if fits {
			n++
		}
	}
	return n
}

// tryOut runs a command in a copy of the world, so that looking leaves no trace.
func tryOut(s *sim.Session, machine, line string) foundRun {
	r := s.Try(machine, line)
	return foundRun{Status: r.Status, Output: r.Output}
}
