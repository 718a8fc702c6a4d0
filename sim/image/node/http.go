package node

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// exchange is a request that is being answered.
type exchange struct {
	in      machine.Request
	status  int
	names   []string
	headers map[string]string
	body    strings.Builder
	ended   bool
	onEnd   []any
}

func (x *exchange) header(name, value string) {
	if _, ok := x.headers[strings.ToLower(name)]; !ok {
		x.names = append(x.names, name)
	}
	x.headers[strings.ToLower(name)] = value
}

// httpModule is http.
func (r *runtime) httpModule() *object {
	o := newObject()
	o.method("createServer", func(r *runtime, _ any, a []any) any {
		handler := argument(a, 0)
		if !isFunction(handler) && len(a) > 1 {
			handler = a[1]
		}
		return r.server(func(req, res *object, _ *exchange) {
			if handler != nil {
				r.apply(handler, nil, []any{req, res})
			}
		})
	})
	get := func(r *runtime, _ any, _ []any) any {
		r.throwf("Error", "%s", lacking("http.get and http.request (fetch is there)"))
		return nil
	}
	o.method("get", get).method("request", get)
	codes := newObject()
	for _, c := range []struct {
		code int
		text string
	}{{200, "OK"}, {201, "Created"}, {404, "Not Found"}, {500, "Internal Server Error"}} {
		codes.set(strconv.Itoa(c.code), c.text)
	}
	o.hide("STATUS_CODES", codes)
	return o
}

type requestHandler func(req, res *object, x *exchange)

// server is an http.Server for a handler.
func (r *runtime) server(handler requestHandler) *object {
	s := &object{class: "Server"}
	events := map[string]any{}
	s.method("on", func(_ *runtime, _ any, a []any) any { events[toText(argument(a, 0))] = argument(a, 1); return s })
	var socket *machine.Listener
	s.method("listen", func(r *runtime, _ any, a []any) any {
		port, host := 0, ""
		if o, ok := argument(a, 0).(*object); ok && !isFunction(o) {
			port, host = toInt(o.props["port"]), toText(argument([]any{o.props["host"]}, 0))
		} else {
			port = toInt(argument(a, 0))
		}
		if text, ok := argument(a, 1).(string); ok {
			host = text
		}
		socket = r.listen(port, host, handler, events["error"])
		if socket == nil {
			return s
		}
		for _, v := range a {
			if isFunction(v) {
				r.jobs = append(r.jobs, func() { r.apply(v, s, nil) })
			}
		}
		return s
	})
	s.method("address", func(*runtime, any, []any) any {
		o := newObject()
		o.set("address", "::")
		o.set("family", "IPv6")
		if socket != nil {
			o.set("port", float64(socket.Port))
		}
		return o
	})
	s.method("close", func(r *runtime, _ any, a []any) any {
		if socket != nil {
			r.process.Net.Close(socket)
			r.sockets--
			socket = nil
			r.wake.Broadcast()
		}
		if isFunction(argument(a, 0)) {
			r.jobs = append(r.jobs, func() { r.apply(a[0], nil, nil) })
		}
		return s
	})
	return s
}

// listen opens a server's port; nil when it could not be had.
func (r *runtime) listen(port int, host string, handler requestHandler, onError any) *machine.Listener {
	p := r.process
	addr := netip.IPv4Unspecified()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		addr = a
	}
	l := &machine.Listener{Addr: addr, Port: port, Proto: "tcp", Process: p, Serve: func(q machine.Request) machine.Response { return r.serve(handler, q) }}
	code, number, text := "", 0, ""
	switch {
	case port < 0 || port > 65535:
		r.throwf("RangeError", "options.port should be >= 0 and < 65536. Received type number (%d).", port)
	case port > 0 && port < 1024 && p.User.UID != 0 && p.Group == nil:
		code, number, text = "EACCES", -13, "permission denied"
	default:
		if port == 0 {
			for l.Port = 39401; p.Net.Listening(addr, l.Port, "tcp") != nil; l.Port++ {
			}
		}
		if p.Net.Listen(l) != nil {
			code, number, text = "EADDRINUSE", -98, "address already in use"
		}
	}
	if code == "" {
		r.sockets++
		return l
	}
	shown := "::"
	if host != "" {
		shown = host
	}
	e := r.makeError("Error", "listen "+code+": "+text+" "+shown+":"+strconv.Itoa(port))
	e.data = frame{file: "node:events:485"}
	e.set("code", code)
	e.set("errno", float64(number))
	e.set("syscall", "listen")
	e.set("address", shown)
	e.set("port", float64(port))
	if onError != nil {
		r.jobs = append(r.jobs, func() { r.apply(onError, nil, []any{e}) })
		return nil
	}
	panic(&thrown{e})
}

// serve answers a request in the program. No time passes meanwhile: what waits
// for a timer becomes the answer's delay.
func (r *runtime) serve(handler requestHandler, q machine.Request) (answer machine.Response) {
	p := r.process
	switch {
	case p.Group != nil && p.Group.Frozen:
		return machine.Response{Err: machine.ErrTimeout}
	case q.Proto == "https":
		return machine.Response{Err: machine.ErrNoTLS}
	case q.Probe:
		return machine.Response{Err: machine.ErrNoProbe}
	case q.Proto != "http":
		return machine.Response{Body: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"}
	}
	x := &exchange{in: q, status: 200, headers: map[string]string{}}
	steps, calls := r.steps, r.calls
	r.request, r.delay, r.steps, r.calls = true, 0, 0, nil
	defer func() {
		r.request, r.steps, r.calls = false, steps, calls
		switch t := recover().(type) {
		case nil:
		case *thrown:
			r.fatal(t.value)
			p.Exit(1)
			answer = machine.Response{Err: machine.ErrReset}
		case quit:
			p.Exit(t.status)
			answer = machine.Response{Err: machine.ErrReset}
		case hang:
			answer = machine.Response{Err: machine.ErrTimeout}
		default:
			panic(t)
		}
	}()
	handler(r.requestObject(x), r.responseObject(x), x)
	r.drain()
	for !x.ended {
		next := r.nextTimer(func(t *timer) bool { return t.every == 0 })
		if next == nil || next.due.Sub(p.Now()) > 2*time.Minute {
			panic(hang{})
		}
		r.delay = max(r.delay, next.due.Sub(p.Now()))
		r.fire(next)
		r.drain()
	}
	return x.response(r)
}

func (x *exchange) response(r *runtime) machine.Response {
	a := machine.Response{Status: x.status, Body: x.body.String(), Delay: r.delay}
	for _, name := range x.names {
		a.Header = append(a.Header, name+": "+x.headers[strings.ToLower(name)])
	}
	a.Header = append(a.Header, "Date: "+r.process.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), "Connection: keep-alive", "Keep-Alive: timeout=5")
	if _, ok := x.headers["content-length"]; !ok {
		a.Header = append(a.Header, "Content-Length: "+strconv.Itoa(len(a.Body)))
	}
	if x.in.Method == "HEAD" {
		a.Body = ""
	}
	return a
}

// requestObject is http.IncomingMessage.
func (r *runtime) requestObject(x *exchange) *object {
	o := &object{class: "IncomingMessage"}
	method := x.in.Method
	if method == "" {
		method = "GET"
	}
	o.set("method", method)
	o.set("url", orSlash(x.in.Path))
	headers := newObject()
	headers.set("host", x.in.Host)
	for _, line := range x.in.Header {
		name, value, _ := strings.Cut(line, ":")
		headers.set(strings.ToLower(name), strings.TrimSpace(value))
	}
	o.set("headers", headers)
	socket := newObject()
	socket.set("remoteAddress", "::ffff:"+x.in.From.String())
	o.hide("socket", socket)
	o.hide("connection", socket)
	o.method("on", func(r *runtime, _ any, a []any) any {
		fn := argument(a, 1)
		switch argument(a, 0) {
		case "data":
			if x.in.Body != "" {
				r.jobs = append(r.jobs, func() { r.apply(fn, nil, []any{bufferOf(x.in.Body)}) })
			}
		case "end":
			r.jobs = append(r.jobs, func() { r.apply(fn, nil, nil) })
		}
		return o
	})
	return o
}

// responseObject is http.ServerResponse.
func (r *runtime) responseObject(x *exchange) *object {
	o := &object{class: "ServerResponse"}
	o.set("statusCode", 200.0)
	o.hide("headersSent", false)
	o.method("setHeader", func(_ *runtime, _ any, a []any) any {
		x.header(toText(argument(a, 0)), toText(argument(a, 1)))
		return o
	})
	o.method("getHeader", func(_ *runtime, _ any, a []any) any {
		if v, ok := x.headers[strings.ToLower(toText(argument(a, 0)))]; ok {
			return v
		}
		return nil
	})
	o.method("writeHead", func(r *runtime, _ any, a []any) any {
		o.set("statusCode", float64(toInt(argument(a, 0))))
		if h, ok := argument(a, len(a)-1).(*object); ok {
			for _, k := range h.keys {
				x.header(k, toText(h.props[k]))
			}
		}
		return o
	})
	o.method("write", func(_ *runtime, _ any, a []any) any { x.body.WriteString(toText(argument(a, 0))); return true })
	o.method("on", func(_ *runtime, _ any, a []any) any {
		if argument(a, 0) == "finish" {
			x.onEnd = append(x.onEnd, argument(a, 1))
		}
		return o
	})
	o.method("end", func(r *runtime, _ any, a []any) any {
		if x.ended {
			return o
		}
		if v := argument(a, 0); v != nil && !isFunction(v) {
			x.body.WriteString(toText(v))
		}
		r.limit(x.body.Len())
		x.status, x.ended = max(100, min(599, toInt(o.props["statusCode"]))), true
		o.hide("headersSent", true)
		for _, fn := range x.onEnd {
			r.apply(fn, nil, nil)
		}
		return o
	})
	return o
}

// fetch asks another server; what it takes is a delay.
func fetch(r *runtime, _ any, a []any) any {
	return r.later(func() any {
		u, err := url.Parse(toText(argument(a, 0)))
		if err != nil || u.Host == "" {
			r.throwf("TypeError", "Failed to parse URL from %s", toText(argument(a, 0)))
		}
		port, _ := strconv.Atoi(u.Port())
		if port == 0 {
			port = map[bool]int{true: 443, false: 80}[u.Scheme == "https"]
		}
		q := machine.Request{Proto: u.Scheme, Method: "GET", Host: u.Host, Path: orSlash(u.RequestURI()), Header: []string{"User-Agent: node", "Accept: */*"}}
		if o, ok := argument(a, 1).(*object); ok {
			if m, ok := o.props["method"].(string); ok {
				q.Method = m
			}
			if b, ok := o.props["body"]; ok {
				q.Body = toText(b)
			}
			if h, ok := o.props["headers"].(*object); ok {
				for _, k := range h.keys {
					q.Header = append(q.Header, k+": "+toText(h.props[k]))
				}
			}
		}
		conn, err := r.process.Net.Dial(u.Hostname(), port, "tcp")
		var answer machine.Response
		if err == nil {
			answer = conn.Do(q)
			err = answer.Err
		}
		if err != nil {
			e := r.makeError("TypeError", "fetch failed")
			e.set("cause", r.netError(err, u.Hostname(), port))
			panic(&thrown{e})
		}
		return fetched(answer)
	})
}

func fetched(answer machine.Response) *object {
	o := &object{class: "Response"}
	o.set("status", float64(answer.Status))
	o.set("ok", answer.Status >= 200 && answer.Status < 300)
	o.method("text", func(r *runtime, _ any, _ []any) any { return r.resolved(answer.Body) })
	o.method("json", func(r *runtime, _ any, _ []any) any {
		return r.later(func() any { return jsonParse(r, nil, []any{answer.Body}) })
	})
	return o
}

// netError is the error of a connection that failed, in node's words.
func (r *runtime) netError(err error, host string, port int) *object {
	code, call, text := "ECONNREFUSED", "connect", ""
	at := host
	if addrs, lookup := r.process.Net.LookupHost(host); lookup == nil && len(addrs) > 0 {
		at = addrs[0].String()
	}
	switch err {
	case machine.ErrUnknownHost:
		code, call, text = "ENOTFOUND", "getaddrinfo", "getaddrinfo ENOTFOUND "+host
	case machine.ErrTimeout:
		code = "ETIMEDOUT"
	case machine.ErrNoRoute:
		code = "EHOSTUNREACH"
	case machine.ErrUnreachable:
		code = "ENETUNREACH"
	case machine.ErrReset:
		code = "ECONNRESET"
	}
	if text == "" {
		text = "connect " + code + " " + at + ":" + strconv.Itoa(port)
	}
	e := r.makeError("Error", text)
	e.set("code", code)
	e.set("syscall", call)
	if call == "connect" {
		e.set("address", at)
		e.set("port", float64(port))
	} else {
		e.set("hostname", host)
	}
	return e
}
