package program

import (
	"net/http"
	"net/netip"
	"path"
	"strings"

	"drydock/sim/machine"
)

// busyboxHTTPD is busybox's web server: httpd [-f] [-v] [-p [ADDRESS:]PORT] [-h DIRECTORY].
// Without -f it goes to the background, which ends a container that runs it.
func busyboxHTTPD(p *machine.Process) int {
	foreground, verbose, port, addr, home := false, false, 80, anyAddr(), p.Dir
	for i := 1; i < len(p.Args); i++ {
		flag := p.Args[i]
		if !strings.HasPrefix(flag, "-") {
			continue
		}
		foreground = foreground || strings.Contains(flag, "f")
		verbose = verbose || strings.Contains(flag, "v")
		if i+1 >= len(p.Args) {
			continue
		}
		switch flag[len(flag)-1] {
		case 'p':
			text := p.Args[i+1]
			if at := strings.LastIndexByte(text, ':'); at >= 0 {
				if a, err := netip.ParseAddr(text[:at]); err == nil {
					addr = a
				}
				text = text[at+1:]
			}
			port = atoi(text, 80)
			i++
		case 'h':
			home = p.Abs(p.Args[i+1])
			i++
		}
	}
	if n, err := p.FS.Stat(home); err != nil || !n.IsDir() {
		p.Errorf("httpd: can't change directory to '%s': No such file or directory\n", home)
		return 1
	}
	serve := func(w *machine.Process) int {
		err := open(w, addr, port, "tcp", httpOnly(func(r machine.Request) machine.Response {
			answer := busyboxAnswer(w, home, r)
			if verbose && !r.Probe {
				w.Errorf("[::ffff:%s]:40000: response:%d\n", r.From, answer.Status)
			}
			return answer
		}))
		if err != nil {
			w.Errorf("httpd: bind: Address in use\n")
			return 1
		}
		return forever(w)
	}
	if foreground {
		return serve(p)
	}
	if _, err := p.Spawn(machine.Spec{Args: p.Args, Main: serve}); err != nil {
		return 1
	}
	p.Yield()
	return 0
}

// busyboxAnswer serves a file below home.
func busyboxAnswer(p *machine.Process, home string, r machine.Request) machine.Response {
	name, _, _ := strings.Cut(orText(r.Path, "/"), "?")
	full := path.Join(home, path.Clean("/"+name))
	n, err := p.FS.Stat(full)
	if err == nil && n.IsDir() {
		full = path.Join(full, "index.html")
		n, err = p.FS.Stat(full)
	}
	status, mime, body := http.StatusOK, mimeType(full), ""
	if err != nil || n.IsDir() {
		status, mime = http.StatusNotFound, "text/html"
		body = "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n"
	} else {
		body = string(n.Data)
	}
	return withLength(machine.Response{Status: status, Body: body, Header: []string{"Date: " + httpDate(p.Now()), "Connection: close", "Content-type: " + mime}})
}
