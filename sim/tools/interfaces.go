package tools

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// link is a network interface as ip and ifconfig show it.
type link struct {
	index int
	name  string
	addr  netip.Prefix
	mac   string
	seg   *machine.Segment
}

// links lists the interfaces of the tool's stack; loopback comes first.
func (t *tool) links() []link {
	list := []link{{index: 1, name: "lo", addr: netip.MustParsePrefix("127.0.0.1/8"), mac: "00:00:00:00:00:00"}}
	for n, i := range t.Net.Interfaces() {
		name := fmt.Sprintf("eth%d", n)
		if t.Net == t.Machine.Net && i.Segment != t.Machine.Site.LAN {
			name = i.Segment.Name
		}
		list = append(list, link{n + 2, name, netip.PrefixFrom(i.Addr, i.Segment.Subnet.Bits()), orText(i.MAC, macOf(i.Addr)), i.Segment})
	}
	return list
}

// macOf is a hardware address that is the same in every replay: 02:42 and the
// four bytes of the address, as docker made them for years.
func macOf(a netip.Addr) string {
	b := a.As4()
	return fmt.Sprintf("02:42:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3])
}

// broadcast is the last address of a network.
func broadcast(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}

func ipCommand(t *tool) int {
	args := t.Args[1:]
	oneLine := false
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		oneLine = oneLine || args[0] == "-o" || args[0] == "-oneline" || args[0] == "-br" || args[0] == "-brief"
		args = args[1:]
	}
	if len(args) == 0 {
		t.Errorf("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n")
		return 255 - 254*btoi(t.busybox)
	}
	rest := args[1:]
	if len(rest) > 0 && strings.HasPrefix("show", rest[0]) || len(rest) > 0 && (rest[0] == "list" || rest[0] == "ls") {
		rest = rest[1:]
	}
	if len(rest) > 0 && rest[0] == "dev" {
		rest = rest[1:]
	}
	if len(rest) > 0 && slices.Contains([]string{"add", "del", "set", "flush", "change", "replace", "get"}, rest[0]) {
		return t.lacks(strings.Join(args, " "))
	}
	switch word := args[0]; {
	case strings.HasPrefix("address", word):
		return t.ipAddress(rest, oneLine, true)
	case strings.HasPrefix("link", word):
		return t.ipAddress(rest, oneLine, false)
	case strings.HasPrefix("route", word):
		return t.ipRoute()
	case strings.HasPrefix("neighbour", word), word == "netns", word == "rule":
		return t.lacks(word)
	default:
		t.Errorf("Object \"%s\" is unknown, try \"ip help\".\n", word)
		return 1
	}
}

func (t *tool) ipAddress(only []string, oneLine, addresses bool) int {
	shown := false
	for _, l := range t.links() {
		if len(only) > 0 && only[0] != l.name {
			continue
		}
		shown = true
		if oneLine {
			t.write(t.ipLine(l))
			continue
		}
		t.write(t.ipHead(l))
		if addresses {
			t.write(t.ipInet(l))
		}
	}
	if !shown {
		if t.busybox {
			t.failf("can't find device '%s'", only[0])
		} else {
			t.Errorf("Device \"%s\" does not exist.\n", only[0])
		}
		return 1
	}
	return 0
}

// ipHead is the link's own two lines.
func (t *tool) ipHead(l link) string {
	tail := ""
	if !t.busybox {
		tail = " state UNKNOWN group default"
		if l.name != "lo" {
			tail = " state UP group default"
		}
	}
	if l.name == "lo" {
		return fmt.Sprintf("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue%s qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n", tail)
	}
	name, flags := l.name, "BROADCAST,MULTICAST,UP,LOWER_UP"
	if t.Net != t.Machine.Net {
		name, flags = fmt.Sprintf("%s@if%d", l.name, l.index+4), flags+",M-DOWN"
		if !t.busybox {
			flags = "BROADCAST,MULTICAST,UP,LOWER_UP"
		}
	}
	return fmt.Sprintf("%d: %s: <%s> mtu 1500 qdisc noqueue%s \n    link/ether %s brd ff:ff:ff:ff:ff:ff\n", l.index, name, flags, tail, l.mac)
}

func (t *tool) ipInet(l link) string {
	forever := "       valid_lft forever preferred_lft forever\n"
	if l.name == "lo" {
		return "    inet 127.0.0.1/8 scope host lo\n" + forever + "    inet6 ::1/128 scope host \n" + forever
	}
	return fmt.Sprintf("    inet %s brd %s scope global %s\n%s", l.addr, broadcast(l.addr), l.name, forever)
}

// ipLine is ip -o addr.
func (t *tool) ipLine(l link) string {
	if l.name == "lo" {
		return "1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n" +
			"1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever\n"
	}
	return fmt.Sprintf("%d: %s    inet %s brd %s scope global %s\\       valid_lft forever preferred_lft forever\n", l.index, l.name, l.addr, broadcast(l.addr), l.name)
}

func (t *tool) ipRoute() int {
	list := t.links()[1:]
	for _, l := range list {
		if !l.seg.Internal && l.seg.Gateway.IsValid() && l.seg.Gateway != l.addr.Addr() {
			t.write(fmt.Sprintf("default via %s dev %s \n", l.seg.Gateway, l.name))
			break
		}
	}
	for _, l := range list {
		proto := "proto kernel "
		gap := ""
		if t.busybox {
			proto, gap = "", " "
		}
		t.write(fmt.Sprintf("%s dev %s %sscope link %ssrc %s \n", l.addr.Masked(), l.name, proto, gap, l.addr.Addr()))
	}
	return 0
}

func ifconfig(t *tool) int {
	for _, l := range t.links() {
		if len(t.Args) > 1 && t.Args[1] != "-a" && t.Args[1] != l.name {
			continue
		}
		mask := netip.AddrFrom4([4]byte{255, 255, 255, 255})
		p, _ := mask.Prefix(l.addr.Bits())
		switch {
		case l.name == "lo":
			t.write("lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n")
		case t.busybox:
			t.write(fmt.Sprintf("%-9s Link encap:Ethernet  HWaddr %s  \n          inet addr:%s  Bcast:%s  Mask:%s\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\n",
				l.name, strings.ToUpper(l.mac), l.addr.Addr(), broadcast(l.addr), p.Addr()))
		default:
			t.write(fmt.Sprintf("%s: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        inet %s  netmask %s  broadcast %s\n        ether %s  txqueuelen 0  (Ethernet)\n\n",
				l.name, l.addr.Addr(), p.Addr(), broadcast(l.addr), l.mac))
		}
	}
	return 0
}

// netstat is netstat and ss: the open server sockets.
func netstat(t *tool) int {
	flags := strings.Join(t.Args[1:], "")
	tcp := !strings.Contains(flags, "u") || strings.Contains(flags, "t")
	udp := !strings.Contains(flags, "t") || strings.Contains(flags, "u")
	programs := strings.Contains(flags, "p")
	if t.name == "ss" {
		t.write("Netid State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\n"[6*btoi(tcp != udp):])
	} else {
		last := ""
		if programs {
			last = "PID/Program name"
		}
		t.write("Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       " + last + "\n")
	}
	for _, l := range t.Net.Listeners() {
		if l.Proto == "tcp" && !tcp || l.Proto == "udp" && !udp {
			continue
		}
		owner := "-"
		if l.Process != nil {
			owner = fmt.Sprintf("%d/%s", Number(t.Process, l.Process), commandName(l.Process))
		}
		local := fmt.Sprintf("%s:%d", l.Addr, l.Port)
		if !l.Addr.IsValid() {
			local = fmt.Sprintf("0.0.0.0:%d", l.Port)
		}
		state := "LISTEN"
		if l.Proto == "udp" {
			state = ""
		}
		if t.name == "ss" {
			lead := fmt.Sprintf("%-5s ", l.Proto)
			users := ""
			if programs && l.Process != nil {
				users = fmt.Sprintf("users:((\"%s\",pid=%d,fd=6))", commandName(l.Process), Number(t.Process, l.Process))
			}
			t.write(fmt.Sprintf("%s%-6s %-6d %-6d %18s %17s %s\n", lead[6*btoi(tcp != udp):], orText(state, "UNCONN"), 0, 511, local, "0.0.0.0:*", users))
			continue
		}
		if !programs {
			owner = ""
		}
		t.write(fmt.Sprintf("%-5s %6d %6d %-23s %-23s %-11s %s\n", l.Proto, 0, 0, local, "0.0.0.0:*", state, owner))
	}
	return 0
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
