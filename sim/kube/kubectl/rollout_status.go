package kubectl

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"

	"drydock/sim/kube/store"
)

func (f *factory) rolloutStatus() *cobra.Command {
	var o selection
	var watch bool
	var timeout time.Duration
	cmd := &cobra.Command{Use: "status (TYPE NAME | TYPE/NAME) [flags]", RunE: func(_ *cobra.Command, args []string) error {
		o.all = true
		s, found, problems, err := f.chosenObjects(args, o, &outcome{dryRun: "none"})
		if err != nil {
			return err
		}
		if len(found)+len(problems) == 0 {
			s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
		}
		for _, t := range found {
			if k := t.collection.Type(); podTemplate(t.object) == nil {
				problems = append(problems, fmt.Errorf("no status viewer has been implemented for %s", k.WithKind(k.Kind).GroupKind()))
				continue
			}
			if err := s.followRollout(t, watch, timeout); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindSelectors(cmd.Flags())
	o.bindFiles(cmd.Flags())
	cmd.Flags().BoolVarP(&watch, "watch", "w", true, "Watch the status of the rollout until it's done.")
	cmd.Flags().DurationVar(&timeout, "timeout", 0, "The length of time to wait before ending watch, zero means never.")
	return cmd
}

// followRollout prints the rollout's state at each change of the object till it is done.
func (s *session) followRollout(t target, watch bool, timeout time.Duration) error {
	states := []store.Object{t.object}
	changed := s.p.Clock().NewSignal()
	defer t.collection.WatchObjects(func(kind store.ChangeType, obj store.Object) {
		if obj.GetName() == t.name && obj.GetNamespace() == t.namespace {
			if kind == store.Deleted {
				obj = nil
			}
			states = append(states, obj)
			changed.Broadcast()
		}
	})()
	deadline := s.p.Now().Add(timeout)
	for {
		for len(states) > 0 {
			obj := states[0]
			states = states[1:]
			if obj == nil {
				return errors.New("object has been deleted")
			}
			text, done, err := rolloutState(obj)
			if err != nil {
				return err
			}
			s.p.Printf("%s", text)
			if done || !watch {
				return nil
			}
		}
		switch left := deadline.Sub(s.p.Now()); {
		case timeout == 0:
			s.p.Wait(changed)
		case left <= 0:
			return errors.New("timed out waiting for the condition")
		default:
			s.p.SleepUntil(left, changed)
		}
	}
}

// rolloutState is what rollout status says of an object as it is now.
func rolloutState(obj store.Object) (text string, done bool, err error) {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return deploymentState(o)
	case *appsv1.DaemonSet:
		return daemonSetState(o)
	case *appsv1.StatefulSet:
		return statefulSetState(o)
	}
	return "", false, errors.New("this kind is not rolled out")
}

func deploymentState(d *appsv1.Deployment) (string, bool, error) {
	if d.Generation > d.Status.ObservedGeneration {
		return "Waiting for deployment spec update to be observed...\n", false, nil
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded" {
			return "", false, fmt.Errorf("deployment %q exceeded its progress deadline", d.Name)
		}
	}
	st, wait := d.Status, fmt.Sprintf("Waiting for deployment %q rollout to finish: ", d.Name)
	switch {
	case d.Spec.Replicas != nil && st.UpdatedReplicas < *d.Spec.Replicas:
		return wait + fmt.Sprintf("%d out of %d new replicas have been updated...\n", st.UpdatedReplicas, *d.Spec.Replicas), false, nil
	case st.Replicas > st.UpdatedReplicas:
		return wait + fmt.Sprintf("%d old replicas are pending termination...\n", st.Replicas-st.UpdatedReplicas), false, nil
	case st.AvailableReplicas < st.UpdatedReplicas:
		return wait + fmt.Sprintf("%d of %d updated replicas are available...\n", st.AvailableReplicas, st.UpdatedReplicas), false, nil
	}
	return fmt.Sprintf("deployment %q successfully rolled out\n", d.Name), true, nil
}

func daemonSetState(d *appsv1.DaemonSet) (string, bool, error) {
	st, wait := d.Status, fmt.Sprintf("Waiting for daemon set %q rollout to finish: ", d.Name)
	switch {
	case d.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType:
		return "", true, fmt.Errorf("rollout status is only available for RollingUpdate strategy type")
	case d.Generation > st.ObservedGeneration:
		return "Waiting for daemon set spec update to be observed...\n", false, nil
	case st.UpdatedNumberScheduled < st.DesiredNumberScheduled:
		return wait + fmt.Sprintf("%d out of %d new pods have been updated...\n", st.UpdatedNumberScheduled, st.DesiredNumberScheduled), false, nil
	case st.NumberAvailable < st.DesiredNumberScheduled:
		return wait + fmt.Sprintf("%d of %d updated pods are available...\n", st.NumberAvailable, st.DesiredNumberScheduled), false, nil
	}
	return fmt.Sprintf("daemon set %q successfully rolled out\n", d.Name), true, nil
}

func statefulSetState(o *appsv1.StatefulSet) (string, bool, error) {
	st := o.Status
	partition := int32(0)
	if r := o.Spec.UpdateStrategy.RollingUpdate; r != nil && r.Partition != nil {
		partition = *r.Partition
	}
	replicas := int32(1)
	if o.Spec.Replicas != nil {
		replicas = *o.Spec.Replicas
	}
	switch {
	case o.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return "", true, fmt.Errorf("rollout status is only available for RollingUpdate strategy type")
	case st.ObservedGeneration == 0 || o.Generation > st.ObservedGeneration:
		return "Waiting for statefulset spec update to be observed...\n", false, nil
	case st.ReadyReplicas < replicas:
		return fmt.Sprintf("Waiting for %d pods to be ready...\n", replicas-st.ReadyReplicas), false, nil
	case o.Spec.UpdateStrategy.RollingUpdate != nil && st.UpdatedReplicas < replicas-partition:
		return fmt.Sprintf("Waiting for partitioned roll out to finish: %d out of %d new pods have been updated...\n", st.UpdatedReplicas, replicas-partition), false, nil
	case o.Spec.UpdateStrategy.RollingUpdate != nil:
		return fmt.Sprintf("partitioned roll out complete: %d new pods have been updated...\n", st.UpdatedReplicas), true, nil
	}
	return fmt.Sprintf("statefulset rolling update complete %d pods at revision %s...\n", st.CurrentReplicas, st.CurrentRevision), true, nil
}
