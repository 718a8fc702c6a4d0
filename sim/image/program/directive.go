package program

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"

	"drydock/sim/machine"
)

// directiveMark begins a directive in a comment of a program's source.
const directiveMark = "drydock:"

// Directives reads the behaviour that comments of a source declare, one a line:
//
//	# drydock: listen 5000
//	# drydock: GET / -> Hello from {hostname}
//
// found is false when there are none. README.md lists them all. Errors name the
// file and the line.
func Directives(name, source string) (b *Behaviour, found bool, err error) {
	b = &Behaviour{}
	for i, line := range strings.Split(source, "\n") {
		text, ok := directive1(line)
		if !ok {
			continue
		}
		found = true
		if err := b.directive(text); err != nil {
			return nil, true, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	return b, found, nil
}

// directive1 takes the directive out of a comment line: "#", "//", "--", ";" or "/*".
func directive1(line string) (string, bool) {
	line = strings.TrimSpace(line)
	for _, comment := range []string{"#", "//", "--", ";", "/*", "*", "<!--"} {
		rest, ok := strings.CutPrefix(line, comment)
		if !ok {
			continue
		}
		text, ok := strings.CutPrefix(strings.TrimSpace(rest), directiveMark)
		if !ok {
			continue
		}
		text = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text), "*/"), "-->")
		return strings.TrimSpace(text), true
	}
	return "", false
}

// directive adds one directive to the behaviour.
func (b *Behaviour) directive(text string) error {
	words := strings.Fields(text)
	if len(words) == 0 {
		return fmt.Errorf("a directive is missing after %q", directiveMark)
	}
	rest := strings.TrimSpace(strings.TrimPrefix(text, words[0]))
	switch words[0] {
	case "listen":
		return b.listenDirective(words[1:])
	case "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "ANY":
		return b.answerDirective(words[0], rest)
	case "serve":
		b.Serves = rest
	case "needs":
		return b.needsDirective(words[1:])
	case "env":
		b.Needs = append(b.Needs, Need{Variable: rest})
	case "log", "error":
		return b.logDirective(rest, words[0] == "error")
	case "memory":
		return b.memoryDirective(words[1:])
	case "crash", "exit":
		return b.endDirective(words)
	case "stop", "ignore":
		return b.signalDirective(words)
	case "ready":
		d, err := after(words[1:])
		b.Ready = Duration(d)
		return err
	case "write":
		name, data, ok := strings.Cut(rest, ":")
		if !ok {
			return fmt.Errorf("write needs a path, a colon and a text: write /data/state: new")
		}
		if b.Writes == nil {
			b.Writes = map[string]string{}
		}
		b.Writes[strings.TrimSpace(name)] = strings.TrimSpace(data) + "\n"
	case "user":
		b.User = rest
	default:
		return fmt.Errorf("%q is no directive; there are: listen, GET (or another method), serve, needs, env, log, error, memory, crash, exit, stop, ignore, ready, write, user", words[0])
	}
	return nil
}

// after reads "after 5s".
func after(words []string) (time.Duration, error) {
	if len(words) < 2 || words[0] != "after" {
		return 0, fmt.Errorf("a duration is needed: after 5s")
	}
	d, err := time.ParseDuration(words[1])
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no duration; write for example 500ms or 5s", words[1])
	}
	return d, nil
}

// listenDirective is "listen PORT[/PROTO] [on ADDRESS] [after DURATION]".
func (b *Behaviour) listenDirective(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("listen needs a port: listen 5000")
	}
	port, proto, _ := strings.Cut(words[0], "/")
	if n, err := strconv.Atoi(port); !strings.HasPrefix(port, "{") && (err != nil || n < 1 || n > 65535) {
		return fmt.Errorf("%q is no port", port)
	}
	if proto != "" && proto != "tcp" && proto != "udp" {
		return fmt.Errorf("a port is tcp or udp, not %q", proto)
	}
	l := Listen{Port: port, Proto: proto}
	for words = words[1:]; len(words) > 0; words = words[2:] {
		switch {
		case words[0] == "on" && len(words) > 1:
			l.Address = words[1]
		case words[0] == "after":
			d, err := after(words)
			if err != nil {
				return err
			}
			b.Ready = Duration(d)
		default:
			return fmt.Errorf("listen: %q is not understood; write: listen 5000 on 127.0.0.1 after 2s", words[0])
		}
	}
	b.Listen = append(b.Listen, l)
	return nil
}

// answerDirective is "GET PATH -> [STATUS] TEXT".
func (b *Behaviour) answerDirective(method, rest string) error {
	name, body, ok := strings.Cut(rest, "->")
	name, body = strings.TrimSpace(name), strings.TrimSpace(body)
	if !ok || !strings.HasPrefix(name, "/") {
		return fmt.Errorf("an answer needs a path, an arrow and a text: GET / -> Hello")
	}
	a := Answer{Method: method, Path: name}
	if method == "ANY" {
		a.Method = ""
	}
	first, more, _ := strings.Cut(body, " ")
	if n, err := strconv.Atoi(first); err == nil && len(first) == 3 && n >= 100 && n < 600 {
		a.Status, body = n, more
	}
	if strings.HasPrefix(body, "{\"") || strings.HasPrefix(body, "[") {
		a.Type = "application/json"
	} else if strings.HasPrefix(body, "<") {
		a.Type = "text/html; charset=utf-8"
	}
	a.Body = strings.ReplaceAll(body, `\n`, "\n") + "\n"
	b.Answers = append(b.Answers, a)
	return nil
}

// needsDirective is "needs HOST:PORT [or retry|exit|fail]", "needs file PATH" or
// "needs env NAME".
func (b *Behaviour) needsDirective(words []string) error {
	switch {
	case len(words) == 2 && words[0] == "file":
		b.Needs = append(b.Needs, Need{File: words[1]})
		return nil
	case len(words) == 2 && words[0] == "env":
		b.Needs = append(b.Needs, Need{Variable: words[1]})
		return nil
	case len(words) == 0 || !strings.Contains(words[0], ":"):
		return fmt.Errorf("needs takes a host and port, a file or a variable: needs redis:6379, needs file /etc/app.conf, needs env TOKEN")
	}
	n := Need{Host: words[0]}
	if len(words) == 3 && words[1] == "or" {
		n.Else = words[2]
	} else if len(words) != 1 {
		return fmt.Errorf("needs: %q is not understood; write: needs redis:6379 or retry", strings.Join(words[1:], " "))
	}
	if n.Else != "" && n.Else != "exit" && n.Else != "retry" && n.Else != "fail" {
		return fmt.Errorf("needs: without the host a program can exit, retry or fail, not %q", n.Else)
	}
	b.Needs = append(b.Needs, n)
	return nil
}

// logDirective is "log TEXT", "log every 10s TEXT" or "log on request TEXT".
func (b *Behaviour) logDirective(rest string, stderr bool) error {
	words := strings.Fields(rest)
	switch {
	case len(words) > 2 && words[0] == "every":
		d, err := time.ParseDuration(words[1])
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is no duration; write for example 10s", words[1])
		}
		b.Logs = append(b.Logs, Log{Every: Duration(d), Text: strings.Join(words[2:], " "), Stderr: stderr})
	case len(words) > 2 && words[0] == "on" && words[1] == "request":
		b.Logs = append(b.Logs, Log{On: "request", Text: strings.Join(words[2:], " "), Stderr: stderr})
	case stderr:
		b.Warns += rest + "\n"
	default:
		b.Says += rest + "\n"
	}
	return nil
}

// memoryDirective is "memory 64MB [growing 1MB every 1s]".
func (b *Behaviour) memoryDirective(words []string) error {
	size := func(s string) (Size, error) {
		n, err := units.RAMInBytes(s)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%q is no size; write for example 64MB", s)
		}
		return Size(n), nil
	}
	if len(words) != 1 && (len(words) != 5 || words[1] != "growing" || words[3] != "every") {
		return fmt.Errorf("memory takes a size, and how it grows: memory 64MB growing 1MB every 1s")
	}
	var err error
	if b.Memory.Start, err = size(words[0]); err != nil || len(words) == 1 {
		return err
	}
	if b.Memory.Grow, err = size(words[2]); err != nil {
		return err
	}
	d, err := time.ParseDuration(words[4])
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no duration; write for example 1s", words[4])
	}
	b.Memory.Every = Duration(d)
	return nil
}

// endDirective is "crash after 5s [with STATUS]", "exit after 3s" or "crash on GET /path".
func (b *Behaviour) endDirective(words []string) error {
	status := map[string]int{"crash": 1, "exit": 0}[words[0]]
	for i, w := range words {
		if w == "with" && i == len(words)-2 {
			n, err := strconv.Atoi(words[i+1])
			if err != nil || n < 0 || n > 255 {
				return fmt.Errorf("%q is no exit status (0 to 255)", words[i+1])
			}
			status, words = n, words[:i]
			break
		}
	}
	if len(words) == 4 && words[1] == "on" {
		b.Answers = append([]Answer{{Method: words[2], Path: words[3], Status: status, Exits: true}}, b.Answers...)
		return nil
	}
	d, err := after(words[1:])
	if err != nil || len(words) != 3 {
		return fmt.Errorf("%s is told when: %s after 5s with 3, or %s on GET /path", words[0], words[0], words[0])
	}
	b.Ends = &End{After: Duration(d), Status: status}
	return nil
}

// signalDirective is "stop on TERM [after 2s] [saying TEXT]" or "ignore TERM".
func (b *Behaviour) signalDirective(words []string) error {
	s := Stop{}
	if words[0] == "ignore" {
		s.Ignore, words = true, words[1:]
	} else {
		if len(words) < 3 || words[1] != "on" {
			return fmt.Errorf("stop needs a signal: stop on TERM after 2s saying goodbye")
		}
		words = words[2:]
	}
	if len(words) == 0 {
		return fmt.Errorf("ignore needs a signal: ignore TERM")
	}
	if _, ok := machine.ParseSignal(words[0]); !ok {
		return fmt.Errorf("%q is no signal", words[0])
	}
	s.On = words[0]
	words = words[1:]
	if len(words) > 1 && words[0] == "after" {
		d, err := after(words)
		if err != nil {
			return err
		}
		s.After, words = Duration(d), words[2:]
	}
	if len(words) > 1 && words[0] == "saying" {
		s.Says, words = strings.Join(words[1:], " "), nil
	}
	if len(words) > 0 {
		return fmt.Errorf("%q is not understood", strings.Join(words, " "))
	}
	b.Signals = append(b.Signals, s)
	return nil
}
