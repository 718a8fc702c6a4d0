package tools

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// wget is busybox's or GNU's, on the same connections as curl.
func wget(t *tool) int {
	o, ok := t.parse("q/quiet O:/output-document S/server-response T:/timeout t:/tries P:/directory-prefix c/continue /spider /post-data: /header: U:/user-agent "+
		"/no-check-certificate nv/no-verbose n Y: /max-redirect: /user: /password: /method: /body-data:", wgetArgs(t.Args[1:]))
	if !ok {
		return 2 - btoi(t.busybox)
	}
	if len(o.args) == 0 {
		t.Errorf("wget: missing URL\n")
		return 1
	}
	status := 0
	for _, url := range o.args {
		w := &fetch{transfer: &transfer{tool: t, o: o}}
		if s := w.run(url); s != 0 {
			status = s
		}
	}
	return status
}

// wgetArgs writes -qO- and -nv as options that the parser knows.
func wgetArgs(args []string) []string {
	var out []string
	for _, a := range args {
		if a == "-nv" {
			a = "--no-verbose"
		}
		out = append(out, a)
	}
	return out
}

// fetch is one URL of wget.
type fetch struct {
	*transfer
	name string
}

func (w *fetch) quiet() bool { return w.o.has("q") }

func (w *fetch) say(format string, args ...any) {
	if !w.quiet() && !w.o.has("no-verbose") && !w.o.has("nv") {
		w.Errorf(format, args...)
	}
}

func (w *fetch) run(url string) int {
	if !w.split(url) {
		w.failf("bad address '%s'", url)
		return 1
	}
	for range 20 {
		if !w.busybox {
			w.say("--%s--  %s\n", w.Now().Format("2006-01-02 15:04:05"), w.url())
		}
		resp, status := w.ask()
		if status != 0 {
			return status
		}
		location := headerValue(resp.Header, "Location")
		if resp.Status < 300 || resp.Status >= 400 || location == "" {
			return w.store(resp)
		}
		if strings.HasPrefix(location, "/") {
			w.path = location
		} else if !w.split(location) {
			return 1
		}
		if !w.busybox {
			w.say("Location: %s [following]\n", location)
		}
	}
	w.failf("too many redirections")
	return 1
}

func (w *fetch) url() string { return w.scheme + "://" + w.hostHeader() + w.path }

// ask connects and sends the request.
func (w *fetch) ask() (machine.Response, int) {
	addr, ok := w.lookup(w.host)
	if !ok {
		if w.busybox {
			w.failf("bad address '%s'", w.host)
			return machine.Response{}, 1
		}
		w.say("Resolving %s (%s)... failed: Name or service not known.\n", w.host, w.host)
		w.Errorf("wget: unable to resolve host address '%s'\n", w.host)
		return machine.Response{}, 4
	}
	if w.busybox {
		w.say("Connecting to %s (%s)\n", w.hostHeader(), netip.AddrPortFrom(addr, uint16(w.port)))
	} else {
		if w.host != addr.String() {
			w.say("Resolving %s (%s)... %s\n", w.host, w.host, addr)
			w.say("Connecting to %s (%s)|%s|:%d... ", w.host, w.host, addr, w.port)
		} else {
			w.say("Connecting to %s:%d... ", addr, w.port)
		}
	}
	conn, err := w.Net.DialAddr(netip.AddrPortFrom(addr, uint16(w.port)), "tcp")
	if err != nil {
		return machine.Response{}, w.noConnection(addr, err)
	}
	if !w.busybox {
		w.say("connected.\nHTTP request sent, awaiting response... ")
	}
	agent := "Wget"
	if !w.busybox {
		agent = "Wget/1.21.3"
	}
	method, body := "GET", w.o.values["post-data"]
	if w.o.has("post-data") {
		method = "POST"
	}
	if w.o.has("spider") && !w.busybox {
		method = "HEAD"
	}
	headers := append([]string{"Host: " + w.hostHeader(), "User-Agent: " + agent, "Accept: */*", "Connection: close"}, values(w.Args[1:], "--header", "--header")...)
	resp := conn.Do(machine.Request{Proto: w.scheme, Method: method, Host: w.hostHeader(), Path: w.path, Header: headers, Body: body, Insecure: w.busybox || w.o.has("no-check-certificate"), Times: w.Times})
	return resp, w.answered(resp)
}

// noConnection says why there is no connection, after the time that it takes.
func (w *fetch) noConnection(addr netip.Addr, err error) int {
	limit, limited := duration(w.o.values["T"])
	limited = limited && w.o.has("T") && limit > 0
	if errors.Is(err, machine.ErrTimeout) && limited && limit < connectTime {
		w.Sleep(limit)
		if w.busybox {
			w.failf("download timed out")
			return 1
		}
		w.say("failed: Connection timed out.\n")
		return 4
	}
	w.waitRefused(&options{}, err)
	switch {
	case w.busybox && errors.Is(err, machine.ErrReset):
		w.failf("error getting response: Connection reset by peer")
	case w.busybox:
		why := connectReason(err)
		switch {
		case errors.Is(err, machine.ErrNoRoute):
			why = "Host is unreachable"
		case errors.Is(err, machine.ErrUnreachable):
			why = "Network unreachable"
		case errors.Is(err, machine.ErrTimeout):
			why = "Operation timed out"
		}
		w.failf("can't connect to remote host (%s): %s", addr, why)
	case errors.Is(err, machine.ErrReset):
		w.say("connected.\nHTTP request sent, awaiting response... Read error (Connection reset by peer) in headers.\nGiving up.\n\n")
		return 4
	default:
		w.say("failed: %s.\n", connectReason(err))
		return 4
	}
	return 1
}

// answered judges the answer itself.
func (w *fetch) answered(resp machine.Response) int {
	if limit, ok := duration(w.o.values["T"]); ok && w.o.has("T") && limit > 0 && resp.Delay > limit {
		w.Sleep(limit)
		if w.busybox {
			w.failf("download timed out")
			return 1
		}
		w.say("Read error (Connection timed out) in headers.\nGiving up.\n\n")
		return 4
	}
	if resp.Delay > 0 {
		w.Sleep(resp.Delay)
	}
	switch {
	case errors.Is(resp.Err, machine.ErrUntrusted):
		w.Errorf("ERROR: The certificate of '%s' is not trusted.\nERROR: The certificate of '%s' doesn't have a known issuer.\n", w.host, w.host)
		return 5
	case resp.Err != nil || resp.Status == 0:
		if w.busybox {
			w.failf("error getting response: Connection reset by peer")
			return 1
		}
		w.say("No data received.\nGiving up.\n\n")
		return 4
	case resp.Status >= 400 && w.busybox:
		w.failf("server returned error: HTTP/1.1 %d %s", resp.Status, statusText(resp.Status))
		return 1
	case resp.Status >= 400:
		w.say("%d %s\n", resp.Status, statusText(resp.Status))
		if !w.quiet() {
			w.Errorf("%s ERROR %d: %s.\n\n", w.Now().Format("2006-01-02 15:04:05"), resp.Status, statusText(resp.Status))
		}
		return 8
	}
	if !w.busybox {
		w.say("%d %s\n", resp.Status, statusText(resp.Status))
	}
	if w.o.has("S") {
		w.Errorf("  HTTP/1.1 %d %s\n", resp.Status, statusText(resp.Status))
		for _, h := range resp.Header {
			w.Errorf("  %s\n", h)
		}
	}
	return 0
}

// store writes the answer to its file.
func (w *fetch) store(resp machine.Response) int {
	if w.o.has("spider") {
		if w.busybox {
			w.say("remote file exists\n")
		} else {
			w.say("Remote file exists.\n\n")
		}
		return 0
	}
	file, _, _ := strings.Cut(w.path, "?")
	w.name = path.Base(file)
	if strings.HasSuffix(file, "/") {
		w.name = "index.html"
	}
	if w.o.has("P") {
		w.name = path.Join(w.o.values["P"], w.name)
	}
	if w.o.has("O") {
		w.name = w.o.values["O"]
	}
	size := len(resp.Body)
	if w.name == "-" {
		w.progress("stdout", "-", size)
		w.write(resp.Body)
		w.finished("stdout", size)
		return 0
	}
	if w.busybox && !w.o.has("O") && w.FS.Exists(w.Abs(w.name)) {
		w.failf("can't open '%s': File exists", w.name)
		return 1
	}
	if err := w.WriteFile(w.name, []byte(resp.Body)); err != nil {
		if w.busybox {
			w.failf("can't open '%s': %s", w.name, reason(err))
			return 1
		}
		w.Errorf("%s: %s\n\nCannot write to '%s' (%s).\n", w.name, reason(err), w.name, reason(err))
		return 3
	}
	w.progress("", w.name, size)
	w.finished("", size)
	return 0
}

// progress is the bar that both show on standard error.
func (w *fetch) progress(stdout, name string, size int) {
	if w.busybox {
		if stdout != "" {
			w.say("writing to stdout\n")
		} else {
			w.say("saving to '%s'\n", name)
		}
		w.say("%-20.20s 100%% |%s| %5d  0:00:00 ETA\n", name, strings.Repeat("*", 32), size)
		return
	}
	target := name
	if stdout != "" {
		target = "STDOUT"
	}
	length := strconv.Itoa(size)
	if size >= 1024 {
		length += " (" + human(int64(size)) + ")"
	}
	w.say("Length: %s [text/html]\nSaving to: '%s'\n\n     0K %s 100%% 1.00M=0s\n\n", length, target, strings.Repeat(".", min(size/1024+1, 50)))
}

func (w *fetch) finished(stdout string, size int) {
	switch {
	case w.busybox && stdout != "":
		w.say("written to stdout\n")
	case w.busybox:
		w.say("'%s' saved\n", w.name)
	case stdout != "":
		w.say("%s (1.00 MB/s) - written to stdout [%d/%d]\n\n", w.Now().Format("2006-01-02 15:04:05"), size, size)
	default:
		text := fmt.Sprintf("(1.00 MB/s) - '%s' saved [%d/%d]", w.name, size, size)
		if w.o.has("no-verbose") || w.o.has("nv") {
			if !w.quiet() {
				w.Errorf("%s URL:%s [%d/%d] -> \"%s\" [1]\n", w.Now().Format("2006-01-02 15:04:05"), w.url(), size, size, w.name)
			}
			return
		}
		w.say("%s %s\n\n", w.Now().Format("2006-01-02 15:04:05"), text)
	}
}
