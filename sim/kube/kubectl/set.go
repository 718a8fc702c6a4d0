package kubectl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/generate"
	"drydock/sim/kube/store"
)

func (f *factory) set() *cobra.Command {
	cmd := &cobra.Command{Use: "set SUBCOMMAND"}
	cmd.AddCommand(f.setImage(), f.setEnv(), f.setResources(), f.setServiceAccount(), f.setSelector())
	return cmd
}

// podSpec is the pod that an object describes, or nil.
func podSpec(obj store.Object) *corev1.PodSpec {
	if pod, is := obj.(*corev1.Pod); is {
		return &pod.Spec
	}
	return api.TemplateOf(obj)
}

// setter is one `kubectl set`: change edits the pod of a copy of the object.
type setter struct {
	use, done string
	change    func(s *session, t target, pod *corev1.PodSpec, args []string) error
	patched   string // what could not be patched, in errors
	listed    *bool  // when true, change has only printed
	required  string
}

func (f *factory) setting(w *setter) *cobra.Command {
	var o selection
	var out outcome
	cmd := &cobra.Command{Use: w.use, RunE: func(_ *cobra.Command, args []string) error {
		resources, values := settingArgs(args)
		var missing []error
		if len(resources) == 0 && len(o.files) == 0 {
			missing = append(missing, plainError(errNoResources().Error()))
		}
		if w.required != "" && len(values) == 0 {
			missing = append(missing, plainError(w.required))
		}
		if len(missing) == 1 {
			return errors.New(missing[0].Error())
		} else if len(missing) > 1 {
			return errors.Join(missing...)
		}
		s, found, problems, err := f.chosenObjects(resources, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := w.apply(s, t, values, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	o.bindSelectors(cmd.Flags())
	out.bind(cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, "Select all resources, in the namespace of the specified resource types")
	return cmd
}

// settingArgs parts the objects from KEY=VALUE and KEY-.
func settingArgs(args []string) (resources, values []string) {
	for i, a := range args {
		if strings.Contains(a, "=") || i > 0 && strings.HasSuffix(a, "-") {
			values = append(values, a)
			continue
		}
		resources = append(resources, a)
	}
	return resources, values
}

func (w *setter) apply(s *session, t target, values []string, out outcome) error {
	obj, err := t.editable()
	if err != nil {
		return err
	}
	pod := podSpec(obj)
	if pod == nil {
		k := t.collection.Type()
		return fmt.Errorf("error: %s/%s the object is not a pod or does not have a pod template: *%s.%s", k.Resource, t.name, k.Version, k.Kind)
	}
	was := pod.DeepCopy()
	if err := w.change(s, t, pod, values); err != nil {
		return err
	}
	if w.listed != nil && *w.listed || apiequality.Semantic.DeepEqual(was, pod) {
		return nil
	}
	stored, err := out.replaced(t, obj)
	if err != nil {
		return fmt.Errorf("failed to patch %s%w", w.patched, err)
	}
	return out.say(s, t, stored, w.done)
}

func (f *factory) setImage() *cobra.Command {
	return f.setting(&setter{use: "image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ...", done: "image updated", patched: "image update to pod template: ",
		required: "at least one image update is required",
		change: func(_ *session, _ target, pod *corev1.PodSpec, args []string) error {
			for _, a := range args {
				name, image, _ := strings.Cut(a, "=")
				hit := false
				for _, list := range [][]corev1.Container{pod.InitContainers, pod.Containers} {
					for i := range list {
						if name == "*" || list[i].Name == name {
							list[i].Image, hit = image, true
						}
					}
				}
				if !hit {
					return fmt.Errorf("unable to find container named %q", name)
				}
			}
			return nil
		}})
}

func (f *factory) setEnv() *cobra.Command {
	var list bool
	var from, prefix, container string
	cmd := f.setting(&setter{use: "env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N", done: "env updated", patched: "env update to pod template: ", listed: &list,
		change: func(s *session, t target, pod *corev1.PodSpec, args []string) error {
			if list {
				s.listEnv(t, pod)
				return nil
			}
			more, err := s.envFrom(from, prefix)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(pod.Containers, func(c corev1.Container) bool { return container == "*" || c.Name == container }) {
				s.p.Errorf("warning: %s/%s does not have any containers matching %q\n", t.collection.Type().Kind, t.name, container)
			}
			for i := range pod.Containers {
				if c := &pod.Containers[i]; container == "*" || c.Name == container {
					c.Env = changedEnv(append(slices.Clone(c.Env), more...), args)
				}
			}
			return nil
		}})
	cmd.Flags().BoolVar(&list, "list", false, "If true, display the environment and any changes in the standard format.")
	cmd.Flags().StringVar(&from, "from", "", "The name of a resource from which to inject environment variables")
	cmd.Flags().StringVar(&prefix, "prefix", "", "Prefix to append to variable names")
	cmd.Flags().StringVarP(&container, "containers", "c", "*", "The names of containers in the selected pod templates to change")
	return cmd
}

func (s *session) listEnv(t target, pod *corev1.PodSpec) {
	for _, c := range pod.Containers {
		s.p.Printf("# %s %s, container %s\n", t.collection.Type().Kind, t.name, c.Name)
		for _, e := range c.Env {
			switch from := e.ValueFrom; {
			case from == nil:
				s.p.Printf("%s=%s\n", e.Name, e.Value)
			case from.ConfigMapKeyRef != nil:
				s.p.Printf("# %s from configmap %s, key %s\n", e.Name, from.ConfigMapKeyRef.Name, from.ConfigMapKeyRef.Key)
			case from.SecretKeyRef != nil:
				s.p.Printf("# %s from secret %s, key %s\n", e.Name, from.SecretKeyRef.Name, from.SecretKeyRef.Key)
			}
		}
	}
}

// envFrom are references to every key of a ConfigMap or Secret, by their keys.
func (s *session) envFrom(from, prefix string) ([]corev1.EnvVar, error) {
	if from == "" {
		return nil, nil
	}
	r, err := s.parse([]string{from})
	if err != nil || len(r.named) == 0 {
		return nil, errors.Join(err, fmt.Errorf("unsupported resource specified in --from"))
	}
	t, err := r.named[0].lookup()
	if err != nil {
		return nil, err
	}
	name := func(key string) string {
		return prefix + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(key))
	}
	var list []corev1.EnvVar
	local := corev1.LocalObjectReference{Name: t.name}
	switch o := t.object.(type) {
	case *corev1.ConfigMap:
		for _, k := range slices.Sorted(maps.Keys(o.Data)) {
			list = append(list, corev1.EnvVar{Name: name(k), ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: local, Key: k}}})
		}
	case *corev1.Secret:
		for _, k := range slices.Sorted(maps.Keys(o.Data)) {
			list = append(list, corev1.EnvVar{Name: name(k), ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: local, Key: k}}})
		}
	default:
		return nil, fmt.Errorf("unsupported resource specified in --from")
	}
	return list, nil
}

func changedEnv(env []corev1.EnvVar, args []string) []corev1.EnvVar {
	for _, a := range args {
		k, v, set := strings.Cut(a, "=")
		if !set {
			k = strings.TrimSuffix(a, "-")
		}
		at := slices.IndexFunc(env, func(e corev1.EnvVar) bool { return e.Name == k })
		switch {
		case !set && at >= 0:
			env = slices.Delete(env, at, at+1)
		case set && at >= 0:
			env[at] = corev1.EnvVar{Name: k, Value: v}
		case set:
			env = append(env, corev1.EnvVar{Name: k, Value: v})
		}
	}
	return env
}

func (f *factory) setResources() *cobra.Command {
	var limits, requests, container string
	cmd := f.setting(&setter{use: "resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]", done: "resource requirements updated", patched: "resources update to pod template ",
		change: func(_ *session, _ target, pod *corev1.PodSpec, _ []string) error {
			if limits == "" && requests == "" {
				return errors.New("you must specify an update to requests or limits (in the form of --requests/--limits)")
			}
			most, err := generate.Resources(limits)
			if err != nil {
				return err
			}
			least, err := generate.Resources(requests)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(pod.Containers, func(c corev1.Container) bool { return container == "*" || c.Name == container }) {
				return fmt.Errorf("unable to find container named %s", container)
			}
			for i := range pod.Containers {
				if c := &pod.Containers[i]; container == "*" || c.Name == container {
					c.Resources.Limits, c.Resources.Requests = merged(c.Resources.Limits, most), merged(c.Resources.Requests, least)
				}
			}
			return nil
		}})
	cmd.Flags().StringVar(&limits, "limits", "", "The resource requirement limits for this container.")
	cmd.Flags().StringVar(&requests, "requests", "", "The resource requirement requests for this container.")
	cmd.Flags().StringVarP(&container, "containers", "c", "*", "The names of containers in the selected pod templates to change.")
	return cmd
}

func merged(had, more corev1.ResourceList) corev1.ResourceList {
	if len(had)+len(more) == 0 {
		return nil
	}
	now := corev1.ResourceList{}
	maps.Copy(now, had)
	maps.Copy(now, more)
	for k, v := range more {
		if v.IsZero() {
			delete(now, k)
		}
	}
	return now
}

func (f *factory) setServiceAccount() *cobra.Command {
	var out outcome
	cmd := &cobra.Command{Use: "serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT", Aliases: []string{"sa"}, RunE: func(_ *cobra.Command, args []string) error {
		if len(args) < 2 {
			return errors.New("serviceaccount is required")
		}
		account := args[len(args)-1]
		s, found, problems, err := f.chosenObjects(args[:len(args)-1], selection{}, &out)
		if err != nil {
			return err
		}
		w := &setter{done: "serviceaccount updated", patched: "ServiceAccountName ", change: func(_ *session, _ target, pod *corev1.PodSpec, _ []string) error {
			pod.ServiceAccountName, pod.DeprecatedServiceAccount = account, account
			return nil
		}}
		for _, t := range found {
			if err := w.apply(s, t, nil, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	out.bind(cmd.Flags())
	return cmd
}

func (f *factory) setSelector() *cobra.Command {
	var out outcome
	cmd := &cobra.Command{Use: "selector (-f FILENAME | TYPE NAME) EXPRESSIONS", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) < 2 {
			return errors.New("one or more expressions are required")
		}
		s, found, problems, err := f.chosenObjects(args[:len(args)-1], selection{}, &out)
		if err != nil {
			return err
		}
		parsed, err := metav1.ParseToLabelSelector(args[len(args)-1])
		if err != nil {
			return err
		}
		for _, t := range found {
			obj, err := t.editable()
			if err != nil {
				return err
			}
			svc, ok := obj.(*corev1.Service)
			if !ok {
				return fmt.Errorf("setting a selector is only supported for Services")
			}
			svc.Spec.Selector = parsed.MatchLabels
			if obj, err = out.replaced(t, svc); err != nil {
				return err
			}
			if err := out.say(s, t, obj, "selector updated"); err != nil {
				return err
			}
		}
		return errors.Join(problems...)
	}}
	out.bind(cmd.Flags())
	return cmd
}
