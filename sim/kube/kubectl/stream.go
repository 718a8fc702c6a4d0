package kubectl

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/docker"
	"drydock/sim/kube/kubelet"
	"drydock/sim/machine"
)

// reach finds the kubelet that answers for a pod; the session's user must be allowed
// the subresource of pods that is asked for.
func (f *factory) reach(s *session, pod *corev1.Pod, verb, subresource string) (*kubelet.Kubelet, error) {
	t := s.target(s.server.Pods, pod.Name)
	t.namespace = pod.Namespace
	if err := t.may(verb, subresource); err != nil {
		return nil, err
	}
	k, err := f.kubeletOf(pod)
	if err == nil && k == nil {
		err = apierrors.NewBadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	return k, err
}

// stream runs a program in a container and waits for its end.
func (f *factory) stream(s *session, pod *corev1.Pod, container string, spec docker.ExecSpec) (status int, err error) {
	k, err := f.reach(s, pod, "create", "exec")
	if err != nil {
		return 0, err
	}
	s.p.Sleep(docker.ExecTime)
	x, err := k.Exec(pod.Namespace, pod.Name, container, spec)
	var failed *docker.StartError
	if errors.As(err, &failed) {
		return 0, s.execFailed(failed)
	}
	if err != nil {
		return 0, err
	}
	s.p.WaitFor(x.Process.Exited(), x.Process.Done)
	return x.Process.Status(), nil
}

// attached joins the streams of a container's latest run until it ends. early shows
// also what it printed before.
func (f *factory) attached(s *session, pod *corev1.Pod, container string, o execOptions, early bool) error {
	k, err := f.reach(s, pod, "create", "attach")
	if err != nil {
		return err
	}
	c, err := k.Container(pod.Namespace, pod.Name, container, false)
	if err != nil || !c.Running() && !early {
		return apierrors.NewInternalError(fmt.Errorf("error attaching to container: container is not running (%q)", container)) //nolint:staticcheck // the kubelet's words
	}
	if early {
		for _, line := range c.LogFrom(0) {
			s.p.Printf("%s", line.Text)
		}
	}
	if !c.Running() {
		return nil
	}
	a := c.Attach(s.p.Stdout.Sink(), s.p.Stderr.Sink())
	defer a.Detach()
	if o.interactive {
		var terminal *machine.TTY
		if o.terminal {
			terminal = s.p.Stdin.Terminal()
		}
		c.AttachInput(docker.Streams{Stdin: s.p.Stdin.Source(), Terminal: terminal})
	}
	for c.Running() {
		s.p.Wait(c.Logged())
	}
	return nil
}
