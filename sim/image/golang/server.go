package golang

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// answer is what a handler makes of a request; it is the handler's
// http.ResponseWriter.
type answer struct {
	status int
	header []string
	body   strings.Builder
	delay  time.Duration
	in     machine.Request
}

// requestValue is a handler's *http.Request, urlValue its URL.
type (
	requestValue struct{ a *answer }
	urlValue     struct{ a *answer }
	headerValue  struct{ a *answer }
)

// route is a pattern with its handler, as http.HandleFunc registers it.
type route struct {
	pattern string
	handler *function
}

const routesVar = " routes" // no identifier can be called so

func handleFunc(f *frame, a []any) any {
	fn, ok := first(rest(a)).(*function)
	if !ok {
		f.panic("http: nil handler")
	}
	g := &frame{f.thread, f.globals(), f.call}
	known, _ := g.get(routesVar).([]route)
	pattern := text(first(a))
	for _, r := range known {
		if r.pattern == pattern {
			f.panic(fmt.Sprintf("pattern %q conflicts with pattern %q", pattern, r.pattern))
		}
	}
	g.set(routesVar, append(known, route{pattern, fn}))
	return nil
}

// listenAndServe serves until the process ends; it returns only when the port
// cannot be had.
func listenAndServe(f *frame, a []any) any {
	addr := text(first(a))
	host, portText, found := strings.Cut(addr, ":")
	port, err := strconv.Atoi(portText)
	if !found || err != nil || port < 0 || port > 65535 {
		return failure("listen tcp: address " + addr + ": missing port in address")
	}
	bind := netip.IPv4Unspecified()
	if host != "" && host != "0.0.0.0" {
		if host == "localhost" {
			host = "127.0.0.1"
		}
		if bind, err = netip.ParseAddr(host); err != nil {
			return failure("listen tcp: lookup " + host + ": no such host")
		}
	}
	p := f.process
	l := &machine.Listener{Addr: bind, Port: port, Proto: "tcp", Process: p, Serve: func(r machine.Request) machine.Response { return f.serve(r) }}
	if port < 1024 && p.User.UID != 0 && p.Group == nil {
		return failure("listen tcp " + addr + ": bind: permission denied")
	}
	if err := p.Net.Listen(l); err != nil {
		return failure("listen tcp " + addr + ": bind: address already in use")
	}
	for {
		p.Wait(p.Clock().NewSignal())
	}
}

// serve answers one request with the handler whose pattern fits best.
func (f *frame) serve(r machine.Request) (resp machine.Response) {
	if r.Proto != "http" {
		return machine.Response{Status: 400, Body: "Client sent an HTTPS request to an HTTP server.\n"}
	}
	if r.Probe {
		return machine.Response{Err: machine.ErrNoProbe}
	}
	a := &answer{in: r}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case quit:
			f.process.Exit(r.status)
			resp = machine.Response{Err: machine.ErrReset}
		default:
			panic(r)
		}
	}()
	routes, _ := (&frame{f.thread, f.globals(), f.call}).get(routesVar).([]route)
	handler := match(routes, r.Method, strings.SplitN(r.Path, "?", 2)[0])
	if handler == nil {
		return machine.Response{Status: 404, Header: []string{"Content-Type: text/plain; charset=utf-8"}, Body: "404 page not found\n"}
	}
	in := &frame{&thread{process: f.process, prog: f.prog, request: a}, f.globals(), &call{}}
	in.apply(handler, []any{a, requestValue{a}})
	if a.status == 0 {
		a.status = 200
	}
	return machine.Response{Status: a.status, Header: a.header, Body: a.body.String(), Delay: a.delay}
}

// match picks the handler of the longest pattern that covers a path: "/x" that
// path alone, "/x/" everything below it, as net/http's mux does.
func match(routes []route, method, path string) *function {
	var best *function
	longest := -1
	for _, r := range routes {
		pattern := r.pattern
		if m, rest, ok := strings.Cut(pattern, " "); ok {
			if m != method {
				continue
			}
			pattern = strings.TrimSpace(rest)
		}
		exact := strings.TrimSuffix(pattern, "{$}")
		fits := path == pattern || strings.HasSuffix(pattern, "/") && strings.HasPrefix(path, pattern) || exact != pattern && path == exact
		if fits && len(pattern) > longest {
			best, longest = r.handler, len(pattern)
		}
	}
	return best
}

// writeTo is Fprint to a response, standard output or standard error.
func (f *frame) writeTo(to any, text string) {
	switch to := to.(type) {
	case *answer:
		to.body.WriteString(text)
	case string:
		if to == "stderr" {
			f.process.Errorf("%s", text)
		} else {
			f.process.Printf("%s", text)
		}
	default:
		f.panic("runtime error: invalid memory address or nil pointer dereference")
	}
}

func httpError(_ *frame, a []any) any {
	to, ok := first(a).(*answer)
	if !ok {
		return nil
	}
	to.body.WriteString(text(first(rest(a))) + "\n")
	to.status, _ = first(rest(rest(a))).(int)
	return nil
}

// field reads r.Method, r.URL.Path and the like.
func field(v any, name string) any {
	switch v := v.(type) {
	case requestValue:
		switch name {
		case "Method":
			return v.a.in.Method
		case "URL":
			return urlValue(v)
		case "Host":
			return v.a.in.Host
		case "RemoteAddr":
			return v.a.in.From.String() + ":49152"
		case "Header":
			return headerValue(v)
		}
	case urlValue:
		path, query, _ := strings.Cut(v.a.in.Path, "?")
		if name == "Path" {
			return path
		}
		if name == "RawQuery" {
			return query
		}
	}
	return nil
}

// method calls w.Write, w.WriteHeader, w.Header().Set, err.Error, r.FormValue.
func method(f *frame, v any, name string, args []any) any {
	switch v := v.(type) {
	case *answer:
		switch name {
		case "Write":
			v.body.WriteString(text(first(args)))
			return tuple{len(text(first(args))), nil}
		case "WriteHeader":
			v.status, _ = first(args).(int)
			return nil
		case "Header":
			return headerValue{v}
		}
	case headerValue:
		if name == "Set" || name == "Add" {
			v.a.header = append(v.a.header, text(first(args))+": "+text(first(rest(args))))
			return nil
		}
	case failure:
		if name == "Error" {
			return string(v)
		}
	case time.Duration:
		if name == "String" {
			return v.String()
		}
	}
	f.panic(fmt.Sprintf("drydock: this simulator's go does not have the method %s of %T", name, v))
	return nil
}
