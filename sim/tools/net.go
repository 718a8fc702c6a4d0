package tools

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// netTools are the programs that use the network.
func netTools() []entry {
	return []entry{
		{"curl", curl}, {"wget", wget}, {"ping", ping}, {"ping6", ping}, {"nslookup", nslookup}, {"nc", netcat}, {"ip", ipCommand}, {"ifconfig", ifconfig}, {"netstat", netstat},
		{"ss", netstat}, {"getent", getent}, {"traceroute", traceroute}, {"route", func(t *tool) int { return t.ipRoute() }}, {"dig", dig}, {"host", hostCommand},
	}
}

func encode64(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// reach finds out whether packets get to an address: nil when somebody answers.
func (t *tool) reach(a netip.Addr) error {
	_, err := t.Net.DialAddr(netip.AddrPortFrom(a, 0), "icmp")
	if errors.Is(err, machine.ErrTimeout) {
		if _, again := t.Net.DialAddr(netip.AddrPortFrom(a, 443), "tcp"); again == nil {
			return nil // a host of the internet
		}
	}
	if errors.Is(err, machine.ErrRefused) || errors.Is(err, machine.ErrReset) {
		return nil
	}
	return err
}

// lookup resolves a name; a search for it in an unreachable world takes time.
func (t *tool) lookup(name string) (netip.Addr, bool) {
	addrs, err := t.Net.LookupHost(name)
	t.waitForNames(err)
	if err != nil || len(addrs) == 0 {
		return netip.Addr{}, false
	}
	return addrs[0], true
}

// waitForNames lets the time pass that a resolver waits for a name server which does
// not answer.
func (t *tool) waitForNames(err error) {
	if errors.Is(err, machine.ErrTryAgain) {
		t.Sleep(machine.LookupTime)
	}
}

// pinger is a run of ping.
type pinger struct {
	*tool
	host     string
	addr     netip.Addr
	sent     int
	received int
	errors   int
	times    []float64
	began    time.Time
	stop     bool
}

func ping(t *tool) int {
	o, ok := t.parse("c: i: W: w: q n 4 6 s: t: I: v A f", t.Args[1:])
	if !ok {
		return 2 - btoi(t.busybox)
	}
	if len(o.args) == 0 {
		t.Errorf("ping: usage error: Destination address required\n")
		return 1
	}
	g := &pinger{tool: t, host: o.args[len(o.args)-1], began: t.Now()}
	var found bool
	if g.addr, found = t.lookup(g.host); !found {
		if t.busybox {
			t.failf("bad address '%s'", g.host)
			return 1
		}
		t.failf("%s: Name or service not known", g.host)
		return 2
	}
	size := 56
	if n, err := strconv.Atoi(o.values["s"]); err == nil && o.has("s") {
		size = min(max(n, 0), 65507)
	}
	if t.busybox {
		t.write(fmt.Sprintf("PING %s (%s): %d data bytes\n", g.host, g.addr, size))
	} else {
		t.write(fmt.Sprintf("PING %s (%s) %d(%d) bytes of data.\n", g.host, g.addr, size, size+28))
	}
	count := -1
	if n, err := strconv.Atoi(o.values["c"]); err == nil && o.has("c") {
		count = max(n, 0)
	}
	return g.run(o, count, size)
}

func (g *pinger) run(o *options, count, size int) int {
	every, wait, deadline := time.Second, 10*time.Second, time.Duration(0)
	if d, ok := duration(o.values["i"]); ok && o.has("i") {
		every = max(d, 2*time.Millisecond)
	}
	if d, ok := duration(o.values["W"]); ok && o.has("W") {
		wait = d
	}
	if d, ok := duration(o.values["w"]); ok && o.has("w") {
		deadline = d
	}
	interrupted := g.Clock().NewSignal()
	g.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGINT {
			g.stop = true
			interrupted.Broadcast()
		}
		return s == machine.SIGINT
	}
	for seq := 1; count < 0 || seq <= count; seq++ {
		answered := g.once(seq, size, o.has("q"))
		last := seq == count
		pause := every
		if last {
			pause = 0
			if !answered {
				pause = wait
			}
		}
		if deadline > 0 && g.Now().Add(pause).Sub(g.began) >= deadline {
			g.SleepUntil(deadline-g.Now().Sub(g.began), interrupted)
			break
		}
		if pause > 0 {
			g.SleepUntil(pause, interrupted)
		}
		if g.stop {
			break
		}
	}
	g.summary()
	return oneUnless(g.received > 0)
}

func oneUnless(ok bool) int { return btoi(!ok) }

// once sends one packet and reports whether an answer came.
func (g *pinger) once(seq, size int, quiet bool) bool {
	g.sent++
	err := g.reach(g.addr)
	switch {
	case err == nil:
	case errors.Is(err, machine.ErrNoRoute):
		g.errors++
		if !g.busybox && !quiet {
			g.write(fmt.Sprintf("From %s icmp_seq=%d Destination Host Unreachable\n", g.source(), seq))
		}
		return false
	case errors.Is(err, machine.ErrUnreachable):
		if g.busybox {
			g.failf("sendto: Network unreachable")
			g.Exit(1)
		}
		g.Errorf("ping: connect: Network is unreachable\n")
		g.Exit(2)
		return false
	default:
		return false
	}
	g.received++
	ms := 0.05 + float64(g.Clock().Rand().IntN(250))/1000
	g.times = append(g.times, ms)
	if quiet {
		return true
	}
	if g.busybox {
		g.write(fmt.Sprintf("%d bytes from %s: seq=%d ttl=64 time=%.3f ms\n", size+8, g.addr, seq-1, ms))
		return true
	}
	from := g.addr.String()
	if from != g.host {
		from = g.host + " (" + from + ")"
	}
	g.write(fmt.Sprintf("%d bytes from %s: icmp_seq=%d ttl=64 time=%.3f ms\n", size+8, from, seq, ms))
	return true
}

func (g *pinger) source() netip.Addr {
	for _, i := range g.Net.Interfaces() {
		return i.Addr
	}
	return netip.MustParseAddr("127.0.0.1")
}

func (g *pinger) summary() {
	loss := 0
	if g.sent > 0 {
		loss = (g.sent - g.received) * 100 / g.sent
	}
	low, high, total := 0.0, 0.0, 0.0
	for i, ms := range g.times {
		if i == 0 || ms < low {
			low = ms
		}
		high = max(high, ms)
		total += ms
	}
	mean := total / float64(max(len(g.times), 1))
	if g.busybox {
		g.write(fmt.Sprintf("\n--- %s ping statistics ---\n%d packets transmitted, %d packets received, %d%% packet loss\n", g.host, g.sent, g.received, loss))
		if len(g.times) > 0 {
			g.write(fmt.Sprintf("round-trip min/avg/max = %.3f/%.3f/%.3f ms\n", low, mean, high))
		}
		return
	}
	failed := ""
	if g.errors > 0 {
		failed = fmt.Sprintf("+%d errors, ", g.errors)
	}
	g.write(fmt.Sprintf("\n--- %s ping statistics ---\n%d packets transmitted, %d received, %s%d%% packet loss, time %dms\n",
		g.host, g.sent, g.received, failed, loss, g.Now().Sub(g.began).Milliseconds()))
	if len(g.times) > 0 {
		g.write(fmt.Sprintf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", low, mean, high, (high-low)/4))
	}
}

// netcat is nc: -z looks whether a port is open; without it what comes in is
// sent as one request.
func netcat(t *tool) int {
	o, ok := t.parse("+z v w: u l p: n k q: N 4 6 s: e:", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) > 2 { // options after the operands
		o, ok = t.parse("z v w: u l p: n k q: N 4 6 s: e:", t.Args[1:])
	}
	if o.has("l") || !ok {
		return t.lacks("-l")
	}
	if len(o.args) < 2 {
		t.Errorf("usage: nc [-zv] [-w timeout] [destination] [port]\n")
		return 1
	}
	host := o.args[0]
	status := 0
	for _, port := range portsOf(o.args[1]) {
		if s := t.netcatPort(o, host, port); s != 0 {
			status = s
		}
	}
	return status
}

// portsOf reads a port or a range of them, at most 1000.
func portsOf(word string) []int {
	a, b, isRange := strings.Cut(word, "-")
	from, err1 := strconv.Atoi(a)
	to, err2 := strconv.Atoi(b)
	if !isRange {
		to, err2 = from, nil
	}
	if err1 != nil || err2 != nil || from < 0 || to > 65535 {
		return nil
	}
	var list []int
	for p := from; p <= to && len(list) < 1000; p++ {
		list = append(list, p)
	}
	return list
}

func (t *tool) netcatPort(o *options, host string, port int) int {
	addr, ok := t.lookup(host)
	if !ok {
		if t.busybox {
			t.failf("bad address '%s'", host)
		} else {
			t.failf("getaddrinfo for host \"%s\" port %d: Name or service not known", host, port)
		}
		return 1
	}
	proto := "tcp"
	if o.has("u") {
		proto = "udp"
	}
	conn, err := t.Net.DialAddr(netip.AddrPortFrom(addr, uint16(port)), proto)
	if errors.Is(err, machine.ErrReset) {
		conn, err = &machine.Conn{Listener: &machine.Listener{}}, nil // the proxy accepts first
	}
	if err != nil {
		t.waitRefused(o, err)
		switch {
		case t.busybox && (o.has("v") || !o.has("z")):
			t.failf("%s (%s:%d): %s", host, addr, port, connectReason(err))
		case !t.busybox && o.has("v"):
			t.failf("connect to %s (%s) port %d (%s) failed: %s", host, addr, port, proto, connectReason(err))
		}
		return 1
	}
	if o.has("v") {
		if t.busybox {
			t.Errorf("%s (%s:%d) open\n", host, addr, port)
		} else {
			t.Errorf("Connection to %s (%s) %d port [%s/*] succeeded!\n", host, addr, port, proto)
		}
	}
	if o.has("z") {
		return 0
	}
	resp := conn.Do(machine.Request{Proto: "tcp", Host: host, Body: string(all(t.Stdin))})
	t.Sleep(resp.Delay)
	t.write(resp.Body)
	return 0
}

// waitRefused lets the time pass that a failed connection takes.
func (t *tool) waitRefused(o *options, err error) {
	wait := time.Duration(0)
	switch {
	case errors.Is(err, machine.ErrTimeout):
		wait = connectTime
	case errors.Is(err, machine.ErrNoRoute):
		wait = 3 * time.Second
	}
	if d, ok := duration(o.values["w"]); ok && o.has("w") && d < wait {
		wait = d
	}
	if wait > 0 {
		t.Sleep(wait)
	}
}

func traceroute(t *tool) int {
	o, ok := t.parse("n m: w: q: I", t.Args[1:])
	if !ok || len(o.args) == 0 {
		return 1
	}
	addr, found := t.lookup(o.args[0])
	if !found {
		if t.busybox {
			t.failf("bad address '%s'", o.args[0])
			return 1
		}
		t.Errorf("%s: Name or service not known\n", o.args[0])
		return 2
	}
	t.write(fmt.Sprintf("traceroute to %s (%s), 30 hops max, 60 byte packets\n", o.args[0], addr))
	if t.reach(addr) != nil {
		for hop := 1; hop <= 30; hop++ {
			t.Sleep(5 * time.Second)
			t.write(fmt.Sprintf("%2d  * * *\n", hop))
		}
		return 0
	}
	hops := []string{o.args[0] + " (" + addr.String() + ")"}
	if via, ok := t.gatewayFor(addr); ok {
		hops = append([]string{via.String() + " (" + via.String() + ")"}, hops...)
	}
	for i, h := range hops {
		t.write(fmt.Sprintf("%2d  %s  0.0%d ms  0.0%d ms  0.0%d ms\n", i+1, h, 41+i, 32+i, 29+i))
	}
	return 0
}

// gatewayFor is the first router on the way to an address, if there is one.
func (t *tool) gatewayFor(a netip.Addr) (netip.Addr, bool) {
	if a.IsLoopback() {
		return a, false
	}
	for _, i := range t.Net.Interfaces() {
		if i.Segment.Subnet.Contains(a) {
			return a, false
		}
	}
	for _, i := range t.Net.Interfaces() {
		if i.Segment.Gateway.IsValid() && !i.Segment.Internal {
			return i.Segment.Gateway, true
		}
	}
	return a, false
}
