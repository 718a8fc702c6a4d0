package kubectl

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// draining are the flags of drain.
type draining struct {
	force, ignoreDaemonSets, emptyDir, delete bool
	podSelector                               string
	grace                                     int
	timeout                                   time.Duration
}

func (f *factory) drain() *cobra.Command {
	var d draining
	var out outcome
	var o selection
	cmd := &cobra.Command{Use: "drain NODE", RunE: func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0 && o.labels == "":
			return helpError("kubectl drain", "USAGE: drain NODE [flags]")
		case len(args) > 0 && o.labels != "":
			return errors.New("error: cannot specify both a node name and a --selector option")
		}
		chosen, err := labels.Parse(d.podSelector)
		if err != nil {
			return err
		}
		s, found, problems, err := f.chosenObjects(append([]string{"nodes"}, args...), o, &out)
		if err != nil || len(problems) > 0 {
			return errors.Join(append(problems, err)...)
		}
		for _, t := range found {
			if err := s.cordonOne(t, true, out); err != nil {
				return err
			}
		}
		return s.drainAll(found, d, chosen, out)
	}}
	fs := cmd.Flags()
	out.bind(fs)
	fs.StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	fs.StringVar(&d.podSelector, "pod-selector", "", "Label selector to filter pods on the node")
	fs.BoolVar(&d.force, "force", false, "Continue even if there are pods that do not declare a controller.")
	fs.BoolVar(&d.ignoreDaemonSets, "ignore-daemonsets", false, "Ignore DaemonSet-managed pods.")
	fs.BoolVar(&d.emptyDir, "delete-emptydir-data", false, "Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).")
	fs.BoolVar(&d.delete, "disable-eviction", false, "Force drain to use delete, even if eviction is supported.")
	fs.IntVar(&d.grace, "grace-period", -1, "Period of time in seconds given to each pod to terminate gracefully.")
	fs.DurationVar(&d.timeout, "timeout", 0, "The length of time to wait before giving up, zero means infinite")
	return cmd
}

// drainAll empties cordoned nodes one after the other; one that cannot be emptied does
// not keep it from the next.
func (s *session) drainAll(nodes []target, d draining, chosen labels.Selector, out outcome) error {
	var fatal []error
	var pending []string
	for _, t := range nodes {
		problems := s.drainOne(t, d, chosen, out)
		if len(problems) == 0 {
			if err := out.say(s, t, t.object, "drained"); err != nil {
				return err
			}
			continue
		}
		s.p.Errorf("error: unable to drain node %q due to error: %s, continuing command...\n", t.name, together(problems))
		fatal, pending = append(fatal, problems...), append(pending, t.name)
	}
	if len(fatal) == 0 {
		return nil
	}
	s.p.Errorf("There are pending nodes to be drained:\n")
	for _, name := range pending {
		s.p.Errorf(" %s\n", name)
	}
	for _, err := range fatal {
		s.p.Errorf("%v\n", err)
	}
	return exitStatus(1)
}

// together is several errors in a line (apimachinery's aggregate).
func together(problems []error) string {
	var texts []string
	for _, err := range problems {
		texts = append(texts, err.Error())
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

func (s *session) drainOne(t target, d draining, chosen labels.Selector, out outcome) []error {
	pods := slices.DeleteFunc(slices.Clone(s.server.PodsByNode.Get(t.name)), func(p *corev1.Pod) bool { return !chosen.Matches(labels.Set(p.Labels)) })
	slices.SortFunc(pods, func(a, b *corev1.Pod) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	evict, warnings, blockers := d.sort(pods)
	if len(blockers) > 0 {
		return blockers
	}
	if len(warnings) > 0 {
		s.p.Errorf("Warning: %s\n", strings.Join(warnings, "; "))
	}
	if out.dryRun == "client" {
		for _, p := range evict {
			s.p.Printf("evicting pod %s/%s (dry run)\n", p.Namespace, p.Name)
		}
		return nil
	}
	problems := s.evictAll(evict, d, out)
	if len(problems) > 0 {
		s.p.Errorf("There are pending pods in node %q when an error occurred: %v\n", t.name, together(problems))
		for _, p := range evict {
			if _, found := s.server.Pods.Table.Get(p.Namespace, p.Name); found {
				s.p.Errorf("pod/%s\n", p.Name)
			}
		}
	}
	return problems
}

// remark puts pods under what is to be said of them.
type remark struct {
	text string
	pods []string
}

func remarks(list []remark, prefix string) (texts []string) {
	for _, r := range list {
		if len(r.pods) > 0 {
			texts = append(texts, prefix+r.text+": "+strings.Join(r.pods, ", "))
		}
	}
	return texts
}

// sort parts a node's pods into those to evict, what to warn of and what forbids the
// drain (kubectl/pkg/drain's filters: the last of them to look at a pod decides what
// is said of it).
func (d draining) sort(pods []*corev1.Pod) (evict []*corev1.Pod, warnings []string, blockers []error) {
	var ignored, daemons, local, bare, forced []string
	for _, p := range pods {
		name, owner := p.Namespace+"/"+p.Name, metav1.GetControllerOf(p)
		done := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
		_, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]
		switch {
		case owner != nil && owner.Kind == "DaemonSet" && !done && d.ignoreDaemonSets:
			ignored = append(ignored, name)
			continue
		case owner != nil && owner.Kind == "DaemonSet" && !done:
			daemons = append(daemons, name)
			continue
		case mirror:
			continue
		case hasEmptyDir(p) && !d.emptyDir && !done:
			local = append(local, name)
			continue
		case owner == nil && !done && !d.force:
			bare = append(bare, name)
			continue
		case owner == nil && !done:
			forced = append(forced, name)
		}
		evict = append(evict, p)
	}
	for _, text := range remarks([]remark{
		{"DaemonSet-managed Pods (use --ignore-daemonsets to ignore)", daemons},
		{"Pods with local storage (use --delete-emptydir-data to override)", local},
		{"Pods that declare no controller (use --force to override)", bare},
	}, "cannot delete ") {
		blockers = append(blockers, plainError(text))
	}
	return evict, remarks([]remark{
		{"ignoring DaemonSet-managed Pods", ignored},
		{"deleting Pods that declare no controller", forced},
	}, ""), blockers
}

func hasEmptyDir(p *corev1.Pod) bool {
	for _, v := range p.Spec.Volumes {
		if v.EmptyDir != nil {
			return true
		}
	}
	return false
}
