package docker

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/image"
)

// daemonFile is the daemon's configuration on its machine. It is read when the
// daemon starts.
const daemonFile = "/etc/docker/daemon.json"

// daemonConfig is what the simulator heeds of daemon.json.
type daemonConfig struct {
	InsecureRegistries []string `json:"insecure-registries"`
}

// configure reads daemon.json. With a broken file the daemon does not start.
func (e *Engine) configure() error {
	e.config = daemonConfig{}
	data, err := e.Machine.FS.ReadFile(daemonFile)
	if err != nil {
		return nil
	}
	return json.Unmarshal(data, &e.config)
}

// InsecureRegistries are the registries that may be spoken to without TLS,
// localhost always among them.
func (e *Engine) InsecureRegistries() []string {
	return append(slices.Clone(e.config.InsecureRegistries), "::1/128", "127.0.0.0/8")
}

// access is how the daemon reaches the registry of a reference.
func (e *Engine) access(ref string, c image.Credentials) image.Access {
	return image.Access{From: e.Machine.Net, Credentials: c, Insecure: e.insecure(image.Split(ref).Host)}
}

// insecure applies the list to a host: by its name, or by a network that its
// address belongs to.
func (e *Engine) insecure(host string) bool {
	if slices.Contains(e.config.InsecureRegistries, host) {
		return true
	}
	name, _, _ := strings.Cut(host, ":")
	addrs, err := e.Machine.Net.LookupHost(name)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(e.config.InsecureRegistries, func(entry string) bool {
		net, err := netip.ParsePrefix(entry)
		return err == nil && slices.ContainsFunc(addrs, net.Contains)
	})
}

// StartError says why the daemon would not start with the configuration that its
// machine has now, or nothing.
func (e *Engine) StartError() string {
	data, err := e.Machine.FS.ReadFile(daemonFile)
	if err != nil {
		return ""
	}
	if err := json.Unmarshal(data, &daemonConfig{}); err != nil {
		return err.Error()
	}
	return ""
}
