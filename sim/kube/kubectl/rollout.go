package kubectl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// What rollout reads and writes on objects (k8s.io/kubectl v0.37).
const (
	revisionAnnotation = "deployment.kubernetes.io/revision"
	causeAnnotation    = "kubernetes.io/change-cause"
	restartAnnotation  = "kubectl.kubernetes.io/restartedAt"
)

func (f *factory) rollout() *cobra.Command {
	cmd := &cobra.Command{Use: "rollout SUBCOMMAND"}
	cmd.AddCommand(f.rolloutStatus(), f.rolloutHistory(), f.rolloutUndo(),
		f.rolling("restart", "restarted", func(s *session, t target, obj store.Object) error {
			if d, ok := obj.(*appsv1.Deployment); ok && d.Spec.Paused {
				return fmt.Errorf("deployments.apps %q can't restart paused deployment (run rollout resume first)", t.name)
			}
			template := podTemplate(obj)
			if template == nil {
				return fmt.Errorf("%s %q restarting is not supported", t.collection.Type().Resource, t.name)
			}
			annotate(template, restartAnnotation, s.p.Now().UTC().Format(time.RFC3339))
			return nil
		}),
		f.rolling("pause", "paused", func(_ *session, t target, obj store.Object) error { return pausing(t, obj, true) }),
		f.rolling("resume", "resumed", func(_ *session, t target, obj store.Object) error { return pausing(t, obj, false) }))
	return cmd
}

func pausing(t target, obj store.Object, on bool) error {
	d, ok := obj.(*appsv1.Deployment)
	switch {
	case !ok:
		return fmt.Errorf("%s %q is not supported by rollout pause and resume", t.collection.Type().Resource, t.name)
	case d.Spec.Paused == on && on:
		return fmt.Errorf("deployments.apps %q is already paused", t.name)
	case d.Spec.Paused == on:
		return fmt.Errorf("deployments.apps %q is not paused", t.name)
	}
	d.Spec.Paused = on
	return nil
}

// podTemplate is a pod template's metadata, for annotations.
func podTemplate(obj store.Object) metav1.Object {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	}
	return nil
}

func (f *factory) rolling(name, done string, change func(*session, target, store.Object) error) *cobra.Command {
	var o selection
	var out outcome
	cmd := &cobra.Command{Use: name + " RESOURCE", RunE: func(_ *cobra.Command, args []string) error {
		o.all = true
		s, found, problems, err := f.chosenObjects(args, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			obj, err := t.editable()
			if err == nil {
				err = change(s, t, obj)
			}
			if err == nil {
				obj, err = out.replaced(t, obj)
			}
			if err != nil {
				problems = append(problems, err)
				continue
			}
			if err := out.say(s, t, obj, done); err != nil {
				return err
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	o.bindSelectors(cmd.Flags())
	out.bind(cmd.Flags())
	return cmd
}

func (f *factory) rolloutHistory() *cobra.Command {
	var revision int64
	cmd := &cobra.Command{Use: "history (TYPE NAME | TYPE/NAME) [flags]", RunE: func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, selection{all: true}, &outcome{dryRun: "none"})
		if err != nil {
			return err
		}
		for _, t := range found {
			d, ok := t.object.(*appsv1.Deployment)
			if !ok {
				problems = append(problems, fmt.Errorf("kubectl rollout history is simulated for deployments only, not for %s", t))
				continue
			}
			if err := s.history(t, d, revision); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	cmd.Flags().Int64Var(&revision, "revision", 0, "See the details, including podTemplate of the revision specified")
	return cmd
}

// revisions are a deployment's ReplicaSets by their revision.
func (s *session) revisions(d *appsv1.Deployment) map[int64]*appsv1.ReplicaSet {
	m := map[int64]*appsv1.ReplicaSet{}
	for _, rs := range s.server.ReplicaSetsByOwner.Get(string(d.UID)) {
		if n, err := strconv.ParseInt(rs.Annotations[revisionAnnotation], 10, 64); err == nil {
			m[n] = rs
		}
	}
	return m
}

func (s *session) history(t target, d *appsv1.Deployment, revision int64) error {
	all := s.revisions(d)
	if revision > 0 {
		rs := all[revision]
		if rs == nil {
			return fmt.Errorf("unable to find the specified revision")
		}
		s.p.Printf("%s with revision #%d\n%s\n", t, revision, templateText(rs))
		return nil
	}
	s.p.Printf("%s \nREVISION  CHANGE-CAUSE\n", t)
	for _, n := range slices.Sorted(maps.Keys(all)) {
		cause := all[n].Annotations[causeAnnotation]
		if cause == "" {
			cause = "<none>"
		}
		s.p.Printf("%-9d %s\n", n, cause)
	}
	s.p.Printf("\n")
	return nil
}

func (f *factory) rolloutUndo() *cobra.Command {
	var to int64
	var out outcome
	cmd := &cobra.Command{Use: "undo (TYPE NAME | TYPE/NAME) [flags]", RunE: func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, selection{}, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			d, ok := t.object.(*appsv1.Deployment)
			if !ok {
				problems = append(problems, fmt.Errorf("kubectl rollout undo is simulated for deployments only, not for %s", t))
				continue
			}
			if err := s.undo(t, d, to, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	out.bind(cmd.Flags())
	cmd.Flags().Int64Var(&to, "to-revision", 0, "The revision to rollback to. Default to 0 (last revision).")
	return cmd
}

func (s *session) undo(t target, d *appsv1.Deployment, to int64, out outcome) error {
	all := s.revisions(d)
	numbers := slices.Sorted(maps.Keys(all))
	switch {
	case to > 0 && all[to] == nil:
		return fmt.Errorf("unable to find specified revision %d in history", to)
	case to == 0 && len(numbers) < 2:
		return fmt.Errorf("no rollout history found for deployment %q", t.name)
	case d.Spec.Paused:
		return fmt.Errorf("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume %s' and try again", t)
	case to == 0:
		to = numbers[len(numbers)-2]
	}
	c := d.DeepCopy()
	all[to].Spec.Template.DeepCopyInto(&c.Spec.Template)
	delete(c.Spec.Template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	if cause := all[to].Annotations[causeAnnotation]; cause != "" {
		annotate(c, causeAnnotation, cause)
	}
	if apiequality.Semantic.DeepEqual(d.Spec.Template, c.Spec.Template) {
		return out.say(s, t, d, fmt.Sprintf("skipped rollback (current template already matches revision %d)", to))
	}
	stored, err := out.replaced(t, c)
	if err != nil {
		return err
	}
	return out.say(s, t, stored, "rolled back")
}
