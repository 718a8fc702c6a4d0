package docker

import (
	"slices"
	"strings"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

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
	Net     *machine.Namespace // nil before the first start
	Mounts  []MountPoint
	Log     []LogLine
	Exec    int // number of execs so far

	Endpoints []*Endpoint

	engine           *Engine
	image            *image.Image
	wanted           []NetworkAttachment // what it joins at its first start
	given            *machine.Namespace  // the network stack that was made for it, or nil
	group            *machine.Group
	init             *machine.Process // its first process while it runs
	sandbox          string           // id of the network namespace
	redirects        []openPort
	hostFiles        *vfs.FS // /etc/hosts and the like, outside the image
	stdin            *stdin
	tty              *machine.TTY
	watchers         []*Attachment
	partial          [2]string // of standard output and error: what no line end has followed yet
	execs            []*Exec
	runs, lastStatus int // how many runs have ended, and the last one's exit status
	dropped          int // lines of the log that were forgotten
	logged           *clock.Signal
	backoff          time.Duration // before the next restart
	restart          *clock.Timer
	probe            *clock.Timer
	blame            int  // the event that explains what happens to it next
	unplugged        bool // its last start failed over a port, see publish
}

// HostConfig is what the command line says about running the container on this
// host, as opposed to what the image says about the program.
type HostConfig struct {
	NetworkMode    string // a network's name, "host", "none" or "container:ID"
	Binds          []string
	Mounts         []MountSpec
	Tmpfs          []string // "/run" or "/run:size=64m"
	PortBindings   []PortBinding
	PublishAll     bool
	RestartPolicy  RestartPolicy
	AutoRemove     bool
	Memory         int64 // bytes
	MemorySwap     int64 // bytes, with the memory; -1 is without limit
	MemoryReserve  int64 // bytes
	NanoCPUs       int64
	CPUShares      int64
	CpusetCpus     string
	PidsLimit      int64 // 0 is none
	ReadonlyRootfs bool
	Privileged     bool
	CapAdd         []string
	CapDrop        []string
	SecurityOpt    []string
	GroupAdd       []string
	ExtraHosts     []string // "name:address"
	DNS            []string
	DNSSearch      []string
	DNSOptions     []string
	Ulimits        []Ulimit
	Init           bool
	StopTimeout    *int // seconds, nil is the default of 10
	TTY            bool
	OpenStdin      bool
	Hostname       string
	Domainname     string
	LogDriver      string // empty is json-file
	LogOpts        map[string]string
	VolumesFrom    []string
	PidMode        string
	IpcMode        string
	ShmSize        int64
	CIDFile        string
	Attach         [3]bool // stdin, stdout, stderr: what `docker run` attached
	Platform       string
}

// Ulimit is one --ulimit.
type Ulimit struct {
	Name string
	Hard int64
	Soft int64
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

// Published is a port that is open on the host now. An empty HostIP is every
// address, IPv4 and IPv6.
type Published struct {
	HostIP   string
	HostPort int
	Port     int
	Proto    string
}

// Running reports that the container has processes, paused or not.
func (c *Container) Running() bool { return c.State.Status == "running" || c.State.Status == "paused" }

// Published lists the ports that are open on the host now, in the order of -p.
func (c *Container) Published() []Published { return slices.Clone(c.State.ports) }

// MemoryUsed is the resident memory of the container's processes in bytes.
func (c *Container) MemoryUsed() int64 {
	if c.group == nil || !c.Running() {
		return 0
	}
	return c.group.MemoryUsed()
}

// Processes lists the container's processes, oldest first.
func (c *Container) Processes() []*machine.Process {
	if c.group == nil || !c.Running() {
		return nil
	}
	return c.group.Processes()
}

// Init is the container's first process while it runs, or nil.
func (c *Container) Init() *machine.Process { return c.init }

// Command is what runs, as one line; arguments with blanks are quoted, as in the
// list that the daemon gives.
func (c *Container) Command() string {
	words := []string{c.Path}
	for _, arg := range c.Args {
		if strings.Contains(arg, " ") {
			arg = "'" + arg + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
}

// SourceImage is the image that the container was made from.
func (c *Container) SourceImage() *image.Image { return c.image }

// Logged is broadcast when the container printed something or changed its state.
func (c *Container) Logged() *clock.Signal { return c.logged }

// hostname is what `hostname` says inside.
func (c *Container) hostname() string {
	switch {
	case c.Host.Hostname != "":
		return c.Host.Hostname
	case c.Host.NetworkMode == "host":
		return c.engine.Machine.Name
	}
	if name, ok := strings.CutPrefix(c.Host.NetworkMode, "container:"); ok {
		if other, err := c.engine.Container(name); err == nil && other != c {
			return other.hostname()
		}
	}
	return c.ID[:12]
}

// emit writes to the world's log what happened to the container, with what
// explains it as the cause, and returns the event.
func (c *Container) emit(reason, message string, attr map[string]string) int {
	all := map[string]string{"image": c.Image, "name": c.Name, "id": c.ID}
	for k, v := range c.Config.Labels {
		all[k] = v
	}
	for k, v := range attr {
		all[k] = v
	}
	return c.engine.emit("container", c.Name, reason, message, all)
}

// touch tells everybody who waits for the container that its state changed.
func (c *Container) touch() {
	c.logged.Broadcast()
	c.engine.changed.Broadcast()
}
