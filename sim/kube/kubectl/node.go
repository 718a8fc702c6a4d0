package kubectl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

func (f *factory) cordon() *cobra.Command   { return f.cordoning("cordon", true) }
func (f *factory) uncordon() *cobra.Command { return f.cordoning("uncordon", false) }

func (f *factory) cordoning(name string, on bool) *cobra.Command {
	var o selection
	var out outcome
	cmd := &cobra.Command{Use: name + " NODE", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 0 && o.labels == "" {
			return helpError("kubectl "+name, "USAGE: "+name+" NODE [flags]")
		}
		s, found, problems, err := f.chosenObjects(append([]string{"nodes"}, args...), o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.cordonOne(t, on, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	cmd.Flags().StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	out.bind(cmd.Flags())
	return cmd
}

func (s *session) cordonOne(t target, on bool, out outcome) error {
	obj, err := t.editable()
	if err != nil {
		return err
	}
	node, ok := obj.(*corev1.Node)
	if !ok {
		return fmt.Errorf("%s is no node", t)
	}
	done := map[bool]string{true: "cordoned", false: "uncordoned"}[on]
	if node.Spec.Unschedulable == on {
		return out.say(s, t, node, "already "+done)
	}
	node.Spec.Unschedulable = on
	stored, err := out.replaced(t, node)
	if err != nil {
		return err
	}
	return out.say(s, t, stored, done)
}

func (f *factory) taint() *cobra.Command {
	var o selection
	var out outcome
	var overwrite bool
	cmd := &cobra.Command{Use: "taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N", RunE: func(_ *cobra.Command, args []string) error {
		var resources, specs []string
		for i, a := range args {
			if strings.ContainsAny(a, "=:") || i > 0 && strings.HasSuffix(a, "-") {
				specs = append(specs, a)
				continue
			}
			if len(specs) > 0 {
				return fmt.Errorf("all resources must be specified before taint changes: %s", a)
			}
			resources = append(resources, a)
		}
		if err := checkTaints(resources, specs, o); err != nil {
			return err
		}
		s, found, problems, err := f.chosenObjects(resources, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.taintOne(t, specs, overwrite, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	cmd.Flags().StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	cmd.Flags().BoolVar(&o.all, "all", false, "Select all nodes in the cluster")
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.")
	out.bind(cmd.Flags())
	return cmd
}

// checkTaints looks at the arguments of taint before anything is asked of the server
// (kubectl's TaintOptions and parseTaints).
func checkTaints(resources, specs []string, o selection) error {
	switch {
	case len(resources) == 0:
		return errors.New("one or more resources must be specified as <resource> <name>")
	case len(specs) == 0:
		return errors.New("at least one taint update is required")
	}
	for _, spec := range specs {
		bare, remove := strings.CutSuffix(spec, "-")
		pair, effect, has := strings.Cut(bare, ":")
		k := pair
		if has {
			k, _, _ = strings.Cut(pair, "=")
			if !slices.Contains([]string{"NoSchedule", "PreferNoSchedule", "NoExecute"}, effect) && (effect != "" || !remove) {
				return fmt.Errorf("invalid taint effect: %s, unsupported taint effect", effect)
			}
		}
		if problems := validation.IsQualifiedName(k); len(problems) > 0 {
			return fmt.Errorf("invalid taint spec: %s, %s", bare, strings.Join(problems, "; "))
		}
		if !has && !remove {
			return fmt.Errorf("invalid taint spec: %s", bare)
		}
	}
	if kind := strings.ToLower(resources[0]); !strings.HasPrefix(kind, "node") && kind != "no" {
		return fmt.Errorf("invalid resource type %s, only node(s) is supported", resources[0])
	}
	if len(resources) == 1 && !strings.Contains(resources[0], "/") && !o.all && o.labels == "" {
		return errors.New("at least one resource name must be specified since 'all' parameter is not set")
	}
	return nil
}

func (s *session) taintOne(t target, specs []string, overwrite bool, out outcome) error {
	obj, err := t.editable()
	if err != nil {
		return err
	}
	node, ok := obj.(*corev1.Node)
	if !ok {
		return fmt.Errorf("%s is no node", t)
	}
	added := false
	for _, spec := range specs {
		bare, remove := strings.CutSuffix(spec, "-")
		pair, effect, _ := strings.Cut(bare, ":")
		k, v, _ := strings.Cut(pair, "=")
		same := func(x corev1.Taint) bool { return x.Key == k && (effect == "" || string(x.Effect) == effect) }
		at := slices.IndexFunc(node.Spec.Taints, same)
		switch {
		case remove && at < 0:
			return fmt.Errorf("taint %q not found", bare)
		case remove:
			node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, same)
			continue
		case at >= 0 && !overwrite:
			return fmt.Errorf("node %s already has %s taint(s) with same effect(s) and --overwrite is false", t.name, k)
		case at >= 0:
			node.Spec.Taints = slices.Delete(node.Spec.Taints, at, at+1)
		}
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: k, Value: v, Effect: corev1.TaintEffect(effect)})
		added = true
	}
	stored, err := out.replaced(t, node)
	if err != nil {
		return err
	}
	return out.say(s, t, stored, map[bool]string{true: "tainted", false: "untainted"}[added])
}
