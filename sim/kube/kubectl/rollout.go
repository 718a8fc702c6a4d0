package kubectl

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// What rollout reads and writes on objects (k8s.io/kubectl v0.37).
const (
	causeAnnotation   = "kubernetes.io/change-cause"
	restartAnnotation = "kubectl.kubernetes.io/restartedAt"
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
