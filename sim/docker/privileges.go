package docker

import (
	"fmt"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// usualCapabilities are what root may in a container that asks for nothing
// (Docker Engine 29).
func usualCapabilities() []string {
	return []string{
		"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE",
		"CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
	}
}

// allCapabilities are those of Linux 6.12.
func allCapabilities() []string {
	return append(usualCapabilities(), "CAP_AUDIT_CONTROL", "CAP_AUDIT_READ", "CAP_BLOCK_SUSPEND", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
		"CAP_DAC_READ_SEARCH", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_LEASE", "CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE",
		"CAP_NET_ADMIN", "CAP_NET_BROADCAST", "CAP_PERFMON", "CAP_SYSLOG", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_MODULE", "CAP_SYS_NICE",
		"CAP_SYS_PACCT", "CAP_SYS_PTRACE", "CAP_SYS_RAWIO", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_WAKE_ALARM")
}

// checkCapabilities refuses a capability that Linux does not have.
func checkCapabilities(field string, names []string) error {
	known := allCapabilities()
	for _, n := range names {
		name := strings.ToUpper(n)
		if name != "ALL" && !slices.Contains(known, "CAP_"+strings.TrimPrefix(name, "CAP_")) {
			return fmt.Errorf("invalid %s: unknown capability: %q", field, name)
		}
	}
	return nil
}

// privileges are the capabilities of the container's root.
func (h *HostConfig) privileges() map[string]bool {
	start := usualCapabilities()
	added := func(n string) bool { return slices.Contains(h.CapAdd, n) }
	dropped := func(n string) bool { return slices.Contains(h.CapDrop, n) }
	switch {
	case h.Privileged || added("ALL"):
		start = allCapabilities()
	case dropped("ALL"):
		start = nil
	}
	may := map[string]bool{}
	for _, n := range append(start, h.CapAdd...) {
		may[n] = h.Privileged || added(n) || !dropped(n)
	}
	return may
}

// newGroup is the container as the kernel sees it: its limits and privileges.
func (c *Container) newGroup() *machine.Group {
	g := &machine.Group{
		Name: c.Name, MemoryLimit: c.Host.Memory, PidsLimit: c.Host.PidsLimit, NanoCPUs: c.Host.NanoCPUs,
		SeesMachine: c.Host.PidMode == "host", Privileges: c.Host.privileges(), Limits: map[string]int64{},
	}
	for _, l := range c.Host.Ulimits {
		g.Limits[l.Name] = l.Soft
	}
	return g
}
