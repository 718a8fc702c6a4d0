package docker

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// PortsText is the PORTS of docker ps: published ports with the addresses of the
// machine, exposed ones alone, runs of neighbours as ranges. A container that
// does not run shows none.
func PortsText(c *Container) string {
	if !c.Running() {
		return ""
	}
	var ports []shownPort
	for _, p := range c.Published() {
		if p.HostIP == "" || p.HostIP == "0.0.0.0" {
			ports = append(ports, shownPort{"0.0.0.0", p.HostPort, p.Port, p.Proto})
		}
		if p.HostIP == "" || p.HostIP == "::" {
			ports = append(ports, shownPort{"[::]", p.HostPort, p.Port, p.Proto})
		}
		if p.HostIP != "" && p.HostIP != "0.0.0.0" && p.HostIP != "::" {
			ports = append(ports, shownPort{p.HostIP, p.HostPort, p.Port, p.Proto})
		}
	}
	for _, text := range c.Config.ExposedPorts {
		number, proto, _ := strings.Cut(text, "/")
		n, _ := strconv.Atoi(number)
		open := func(p Published) bool { return p.Port == n && p.Proto == proto }
		unused := c.unpublishedBinding(n, proto)
		if !slices.ContainsFunc(c.Published(), open) && !unused && !c.sharesNet() {
			ports = append(ports, shownPort{"", 0, n, proto})
		}
	}
	slices.SortStableFunc(ports, func(a, b shownPort) int {
		return cmp.Or(cmp.Compare(a.inner, b.inner), cmp.Compare(a.proto, b.proto), cmp.Compare(a.ip, b.ip), cmp.Compare(a.outer, b.outer))
	})
	return joinPorts(ports)
}

// unpublishedBinding reports a port that was to be published and is not.
func (c *Container) unpublishedBinding(port int, proto string) bool {
	return slices.ContainsFunc(c.Host.PortBindings, func(b PortBinding) bool { return b.Port == port && b.Proto == proto })
}

type shownPort struct {
	ip           string
	outer, inner int
	proto        string
}

// joinPorts puts runs of neighbouring ports together: "8000-8002->8000-8002/tcp".
func joinPorts(ports []shownPort) string {
	var ranges, single []string
	for i := 0; i < len(ports); {
		first, last := ports[i], ports[i]
		n := i + 1
		used := []int{i}
		for ; n < len(ports); n++ {
			p := ports[n]
			if p.ip == first.ip && p.proto == first.proto && p.inner == last.inner+1 && (first.ip == "" || p.outer == last.outer+1) {
				last = p
				used = append(used, n)
			}
		}
		text := shownRange(first, last)
		for j := len(used) - 1; j >= 0; j-- {
			ports = slices.Delete(ports, used[j], used[j]+1)
		}
		if first.ip == "" && first.inner == last.inner {
			single = append(single, text)
		} else {
			ranges = append(ranges, text)
		}
	}
	return strings.Join(append(single, ranges...), ", ")
}

func shownRange(first, last shownPort) string {
	span := func(a, b int) string {
		if a == b {
			return strconv.Itoa(a)
		}
		return fmt.Sprintf("%d-%d", a, b)
	}
	inner := span(first.inner, last.inner) + "/" + first.proto
	if first.ip == "" {
		return inner
	}
	return fmt.Sprintf("%s:%s->%s", first.ip, span(first.outer, last.outer), inner)
}
