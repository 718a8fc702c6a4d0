package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/swarm"
)

// convert turns a service of a Compose file into one of the swarm (docker/cli,
// compose/convert).
func (d *deployment) convert(s types.ServiceConfig) (*swarm.ServiceSpec, error) {
	deploy := s.Deploy
	if deploy == nil {
		deploy = &types.DeployConfig{}
	}
	spec := &swarm.ServiceSpec{Annotations: swarm.Annotations{Name: d.stack + "_" + s.Name, Labels: d.labels(deploy.Labels)}}
	spec.Labels["com.docker.stack.image"] = s.Image
	cs := d.container(s)
	spec.TaskTemplate = swarm.TaskSpec{
		ContainerSpec: cs, Resources: convertResources(deploy.Resources), RestartPolicy: convertRestart(deploy.RestartPolicy),
		Placement: convertPlacement(deploy.Placement),
	}
	if l := s.Logging; l != nil {
		spec.TaskTemplate.LogDriver = &swarm.Driver{Name: l.Driver, Options: l.Options}
	}
	spec.UpdateConfig, spec.RollbackConfig = convertUpdate(deploy.UpdateConfig), convertUpdate(deploy.RollbackConfig)
	if err := convertMode(spec, deploy); err != nil {
		return nil, err
	}
	if err := d.attachments(spec, s); err != nil {
		return nil, err
	}
	if err := d.references(cs, s); err != nil {
		return nil, err
	}
	return spec, convertPorts(spec, s, deploy.EndpointMode)
}

// container is the container of the service's tasks.
func (d *deployment) container(s types.ServiceConfig) *swarm.ContainerSpec {
	cs := &swarm.ContainerSpec{
		Image: s.Image, Command: s.Entrypoint, Args: s.Command, Hostname: s.Hostname, Dir: s.WorkingDir, User: s.User, Init: s.Init, Groups: s.GroupAdd,
		StopSignal: s.StopSignal, TTY: s.Tty, ReadOnly: s.ReadOnly, CapabilityAdd: s.CapAdd, CapabilityDrop: s.CapDrop, Isolation: "default",
		Labels: map[string]string{stackLabel: d.stack}, Healthcheck: convertHealth(s.HealthCheck),
		DNSConfig: &swarm.DNSConfig{Nameservers: s.DNS, Search: s.DNSSearch, Options: s.DNSOpts},
	}
	for k, v := range s.Labels {
		cs.Labels[k] = v
	}
	for _, name := range keys(s.Environment) {
		if v := s.Environment[name]; v != nil {
			cs.Env = append(cs.Env, name+"="+*v)
		} else {
			cs.Env = append(cs.Env, name)
		}
	}
	if s.StopGracePeriod != nil {
		grace := time.Duration(*s.StopGracePeriod)
		cs.StopGracePeriod = &grace
	}
	for _, name := range keys(s.ExtraHosts) {
		for _, addr := range s.ExtraHosts[name] {
			cs.Hosts = append(cs.Hosts, addr+" "+name)
		}
	}
	for _, v := range s.Volumes {
		m := swarm.Mount{Type: v.Type, Source: v.Source, Target: v.Target, ReadOnly: v.ReadOnly}
		if v.Type == "volume" && v.Source != "" {
			m.Source = d.scoped(v.Source, d.project.Volumes[v.Source].Name)
		}
		cs.Mounts = append(cs.Mounts, m)
	}
	return cs
}

func convertHealth(h *types.HealthCheckConfig) *swarm.HealthConfig {
	if h == nil {
		return nil
	}
	if h.Disable {
		return &swarm.HealthConfig{Test: []string{"NONE"}}
	}
	length := func(d *types.Duration) time.Duration {
		if d == nil {
			return 0
		}
		return time.Duration(*d)
	}
	out := &swarm.HealthConfig{Test: h.Test, Interval: length(h.Interval), Timeout: length(h.Timeout), StartPeriod: length(h.StartPeriod)}
	if h.Retries != nil {
		out.Retries = int(*h.Retries)
	}
	return out
}

func convertResources(r types.Resources) *swarm.Resources {
	limit := func(in *types.Resource) *swarm.Limit {
		if in == nil {
			return nil
		}
		return &swarm.Limit{NanoCPUs: int64(float64(in.NanoCPUs) * 1e9), MemoryBytes: int64(in.MemoryBytes), Pids: in.Pids}
	}
	return &swarm.Resources{Limits: limit(r.Limits), Reservations: limit(r.Reservations)}
}

func convertRestart(r *types.RestartPolicy) *swarm.RestartPolicy {
	if r == nil {
		return nil
	}
	length := func(d *types.Duration) *time.Duration {
		if d == nil {
			return nil
		}
		v := time.Duration(*d)
		return &v
	}
	out := &swarm.RestartPolicy{Condition: r.Condition, Delay: length(r.Delay), MaxAttempts: r.MaxAttempts, Window: length(r.Window)}
	if out.Condition == "" {
		out.Condition = "any"
	}
	return out
}

func convertPlacement(p types.Placement) *swarm.Placement {
	out := &swarm.Placement{Constraints: slices.Clone(p.Constraints), MaxReplicas: p.MaxReplicas}
	for _, pref := range p.Preferences {
		out.Preferences = append(out.Preferences, swarm.PlacementPreference{Spread: &swarm.SpreadOver{SpreadDescriptor: pref.Spread}})
	}
	return out
}

func convertUpdate(u *types.UpdateConfig) *swarm.UpdateConfig {
	if u == nil {
		return nil
	}
	out := &swarm.UpdateConfig{
		Parallelism: 1, Delay: time.Duration(u.Delay), FailureAction: u.FailureAction, Monitor: time.Duration(u.Monitor), MaxFailureRatio: u.MaxFailureRatio, Order: u.Order,
	}
	if u.Parallelism != nil {
		out.Parallelism = *u.Parallelism
	}
	return out
}

func convertMode(spec *swarm.ServiceSpec, deploy *types.DeployConfig) error {
	replicas := uint64(1)
	if deploy.Replicas != nil {
		replicas = uint64(max(*deploy.Replicas, 0))
	}
	switch deploy.Mode {
	case "", "replicated":
		spec.Mode.Replicated = &swarm.ReplicatedService{Replicas: &replicas}
	case "global":
		if deploy.Replicas != nil {
			return fmt.Errorf("replicas can only be used with replicated mode")
		}
		spec.Mode.Global = &swarm.GlobalService{}
	case "replicated-job":
		spec.Mode.ReplicatedJob = &swarm.ReplicatedJob{MaxConcurrent: &replicas, TotalCompletions: &replicas}
	case "global-job":
		spec.Mode.GlobalJob = &swarm.GlobalJob{}
	default:
		return fmt.Errorf("Unknown mode: %s", deploy.Mode)
	}
	return nil
}

// attachments are the service's networks; its short name is an alias on each.
func (d *deployment) attachments(spec *swarm.ServiceSpec, s types.ServiceConfig) error {
	for _, name := range keys(s.Networks) {
		n := d.project.Networks[name]
		found, err := d.cluster.FindNetwork(d.scoped(name, n.Name))
		if err != nil {
			return d.c.Daemon(err)
		}
		a := swarm.NetworkAttachmentConfig{Target: found.ID}
		if own := s.Networks[name]; own != nil {
			a.Aliases = slices.Clone(own.Aliases)
		}
		a.Aliases = append(a.Aliases, s.Name)
		spec.TaskTemplate.Networks = append(spec.TaskTemplate.Networks, a)
	}
	slices.SortFunc(spec.TaskTemplate.Networks, func(a, b swarm.NetworkAttachmentConfig) int { return strings.Compare(a.Target, b.Target) })
	return nil
}

// references are the secrets and configs of the service.
func (d *deployment) references(cs *swarm.ContainerSpec, s types.ServiceConfig) error {
	add := func(kind string, f types.FileReferenceConfig, own string) error {
		found, err := d.cluster.FindSecret(kind, d.scoped(f.Source, own))
		if err != nil {
			return fmt.Errorf("%s not found: %s", kind, d.scoped(f.Source, own))
		}
		target := &swarm.FileTarget{Name: f.Target, UID: "0", GID: "0", Mode: 0o444}
		if target.Name == "" {
			target.Name = f.Source
		}
		if f.UID != "" {
			target.UID = f.UID
		}
		if f.GID != "" {
			target.GID = f.GID
		}
		if f.Mode != nil {
			target.Mode = uint32(*f.Mode)
		}
		ref := &swarm.FileReference{File: target}
		if kind == "secret" {
			ref.SecretID, ref.SecretName = found.ID, found.Spec.Name
			cs.Secrets = append(cs.Secrets, ref)
			return nil
		}
		ref.ConfigID, ref.ConfigName = found.ID, found.Spec.Name
		cs.Configs = append(cs.Configs, ref)
		return nil
	}
	for _, f := range s.Secrets {
		if err := add("secret", types.FileReferenceConfig(f), d.project.Secrets[f.Source].Name); err != nil {
			return err
		}
	}
	for _, f := range s.Configs {
		if err := add("config", types.FileReferenceConfig(f), d.project.Configs[f.Source].Name); err != nil {
			return err
		}
	}
	return nil
}

func convertPorts(spec *swarm.ServiceSpec, s types.ServiceConfig, mode string) error {
	spec.EndpointSpec = &swarm.EndpointSpec{Mode: mode}
	if mode == "" {
		spec.EndpointSpec.Mode = "vip"
	}
	for _, p := range s.Ports {
		port := swarm.PortConfig{Name: p.Name, Protocol: p.Protocol, TargetPort: p.Target, PublishMode: p.Mode}
		if port.Protocol == "" {
			port.Protocol = "tcp"
		}
		if port.PublishMode == "" {
			port.PublishMode = "ingress"
		}
		if p.Published != "" {
			n, err := strconv.ParseUint(p.Published, 10, 16)
			if err != nil {
				return fmt.Errorf("invalid hostPort: %s", p.Published)
			}
			port.PublishedPort = uint32(n)
		}
		spec.EndpointSpec.Ports = append(spec.EndpointSpec.Ports, port)
	}
	slices.SortStableFunc(spec.EndpointSpec.Ports, func(a, b swarm.PortConfig) int { return int(a.PublishedPort) - int(b.PublishedPort) })
	return nil
}
