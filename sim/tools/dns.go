package tools

import (
	"errors"
	"fmt"
	"strings"

	"drydock/sim/machine"
)

// nameServer is the server that a stack asks: the network's own, or the first
// of /etc/resolv.conf.
func (t *tool) nameServer() (string, bool) {
	data, _ := t.FS.ReadFile("/etc/resolv.conf")
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "nameserver" {
			return f[1], true
		}
	}
	for _, i := range t.Net.Interfaces() {
		if i.Segment.Resolve != nil {
			return "127.0.0.11", true
		}
	}
	if len(t.Net.Interfaces()) == 0 {
		return "", false
	}
	return t.Machine.Site.LAN.Gateway.String(), true
}

func nslookup(t *tool) int {
	var args []string
	for _, a := range t.Args[1:] {
		if !strings.HasPrefix(a, "-") {
			args = append(args, a)
		}
	}
	if len(args) == 0 {
		if t.busybox {
			t.Errorf("%s\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n", busyboxVersion)
			return 1
		}
		return t.lacks("without a name")
	}
	server, ok := t.nameServer()
	if len(args) > 1 {
		server = args[1]
	}
	if !ok {
		t.write(";; connection timed out; no servers could be reached\n\n")
		return 1
	}
	chosen := ""
	if len(args) > 1 {
		chosen = args[1]
	}
	if _, err := t.ask(chosen, args[0]); errors.Is(err, machine.ErrTryAgain) {
		t.Sleep(machine.LookupTime)
		t.write(";; connection timed out; no servers could be reached\n\n")
		return 1
	}
	port := "#53"
	if t.busybox {
		port = ":53"
	}
	t.write("Server:\t\t" + server + "\nAddress:\t" + server + port + "\n\n")
	if domains := t.searchList(); len(domains) > 0 && t.Net.Resolver != nil {
		return t.searchEach(chosen, args[0], domains)
	}
	addrs, err := t.ask(chosen, args[0])
	switch {
	case err != nil && t.busybox:
		text := "** server can't find " + args[0] + ": NXDOMAIN\n\n"
		t.write(text + text)
		return 1
	case err != nil:
		t.write("** server can't find " + args[0] + ": NXDOMAIN\n\n")
		return 1
	}
	if t.busybox { // it asks for AAAA and A; each answer has its heading
		t.write("Non-authoritative answer:\n\n")
	}
	t.write("Non-authoritative answer:\n")
	for _, a := range addrs {
		t.write("Name:\t" + args[0] + "\nAddress: " + a.String() + "\n")
	}
	t.write("\n")
	return 0
}

func hostCommand(t *tool) int {
	if len(t.Args) < 2 {
		return 1
	}
	name := t.Args[len(t.Args)-1]
	addrs, err := t.Net.LookupHost(name)
	if err != nil {
		t.write("Host " + name + " not found: 3(NXDOMAIN)\n")
		return 1
	}
	for _, a := range addrs {
		t.write(name + " has address " + a.String() + "\n")
	}
	return 0
}

func dig(t *tool) int {
	name, server, short := "", "", false
	for _, a := range t.Args[1:] {
		switch {
		case a == "+short":
			short = true
		case strings.HasPrefix(a, "@"):
			server = a[1:]
		case strings.HasPrefix(a, "+"), strings.HasPrefix(a, "-"), a == "A", a == "AAAA", a == "ANY":
		default:
			name = a
		}
	}
	addrs, err := t.ask(server, name)
	if errors.Is(err, machine.ErrTryAgain) {
		t.Sleep(machine.LookupTime)
		t.write(";; connection timed out; no servers could be reached\n")
		return 9
	}
	if short {
		for _, a := range addrs {
			t.write(a.String() + "\n")
		}
		return 0
	}
	status, count := "NOERROR", len(addrs)
	if err != nil {
		status = "NXDOMAIN"
	}
	if server == "" {
		server, _ = t.nameServer()
	}
	t.write(fmt.Sprintf("\n; <<>> DiG 9.18.28 <<>> %s\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: %s, id: %d\n"+
		";; flags: qr rd ra; QUERY: 1, ANSWER: %d, AUTHORITY: 0, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;%s.\t\t\tIN\tA\n\n",
		strings.Join(t.Args[1:], " "), status, t.Clock().Rand().IntN(65536), count, name))
	if count > 0 {
		t.write(";; ANSWER SECTION:\n")
		for _, a := range addrs {
			t.write(name + ".\t\t600\tIN\tA\t" + a.String() + "\n")
		}
		t.write("\n")
	}
	t.write(fmt.Sprintf(";; Query time: 0 msec\n;; SERVER: %s#53(%s) (UDP)\n;; WHEN: %s\n;; MSG SIZE  rcvd: 54\n\n", server, server, Strftime("%a %b %d %H:%M:%S UTC %Y", t.Now())))
	return 0
}

// getent asks the name services: hosts, passwd and group.
func getent(t *tool) int {
	if len(t.Args) < 2 {
		t.usage("wrong number of arguments")
		return 1
	}
	status := 0
	for _, key := range t.Args[2:] {
		switch t.Args[1] {
		case "hosts", "ahosts", "ahostsv4":
			addrs, err := t.Net.LookupHost(key)
			if err != nil {
				status = 2
				continue
			}
			for _, a := range addrs {
				t.write(fmt.Sprintf("%-15s %s\n", a, key))
			}
		case "passwd", "group":
			data, _ := t.FS.ReadFile("/etc/" + t.Args[1])
			found := false
			for _, line := range strings.Split(string(data), "\n") {
				f := strings.Split(line, ":")
				if len(f) > 2 && (f[0] == key || f[2] == key) {
					t.write(line + "\n")
					found = true
				}
			}
			if !found {
				status = 2
			}
		default:
			t.failf("Unknown database: %s", t.Args[1])
			return 1
		}
	}
	return status
}
