package kubectl

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"

	"drydock/sim/kube/controllers"
	"drydock/sim/kube/describe"
	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

func (f *factory) rolloutUndo() *cobra.Command {
	var to int64
	var out outcome
	var o selection
	cmd := &cobra.Command{Use: "undo (TYPE NAME | TYPE/NAME) [flags]", RunE: func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.undo(t, to, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	out.bind(cmd.Flags())
	o.bindFiles(cmd.Flags())
	cmd.Flags().StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	cmd.Flags().Int64Var(&to, "to-revision", 0, "The revision to rollback to. Default to 0 (last revision).")
	return cmd
}

func (s *session) undo(t target, number int64, out outcome) error {
	all, err := s.revisions(t)
	k := t.collection.Type()
	switch {
	case errors.Is(err, noRevisions{}):
		return fmt.Errorf("no rollbacker has been implemented for %q", k.WithKind(k.Kind).GroupKind())
	case err != nil:
		return err
	}
	if _, applied := t.object.GetAnnotations()[patch.LastApplied]; applied {
		s.p.Errorf("Warning: resource %s/%s was previously managed with 'kubectl apply'. Rolling back will not update the %s annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n",
			k.Resource, t.name, patch.LastApplied)
	}
	to, err := chosenRevision(t, all, number)
	if err != nil {
		return err
	}
	if out.dryRun == "client" {
		s.p.Printf("%s Pod Template:\n%s (dry run)\n", t, describe.Template(controllers.WithoutHash(to.template)))
		return nil
	}
	if d, is := t.object.(*appsv1.Deployment); is && d.Spec.Paused {
		return fmt.Errorf("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume %s' and try again", t)
	}
	before, after, err := restored(t, to)
	if err != nil {
		return err
	}
	if apiequality.Semantic.DeepEqual(before, podsOf(after)) {
		return out.say(s, t, t.object, fmt.Sprintf("skipped rollback (current template already matches revision %d)", to.number))
	}
	stored, err := out.replaced(t, after)
	if err != nil {
		return err
	}
	return out.say(s, t, stored, "rolled back")
}

// chosenRevision is the one with a number, or the last but one when the number is 0.
func chosenRevision(t target, all []revision, number int64) (revision, error) {
	if number != 0 {
		if at := slices.IndexFunc(all, func(r revision) bool { return r.number == number }); at >= 0 {
			return all[at], nil
		}
		return revision{}, fmt.Errorf("unable to find specified revision %d in history", number)
	}
	if len(all) > 1 {
		return all[len(all)-2], nil
	}
	if _, is := t.object.(*appsv1.Deployment); is {
		return revision{}, fmt.Errorf("no rollout history found for deployment %q", t.name)
	}
	return revision{}, errors.New("no last revision to roll back to")
}

// podsOf is the pod template of a workload that keeps revisions.
func podsOf(obj store.Object) *corev1.PodTemplateSpec {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	}
	return nil
}

// restored is a workload with the template of a revision, and the template before.
func restored(t target, to revision) (before *corev1.PodTemplateSpec, after store.Object, err error) {
	before = podsOf(t.object)
	if d, is := t.object.(*appsv1.Deployment); is {
		return before, controllers.Rollback(d, to.set), nil
	}
	if after, err = t.editable(); err == nil {
		to.template.DeepCopyInto(podsOf(after))
	}
	return before, after, err
}
