package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
	"drydock/sim/swarm"
)

// keyValues reads "name=value" words.
func keyValues(words []string) (map[string]string, error) {
	values := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		if k == "" {
			return nil, fmt.Errorf("invalid empty name: %q", w)
		}
		values[k] = v
	}
	return values, nil
}

// hostLines turns "name:address" into lines of /etc/hosts.
func hostLines(words []string) []string {
	var lines []string
	for _, w := range words {
		if name, addr, ok := strings.Cut(w, ":"); ok {
			lines = append(lines, addr+" "+name)
		}
	}
	return lines
}

// invalidFlag words an error in the value of a flag as the flag package does.
func invalidFlag(_ *pflag.FlagSet, flag, value string, err error) error {
	return cli.StatusError{Status: fmt.Sprintf("invalid argument %q for \"%s\" flag: %s", value, flag, err), StatusCode: 125}
}

// parsePorts reads -p: "8080:80/tcp", "8080-8081:80-81", "80", or
// "published=8080,target=80,protocol=tcp,mode=host".
func parsePorts(text string) ([]swarm.PortConfig, error) {
	if strings.Contains(text, "=") {
		p, err := parseLongPort(text)
		return []swarm.PortConfig{p}, err
	}
	bare, proto, found := strings.Cut(text, "/")
	if !found {
		proto = "tcp"
	}
	if !slices.Contains([]string{"tcp", "udp", "sctp"}, proto) {
		return nil, fmt.Errorf("invalid proto: %s", proto)
	}
	published, target, found := strings.Cut(bare, ":")
	if !found {
		published, target = "", bare
	}
	if strings.Contains(target, ":") {
		return nil, fmt.Errorf("hostip is not supported")
	}
	first, last, err := readRange(target)
	if err != nil {
		return nil, fmt.Errorf("invalid containerPort: %s", target)
	}
	from, to := uint32(0), uint32(0)
	if published != "" {
		if from, to, err = readRange(published); err != nil {
			return nil, fmt.Errorf("invalid hostPort: %s", published)
		}
		if to-from != last-first {
			return nil, fmt.Errorf("invalid ranges specified for container and host Ports: %s and %s", target, published)
		}
	}
	var ports []swarm.PortConfig
	for p := first; p <= last; p++ {
		port := swarm.PortConfig{Protocol: proto, TargetPort: p, PublishMode: "ingress"}
		if from != 0 {
			port.PublishedPort = from + p - first
		}
		ports = append(ports, port)
	}
	return ports, nil
}

func readRange(text string) (first, last uint32, err error) {
	a, b, found := strings.Cut(text, "-")
	if !found {
		b = a
	}
	x, err1 := strconv.ParseUint(a, 10, 16)
	y, err2 := strconv.ParseUint(b, 10, 16)
	if err1 != nil || err2 != nil || y < x || x == 0 {
		return 0, 0, errors.New("invalid port")
	}
	return uint32(x), uint32(y), nil
}

func parseLongPort(text string) (swarm.PortConfig, error) {
	p := swarm.PortConfig{Protocol: "tcp", PublishMode: "ingress"}
	for _, field := range strings.Split(text, ",") {
		key, value, found := strings.Cut(field, "=")
		if !found || value == "" {
			return p, fmt.Errorf("invalid field: %s", field)
		}
		switch strings.ToLower(key) {
		case "mode":
			if value != "host" && value != "ingress" {
				return p, fmt.Errorf("invalid publish mode value (%s): must be either '%s' or '%s'", value, "ingress", "host")
			}
			p.PublishMode = value
		case "protocol":
			if value != "tcp" && value != "udp" && value != "sctp" {
				return p, fmt.Errorf("invalid protocol value '%s'", value)
			}
			p.Protocol = value
		case "target", "published":
			n, err := strconv.ParseUint(value, 10, 16)
			if err != nil {
				return p, fmt.Errorf("invalid %s port (%s): value must be an integer: %w", strings.ToLower(key), value, err)
			}
			if strings.EqualFold(key, "target") {
				p.TargetPort = uint32(n)
			} else {
				p.PublishedPort = uint32(n)
			}
		default:
			return p, fmt.Errorf("invalid field key: %s", key)
		}
	}
	if p.TargetPort == 0 {
		return p, fmt.Errorf("missing mandatory field '%s'", "target")
	}
	return p, nil
}

// parseMount reads --mount.
func parseMount(text string) (swarm.Mount, error) {
	m := swarm.Mount{Type: "volume"}
	for _, field := range strings.Split(text, ",") {
		key, value, found := strings.Cut(field, "=")
		switch strings.ToLower(key) {
		case "type":
			m.Type = strings.ToLower(value)
		case "source", "src":
			m.Source = value
		case "target", "dst", "destination":
			m.Target = value
		case "readonly", "ro":
			m.ReadOnly = !found || value == "true" || value == "1"
		case "volume-driver", "volume-opt", "volume-label", "volume-nocopy", "bind-propagation", "tmpfs-size", "tmpfs-mode", "consistency":
		default:
			if !found {
				return m, fmt.Errorf("invalid field '%s' must be a key=value pair", field)
			}
			return m, fmt.Errorf("unexpected key '%s' in '%s'", key, field)
		}
	}
	if m.Target == "" {
		return m, errors.New("target is required")
	}
	return m, nil
}

// attach resolves --network into the ids of networks.
func (c *client) attach(cluster *swarm.Cluster, spec *swarm.ServiceSpec, words []string) error {
	for _, text := range words {
		a := swarm.NetworkAttachmentConfig{Target: text}
		if strings.Contains(text, "=") {
			a = swarm.NetworkAttachmentConfig{}
			for _, field := range strings.Split(text, ",") {
				switch k, v, _ := strings.Cut(field, "="); k {
				case "name":
					a.Target = v
				case "alias":
					a.Aliases = append(a.Aliases, v)
				}
			}
		}
		n, err := cluster.FindNetwork(a.Target)
		if err != nil {
			if local, lerr := c.Engine.Network(a.Target); lerr == nil {
				return c.Daemon(fmt.Errorf("rpc error: code = InvalidArgument desc = The network %s cannot be used with services. Only networks scoped to the swarm can be used, such as those created with the overlay driver.", local.Name))
			}
			return c.Daemon(err)
		}
		if n.Spec.Ingress {
			return c.Daemon(fmt.Errorf("rpc error: code = InvalidArgument desc = Service cannot be explicitly attached to the ingress network %q", n.Spec.Name))
		}
		a.Target = n.ID
		spec.TaskTemplate.Networks = append(spec.TaskTemplate.Networks, a)
	}
	slices.SortFunc(spec.TaskTemplate.Networks, func(a, b swarm.NetworkAttachmentConfig) int { return strings.Compare(a.Target, b.Target) })
	return nil
}

// files resolves --secret and --config.
func (c *client) files(cluster *swarm.Cluster, spec *swarm.ServiceSpec, secrets, configs []string) error {
	cs := spec.TaskTemplate.ContainerSpec
	for _, kind := range []string{"secret", "config"} {
		words := secrets
		if kind == "config" {
			words = configs
		}
		for _, text := range words {
			ref, err := parseFile(kind, text)
			if err != nil {
				return err
			}
			name := ref.SecretName + ref.ConfigName
			s, err := cluster.FindSecret(kind, name)
			if err != nil {
				return fmt.Errorf("%s not found: %s", kind, name)
			}
			if kind == "secret" {
				ref.SecretID, ref.SecretName = s.ID, s.Spec.Name
				cs.Secrets = append(cs.Secrets, ref)
			} else {
				ref.ConfigID, ref.ConfigName = s.ID, s.Spec.Name
				cs.Configs = append(cs.Configs, ref)
			}
		}
	}
	return nil
}

// parseFile reads "name" or "source=name,target=/path,mode=0400,uid=0,gid=0".
func parseFile(kind, text string) (*swarm.FileReference, error) {
	f := &swarm.FileTarget{UID: "0", GID: "0", Mode: 0o444}
	name := text
	if strings.Contains(text, "=") {
		name = ""
		for _, field := range strings.Split(text, ",") {
			key, value, found := strings.Cut(field, "=")
			if !found {
				return nil, fmt.Errorf("invalid field '%s' must be a key=value pair", field)
			}
			switch strings.ToLower(key) {
			case "source", "src":
				name = value
			case "target":
				f.Name = value
			case "uid":
				f.UID = value
			case "gid":
				f.GID = value
			case "mode":
				m, err := strconv.ParseUint(value, 0, 32)
				if err != nil {
					return nil, fmt.Errorf("invalid mode specified: %w", err)
				}
				f.Mode = uint32(m)
			default:
				return nil, fmt.Errorf("invalid field key: %s", key)
			}
		}
	}
	if name == "" {
		return nil, errors.New("source is required")
	}
	if f.Name == "" {
		f.Name = name
	}
	ref := &swarm.FileReference{File: f}
	if kind == "secret" {
		ref.SecretName = name
	} else {
		ref.ConfigName = name
	}
	return ref, nil
}
