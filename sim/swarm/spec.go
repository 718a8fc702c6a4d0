package swarm

import (
	"encoding/json"
	"time"
)

// The types of this file are those of the engine's API (moby, api/types/swarm):
// names, order and omissions are what `docker service inspect` shows.

// Annotations name an object of the cluster.
type Annotations struct {
	Name   string            `json:",omitempty"`
	Labels map[string]string `json:"Labels"`
}

// Version counts the changes of an object.
type Version struct {
	Index uint64 `json:",omitempty"`
}

// Meta is what every object of the cluster carries.
type Meta struct {
	Version   Version
	CreatedAt time.Time
	UpdatedAt time.Time
}

// ServiceSpec is what a service is to be.
type ServiceSpec struct {
	Annotations
	TaskTemplate   TaskSpec
	Mode           ServiceMode
	UpdateConfig   *UpdateConfig `json:",omitempty"`
	RollbackConfig *UpdateConfig `json:",omitempty"`
	EndpointSpec   *EndpointSpec `json:",omitempty"`
}

// ServiceMode says how many tasks a service has; exactly one field is set.
type ServiceMode struct {
	Replicated    *ReplicatedService `json:",omitempty"`
	Global        *GlobalService     `json:",omitempty"`
	ReplicatedJob *ReplicatedJob     `json:",omitempty"`
	GlobalJob     *GlobalJob         `json:",omitempty"`
}

// ReplicatedService has a number of tasks, wherever there is room.
type ReplicatedService struct {
	Replicas *uint64 `json:",omitempty"`
}

// GlobalService has one task on every node that fits.
type GlobalService struct{}

// ReplicatedJob runs tasks until so many have completed.
type ReplicatedJob struct {
	MaxConcurrent    *uint64 `json:",omitempty"`
	TotalCompletions *uint64 `json:",omitempty"`
}

// GlobalJob runs one task to completion on every node that fits.
type GlobalJob struct{}

// TaskSpec is what a task of a service is made from.
type TaskSpec struct {
	ContainerSpec *ContainerSpec            `json:",omitempty"`
	Resources     *Resources                `json:",omitempty"`
	RestartPolicy *RestartPolicy            `json:",omitempty"`
	Placement     *Placement                `json:",omitempty"`
	Networks      []NetworkAttachmentConfig `json:",omitempty"`
	LogDriver     *Driver                   `json:",omitempty"`
	ForceUpdate   uint64
	Runtime       string `json:",omitempty"`
}

// Driver is a log driver with its options.
type Driver struct {
	Name    string            `json:",omitempty"`
	Options map[string]string `json:",omitempty"`
}

// NetworkAttachmentConfig is a network that the tasks join.
type NetworkAttachmentConfig struct {
	Target  string   `json:",omitempty"` // the network's id
	Aliases []string `json:",omitempty"`
}

// ContainerSpec is the container of a task.
type ContainerSpec struct {
	Image           string            `json:",omitempty"`
	Labels          map[string]string `json:",omitempty"`
	Command         []string          `json:",omitempty"`
	Args            []string          `json:",omitempty"`
	Hostname        string            `json:",omitempty"`
	Env             []string          `json:",omitempty"`
	Dir             string            `json:",omitempty"`
	User            string            `json:",omitempty"`
	Groups          []string          `json:",omitempty"`
	Init            *bool             `json:",omitempty"`
	StopSignal      string            `json:",omitempty"`
	TTY             bool              `json:",omitempty"`
	ReadOnly        bool              `json:",omitempty"`
	Mounts          []Mount           `json:",omitempty"`
	StopGracePeriod *time.Duration    `json:",omitempty"`
	Healthcheck     *HealthConfig     `json:",omitempty"`
	Hosts           []string          `json:",omitempty"`
	DNSConfig       *DNSConfig        `json:",omitempty"`
	Secrets         []*FileReference  `json:",omitempty"`
	Configs         []*FileReference  `json:",omitempty"`
	Isolation       string            `json:",omitempty"`
	CapabilityAdd   []string          `json:",omitempty"`
	CapabilityDrop  []string          `json:",omitempty"`
}

// Mount is a volume, bind or tmpfs of the task's container.
type Mount struct {
	Type     string `json:",omitempty"`
	Source   string `json:",omitempty"`
	Target   string `json:",omitempty"`
	ReadOnly bool   `json:",omitempty"`
}

// HealthConfig is a health check. Zero durations are the image's.
type HealthConfig struct {
	Test        []string      `json:",omitempty"`
	Interval    time.Duration `json:",omitempty"`
	Timeout     time.Duration `json:",omitempty"`
	StartPeriod time.Duration `json:",omitempty"`
	Retries     int           `json:",omitempty"`
}

// DNSConfig are the name servers of the task's container.
type DNSConfig struct {
	Nameservers []string `json:",omitempty"`
	Search      []string `json:",omitempty"`
	Options     []string `json:",omitempty"`
}

// FileTarget is where a secret or config appears in a container.
type FileTarget struct {
	Name string
	UID  string
	GID  string
	Mode uint32
}

// FileReference hands a secret or a config to a task.
type FileReference struct {
	File       *FileTarget
	SecretID   string `json:",omitempty"`
	SecretName string `json:",omitempty"`
	ConfigID   string `json:",omitempty"`
	ConfigName string `json:",omitempty"`
}

// Resources are limits and what a node must have free.
type Resources struct {
	Limits       *Limit
	Reservations *Limit
}

// Limit is an amount of processor (10⁻⁹ CPUs), memory (bytes) and processes.
type Limit struct {
	NanoCPUs    int64 `json:",omitempty"`
	MemoryBytes int64 `json:",omitempty"`
	Pids        int64 `json:",omitempty"`
}

// RestartPolicy says whether a task that ended is replaced.
type RestartPolicy struct {
	Condition   string         `json:",omitempty"` // none, on-failure, any
	Delay       *time.Duration `json:",omitempty"`
	MaxAttempts *uint64        `json:",omitempty"`
	Window      *time.Duration `json:",omitempty"`
}

// Placement says which nodes tasks may run on.
type Placement struct {
	Constraints []string              `json:",omitempty"`
	Preferences []PlacementPreference `json:",omitempty"`
	MaxReplicas uint64                `json:",omitempty"`
	Platforms   []Platform            `json:",omitempty"`
}

// PlacementPreference spreads tasks over the values of a label.
type PlacementPreference struct{ Spread *SpreadOver }

// SpreadOver is the label.
type SpreadOver struct{ SpreadDescriptor string }

// Platform is what an image was built for.
type Platform struct {
	Architecture string `json:",omitempty"`
	OS           string `json:",omitempty"`
}

// UpdateConfig is how a service is updated or rolled back.
type UpdateConfig struct {
	Parallelism     uint64
	Delay           time.Duration `json:",omitempty"`
	FailureAction   string        `json:",omitempty"` // pause, continue, rollback
	Monitor         time.Duration `json:",omitempty"`
	MaxFailureRatio float32
	Order           string // stop-first, start-first
}

// EndpointSpec is how a service is reached.
type EndpointSpec struct {
	Mode  string       `json:",omitempty"` // vip, dnsrr
	Ports []PortConfig `json:",omitempty"`
}

// PortConfig is a published port.
type PortConfig struct {
	Name          string `json:",omitempty"`
	Protocol      string `json:",omitempty"`
	TargetPort    uint32 `json:",omitempty"`
	PublishedPort uint32 `json:",omitempty"`
	PublishMode   string `json:",omitempty"` // ingress, host
}

// clone makes a copy that shares nothing, by way of JSON as the API itself does.
func (s *ServiceSpec) clone() *ServiceSpec {
	data, err := json.Marshal(s)
	if err != nil {
		return &ServiceSpec{}
	}
	out := &ServiceSpec{}
	if json.Unmarshal(data, out) != nil {
		return &ServiceSpec{}
	}
	return out
}

// Clone makes a copy that can be changed.
func (s *ServiceSpec) Clone() *ServiceSpec { return s.clone() }

// same reports that two values are alike as the API shows them.
func same(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}
