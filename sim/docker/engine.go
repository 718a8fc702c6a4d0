// Package docker is the Docker Engine on one machine and the docker command
// line that talks to it (Docker 29.7.2).
package docker

import (
	"net/netip"
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
	Up      bool       // the daemon runs
	// BuildCache is the builder's; nil until there is one.
	BuildCache BuildCache

	containers []*Container // in the order of creation
	networks   []*Network
	volumes    []*Volume
	builds     []*Build
	tagged     map[string]time.Time // when a name was last given, by normalised reference
	// changed is broadcast whenever a container's state changed.
	changed *clock.Signal
}

// Container is a container of the engine. Its fields are for reading; the
// engine's methods change them.
type Container struct {
	ID      string
	Name    string
	Created time.Time
	Image   string // as it was asked for
	ImageID string
	Config  image.Config // merged from image and command line
	Host    HostConfig
	Path    string   // what runs
	Args    []string // its arguments
	State   ContainerState
	FS      *vfs.FS
	Net     *machine.Namespace
	Mounts  []MountPoint
	Log     []LogLine
	Exec    int // number of execs so far

	Endpoints []*Endpoint
	group     *machine.Group
}

// HostConfig is what the command line says about running the container on this
// host, as opposed to what the image says about the program.
type HostConfig struct {
	NetworkMode    string
	Binds          []string
	Tmpfs          []string
	PortBindings   []PortBinding
	PublishAll     bool
	RestartPolicy  RestartPolicy
	AutoRemove     bool
	Memory         int64 // bytes
	NanoCPUs       int64
	ReadonlyRootfs bool
	Privileged     bool
	CapAdd         []string
	CapDrop        []string
	ExtraHosts     []string
	DNS            []string
	Init           bool
	StopTimeout    int // seconds, 0 is the default of 10
	TTY            bool
	OpenStdin      bool
	Hostname       string
}

// RestartPolicy is --restart.
type RestartPolicy struct {
	Name              string // "no", "always", "unless-stopped", "on-failure"
	MaximumRetryCount int
}

// PortBinding is one -p: a host address and port for a port of the container.
type PortBinding struct {
	HostIP   string // empty: every address
	HostPort int    // 0: chosen at start
	Port     int
	Proto    string
}

// ContainerState is what inspect shows under State.
type ContainerState struct {
	Status    string // created, running, paused, restarting, removing, exited, dead
	ExitCode  int
	Error     string
	OOMKilled bool
	Started   time.Time
	Finished  time.Time
	Restarts  int
	Health    *Health
	ByHand    bool // stopped or killed by hand: no restart
	ports     []Published
}

// Published is a port that is open on the host now.
type Published struct {
	HostIP   string
	HostPort int
	Port     int
	Proto    string
}

// Health is the state of the health check.
type Health struct {
	Status  string // starting, healthy, unhealthy
	Failing int
	Log     []HealthResult
}

// HealthResult is one run of the health check.
type HealthResult struct {
	Start, End time.Time
	ExitCode   int
	Output     string
}

// LogLine is a piece of a container's output.
type LogLine struct {
	Time   time.Time
	Stderr bool
	Text   string // with its line end, if it had one
}

// MountPoint is a volume, bind mount or tmpfs of a container.
type MountPoint struct {
	Type     string // volume, bind, tmpfs
	Volume   string
	Source   string
	Target   string
	ReadOnly bool
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
}

// Build is a record of a build, for the screen and `docker buildx history`.
type Build struct {
	Tag    string
	Steps  []BuildStep
	Done   bool
	Failed bool
}

// BuildStep is one step of a build.
type BuildStep struct {
	Name  string
	State string // waiting, running, done, cached, error
	Layer bool
}

// SetDaemon stops or starts the daemon (systemctl stop docker).
func (e *Engine) SetDaemon(up bool) {}
