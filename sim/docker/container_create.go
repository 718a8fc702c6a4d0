package docker

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// ContainerSpec is what `docker create` asks for. Config holds only what the
// command line says; the rest comes from the image.
type ContainerSpec struct {
	Name     string // empty: made up
	Image    string
	Config   image.Config
	Host     HostConfig
	Networks []NetworkAttachment // none: what Host.NetworkMode says
	// Entrypoint says that Config.Entrypoint replaces the image's, even when empty.
	Entrypoint bool
	Expose     []string // "8080/tcp"
	// Namespace is a network stack that somebody else has made for the container, as
	// a kubelet does for a pod; nil: the engine makes one.
	Namespace *machine.Namespace
}

// NetworkAttachment is a network to join, and how.
type NetworkAttachment struct {
	Network string // name or id
	EndpointSpec
}

// Create makes a container from an image of the engine. Errors are the daemon's.
func (e *Engine) Create(p *clock.Proc, spec ContainerSpec) (*Container, error) {
	img, err := e.Image(spec.Image)
	if err != nil {
		return nil, err
	}
	if err := e.checkHost(&spec); err != nil {
		return nil, err
	}
	if spec.Name == "" {
		spec.Name = e.generateName()
	} else if err := e.checkName(spec.Name); err != nil {
		return nil, err
	}
	c := &Container{
		ID: e.hexID(), Name: strings.TrimPrefix(spec.Name, "/"), Created: e.now(), Image: spec.Image, ImageID: img.ID, Host: spec.Host,
		State: ContainerState{Status: "created"}, engine: e, image: img, logged: e.clock().NewSignal(), blame: -1, given: spec.Namespace,
	}
	c.Config = mergeConfig(img.Config, spec)
	command := slices.Concat(c.Config.Entrypoint, c.Config.Cmd)
	if len(command) == 0 || len(command) == 1 && command[0] == "" {
		return nil, errors.New("no command specified")
	}
	c.Path, c.Args = command[0], command[1:]
	if err := e.wire(c, spec); err != nil {
		return nil, err
	}
	c.FS = vfs.New(e.clock().Now, e.Machine.Disk, img.FileLayers()...)
	if err := e.mountAll(c, spec); err != nil {
		return nil, err
	}
	if err := c.makeWorkingDir(); err != nil {
		return nil, err
	}
	e.containers = append(e.containers, c)
	p.Sleep(takes(createTime, e.Flavour.Create))
	c.emit("create", fmt.Sprintf("%s was created from the image %s", c.Name, c.Image), nil)
	c.touch()
	return c, nil
}

// wire records which networks the container is to join.
func (e *Engine) wire(c *Container, spec ContainerSpec) error {
	if c.Host.NetworkMode == "" || c.Host.NetworkMode == "default" {
		c.Host.NetworkMode = e.defaultNetwork()
	}
	if c.given != nil {
		return nil
	}
	c.wanted = spec.Networks
	if kind, ref, ok := strings.Cut(c.Host.NetworkMode, ":"); ok && kind == "container" {
		other, err := e.Container(ref)
		if err != nil {
			return err
		}
		c.Host.NetworkMode = "container:" + other.ID
		return nil
	}
	if len(c.wanted) == 0 {
		c.wanted = []NetworkAttachment{{Network: c.Host.NetworkMode}}
	}
	for _, w := range c.wanted {
		if n, err := e.Network(w.Network); err == nil {
			if _, err := e.newEndpoint(c, n, w.EndpointSpec); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkHost finds what the daemon refuses in the settings.
func (e *Engine) checkHost(spec *ContainerSpec) error {
	h := &spec.Host
	cpus := e.Machine.CPUs
	switch {
	case spec.Config.WorkingDir != "" && !path.IsAbs(spec.Config.WorkingDir):
		return fmt.Errorf("the working directory '%s' is invalid, it needs to be an absolute path", spec.Config.WorkingDir)
	case h.Memory != 0 && h.Memory < 6<<20:
		return errors.New("Minimum memory limit allowed is 6MB")
	case h.Memory == 0 && h.MemorySwap > 0:
		return errors.New("You should always set the Memory limit when using Memoryswap limit, see usage")
	case h.MemorySwap > 0 && h.MemorySwap < h.Memory:
		return errors.New("Minimum memoryswap limit should be larger than memory limit, see usage")
	case h.MemoryReserve > 0 && h.Memory > 0 && h.MemoryReserve > h.Memory:
		return errors.New("Minimum memory limit can not be less than memory reservation limit, see usage")
	case h.NanoCPUs < 0 || cpus > 0 && h.NanoCPUs > int64(cpus)*1e9:
		return fmt.Errorf("range of CPUs is from 0.01 to %d.00, as there are only %d CPUs available", cpus, cpus)
	case h.AutoRemove && h.RestartPolicy.Name != "" && h.RestartPolicy.Name != "no":
		return errors.New("can't create 'AutoRemove' container with restart policy")
	case len(h.LogDriver) > 0 && !slices.Contains([]string{"json-file", "local", "none", "journald", "syslog", "gelf", "fluentd", "awslogs", "splunk", "gcplogs"}, h.LogDriver):
		return fmt.Errorf("logger: no log driver named '%s' is registered", h.LogDriver)
	}
	if err := checkCapabilities("CapAdd", h.CapAdd); err != nil {
		return err
	}
	if err := checkCapabilities("CapDrop", h.CapDrop); err != nil {
		return err
	}
	return checkRestartPolicy(h.RestartPolicy)
}

func checkRestartPolicy(r RestartPolicy) error {
	switch {
	case !slices.Contains([]string{"", "no", "always", "unless-stopped", "on-failure"}, r.Name):
		return fmt.Errorf("invalid restart policy: unknown policy '%s'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'", r.Name)
	case r.MaximumRetryCount != 0 && r.Name != "on-failure":
		return errors.New("invalid restart policy: maximum retry count can only be used with 'on-failure'")
	case r.MaximumRetryCount < 0:
		return errors.New("invalid restart policy: maximum retry count cannot be negative")
	}
	return nil
}

// mergeConfig lays what the command line says over what the image says, in
// moby's order: the command line's variables come first.
func mergeConfig(base image.Config, spec ContainerSpec) image.Config {
	own, out := spec.Config, base.Clone()
	out.Env = slices.Clone(own.Env)
	for _, v := range base.Env {
		name, _, _ := strings.Cut(v, "=")
		if !slices.ContainsFunc(out.Env, func(o string) bool { return o == name || strings.HasPrefix(o, name+"=") }) {
			out.Env = append(out.Env, v)
		}
	}
	out.Env = slices.DeleteFunc(out.Env, func(v string) bool { return !strings.Contains(v, "=") })
	if spec.Entrypoint {
		out.Entrypoint, out.Cmd = own.Entrypoint, nil
	}
	if len(own.Cmd) > 0 {
		out.Cmd = own.Cmd
	}
	if own.User != "" {
		out.User = own.User
	}
	if own.WorkingDir != "" {
		out.WorkingDir = path.Clean(own.WorkingDir)
	}
	if own.StopSignal != "" {
		out.StopSignal = own.StopSignal
	}
	if len(own.Labels) > 0 && out.Labels == nil {
		out.Labels = map[string]string{}
	}
	for k, v := range own.Labels {
		out.Labels[k] = v
	}
	out.Healthcheck = mergeHealthcheck(base.Healthcheck, own.Healthcheck)
	for _, p := range spec.Host.PortBindings {
		out.ExposedPorts = append(out.ExposedPorts, fmt.Sprintf("%d/%s", p.Port, p.Proto))
	}
	out.ExposedPorts = append(out.ExposedPorts, spec.Expose...)
	slices.Sort(out.ExposedPorts)
	out.ExposedPorts = slices.Compact(out.ExposedPorts)
	return out
}

func mergeHealthcheck(base, own *image.Healthcheck) *image.Healthcheck {
	if own == nil || base == nil {
		if own != nil {
			return own
		}
		return base
	}
	out := *own
	if len(out.Test) == 0 {
		out.Test = base.Test
	}
	if out.Interval == 0 {
		out.Interval = base.Interval
	}
	if out.Timeout == 0 {
		out.Timeout = base.Timeout
	}
	if out.StartPeriod == 0 {
		out.StartPeriod = base.StartPeriod
	}
	if out.StartInterval == 0 {
		out.StartInterval = base.StartInterval
	}
	if out.Retries == 0 {
		out.Retries = base.Retries
	}
	return &out
}

// workingDir is where programs start.
func (c *Container) workingDir() string {
	if c.Config.WorkingDir == "" {
		return "/"
	}
	return c.Config.WorkingDir
}

// makeWorkingDir makes the working directory if the image has none.
func (c *Container) makeWorkingDir() error {
	err := c.FS.MkdirAll(c.workingDir(), 0o755, 0, 0)
	if errors.Is(err, vfs.ErrNotDir) {
		return fmt.Errorf("Cannot mkdir: %s is not a directory", c.workingDir())
	}
	if errors.Is(err, vfs.ErrReadOnly) {
		return nil
	}
	return err
}

// environment is what a program in the container starts with, in docker's order:
// PATH, HOSTNAME, TERM, the container's variables, those of an exec, HOME.
func (c *Container) environment(tty bool, extra []string, user machine.User) *machine.Env {
	env := machine.NewEnv("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME="+c.hostname())
	if tty {
		env.Set("TERM", "xterm")
	}
	for _, v := range slices.Concat(c.Config.Env, c.engine.Flavour.Variables, extra) {
		if name, value, ok := strings.Cut(v, "="); ok {
			env.Set(name, value)
		} else {
			env.Unset(name)
		}
	}
	if _, ok := env.Lookup("HOME"); !ok {
		env.Set("HOME", user.Home)
	}
	return env
}
