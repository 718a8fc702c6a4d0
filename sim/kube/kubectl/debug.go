package kubectl

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// debugging are the flags of debug.
type debugging struct {
	execOptions
	image, target, copyTo, profile, pull    string
	attach, replace, sameNode, share        bool
	keepLabels, keepAnnotations, keepProbes bool
	argsOnly                                bool
	env, images                             map[string]string
	command                                 []string
}

func (f *factory) debug() *cobra.Command {
	var o debugging
	cmd := &cobra.Command{Use: "debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]"}
	fs := cmd.Flags()
	fs.BoolVar(&o.attach, "attach", false, "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.")
	fs.StringVarP(&o.container, "container", "c", "", "Container name to use for debug container.")
	fs.StringVar(&o.copyTo, "copy-to", "", "Create a copy of the target Pod with this name.")
	fs.BoolVar(&o.replace, "replace", false, "When used with '--copy-to', delete the original Pod.")
	fs.StringToStringVar(&o.env, "env", nil, "Environment variables to set in the container.")
	fs.StringVar(&o.image, "image", "", "Container image to use for debug container.")
	fs.StringToStringVar(&o.images, "set-image", nil, "When used with '--copy-to', a list of name=image pairs for changing container images")
	fs.StringVar(&o.pull, "image-pull-policy", "", "The image pull policy for the container.")
	fs.BoolVarP(&o.interactive, "stdin", "i", false, "Keep stdin open on the container(s) in the pod, even if nothing is attached.")
	fs.BoolVarP(&o.terminal, "tty", "t", false, "Allocate a TTY for the debugging container.")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "If true, suppress informational messages.")
	fs.BoolVar(&o.sameNode, "same-node", false, "When used with '--copy-to', schedule the copy of target Pod on the same node.")
	fs.BoolVar(&o.share, "share-processes", true, "When used with '--copy-to', enable process namespace sharing in the copy.")
	fs.BoolVar(&o.keepLabels, "keep-labels", false, "If true, keep the original pod labels.")
	fs.BoolVar(&o.keepAnnotations, "keep-annotations", false, "If true, keep the original pod annotations.")
	fs.BoolVar(&o.keepProbes, "keep-readiness", false, "If true, keep the original pod readiness probes.")
	fs.BoolVar(&o.argsOnly, "arguments-only", false, "If specified, everything after -- will be passed to the new container as Args instead of Command.")
	fs.StringVar(&o.target, "target", "", "When using an ephemeral container, target processes in this container name.")
	fs.StringVar(&o.profile, "profile", "general", `Options are "general", "baseline", "restricted", "netadmin" or "sysadmin".`)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if at := cmd.ArgsLenAtDash(); at >= 0 {
			args, o.command = args[:at], args[at:]
		}
		if !cmd.Flags().Changed("attach") {
			o.attach = o.interactive
		}
		if err := o.check(f, args); err != nil {
			return err
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		for _, name := range args {
			if err := f.debugOne(s, name, &o); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// check refuses flags that do not go together.
func (o *debugging) check(f *factory, args []string) error {
	switch {
	case o.copyTo != "" && o.image == "" && len(o.images) == 0 && len(o.command) == 0:
		return errors.New("you must specify --image, --set-image or command arguments.") //nolint:staticcheck // kubectl's words
	case o.copyTo != "" && len(o.command) > 0 && o.container == "" && o.image == "":
		return errors.New("you must specify an existing container or a new image when specifying args.") //nolint:staticcheck // kubectl's words
	case o.copyTo == "" && o.replace:
		return errors.New("--replace may only be used with --copy-to.") //nolint:staticcheck // kubectl's words
	case o.copyTo == "" && o.sameNode:
		return errors.New("--same-node may only be used with --copy-to.") //nolint:staticcheck // kubectl's words
	case o.copyTo == "" && len(o.images) > 0:
		return errors.New("--set-image may only be used with --copy-to.") //nolint:staticcheck // kubectl's words
	case o.copyTo == "" && o.image == "":
		return errors.New("you must specify --image when not using --copy-to.") //nolint:staticcheck // kubectl's words
	case len(args) == 0:
		return errors.New("NAME or filename is required for debug")
	case o.target != "" && o.copyTo != "":
		return errors.New("--target is incompatible with --copy-to. Use --share-processes instead.") //nolint:staticcheck // kubectl's words
	case !slices.Contains([]string{"general", "baseline", "restricted", "netadmin", "sysadmin", "legacy"}, o.profile):
		return fmt.Errorf("unknown profile: %s", o.profile)
	}
	if o.target != "" && !o.quiet {
		f.p.Printf("Targeting container %q. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n", o.target)
	}
	if o.terminal && !o.interactive {
		return errors.New("-i/--stdin is required for containers with -t/--tty=true")
	}
	return nil
}

func (f *factory) debugOne(s *session, name string, o *debugging) error {
	if !slices.Contains([]byte(name), '/') {
		name = "pods/" + name
	}
	r, err := s.parse([]string{name})
	if err != nil {
		return err
	}
	t, err := r.named[0].lookup()
	if err != nil {
		return err
	}
	var made *corev1.Pod
	container := ""
	switch obj := t.object.(type) {
	case *corev1.Node:
		made, container, err = s.debugNode(obj, o)
	case *corev1.Pod:
		if o.copyTo != "" {
			made, container, err = s.debugCopy(t, obj, o)
		} else {
			made, container, err = s.debugIn(t, obj, o)
		}
	default:
		k := t.collection.Type()
		err = fmt.Errorf("%q not supported by debug", k.Group+"/"+k.Version+", Kind="+k.Kind)
	}
	if err != nil || !o.attach || container == "" {
		return err
	}
	return f.attachNew(s, made, container, o.execOptions)
}

// plain is the debugging container as the flags describe it.
func (o *debugging) plain(name string) corev1.Container {
	c := corev1.Container{
		Name: name, Image: o.image, ImagePullPolicy: corev1.PullPolicy(o.pull), Stdin: o.interactive, TTY: o.terminal,
		TerminationMessagePath: corev1.TerminationMessagePathDefault, TerminationMessagePolicy: corev1.TerminationMessageReadFile,
	}
	o.complete(&c)
	return c
}

func (o *debugging) complete(c *corev1.Container) {
	for _, k := range slices.Sorted(maps.Keys(o.env)) {
		c.Env = append(c.Env, corev1.EnvVar{Name: k, Value: o.env[k]})
	}
	switch {
	case len(o.command) > 0 && o.argsOnly:
		c.Args = o.command
	case len(o.command) > 0:
		c.Command, c.Args = o.command, nil
	}
	switch o.profile {
	case "general":
		c.SecurityContext = &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"SYS_PTRACE"}}}
	case "netadmin":
		c.SecurityContext = &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"NET_ADMIN", "NET_RAW"}}}
	case "sysadmin":
		c.SecurityContext = &corev1.SecurityContext{Privileged: new(true)}
	case "restricted":
		c.SecurityContext = &corev1.SecurityContext{
			RunAsNonRoot: new(true), AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}
	}
}

// named is the name of the debugging container: that of -c, or a new one.
func (s *session) named(o *debugging) string {
	if o.container != "" {
		return o.container
	}
	name := "debugger-" + api.Suffix(s.p.Clock().Rand())
	if !o.quiet {
		s.p.Printf("Defaulting debug container name to %s.\n", name)
	}
	return name
}

// debugIn adds an ephemeral container to a pod.
func (s *session) debugIn(t target, pod *corev1.Pod, o *debugging) (*corev1.Pod, string, error) {
	name := s.named(o)
	if err := t.may("patch", "ephemeralcontainers"); err != nil {
		return nil, "", err
	}
	if at := slices.Index(nameList(pod), name); at >= 0 {
		path := field.NewPath("spec", "ephemeralContainers").Index(len(pod.Spec.EphemeralContainers)).Child("name")
		return nil, "", apierrors.NewInvalid(schema.GroupKind{Kind: "Pod"}, pod.Name, field.ErrorList{field.Duplicate(path, name)})
	}
	c := o.plain(name)
	if c.ImagePullPolicy == "" {
		c.ImagePullPolicy = api.PullPolicy(c.Image)
	}
	changed := store.Copy(pod)
	changed.Spec.EphemeralContainers = append(slices.Clone(pod.Spec.EphemeralContainers), corev1.EphemeralContainer{
		EphemeralContainerCommon: corev1.EphemeralContainerCommon(c), TargetContainerName: o.target,
	})
	made, err := s.server.Pods.Update(changed)
	return made, name, err
}

// debugCopy makes a copy of a pod with a debugging container, or with others' images.
func (s *session) debugCopy(t target, pod *corev1.Pod, o *debugging) (*corev1.Pod, string, error) {
	c := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: o.copyTo, Namespace: pod.Namespace}, Spec: *pod.Spec.DeepCopy()}
	if o.keepLabels {
		c.Labels = pod.Labels
	}
	if o.keepAnnotations {
		c.Annotations = pod.Annotations
	}
	c.Spec.EphemeralContainers = nil
	c.Spec.ShareProcessNamespace = &o.share
	if !o.sameNode {
		c.Spec.NodeName = ""
	}
	at := -1
	for i := range c.Spec.Containers {
		each := &c.Spec.Containers[i]
		for _, key := range []string{"*", each.Name} {
			if image, found := o.images[key]; found {
				each.Image = image
			}
		}
		each.LivenessProbe, each.StartupProbe = nil, nil
		if !o.keepProbes {
			each.ReadinessProbe = nil
		}
		if each.Name == o.container {
			at = i
		}
	}
	name := o.container
	switch {
	case at >= 0:
		o.complete(&c.Spec.Containers[at])
		if o.image != "" {
			c.Spec.Containers[at].Image = o.image
		}
		c.Spec.Containers[at].Stdin, c.Spec.Containers[at].TTY = o.interactive, o.terminal
	case o.image != "":
		name = s.named(o)
		c.Spec.Containers = append(c.Spec.Containers, o.plain(name))
	case len(o.images) == 0:
		return nil, "", errors.New("you must specify image when creating new container")
	}
	made, err := t.collection.CreateObject(c)
	if err != nil {
		return nil, "", err
	}
	if o.replace {
		if _, err := t.collection.DeleteObject(pod.Namespace, pod.Name, api.DeleteOptions{GraceSeconds: new(int64(0))}); err != nil {
			return nil, "", err
		}
	}
	copied, _ := made.(*corev1.Pod)
	return copied, name, nil
}

// debugNode makes a pod on a node, in the node's own name spaces and with its files
// at /host.
func (s *session) debugNode(node *corev1.Node, o *debugging) (*corev1.Pod, string, error) {
	container := "debugger"
	if o.container != "" {
		container = o.container
	}
	name := "node-debugger-" + node.Name + "-" + api.Suffix(s.p.Clock().Rand())
	if !o.quiet {
		s.p.Printf("Creating debugging pod %s with container %s on node %s.\n", name, container, node.Name)
	}
	c := o.plain(container)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: s.namespace, Labels: map[string]string{"app.kubernetes.io/managed-by": "kubectl-debug"}},
		Spec:       corev1.PodSpec{NodeName: node.Name, RestartPolicy: corev1.RestartPolicyNever, Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}}},
	}
	if o.profile != "restricted" && o.profile != "baseline" {
		pod.Spec.HostNetwork, pod.Spec.HostPID, pod.Spec.HostIPC = true, true, o.profile != "netadmin"
	}
	if o.profile == "general" {
		c.SecurityContext = nil
	}
	if o.profile == "general" || o.profile == "sysadmin" || o.profile == "legacy" {
		pod.Spec.Volumes = []corev1.Volume{{Name: "host-root", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
		c.VolumeMounts = []corev1.VolumeMount{{Name: "host-root", MountPath: "/host"}}
	}
	pod.Spec.Containers = []corev1.Container{c}
	made, err := s.guard(s.server.Pods).CreateObject(pod)
	if err != nil {
		return nil, "", err
	}
	created, _ := made.(*corev1.Pod)
	return created, container, nil
}
