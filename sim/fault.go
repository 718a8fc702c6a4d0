package sim

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// Fault is something that breaks or is mended. In lessons and journals it is a
// line of words:
//
//	power off NODE        power on NODE
//	daemon stop NODE      daemon start NODE
//	network cut NODE...   network heal          (NODE... against all others)
//	internet down         internet up
//	registry down HOST    registry up HOST
//	disk full NODE        disk free NODE
//	process stop NODE PORT                      (what listens there outside containers)
//	component stop NAME [NODE]                  (of Kubernetes: kube-scheduler, kubelet, ...)
//	component start NAME [NODE]
type Fault struct {
	What string // "power off"
	Args []string
}

// faultArgs is how many arguments each fault takes; -1 is one or more, -2 one or two.
func faultArgs() map[string]int {
	return map[string]int{
		"power off": 1, "power on": 1, "daemon stop": 1, "daemon start": 1, "network cut": -1, "network heal": 0,
		"internet down": 0, "internet up": 0, "registry down": 1, "registry up": 1, "disk full": 1, "disk free": 1,
		"process stop": 2, "component stop": -2, "component start": -2,
	}
}

// FaultNames lists the faults there are, sorted.
func FaultNames() []string {
	var names []string
	for name := range faultArgs() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ParseFault reads a fault.
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return Fault{}, fmt.Errorf("%q is no fault; there are: %s", text, strings.Join(FaultNames(), ", "))
	}
	f := Fault{What: words[0] + " " + words[1], Args: words[2:]}
	want, known := faultArgs()[f.What]
	switch {
	case !known:
		return f, fmt.Errorf("%q is no fault; there are: %s", text, strings.Join(FaultNames(), ", "))
	case want >= 0 && len(f.Args) != want:
		return f, fmt.Errorf("the fault %q takes %d arguments, not %d", f.What, want, len(f.Args))
	case want == -2 && (len(f.Args) == 0 || len(f.Args) > 2):
		return f, fmt.Errorf("the fault %q takes a program and, if you like, a node", f.What)
	case want < 0 && len(f.Args) == 0:
		return f, fmt.Errorf("the fault %q needs at least one machine", f.What)
	}
	return f, nil
}

// checkFault reports a fault that names something this world does not have.
func (w *World) checkFault(f Fault) error {
	switch {
	case strings.HasPrefix(f.What, "registry"):
		if !w.hub.Has(f.Args[0]) {
			return fmt.Errorf("there is no registry %q", f.Args[0])
		}
		return nil
	case f.What == "process stop":
		return w.checkMachines(f.Args[:1])
	case strings.HasPrefix(f.What, "component"):
		return w.checkComponent(f.Args)
	default:
		return w.checkMachines(f.Args)
	}
}

func (w *World) checkMachines(names []string) error {
	for _, name := range names {
		if w.site.Machine(name) == nil {
			return fmt.Errorf("there is no machine %q", name)
		}
	}
	return nil
}

// fault carries a fault out. Faults that do not fit the world do nothing.
func (w *World) fault(f Fault) {
	if w.checkFault(f) != nil {
		return
	}
	id := w.clock.Emit(clock.Event{Actor: "world", Object: clock.Object{Kind: "fault", Name: strings.Join(f.Args, " ")},
		Reason: f.What, Message: strings.TrimSpace(f.What + " " + strings.Join(f.Args, " "))})
	w.clock.Because(id, func() { w.carryOut(f) })
}

func (w *World) carryOut(f Fault) {
	switch f.What {
	case "power off", "power on":
		w.site.Machine(f.Args[0]).SetPower(f.What == "power on")
	case "daemon stop", "daemon start":
		if e := w.engines[f.Args[0]]; e != nil {
			e.SetDaemon(f.What == "daemon start")
		}
	case "network cut":
		w.cut = slices.Clone(f.Args)
		w.rewired()
	case "network heal":
		w.cut = nil
		w.rewired()
	case "internet down", "internet up":
		w.site.Internet.Down = f.What == "internet down"
	case "registry down", "registry up":
		w.hub.SetUp(f.Args[0], f.What == "registry up")
	case "disk full":
		d := w.site.Machine(f.Args[0]).Disk
		d.Capacity = max(d.Used, 1)
	case "disk free":
		w.site.Machine(f.Args[0]).Disk.Capacity = w.diskSize(f.Args[0])
	case "process stop":
		w.stopListener(f.Args[0], f.Args[1])
	case "component stop", "component start":
		w.setComponent(f.Args, f.What == "component start")
	}
}

// rewired tells everybody who looks at other machines that the network changed.
func (w *World) rewired() {
	w.fleet.Check()
	if w.cluster != nil {
		w.cluster.Rewired()
	}
}

// faultProgram is the game's command for breaking things: `fault power off node-3`.
func (w *World) faultProgram(p *machine.Process) int {
	text := strings.Join(p.Args[1:], " ")
	f, err := ParseFault(text)
	if err == nil {
		err = w.checkFault(f)
	}
	if err != nil {
		p.Errorf("fault: %s\n", err)
		return 1
	}
	w.fault(f)
	return 0
}
