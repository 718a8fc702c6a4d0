package kubelet

import (
	"fmt"
	"maps"
	"slices"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

const (
	bootTime   = 5 * time.Second  // from the power button to the kubelet
	leaseEvery = 10 * time.Second // nodeLeaseDurationSeconds is 40, renewed at a quarter
	leaseSpace = "kube-node-lease"
)

// start registers the node and keeps its lease.
func (k *Kubelet) start() {
	k.register()
	k.static()
	k.watchManifests()
	k.clock.AfterWeighted(leaseEvery, clock.Upkeep, k.beat)
}

// beat renews the lease while the API server can be reached, and writes a status
// that the node controller has meanwhile replaced.
func (k *Kubelet) beat() {
	if !k.runtimeDown.IsZero() && k.alive() && k.reaches() {
		k.withoutRuntime()
	} else if k.works() {
		k.renew()
		if n, found := k.server.Nodes.Table.Get("", k.Node); !found || !ready(n) || k.away {
			k.away = false
			k.resume()
		}
	} else {
		k.away = true
	}
	if k.runs() {
		k.static()
		k.watchManifests()
	}
	k.clock.AfterWeighted(leaseEvery, clock.Upkeep, k.beat)
}

func ready(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// renew writes the node's lease.
func (k *Kubelet) renew() {
	now := metav1.NewMicroTime(k.clock.Now())
	if old, found := k.server.Leases.Table.Get(leaseSpace, k.Node); found {
		c := store.Copy(old)
		c.Spec.RenewTime = &now
		k.server.Leases.SetStatus(c)
		return
	}
	seconds := int32(40)
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Namespace: leaseSpace, Name: k.Node}}
	if node, found := k.server.Nodes.Table.Get("", k.Node); found {
		lease.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: k.Node, UID: node.UID}}
	}
	lease.Spec = coordinationv1.LeaseSpec{HolderIdentity: &k.Node, LeaseDurationSeconds: &seconds, RenewTime: &now}
	_, _ = k.server.Leases.Create(lease) // refused while the name space is missing; the next beat tries again
}

// register creates the Node object or brings it up to date.
func (k *Kubelet) register() {
	if !k.works() {
		return
	}
	rebooted := k.boot == ""
	if rebooted {
		k.boot = k.uuid()
	}
	old, found := k.server.Nodes.Table.Get("", k.Node)
	if !found {
		node := k.object()
		k.fill(node, nil)
		if _, err := k.server.Nodes.Create(node); err != nil {
			return
		}
		k.reportNode(node, true, false)
	} else {
		wasReady := ready(old)
		node := store.Copy(old)
		k.fill(node, old.Status.Conditions)
		k.server.Nodes.SetStatus(node)
		if rebooted {
			k.server.Event(k.source, "Node", node, "", "Warning", "Rebooted", fmt.Sprintf("Node %s has been rebooted, boot id: %s", k.Node, k.boot))
		}
		if rebooted || !wasReady {
			k.reportNode(node, false, rebooted)
		}
	}
	k.renew()
}

// reportNode makes the events of a node that has come up.
func (k *Kubelet) reportNode(n *corev1.Node, fresh, rebooted bool) {
	event := func(reason, message string) { k.server.Event(k.source, "Node", n, "", "Normal", reason, message) }
	if fresh {
		event("Starting", "Starting kubelet.")
	}
	// A kubelet that starts on a known node tries the update several times before the
	// first is through (describe node after a power cut, v1.37.2: x3 and x2).
	times := 1
	if rebooted {
		times = 3
	}
	for range times {
		for _, reason := range []string{"NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID"} {
			event(reason, fmt.Sprintf("Node %s status is now: %s", k.Node, reason))
		}
	}
	for range (times + 1) / 2 {
		if !fresh {
			event("NodeReady", fmt.Sprintf("Node %s status is now: NodeReady", k.Node))
		}
	}
}

// object is the Node as the kubelet creates it.
func (k *Kubelet) object() *corev1.Node {
	labels := map[string]string{
		"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
		"kubernetes.io/hostname": k.Node, "kubernetes.io/os": "linux",
	}
	maps.Copy(labels, k.Labels)
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: k.Node, Labels: labels, Annotations: map[string]string{
		"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true",
	}}}
	node.Spec.Taints = slices.Clone(k.Taints)
	if k.PodCIDR.IsValid() {
		node.Spec.PodCIDR, node.Spec.PodCIDRs = k.PodCIDR.String(), []string{k.PodCIDR.String()}
	}
	node.Status.NodeInfo = corev1.NodeSystemInfo{
		MachineID: machineID(k), SystemUUID: k.uuid(), KernelVersion: "6.1.0-32-amd64",
		OSImage: "Debian GNU/Linux 12 (bookworm)", OperatingSystem: "linux", Architecture: "amd64",
		ContainerRuntimeVersion: "containerd://2.1.4", KubeletVersion: api.Version, RunningInUserNamespace: new(bool),
	}
	node.Status.DeclaredFeatures = []string{ // v1.37.2
		"ExtendWebSocketsToKubelet", "InPlacePodLevelResourcesVerticalScaling", "InPlacePodVerticalScalingInitContainers", "RestartAllContainersOnContainerExits",
	}
	return node
}

// fill sets the parts of the status that the kubelet keeps.
func (k *Kubelet) fill(n *corev1.Node, old []corev1.NodeCondition) {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              *resource.NewQuantity(int64(k.CPUs), resource.DecimalSI),
		corev1.ResourceMemory:           *resource.NewQuantity(k.Memory, resource.BinarySI),
		corev1.ResourceEphemeralStorage: *resource.NewQuantity(100<<30, resource.BinarySI),
		corev1.ResourcePods:             *resource.NewQuantity(int64(k.MaxPods), resource.DecimalSI),
	}
	n.Status.Capacity, n.Status.Allocatable = capacity, capacity
	n.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: k.Address.String()}, {Type: corev1.NodeHostName, Address: k.Node}}
	n.Status.NodeInfo.BootID = k.boot
	n.Status.DaemonEndpoints.KubeletEndpoint.Port = 10250
	condition := func(t corev1.NodeConditionType, s corev1.ConditionStatus, reason, message string) corev1.NodeCondition {
		now := metav1.NewTime(k.clock.Now())
		c := corev1.NodeCondition{Type: t, Status: s, LastHeartbeatTime: now, LastTransitionTime: now, Reason: reason, Message: message}
		for _, o := range old {
			if o.Type == t && o.Status == s {
				c.LastTransitionTime = o.LastTransitionTime
			}
		}
		return c
	}
	n.Status.Conditions = []corev1.NodeCondition{
		condition(corev1.NodeMemoryPressure, corev1.ConditionFalse, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
		condition(corev1.NodeDiskPressure, corev1.ConditionFalse, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
		condition(corev1.NodePIDPressure, corev1.ConditionFalse, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
		condition(corev1.NodeReady, corev1.ConditionTrue, "KubeletReady", "kubelet is posting ready status"),
	}
}

// uuid draws an identity as the firmware and the kernel do.
func (k *Kubelet) uuid() string {
	a, b := k.clock.Rand().Uint64(), k.clock.Rand().Uint64()
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&0xffffffffffff)
}

// machineID draws the 32 digits of /etc/machine-id.
func machineID(k *Kubelet) string {
	return fmt.Sprintf("%016x%016x", k.clock.Rand().Uint64(), k.clock.Rand().Uint64())
}
