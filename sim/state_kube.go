package sim

import "time"

// Kube is a Kubernetes cluster as its API server knows it. Lists are ordered by
// namespace and name. Without a cluster all of it is empty.
type Kube struct {
	Exists bool // this world has a cluster
	// Answers says that requests are answered: an API server runs, and etcd behind it
	// has a quorum. What else is told here is then what etcd held last.
	Answers     bool
	Version     string // "v1.37.2"
	Nodes       []KubeNode
	Namespaces  []Namespace
	Pods        []Pod
	Workloads   []Workload
	Services    []KubeService
	Claims      []Claim
	Volumes     []PersistentVolume
	Ingresses   []Ingress
	Autoscalers []Autoscaler
	Budgets     []Budget
	Quotas      []Quota
	Components  []Component
	// ConfigMaps, Secrets and the like are listed by "NAMESPACE/NAME".
	ConfigMaps []string
	Secrets    []string
	Policies   []string // NetworkPolicies
}

// KubeNode is a node of a cluster.
type KubeNode struct {
	Name          string
	Addr          string
	Ready         bool
	Status        string // as kubectl get nodes words it: "Ready,SchedulingDisabled"
	Roles         []string
	Unschedulable bool     // cordoned
	Taints        []string // "dedicated=gpu:NoSchedule"
	Labels        map[string]string
	CPU           int64 // allocatable, in thousandths of a core
	Memory        int64 // allocatable, bytes
	CPURequested  int64 // by the pods bound to it
	MemRequested  int64
	Pods          int // bound to it and not finished
	MaxPods       int
	Version       string // of the kubelet
	Runtime       string // "containerd://2.1.4"
}

// Namespace is a namespace of a cluster.
type Namespace struct {
	Name   string
	Phase  string // Active, Terminating
	Labels map[string]string
}

// Pod is a pod.
type Pod struct {
	Namespace  string
	Name       string
	UID        string
	Node       string // empty while it is not bound
	Phase      string // Pending, Running, Succeeded, Failed, Unknown
	Status     string // as kubectl get pods words it: "CrashLoopBackOff"
	Message    string // why it is not further: the scheduler's, the kubelet's words
	Ready      bool   // it counts as an endpoint
	Deleting   bool
	Restarts   int
	Owner      string // "ReplicaSet/web-69c6f74b8b"; empty for a bare pod
	OwnerUID   string
	Addr       string
	QoS        string // Guaranteed, Burstable, BestEffort
	Labels     map[string]string
	Containers []PodContainer // init containers first
	Created    time.Duration
}

// PodContainer is a container of a pod.
type PodContainer struct {
	Name       string
	Image      string
	Init       bool   // an init container; a sidecar is one, too
	State      string // waiting, running, terminated
	Reason     string // "ImagePullBackOff", "Completed"
	Message    string
	Ready      bool
	Started    bool // its startup probe has passed
	Restarts   int
	ExitCode   int    // of this run, when it is terminated
	LastExit   int    // of the run before
	LastReason string // of the run before: "OOMKilled"
}

// Workload is what makes pods: a Deployment, ReplicaSet, StatefulSet, DaemonSet, Job
// or CronJob.
type Workload struct {
	Kind      string
	Namespace string
	Name      string
	UID       string
	Owner     string // "Deployment/web"
	OwnerUID  string
	Images    []string // of its containers
	Labels    map[string]string
	Selector  map[string]string
	Replicas  int // wanted; of a Job its completions, of a DaemonSet the nodes that qualify
	Current   int // pods that count
	Ready     int
	Updated   int // of the newest template
	Available int
	Active    int // Jobs: pods at work; CronJobs: jobs at work
	Succeeded int
	Failed    int
	Revision  string // "2"
	// Rollout is complete, progressing, paused or failed; of a Job running, complete,
	// failed or suspended; empty where the word has no meaning.
	Rollout  string
	Message  string // what its conditions say is wrong
	Schedule string // of a CronJob
	Created  time.Duration
}

// KubeService is a Service of Kubernetes.
type KubeService struct {
	Namespace  string
	Name       string
	Type       string // ClusterIP, NodePort, LoadBalancer, ExternalName
	ClusterIP  string // "None" for a headless one
	External   []string
	Pending    bool // a LoadBalancer that has no address yet
	Ports      []KubePort
	Selector   map[string]string
	Endpoints  []KubeEndpoint
	ReadyCount int // endpoints that get connections
}

// KubePort is a port of a Service.
type KubePort struct {
	Name       string
	Port       int
	TargetPort string // a number or a name
	NodePort   int
	Proto      string // TCP, UDP
}

// KubeEndpoint is somewhere a Service leads.
type KubeEndpoint struct {
	Addr  string
	Pod   string // empty where none is known
	Node  string
	Ready bool
}

// Claim is a PersistentVolumeClaim.
type Claim struct {
	Namespace string
	Name      string
	Phase     string // Pending, Bound, Lost
	Volume    string
	Class     string
	Size      string // bound capacity, or what is asked for
	UsedBy    []string
}

// PersistentVolume is a piece of storage of the cluster.
type PersistentVolume struct {
	Name    string
	Phase   string // Available, Bound, Released, Failed
	Claim   string // "default/data"
	Class   string
	Size    string
	Reclaim string // Retain, Delete
}

// Ingress is a way in by host and path.
type Ingress struct {
	Namespace string
	Name      string
	Class     string
	Hosts     []string
	Addresses []string
	Services  []string // that its rules lead to
}

// Autoscaler is a HorizontalPodAutoscaler.
type Autoscaler struct {
	Namespace string
	Name      string
	Target    string // "Deployment/web"
	Min, Max  int
	Current   int
	Desired   int
	CPU       int // percent of the requests; -1 while it is not known
	Goal      int // percent
}

// Budget is a PodDisruptionBudget.
type Budget struct {
	Namespace string
	Name      string
	Allowed   int // disruptions allowed now
	Healthy   int
	Desired   int
}

// Quota is a ResourceQuota: what is used of what may be.
type Quota struct {
	Namespace string
	Name      string
	Hard      map[string]string
	Used      map[string]string
}

// Component is a program of the cluster itself.
type Component struct {
	Name    string // "kube-scheduler", "etcd", "kubelet"
	Node    string // where it runs; empty where the control plane is out of sight
	Running bool
	Leader  bool   // of those that elect one
	Message string // what is wrong
}
