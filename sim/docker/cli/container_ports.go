package cli

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/docker"
)

// parsePublish reads one -p (go-connections, package nat): "80", "8080:80",
// "127.0.0.1:8080:80/tcp", "8000-8002:8000-8002".
func parsePublish(text string) ([]docker.PortBinding, error) {
	if strings.Contains(text, "=") {
		return nil, fmt.Errorf("invalid publish opts format (should be name=value but got '%s')", text)
	}
	ip, host, inner := splitPort(text)
	inner, proto := splitProto(inner)
	if inner == "" {
		return nil, fmt.Errorf("no port specified: %s<empty>", text)
	}
	if ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			return nil, fmt.Errorf("invalid IP address: %s", ip)
		}
	}
	first, last, err := portRange(inner)
	if err != nil {
		return nil, fmt.Errorf("invalid containerPort: %s", inner)
	}
	firstHost, lastHost := 0, 0
	if host != "" {
		if firstHost, lastHost, err = portRange(host); err != nil {
			return nil, fmt.Errorf("invalid hostPort: %s", host)
		}
		if last-first != lastHost-firstHost && first != last {
			return nil, fmt.Errorf("invalid ranges specified for container and host Ports: %s and %s", inner, host)
		}
	}
	if !slices.Contains([]string{"tcp", "udp", "sctp"}, proto) {
		return nil, fmt.Errorf("invalid proto: %s", proto)
	}
	var list []docker.PortBinding
	for n := first; n <= last; n++ {
		b := docker.PortBinding{HostIP: ip, Port: n, Proto: proto}
		if host != "" {
			b.HostPort = firstHost + n - first
		}
		list = append(list, b)
	}
	return list, nil
}

// splitPort takes "ip:host:inner" apart; the address may be in brackets.
func splitPort(text string) (ip, host, inner string) {
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if addr, ports, ok := strings.Cut(rest, "]:"); ok {
			host, inner, _ = strings.Cut(ports, ":")
			return addr, host, inner
		}
	}
	parts := strings.Split(text, ":")
	switch n := len(parts); n {
	case 1:
		return "", "", parts[0]
	case 2:
		return "", parts[0], parts[1]
	default:
		return strings.Join(parts[:n-2], ":"), parts[n-2], parts[n-1]
	}
}

func splitProto(text string) (port, proto string) {
	port, proto, ok := strings.Cut(text, "/")
	if !ok || proto == "" {
		return port, "tcp"
	}
	return port, strings.ToLower(proto)
}

// portRange reads "80" or "80-90".
func portRange(text string) (first, last int, err error) {
	a, b, isRange := strings.Cut(text, "-")
	if !isRange {
		b = a
	}
	if first, err = strconv.Atoi(a); err != nil {
		return 0, 0, err
	}
	if last, err = strconv.Atoi(b); err != nil {
		return 0, 0, err
	}
	if first < 0 || last > 65535 || last < first {
		return 0, 0, errors.New("invalid range")
	}
	return first, last, nil
}

// addPorts puts -p, -P and --expose into the settings of a container.
func addPorts(spec *docker.ContainerSpec, o *containerOptions) error {
	for _, text := range o.publish {
		list, err := parsePublish(text)
		if err != nil {
			return err
		}
		spec.Host.PortBindings = append(spec.Host.PortBindings, list...)
	}
	spec.Host.PublishAll = o.publishAll
	for _, text := range o.expose {
		if strings.Contains(text, ":") {
			return fmt.Errorf("invalid port format for --expose: %s", text)
		}
		port, proto := splitProto(text)
		first, last, err := portRange(port)
		if err != nil {
			return fmt.Errorf("invalid range format for --expose: %w", err)
		}
		for n := first; n <= last; n++ {
			spec.Expose = append(spec.Expose, fmt.Sprintf("%d/%s", n, proto))
		}
	}
	return nil
}
