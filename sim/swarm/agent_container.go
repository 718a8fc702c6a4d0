package swarm

import (
	"fmt"
	"path"
	"strings"
	"time"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// containerSpec is what the engine is asked for to run a task (moby,
// daemon/cluster/executor/container).
func (a *agent) containerSpec(t *Task) (docker.ContainerSpec, error) {
	cs := t.Spec.ContainerSpec
	ref, _, _ := strings.Cut(cs.Image, "@sha256:")
	spec := docker.ContainerSpec{Name: t.ContainerName(), Image: ref}
	fill := a.template(t)
	spec.Config = image.Config{
		Cmd: cs.Args, User: cs.User, WorkingDir: cs.Dir, StopSignal: cs.StopSignal, Labels: a.labels(t),
	}
	for _, v := range cs.Env {
		spec.Config.Env = append(spec.Config.Env, fill(v))
	}
	if len(cs.Command) > 0 {
		spec.Entrypoint, spec.Config.Entrypoint = true, cs.Command
	}
	if h := cs.Healthcheck; h != nil {
		spec.Config.Healthcheck = &image.Healthcheck{Test: h.Test, Interval: h.Interval, Timeout: h.Timeout, StartPeriod: h.StartPeriod, Retries: h.Retries}
	}
	spec.Host = docker.HostConfig{TTY: cs.TTY, ReadonlyRootfs: cs.ReadOnly, Hostname: fill(cs.Hostname), ExtraHosts: extraHosts(cs.Hosts), CapAdd: cs.CapabilityAdd, CapDrop: cs.CapabilityDrop}
	if cs.Init != nil {
		spec.Host.Init = *cs.Init
	}
	if cs.DNSConfig != nil {
		spec.Host.DNS, spec.Host.DNSSearch, spec.Host.DNSOptions = cs.DNSConfig.Nameservers, cs.DNSConfig.Search, cs.DNSConfig.Options
	}
	if cs.StopGracePeriod != nil {
		seconds := int(*cs.StopGracePeriod / time.Second)
		spec.Host.StopTimeout = &seconds
	}
	if r := t.Spec.Resources; r != nil && r.Limits != nil {
		spec.Host.Memory, spec.Host.NanoCPUs, spec.Host.PidsLimit = r.Limits.MemoryBytes, r.Limits.NanoCPUs, r.Limits.Pids
	}
	for _, m := range cs.Mounts {
		spec.Host.Mounts = append(spec.Host.Mounts, docker.MountSpec{Type: m.Type, Source: fill(m.Source), Target: m.Target, ReadOnly: m.ReadOnly})
	}
	for _, p := range t.service.hostPorts() {
		spec.Host.PortBindings = append(spec.Host.PortBindings, docker.PortBinding{HostPort: int(p.PublishedPort), Port: int(p.TargetPort), Proto: p.Protocol})
	}
	return spec, a.join(t, &spec)
}

// extraHosts turns lines of /etc/hosts into what --add-host means.
func extraHosts(lines []string) []string {
	var hosts []string
	for _, line := range lines {
		if addr, name, ok := strings.Cut(line, " "); ok {
			hosts = append(hosts, name+":"+addr)
		}
	}
	return hosts
}

// labels tell a task's container apart.
func (a *agent) labels(t *Task) map[string]string {
	labels := map[string]string{
		"com.docker.swarm.node.id": t.NodeID, "com.docker.swarm.service.id": t.service.ID, "com.docker.swarm.service.name": t.service.Spec.Name,
		"com.docker.swarm.task": "", "com.docker.swarm.task.id": t.ID, "com.docker.swarm.task.name": t.ContainerName(),
	}
	for k, v := range t.Spec.ContainerSpec.Labels {
		labels[k] = v
	}
	return labels
}

// template fills in what a spec may say about the task: {{.Node.Hostname}} and the
// like (swarmkit, template/context.go).
func (a *agent) template(t *Task) func(string) string {
	node := a.member.node
	r := strings.NewReplacer(
		"{{.Service.ID}}", t.service.ID, "{{.Service.Name}}", t.service.Spec.Name, "{{.Node.ID}}", node.ID, "{{.Node.Hostname}}", node.Hostname(),
		"{{.Task.ID}}", t.ID, "{{.Task.Name}}", t.ContainerName(), "{{.Task.Slot}}", fmt.Sprint(t.Slot),
	)
	return func(text string) string {
		if !strings.Contains(text, "{{") {
			return text
		}
		return r.Replace(strings.NewReplacer("{{ ", "{{", " }}", "}}").Replace(text))
	}
}

// join connects the container to the service's networks, which the node may have
// to learn of first.
func (a *agent) join(t *Task, spec *docker.ContainerSpec) error {
	networks := t.service.networks()
	if len(networks) == 0 {
		return nil
	}
	for _, n := range networks {
		on := n.show(a.member)
		aliases := []string{}
		for _, w := range t.Spec.Networks {
			if w.Target == n.ID {
				aliases = w.Aliases
			}
		}
		spec.Networks = append(spec.Networks, docker.NetworkAttachment{Network: on.ID, EndpointSpec: docker.EndpointSpec{Aliases: aliases}})
	}
	spec.Networks = append(spec.Networks, docker.NetworkAttachment{Network: "docker_gwbridge"})
	spec.Host.NetworkMode = networks[0].ID
	return nil
}

// putFiles writes the secrets and configs that a task was given into its container.
func (a *agent) putFiles(t *Task, c *docker.Container) {
	put := func(ref *FileReference, dir, id string, list []*Secret) {
		for _, s := range list {
			if s.ID != id || ref.File == nil {
				continue
			}
			target := ref.File.Name
			if !path.IsAbs(target) {
				target = path.Join(dir, target)
			}
			_ = c.FS.MkdirAll(path.Dir(target), 0o755, 0, 0)
			_ = c.FS.WriteFile(target, s.Spec.Data, fileMode(ref.File.Mode), number(ref.File.UID), number(ref.File.GID)) // a full disk leaves it out
		}
	}
	for _, ref := range t.Spec.ContainerSpec.Secrets {
		put(ref, "/run/secrets", ref.SecretID, t.service.cluster.secrets)
	}
	for _, ref := range t.Spec.ContainerSpec.Configs {
		put(ref, "/", ref.ConfigID, t.service.cluster.configs)
	}
}
