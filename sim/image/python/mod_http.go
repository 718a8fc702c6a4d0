package python

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// listen opens a server socket for the script; errors are Python's.
func (t *thread) listen(host string, port int, serve func(machine.Request) machine.Response) error {
	addr := netip.IPv4Unspecified()
	switch host {
	case "", "0.0.0.0", "::":
	case "localhost":
		addr = netip.MustParseAddr("127.0.0.1")
	default:
		a, err := netip.ParseAddr(host)
		if err != nil {
			addrs, err := t.in.process.Net.LookupHost(host)
			if err != nil {
				return t.netError(err)
			}
			a = addrs[0]
		}
		addr = a
	}
	p := t.in.process
	err := p.Net.Listen(&machine.Listener{Addr: addr, Port: port, Proto: "tcp", Process: p, Serve: func(r machine.Request) machine.Response {
		switch {
		case p.Group != nil && p.Group.Frozen:
			return machine.Response{Err: machine.ErrTimeout}
		case r.Proto == "https":
			return machine.Response{Err: machine.ErrNoTLS}
		case r.Probe:
			return machine.Response{Err: machine.ErrNoProbe}
		case r.Proto == "tcp":
			if hand, ok := parseHTTP(r.Body); ok {
				hand.From = r.From
				return machine.Response{Body: renderHTTP(serve(hand))}
			}
			return machine.Response{}
		case r.Proto != "http":
			return machine.Response{Err: machine.ErrReset}
		}
		answer := serve(r)
		if r.Method == "HEAD" {
			answer.Body = ""
		}
		return answer
	}})
	t.in.servers++
	if errors.Is(err, machine.ErrInUse) {
		return t.raiseOS("OSError", 98, "Address already in use", nil)
	}
	return nil
}

// webModules are http.server and socketserver.
func (in *interp) webModules(name string) map[string]any {
	switch name {
	case "http":
		return map[string]any{"HTTPStatus": &class{name: "HTTPStatus", attrs: map[string]any{"OK": int64(200), "NOT_FOUND": int64(404), "INTERNAL_SERVER_ERROR": int64(500)}}}
	case "http.server", "socketserver":
		base := &class{name: "BaseHTTPRequestHandler", attrs: handlerMethods()}
		simple := &class{name: "SimpleHTTPRequestHandler", bases: []*class{base}, attrs: map[string]any{"do_GET": fn("method do_GET", serveFile), "do_HEAD": fn("method do_HEAD", serveFile)}}
		server := &class{name: "HTTPServer", attrs: map[string]any{}, native: newServer}
		attrs := map[string]any{"BaseHTTPRequestHandler": base, "SimpleHTTPRequestHandler": simple}
		for _, name := range []string{"HTTPServer", "ThreadingHTTPServer", "TCPServer", "ThreadingTCPServer"} {
			attrs[name] = server
		}
		return attrs
	}
	return nil
}

// webHandler is the native part of one request handler.
type webHandler struct {
	server  *webServer
	request machine.Request
	status  int
	header  []string
	body    strings.Builder
	rest    string // of the request's body
}

// webServer is an HTTPServer.
type webServer struct {
	in      *interp
	host    string
	port    int
	handler any
}

func newServer(t *thread, c *class, a args) (any, error) {
	v, _ := a.get(0, "server_address")
	addr, ok := v.(*tuple)
	if !ok || len(addr.items) < 2 {
		return nil, t.raise("TypeError", "AF_INET address must be tuple, not %s", typeName(v))
	}
	port, _ := asInt(addr.items[1])
	s := &webServer{in: t.in, host: toStr(t, addr.items[0]), port: int(port)}
	s.handler, _ = a.get(1, "RequestHandlerClass")
	if err := t.listen(s.host, s.port, s.serve); err != nil {
		return nil, err
	}
	return &object{class: c, attrs: map[string]any{"server_address": addr, "server_port": port}, native: s}, nil
}

func (s *webServer) typeName() string { return "HTTPServer" }

func (s *webServer) attr(_ *thread, name string) (any, bool) {
	calls := map[string]func(*thread, args) (any, error){
		"serve_forever":  func(t *thread, _ args) (any, error) { return nil, t.serveForever() },
		"server_close":   func(*thread, args) (any, error) { return nil, nil },
		"shutdown":       func(*thread, args) (any, error) { return nil, nil },
		"__enter__":      func(*thread, args) (any, error) { return s, nil },
		"__exit__":       func(*thread, args) (any, error) { return nil, nil },
		"handle_request": func(t *thread, _ args) (any, error) { return nil, t.serveForever() },
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	if name == "server_address" {
		return newTuple(s.host, int64(s.port)), true
	}
	return nil, false
}

// serve handles one request with the script's handler class.
func (s *webServer) serve(r machine.Request) machine.Response {
	h := &webHandler{server: s, request: r, rest: r.Body}
	delay, err := s.in.handle(func(t *thread) error {
		kind, ok := s.handler.(*class)
		if !ok {
			return nil
		}
		headers := newDict()
		for _, line := range append([]string{"Host: " + r.Host}, r.Header...) {
			k, v, _ := strings.Cut(line, ":")
			headers.put(strings.TrimSpace(k), strings.TrimSpace(v))
		}
		o := &object{class: kind, native: h, attrs: map[string]any{
			"path": orSlash(r.Path), "command": verb(r), "headers": &webHeaders{headers}, "client_address": newTuple(r.From.String(), int64(40000+int(r.From.As16()[15]))),
			"request_version": "HTTP/1.1", "wfile": &bodyFile{h}, "rfile": &bodyFile{h}, "server": s,
		}}
		do := kind.find("do_" + verb(r))
		if do == nil {
			_, err := t.callMethod(o, "send_error", args{pos: []any{int64(501), fmt.Sprintf("Unsupported method ('%s')", verb(r))}})
			return err
		}
		_, err := t.call(t.bind(do, o), args{})
		return err
	})
	s.in.flushErrors(r, err)
	if err != nil || h.status == 0 {
		return machine.Response{Delay: delay} // an empty reply
	}
	return machine.Response{Status: h.status, Header: h.header, Body: h.body.String(), Delay: delay}
}

func verb(r machine.Request) string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

func orSlash(s string) string {
	if s == "" {
		return "/"
	}
	return s
}

// flushErrors reports an exception in a handler the way socketserver does.
func (in *interp) flushErrors(r machine.Request, err error) {
	t := &thread{in: in}
	switch e := err.(type) {
	case *raised:
		in.process.Errorf("----------------------------------------\nException occurred during processing of request from ('%s', 40000)\n%s----------------------------------------\n",
			r.From, t.traceback(e))
	case *unsupported:
		t.report(e)
	}
}

// webHeaders are the headers of a request; names are found in any case.
type webHeaders struct{ d *dict }

func (h *webHeaders) typeName() string { return "HTTPMessage" }
func (h *webHeaders) asDict() *dict    { return h.d }

func (h *webHeaders) find(name string) (any, bool) {
	for _, e := range h.d.entries {
		if strings.EqualFold(toStr(nil, e.key), name) {
			return e.value, true
		}
	}
	return nil, false
}

func (h *webHeaders) contains(v any) bool { _, ok := h.find(toStr(nil, v)); return ok }

func (h *webHeaders) item(_ *thread, key any) (any, error) {
	v, _ := h.find(toStr(nil, key))
	return v, nil
}

func (h *webHeaders) each(t *thread, fn func(any) (bool, error)) error { return t.each(h.d, fn) }

func (h *webHeaders) attr(t *thread, name string) (any, bool) {
	if name == "get" {
		return fn(name, func(_ *thread, a args) (any, error) {
			if v, ok := h.find(a.str(0, "name", "")); ok {
				return v, nil
			}
			v, _ := a.get(1, "failobj")
			return v, nil
		}), true
	}
	m := t.valueMethod(h.d, name)
	return m, m != nil
}

// bodyFile is wfile and rfile.
type bodyFile struct{ h *webHandler }

func (b *bodyFile) typeName() string { return "BufferedIOBase" }

func (b *bodyFile) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "write":
		return fn(name, func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			text, ok := v.(bytesValue)
			if !ok {
				return nil, t.raise("TypeError", "a bytes-like object is required, not '%s'", typeName(v))
			}
			b.h.body.WriteString(string(text))
			return int64(len(text)), nil
		}), true
	case "flush":
		return fn(name, func(*thread, args) (any, error) { return nil, nil }), true
	case "read":
		return fn(name, func(_ *thread, a args) (any, error) {
			n := int(a.integer(0, "", int64(len(b.h.rest))))
			n = min(max(n, 0), len(b.h.rest))
			text := b.h.rest[:n]
			b.h.rest = b.h.rest[n:]
			return bytesValue(text), nil
		}), true
	}
	return nil, false
}

// handlerOf takes the native handler out of a method's arguments.
func handlerOf(t *thread, a args) (*object, *webHandler, error) {
	if len(a.pos) > 0 {
		if o, ok := a.pos[0].(*object); ok {
			if h, ok := o.native.(*webHandler); ok {
				return o, h, nil
			}
		}
	}
	return nil, nil, t.raise("TypeError", "a request handler is needed")
}

// handlerMethods are those of BaseHTTPRequestHandler.
func handlerMethods() map[string]any {
	calls := map[string]func(*thread, args) (any, error){
		"send_response": func(t *thread, a args) (any, error) {
			o, h, err := handlerOf(t, a)
			if err != nil {
				return nil, err
			}
			h.status = int(a.integer(1, "code", 200))
			h.header = []string{"Server: BaseHTTP/0.6 Python/" + t.in.version, "Date: " + t.in.process.Now().UTC().Format(http.TimeFormat)}
			_, err = t.callMethod(o, "log_request", args{pos: []any{int64(h.status)}})
			return nil, err
		},
		"log_request": func(t *thread, a args) (any, error) {
			o, h, err := handlerOf(t, a)
			if err != nil {
				return nil, err
			}
			code, _ := a.get(1, "code")
			_, err = t.callMethod(o, "log_message", args{pos: []any{`"%s" %s %s`, fmt.Sprintf("%s %s HTTP/1.1", verb(h.request), orSlash(h.request.Path)), toStr(t, code), "-"}})
			return nil, err
		},
		"log_message": func(t *thread, a args) (any, error) {
			_, h, err := handlerOf(t, a)
			if err != nil || len(a.pos) < 2 {
				return nil, err
			}
			text, err := t.percent(toStr(t, a.pos[1]), &tuple{a.pos[2:]})
			if err == nil {
				t.in.process.Errorf("%s - - [%s] %s\n", h.request.From, t.in.process.Now().UTC().Format("02/Jan/2006 15:04:05"), text)
			}
			return nil, err
		},
		"send_header": func(t *thread, a args) (any, error) {
			_, h, err := handlerOf(t, a)
			if err == nil {
				h.header = append(h.header, a.str(1, "keyword", "")+": "+a.str(2, "value", ""))
			}
			return nil, err
		},
		"end_headers": func(*thread, args) (any, error) { return nil, nil },
		"send_error":  sendError,
		"date_time_string": func(t *thread, _ args) (any, error) {
			return t.in.process.Now().UTC().Format(http.TimeFormat), nil
		},
	}
	attrs := map[string]any{}
	for name, call := range calls {
		attrs[name] = fn("method "+name, call)
	}
	return attrs
}

// sendError is the error page of http.server.
func sendError(t *thread, a args) (any, error) {
	o, h, err := handlerOf(t, a)
	if err != nil {
		return nil, err
	}
	code := int(a.integer(1, "code", 500))
	message := a.str(2, "message", http.StatusText(code))
	if _, err := t.callMethod(o, "log_message", args{pos: []any{"code %d, message %s", int64(code), message}}); err != nil {
		return nil, err
	}
	if _, err := t.callMethod(o, "send_response", args{pos: []any{int64(code)}}); err != nil {
		return nil, err
	}
	why := map[int]string{404: "Nothing matches the given URI", 501: "Server does not support this operation", 403: "Request forbidden -- authorization will not help",
		500: "Server got itself in trouble"}[code]
	h.header = append(h.header, "Connection: close", "Content-Type: text/html;charset=utf-8")
	fmt.Fprintf(&h.body, "<!DOCTYPE HTML>\n<html lang=\"en\">\n    <head>\n        <meta charset=\"utf-8\">\n        <title>Error response</title>\n    </head>\n    <body>\n"+
		"        <h1>Error response</h1>\n        <p>Error code: %d</p>\n        <p>Message: %s.</p>\n        <p>Error code explanation: %d - %s.</p>\n    </body>\n</html>\n",
		code, message, code, why)
	return nil, nil
}

// serveFile is SimpleHTTPRequestHandler.do_GET: files below the working directory.
func serveFile(t *thread, a args) (any, error) {
	o, h, err := handlerOf(t, a)
	if err != nil {
		return nil, err
	}
	raw, _, _ := strings.Cut(orSlash(h.request.Path), "?")
	if decoded, err := url.PathUnescape(raw); err == nil {
		raw = decoded
	}
	p := t.in.process
	full := path.Join(p.Abs("."), path.Clean("/"+raw))
	n, err := p.FS.Stat(full)
	if err == nil && n.IsDir() {
		if !strings.HasSuffix(raw, "/") {
			_, err := t.callMethod(o, "send_response", args{pos: []any{int64(301)}})
			h.header = append(h.header, "Location: "+raw+"/", "Content-Length: 0")
			return nil, err
		}
		if index, err := p.FS.Stat(path.Join(full, "index.html")); err == nil && !index.IsDir() {
			n, full = index, path.Join(full, "index.html")
		} else {
			return nil, t.listDirectory(o, h, full, raw)
		}
	}
	if err != nil {
		return sendError(t, args{pos: []any{o, int64(404), "File not found"}})
	}
	if _, err := t.callMethod(o, "send_response", args{pos: []any{int64(200)}}); err != nil {
		return nil, err
	}
	h.header[0] = strings.Replace(h.header[0], "BaseHTTP", "SimpleHTTP", 1)
	kind := map[string]string{".html": "text/html", ".txt": "text/plain", ".json": "application/json", ".css": "text/css", ".js": "text/javascript"}[path.Ext(full)]
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.header = append(h.header, "Content-type: "+kind, "Content-Length: "+strconv.Itoa(len(n.Data)), "Last-Modified: "+n.ModTime.UTC().Format(http.TimeFormat))
	h.body.Write(n.Data)
	return nil, nil
}

func (t *thread) listDirectory(o *object, h *webHandler, full, shown string) error {
	if _, err := t.callMethod(o, "send_response", args{pos: []any{int64(200)}}); err != nil {
		return err
	}
	title := "Directory listing for " + shown
	fmt.Fprintf(&h.body, "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n</head>\n<body>\n<h1>%s</h1>\n<hr>\n<ul>\n", title, title)
	entries, _ := t.in.process.FS.ReadDir(full)
	for _, e := range entries {
		name := e.Name
		if e.Node.IsDir() {
			name += "/"
		} else if e.Node.IsLink() {
			name += "@"
		}
		fmt.Fprintf(&h.body, "<li><a href=\"%s\">%s</a></li>\n", strings.TrimSuffix(name, "@"), name)
	}
	h.body.WriteString("</ul>\n<hr>\n</body>\n</html>\n")
	h.header[0] = strings.Replace(h.header[0], "BaseHTTP", "SimpleHTTP", 1)
	h.header = append(h.header, "Content-type: text/html; charset=utf-8", "Content-Length: "+strconv.Itoa(h.body.Len()))
	return nil
}
