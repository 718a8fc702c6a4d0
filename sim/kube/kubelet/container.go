package kubelet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// Back-off of containers that end and of images that cannot be pulled
// (pkg/kubelet: MaxCrashLoopBackOff, imageBackOffPeriod). The worker's sleep until
// its end, at most resyncPeriod, is lengthened by up to a half, so that nodes do not
// move in step.
const (
	firstBackOff = 10 * time.Second
	maxBackOff   = 5 * time.Minute
	retryPeriod  = 10 * time.Second
	resyncPeriod = time.Minute
	// mountTime is how long the volumes of a new pod take: the kubelet looks whether they
	// are there at once, when they are not, and then again (pkg/kubelet/volumemanager:
	// podAttachAndMountRetryInterval). Its sandbox takes sandboxTime and up to
	// sandboxMore, which is why the pods of a workload do not get ready in the same
	// moment (events, v1.37.2: 512 ms from Scheduled to Pulled).
	mountTime   = 300 * time.Millisecond
	sandboxTime = 160 * time.Millisecond
	sandboxMore = 100 * time.Millisecond
	// A program that ends at once is known to have ended stopTime, and up to stopMore,
	// after the pod's deletion: its sandbox is stopped first (get pods right after a
	// scale or a delete, v1.37.2: some show Terminating still, some Completed).
	stopTime = 40 * time.Millisecond
	stopMore = 80 * time.Millisecond
	// endTime, and up to endMore, is how long a deleted pod is still shown after its
	// containers have ended: until the kubelet has seen that and its volumes are gone
	// (v1.37.2: a StatefulSet's pod is made anew within a second, mostly).
	endTime       = 250 * time.Millisecond
	endMore       = 500 * time.Millisecond
	startErrorFmt = "failed to create containerd task: failed to create shim task: "
)

// container is a container of a pod over all its runs.
type container struct {
	worker        *worker
	name          string
	init, sidecar bool
	ephemeral     bool
	now, before   *docker.Container // the latest run, the one before
	runs          int               // that were created
	broken        bool              // the latest run could not be started
	ref           string            // the image that the latest run was asked for with
	named, id     string            // the same in full and by its digest; "" for none
	failure       string            // why, in the runtime's words
	fallback      bool              // the end of the log is the message of a run that failed
	last          *corev1.ContainerStateTerminated
	// reason and message say why it waits, as the last look found it.
	reason, message string
	loop            backOff
	endBefore       time.Time // of the run before the latest, or zero
	probeKilled     bool      // the kubelet ended the latest run because of a probe
	pull            pullState
	probes          []*prober
	looked          *clock.Signal // broadcast when the status is made while it is not ready
	ready, started  bool
}

func (c *container) field() string {
	if c.ephemeral {
		return "spec.ephemeralContainers{" + c.name + "}"
	}
	if c.init {
		return "spec.initContainers{" + c.name + "}"
	}
	return "spec.containers{" + c.name + "}"
}

// spec is the container in the pod.
func (c *container) spec(pod *corev1.Pod) *corev1.Container {
	if c.ephemeral {
		return ephemeralSpec(pod, c.name)
	}
	list := pod.Spec.Containers
	if c.init {
		list = pod.Spec.InitContainers
	}
	for i := range list {
		if list[i].Name == c.name {
			return &list[i]
		}
	}
	return &corev1.Container{Name: c.name}
}

func (c *container) running() bool { return c.now != nil && c.now.Running() }

// ended reports that the latest run is over, or could not be started.
func (c *container) ended() bool { return c.now != nil && !c.now.Running() }

// replaced reports a run that the kubelet has ended because of a probe and starts
// anew in the same look: nobody is told of the moment between.
func (c *container) replaced() bool { return c.probeKilled && c.ended() }

// exit is the status of the latest run.
func (c *container) exit() int32 {
	if c.broken {
		return 128
	}
	return int32(c.now.State.ExitCode) //nolint:gosec // 0 to 255
}

// reconcile starts what should run and does not.
func (w *worker) reconcile(p *clock.Proc, pod *corev1.Pod) {
	if w.debug(p, pod); w.stale() {
		return
	}
	for _, c := range w.containers {
		if c.init {
			if !w.initialise(p, pod, c) {
				return
			}
			continue
		}
		w.ensure(p, pod, c, pod.Spec.RestartPolicy)
		if w.stale() {
			return
		}
	}
}

// stale reports that the pod was deleted while the worker was busy.
func (w *worker) stale() bool {
	pod := w.pod()
	if pod == nil || pod.DeletionTimestamp != nil {
		w.pending = true
		return true
	}
	return false
}

// initialise brings an init container on its way; true lets the next one begin.
func (w *worker) initialise(p *clock.Proc, pod *corev1.Pod, c *container) bool {
	policy := pod.Spec.RestartPolicy
	switch {
	case c.sidecar:
		policy = corev1.RestartPolicyAlways
	case c.ended() && !c.broken && c.exit() == 0:
		return true
	case policy == corev1.RestartPolicyAlways:
		policy = corev1.RestartPolicyOnFailure
	}
	w.ensure(p, pod, c, policy)
	return c.sidecar && c.running() && c.started && !w.stale()
}

// ensure starts the container unless it runs, has ended for good or must wait.
func (w *worker) ensure(p *clock.Proc, pod *corev1.Pod, c *container, policy corev1.RestartPolicy) {
	c.reason, c.message = "", ""
	if c.running() {
		if c.ref == c.spec(pod).Image {
			return
		}
		w.await(p, []*clock.Proc{w.stop(pod, c, w.grace(pod), fmt.Sprintf("Container %s definition changed, will be restarted", c.name))})
	} else if c.ended() {
		if policy == corev1.RestartPolicyNever || policy == corev1.RestartPolicyOnFailure && c.exit() == 0 {
			w.pending, c.probeKilled = w.pending || c.probeKilled, false
			return
		}
		if w.backsOff(pod, c) {
			return
		}
	}
	w.start(p, pod, c)
}

// backsOff reports that the container has to wait before it starts again. A run that
// the kubelet ended because of a probe is replaced in the same look; what counts then
// is the run before it (pkg/kubelet/kuberuntime: doBackOff).
func (w *worker) backsOff(pod *corev1.Pod, c *container) bool {
	now, end := w.kubelet.clock.Now(), c.now.State.Finished
	if c.probeKilled {
		c.probeKilled, end = false, c.endBefore
		w.pending = true // its end is told after this look
	}
	if end.IsZero() || c.loop.start(end, now) {
		return false
	}
	c.reason = "CrashLoopBackOff"
	c.message = fmt.Sprintf("back-off %s restarting failed container=%s pod=%s", c.loop.delay, c.name, full(pod))
	w.event(pod, c, "Warning", "BackOff", fmt.Sprintf("Back-off restarting failed container %s in pod %s", c.name, full(pod)))
	left := c.now.State.Finished.Add(c.loop.delay).Sub(now)
	w.again(w.jitter(min(left, resyncPeriod)))
	return true
}

// jitter lengthens a delay by up to a half.
func (w *worker) jitter(d time.Duration) time.Duration { return w.upTo(d, d/2) }

// upTo is a delay that takes up to more longer.
func (w *worker) upTo(d, more time.Duration) time.Duration {
	return d + time.Duration(w.kubelet.clock.Rand().Float64()*float64(more))
}

// fail takes note of why a container cannot start now, and tries again later.
func (w *worker) fail(pod *corev1.Pod, c *container, reason, message string) {
	c.reason, c.message = reason, message
	text := reason
	if reason == "CreateContainerConfigError" || reason == "RunContainerError" {
		text = message
	}
	w.event(pod, c, "Warning", "Failed", "Error: "+text)
	w.again(w.jitter(retryPeriod))
}

// start pulls the image, creates the container and starts it.
func (w *worker) start(p *clock.Proc, pod *corev1.Pod, c *container) {
	img, ok := w.image(p, pod, c)
	if !ok || w.stale() {
		return
	}
	spec, err := w.containerSpec(pod, c, img)
	if err != nil {
		w.fail(pod, c, "CreateContainerConfigError", err.Error())
		return
	}
	made, err := w.kubelet.engine.Create(p, spec)
	if err != nil {
		w.fail(pod, c, "CreateContainerError", err.Error())
		return
	}
	c.fallback = c.spec(pod).TerminationMessagePolicy == corev1.TerminationMessageFallbackToLogsOnError
	c.endBefore = time.Time{}
	if c.now != nil {
		c.endBefore = c.now.State.Finished
		c.last = c.terminated()
		w.retire(p, c)
	}
	c.now, c.ref, c.broken, c.ready, c.started = made, c.spec(pod).Image, false, false, false
	c.named, c.id = imageID(c.ref, made.ImageID)
	c.runs++
	w.event(pod, c, "Normal", "Created", "Container created")
	if err := w.kubelet.engine.Start(p, made, docker.Streams{}); err != nil {
		c.broken, c.failure = true, runtimeWords(err)
		made.State.Finished = w.kubelet.clock.Now()
		w.fail(pod, c, "RunContainerError", c.failure)
		w.pending = true
		return
	}
	w.event(pod, c, "Normal", "Started", "Container started")
	made.Logged().Watch(func() {
		if c.now == made && !made.Running() && !w.ending {
			c.stopProbes()
			w.wake()
		}
	})
	w.postStart(p, pod, c)
	if made.Running() {
		c.watch(pod)
	}
	w.pending = true
}

// retire keeps the run before the new one for `kubectl logs --previous`.
func (w *worker) retire(p *clock.Proc, c *container) {
	if c.before != nil {
		_ = w.kubelet.engine.Remove(p, c.before, true, true)
	}
	c.before = c.now
}

// runtimeWords words the engine's error of a start as containerd does.
func runtimeWords(err error) string {
	text := err.Error()
	var failed *docker.StartError
	if errors.As(err, &failed) {
		if _, rest, found := strings.Cut(text, "failed to create shim task: "); found {
			return startErrorFmt + rest
		}
	}
	return text
}

// terminated is the state of the latest run that is over.
func (c *container) terminated() *corev1.ContainerStateTerminated {
	t := &corev1.ContainerStateTerminated{
		ExitCode: c.exit(), Reason: "Error", ContainerID: "containerd://" + c.now.ID,
		StartedAt: metav1.NewTime(c.now.State.Started), FinishedAt: metav1.NewTime(c.now.State.Finished),
	}
	switch {
	case c.broken:
		t.Reason, t.Message = "StartError", c.failure
		t.StartedAt = metav1.Unix(0, 0)
	case c.now.State.OOMKilled:
		t.Reason = "OOMKilled"
	case t.ExitCode == 0:
		t.Reason = "Completed"
	}
	if !c.broken {
		t.Message = c.farewell()
	}
	return t
}

// imageID is how the runtime names an image, in full and by its digest.
func imageID(ref, id string) (named, digest string) {
	norm, err := image.Normalise(ref)
	if err != nil {
		return "", ""
	}
	parts := image.Split(norm)
	return norm, parts.Host + "/" + parts.Path + "@" + id
}
