package program

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// anyAddr is 0.0.0.0: every address of the stack.
func anyAddr() netip.Addr { return netip.IPv4Unspecified() }

// open makes a process listen. A paused container accepts connections but never
// answers: the kernel does the one, the frozen program would have to do the other.
func open(p *machine.Process, addr netip.Addr, port int, proto string, serve func(machine.Request) machine.Response) error {
	return p.Net.Listen(&machine.Listener{Addr: addr, Port: port, Proto: proto, Process: p, Serve: func(r machine.Request) machine.Response {
		if p.Group != nil && p.Group.Frozen {
			return machine.Response{Err: machine.ErrTimeout}
		}
		return serve(r)
	}})
}

// httpOnly wraps a server that speaks HTTP without TLS.
func httpOnly(serve func(machine.Request) machine.Response) func(machine.Request) machine.Response {
	return func(r machine.Request) machine.Response {
		switch r.Proto {
		case "http":
			answer := serve(r)
			if r.Method == "HEAD" {
				answer.Body = ""
			}
			return answer
		case "https":
			return machine.Response{Err: machine.ErrNoTLS}
		}
		return machine.Response{Body: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"}
	}
}

// header finds a header's value by name.
func header(list []string, name string) string {
	for _, h := range list {
		n, v, _ := strings.Cut(h, ":")
		if strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// httpDate is a time as HTTP headers have it.
func httpDate(t time.Time) string { return t.UTC().Format(http.TimeFormat) }

// orDash is how access logs write what is not there.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// method is the request's method, GET when the client did not say.
func method(r machine.Request) string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

// mimeType guesses a file's type by its name, as web servers do.
func mimeType(name string) string {
	types := map[string]string{
		".html": "text/html", ".htm": "text/html", ".css": "text/css", ".js": "application/javascript", ".json": "application/json",
		".txt": "text/plain", ".xml": "text/xml", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif",
		".ico": "image/x-icon", ".pdf": "application/pdf", ".wasm": "application/wasm",
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		if t := types[strings.ToLower(name[i:])]; t != "" {
			return t
		}
	}
	return "application/octet-stream"
}

// lookupUser finds a user in the container's /etc/passwd by name or number.
func lookupUser(f *vfs.FS, name string) (machine.User, bool) {
	data, _ := f.ReadFile("/etc/passwd")
	for _, line := range strings.Split(string(data), "\n") {
		fields := strings.Split(line, ":")
		if len(fields) >= 6 && (fields[0] == name || fields[2] == name) {
			uid, _ := strconv.Atoi(fields[2])
			gid, _ := strconv.Atoi(fields[3])
			return machine.User{Name: fields[0], UID: uid, GID: gid, Home: fields[5]}, true
		}
	}
	return machine.User{}, false
}

// stopOn makes a server end when one of the signals comes: say is called first,
// then the process exits with status 0.
func stopOn(p *machine.Process, say func(machine.Signal), signals ...machine.Signal) {
	p.OnSignal = func(s machine.Signal) bool {
		for _, stop := range signals {
			if s == stop {
				if say != nil {
					say(s)
				}
				p.Exit(0)
				return true
			}
		}
		return false
	}
}

// forever keeps a server's process alive until something ends it.
func forever(p *machine.Process) int {
	p.Wait(p.Clock().NewSignal())
	return 0
}
