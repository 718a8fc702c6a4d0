package program

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Main makes a program that behaves so. version is what {version} stands for.
func (b *Behaviour) Main(version string) machine.Main {
	return func(p *machine.Process) int {
		r := &behaving{b: b, process: p, version: version}
		return r.run()
	}
}

// behaving is a running behaviour.
type behaving struct {
	b       *Behaviour
	process *machine.Process
	version string
	count   int // requests so far
	memory  int64
}

func (r *behaving) run() int {
	p, b := r.process, r.b
	p.OnSignal = r.signalled
	if b.User != "" && p.User.UID == 0 {
		if u, ok := lookupUser(p.FS, b.User); ok {
			for _, name := range slices.Sorted(mapKeys(b.Writes)) {
				_ = p.FS.MkdirAll(path.Dir(name), 0o755, u.UID, u.GID)
				own(p, path.Dir(name), u)
			}
			p.User = u
		}
	}
	r.memory = int64(b.Memory.Start)
	if r.memory > 0 {
		p.Use(r.memory)
	}
	for _, n := range b.Needs {
		if status := r.need(n); status >= 0 {
			return status
		}
	}
	r.print(false, b.Says)
	r.print(true, b.Warns)
	for _, name := range slices.Sorted(mapKeys(b.Writes)) {
		if p.FS.Exists(name) {
			continue
		}
		_ = p.FS.MkdirAll(path.Dir(name), 0o755, p.User.UID, p.User.GID)
		if err := p.FS.Put(name, &vfs.Node{Mode: 0o644, UID: p.User.UID, GID: p.User.GID, Data: []byte(r.expand(b.Writes[name], nil))}); err != nil {
			p.Errorf("%s: %s: %s\n", path.Base(p.Args[0]), name, capital(err))
			return 1
		}
	}
	if b.Ready > 0 {
		p.Sleep(time.Duration(b.Ready))
	}
	if err := r.listen(); err != nil {
		p.Errorf("%s: %v\n", path.Base(p.Args[0]), err)
		return 1
	}
	if b.Title != "" {
		p.Args = []string{r.expand(b.Title, nil)}
	}
	for _, name := range b.Children {
		_, _ = p.Spawn(machine.Spec{Args: []string{name}, Main: func(w *machine.Process) int { w.Use(2 << 20); return forever(w) }})
	}
	return r.live()
}

// print writes a text, with a line end if it lacks one.
func (r *behaving) print(stderr bool, text string) {
	if text == "" {
		return
	}
	text = strings.TrimSuffix(r.expand(text, nil), "\n") + "\n"
	if stderr {
		r.process.Errorf("%s", text)
	} else {
		r.process.Printf("%s", text)
	}
}

// need checks one need; a status of 0 or more ends the program.
func (r *behaving) need(n Need) int {
	p := r.process
	missing, says := false, n.Says
	switch {
	case n.Variable != "":
		missing = !slices.ContainsFunc(strings.Split(n.Variable, "|"), func(v string) bool { return secret(p, v) != "" })
		says = orText(says, "error: the environment variable "+n.Variable+" is not set")
	case n.File != "":
		missing = !p.FS.Exists(n.File)
		says = orText(says, "error: "+n.File+": No such file or directory")
	case n.Host != "":
		return r.needHost(n)
	}
	if !missing {
		return -1
	}
	r.print(true, says)
	return max(n.Status, 1)
}

func (r *behaving) needHost(n Need) int {
	for n.Else != "fail" {
		err := r.connect(n)
		if err == nil {
			return -1
		}
		says := orText(n.Says, fmt.Sprintf("error: connecting to %s: %v", r.expand(n.Host, nil), err))
		r.print(true, says)
		switch n.Else {
		case "retry":
			every := time.Duration(n.Every)
			if every == 0 {
				every = 2 * time.Second
			}
			r.process.Sleep(every)
		default:
			return max(n.Status, 1)
		}
	}
	return -1
}

func (r *behaving) connect(n Need) error {
	target := r.expand(n.Host, nil)
	if n.Port > 0 && !strings.Contains(target, ":") {
		target += ":" + strconv.Itoa(n.Port)
	}
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return fmt.Errorf("%q is no host:port", target)
	}
	_, err = r.process.Net.Dial(host, atoi(port, 0), "tcp")
	return err
}

func (r *behaving) listen() error {
	for _, l := range r.b.Listen {
		port := atoi(r.expand(l.Port, nil), 0)
		if port < 1 || port > 65535 {
			return fmt.Errorf("%q is no port", r.expand(l.Port, nil))
		}
		addr := anyAddr()
		if l.Address != "" {
			a, err := netip.ParseAddr(strings.Replace(r.expand(l.Address, nil), "localhost", "127.0.0.1", 1))
			if err != nil {
				return fmt.Errorf("%q is no address", l.Address)
			}
			addr = a
		}
		proto, serve := "tcp", httpOnly(r.answer)
		if l.Proto == "udp" {
			proto = "udp"
		}
		if len(r.b.Answers) == 0 && r.b.Serves == "" {
			serve = func(machine.Request) machine.Response { return machine.Response{} }
		}
		if err := open(r.process, addr, port, proto, serve); err != nil {
			return fmt.Errorf("listen %s:%d: %w", addr, port, err)
		}
	}
	return nil
}

// live is the rest of the program's life: logs, growth, and its end.
func (r *behaving) live() int {
	p, begun := r.process, r.process.Now()
	next := make([]time.Time, len(r.b.Logs)+1)
	for i, l := range r.b.Logs {
		if l.Every > 0 {
			next[i] = begun.Add(time.Duration(l.Every))
		}
	}
	grow := len(r.b.Logs)
	if r.b.Memory.Grow > 0 {
		next[grow] = begun.Add(max(time.Duration(r.b.Memory.Every), 100*time.Millisecond))
	}
	for {
		due, what := time.Time{}, -1
		for i, at := range next {
			if !at.IsZero() && (what < 0 || at.Before(due)) {
				due, what = at, i
			}
		}
		if e := r.b.Ends; e != nil {
			if end := begun.Add(time.Duration(e.After)); what < 0 || !end.After(due) {
				p.Sleep(end.Sub(p.Now()))
				r.print(false, e.Says)
				r.print(true, e.Warns)
				return e.Status
			}
		}
		if what < 0 {
			if len(r.b.Listen) == 0 && len(r.b.Signals) == 0 && r.b.Ends == nil {
				return 0 // it had nothing to do but to say something
			}
			return forever(p)
		}
		p.Sleep(due.Sub(p.Now()))
		if what == grow {
			r.memory += int64(r.b.Memory.Grow)
			p.Use(r.memory)
			next[what] = due.Add(max(time.Duration(r.b.Memory.Every), 100*time.Millisecond))
			continue
		}
		r.print(r.b.Logs[what].Stderr, r.b.Logs[what].Text)
		next[what] = due.Add(max(time.Duration(r.b.Logs[what].Every), 10*time.Millisecond))
	}
}

func (r *behaving) signalled(sig machine.Signal) bool {
	for _, s := range r.b.Signals {
		for _, word := range strings.Fields(s.On) {
			if on, _ := machine.ParseSignal(word); on != sig {
				continue
			}
			r.print(false, s.Says)
			r.print(true, s.Warns)
			if s.Ignore {
				return true
			}
			p := r.process
			if s.After == 0 {
				p.Exit(s.Status)
				return true
			}
			p.Clock().After(time.Duration(s.After), func() { p.Exit(s.Status) })
			return true
		}
	}
	return false
}

// answer serves one HTTP request.
func (r *behaving) answer(q machine.Request) machine.Response {
	if !q.Probe {
		r.count++
	}
	response := r.respond(q)
	if q.Probe {
		return response
	}
	for _, l := range r.b.Logs {
		if l.On == "request" {
			text := strings.NewReplacer("{status}", strconv.Itoa(response.Status), "{size}", strconv.Itoa(len(response.Body))).Replace(l.Text)
			line := r.expand(text, &q) + "\n"
			if l.Stderr {
				r.process.Errorf("%s", line)
			} else {
				r.process.Printf("%s", line)
			}
		}
	}
	return response
}

// failure is the page of a program whose need is not met.
func (n Need) failure() Answer {
	if n.Body == "" {
		return Answer{Status: http.StatusInternalServerError, Body: "Internal Server Error\n"}
	}
	return Answer{Status: http.StatusInternalServerError, Type: "text/html; charset=utf-8", Body: n.Body}
}

func (r *behaving) respond(q machine.Request) machine.Response {
	for _, n := range r.b.Needs {
		if n.Host != "" && n.Else == "fail" {
			if err := r.connect(n); err != nil {
				if !q.Probe {
					r.print(true, orText(n.Says, fmt.Sprintf("error: connecting to %s: %v", r.expand(n.Host, nil), err)))
				}
				return r.response(n.failure(), q)
			}
		}
	}
	file, _, _ := strings.Cut(q.Path, "?")
	if file == "" {
		file = "/"
	}
	for _, a := range r.b.Answers {
		prefix, wild := strings.CutSuffix(a.Path, "*")
		if a.Method != "" && !strings.EqualFold(a.Method, method(q)) || !(wild && strings.HasPrefix(file, prefix) || a.Path == file) {
			continue
		}
		if a.Exits && !q.Probe {
			p := r.process
			p.Clock().After(0, func() { p.Exit(a.Status) })
			return machine.Response{}
		}
		return r.response(a, q)
	}
	if r.b.Serves != "" {
		return r.file(file, q)
	}
	return r.response(Answer{Status: http.StatusNotFound, Body: "404 page not found\n"}, q)
}

// file serves a file of the declared directory.
func (r *behaving) file(name string, q machine.Request) machine.Response {
	full := path.Join(r.expand(r.b.Serves, nil), path.Clean("/"+name))
	n, err := r.process.FS.Stat(full)
	if err == nil && n.IsDir() {
		full = path.Join(full, "index.html")
		n, err = r.process.FS.Stat(full)
	}
	if err != nil || n.IsDir() {
		return r.response(Answer{Status: http.StatusNotFound, Type: "text/html", Body: "<html><body><h1>404 Not Found</h1></body></html>\n"}, q)
	}
	a := Answer{Type: mimeType(full), Body: "{body}"}
	response := r.response(a, q)
	response.Body = string(n.Data)
	return withLength(response)
}

func (r *behaving) response(a Answer, q machine.Request) machine.Response {
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	h := []string{}
	if r.b.Server != "" {
		h = append(h, "Server: "+r.expand(r.b.Server, nil))
	}
	h = append(h, "Date: "+httpDate(r.process.Now()), "Content-Type: "+orText(a.Type, "text/plain; charset=utf-8"))
	for _, line := range a.Header {
		h = append(h, r.expand(line, &q))
	}
	return withLength(machine.Response{Status: a.Status, Header: h, Body: r.expand(a.Body, &q), Delay: time.Duration(a.Delay), Cost: time.Duration(a.Cost)})
}

func withLength(r machine.Response) machine.Response {
	r.Header = append(slices.DeleteFunc(r.Header, func(h string) bool { return strings.HasPrefix(h, "Content-Length:") }), "Content-Length: "+strconv.Itoa(len(r.Body)))
	return r
}

// expand replaces the words in braces. Unknown ones stay as they are.
func (r *behaving) expand(text string, q *machine.Request) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		word, after, closed := strings.Cut(rest, "}")
		value, known := r.word(word, q)
		if !closed || !known {
			b.WriteString("{")
			text = rest
			continue
		}
		b.WriteString(value)
		text = after
	}
}

// word is the value of one word in braces.
func (r *behaving) word(word string, q *machine.Request) (string, bool) {
	p := r.process
	name, arg, _ := strings.Cut(word, ":")
	switch name {
	case "hostname":
		return p.Host, true
	case "version":
		return r.version, true
	case "count":
		return strconv.Itoa(r.count), true
	case "pid":
		return strconv.Itoa(p.LocalPID), true
	case "user":
		return p.User.Name, true
	case "args":
		return strings.Join(p.Args[1:], " "), true
	case "env":
		variable, otherwise, _ := strings.Cut(arg, "|")
		return orText(secret(p, variable), otherwise), true
	case "file":
		data, _ := p.FS.ReadFile(arg)
		return strings.TrimSuffix(string(data), "\n"), true
	case "time":
		return p.Now().UTC().Format(orText(arg, time.RFC3339)), true
	case "seconds":
		return fmt.Sprintf("%.3f", float64(p.Now().UnixMilli())/1000), true
	case "ip":
		for _, i := range p.Net.Interfaces() {
			return i.Addr.String(), true
		}
		return "127.0.0.1", true
	}
	if q == nil {
		return "", false
	}
	switch name {
	case "method":
		return method(*q), true
	case "path":
		return orText(q.Path, "/"), true
	case "host":
		return q.Host, true
	case "client":
		return q.From.String(), true
	case "agent":
		return orDash(header(q.Header, "User-Agent")), true
	case "headers":
		rest := slices.DeleteFunc(slices.Clone(q.Header), func(h string) bool { return strings.HasPrefix(strings.ToLower(h), "host:") })
		return strings.Join(rest, "\n"), true
	case "request":
		return q.Body, true
	}
	return "", false
}
