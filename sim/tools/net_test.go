package tools_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

func anyAddr() netip.Addr { return netip.IPv4Unspecified() }

func hello(r machine.Request) machine.Response {
	switch r.Path {
	case "/":
		return machine.Response{Status: 200, Header: []string{"Content-Type: text/plain"}, Body: "hello\n"}
	case "/slow":
		return machine.Response{Status: 200, Body: "late\n", Delay: 5 * time.Second}
	case "/moved":
		return machine.Response{Status: 302, Header: []string{"Location: /"}}
	case "/echo":
		return machine.Response{Status: 200, Body: r.Method + " " + r.Body + "\n"}
	case "/reset":
		return machine.Response{Err: machine.ErrReset}
	case "/empty":
		return machine.Response{}
	}
	return machine.Response{Status: 404, Body: "none\n"}
}

func TestCurl(t *testing.T) {
	h := newHarbour(t)
	serve(h.m, 8080, hello)
	for _, c := range []struct {
		line, want string
		status     int
	}{
		{"curl -s localhost:8080", "hello\n", 0},
		{"curl -sL localhost:8080/moved", "hello\n", 0},
		{"curl -s -d a=1 -d b=2 localhost:8080/echo", "POST a=1&b=2\n", 0},
		{"curl -s -o /dev/null -w '%{http_code}\\n' localhost:8080/x", "404\n", 0},
		{"curl -sf localhost:8080/x", "", 22},
		{"curl -sSf localhost:8080/x", "curl: (22) The requested URL returned error: 404\n", 22},
		{"curl -sS localhost:81", "curl: (7) Failed to connect to localhost port 81 after 0 ms: Couldn't connect to server\n", 7},
		{"curl -sS --resolve shop.example.com:8080:127.0.0.1 http://shop.example.com:8080/", "hello\n", 0},
		{"curl -sS --interface eth0 localhost", "curl: 'curl --interface' is part of curl, but this simulator does not have it\n", 1},
		{"curl -sS nosuch", "curl: (6) Could not resolve host: nosuch\n", 6},
		{"curl -sS localhost:8080/reset", "curl: (56) Recv failure: Connection reset by peer\n", 56},
		{"curl -sS localhost:8080/empty", "curl: (52) Empty reply from server\n", 52},
		{"curl -sS -m 2 localhost:8080/slow", "curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n", 28},
		{"curl -si localhost:8080 | head -1", "HTTP/1.1 200 OK\r\n", 0},
		{"curl -s -o f localhost:8080; cat f", "hello\n", 0},
		{"wget -qO- localhost:8080", "hello\n", 0},
		{"/busybox/wget -q -O - http://localhost:81", "wget: can't connect to remote host (127.0.0.1): Connection refused\n", 1},
		{"/busybox/wget -q http://nosuch/", "wget: bad address 'nosuch'\n", 1},
		{"/busybox/wget -qO- localhost:8080/x", "wget: server returned error: HTTP/1.1 404 Not Found\n", 1},
		{"nc -zv localhost 8080", "Connection to localhost (127.0.0.1) 8080 port [tcp/*] succeeded!\n", 0},
		{"nc -z localhost 81", "", 1},
	} {
		out, errs, status, _ := h.run(c.line)
		if out+errs != c.want || status != c.status {
			t.Errorf("%s\n got %q, status %d\nwant %q, status %d", c.line, out+errs, status, c.want, c.status)
		}
	}
}

func TestUnreachableMachines(t *testing.T) {
	h := newHarbour(t)
	server := h.site.Machine("server")
	serve(server, 80, hello)
	out, _, _, _ := h.run("curl -s server; ssh server hostname; ping -c 2 server | tail -2 | head -1")
	if !strings.HasPrefix(out, "hello\nserver\n2 packets transmitted, 2 received, 0% packet loss") {
		t.Errorf("a reachable machine: %q", out)
	}
	server.SetPower(false)
	_, errs, status, _ := h.run("ssh server")
	if errs != "ssh: connect to host server port 22: No route to host\n" || status != 255 {
		t.Errorf("ssh to a machine without power: %q, status %d", errs, status)
	}
	_, errs, status, took := h.run("curl -sS server")
	if status != 7 || took < 3*time.Second || !strings.Contains(errs, "Couldn't connect to server") {
		t.Errorf("curl to a machine without power: %q, status %d, %v", errs, status, took)
	}
	server.SetPower(true)
	h.site.LAN.Cut = func(_, _ *machine.Namespace) bool { return true }
	_, errs, status, took = h.run("curl -sS server")
	if status != 28 || took < 2*time.Minute {
		t.Errorf("curl over a cut network: %q, status %d, %v", errs, status, took)
	}
	out, _, status, _ = h.run("/busybox/ping -c 1 -W 1 server")
	if status != 1 || !strings.Contains(out, "1 packets transmitted, 0 packets received, 100% packet loss") {
		t.Errorf("ping over a cut network: %q, status %d", out, status)
	}
}
