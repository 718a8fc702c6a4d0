package docker

import (
	"net/netip"
	"slices"
	"time"

	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/machine"
)

// Flavour is what tells another container engine of the same build apart, such
// as Podman; the zero value is Docker.
type Flavour struct {
	// Daemonless says that no service runs: nothing starts containers when the
	// machine has power again.
	Daemonless bool
	// Network is the name of the default network, "bridge" if empty, and Subnet its
	// addresses; Pool is where further networks take theirs from, 256 addresses each.
	Network string
	Subnet  netip.Prefix
	Pool    netip.Prefix
	// Apart says that the machine is no member of the container networks: they lie
	// in a network namespace of a user without privileges.
	Apart bool
	// Variables are set in every container: "container=podman".
	Variables []string
	// Download is how many bytes a second come from far registries; 0 is what a
	// laptop's connection gives.
	Download int
	// Volumes is the directory that holds the volumes.
	Volumes string
	// HostsFile and ResolvConf write /etc/hosts and /etc/resolv.conf of a container;
	// nil writes Docker's.
	HostsFile  func(c *Container) string
	ResolvConf func(c *Container) string
	// Create and Start are what the runtime itself needs to make a container and to
	// start its program; 0 is what Docker's daemon and its network need.
	Create, Start time.Duration
}

// takes is how long a step of the runtime takes that the flavour may do quicker.
func takes(docker, flavour time.Duration) time.Duration {
	if flavour > 0 {
		return flavour
	}
	return docker
}

// NewFlavour installs an engine that is not Docker's on a machine.
func NewFlavour(m *machine.Machine, hub *image.Hub, version string, f Flavour) *Engine {
	e := newEngine(m, hub, version)
	e.Flavour = f
	lan := machine.Segment{Name: f.Network + "0", Subnet: f.Subnet, Gateway: f.Subnet.Addr().Next()}
	e.bridgeUp(e.addNetwork(&Network{Name: f.Network, Driver: "bridge", Scope: "local", Segment: &lan, standard: true}))
	e.addNetwork(&Network{Name: "host", Driver: "host", Scope: "local"})
	e.addNetwork(&Network{Name: "none", Driver: "null", Scope: "local"})
	m.OnPower(e.power)
	return e
}

// defaultNetwork is the name of the network that containers join by themselves.
func (e *Engine) defaultNetwork() string {
	if e.Flavour.Network != "" {
		return e.Flavour.Network
	}
	return "bridge"
}

// poolSubnet is the lowest free network of the flavour's pool.
func (e *Engine) poolSubnet() (netip.Prefix, bool) {
	if !e.Flavour.Pool.IsValid() {
		return netip.Prefix{}, false
	}
	a := e.Flavour.Pool.Addr().As4()
	for ; e.Flavour.Pool.Contains(netip.AddrFrom4(a)); a[2]++ {
		if p := netip.PrefixFrom(netip.AddrFrom4(a), 24); !e.taken(p) {
			return p, true
		}
		if a[2] == 255 {
			break
		}
	}
	return netip.Prefix{}, false
}

// RunStep runs a program in a container without a name that is gone when it has
// ended: a RUN of a build. An error says why it could not be started.
func (e *Engine) RunStep(p *machine.Process, c build.Container) (int, error) { return e.runStep(p, c) }

// NoteBuild keeps the record of a build that was not the engine's own.
func (e *Engine) NoteBuild(b *Build) {
	e.builds = append(e.builds, b)
	if len(e.builds) > maxBuilds {
		e.builds = slices.Clone(e.builds[len(e.builds)-maxBuilds:])
	}
}
