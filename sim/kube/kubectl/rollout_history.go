package kubectl

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/controllers"
	"drydock/sim/kube/describe"
)

// revision is a state of a workload's pods to which one can go back.
type revision struct {
	number   int64
	cause    string
	template *corev1.PodTemplateSpec
	set      *appsv1.ReplicaSet // what keeps it for a Deployment
}

// noRevisions is that a kind keeps no history.
type noRevisions struct{}

func (noRevisions) Error() string { return "this kind keeps no revisions" }

// revisions are those of a workload, the oldest first: ReplicaSets of a Deployment,
// ControllerRevisions of a DaemonSet or StatefulSet.
func (s *session) revisions(t target) ([]revision, error) {
	switch t.object.(type) {
	case *appsv1.Deployment, *appsv1.DaemonSet, *appsv1.StatefulSet:
	default:
		return nil, noRevisions{}
	}
	d, is := t.object.(*appsv1.Deployment)
	if is {
		return s.deploymentRevisions(d)
	}
	if err := mayList(s.guard(s.server.ControllerRevisions), t.namespace); err != nil {
		return nil, err
	}
	var list []revision
	for _, r := range controllers.History(s.server, t.object) {
		template, err := controllers.RevisionTemplate(r)
		if err != nil {
			return nil, err
		}
		list = append(list, revision{number: r.Revision, cause: r.Annotations[causeAnnotation], template: template})
	}
	return list, nil
}

func (s *session) deploymentRevisions(d *appsv1.Deployment) ([]revision, error) {
	if err := mayList(s.guard(s.server.ReplicaSets), d.Namespace); err != nil {
		return nil, err
	}
	var list []revision
	for _, rs := range controllers.Revisions(s.server, d) {
		if n := controllers.RevisionOf(rs); n > 0 {
			list = append(list, revision{number: n, cause: rs.Annotations[causeAnnotation], template: &rs.Spec.Template, set: rs})
		}
	}
	return list, nil
}

func (f *factory) rolloutHistory() *cobra.Command {
	var number int64
	o := selection{all: true}
	cmd := &cobra.Command{Use: "history (TYPE NAME | TYPE/NAME) [flags]", RunE: func(_ *cobra.Command, args []string) error {
		if number < 0 {
			return fmt.Errorf("revision must be a positive integer: %v", number)
		}
		s, found, problems, err := f.chosenObjects(args, o, &outcome{dryRun: "none"})
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.history(t, number); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	cmd.Flags().StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	cmd.Flags().Int64Var(&number, "revision", 0, "See the details, including podTemplate of the revision specified")
	return cmd
}

func (s *session) history(t target, number int64) error {
	all, err := s.revisions(t)
	switch k := t.collection.Type(); {
	case errors.Is(err, noRevisions{}):
		return fmt.Errorf("no history viewer has been implemented for %q", k.WithKind(k.Kind).GroupKind())
	case err != nil:
		return err
	}
	if number > 0 {
		at := slices.IndexFunc(all, func(r revision) bool { return r.number == number })
		if at < 0 {
			return errors.New("unable to find the specified revision")
		}
		template := all[at].template.DeepCopy()
		if cause := all[at].cause; cause != "" {
			annotate(template, causeAnnotation, cause)
		}
		s.p.Printf("%s with revision #%d\n%s\n", t, number, describe.Template(template))
		return nil
	}
	if len(all) == 0 {
		s.p.Printf("%s \nNo rollout history found.\n", t)
		return nil
	}
	s.p.Printf("%s \nREVISION  CHANGE-CAUSE\n", t)
	for _, r := range all {
		cause := r.cause
		if cause == "" {
			cause = "<none>"
		}
		s.p.Printf("%-9d %s\n", r.number, cause)
	}
	s.p.Printf("\n")
	return nil
}
