package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"

	"drydock/sim/compose/project"
	"drydock/sim/docker/cli"
	"drydock/sim/swarm"
)

// deployOptions are the flags of `docker stack deploy`.
type deployOptions struct {
	files         []string
	detach, prune bool
	quiet         bool
	resolve       string
}

func newStackDeploy(c *client) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{Use: "deploy [OPTIONS] STACK", Short: "Deploy a new stack or update an existing stack", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.StringSliceVarP(&o.files, "compose-file", "c", nil, `Path to a Compose file, or "-" to read from stdin`)
	f.BoolVarP(&o.detach, "detach", "d", true, "Exit immediately instead of waiting for the stack services to converge")
	f.BoolVar(&o.prune, "prune", false, "Prune services that are no longer referenced")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress progress output")
	f.StringVar(&o.resolve, "resolve-image", "always", `Query the registry to resolve image digest and supported platforms ("always", "changed", "never")`)
	f.Bool("with-registry-auth", false, "Send registry authentication details to Swarm agents")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := stackName(args[0]); err != nil {
			return err
		}
		if len(o.files) == 0 {
			return errors.New("Specify a Compose file (with --compose-file)")
		}
		p, err := c.loadStack(o.files, args[0])
		if err != nil {
			return err
		}
		c.warnIgnored(p)
		if !f.Changed("detach") {
			c.Errorf("Since --detach=false was not specified, tasks will be created in the background.\nIn a future release, --detach=false will become the default.\n")
		}
		if !c.Engine.SwarmInfo().ControlAvailable {
			return errors.New(`this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again`)
		}
		cluster, err := c.control()
		if err != nil {
			return err
		}
		d := &deployment{c: c, o: &o, cluster: cluster, stack: args[0], project: p}
		return d.run()
	}
	return cmd
}

// loadStack reads the files of a stack.
func (c *client) loadStack(files []string, name string) (*types.Project, error) {
	for _, file := range files {
		if file == "-" {
			continue
		}
		if _, err := c.ReadFile(file); err != nil {
			return nil, fmt.Errorf("open %s: %w", file, err)
		}
	}
	p, err := project.Load(c.Process, project.Options{Files: files, Name: loader.NormalizeProjectName(name), All: true})
	if err != nil {
		return nil, err
	}
	return p, project.ResolveEnvironment(c.Process, p)
}

// warnIgnored names what a stack cannot do (docker/cli, compose/types: unsupported
// and deprecated properties).
func (c *client) warnIgnored(p *types.Project) {
	unsupported, deprecated := map[string]bool{}, map[string]bool{}
	for _, s := range p.Services {
		for name, given := range map[string]bool{
			"build": s.Build != nil, "cgroup_parent": s.CgroupParent != "", "devices": len(s.Devices) > 0, "domainname": s.DomainName != "",
			"external_links": len(s.ExternalLinks) > 0, "ipc": s.Ipc != "", "links": len(s.Links) > 0, "mac_address": s.MacAddress != "",
			"network_mode": s.NetworkMode != "", "pid": s.Pid != "", "privileged": s.Privileged, "restart": s.Restart != "",
			"security_opt": len(s.SecurityOpt) > 0, "shm_size": s.ShmSize != 0, "userns_mode": s.UserNSMode != "",
		} {
			if given {
				unsupported[name] = true
			}
		}
		if s.ContainerName != "" {
			deprecated["container_name: Setting the container name is not supported."] = true
		}
		if len(s.Expose) > 0 {
			deprecated["expose: Exposing ports is unnecessary - services on the same network can access each other's containers on any port."] = true
		}
	}
	if len(unsupported) > 0 {
		c.Errorf("Ignoring unsupported options: %s\n\n", strings.Join(keys(unsupported), ", "))
	}
	if len(deprecated) > 0 {
		c.Errorf("Ignoring deprecated options:\n\n%s\n\n", strings.Join(keys(deprecated), "\n\n"))
	}
}

func keys[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// deployment is one run of stack deploy.
type deployment struct {
	c       *client
	o       *deployOptions
	cluster *swarm.Cluster
	stack   string
	project *types.Project
}

// run makes networks, secrets, configs and services, in this order.
func (d *deployment) run() error {
	if d.o.prune {
		for _, s := range stackServices(d.cluster, d.stack) {
			if _, ok := d.project.Services[strings.TrimPrefix(s.Spec.Name, d.stack+"_")]; !ok {
				d.c.Printf("Removing service %s\n", s.Spec.Name)
				d.cluster.RemoveService(s)
			}
		}
	}
	if err := d.networks(); err != nil {
		return err
	}
	for _, kind := range []string{"secret", "config"} {
		if err := d.files(kind); err != nil {
			return err
		}
	}
	var deployed []*swarm.Service
	for _, name := range d.order() {
		s, err := d.service(d.project.Services[name])
		if err != nil {
			return err
		}
		deployed = append(deployed, s)
	}
	if d.o.detach {
		return nil
	}
	for _, s := range deployed {
		if err := d.c.progress(s, s.ID, d.o.quiet); err != nil {
			return err
		}
	}
	return nil
}

// order is the order of the services: by name, as good as any.
func (d *deployment) order() []string { return keys(d.project.Services) }

// scoped is the name of something of the stack in the swarm.
func (d *deployment) scoped(name, own string) string {
	if own != "" && own != d.project.Name+"_"+name {
		return own
	}
	return d.stack + "_" + name
}

func (d *deployment) labels(own types.Labels) map[string]string {
	labels := map[string]string{}
	for k, v := range own {
		if !strings.HasPrefix(k, "com.docker.compose.") {
			labels[k] = v
		}
	}
	labels[stackLabel] = d.stack
	return labels
}

// networks makes those that services use and that are not there.
func (d *deployment) networks() error {
	used := map[string]bool{}
	for _, s := range d.project.Services {
		for name := range s.Networks {
			used[name] = true
		}
	}
	for _, name := range keys(used) {
		n := d.project.Networks[name]
		full := d.scoped(name, n.Name)
		_, err := d.cluster.FindNetwork(full)
		switch {
		case bool(n.External) && err != nil:
			if _, lerr := d.c.Engine.Network(n.Name); lerr == nil {
				return fmt.Errorf("network %q is declared as external, but it is not in the right scope: %q instead of \"swarm\"", n.Name, "local")
			}
			return fmt.Errorf("network %q is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed", n.Name)
		case err == nil:
			continue
		}
		d.c.Printf("Creating network %s\n", full)
		subnet := ""
		if len(n.Ipam.Config) > 0 {
			subnet = n.Ipam.Config[0].Subnet
		}
		if _, err := d.cluster.CreateNetwork(swarm.NetworkSpec{Name: full, Internal: n.Internal, Attachable: n.Attachable, Subnet: subnet, Labels: d.labels(n.Labels)}); err != nil {
			return fmt.Errorf("failed to create network %s: %w", full, d.c.Daemon(err))
		}
	}
	return nil
}

// files makes the stack's secrets or configs.
func (d *deployment) files(kind string) error {
	objects := map[string]types.FileObjectConfig{}
	if kind == "secret" {
		for name, o := range d.project.Secrets {
			objects[name] = types.FileObjectConfig(o)
		}
	} else {
		for name, o := range d.project.Configs {
			objects[name] = types.FileObjectConfig(o)
		}
	}
	specs := map[string]swarm.SecretSpec{}
	for _, name := range keys(objects) {
		o := objects[name]
		if bool(o.External) {
			continue
		}
		data, err := d.content(o)
		if err != nil {
			return err
		}
		full := d.scoped(name, o.Name)
		specs[full] = swarm.SecretSpec{Annotations: swarm.Annotations{Name: full, Labels: d.labels(o.Labels)}, Data: data}
	}
	for _, full := range keys(specs) {
		spec := specs[full]
		if old, err := d.cluster.FindSecret(kind, full); err == nil {
			if string(old.Spec.Data) != string(spec.Data) {
				return fmt.Errorf("failed to update %s %s: Error response from daemon: rpc error: code = InvalidArgument desc = only updates to Labels are allowed", kind, full)
			}
			continue
		}
		d.c.Printf("Creating %s %s\n", kind, full)
		if _, err := d.cluster.CreateSecret(kind, spec); err != nil {
			return fmt.Errorf("failed to create %s %s: %w", kind, full, d.c.Daemon(err))
		}
	}
	return nil
}

func (d *deployment) content(o types.FileObjectConfig) ([]byte, error) {
	switch {
	case o.Content != "":
		return []byte(o.Content), nil
	case o.Environment != "":
		return []byte(d.project.Environment[o.Environment]), nil
	}
	data, err := d.c.ReadFile(o.File)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.File, err)
	}
	return data, nil
}

// service makes a service, or changes the one that is there.
func (d *deployment) service(s types.ServiceConfig) (*swarm.Service, error) {
	spec, err := d.convert(s)
	if err != nil {
		return nil, err
	}
	old, err := d.cluster.FindService(spec.Name)
	if err == nil && old.Spec.Name == spec.Name {
		d.c.Printf("Updating service %s (id: %s)\n", spec.Name, old.ID)
		if old.Spec.Labels["com.docker.stack.image"] == s.Image && d.o.resolve != "always" {
			spec.TaskTemplate.ContainerSpec.Image = old.Spec.TaskTemplate.ContainerSpec.Image
		} else if w := d.c.resolve(spec, d.o.resolve == "never"); w != "" {
			d.c.Errorf("%s\n\n", w)
		}
		spec.TaskTemplate.ForceUpdate = old.Spec.TaskTemplate.ForceUpdate
		if err := d.cluster.UpdateService(old, *spec); err != nil {
			return nil, fmt.Errorf("failed to update service %s: %w", spec.Name, d.c.Daemon(err))
		}
		return old, nil
	}
	d.c.Printf("Creating service %s\n", spec.Name)
	if w := d.c.resolve(spec, d.o.resolve == "never"); w != "" {
		d.c.Errorf("%s\n\n", w)
	}
	made, err := d.cluster.CreateService(*spec)
	if err != nil {
		return nil, fmt.Errorf("failed to create service %s: %w", spec.Name, d.c.Daemon(err))
	}
	return made, nil
}
