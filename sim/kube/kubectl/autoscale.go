package kubectl

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"drydock/sim/kube/generate"
)

func (f *factory) autoscale() *cobra.Command {
	var o selection
	var out outcome
	var a generate.AutoscaleOptions
	var percent int32
	cmd := &cobra.Command{Use: "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]", RunE: func(_ *cobra.Command, args []string) error {
		if percent >= 0 {
			a.CPU = fmt.Sprintf("%d%%", percent)
		}
		return f.runAutoscale(args, o, out, a)
	}}
	fs := cmd.Flags()
	o.bindFiles(fs)
	out.bind(fs)
	fs.Int32Var(&a.Min, "min", -1, "The lower limit for the number of pods that can be set by the autoscaler.")
	fs.Int32Var(&a.Max, "max", -1, "The upper limit for the number of pods that can be set by the autoscaler. Required.")
	fs.StringVar(&a.CPU, "cpu", "", "Target CPU utilization over all the pods.")
	fs.StringVar(&a.Memory, "memory", "", "Target memory utilization over all the pods.")
	fs.StringVar(&a.Name, "name", "", "The name for the newly created object. If not specified, the name of the input resource will be used.")
	fs.Int32Var(&percent, "cpu-percent", -1, "The target average CPU utilization over all the pods.")
	_ = fs.MarkDeprecated("cpu-percent", "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).")
	_ = cmd.MarkFlagRequired("max")
	return cmd
}

func (f *factory) runAutoscale(args []string, o selection, out outcome, a generate.AutoscaleOptions) error {
	s, found, problems, err := f.chosenObjects(args, o, &out)
	if err != nil {
		return err
	}
	for _, t := range found {
		k := t.collection.Type()
		if !slices.Contains([]string{"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"}, k.Kind) {
			return fmt.Errorf("cannot autoscale a %s: the server could not find the requested resource", k.GroupVersion.WithKind(k.Kind).GroupKind())
		}
		one := a
		one.Target = autoscalingv2.CrossVersionObjectReference{APIVersion: k.GroupVersion.String(), Kind: k.Kind, Name: t.name}
		if one.Name == "" {
			one.Name = t.name
		}
		hpa, err := generate.Autoscaler(one)
		if err != nil {
			return err
		}
		h := s.target(s.guard(s.server.Of("autoscaling/v2", "HorizontalPodAutoscaler")), one.Name)
		hpa.Namespace = t.namespace
		made, err := out.created(h, hpa)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if err := out.say(s, h, made, "autoscaled"); err != nil {
			return err
		}
	}
	return errors.Join(problems...)
}
