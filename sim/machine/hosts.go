package machine

import (
	"net/netip"
	"slices"
	"strings"
)

// fromHostsFile finds a name in the machine's /etc/hosts (hosts(5)), for the machine's
// own stack; containers have theirs in Hosts. Lines with a loopback address are left
// to the site, which knows a machine's own name by its real address.
func (n *Namespace) fromHostsFile(name string) []netip.Addr {
	if n.Machine == nil || n.Machine.Net != n || n.Machine.FS == nil {
		return nil
	}
	data, err := n.Machine.FS.ReadFile("/etc/hosts")
	if err != nil {
		return nil
	}
	var found []netip.Addr
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(strings.ToLower(line))
		if len(fields) < 2 || !slices.Contains(fields[1:], name) {
			continue
		}
		if addr, err := netip.ParseAddr(fields[0]); err == nil && !addr.IsLoopback() {
			found = append(found, addr)
		}
	}
	return found
}
