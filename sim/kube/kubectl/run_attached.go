package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/api"
)

// attaching are the flags of run for a pod that is attached to.
type attaching struct {
	execOptions
	attach, remove, leaveOpen bool
}

func (a *attaching) bind(fs *pflag.FlagSet) {
	fs.BoolVar(&a.attach, "attach", false, "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.")
	fs.BoolVar(&a.remove, "rm", false, "If true, delete the pod after it exits.")
	fs.BoolVar(&a.leaveOpen, "leave-stdin-open", false, "If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes.")
	fs.BoolVarP(&a.quiet, "quiet", "q", false, "If true, suppress prompt messages.")
}

// check refuses flags that do not go together.
func (a *attaching) check(out outcome) error {
	switch {
	case a.terminal && !a.interactive:
		return errors.New("-i/--stdin is required for containers with -t/--tty=true")
	case !a.attach && a.remove:
		return errors.New("--rm should only be used for attached containers")
	case a.attach && out.dry():
		return errors.New("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)")
	}
	return nil
}

// runAttached attaches to a new pod, ends with its status unless it starts again, and
// deletes it with --rm.
func (f *factory) runAttached(pod *corev1.Pod, a attaching) error {
	s, err := f.session()
	if err != nil {
		return err
	}
	err = f.attachNew(s, pod, pod.Spec.Containers[0].Name, a.execOptions)
	if err == nil && !a.leaveOpen && pod.Spec.RestartPolicy != corev1.RestartPolicyAlways {
		err = s.exitOf(pod)
	}
	if a.remove {
		t := target{collection: s.guard(s.server.Pods), namespace: pod.Namespace, name: pod.Name}
		if _, failed := t.collection.DeleteObject(t.namespace, t.name, api.DeleteOptions{}); failed == nil && !a.quiet {
			(&deletion{grace: -1}).say(s, t)
		}
	}
	return s.failed(err)
}

// podFailure is the end of a pod whose container failed.
type podFailure struct {
	text   string
	status int32
}

func (e podFailure) Error() string { return e.text }

// exitOf waits for the end of a pod that does not start again.
func (s *session) exitOf(pod *corev1.Pod) error {
	now, err := s.podUntil(pod, podRunningTimeout, func(p *corev1.Pod) bool {
		return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed && p.Spec.RestartPolicy == corev1.RestartPolicyNever
	})
	if err != nil || now.Status.Phase == corev1.PodSucceeded {
		return err
	}
	if len(now.Status.ContainerStatuses) == 0 || now.Status.ContainerStatuses[0].State.Terminated == nil {
		return fmt.Errorf("pod %s/%s failed with unknown exit code", pod.Namespace, pod.Name)
	}
	t := now.Status.ContainerStatuses[0].State.Terminated
	return podFailure{fmt.Sprintf("pod %s/%s terminated (%s)", pod.Namespace, pod.Name, t.Reason), t.ExitCode}
}

// failed prints a pod's failure without "error: " and makes its status kubectl's own.
func (s *session) failed(err error) error {
	var ended podFailure
	if errors.As(err, &ended) {
		s.p.Errorf("%s\n", ended.text)
		return exitStatus(ended.status)
	}
	return err
}
