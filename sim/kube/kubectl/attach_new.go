package kubectl

import (
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/store"
)

// podRunningTimeout is how long run and debug wait for a container to attach to.
const podRunningTimeout = time.Minute

// attachNew waits until a container of a new pod runs, or has ended, and attaches to
// it; of one that has ended it shows the log.
func (f *factory) attachNew(s *session, pod *corev1.Pod, container string, o execOptions) error {
	state := func(p *corev1.Pod) (begun bool) {
		for _, st := range slices.Concat(p.Status.ContainerStatuses, p.Status.EphemeralContainerStatuses) {
			if st.Name == container {
				return st.State.Running != nil || st.State.Terminated != nil || st.LastTerminationState.Terminated != nil
			}
		}
		return false
	}
	now, err := s.podUntil(pod, podRunningTimeout, state)
	if err != nil {
		return err
	}
	return f.attachTo(s, now, container, o, true)
}

// podUntil waits until a pod is as wanted.
func (s *session) podUntil(pod *corev1.Pod, timeout time.Duration, wanted func(*corev1.Pod) bool) (*corev1.Pod, error) {
	now, gone := pod, false
	look := func() bool {
		p, found := s.server.Pods.Get(pod.Namespace, pod.Name)
		if gone = !found; found {
			now = p
		}
		return gone || wanted(now)
	}
	changed := s.p.Clock().NewSignal()
	defer s.server.Pods.Watch(func(c store.Change[*corev1.Pod]) {
		if p := c.Now(); p.Name == pod.Name && p.Namespace == pod.Namespace {
			changed.Broadcast()
		}
	})()
	deadline := s.p.Now().Add(timeout)
	for !look() {
		left := deadline.Sub(s.p.Now())
		if left <= 0 {
			return now, errors.New("timed out waiting for the condition")
		}
		s.p.SleepUntil(left, changed)
	}
	if gone {
		return now, errors.New("pod was deleted before it ran") //nolint:staticcheck // one line
	}
	return now, nil
}
