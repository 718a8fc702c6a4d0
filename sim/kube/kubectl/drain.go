package kubectl

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// evictionRetry is how long drain waits after a refused eviction (kubectl v1.37).
const evictionRetry = 5 * time.Second

// draining are the flags of drain.
type draining struct {
	force, ignoreDaemonSets, emptyDir bool
	timeout                           time.Duration
}

func (f *factory) drain() *cobra.Command {
	var d draining
	var out outcome
	cmd := &cobra.Command{Use: "drain NODE", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return helpError("kubectl drain", "USAGE: drain NODE [flags]")
		}
		s, found, problems, err := f.chosenObjects(append([]string{"nodes"}, args...), selection{}, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.drainOne(t, d, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	fs := cmd.Flags()
	out.bind(fs)
	fs.BoolVar(&d.force, "force", false, "Continue even if there are pods that do not declare a controller.")
	fs.BoolVar(&d.ignoreDaemonSets, "ignore-daemonsets", false, "Ignore DaemonSet-managed pods.")
	fs.BoolVar(&d.emptyDir, "delete-emptydir-data", false, "Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).")
	fs.DurationVar(&d.timeout, "timeout", 0, "The length of time to wait before giving up, zero means infinite")
	return cmd
}

func (s *session) drainOne(t target, d draining, out outcome) error {
	if err := s.cordonOne(t, true, out); err != nil {
		return err
	}
	evict, blockers := d.sort(s.server.PodsByNode.Get(t.name))
	if len(blockers) > 0 {
		text := "cannot delete " + strings.Join(blockers, ", cannot delete ")
		s.p.Errorf("error: unable to drain node %q due to error: [%s], continuing command...\nThere are pending nodes to be drained:\n %s\n", t.name, text, t.name)
		for _, b := range blockers {
			s.p.Errorf("cannot delete %s\n", b)
		}
		return exitStatus(1)
	}
	deadline := s.p.Now().Add(d.timeout)
	for _, p := range evict {
		if out.dry() {
			continue
		}
		if err := s.evictUntil(p, d, deadline); err != nil {
			s.p.Errorf("There are pending pods in node %q when an error occurred: %v\npod/%s\nerror: unable to drain node %q due to error: %v, continuing command...\nThere are pending nodes to be drained:\n %s\n%v\n",
				t.name, err, p.Name, t.name, err, t.name, err)
			return exitStatus(1)
		}
	}
	return out.say(s, t, t.object, "drained")
}

// sort parts a node's pods into those to evict and what forbids the drain.
func (d draining) sort(pods []*corev1.Pod) (evict []*corev1.Pod, blockers []string) {
	var daemons, bare, local []string
	for _, p := range pods {
		name, owner := p.Namespace+"/"+p.Name, metav1.GetControllerOf(p)
		done := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
		switch {
		case owner != nil && owner.Kind == "DaemonSet":
			if !d.ignoreDaemonSets {
				daemons = append(daemons, name)
			}
			continue
		case owner == nil && !d.force && !done:
			bare = append(bare, name)
		case hasEmptyDir(p) && !d.emptyDir && !done:
			local = append(local, name)
		}
		evict = append(evict, p)
	}
	for _, b := range []struct {
		text string
		pods []string
	}{
		{"DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ", daemons},
		{"Pods with local storage (use --delete-emptydir-data to override): ", local},
		{"Pods that declare no controller (use --force to override): ", bare},
	} {
		if len(b.pods) > 0 {
			blockers = append(blockers, b.text+strings.Join(b.pods, ", "))
		}
	}
	return evict, blockers
}

func hasEmptyDir(p *corev1.Pod) bool {
	for _, v := range p.Spec.Volumes {
		if v.EmptyDir != nil {
			return true
		}
	}
	return false
}

// evictUntil evicts a pod, again and again while a budget forbids it, and waits till
// it is gone.
func (s *session) evictUntil(p *corev1.Pod, d draining, deadline time.Time) error {
	late := func() bool { return d.timeout > 0 && !s.p.Now().Before(deadline) }
	for {
		s.p.Errorf("evicting pod %s/%s\n", p.Namespace, p.Name)
		err := s.evict(p.Namespace, p.Name)
		if err == nil || isNotFound(err) {
			break
		}
		if !apierrors.IsTooManyRequests(err) {
			return err
		}
		s.p.Errorf("error when evicting pods/%q -n %q (will retry after 5s): %v\n", p.Name, p.Namespace, err)
		pause := evictionRetry
		if d.timeout > 0 {
			pause = min(pause, deadline.Sub(s.p.Now()))
		}
		s.p.Sleep(pause)
		if late() {
			return fmt.Errorf("error when evicting pods/%q -n %q: global timeout reached: %s", p.Name, p.Namespace, d.timeout)
		}
	}
	t := target{collection: s.guard(s.server.Pods), namespace: p.Namespace, name: p.Name, object: p}
	left := time.Duration(0)
	if d.timeout > 0 {
		left = max(deadline.Sub(s.p.Now()), 1)
	}
	if err := s.gone([]target{t}, left); err != nil {
		return fmt.Errorf("error when waiting for pod %q in namespace %q to terminate: context deadline exceeded", p.Name, p.Namespace)
	}
	s.p.Printf("%s evicted\n", t)
	return nil
}
