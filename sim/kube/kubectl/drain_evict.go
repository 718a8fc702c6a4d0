package kubectl

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/api"
)

// How long drain waits after a refused eviction, and how often it looks whether a pod
// is gone (kubectl v1.37).
const (
	evictionRetry = 5 * time.Second
	evictionLook  = time.Second
)

// leaving is a pod on its way out of a node that is drained.
type leaving struct {
	pod   *corev1.Pod
	again time.Time // when to ask for the eviction next; zero while it is granted
	look  time.Time // when to look next whether the pod is gone, once it is granted
	done  bool
}

// evictAll evicts pods at the same time, each again and again while a budget forbids
// it, and waits till all are gone.
func (s *session) evictAll(pods []*corev1.Pod, d draining, out outcome) (problems []error) {
	var deadline time.Time
	if d.timeout > 0 {
		deadline = s.p.Now().Add(d.timeout)
	}
	all := make([]*leaving, len(pods))
	for i, p := range pods {
		all[i] = &leaving{pod: p, again: s.p.Now()}
	}
	for {
		for _, l := range all {
			if err := s.advance(l, d, out, deadline); err != nil {
				l.done = true
				problems = append(problems, err)
			}
		}
		if !slices.ContainsFunc(all, func(l *leaving) bool { return !l.done }) {
			return problems
		}
		next := deadline
		for _, l := range all {
			due := l.again
			if due.IsZero() {
				due = l.look
			}
			if !l.done && (next.IsZero() || due.Before(next)) {
				next = due
			}
		}
		s.p.Sleep(max(next.Sub(s.p.Now()), 1))
	}
}

// advance does what is due for a pod: asks for its eviction, or sees that it is gone.
func (s *session) advance(l *leaving, d draining, out outcome, deadline time.Time) error {
	late := !deadline.IsZero() && !s.p.Now().Before(deadline)
	p := l.pod
	granted := l.again.IsZero()
	switch now, found := s.server.Pods.Table.Get(p.Namespace, p.Name); {
	case l.done || granted && !late && s.p.Now().Before(l.look):
		return nil
	case granted && (!found || now.UID != p.UID || out.dry()):
		l.done = true
		t := target{collection: s.server.Pods, name: p.Name}
		s.p.Printf("%s %s\n", t, map[bool]string{true: "deleted", false: "evicted"}[d.delete])
		return nil
	case granted && late:
		return fmt.Errorf("error when waiting for pod %q in namespace %q to terminate: context deadline exceeded", p.Name, p.Namespace)
	case granted:
		l.look = s.p.Now().Add(evictionLook)
		return nil
	case s.p.Now().Before(l.again) && !late:
		return nil
	}
	if !d.delete {
		s.p.Printf("evicting pod %s/%s%s\n", p.Namespace, p.Name, map[string]string{"server": " (server dry run)"}[out.dryRun])
	}
	if late {
		return fmt.Errorf("error when evicting pods/%q -n %q: global timeout reached: %s", p.Name, p.Namespace, d.timeout)
	}
	return s.ask(l, d, out)
}

// ask asks the server to end a pod.
func (s *session) ask(l *leaving, d draining, out outcome) error {
	p := l.pod
	pods := s.target(s.server.Pods, p.Name)
	pods.namespace = p.Namespace
	err := pods.may("create", "eviction")
	switch {
	case d.delete && out.dry():
		err = nil
	case d.delete:
		var how api.DeleteOptions
		if seconds := int64(d.grace); seconds >= 0 {
			how.GraceSeconds = &seconds
		}
		_, err = pods.collection.DeleteObject(p.Namespace, p.Name, how)
	case err == nil && !out.dry():
		err = s.evict(p.Namespace, p.Name)
	}
	switch {
	case err == nil || isNotFound(err):
		l.again = time.Time{}
		return s.advance(l, d, out, time.Time{})
	case apierrors.IsTooManyRequests(err):
		s.p.Errorf("error when evicting pods/%q -n %q (will retry after 5s): %v\n", p.Name, p.Namespace, err)
		l.again = s.p.Now().Add(evictionRetry)
		return nil
	}
	return fmt.Errorf("error when evicting pods/%q -n %q: %w", p.Name, p.Namespace, err)
}
