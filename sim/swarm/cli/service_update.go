package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
	"drydock/sim/swarm"
)

func newServiceUpdate(c *client) *cobra.Command {
	o := &serviceOptions{}
	cmd := &cobra.Command{Use: "update [OPTIONS] SERVICE", Short: "Update a service", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	o.declare(f)
	o.declareUpdate(f)
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.update(o, f, args[0]) }
	return cmd
}

func (c *client) update(o *serviceOptions, f *pflag.FlagSet, ref string) error {
	cluster, err := c.control()
	if err != nil {
		return err
	}
	s, err := cluster.FindService(ref)
	if err != nil {
		return c.Daemon(err)
	}
	warning := ""
	if o.doRollback {
		err = cluster.RollbackService(s)
	} else {
		spec := s.Spec.Clone()
		if err := o.change(c, cluster, spec, f); err != nil {
			return err
		}
		if f.Changed("image") {
			warning = c.resolve(spec, o.noResolve)
		}
		err = cluster.UpdateService(s, *spec)
	}
	if err != nil {
		return c.Daemon(err)
	}
	if warning != "" {
		c.Errorf("%s\n\n", warning)
	}
	c.Printf("%s\n", ref)
	if o.detach {
		return nil
	}
	return c.progress(s, ref, o.quiet)
}

// change applies the flags that were given to a spec.
func (o *serviceOptions) change(c *client, cluster *swarm.Cluster, spec *swarm.ServiceSpec, f *pflag.FlagSet) error {
	cs := spec.TaskTemplate.ContainerSpec
	o.changeContainer(cs, f)
	o.changePolicies(spec, f)
	if o.force {
		spec.TaskTemplate.ForceUpdate++
	}
	for _, step := range []func() error{
		func() error { return o.changeMode(spec, f) },
		func() error { return o.changeLists(spec) },
		func() error { return o.changePorts(spec, f) },
		func() error { return o.changePlacement(spec, f) },
		func() error { return o.changeNetworks(c, cluster, spec) },
		func() error { return o.changeFiles(c, cluster, spec) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	if f.Changed("no-healthcheck") || f.Changed("health-cmd") || f.Changed("health-interval") || f.Changed("health-timeout") || f.Changed("health-retries") || f.Changed("health-start-period") {
		return o.health(cs, f)
	}
	return nil
}

// changeContainer sets what belongs to the container alone.
func (o *serviceOptions) changeContainer(cs *swarm.ContainerSpec, f *pflag.FlagSet) {
	text := func(name string, to *string, value string) {
		if f.Changed(name) {
			*to = value
		}
	}
	text("image", &cs.Image, o.image)
	text("workdir", &cs.Dir, o.workdir)
	text("user", &cs.User, o.user)
	text("hostname", &cs.Hostname, o.hostname)
	text("stop-signal", &cs.StopSignal, o.stopSignal)
	if f.Changed("args") {
		cs.Args = splitWords(o.args)
	}
	if f.Changed("entrypoint") {
		cs.Command = splitWords(o.entrypoint)
	}
	if f.Changed("stop-grace-period") {
		cs.StopGracePeriod = &o.stopGrace
	}
	if f.Changed("init") {
		cs.Init = &o.init
	}
	if f.Changed("tty") {
		cs.TTY = o.tty
	}
	if f.Changed("read-only") {
		cs.ReadOnly = o.readOnly
	}
}

// splitWords takes words apart at blanks; quotes keep words together.
func splitWords(text string) []string {
	var words []string
	word, quote, open := "", rune(0), false
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, open = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if open {
				words = append(words, word)
			}
			word, open = "", false
		default:
			word, open = word+string(r), true
		}
	}
	if open {
		words = append(words, word)
	}
	return words
}

// changePolicies sets resources, restart, update and rollback.
func (o *serviceOptions) changePolicies(spec *swarm.ServiceSpec, f *pflag.FlagSet) {
	fresh := &swarm.ServiceSpec{}
	o.policies(fresh)
	t := &spec.TaskTemplate
	if t.Resources == nil {
		t.Resources = &swarm.Resources{Limits: &swarm.Limit{}, Reservations: &swarm.Limit{}}
	}
	if t.RestartPolicy == nil {
		t.RestartPolicy = &swarm.RestartPolicy{Condition: "any"}
	}
	for name, set := range map[string]func(){
		"limit-cpu":            func() { t.Resources.Limits.NanoCPUs = o.limitCPU },
		"limit-memory":         func() { t.Resources.Limits.MemoryBytes = o.limitMemory },
		"limit-pids":           func() { t.Resources.Limits.Pids = o.limitPids },
		"reserve-cpu":          func() { t.Resources.Reservations.NanoCPUs = o.reserveCPU },
		"reserve-memory":       func() { t.Resources.Reservations.MemoryBytes = o.reserveMemory },
		"restart-condition":    func() { t.RestartPolicy.Condition = o.restartCondition },
		"restart-delay":        func() { t.RestartPolicy.Delay = &o.restartDelay },
		"restart-max-attempts": func() { t.RestartPolicy.MaxAttempts = &o.restartMax },
		"restart-window":       func() { t.RestartPolicy.Window = &o.restartWindow },
		"log-driver":           func() { t.LogDriver = fresh.TaskTemplate.LogDriver },
	} {
		if f.Changed(name) {
			set()
		}
	}
	spec.UpdateConfig = o.update.change(spec.UpdateConfig, f, "update")
	spec.RollbackConfig = o.rollback.change(spec.RollbackConfig, f, "rollback")
}

func (o *changeOptions) change(u *swarm.UpdateConfig, f *pflag.FlagSet, name string) *swarm.UpdateConfig {
	if u == nil {
		u = (&changeOptions{parallelism: 1, onFailure: "pause", order: "stop-first"}).config()
	}
	if f.Changed(name + "-parallelism") {
		u.Parallelism = o.parallelism
	}
	if f.Changed(name + "-delay") {
		u.Delay = o.delay
	}
	if f.Changed(name + "-monitor") {
		u.Monitor = o.monitor
	}
	if f.Changed(name + "-failure-action") {
		u.FailureAction = o.onFailure
	}
	if f.Changed(name + "-max-failure-ratio") {
		u.MaxFailureRatio = float32(o.ratio)
	}
	if f.Changed(name + "-order") {
		u.Order = o.order
	}
	return u
}

func (o *serviceOptions) changeMode(spec *swarm.ServiceSpec, f *pflag.FlagSet) error {
	if !f.Changed("replicas") {
		return nil
	}
	switch {
	case spec.Mode.Replicated != nil:
		spec.Mode.Replicated.Replicas = &o.replicas
	case spec.Mode.ReplicatedJob != nil:
		spec.Mode.ReplicatedJob.TotalCompletions = &o.replicas
	default:
		return errors.New("replicas can only be used with replicated or replicated-job mode")
	}
	return nil
}

// changeLists applies what is added and removed by name.
func (o *serviceOptions) changeLists(spec *swarm.ServiceSpec) error {
	cs := spec.TaskTemplate.ContainerSpec
	for flag, labels := range map[string]*map[string]string{"label": &spec.Labels, "container-label": &cs.Labels} {
		add, err := keyValues(o.get(flag + "-add"))
		if err != nil {
			return err
		}
		for _, k := range o.get(flag + "-rm") {
			delete(*labels, k)
		}
		for k, v := range add {
			if *labels == nil {
				*labels = map[string]string{}
			}
			(*labels)[k] = v
		}
	}
	cs.Env = replaceNamed(cs.Env, o.get("env-add"), o.get("env-rm"))
	cs.Groups = replaceNamed(cs.Groups, o.get("group-add"), o.get("group-rm"))
	if cs.DNSConfig == nil {
		cs.DNSConfig = &swarm.DNSConfig{}
	}
	d := cs.DNSConfig
	d.Nameservers = replaceNamed(d.Nameservers, o.get("dns-add"), o.get("dns-rm"))
	d.Search = replaceNamed(d.Search, o.get("dns-search-add"), o.get("dns-search-rm"))
	d.Options = replaceNamed(d.Options, o.get("dns-option-add"), o.get("dns-option-rm"))
	cs.Hosts = replaceNamed(cs.Hosts, hostLines(o.get("host-add")), hostLines(o.get("host-rm")))
	for _, target := range o.get("mount-rm") {
		cs.Mounts = slices.DeleteFunc(cs.Mounts, func(m swarm.Mount) bool { return m.Target == target })
	}
	for _, text := range o.get("mount-add") {
		m, err := parseMount(text)
		if err != nil {
			return invalidFlag(nil, "--mount-add", text, err)
		}
		cs.Mounts = slices.DeleteFunc(cs.Mounts, func(k swarm.Mount) bool { return k.Target == m.Target })
		cs.Mounts = append(cs.Mounts, m)
	}
	return nil
}

// replaceNamed removes words by their name (the part before "=") and adds others.
func replaceNamed(list, add, remove []string) []string {
	name := func(w string) string { n, _, _ := strings.Cut(w, "="); return n }
	list = slices.DeleteFunc(slices.Clone(list), func(w string) bool {
		same := func(o string) bool { return name(o) == name(w) }
		return slices.ContainsFunc(remove, same) || slices.ContainsFunc(add, same)
	})
	return append(list, add...)
}

// changePorts applies --publish-add and --publish-rm. The latter names the target
// port; anything else passes without a word.
func (o *serviceOptions) changePorts(spec *swarm.ServiceSpec, f *pflag.FlagSet) error {
	if spec.EndpointSpec == nil {
		spec.EndpointSpec = &swarm.EndpointSpec{Mode: "vip"}
	}
	e := spec.EndpointSpec
	if f.Changed("endpoint-mode") {
		e.Mode = strings.ToLower(o.endpointMode)
	}
	for _, text := range o.get("publish-rm") {
		number, proto, found := strings.Cut(text, "/")
		if !found {
			proto = "tcp"
		}
		n, err := strconv.Atoi(number)
		if err != nil {
			return invalidFlag(nil, "--publish-rm", text, fmt.Errorf("invalid port number: %s", number))
		}
		e.Ports = slices.DeleteFunc(e.Ports, func(p swarm.PortConfig) bool { return int(p.TargetPort) == n && p.Protocol == proto })
	}
	for _, text := range o.get("publish-add") {
		ports, err := parsePorts(text)
		if err != nil {
			return err
		}
		for _, p := range ports {
			if !slices.Contains(e.Ports, p) {
				e.Ports = append(e.Ports, p)
			}
		}
	}
	return nil
}

func (o *serviceOptions) changePlacement(spec *swarm.ServiceSpec, f *pflag.FlagSet) error {
	if spec.TaskTemplate.Placement == nil {
		spec.TaskTemplate.Placement = &swarm.Placement{}
	}
	p := spec.TaskTemplate.Placement
	if f.Changed("replicas-max-per-node") {
		p.MaxReplicas = o.maxReplicas
	}
	remove := o.get("constraint-rm")
	p.Constraints = slices.DeleteFunc(p.Constraints, func(k string) bool { return slices.Contains(remove, k) })
	for _, k := range o.get("constraint-add") {
		if !slices.Contains(p.Constraints, k) {
			p.Constraints = append(p.Constraints, k)
		}
	}
	for _, text := range o.get("placement-pref-rm") {
		p.Preferences = slices.DeleteFunc(p.Preferences, func(k swarm.PlacementPreference) bool {
			return k.Spread != nil && "spread="+k.Spread.SpreadDescriptor == text
		})
	}
	for _, text := range o.get("placement-pref-add") {
		pref, err := parsePreference(text)
		if err != nil {
			return err
		}
		p.Preferences = append(p.Preferences, pref)
	}
	return nil
}

func (o *serviceOptions) changeNetworks(c *client, cluster *swarm.Cluster, spec *swarm.ServiceSpec) error {
	t := &spec.TaskTemplate
	for _, ref := range o.get("network-rm") {
		n, err := cluster.FindNetwork(ref)
		if err != nil {
			return c.Daemon(err)
		}
		t.Networks = slices.DeleteFunc(t.Networks, func(a swarm.NetworkAttachmentConfig) bool { return a.Target == n.ID })
	}
	return c.attach(cluster, spec, o.get("network-add"))
}

func (o *serviceOptions) changeFiles(c *client, cluster *swarm.Cluster, spec *swarm.ServiceSpec) error {
	cs := spec.TaskTemplate.ContainerSpec
	drop := func(refs []*swarm.FileReference, names []string) []*swarm.FileReference {
		return slices.DeleteFunc(refs, func(r *swarm.FileReference) bool { return slices.Contains(names, r.SecretName+r.ConfigName) })
	}
	cs.Secrets, cs.Configs = drop(cs.Secrets, o.get("secret-rm")), drop(cs.Configs, o.get("config-rm"))
	return c.files(cluster, spec, o.get("secret-add"), o.get("config-add"))
}
