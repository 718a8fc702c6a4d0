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

	pods  kept[*corev1.Pod, Pod]
	nodes kept[*corev1.Node, KubeNode]
	loads map[string]nodeLoad // what runs on each node
	moved map[string]bool     // nodes whose load has changed
	seen  [2]uint64           // the revisions of the pods and of the nodes

	namespaces part[Namespace]
	workloads  part[Workload]
	services   part[KubeService]
	ingresses  part[Ingress]
	claims     part[Claim]
	volumes    part[PersistentVolume]
	scalers    part[Autoscaler]
	budgets    part[Budget]
	quotas     part[Quota]
	configMaps part[string]
	secrets    part[string]
	policies   part[string]
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

// lookAtCluster makes those pieces anew whose tables have changed.
func (w *World) lookAtCluster(s *api.Server) Kube {
	l := &w.kubeLook
	k := Kube{Exists: true, Version: api.Version}
	k.Pods, k.Nodes = l.podsAndNodes(s, w.podState)
	k.Namespaces = l.namespaces.of(func() []Namespace { return namespaceStates(s) }, s.Namespaces.Table)
	k.Workloads = l.workloads.of(func() []Workload { return w.workloadStates(s) },
		s.Deployments.Table, s.ReplicaSets.Table, s.StatefulSets.Table, s.DaemonSets.Table, s.Jobs.Table, s.CronJobs.Table)
	k.Services = l.services.of(func() []KubeService { return kubeServiceStates(s) }, s.Services.Table, s.EndpointSlices.Table)
	k.Ingresses = l.ingresses.of(func() []Ingress { return ingressStates(s) }, s.Ingresses.Table)
	if s.PersistentVolumeClaims.Table.Len() > 0 {
		k.Claims = l.claims.of(func() []Claim { return claimStates(s) }, s.PersistentVolumeClaims.Table, s.Pods.Table)
	}
	k.Volumes = l.volumes.of(func() []PersistentVolume { return volumeStates(s) }, s.PersistentVolumes.Table)
	k.Autoscalers = l.scalers.of(func() []Autoscaler { return autoscalerStates(s) }, s.HorizontalPodAutoscalers.Table)
	k.Budgets = l.budgets.of(func() []Budget { return budgetStates(s) }, s.PodDisruptionBudgets.Table)
	k.Quotas = l.quotas.of(func() []Quota { return quotaStates(s) }, s.ResourceQuotas.Table)
	k.ConfigMaps = l.configMaps.of(func() []string { return names(s.ConfigMaps.List("")) }, s.ConfigMaps.Table)
	k.Secrets = l.secrets.of(func() []string { return names(s.Secrets.List("")) }, s.Secrets.Table)
	k.Policies = l.policies.of(func() []string { return names(s.NetworkPolicies.List("")) }, s.NetworkPolicies.Table)
	return k
}

// podsAndNodes looks at the pods that were replaced and, of the nodes, at those that
// were or that carry other pods than before.
func (l *kubeLook) podsAndNodes(s *api.Server, podState func(*corev1.Pod) Pod) ([]Pod, []KubeNode) {
	if l.loads == nil {
		l.loads, l.moved = map[string]nodeLoad{}, map[string]bool{}
	}
	if now := s.Pods.Table.Revision(); now != l.seen[0] {
		l.seen[0] = now
		l.pods.update(s.Pods.List(""), func(p *corev1.Pod) Pod {
			l.carry(p, 1)
			return podState(p)
		}, func(p *corev1.Pod) { l.carry(p, -1) }, nil)
	}
	if now := s.Nodes.Table.Revision(); now != l.seen[1] || len(l.moved) > 0 {
		l.seen[1] = now
		l.nodes.update(s.Nodes.List(""), func(n *corev1.Node) KubeNode { return kubeNodeState(n, l.loads[n.Name]) },
			func(*corev1.Node) {}, func(n *corev1.Node) bool { return l.moved[n.Name] })
		clear(l.moved)
	}
	return l.pods.states, l.nodes.states
}

// carry adds a pod to the load of its node, or takes it away.
func (l *kubeLook) carry(p *corev1.Pod, times int) {
	if p.Spec.NodeName == "" || p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return
	}
	load := l.loads[p.Spec.NodeName]
	load.add(p, times)
	l.loads[p.Spec.NodeName], l.moved[p.Spec.NodeName] = load, true
}

func namespaceStates(s *api.Server) []Namespace {
	var out []Namespace
	for _, n := range s.Namespaces.List("") {
		out = append(out, Namespace{Name: n.Name, Phase: string(n.Status.Phase), Labels: n.Labels})
	}
	return out
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

func (l *nodeLoad) add(p *corev1.Pod, times int) {
	l.pods += times
	for i := range p.Spec.Containers {
		requests := p.Spec.Containers[i].Resources.Requests
		l.cpu += int64(times) * requests.Cpu().MilliValue()
		l.memory += int64(times) * requests.Memory().Value()
	}
}

func kubeNodeState(n *corev1.Node, load nodeLoad) KubeNode {
	row := printer.RowOf(n, n.CreationTimestamp.Time)
	s := KubeNode{
		Name: n.Name, Status: row.Cells[1], Unschedulable: n.Spec.Unschedulable, Labels: n.Labels,
		CPU: n.Status.Allocatable.Cpu().MilliValue(), Memory: n.Status.Allocatable.Memory().Value(), MaxPods: int(n.Status.Allocatable.Pods().Value()),
		Version: n.Status.NodeInfo.KubeletVersion, Runtime: n.Status.NodeInfo.ContainerRuntimeVersion,
	}
	s.Pods, s.CPURequested, s.MemRequested = load.pods, load.cpu, load.memory
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
