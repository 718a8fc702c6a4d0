// Package machine models computers: power, files, processor and memory, the
// processes on them, and the network between them. Containers of every runtime
// are built from the same parts: a process tree with limits, a file system of
// its own, a network namespace.
package machine

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/vfs"
)

// KernelRelease is the Linux of every machine, as uname -r says it in containers too.
const KernelRelease = "6.12.48+deb13-amd64"

// Site is all machines of a world and what they share.
type Site struct {
	Clock *clock.Clock
	// Programs finds the implementation of a program by the name that an
	// executable's node carries; nil when there is none.
	Programs func(name string) Main
	// Complete completes the arguments of a command line tool on a machine: args
	// are the words before the one at the cursor, without the tool's own name. Nil
	// when the tool does not say.
	Complete func(tool string, p *Process, args []string, word string) []Completion
	// LAN joins the machines.
	LAN *Segment
	// Internet answers for names and addresses that are no machine of the site.
	Internet *Internet
	// Memo keeps what replays of the same journal would work out again and again.
	Memo *Memo

	machines []*Machine
}

// NewSite makes a site without machines.
func NewSite(c *clock.Clock) *Site {
	return &Site{
		Clock:    c,
		LAN:      &Segment{Name: "lan", Subnet: netip.MustParsePrefix("192.168.56.0/24"), Gateway: netip.MustParseAddr("192.168.56.1")},
		Internet: &Internet{},
	}
}

// Machines lists the machines in the order in which they were added.
func (s *Site) Machines() []*Machine { return s.machines }

// Machine finds one by name, or nil.
func (s *Site) Machine(name string) *Machine {
	i := slices.IndexFunc(s.machines, func(m *Machine) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	return s.machines[i]
}

// Machine is one computer.
type Machine struct {
	Site    *Site
	Name    string
	CPUs    int
	Memory  int64 // bytes; 0 is without limit
	Disk    *vfs.Disk
	FS      *vfs.FS
	Net     *Namespace
	Addr    netip.Addr
	Powered bool
	Booted  time.Time
	// Owner is who logs in, with a home directory.
	Owner User

	procs   []*Process
	lastPID int
	power   []func(on bool)
	busy    processors
}

// Config is what a machine is made of.
type Config struct {
	Name   string
	CPUs   int
	Memory int64
	Disk   int64 // bytes; 0 is without limit
	Base   []*vfs.Layer
	Owner  User
}

// firstMachine is the number of the first machine's address on the LAN; those
// below are left to whatever else a network has.
const firstMachine = 11

// Add puts a machine on the site, switched on.
func (s *Site) Add(c Config) *Machine {
	m := &Machine{
		Site: s, Name: c.Name, CPUs: c.CPUs, Memory: c.Memory, Disk: &vfs.Disk{Capacity: c.Disk}, Owner: c.Owner,
		Powered: true, Booted: s.Clock.Now(), lastPID: 800,
	}
	m.FS = vfs.New(s.Clock.Now, m.Disk, c.Base...)
	m.Net = NewNamespace(c.Name, m)
	m.Addr = s.LAN.nextFrom(firstMachine)
	s.LAN.Attach(m.Net, m.Addr)
	s.machines = append(s.machines, m)
	return m
}

// OnPower registers what happens when the machine loses or gains power.
func (m *Machine) OnPower(fn func(on bool)) { m.power = append(m.power, fn) }

// SetPower switches the machine off as if the plug were pulled, or on again.
func (m *Machine) SetPower(on bool) {
	if m.Powered == on {
		return
	}
	m.Powered = on
	reason, message := "power-off", m.Name+" lost power"
	if on {
		reason, message = "power-on", m.Name+" has power again"
		m.Booted = m.Site.Clock.Now()
	}
	id := m.Site.Clock.Emit(clock.Event{Actor: "world", Object: m.Object(), Reason: reason, Message: message})
	m.Site.Clock.Because(id, func() {
		if !on {
			for _, p := range slices.Clone(m.procs) {
				p.Exit(255)
			}
		}
		for _, fn := range m.power {
			fn(on)
		}
	})
}

// Object names the machine in events.
func (m *Machine) Object() clock.Object { return clock.Object{Kind: "machine", Name: m.Name} }

// Processes lists what runs on the machine, containers included, oldest first.
func (m *Machine) Processes() []*Process { return slices.Clone(m.procs) }

// MemoryUsed is the resident memory of all processes in bytes.
func (m *Machine) MemoryUsed() int64 {
	var total int64
	for _, p := range m.procs {
		total += p.memory
	}
	return total
}

// oom is the kernel out of memory: it kills the process that wanted more.
func (m *Machine) oom(p *Process) {
	m.Site.Clock.Emit(clock.Event{Actor: "kernel", Object: m.Object(), Reason: "oom",
		Message: fmt.Sprintf("%s is out of memory and killed %s", m.Name, p.Args[0])})
	if p.Group != nil {
		p.Group.OOMKilled = true
	}
	p.Exit(128 + int(SIGKILL))
}

// Start runs a program on the machine itself, outside containers, as its owner.
// A nil parent means that nothing on the machine started it.
func (m *Machine) Start(s Spec) (*Process, error) {
	if s.Env == nil {
		s.Env = NewEnv("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME="+m.Owner.Home, "USER="+m.Owner.Name)
	}
	if s.User == nil {
		u := m.Owner
		s.User = &u
	}
	if s.Dir == "" {
		s.Dir = m.Owner.Home
	}
	if s.FS == nil {
		s.FS = m.FS
	}
	if s.Net == nil {
		s.Net = m.Net
	}
	if s.Host == "" {
		s.Host = m.Name
	}
	if s.Stdin == nil {
		s.Stdin = NoInput{}
	}
	if s.Stdout == nil {
		s.Stdout = discard{}
	}
	if s.Stderr == nil {
		s.Stderr = discard{}
	}
	if s.Weight == nil {
		w := clock.Program
		s.Weight = &w
	}
	return m.start(s, nil)
}

// Discard is /dev/null as a sink.
func Discard() Sink { return discard{} }

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
