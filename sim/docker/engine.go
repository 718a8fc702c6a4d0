// Package docker is the Docker Engine on one machine and the docker command
// line that talks to it (Docker 29.7.2).
package docker

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Engine is dockerd on one machine.
type Engine struct {
	Machine *machine.Machine
	Images  *image.Store
	Hub     *image.Hub // all registries of the world
	Version string     // "29.7.2"
	Up      bool       // the daemon runs
	// Flavour is set for engines that are not Docker's.
	Flavour Flavour
	// BuildCache is the builder's; nil until there is one.
	BuildCache BuildCache
	// Swarm tells about swarm mode; nil while nothing of it is installed.
	Swarm func() SwarmInfo
	// Overlay makes a network of the swarm, RemoveOverlay removes one; nil without
	// swarm mode.
	Overlay       func(p *clock.Proc, spec NetworkSpec) (*Network, error)
	RemoveOverlay func(p *clock.Proc, n *Network) error
	// InspectObject describes a node, service, task, secret or config of the swarm.
	InspectObject func(kind, ref string) (any, error)
	// Learn finds a network of the swarm that this engine has not used yet, or nil.
	Learn func(ref string) *Network

	containers []*Container // in the order of creation
	networks   []*Network
	volumes    []*Volume
	builds     []*Build
	config     daemonConfig
	tagged     map[string]time.Time // when a name was last given, by normalised reference
	// changed is broadcast whenever a container's state changed.
	changed *clock.Signal
	// happened is broadcast at every event.
	happened *clock.Signal
	tasks    []*clock.Proc // what the daemon is doing for its clients
	booting  *clock.Proc   // the start of the daemon, while it is under way
	ending   bool          // containers of a daemon that was stopped have still to end
}

// New installs a docker engine on a machine and starts it.
func New(m *machine.Machine, hub *image.Hub, version string) *Engine {
	e := newEngine(m, hub, version)
	e.defaultNetworks()
	m.OnPower(e.power)
	return e
}

func newEngine(m *machine.Machine, hub *image.Hub, version string) *Engine {
	return &Engine{
		Machine: m, Images: image.NewStore(), Hub: hub, Version: version, Up: true,
		tagged: map[string]time.Time{}, changed: m.Site.Clock.NewSignal(), happened: m.Site.Clock.NewSignal(),
	}
}

// Containers lists the containers, running or not, oldest first.
func (e *Engine) Containers() []*Container { return slices.Clone(e.containers) }

// Builds lists the last builds, newest last.
func (e *Engine) Builds() []*Build { return slices.Clone(e.builds) }

// Changed is broadcast whenever the state of a container changed.
func (e *Engine) Changed() *clock.Signal { return e.changed }

// Happened is broadcast at every event of the engine.
func (e *Engine) Happened() *clock.Signal { return e.happened }

func (e *Engine) clock() *clock.Clock { return e.Machine.Site.Clock }

// errConnectionLost is what a client sees when the daemon goes away under it.
var errConnectionLost = errors.New("error during connect: unexpected EOF")

// Do carries out work as the daemon does for a client: the client waits for it,
// but what has begun goes on when the client is interrupted. It ends with an
// error when the daemon or its machine goes away meanwhile.
func (e *Engine) Do(client *clock.Proc, work func(p *clock.Proc) error) error {
	err := errConnectionLost
	task := e.task("dockerd", func(p *clock.Proc) { err = work(p) })
	client.WaitFor(task.Exited(), task.Done)
	return err
}

// task starts work of the daemon that ends with it.
func (e *Engine) task(name string, work func(p *clock.Proc)) *clock.Proc {
	t := e.clock().Go(name, clock.Work, work)
	e.tasks = append(slices.DeleteFunc(e.tasks, (*clock.Proc).Done), t)
	return t
}

func (e *Engine) endTasks() {
	for _, t := range e.tasks {
		t.Kill()
	}
	e.tasks = nil
}

// Network is a container network.
type Network struct {
	ID         string
	Name       string
	Created    time.Time
	Driver     string // bridge, host, null, overlay
	Scope      string // local, swarm
	Internal   bool
	Attachable bool
	Options    map[string]string
	Labels     map[string]string
	Segment    *machine.Segment // nil for host and none
	OwnSubnet  bool             // the subnet was asked for, so addresses may be too
	IPRange    netip.Prefix     // part of the subnet that addresses are taken from

	standard bool // it came with the engine
}

// Endpoint is a container's connection to a network.
type Endpoint struct {
	ID      string
	Network *Network
	Aliases []string
	Links   []string
	Asked   netip.Addr // --ip
	MAC     string
	Iface   *machine.Interface // nil while the container does not run
}

// Volume is a named or anonymous volume.
type Volume struct {
	Name      string
	Created   time.Time
	Driver    string
	Labels    map[string]string
	Options   map[string]string
	Anonymous bool
	FS        *vfs.FS // its root is the volume's

	root string // the directory that holds the volumes; empty is VolumeRoot
}
