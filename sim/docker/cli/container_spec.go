package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/pflag"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// spec turns flags and operands into what the daemon is asked for. Its errors are
// the client's own (docker/cli, package container, opts.go).
func (o *containerOptions) spec(c *Client, f *pflag.FlagSet, args []string) (docker.ContainerSpec, error) {
	s := docker.ContainerSpec{Name: o.name, Image: args[0]}
	s.Config.Cmd = args[1:]
	for _, a := range o.attach {
		if !slices.Contains([]string{"stdin", "stdout", "stderr"}, strings.ToLower(a)) {
			return s, errors.New("valid streams are STDIN, STDOUT and STDERR")
		}
	}
	if err := c.addVolumes(&s.Host, o); err != nil {
		return s, err
	}
	if err := addPorts(&s, o); err != nil {
		return s, err
	}
	if err := o.texts(c, &s, f); err != nil {
		return s, err
	}
	if err := o.host(c, &s.Host, f); err != nil {
		return s, err
	}
	if err := o.network(&s); err != nil {
		return s, err
	}
	return s, o.health(&s, f)
}

// texts are environment, labels, entrypoint and the like.
func (o *containerOptions) texts(c *Client, s *docker.ContainerSpec, f *pflag.FlagSet) error {
	env, err := readKeyValues(c, o.envFile, o.env, "--env-file", "env", c.Env)
	if err != nil {
		return err
	}
	labels, err := readKeyValues(c, o.labelFile, o.labels, "--label-file", "label", nil)
	if err != nil {
		return err
	}
	s.Config.Env = env
	s.Config.Labels = map[string]string{}
	for _, l := range labels {
		k, v, _ := strings.Cut(l, "=")
		s.Config.Labels[k] = v
	}
	if f.Changed("entrypoint") {
		s.Entrypoint = true
		if o.entrypoint != "" {
			s.Config.Entrypoint = []string{o.entrypoint}
		}
	}
	s.Config.User, s.Config.WorkingDir, s.Config.StopSignal = o.user, o.workdir, o.stopSignal
	if o.stopSignal != "" {
		if _, ok := machine.ParseSignal(o.stopSignal); !ok {
			return daemonError{fmt.Errorf("invalid signal: %s", o.stopSignal)}
		}
	}
	return nil
}

// host are the settings about this machine.
func (o *containerOptions) host(c *Client, h *docker.HostConfig, f *pflag.FlagSet) error {
	policy, err := parseRestart(o.restart)
	if err != nil {
		return err
	}
	if o.remove && policy.Name != "" && policy.Name != "no" {
		return errors.New("conflicting options: cannot specify both --restart and --rm")
	}
	h.RestartPolicy, h.AutoRemove = policy, o.remove
	h.Memory, h.MemorySwap, h.MemoryReserve, h.ShmSize = int64(o.memory), int64(o.memorySwap), int64(o.reservation), int64(o.shm)
	h.NanoCPUs, h.CPUShares, h.CpusetCpus, h.PidsLimit = int64(o.cpus), o.cpuShares, o.cpuset, o.pids
	h.ReadonlyRootfs, h.Privileged, h.Init = o.readOnly, o.privileged, o.init
	h.CapAdd, h.CapDrop, h.SecurityOpt, h.GroupAdd = capabilities(o.capAdd), capabilities(o.capDrop), o.securityOpt, o.groupAdd
	h.DNS, h.DNSOptions, h.DNSSearch, h.Ulimits = o.dns, o.dnsOpt, o.search, o.ulimits
	h.TTY, h.OpenStdin, h.Hostname, h.Domainname = o.tty, o.interactive, o.hostname, o.domainname
	h.LogDriver, h.VolumesFrom, h.PidMode, h.IpcMode = o.logDriver, o.volumesFrom, o.pid, o.ipc
	h.Platform, h.Tmpfs, h.CIDFile = o.platform, o.tmpfs, o.cidfile
	if f.Changed("stop-timeout") {
		h.StopTimeout = &o.stopTimeout
	}
	for _, l := range o.logOpts {
		k, v, ok := strings.Cut(l, "=")
		if !ok {
			return fmt.Errorf("invalid logging opts format: %s", l)
		}
		if h.LogOpts == nil {
			h.LogOpts = map[string]string{}
		}
		h.LogOpts[k] = v
	}
	for _, e := range o.extraHosts {
		name, ip, _ := cutHost(e)
		h.ExtraHosts = append(h.ExtraHosts, name+":"+ip)
	}
	return nil
}

// checkExtraHost is what --add-host asks of a value.
func checkExtraHost(text string) error {
	name, ip, ok := cutHost(text)
	if !ok || name == "" || ip == "" {
		return fmt.Errorf("bad format for add-host: %q", text)
	}
	if _, err := netip.ParseAddr(strings.Trim(ip, "[]")); err != nil && ip != "host-gateway" {
		return fmt.Errorf("invalid IP address in add-host: %q", ip)
	}
	return nil
}

// checkLabel is what --label asks of a value.
func checkLabel(text string) error {
	name, _, _ := strings.Cut(text, "=")
	switch name = strings.TrimLeft(name, " \t"); {
	case name == "":
		return fmt.Errorf("invalid label '%s': empty name", text)
	case strings.ContainsAny(name, " \t"):
		return fmt.Errorf("label '%s' contains whitespaces", name)
	}
	return nil
}

// cutHost takes "host:ip" or "host=ip" apart.
func cutHost(text string) (name, ip string, ok bool) {
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return "", "", false
	}
	return text[:i], text[i+1:], true
}

// capabilities are normalised as the daemon shows them: "CAP_NET_ADMIN".
func capabilities(names []string) []string {
	out := slices.Clone(names)
	for i, n := range out {
		n = strings.ToUpper(n)
		if n != "ALL" && !strings.HasPrefix(n, "CAP_") {
			n = "CAP_" + n
		}
		out[i] = n
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// network reads --network in its short form and as "name=x,alias=y".
func (o *containerOptions) network(s *docker.ContainerSpec) error {
	s.Host.NetworkMode = "default"
	for i, text := range o.networks {
		n := docker.NetworkAttachment{Network: text}
		if strings.Contains(text, "=") {
			n.Network = ""
			for _, field := range strings.Split(text, ",") {
				k, v, _ := strings.Cut(field, "=")
				switch k {
				case "name":
					n.Network = v
				case "alias":
					n.Aliases = append(n.Aliases, v)
				case "ip":
					n.IP = v
				case "ip6", "driver-opt", "mac-address", "link-local-ip", "gw-priority":
				default:
					return fmt.Errorf("invalid field %s", k)
				}
			}
		}
		if i == 0 {
			s.Host.NetworkMode = n.Network
			n.Aliases = append(n.Aliases, o.aliases...)
			if o.ip != "" {
				n.IP = o.ip
			}
		}
		s.Networks = append(s.Networks, n)
	}
	kind, _, isContainer := strings.Cut(s.Host.NetworkMode, ":")
	switch {
	case isContainer && kind == "container":
		s.Networks = nil
		switch {
		case o.hostname != "":
			return errors.New("conflicting options: hostname and the network mode")
		case len(o.publish) > 0 || o.publishAll:
			return errors.New("conflicting options: port publishing and the container type network mode")
		case len(o.expose) > 0:
			return errors.New("conflicting options: port exposing and the container type network mode")
		case len(o.dns) > 0:
			return errors.New("conflicting options: dns and the network mode")
		case len(o.extraHosts) > 0:
			return errors.New("conflicting options: custom host-to-IP mapping and the network mode")
		}
	case len(o.networks) == 0 && (len(o.aliases) > 0 || o.ip != ""):
		s.Networks = []docker.NetworkAttachment{{Network: "bridge", EndpointSpec: docker.EndpointSpec{Aliases: o.aliases, IP: o.ip}}}
	}
	return nil
}

func (o *containerOptions) health(s *docker.ContainerSpec, f *pflag.FlagSet) error {
	set := false
	for _, name := range []string{"cmd", "interval", "timeout", "start-period", "start-interval", "retries"} {
		set = set || f.Changed("health-"+name)
	}
	if o.noHealthcheck {
		if set {
			return errors.New("--no-healthcheck conflicts with --health-* options")
		}
		s.Config.Healthcheck = &image.Healthcheck{Test: []string{"NONE"}}
		return nil
	}
	if !set {
		return nil
	}
	switch {
	case o.healthInterval < 0:
		return errors.New("--health-interval cannot be negative")
	case o.healthTimeout < 0:
		return errors.New("--health-timeout cannot be negative")
	case o.healthRetries < 0:
		return errors.New("--health-retries cannot be negative")
	case o.healthStart < 0:
		return errors.New("--health-start-period cannot be negative")
	case o.healthStartInterval < 0:
		return errors.New("--health-start-interval cannot be negative")
	}
	h := &image.Healthcheck{
		Interval: o.healthInterval, Timeout: o.healthTimeout, StartPeriod: o.healthStart, StartInterval: o.healthStartInterval, Retries: o.healthRetries,
	}
	if o.healthCmd != "" {
		h.Test = []string{"CMD-SHELL", o.healthCmd}
	}
	s.Config.Healthcheck = h
	return nil
}

// parseRestart reads --restart.
func parseRestart(text string) (docker.RestartPolicy, error) {
	name, count, has := strings.Cut(text, ":")
	p := docker.RestartPolicy{Name: name}
	if has && name == "" {
		return p, errors.New("invalid restart policy format: no policy provided before colon")
	}
	if has && count != "" {
		n, err := strconv.Atoi(count)
		if err != nil {
			return p, errors.New("invalid restart policy format: maximum retry count must be an integer")
		}
		p.MaximumRetryCount = n
	}
	return p, nil
}

// readKeyValues reads files of NAME=value lines and adds the words of flags. A
// name without a value is taken from the environment, if there is one to look in.
func readKeyValues(c *Client, files, words []string, flag, kind string, env *machine.Env) ([]string, error) {
	var all []string
	for _, name := range files {
		data, err := c.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("%s: open %s: %w", flag, name, err)
		}
		for _, line := range strings.Split(string(data), "\n") {
			line = strings.TrimLeftFunc(strings.TrimSuffix(line, "\r"), unicode.IsSpace)
			if line == "" || line[0] == '#' {
				continue
			}
			variable, _, _ := strings.Cut(line, "=")
			switch {
			case variable == "":
				return nil, fmt.Errorf("%s: invalid %s file (%s): no variable name on line '%s'", flag, kind, path.Base(name), line)
			case strings.ContainsFunc(variable, unicode.IsSpace):
				return nil, fmt.Errorf("%s: invalid %s file (%s): variable '%s' contains whitespaces", flag, kind, name, strings.TrimSpace(variable))
			}
			all = append(all, line)
		}
	}
	var out []string
	for _, w := range append(all, words...) {
		name, _, hasValue := strings.Cut(w, "=")
		if !hasValue && env != nil {
			value, ok := env.Lookup(name)
			if !ok {
				out = append(out, w)
				continue
			}
			w = name + "=" + value
		}
		out = append(slices.DeleteFunc(out, func(o string) bool { return strings.HasPrefix(o, name+"=") && env != nil }), w)
	}
	return out, nil
}
