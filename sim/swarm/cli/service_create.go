package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
	"drydock/sim/image"
	"drydock/sim/swarm"
)

func newServiceCreate(c *client) *cobra.Command {
	o := &serviceOptions{}
	cmd := &cobra.Command{
		Use: "create [OPTIONS] IMAGE [COMMAND] [ARG...]", Short: "Create a new service", Args: cli.RequiresMinArgs(1), Annotations: cli.WithProgram(),
	}
	f := cmd.Flags()
	o.declare(f)
	o.declareCreate(f)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.create(o, f, args) }
	return cmd
}

func (c *client) create(o *serviceOptions, f *pflag.FlagSet, args []string) error {
	spec, err := o.spec(c, f, args)
	if err != nil {
		return err
	}
	cluster, err := c.control()
	if err != nil {
		return err
	}
	if err := c.attach(cluster, spec, o.get("network")); err != nil {
		return err
	}
	if err := c.files(cluster, spec, o.get("secret"), o.get("config")); err != nil {
		return err
	}
	if spec.Name == "" {
		spec.Name = c.Engine.GenerateName()
	}
	warning := c.resolve(spec, o.noResolve)
	s, err := cluster.CreateService(*spec)
	if err != nil {
		return c.Daemon(err)
	}
	if warning != "" {
		c.Errorf("%s\n\n", warning)
	}
	c.Printf("%s\n", s.ID)
	if o.detach {
		return nil
	}
	return c.progress(s, s.ID, o.quiet)
}

// resolve pins the image to its digest, if the registry can be asked.
func (c *client) resolve(spec *swarm.ServiceSpec, skip bool) (warning string) {
	cs := spec.TaskTemplate.ContainerSpec
	norm, err := image.Normalise(cs.Image)
	if skip || err != nil || strings.Contains(cs.Image, "@") {
		return ""
	}
	img, err := c.Engine.Hub.Resolve(norm, c.Machine.Net, image.Credentials{})
	if err != nil {
		return fmt.Sprintf("image %s could not be accessed on a registry to record\nits digest. Each node will access %[1]s independently,\npossibly leading to different nodes running different\nversions of the image.", image.Familiar(norm))
	}
	cs.Image = image.Familiar(norm) + "@" + img.ID
	if p := spec.TaskTemplate.Placement; p == nil {
		spec.TaskTemplate.Placement = &swarm.Placement{}
	}
	spec.TaskTemplate.Placement.Platforms = []swarm.Platform{{Architecture: "amd64", OS: "linux"}}
	return ""
}

// spec turns flags and operands into a service's spec.
func (o *serviceOptions) spec(c *client, f *pflag.FlagSet, args []string) (*swarm.ServiceSpec, error) {
	labels, err := keyValues(o.get("label"))
	if err != nil {
		return nil, err
	}
	containerLabels, err := keyValues(o.get("container-label"))
	if err != nil {
		return nil, err
	}
	env, err := c.KeyValues(o.get("env-file"), o.get("env"), "--env-file", "env")
	if err != nil {
		return nil, err
	}
	init := o.init
	cs := &swarm.ContainerSpec{
		Image: args[0], Args: args[1:], Env: env, Hostname: o.hostname, User: o.user, Dir: o.workdir, Init: &init, StopSignal: o.stopSignal,
		StopGracePeriod: &o.stopGrace, TTY: o.tty, ReadOnly: o.readOnly, Groups: o.get("group"), Isolation: "default",
		Hosts: hostLines(o.get("host")), CapabilityAdd: o.get("cap-add"), CapabilityDrop: o.get("cap-drop"),
		DNSConfig: &swarm.DNSConfig{Nameservers: o.get("dns"), Search: o.get("dns-search"), Options: o.get("dns-option")},
	}
	if len(containerLabels) > 0 {
		cs.Labels = containerLabels
	}
	if o.entrypoint != "" {
		cs.Command = strings.Fields(o.entrypoint)
	}
	if _, err := image.Normalise(args[0]); err != nil {
		return nil, c.Daemon(fmt.Errorf("rpc error: code = InvalidArgument desc = ContainerSpec: %q is not a valid repository/tag", args[0]))
	}
	spec := &swarm.ServiceSpec{Annotations: swarm.Annotations{Name: o.name, Labels: labels}, TaskTemplate: swarm.TaskSpec{ContainerSpec: cs, Runtime: "container"}}
	if err := o.health(cs, f); err != nil {
		return nil, err
	}
	for _, text := range o.get("mount") {
		m, err := parseMount(text)
		if err != nil {
			return nil, invalidFlag(f, "--mount", text, err)
		}
		cs.Mounts = append(cs.Mounts, m)
	}
	o.policies(spec)
	if err := o.placement(spec); err != nil {
		return nil, err
	}
	if err := o.setMode(spec, f); err != nil {
		return nil, err
	}
	return spec, o.endpoint(spec)
}

// policies are resources, restart, update and rollback.
func (o *serviceOptions) policies(spec *swarm.ServiceSpec) {
	t := &spec.TaskTemplate
	t.Resources = &swarm.Resources{
		Limits:       &swarm.Limit{NanoCPUs: o.limitCPU, MemoryBytes: o.limitMemory, Pids: o.limitPids},
		Reservations: &swarm.Limit{NanoCPUs: o.reserveCPU, MemoryBytes: o.reserveMemory},
	}
	t.RestartPolicy = &swarm.RestartPolicy{Condition: o.restartCondition, Delay: &o.restartDelay, MaxAttempts: &o.restartMax}
	if o.restartWindow > 0 {
		t.RestartPolicy.Window = &o.restartWindow
	}
	if o.logDriver != "" || len(o.get("log-opt")) > 0 {
		options, _ := keyValues(o.get("log-opt")) // an option without a name sets nothing
		t.LogDriver = &swarm.Driver{Name: o.logDriver, Options: options}
	}
	spec.UpdateConfig, spec.RollbackConfig = o.update.config(), o.rollback.config()
}

func (o *changeOptions) config() *swarm.UpdateConfig {
	return &swarm.UpdateConfig{Parallelism: o.parallelism, Delay: o.delay, FailureAction: o.onFailure, Monitor: o.monitor, MaxFailureRatio: float32(o.ratio), Order: o.order}
}

// placement are constraints, preferences and the maximum per node.
func (o *serviceOptions) placement(spec *swarm.ServiceSpec) error {
	p := &swarm.Placement{Constraints: o.get("constraint"), MaxReplicas: o.maxReplicas}
	for _, text := range o.get("placement-pref") {
		pref, err := parsePreference(text)
		if err != nil {
			return err
		}
		p.Preferences = append(p.Preferences, pref)
	}
	spec.TaskTemplate.Placement = p
	return nil
}

func parsePreference(text string) (swarm.PlacementPreference, error) {
	key, value, ok := strings.Cut(text, "=")
	switch {
	case !ok:
		return swarm.PlacementPreference{}, errors.New(`invalid preference flag value: "` + text + `"`)
	case key != "spread":
		return swarm.PlacementPreference{}, fmt.Errorf("unsupported placement preference %s (only spread is supported)", key)
	}
	return swarm.PlacementPreference{Spread: &swarm.SpreadOver{SpreadDescriptor: value}}, nil
}

// setMode chooses the mode; options of another one are refused.
func (o *serviceOptions) setMode(spec *swarm.ServiceSpec, f *pflag.FlagSet) error {
	replicated := o.mode == "replicated" || o.mode == "replicated-job"
	switch {
	case !replicated && f.Changed("replicas"):
		return errors.New("replicas can only be used with replicated or replicated-job mode")
	case !replicated && o.maxReplicas > 0:
		return errors.New("replicas-max-per-node can only be used with replicated or replicated-job mode")
	case o.mode != "replicated-job" && f.Changed("max-concurrent"):
		return errors.New("max-concurrent can only be used with replicated-job mode")
	}
	replicas, concurrent := o.replicas, o.maxConcurrent
	if concurrent == 0 {
		concurrent = replicas
	}
	switch o.mode {
	case "replicated":
		spec.Mode.Replicated = &swarm.ReplicatedService{Replicas: &replicas}
	case "global":
		spec.Mode.Global = &swarm.GlobalService{}
	case "replicated-job":
		spec.Mode.ReplicatedJob = &swarm.ReplicatedJob{MaxConcurrent: &concurrent, TotalCompletions: &replicas}
	case "global-job":
		spec.Mode.GlobalJob = &swarm.GlobalJob{}
	default:
		return fmt.Errorf("Unknown mode: %s, only replicated and global supported", o.mode)
	}
	if strings.HasSuffix(o.mode, "-job") {
		spec.UpdateConfig, spec.RollbackConfig = nil, nil
		if !f.Changed("restart-condition") {
			spec.TaskTemplate.RestartPolicy.Condition = "on-failure"
		}
	}
	return nil
}

// endpoint are the published ports.
func (o *serviceOptions) endpoint(spec *swarm.ServiceSpec) error {
	spec.EndpointSpec = &swarm.EndpointSpec{Mode: strings.ToLower(o.endpointMode)}
	for _, text := range o.get("publish") {
		ports, err := parsePorts(text)
		if err != nil {
			return err
		}
		spec.EndpointSpec.Ports = append(spec.EndpointSpec.Ports, ports...)
	}
	return nil
}

// health is the health check.
func (o *serviceOptions) health(cs *swarm.ContainerSpec, f *pflag.FlagSet) error {
	set := f.Changed("health-cmd") || f.Changed("health-interval") || f.Changed("health-timeout") || f.Changed("health-retries") || f.Changed("health-start-period")
	switch {
	case o.noHealth && set:
		return errors.New("--no-healthcheck conflicts with --health-* options")
	case o.noHealth:
		cs.Healthcheck = &swarm.HealthConfig{Test: []string{"NONE"}}
	case set:
		cs.Healthcheck = &swarm.HealthConfig{Interval: o.healthInterval, Timeout: o.healthTimeout, StartPeriod: o.healthStart, Retries: o.healthRetries}
		if o.healthCmd != "" {
			cs.Healthcheck.Test = []string{"CMD-SHELL", o.healthCmd}
		}
	}
	return nil
}
