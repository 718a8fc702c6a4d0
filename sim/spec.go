package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"go.yaml.in/yaml/v3"

	"drydock/sim/kube"
)

// Spec is a world spec: what there is when a world begins. It is the same in
// lessons, recordings and sandboxes.
type Spec struct {
	Machines   []MachineSpec     `yaml:"machines"`
	Images     []string          `yaml:"images"` // already pulled on every machine that has an engine
	Docker     string            `yaml:"docker"` // engine version, where it is not the default
	Seed       uint64            `yaml:"seed"`
	Registries []RegistrySpec    `yaml:"registries"`
	Swarm      *SwarmSpec        `yaml:"swarm"`
	Kubernetes *KubernetesSpec   `yaml:"kubernetes"`
	Files      map[string]string `yaml:"files"` // on the first machine, or "machine:path"
	// Setup are command lines that are run before the learner arrives, each on the
	// first machine or on the one before a "$ ": "server$ docker pull nginx".
	Setup []string `yaml:"setup"`
	// Processes are programs that already run on machines, outside containers.
	Processes []ProcessSpec `yaml:"processes"`
	// Date is when the learner arrives, in UTC: "2026-11-23T08:00:00Z". Schedules and
	// dates depend on it. Without it the world begins at Epoch.
	Date time.Time `yaml:"date"`
}

// begins is when the world begins.
func (s *Spec) begins() time.Time {
	if s.Date.IsZero() {
		return Epoch()
	}
	if s.Kubernetes != nil {
		return s.Date.UTC().Add(-clusterStart)
	}
	return s.Date.UTC()
}

// MachineSpec is one machine. In YAML a bare name will do.
type MachineSpec struct {
	Name   string `yaml:"name"`
	Engine string `yaml:"engine"` // "docker" (default), "podman" or "none"
	CPUs   int    `yaml:"cpus"`   // default 4
	Memory Size   `yaml:"memory"` // "8GB"; default 8 GiB
	Disk   Size   `yaml:"disk"`   // "60GB"; default without limit
	User   string `yaml:"user"`   // who logs in; default root
	// Tools are installed beside the engine: "podman", "buildah". Both come with
	// the engine podman.
	Tools []string `yaml:"tools"`
}

// RegistrySpec is a registry beside Docker Hub.
type RegistrySpec struct {
	Host    string            `yaml:"host"`    // "harbor.example.com"
	Users   map[string]string `yaml:"users"`   // name and password; with any, pushing needs a login
	Private []string          `yaml:"private"` // repositories that need a login to pull
	Images  []string          `yaml:"images"`  // "nginx:alpine as team/web:1.0": what is there already
	Down    bool              `yaml:"down"`
	// Insecure says that it speaks plain HTTP on a name that is not localhost.
	Insecure bool `yaml:"insecure"`
}

// ProcessSpec is a program that runs on a machine when the world begins.
type ProcessSpec struct {
	Machine string `yaml:"machine"`
	Command string `yaml:"command"`
}

// SwarmSpec is a swarm that exists when the world begins.
type SwarmSpec struct {
	Managers []string `yaml:"managers"`
	Workers  []string `yaml:"workers"`
}

// KubernetesSpec is a cluster that exists when the world begins.
type KubernetesSpec struct {
	Nodes        NodeList `yaml:"nodes"`
	ControlPlane []string `yaml:"control-plane"`
	Workers      []string `yaml:"workers"`
	Runtime      string   `yaml:"runtime"` // "containerd", the default
	Addons       []string `yaml:"addons"`  // "ingress-nginx", "local-path", "metallb"
	// Published puts the API server's port on 127.0.0.1 of the first machine too, and
	// that address into its kubeconfig file, as kind and k3d do.
	Published bool `yaml:"published"`
	// Users have a certificate of the cluster's and a kubeconfig file NAME.conf in the
	// home directory of the first machine; what they may do, RBAC says.
	Users []string `yaml:"users"`
}

// NodeList is the nodes of a cluster: names, or how many. Nodes that are only
// counted have no machine, and what runs on them is not looked into.
type NodeList struct {
	Names []string
	Count int
}

// UnmarshalYAML reads a list of names or a number.
func (l *NodeList) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode(&l.Names)
	}
	if err := n.Decode(&l.Count); err != nil || l.Count < 1 {
		return fmt.Errorf("line %d: nodes are a list of names or a number, not %q", n.Line, n.Value)
	}
	return nil
}

// cluster is the spec in the terms of the cluster's package.
func (k *KubernetesSpec) cluster() kube.Spec {
	return kube.Spec{Nodes: k.Nodes.Names, Hollow: k.Nodes.Count, ControlPlane: k.ControlPlane, Workers: k.Workers, Addons: k.Addons, Published: k.Published}
}

// check finds what cannot be built.
func (k *KubernetesSpec) check() error {
	if k == nil {
		return nil
	}
	if k.Runtime != "" && k.Runtime != "containerd" {
		return fmt.Errorf("kubernetes: the simulator has the runtime containerd, not %q", k.Runtime)
	}
	for _, name := range k.cluster().Names() {
		if !validHostName(name) {
			return fmt.Errorf("kubernetes: %q is no host name (letters, digits and dashes)", name)
		}
	}
	for _, name := range k.Users {
		if !validHostName(name) {
			return fmt.Errorf("kubernetes: the user %q needs a name of letters, digits and dashes", name)
		}
	}
	return k.cluster().Check()
}

// Size is a number of bytes, written as "512MB" (decimal) or "8GiB" (binary).
type Size int64

// UnmarshalYAML reads a size.
func (s *Size) UnmarshalYAML(n *yaml.Node) error {
	v, err := units.FromHumanSize(n.Value)
	if strings.Contains(n.Value, "i") {
		v, err = units.RAMInBytes(n.Value)
	}
	if err != nil || v < 0 {
		return fmt.Errorf("line %d: %q is no size; write for example 512MB or 8GiB", n.Line, n.Value)
	}
	*s = Size(v)
	return nil
}

// UnmarshalYAML reads a machine: a name, or a mapping. The decoder's strictness
// does not reach down here, so unknown keys are looked for by hand.
func (m *MachineSpec) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		m.Name = n.Value
		return nil
	}
	known := machineKeys()
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: a machine has no key %q; there are: %s", key.Line, key.Value, strings.Join(known, ", "))
		}
	}
	type plain MachineSpec
	return n.Decode((*plain)(m))
}

// machineKeys are the keys of a machine in YAML, in the order of the type.
func machineKeys() []string {
	t := reflect.TypeFor[MachineSpec]()
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("yaml")
	}
	return keys
}

// Limits on a world spec, which may come from a stranger.
const (
	maxSpecBytes = 1 << 20
	maxMachines  = 200
)

// ParseSpec reads a world spec. Unknown keys are errors; name is used in them.
func ParseSpec(name string, data []byte) (Spec, error) {
	var s Spec
	if len(data) > maxSpecBytes {
		return s, fmt.Errorf("%s: a world spec may have at most %d bytes", name, maxSpecBytes)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return s, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := s.check(); err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// check finds what the YAML reader cannot: names used twice or not at all.
func (s *Spec) check() error {
	if len(s.Machines) == 0 {
		s.Machines = []MachineSpec{{Name: "laptop"}}
	}
	if len(s.Machines) > maxMachines {
		return fmt.Errorf("machines: at most %d, not %d", maxMachines, len(s.Machines))
	}
	seen := map[string]bool{}
	for i := range s.Machines {
		m := &s.Machines[i]
		switch {
		case !validHostName(m.Name):
			return fmt.Errorf("machines: %q is no host name (letters, digits and dashes)", m.Name)
		case seen[m.Name]:
			return fmt.Errorf("machines: %s is there twice", m.Name)
		case m.Engine == "":
			m.Engine = "docker"
		case m.Engine != "docker" && m.Engine != "podman" && m.Engine != "none":
			return fmt.Errorf("machine %s: engine is docker, podman or none, not %q", m.Name, m.Engine)
		}
		seen[m.Name] = true
		for _, tool := range m.Tools {
			if tool != "podman" && tool != "buildah" {
				return fmt.Errorf("machine %s: tools are podman and buildah, not %q", m.Name, tool)
			}
		}
	}
	if err := s.Kubernetes.check(); err != nil {
		return err
	}
	for _, p := range s.Processes {
		if p.Machine != "" && !seen[p.Machine] {
			return fmt.Errorf("processes: there is no machine %q", p.Machine)
		}
	}
	return nil
}

// has reports that a tool of the podman family is installed.
func (m MachineSpec) has(tool string) bool {
	return m.Engine == "podman" || slices.Contains(m.Tools, tool)
}

func validHostName(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == ""
}
