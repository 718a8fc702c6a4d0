package compose

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/docker"
)

// hostConfig is how a service's containers run on this machine.
func (b *backend) hostConfig(s types.ServiceConfig) (docker.HostConfig, error) {
	h := docker.HostConfig{
		RestartPolicy: restartPolicy(s), Memory: int64(s.MemLimit), MemorySwap: int64(s.MemSwapLimit), MemoryReserve: int64(s.MemReservation),
		NanoCPUs: int64(math.Round(float64(s.CPUS) * 1e9)), CPUShares: s.CPUShares, CpusetCpus: s.CPUSet, PidsLimit: s.PidsLimit,
		ReadonlyRootfs: s.ReadOnly, Privileged: s.Privileged, CapAdd: capabilities(s.CapAdd), CapDrop: capabilities(s.CapDrop),
		SecurityOpt: s.SecurityOpt, GroupAdd: s.GroupAdd, ExtraHosts: s.ExtraHosts.AsList(":"), DNS: s.DNS, DNSSearch: s.DNSSearch,
		DNSOptions: s.DNSOpts, TTY: s.Tty, OpenStdin: s.StdinOpen, Hostname: s.Hostname, Domainname: s.DomainName,
		VolumesFrom: s.VolumesFrom, PidMode: s.Pid, IpcMode: s.Ipc, ShmSize: int64(s.ShmSize), Platform: s.Platform, Tmpfs: s.Tmpfs,
		Init: s.Init != nil && *s.Init,
	}
	slices.Sort(h.ExtraHosts)
	for _, d := range s.DNS {
		if _, err := netip.ParseAddr(d); err != nil {
			return h, fmt.Errorf("invalid DNS address: %w", err)
		}
	}
	for _, name := range sortedKeys(s.Ulimits) {
		u := s.Ulimits[name]
		limit := docker.Ulimit{Name: name, Soft: int64(u.Soft), Hard: int64(u.Hard)}
		if u.Single != 0 {
			limit.Soft, limit.Hard = int64(u.Single), int64(u.Single)
		}
		h.Ulimits = append(h.Ulimits, limit)
	}
	if s.Logging != nil {
		h.LogDriver, h.LogOpts = s.Logging.Driver, s.Logging.Options
	}
	if s.StopGracePeriod != nil {
		seconds := int(time.Duration(*s.StopGracePeriod).Seconds())
		h.StopTimeout = &seconds
	}
	if s.Deploy != nil {
		limits(&h, s.Deploy.Resources)
	}
	return h, nil
}

// limits are those of deploy.resources; they go before those of the service.
func limits(h *docker.HostConfig, r types.Resources) {
	if l := r.Limits; l != nil {
		if l.MemoryBytes != 0 {
			h.Memory = int64(l.MemoryBytes)
		}
		if l.NanoCPUs != 0 {
			h.NanoCPUs = int64(math.Round(float64(l.NanoCPUs) * 1e9))
		}
		if l.Pids > 0 {
			h.PidsLimit = l.Pids
		}
	}
	if l := r.Reservations; l != nil && l.MemoryBytes != 0 {
		h.MemoryReserve = int64(l.MemoryBytes)
	}
}

func restartPolicy(s types.ServiceConfig) docker.RestartPolicy {
	policy := docker.RestartPolicy{}
	if s.Restart != "" {
		name, count, _ := strings.Cut(s.Restart, ":")
		policy.Name = policyName(name)
		policy.MaximumRetryCount, _ = strconv.Atoi(count)
	}
	if s.Deploy != nil && s.Deploy.RestartPolicy != nil {
		policy = docker.RestartPolicy{Name: policyName(s.Deploy.RestartPolicy.Condition)}
		if n := s.Deploy.RestartPolicy.MaxAttempts; n != nil {
			policy.MaximumRetryCount = int(*n)
		}
	}
	return policy
}

// policyName translates the words of deploy.restart_policy.
func policyName(word string) string {
	switch word {
	case "none", "no":
		return "no"
	case "any":
		return "always"
	}
	return word
}

// capabilities are spelled as the engine keeps them.
func capabilities(names []string) []string {
	var out []string
	for _, n := range names {
		n = strings.ToUpper(n)
		if n != "ALL" && !strings.HasPrefix(n, "CAP_") {
			n = "CAP_" + n
		}
		out = append(out, n)
	}
	return out
}

// portBindings are the ports to open on the machine. Of a range the first port
// that no running container holds is taken.
func (b *backend) portBindings(s types.ServiceConfig) ([]docker.PortBinding, error) {
	var list []docker.PortBinding
	for _, port := range s.Ports {
		binding := docker.PortBinding{HostIP: port.HostIP, Port: int(port.Target), Proto: port.Protocol}
		if binding.Proto == "" {
			binding.Proto = "tcp"
		}
		if port.Published != "" {
			low, high, isRange := strings.Cut(port.Published, "-")
			from, err := strconv.Atoi(low)
			if err != nil {
				return nil, fmt.Errorf("invalid hostPort: %s", port.Published)
			}
			binding.HostPort = from
			if to, err := strconv.Atoi(high); isRange && err == nil {
				for n := from; n <= min(to, 65535); n++ {
					if !b.taken(n, binding.Proto) {
						binding.HostPort = n
						break
					}
				}
			}
		}
		list = append(list, binding)
	}
	return list, nil
}

// taken reports that a container has asked for a port of the machine.
func (b *backend) taken(port int, proto string) bool {
	return slices.ContainsFunc(b.Engine.Containers(), func(c *docker.Container) bool {
		return slices.ContainsFunc(c.Host.PortBindings, func(o docker.PortBinding) bool { return o.HostPort == port && o.Proto == proto })
	})
}
