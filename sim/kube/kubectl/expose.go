package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/store"
)

func (f *factory) expose() *cobra.Command {
	var out outcome
	var o generate.ExposeOptions
	var selector, labels string
	cmd := &cobra.Command{Use: "expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]"}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, selection{}, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			own := o
			if own.Selector, err = pairs(selector); err != nil {
				return err
			}
			if own.Labels, err = pairs(labels); err != nil {
				return err
			}
			if err := s.exposeOne(t, own, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}
	fs := cmd.Flags()
	out.bind(fs)
	fs.StringVar(&o.Port, "port", "", "The port that the service should serve on.")
	fs.StringVar(&o.TargetPort, "target-port", "", "Name or number for the port on the container that the service should direct traffic to.")
	fs.StringVar(&o.Protocol, "protocol", "", "The network protocol for the service to be created. Default is 'TCP'.")
	fs.StringVar(&o.Type, "type", "", "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName.")
	fs.StringVar(&o.Name, "name", "", "The name for the newly created object.")
	fs.StringVar(&o.ClusterIP, "cluster-ip", "", "ClusterIP to be assigned to the service.")
	fs.StringVar(&o.ExternalIP, "external-ip", "", "Additional external IP address to be accepted for the service.")
	fs.StringVar(&selector, "selector", "", "A label selector to use for this service.")
	fs.StringVarP(&labels, "labels", "l", "", "Labels to apply to the service created by this call.")
	return cmd
}

func (s *session) exposeOne(t target, o generate.ExposeOptions, out outcome) error {
	if o.Name == "" {
		o.Name = t.name
	}
	selector, err := exposable(t)
	if err != nil {
		return err
	}
	if len(o.Selector) == 0 {
		o.Selector = selector
	}
	if len(o.Labels) == 0 {
		o.Labels = t.object.GetLabels()
	}
	if pod := podSpec(t.object); pod != nil {
		for _, c := range pod.Containers {
			o.Ports = append(o.Ports, c.Ports...)
		}
	}
	svc, err := generate.Expose(o)
	if err != nil {
		return err
	}
	to := s.target(s.server.Services, o.Name)
	svc.Namespace = t.namespace
	var obj store.Object = svc
	if obj, err = out.created(to, obj); err != nil {
		return err
	}
	return out.say(s, to, out.unsent(s, obj), "exposed")
}

// exposable is by which labels a service finds the pods of an object.
func exposable(t target) (map[string]string, error) {
	switch o := t.object.(type) {
	case *appsv1.Deployment:
		return o.Spec.Selector.MatchLabels, nil
	case *appsv1.ReplicaSet:
		return o.Spec.Selector.MatchLabels, nil
	case *corev1.Service:
		return o.Spec.Selector, nil
	case *corev1.Pod:
		if len(o.Labels) == 0 {
			return nil, errors.New("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed")
		}
		return o.Labels, nil
	}
	return nil, fmt.Errorf("cannot expose a %s", t.collection.Type().WithKind(t.collection.Type().Kind).GroupKind())
}
