package tools

import (
	"net/netip"
	"strings"

	"drydock/sim/machine"
)

// searchList is what /etc/resolv.conf searches a short name in.
func (t *tool) searchList() []string {
	data, _ := t.FS.ReadFile("/etc/resolv.conf")
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "search" {
			return f[1:]
		}
	}
	return nil
}

// ask asks for one full name. A server that the user names is asked itself where one
// listens there; the resolver's own answer for all others.
func (t *tool) ask(server, name string) ([]netip.Addr, error) {
	full := strings.TrimSuffix(name, ".")
	if a, err := netip.ParseAddr(server); err == nil && server != "" {
		conn, err := t.Net.DialAddr(netip.AddrPortFrom(a, 53), "udp")
		if err == nil {
			return answerOf(conn.Do(machine.Request{Proto: "dns", Method: "A", Host: full}))
		}
		if clusterRange().Contains(a) {
			return nil, machine.ErrTryAgain
		}
	}
	if t.Net.Resolver != nil {
		full += "."
	}
	return t.Net.LookupHost(full)
}

// clusterRange is where private name servers of clusters are; nobody else answers
// for them.
func clusterRange() netip.Prefix { return netip.MustParsePrefix("10.0.0.0/8") }

// answerOf reads the answer of a name server: an address on each line.
func answerOf(r machine.Response) ([]netip.Addr, error) {
	if r.Err != nil {
		return nil, machine.ErrTryAgain
	}
	var addrs []netip.Addr
	for _, line := range strings.Fields(r.Body) {
		if a, err := netip.ParseAddr(line); err == nil {
			addrs = append(addrs, a)
		}
	}
	if len(addrs) == 0 {
		return nil, machine.ErrUnknownHost
	}
	return addrs, nil
}

// searchEach is nslookup where names are searched for. Busybox asks for a name
// without a dot in every domain of the list, for AAAA and for A, and shows each
// answer; that of BIND stops at the first that exists.
func (t *tool) searchEach(server, name string, domains []string) int {
	var names []string
	if !t.busybox || !strings.Contains(name, ".") {
		for _, d := range domains {
			names = append(names, name+"."+d)
		}
	}
	if !t.busybox || len(names) == 0 {
		names = append(names, name)
	}
	status, rounds := 1, 1+btoi(t.busybox)
	for round := range rounds {
		for _, full := range names {
			addrs, err := t.ask(server, full)
			switch {
			case err != nil && t.busybox:
				t.write("** server can't find " + full + ": NXDOMAIN\n\n")
			case err == nil:
				status = 0
				t.showAnswer(full, addrs, domains, t.busybox && round == 0)
				if !t.busybox {
					return 0
				}
			}
		}
	}
	if !t.busybox {
		t.write("** server can't find " + name + ": NXDOMAIN\n\n")
	}
	return status
}

// showAnswer writes the addresses of a name. The cluster's own server is the
// authority for its domain; an answer for AAAA has no addresses.
func (t *tool) showAnswer(name string, addrs []netip.Addr, domains []string, empty bool) {
	if last := domains[len(domains)-1]; !strings.HasSuffix(name, "."+last) {
		t.write("Non-authoritative answer:\n")
	}
	for _, a := range addrs {
		if !empty {
			t.write("Name:\t" + name + "\nAddress: " + a.String() + "\n")
		}
	}
	t.write("\n")
}
