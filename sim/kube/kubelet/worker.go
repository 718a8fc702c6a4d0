package kubelet

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// worker looks after one pod, as the kubelet's pod worker does: it compares what
// runs with what should, acts, and waits until something changes or its back-off
// is over. What a look did is in the status only after the next look.
type worker struct {
	kubelet    *Kubelet
	key        store.Key
	uid        types.UID
	proc       *clock.Proc
	woken      *clock.Signal
	pending    bool
	cause      int
	timer      *clock.Timer
	containers []*container // init containers first
	debuggers  []*container // the ephemeral ones
	net        *machine.Namespace
	admitted   bool
	next       bool // a new pod of the same name waits
	ending     bool
	static     *corev1.Pod // its pod, when that comes from the manifest directory
	seen       *corev1.Pod // its pod as the API server last gave it
	mountTries int
	began      time.Time // when the pod got its sandbox
	dir        string    // of its volumes on the machine
	proof      string    // the token of its service account
	addresses  machineAddress
}

// machineAddress is where the pod is on the network.
type machineAddress = *machine.Interface

func newWorker(k *Kubelet, key store.Key, pod *corev1.Pod) *worker {
	w := &worker{kubelet: k, key: key, uid: pod.UID, woken: k.clock.NewSignal(), cause: k.clock.Cause(), dir: "/var/lib/kubelet/pods/" + string(pod.UID)}
	if _, mirror := pod.Annotations[mirrorAnnotation]; mirror {
		w.static = pod
	}
	w.seen = pod
	for i := range pod.Spec.InitContainers {
		w.containers = append(w.containers, &container{worker: w, name: pod.Spec.InitContainers[i].Name, init: true, sidecar: sidecar(&pod.Spec.InitContainers[i])})
	}
	for i := range pod.Spec.Containers {
		w.containers = append(w.containers, &container{worker: w, name: pod.Spec.Containers[i].Name})
	}
	return w
}

// sidecar reports an init container that goes on beside the others.
func sidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

// pod is the latest version of the worker's pod, or nil when it is gone. While the
// API server does not answer it is the last one that was seen.
func (w *worker) pod() *corev1.Pod {
	switch {
	case w.static != nil:
		return w.static
	case !w.kubelet.reaches():
		return w.seen
	}
	pod, found := w.kubelet.server.Pods.Table.Get(w.key.Namespace, w.key.Name)
	if !found || pod.UID != w.uid {
		return nil
	}
	w.seen = pod
	return pod
}

// store keeps a new status of the pod: the API server gets it when it answers.
func (w *worker) store(pod *corev1.Pod) {
	switch {
	case w.static != nil:
		w.static = pod
		if pod.DeletionTimestamp == nil {
			w.kubelet.statics[w.key] = pod
		}
		w.kubelet.mirror(w)
	case w.kubelet.reaches():
		w.kubelet.server.Pods.SetStatus(pod)
	default:
		w.seen = pod
	}
}

// wake makes the worker look at its pod.
func (w *worker) wake() {
	w.pending = true
	if c := w.kubelet.clock.Cause(); c >= 0 {
		w.cause = c
	}
	w.woken.Broadcast()
}

// again wakes the worker after a while that does not keep the world unsettled.
func (w *worker) again(d time.Duration) {
	w.timer.Stop()
	w.timer = w.kubelet.clock.AfterWeighted(d, clock.Upkeep, w.wake)
}

// run is the life of the worker.
func (w *worker) run(p *clock.Proc) {
	for {
		w.pending = false
		if w.cause >= 0 {
			p.Blame(w.cause)
		}
		if w.kubelet.runs() && w.sync(p) {
			w.timer.Stop()
			w.kubelet.forget(w)
			return
		}
		for !w.pending {
			p.Wait(w.woken)
		}
	}
}

// lost ends the worker when the machine has lost its power: containers and network
// are gone, what is known of earlier runs is in the pod's status.
func (w *worker) lost() {
	w.timer.Stop()
	for _, c := range w.containers {
		c.stopProbes()
	}
	w.unplug()
	delete(w.kubelet.workers, w.key)
	for i, o := range w.kubelet.order {
		if o == w {
			w.kubelet.order = append(w.kubelet.order[:i:i], w.kubelet.order[i+1:]...)
			break
		}
	}
	w.proc.Kill()
}

// sync is one look at the pod. It reports that there is nothing left to do.
func (w *worker) sync(p *clock.Proc) bool {
	k, pod := w.kubelet, w.pod()
	if w.static != nil {
		k.mirror(w)
	}
	switch {
	case pod == nil:
		w.terminate(p, nil)
		return true
	case pod.DeletionTimestamp != nil:
		w.terminate(p, pod)
		if w.static != nil {
			k.dropMirror(w.key)
			return true
		}
		if len(pod.Finalizers) > 0 || !k.reaches() {
			return false
		}
		if now := w.pod(); now != nil {
			k.server.Pods.Remove(w.key.Namespace, w.key.Name)
		}
		return true
	case finished(pod) && !w.admitted:
		return false // it ended before the machine was last switched on
	}
	if !w.admitted {
		if reason, message := k.refuse(pod); reason != "" {
			k.reject(pod, reason, message)
			return false
		}
		w.recall(pod)
		w.admitted = true
	}
	if !slices.ContainsFunc(w.containers, (*container).replaced) {
		w.report(pod)
	}
	if pod = w.pod(); pod == nil || pod.DeletionTimestamp != nil {
		w.pending = true
		return false
	}
	if finished(pod) {
		w.kill(p, pod, w.grace(pod)) // sidecars
		return false
	}
	if w.net == nil {
		p.Sleep(mountTime)
		if w.stale() {
			return false
		}
	}
	if !w.mount(pod) {
		return false
	}
	fresh := w.sandbox(pod)
	if fresh {
		w.began = k.clock.Now()
		p.Sleep(w.upTo(sandboxTime, sandboxMore))
		if w.stale() {
			return false
		}
	}
	w.reconcile(p, pod)
	w.pending = w.pending || fresh // the new sandbox makes the kubelet look again at once
	return false
}

// event reports something about a container of the pod.
func (w *worker) event(pod *corev1.Pod, c *container, kind, reason, message string) {
	field := ""
	if c != nil {
		field = c.field()
	}
	if !w.kubelet.reaches() {
		return
	}
	w.cause = w.kubelet.server.Event(w.kubelet.source, "Pod", pod, field, kind, reason, message)
}

// sandbox gives the pod its network stack. It reports that it had none before.
func (w *worker) sandbox(pod *corev1.Pod) bool {
	if w.net != nil {
		return false
	}
	k := w.kubelet
	if pod.Spec.HostNetwork {
		w.net = k.machine.Net
		return true
	}
	w.net = machine.NewNamespace(w.key.Name, k.machine)
	addr := k.address()
	w.addresses = k.network.Attach(w.net, addr)
	w.net.Hosts = ownNames(pod, addr)
	if k.Joined != nil {
		k.Joined(pod, w.net, k.dns(pod))
	}
	for _, alias := range pod.Spec.HostAliases {
		if a, err := parseAddr(alias.IP); err == nil {
			for _, name := range alias.Hostnames {
				w.net.Hosts = append(w.net.Hosts, machine.HostEntry{Addr: a, Name: name})
			}
		}
	}
	return true
}

func hostname(pod *corev1.Pod) string {
	if pod.Spec.Hostname != "" {
		return pod.Spec.Hostname
	}
	return pod.Name
}

// ip is the pod's address as text, or "".
func (w *worker) ip() string {
	switch {
	case w.net == nil:
		return ""
	case w.addresses == nil:
		return w.kubelet.Address.String()
	}
	return w.addresses.Addr.String()
}

// full is how the kubelet names a pod in messages.
func full(pod *corev1.Pod) string { return fmt.Sprintf("%s_%s(%s)", pod.Name, pod.Namespace, pod.UID) }
