package python

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// netModules are socket, urllib and what else talks to the network.
func (in *interp) netModules(name string) map[string]any {
	switch name {
	case "socket":
		attrs := functions(map[string]func(*thread, args) (any, error){
			"gethostname": func(t *thread, _ args) (any, error) { return t.in.process.Host, nil },
			"getfqdn":     func(t *thread, _ args) (any, error) { return t.in.process.Host, nil },
			"gethostbyname": func(t *thread, a args) (any, error) {
				host := a.str(0, "", "")
				if host == t.in.process.Host {
					for _, i := range t.in.process.Net.Interfaces() {
						return i.Addr.String(), nil
					}
				}
				addrs, err := t.in.process.Net.LookupHost(host)
				if err != nil || len(addrs) == 0 {
					return nil, t.netError(machine.ErrUnknownHost)
				}
				return addrs[0].String(), nil
			},
			"create_connection": func(t *thread, a args) (any, error) {
				s := &socket{timeout: -1}
				_, err := s.connect(t, a)
				return s, err
			},
			"socket":            func(*thread, args) (any, error) { return &socket{timeout: -1}, nil },
			"setdefaulttimeout": func(*thread, args) (any, error) { return nil, nil },
		})
		attrs["AF_INET"], attrs["SOCK_STREAM"], attrs["SOL_SOCKET"], attrs["SO_REUSEADDR"] = int64(2), int64(1), int64(1), int64(2)
		attrs["error"], attrs["gaierror"], attrs["timeout"] = in.exceptions["OSError"], in.exceptions["gaierror"], in.exceptions["TimeoutError"]
		return attrs
	case "urllib":
		return map[string]any{}
	case "urllib.error":
		return map[string]any{"URLError": in.exceptions["URLError"], "HTTPError": in.exceptions["HTTPError"]}
	case "urllib.parse":
		return functions(map[string]func(*thread, args) (any, error){
			"quote":   func(_ *thread, a args) (any, error) { return url.PathEscape(a.str(0, "", "")), nil },
			"unquote": func(_ *thread, a args) (any, error) { s, _ := url.PathUnescape(a.str(0, "", "")); return s, nil },
			"urlparse": func(_ *thread, a args) (any, error) {
				u, err := url.Parse(a.str(0, "", ""))
				if err != nil {
					u = &url.URL{}
				}
				return &record{"ParseResult", []string{"scheme", "netloc", "path", "query", "hostname"}, []any{u.Scheme, u.Host, u.Path, u.RawQuery, u.Hostname()}}, nil
			},
			"parse_qs": func(_ *thread, a args) (any, error) {
				d := newDict()
				values, _ := url.ParseQuery(a.str(0, "", ""))
				for _, pair := range strings.Split(a.str(0, "", ""), "&") {
					k, _, _ := strings.Cut(pair, "=")
					l := &list{}
					for _, v := range values[k] {
						l.items = append(l.items, v)
					}
					if k != "" {
						d.put(k, l)
					}
				}
				return d, nil
			},
		})
	case "urllib.request":
		return functions(map[string]func(*thread, args) (any, error){"urlopen": urlOpen})
	}
	return nil
}

// netError turns an error of the network into Python's.
func (t *thread) netError(err error) error {
	switch {
	case errors.Is(err, machine.ErrUnknownHost):
		if t.in.process.FS.Exists("/etc/alpine-release") {
			return t.raiseOS("gaierror", -2, "Name does not resolve", nil)
		}
		return t.raiseOS("gaierror", -2, "Name or service not known", nil)
	case errors.Is(err, machine.ErrRefused):
		return t.raiseOS("ConnectionRefusedError", 111, "Connection refused", nil)
	case errors.Is(err, machine.ErrReset):
		return t.raiseOS("ConnectionResetError", 104, "Connection reset by peer", nil)
	case errors.Is(err, machine.ErrNoRoute):
		return t.raiseOS("OSError", 113, "No route to host", nil)
	case errors.Is(err, machine.ErrUnreachable):
		return t.raiseOS("OSError", 101, "Network is unreachable", nil)
	}
	return t.raiseOS("TimeoutError", 110, "Connection timed out", nil)
}

// dial connects; a connection that times out takes its time.
func (t *thread) dial(host string, port int, timeout time.Duration) (*machine.Conn, error) {
	conn, err := t.in.process.Net.Dial(host, port, "tcp")
	if err == nil {
		return conn, nil
	}
	if errors.Is(err, machine.ErrTimeout) {
		if timeout <= 0 {
			timeout = 130 * time.Second
		}
		if err := t.sleep(timeout); err != nil {
			return nil, err
		}
		return nil, t.raise("TimeoutError", "timed out")
	}
	return nil, t.netError(err)
}

// socket is a TCP client socket. What was sent is delivered when an answer is read.
type socket struct {
	conn    *machine.Conn
	host    string
	out     strings.Builder
	in      string
	timeout float64
}

func (s *socket) typeName() string { return "socket" }

func (s *socket) connect(t *thread, a args) (any, error) {
	v, _ := a.get(0, "address")
	addr, ok := v.(*tuple)
	if !ok || len(addr.items) < 2 {
		return nil, t.raise("TypeError", "connect(): AF_INET address must be tuple, not %s", typeName(v))
	}
	if f, ok := a.get(1, "timeout"); ok {
		s.timeout, _ = asFloat(f)
	}
	port, _ := asInt(addr.items[1])
	s.host = toStr(t, addr.items[0])
	conn, err := t.dial(s.host, int(port), time.Duration(s.timeout*float64(time.Second)))
	s.conn = conn
	return nil, err
}

// exchange sends what is pending, if anything, and takes in the answer.
func (s *socket) exchange(t *thread) error {
	if s.conn == nil {
		return t.raiseOS("BrokenPipeError", 32, "Broken pipe", nil)
	}
	if s.out.Len() == 0 {
		return nil
	}
	text := s.out.String()
	s.out.Reset()
	if r, ok := parseHTTP(text); ok {
		answer := s.conn.Do(r)
		s.in += renderHTTP(answer)
		return t.after(answer)
	}
	answer := s.conn.Do(machine.Request{Proto: "tcp", Host: s.host, Body: text})
	s.in += answer.Body
	return t.after(answer)
}

// after lets an answer's time pass and reports a connection that broke.
func (t *thread) after(answer machine.Response) error {
	if answer.Delay > 0 {
		if err := t.sleep(answer.Delay); err != nil {
			return err
		}
	}
	if answer.Err != nil {
		return t.netError(answer.Err)
	}
	return nil
}

func (s *socket) attr(_ *thread, name string) (any, bool) {
	nothing := func(*thread, args) (any, error) { return nil, nil }
	calls := map[string]func(*thread, args) (any, error){
		"connect": s.connect,
		"connect_ex": func(t *thread, a args) (any, error) {
			_, err := s.connect(t, a)
			if e, ok := err.(*raised); ok {
				if n, ok := e.value.attrs["errno"].(int64); ok {
					return n, nil
				}
				return int64(11), nil
			}
			return int64(0), err
		},
		"sendall": s.send, "send": s.send,
		"recv": func(t *thread, a args) (any, error) {
			if err := s.exchange(t); err != nil {
				return nil, err
			}
			n := int(min(max(a.integer(0, "bufsize", 4096), 0), int64(len(s.in))))
			text := s.in[:n]
			s.in = s.in[n:]
			return bytesValue(text), nil
		},
		"settimeout": func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); s.timeout, _ = asFloat(v); return nil, nil },
		"setsockopt": nothing, "shutdown": nothing, "setblocking": nothing,
		"close":       func(t *thread, _ args) (any, error) { return nil, s.finish(t) },
		"__enter__":   func(*thread, args) (any, error) { return s, nil },
		"__exit__":    func(t *thread, _ args) (any, error) { return nil, s.finish(t) },
		"getpeername": func(*thread, args) (any, error) { return newTuple(s.host, int64(0)), nil },
		"bind": func(*thread, args) (any, error) {
			return nil, lacks("a server made of plain sockets (use http.server or flask)")
		},
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	return nil, false
}

func (s *socket) send(t *thread, a args) (any, error) {
	v, _ := a.get(0, "")
	b, ok := v.(bytesValue)
	if !ok {
		return nil, t.raise("TypeError", "a bytes-like object is required, not '%s'", typeName(v))
	}
	if s.conn == nil {
		return nil, t.raiseOS("BrokenPipeError", 32, "Broken pipe", nil)
	}
	s.out.WriteString(string(b))
	return int64(len(b)), nil
}

// finish closes the socket; what was sent and not answered arrives first.
func (s *socket) finish(t *thread) error {
	if s.conn != nil {
		_ = s.exchange(t)
	}
	s.conn = nil
	return nil
}

// parseHTTP reads a request that a script wrote by hand.
func parseHTTP(text string) (machine.Request, bool) {
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	words := strings.Fields(lines[0])
	if len(words) != 3 || !strings.HasPrefix(words[2], "HTTP/") {
		return machine.Request{}, false
	}
	r := machine.Request{Proto: "http", Method: words[0], Path: words[1], Header: lines[1:], Body: body}
	for _, h := range r.Header {
		if name, value, ok := strings.Cut(h, ":"); ok && strings.EqualFold(name, "host") {
			r.Host = strings.TrimSpace(value)
		}
	}
	return r, true
}

func renderHTTP(r machine.Response) string {
	if r.Status == 0 {
		return r.Body
	}
	return fmt.Sprintf("HTTP/1.1 %d %s\r\n%s\r\n\r\n%s", r.Status, http.StatusText(r.Status), strings.Join(r.Header, "\r\n"), r.Body)
}

// fetch makes an HTTP request, as urllib and requests do.
func (t *thread) fetch(method, address, body string, headers []string, timeout time.Duration) (machine.Response, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return machine.Response{}, t.raise("ValueError", "unknown url type: %s", repr(t, address))
	}
	port := map[string]int{"http": 80, "https": 443}[u.Scheme]
	if n, err := strconv.Atoi(u.Port()); err == nil {
		port = n
	}
	conn, err := t.dial(u.Hostname(), port, timeout)
	if err != nil {
		return machine.Response{}, err
	}
	path := u.RequestURI()
	answer := conn.Do(machine.Request{Proto: u.Scheme, Method: method, Host: u.Host, Path: path, Header: headers, Body: body})
	return answer, t.after(answer)
}

func urlOpen(t *thread, a args) (any, error) {
	timeout := time.Duration(a.integer(2, "timeout", 0)) * time.Second
	answer, err := t.fetch("GET", a.str(0, "url", ""), "", []string{"User-Agent: Python-urllib/" + minor(t.in.version)}, timeout)
	if e, ok := err.(*raised); ok && hasBase(e.value.class, "OSError") {
		return nil, t.raise("URLError", "<urlopen error %s>", toStr(t, e.value))
	}
	if err != nil {
		return nil, err
	}
	if answer.Status >= 400 {
		return nil, t.raise("HTTPError", "HTTP Error %d: %s", answer.Status, http.StatusText(answer.Status))
	}
	return &webAnswer{answer}, nil
}

// webAnswer is what urlopen and requests give back.
type webAnswer struct{ r machine.Response }

func (w *webAnswer) typeName() string { return "Response" }

func (w *webAnswer) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "status", "status_code", "code":
		return int64(w.r.Status), true
	case "text":
		return w.r.Body, true
	case "content":
		return bytesValue(w.r.Body), true
	case "ok":
		return w.r.Status < 400, true
	case "reason":
		return http.StatusText(w.r.Status), true
	case "headers":
		d := newDict()
		for _, h := range w.r.Header {
			k, v, _ := strings.Cut(h, ":")
			d.put(strings.TrimSpace(k), strings.TrimSpace(v))
		}
		return d, true
	}
	calls := map[string]func(*thread, args) (any, error){
		"read":      func(*thread, args) (any, error) { return bytesValue(w.r.Body), nil },
		"json":      func(t *thread, _ args) (any, error) { return t.loads(w.r.Body) },
		"__enter__": func(*thread, args) (any, error) { return w, nil },
		"__exit__":  func(*thread, args) (any, error) { return nil, nil },
		"close":     func(*thread, args) (any, error) { return nil, nil },
		"raise_for_status": func(t *thread, _ args) (any, error) {
			if w.r.Status >= 400 {
				return nil, t.raise("RequestException", "%d Error: %s", w.r.Status, http.StatusText(w.r.Status))
			}
			return nil, nil
		},
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	return nil, false
}
