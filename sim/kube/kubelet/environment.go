package kubelet

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// containerSpec is what the runtime is asked for. Errors are those of
// CreateContainerConfigError.
func (w *worker) containerSpec(pod *corev1.Pod, c *container, img *image.Image) (docker.ContainerSpec, error) {
	spec := c.spec(pod)
	env, err := w.environment(pod, c)
	if err != nil {
		return docker.ContainerSpec{}, err
	}
	values := map[string]string{}
	for _, v := range env {
		name, value, _ := strings.Cut(v, "=")
		values[name] = value
	}
	s := docker.ContainerSpec{
		Name:  runName(pod, c.name, c.runs),
		Image: img.ID, Namespace: w.net,
		Config: image.Config{Env: env, WorkingDir: spec.WorkingDir, Labels: map[string]string{
			"io.kubernetes.container.name": c.name, "io.kubernetes.pod.name": pod.Name, "io.kubernetes.pod.namespace": pod.Namespace, "io.kubernetes.pod.uid": string(pod.UID),
		}},
	}
	if len(spec.Command) > 0 {
		s.Entrypoint, s.Config.Entrypoint = true, expand(spec.Command, values)
	}
	s.Config.Cmd = expand(spec.Args, values)
	h := &s.Host
	h.Hostname, h.OpenStdin, h.TTY = hostname(pod), spec.Stdin, spec.TTY
	if pod.Spec.HostNetwork {
		h.Hostname = w.kubelet.Node
	}
	if q, found := spec.Resources.Limits[corev1.ResourceMemory]; found {
		h.Memory = max(q.Value(), 6<<20)
	}
	if q, found := spec.Resources.Limits[corev1.ResourceCPU]; found {
		h.NanoCPUs = q.MilliValue() * 1_000_000
	}
	w.setDNS(pod, h)
	if err := secure(pod, spec, img, &s); err != nil {
		return s, err
	}
	if h.Mounts, err = w.containerMounts(pod, spec); err != nil || spec.TerminationMessagePath == "" {
		return s, err
	}
	mount, err := w.messageMount(spec, c.runs)
	h.Mounts = append(h.Mounts, mount)
	return s, err
}

// runName is what the runtime calls the n-th run of a container.
func runName(pod *corev1.Pod, name string, n int) string {
	return fmt.Sprintf("k8s_%s_%s_%s_%s_%d", name, pod.Name, pod.Namespace, pod.UID, n)
}

// secure applies the security contexts of the pod and the container.
func secure(pod *corev1.Pod, spec *corev1.Container, img *image.Image, s *docker.ContainerSpec) error {
	user, group, nonRoot := (*int64)(nil), (*int64)(nil), false
	if p := pod.Spec.SecurityContext; p != nil {
		user, group, nonRoot = p.RunAsUser, p.RunAsGroup, p.RunAsNonRoot != nil && *p.RunAsNonRoot
	}
	if x := spec.SecurityContext; x != nil {
		if x.RunAsUser != nil {
			user = x.RunAsUser
		}
		if x.RunAsGroup != nil {
			group = x.RunAsGroup
		}
		if x.RunAsNonRoot != nil {
			nonRoot = *x.RunAsNonRoot
		}
		s.Host.ReadonlyRootfs = x.ReadOnlyRootFilesystem != nil && *x.ReadOnlyRootFilesystem
		s.Host.Privileged = x.Privileged != nil && *x.Privileged
		if x.Capabilities != nil {
			for _, name := range x.Capabilities.Add {
				s.Host.CapAdd = append(s.Host.CapAdd, string(name))
			}
			for _, name := range x.Capabilities.Drop {
				s.Host.CapDrop = append(s.Host.CapDrop, string(name))
			}
		}
	}
	if user != nil {
		s.Config.User = strconv.FormatInt(*user, 10)
		if group != nil {
			s.Config.User += ":" + strconv.FormatInt(*group, 10)
		}
	}
	root := img.Config.User == "" || img.Config.User == "root" || img.Config.User == "0"
	switch {
	case nonRoot && user == nil && root:
		return fmt.Errorf("container has runAsNonRoot and image will run as root")
	case nonRoot && user != nil && *user == 0:
		return fmt.Errorf("container's runAsUser breaks non-root policy")
	}
	return nil
}

// variable finds $(NAME), and $$ that keeps one from being found.
func variable() *regexp.Regexp {
	return regexp.MustCompile(`\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)`)
}

// expand replaces $(NAME) by variables; $$ stands for one $.
func expand(list []string, values map[string]string) []string {
	reference := variable()
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = expandOne(reference, text, values)
	}
	return out
}

func expandOne(reference *regexp.Regexp, text string, values map[string]string) string {
	return reference.ReplaceAllStringFunc(text, func(m string) string {
		if m == "$$" {
			return "$"
		}
		if v, found := values[m[2:len(m)-1]]; found {
			return v
		}
		return m
	})
}

// environment is the container's, in the order of the kubelet: services, envFrom,
// env; later ones win.
func (w *worker) environment(pod *corev1.Pod, c *container) ([]string, error) {
	spec, values := c.spec(pod), map[string]string{}
	var order []string
	set := func(name, value string) {
		if _, found := values[name]; !found {
			order = append(order, name)
		}
		values[name] = value
	}
	w.serviceVariables(pod, set)
	for _, from := range spec.EnvFrom {
		data, err := w.allOf(pod, from)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(data)) {
			set(from.Prefix+name, data[name])
		}
	}
	for _, v := range spec.Env {
		value, found, err := w.variable(pod, spec, v, values)
		if err != nil {
			return nil, err
		}
		if found {
			set(v.Name, value)
		}
	}
	out := make([]string, len(order))
	for i, name := range order {
		out[i] = name + "=" + values[name]
	}
	return out, nil
}

// allOf is the data of a ConfigMap or Secret of envFrom.
func (w *worker) allOf(pod *corev1.Pod, from corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case from.ConfigMapRef != nil:
		return w.configMap(pod, from.ConfigMapRef.Name, from.ConfigMapRef.Optional)
	case from.SecretRef != nil:
		return w.secret(pod, from.SecretRef.Name, from.SecretRef.Optional)
	}
	return nil, nil
}

func (w *worker) configMap(pod *corev1.Pod, name string, optional *bool) (map[string]string, error) {
	m, found := w.kubelet.server.ConfigMaps.Table.Get(pod.Namespace, name)
	switch {
	case !found && optional != nil && *optional:
		return nil, nil
	case !found:
		return nil, fmt.Errorf("configmap %q not found", name)
	}
	data := maps.Clone(m.Data)
	if data == nil {
		data = map[string]string{}
	}
	for k, v := range m.BinaryData {
		data[k] = string(v)
	}
	return data, nil
}

func (w *worker) secret(pod *corev1.Pod, name string, optional *bool) (map[string]string, error) {
	m, found := w.kubelet.server.Secrets.Table.Get(pod.Namespace, name)
	switch {
	case !found && optional != nil && *optional:
		return nil, nil
	case !found:
		return nil, fmt.Errorf("secret %q not found", name)
	}
	data := map[string]string{}
	for k, v := range m.Data {
		data[k] = string(v)
	}
	maps.Copy(data, m.StringData)
	return data, nil
}

// variable is the value of one entry of env.
func (w *worker) variable(pod *corev1.Pod, spec *corev1.Container, v corev1.EnvVar, values map[string]string) (string, bool, error) {
	from := v.ValueFrom
	switch {
	case from == nil:
		return expandOne(variable(), v.Value, values), true, nil
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		data, err := w.configMap(pod, r.Name, r.Optional)
		return keyOf(data, err, r.Key, r.Optional, fmt.Sprintf("ConfigMap %s/%s", pod.Namespace, r.Name))
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		data, err := w.secret(pod, r.Name, r.Optional)
		return keyOf(data, err, r.Key, r.Optional, fmt.Sprintf("Secret %s/%s", pod.Namespace, r.Name))
	case from.FieldRef != nil:
		return w.field(pod, from.FieldRef.FieldPath), true, nil
	case from.ResourceFieldRef != nil:
		return w.resource(pod, spec, from.ResourceFieldRef), true, nil
	}
	return "", false, nil
}

func keyOf(data map[string]string, err error, key string, optional *bool, where string) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	value, found := data[key]
	if !found && (optional == nil || !*optional) {
		return "", false, fmt.Errorf("couldn't find key %s in %s", key, where)
	}
	return value, found, nil
}

// serviceVariables are those of the services that were there before the container.
func (w *worker) serviceVariables(pod *corev1.Pod, set func(name, value string)) {
	links := pod.Spec.EnableServiceLinks == nil || *pod.Spec.EnableServiceLinks
	for _, svc := range w.kubelet.server.Services.Table.List("") {
		api := svc.Namespace == "default" && svc.Name == "kubernetes"
		if !api && (!links || svc.Namespace != pod.Namespace) || svc.Spec.ClusterIP == "" || svc.Spec.ClusterIP == "None" || len(svc.Spec.Ports) == 0 {
			continue
		}
		name, ip := strings.ReplaceAll(strings.ToUpper(svc.Name), "-", "_"), svc.Spec.ClusterIP
		first := strconv.Itoa(int(svc.Spec.Ports[0].Port))
		set(name+"_SERVICE_HOST", ip)
		set(name+"_SERVICE_PORT", first)
		for _, p := range svc.Spec.Ports {
			if p.Name != "" {
				set(name+"_SERVICE_PORT_"+strings.ReplaceAll(strings.ToUpper(p.Name), "-", "_"), strconv.Itoa(int(p.Port)))
			}
		}
		for i, p := range svc.Spec.Ports {
			proto := strings.ToLower(string(p.Protocol))
			if proto == "" {
				proto = "tcp"
			}
			port := strconv.Itoa(int(p.Port))
			url, prefix := proto+"://"+net.JoinHostPort(ip, port), name+"_PORT_"+port+"_"+strings.ToUpper(proto)
			if i == 0 {
				set(name+"_PORT", url)
			}
			set(prefix, url)
			set(prefix+"_PROTO", proto)
			set(prefix+"_PORT", port)
			set(prefix+"_ADDR", ip)
		}
	}
}

// credentials are those of the pod's imagePullSecrets for a registry.
func (w *worker) credentials(pod *corev1.Pod, norm string) image.Credentials {
	host := image.Split(norm).Host
	for _, ref := range pod.Spec.ImagePullSecrets {
		secret, found := w.kubelet.server.Secrets.Table.Get(pod.Namespace, ref.Name)
		if !found {
			continue
		}
		var file struct {
			Auths map[string]struct{ Username, Password, Auth string }
		}
		if json.Unmarshal(secret.Data[corev1.DockerConfigJsonKey], &file) != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(file.Auths)) {
			if at := strings.TrimPrefix(name, "https://"); at != host && !(host == "docker.io" && strings.HasPrefix(at, "index.docker.io")) {
				continue
			}
			a := file.Auths[name]
			if plain, err := base64.StdEncoding.DecodeString(a.Auth); a.Username == "" && err == nil {
				a.Username, a.Password, _ = strings.Cut(string(plain), ":")
			}
			return image.Credentials{User: a.Username, Password: a.Password}
		}
	}
	return image.Credentials{}
}
