package sim

import "time"

// State is the world as goals and the screen see it: plain values, made anew
// after each input, never written back. Lists are ordered by machine, then by
// the tool's own order (containers oldest first, images by name).
//
// In a lesson's `when:` expression its fields are the variables, by their names
// in lower case: `any(containers, .Name == "web" && .Running)`.
type State struct {
	Elapsed    time.Duration `expr:"elapsed"` // virtual time since the world began
	Machines   []Machine     `expr:"machines"`
	Containers []Container   `expr:"containers"`
	Images     []Image       `expr:"images"`
	Networks   []Network     `expr:"networks"`
	Volumes    []Volume      `expr:"volumes"`
	Registries []Registry    `expr:"registries"`
	Internet   bool          `expr:"internet"` // the outside world can be reached
	Cut        []string      `expr:"cut"`      // machines that a network fault keeps from the others
	Builds     []Build       `expr:"builds"`   // the last few, newest last; one may be under way
	Services   []Service     `expr:"services"`
	Tasks      []Task        `expr:"tasks"` // current ones and history, by service and slot, newest first
	Nodes      []Node        `expr:"nodes"` // of the swarm, by name
	// Quorum says that the swarm's managers can change something; false without a swarm.
	Quorum bool `expr:"quorum"`
	Kube   Kube `expr:"kube"` // the Kubernetes cluster
}

// Machine is a computer of the world.
type Machine struct {
	Name       string
	Addr       string
	Powered    bool
	Engine     string // "docker", "podman", ...; empty when no container engine is installed
	EngineUp   bool   // the daemon answers
	CPUs       int
	Memory     int64 // bytes; 0 is without limit
	MemoryUsed int64
	Disk       int64 // bytes; 0 is without limit
	DiskUsed   int64
	Users      []string // registries this machine is logged in to: "docker.io"
}

// Container is a container of any engine.
type Container struct {
	Machine    string
	ID         string // 64 hex digits
	Name       string
	Image      string // as it was asked for: "nginx:alpine"
	ImageID    string
	Command    string
	State      string // created, running, paused, restarting, exited, dead
	Status     string // as docker ps words it: "Up 3 seconds (healthy)"
	Running    bool
	ExitCode   int
	OOMKilled  bool
	Health     string // "", starting, healthy, unhealthy
	Restarts   int
	Restart    string // restart policy
	User       string
	Privileged bool
	ReadOnly   bool
	Memory     int64 // limit in bytes, 0 is none
	MemoryUsed int64
	Env        map[string]string
	Labels     map[string]string
	Ports      []Port
	Mounts     []ContainerMount
	Networks   []string
	Addr       string // on its first network
	Created    time.Duration
	Started    time.Duration
	Finished   time.Duration
	// Logs are the last lines of output, both streams, oldest first.
	Logs []string
	// Listening are the ports that something inside has opened.
	Listening []int
}

// Port is a published port.
type Port struct {
	HostAddr  string // "0.0.0.0", "127.0.0.1"
	HostPort  int
	Container int
	Proto     string
	Answers   bool // something behind it listens
}

// ContainerMount is a volume, bind mount or tmpfs in a container.
type ContainerMount struct {
	Type     string // volume, bind, tmpfs
	Source   string // volume name or path on the machine
	Target   string
	ReadOnly bool
}

// Image is an image in a machine's store.
type Image struct {
	Machine string
	ID      string   // sha256:...
	Names   []string // familiar: "nginx:alpine", "localhost:5000/web:1.0"; empty when dangling
	Size    int64    // bytes on disk
	Created time.Time
	User    string
	Layers  []Layer // lowest first
	InUse   bool    // a container was made from it
	Env     map[string]string
	Labels  map[string]string
	// Local says that it was built on this machine, not pulled.
	Local bool
}

// Layer is one layer of an image. Images that share a layer share its digest.
type Layer struct {
	Digest  string
	Size    int64  // bytes; 0 for instructions that change no files
	Created string // the instruction: "COPY app.py ."
}

// Network is a container network on one machine.
type Network struct {
	Machine    string
	Name       string
	Driver     string
	Subnet     string
	Internal   bool
	DNS        bool // names of containers resolve
	Containers []string
}

// Volume is a named or anonymous volume.
type Volume struct {
	Machine   string
	Name      string
	Anonymous bool
	UsedBy    []string // containers, running or not
	Files     int
	Size      int64
}

// Registry is somewhere images are pushed to and pulled from.
type Registry struct {
	Host  string // "docker.io", "localhost:5000"
	Up    bool
	Repos []Repo
}

// Repo is a repository in a registry, with those tags that were pushed or
// pulled in this world; the public catalogue is much larger.
type Repo struct {
	Name    string // "library/nginx", "team/web"
	Private bool
	Tags    []string
}

// Build is a build of an image, for the harbour to show while it runs.
type Build struct {
	Machine string
	Tag     string
	Steps   []BuildStep
	Done    bool
	Failed  bool
}

// BuildStep is one numbered step.
type BuildStep struct {
	Name   string // "[2/5] WORKDIR /app"
	State  string // waiting, running, done, cached, error
	Target bool   // it makes a layer of the image
}
