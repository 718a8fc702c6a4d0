package kubectl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

func (f *factory) run() *cobra.Command {
	var o generate.PodOptions
	var out outcome
	var labels, overrides string
	var expose bool
	var annotations []string
	var a attaching
	cmd := &cobra.Command{Use: "run NAME --image=image [--env=\"key=value\"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]"}
	fs := cmd.Flags()
	out.bind(fs)
	fs.StringVar(&o.Image, "image", "", "The image for the container to run.")
	fs.Int32Var(&o.Port, "port", 0, "The port that this container exposes.")
	fs.StringArrayVar(&o.Env, "env", nil, "Environment variables to set in the container.")
	fs.StringVarP(&labels, "labels", "l", "", "Comma separated labels to apply to the pod.")
	fs.StringArrayVar(&annotations, "annotations", nil, "Annotations to apply to the pod.")
	fs.StringVar(&overrides, "overrides", "", "An inline JSON override for the generated object.")
	fs.StringVar(&o.Restart, "restart", "Always", "The restart policy for this Pod. Legal values [Always, OnFailure, Never].")
	fs.StringVar(&o.ImagePullPolicy, "image-pull-policy", "", "The image pull policy for the container.")
	fs.BoolVar(&o.Command, "command", false, "If true and extra arguments are present, use them as the 'command' field in the container.")
	fs.BoolVarP(&o.Stdin, "stdin", "i", false, "Keep stdin open on the container in the pod, even if nothing is attached.")
	fs.BoolVarP(&o.TTY, "tty", "t", false, "Allocate a TTY for the container in the pod.")
	fs.BoolVar(&o.Privileged, "privileged", false, "If true, run the container in privileged mode.")
	fs.BoolVar(&expose, "expose", false, "If true, create a ClusterIP service associated with the pod.")
	a.bind(fs)
	_ = cmd.MarkFlagRequired("image")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return helpError("kubectl run", "NAME is required for run")
		}
		if !cmd.Flags().Changed("attach") {
			a.attach = o.Stdin
		}
		if expose && o.Port == 0 {
			return helpError("kubectl run", "--port must be set when exposing a service")
		}
		a.interactive, a.terminal = o.Stdin, o.TTY
		if err := a.check(out); err != nil {
			return err
		}
		var err error
		if o.Labels, err = pairs(labels); err != nil {
			return err
		}
		if o.Annotations, err = pairs(strings.Join(annotations, ",")); err != nil {
			return err
		}
		o.Args = args[1:]
		pod, err := f.runPod(args[0], o, out, overrides, a.attach || expose)
		if err == nil && expose {
			err = f.runService(pod, o, out)
		}
		if err != nil || !a.attach {
			return err
		}
		return f.runAttached(pod, a)
	}
	return cmd
}

// pairs reads key=value,... ; nil when there are none.
func pairs(list string) (map[string]string, error) {
	if list == "" {
		return nil, nil
	}
	m := map[string]string{}
	for _, p := range strings.Split(list, ",") {
		k, v, found := strings.Cut(p, "=")
		if !found {
			return nil, fmt.Errorf("unexpected label spec: %s", p)
		}
		m[k] = v
	}
	return m, nil
}

func (f *factory) runPod(name string, o generate.PodOptions, out outcome, overrides string, silent bool) (*corev1.Pod, error) {
	if err := out.check(f); err != nil {
		return nil, err
	}
	pod, err := generate.Pod(name, o)
	if err != nil {
		return nil, err
	}
	s, err := f.session()
	if err != nil {
		return nil, err
	}
	t := s.target(s.server.Pods, name)
	pod.Namespace = t.namespace
	var obj store.Object = pod
	if overrides != "" {
		data, err := yaml.YAMLToJSON([]byte(overrides))
		if err != nil || !json.Valid(data) {
			return nil, errors.New("Invalid JSON Patch") //nolint:staticcheck // the patch library's words
		}
		if obj, err = patch.Apply(pod, s.server.Pods.New(), patch.Merge, data); err != nil {
			return nil, err
		}
	}
	made, err := out.created(t, obj)
	if err != nil {
		return nil, err
	}
	created, _ := made.(*corev1.Pod)
	if silent {
		return created, nil
	}
	return created, out.say(s, t, out.unsent(s, made), "created")
}

// runService makes the Service of run --expose for a pod that was just made, and
// reports both as kubectl does: the Service first.
func (f *factory) runService(pod *corev1.Pod, o generate.PodOptions, out outcome) error {
	s, err := f.session()
	if err != nil {
		return err
	}
	selector := o.Labels
	if len(selector) == 0 {
		selector = map[string]string{"run": pod.Name}
	}
	svc, err := generate.Expose(generate.ExposeOptions{Name: pod.Name, Port: strconv.Itoa(int(o.Port)), Selector: selector, Labels: o.Labels})
	if err != nil {
		return err
	}
	t := s.target(s.server.Services, pod.Name)
	svc.Namespace = t.namespace
	made, failed := out.created(t, svc)
	if failed == nil {
		if err := out.say(s, t, out.unsent(s, made), "created"); err != nil {
			return err
		}
	}
	return errors.Join(out.say(s, s.target(s.server.Pods, pod.Name), out.unsent(s, pod), "created"), failed)
}
