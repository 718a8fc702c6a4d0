package sim

import (
	"cmp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube"
	"drydock/sim/kube/api"
	"drydock/sim/kube/printer"
	"drydock/sim/kube/store"
)

// kubeLook keeps what was seen of a cluster until something in it changes: looking
// at 10,000 pods after each key would be felt.
type kubeLook struct {
	version string
	state   Kube
	pods    memo[corev1.Pod, Pod]
}

// memo keeps what was made of objects that are immutable. It holds what the last
// round asked for.
type memo[O, S any] struct{ before, now map[*O]S }

// round begins another round; what is not asked for in it is forgotten.
func (m *memo[O, S]) round() { m.before, m.now = m.now, make(map[*O]S, len(m.now)) }

func (m *memo[O, S]) of(obj *O, make func(*O) S) S {
	s, known := m.before[obj]
	if !known {
		s = make(obj)
	}
	m.now[obj] = s
	return s
}

// kubeState is the cluster as its store has it.
func (w *World) kubeState() Kube {
	if w.cluster == nil {
		return Kube{}
	}
	server, look := w.cluster.Server, &w.kubeLook
	if version := server.Revision(); version != look.version || version == "" {
		look.version, look.state = version, w.lookAtCluster(server)
	}
	state := look.state
	state.Answers, state.Components = w.cluster.Ready(), componentStates(w.cluster)
	return state
}

func (w *World) lookAtCluster(s *api.Server) Kube {
	k := Kube{Exists: true, Version: api.Version}
	w.kubeLook.pods.round()
	pods := s.Pods.List("")
	k.Pods = make([]Pod, 0, len(pods))
	loads := make(map[string]*nodeLoad, s.Nodes.Table.Len())
	for _, p := range pods {
		k.Pods = append(k.Pods, w.kubeLook.pods.of(p, w.podState))
		if p.Spec.NodeName != "" && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
			load := loads[p.Spec.NodeName]
			if load == nil {
				load = &nodeLoad{}
				loads[p.Spec.NodeName] = load
			}
			load.add(p)
		}
	}
	for _, n := range s.Nodes.List("") {
		k.Nodes = append(k.Nodes, kubeNodeState(n, loads[n.Name]))
	}
	for _, n := range s.Namespaces.List("") {
		k.Namespaces = append(k.Namespaces, Namespace{Name: n.Name, Phase: string(n.Status.Phase), Labels: n.Labels})
	}
	k.Workloads = w.workloadStates(s)
	k.Services = kubeServiceStates(s)
	k.Ingresses = ingressStates(s)
	k.Claims, k.Volumes = claimStates(s), volumeStates(s)
	k.Autoscalers, k.Budgets, k.Quotas = autoscalerStates(s), budgetStates(s), quotaStates(s)
	k.ConfigMaps, k.Secrets, k.Policies = names(s.ConfigMaps.List("")), names(s.Secrets.List("")), names(s.NetworkPolicies.List(""))
	return k
}

// names lists objects by "NAMESPACE/NAME".
func names[T store.Object](list []T) []string {
	var out []string
	for _, obj := range list {
		out = append(out, store.KeyOf(obj).String())
	}
	return out
}

// nodeLoad is what the pods of a node ask for.
type nodeLoad struct {
	pods        int
	cpu, memory int64
}

func (l *nodeLoad) add(p *corev1.Pod) {
	l.pods++
	for i := range p.Spec.Containers {
		requests := p.Spec.Containers[i].Resources.Requests
		l.cpu += requests.Cpu().MilliValue()
		l.memory += requests.Memory().Value()
	}
}

func kubeNodeState(n *corev1.Node, load *nodeLoad) KubeNode {
	row := printer.RowOf(n, n.CreationTimestamp.Time)
	s := KubeNode{
		Name: n.Name, Status: row.Cells[1], Unschedulable: n.Spec.Unschedulable, Labels: n.Labels,
		CPU: n.Status.Allocatable.Cpu().MilliValue(), Memory: n.Status.Allocatable.Memory().Value(), MaxPods: int(n.Status.Allocatable.Pods().Value()),
		Version: n.Status.NodeInfo.KubeletVersion, Runtime: n.Status.NodeInfo.ContainerRuntimeVersion,
	}
	if load != nil {
		s.Pods, s.CPURequested, s.MemRequested = load.pods, load.cpu, load.memory
	}
	if roles := row.Cells[2]; roles != "<none>" {
		s.Roles = strings.Split(roles, ",")
	}
	for _, t := range n.Spec.Taints {
		s.Taints = append(s.Taints, t.ToString())
	}
	for _, c := range n.Status.Conditions {
		s.Ready = s.Ready || c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	}
	for _, a := range n.Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			s.Addr = a.Address
		}
	}
	return s
}

// owner names the controller of an object: "ReplicaSet/web-69c6f74b8b".
func owner(obj metav1.Object) (name, uid string) {
	if ref := metav1.GetControllerOfNoCopy(obj); ref != nil {
		return ref.Kind + "/" + ref.Name, string(ref.UID)
	}
	return "", ""
}

func (w *World) podState(p *corev1.Pod) Pod {
	s := Pod{
		Namespace: p.Namespace, Name: p.Name, UID: string(p.UID), Node: p.Spec.NodeName, Phase: string(p.Status.Phase), Status: printer.Status(p),
		Message: p.Status.Message, Deleting: p.DeletionTimestamp != nil, Addr: p.Status.PodIP, QoS: string(p.Status.QOSClass), Labels: p.Labels,
		Created: w.since(p.CreationTimestamp.Time),
	}
	s.Owner, s.OwnerUID = owner(p)
	for _, c := range p.Status.Conditions {
		switch {
		case c.Type == corev1.PodReady:
			s.Ready = c.Status == corev1.ConditionTrue
		case c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue:
			s.Message = cmp.Or(s.Message, c.Message)
		}
	}
	s.Containers = make([]PodContainer, 0, len(p.Spec.InitContainers)+len(p.Spec.Containers))
	for i := range p.Spec.InitContainers {
		s.addContainer(&p.Spec.InitContainers[i], p.Status.InitContainerStatuses, true)
	}
	for i := range p.Spec.Containers {
		s.addContainer(&p.Spec.Containers[i], p.Status.ContainerStatuses, false)
	}
	return s
}

func (s *Pod) addContainer(spec *corev1.Container, statuses []corev1.ContainerStatus, isInit bool) {
	c := PodContainer{Name: spec.Name, Image: spec.Image, Init: isInit, State: "waiting"}
	for i := range statuses {
		if statuses[i].Name == spec.Name {
			c.take(&statuses[i])
		}
	}
	s.Restarts += c.Restarts
	if !s.Ready && c.State != "running" {
		s.Message = cmp.Or(s.Message, c.Message)
	}
	s.Containers = append(s.Containers, c)
}

// take reads what the kubelet reports of a container.
func (c *PodContainer) take(st *corev1.ContainerStatus) {
	c.Ready, c.Restarts, c.Started = st.Ready, int(st.RestartCount), st.Started != nil && *st.Started
	switch {
	case st.State.Running != nil:
		c.State = "running"
	case st.State.Terminated != nil:
		t := st.State.Terminated
		c.State, c.Reason, c.Message, c.ExitCode = "terminated", t.Reason, t.Message, int(t.ExitCode)
	case st.State.Waiting != nil:
		c.Reason, c.Message = st.State.Waiting.Reason, st.State.Waiting.Message
	}
	if t := st.LastTerminationState.Terminated; t != nil {
		c.LastExit, c.LastReason = int(t.ExitCode), t.Reason
	}
}

func componentStates(c *kube.Cluster) []Component {
	var list []Component
	for _, h := range c.Health() {
		list = append(list, Component{Name: h.Component, Node: h.Node, Running: h.Running, Leader: h.Leader, Message: h.Message})
	}
	return list
}
