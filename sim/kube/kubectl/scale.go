package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

func (f *factory) scale() *cobra.Command {
	var o selection
	var out outcome
	var replicas, current int32
	cmd := &cobra.Command{Use: "scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)", RunE: func(_ *cobra.Command, args []string) error {
		if replicas < 0 {
			return errors.New("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0") //nolint:staticcheck // kubectl's words
		}
		s, found, problems, err := f.chosenObjects(args, o, &out)
		if err != nil {
			return err
		}
		if len(found)+len(problems) == 0 {
			return errors.New("no objects passed to scale")
		}
		for _, t := range found {
			if err := s.scaleOne(t, replicas, current, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	fs := cmd.Flags()
	o.bindFiles(fs)
	o.bindSelectors(fs)
	out.bind(fs)
	fs.BoolVar(&o.all, "all", false, "Select all resources in the namespace of the specified resource types")
	fs.Int32Var(&replicas, "replicas", 0, "The new desired number of replicas. Required.")
	fs.Int32Var(&current, "current-replicas", -1, "Precondition for current size. Requires that the current number of replicas match this value in order to scale.")
	fs.Duration("timeout", 0, "The length of time to wait before giving up on a scale operation, zero means don't wait.")
	_ = cmd.MarkFlagRequired("replicas")
	return cmd
}

// chosenObjects connects and finds the objects of arguments, selectors or files.
func (f *factory) chosenObjects(args []string, o selection, out *outcome) (*session, []target, []error, error) {
	if err := out.check(f); err != nil {
		return nil, nil, nil, err
	}
	s, err := f.session()
	if err != nil {
		return nil, nil, nil, err
	}
	if len(o.files) > 0 {
		list, problems, err := s.manifests(o)
		if err != nil {
			return nil, nil, nil, err
		}
		var found []target
		for _, m := range list {
			t, err := m.lookup()
			if err != nil {
				problems = append(problems, err)
				continue
			}
			found = append(found, t)
		}
		return s, found, problems, nil
	}
	if len(args) == 0 {
		return nil, nil, nil, errors.New("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'") //nolint:staticcheck // kubectl's words
	}
	r, err := s.parse(args)
	if err != nil {
		return nil, nil, nil, err
	}
	if len(r.named) == 0 && o.labels == "" && o.fields == "" && !o.all {
		return nil, nil, nil, errors.New("resource(s) were provided, but no name was specified")
	}
	found, problems, err := s.targets(args, o)
	return s, found, problems, err
}

// replicasOf is the field that scaling sets, or nil for kinds that do not scale.
func replicasOf(obj store.Object) **int32 {
	switch o := obj.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Replicas
	case *appsv1.ReplicaSet:
		return &o.Spec.Replicas
	case *appsv1.StatefulSet:
		return &o.Spec.Replicas
	}
	return nil
}

func (s *session) scaleOne(t target, replicas, current int32, out outcome) error {
	obj, err := t.editable()
	if err != nil {
		return err
	}
	at := replicasOf(obj)
	if at == nil {
		return noSubresource()
	}
	had := int32(1)
	if *at != nil {
		had = **at
	}
	if current >= 0 && had != current {
		return fmt.Errorf("Expected replicas to be %d, was %d", current, had) //nolint:staticcheck // kubectl's words
	}
	if err := t.may("patch", "scale"); err != nil {
		return err
	}
	if g, is := t.collection.(api.Guarded); is {
		t.collection = g.Collection // the server changes the object for who may patch its scale
	}
	*at = &replicas
	stored, err := out.replaced(t, obj)
	if err != nil {
		return err
	}
	return out.say(s, t, stored, "scaled")
}
