package program

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// apache is a running httpd with what it read from its configuration.
type apache struct {
	process  *machine.Process
	version  string
	root     string
	index    []string
	ports    []int
	name     string // ServerName
	listings bool
}

// httpd is Apache's server program of the httpd images.
func httpd(version string) machine.Main {
	return func(p *machine.Process) int {
		a := &apache{process: p, version: version, root: "/usr/local/apache2/htdocs", index: []string{"index.html"}}
		for _, arg := range p.Args[1:] {
			switch arg {
			case "-v", "-V":
				p.Printf("Server version: Apache/%s (Unix)\nServer built:   Nov  4 2026 01:17:52\n", version)
				return 0
			case "-t", "configtest":
				if status := a.configure(); status != 0 {
					return status
				}
				p.Errorf("Syntax OK\n")
				return 0
			case "-M", "-l", "-S", "-k":
				p.Errorf("httpd: 'httpd %s' is part of Apache httpd, but this simulator does not have it\n", arg)
				return 1
			}
		}
		if status := a.configure(); status != 0 {
			return status
		}
		return a.serve()
	}
}

const apacheConf = "/usr/local/apache2/conf/httpd.conf"

// configure reads the directives that matter here from httpd.conf.
func (a *apache) configure() int {
	p := a.process
	data, err := p.FS.ReadFile(apacheConf)
	if err != nil {
		p.Errorf("httpd: Could not open configuration file %s: No such file or directory\n", apacheConf)
		return 1
	}
	for i, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") || strings.HasPrefix(words[0], "</") {
			continue
		}
		value := ""
		if len(words) > 1 {
			value = strings.Trim(words[1], `"`)
		}
		switch strings.ToLower(words[0]) {
		case "listen":
			port := atoi(value[strings.LastIndexByte(value, ':')+1:], 0)
			if port < 1 || port > 65535 {
				p.Errorf("AH00526: Syntax error on line %d of %s:\nPort must be specified\n", i+1, apacheConf)
				return 1
			}
			a.ports = append(a.ports, port)
		case "documentroot":
			a.root = value
		case "servername":
			a.name = value
		case "directoryindex":
			a.index = words[1:]
		case "options":
			a.listings = a.listings || slices.Contains(words, "Indexes") || slices.Contains(words, "+Indexes")
		default:
			if words[0][0] != '<' && strings.ToLower(words[0][:1]) == words[0][:1] {
				p.Errorf("AH00526: Syntax error on line %d of %s:\nInvalid command '%s', perhaps misspelled or defined by a module not included in the server configuration\n", i+1, apacheConf, words[0])
				return 1
			}
		}
	}
	if n, err := p.FS.Stat(a.root); err != nil || !n.IsDir() {
		p.Errorf("AH00526: Syntax error in %s:\nDocumentRoot '%s' is not a directory, or is not readable\n", apacheConf, a.root)
		return 1
	}
	return 0
}

func (a *apache) note(module, text string) {
	p := a.process
	p.Errorf("[%s] [%s:notice] [pid %d:tid %d] %s\n", p.Now().UTC().Format("Mon Jan 02 15:04:05.000000 2006"), module, p.LocalPID, p.LocalPID, text)
}

func (a *apache) serve() int {
	p := a.process
	if a.name == "" {
		addr := "127.0.0.1"
		if links := p.Net.Interfaces(); len(links) > 0 {
			addr = links[0].Addr.String()
		}
		for range 2 {
			p.Errorf("AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using %s. Set the 'ServerName' directive globally to suppress this message\n", addr)
		}
	}
	for _, port := range a.ports {
		if open(p, anyAddr(), port, "tcp", httpOnly(a.answer)) != nil {
			p.Errorf("(98)Address already in use: AH00072: make_sock: could not bind to address [::]:%d\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n", port)
			return 1
		}
	}
	p.Use(6 << 20)
	p.Sleep(50 * time.Millisecond)
	a.note("mpm_event", "AH00489: Apache/"+a.version+" (Unix) configured -- resuming normal operations")
	a.note("core", "AH00094: Command line: 'httpd -D FOREGROUND'")
	p.Args = []string{"httpd", "-DFOREGROUND"}
	worker := machine.Spec{Args: []string{"httpd", "-DFOREGROUND"}, Main: func(w *machine.Process) int { w.Use(2 << 20); return forever(w) }}
	if u, ok := lookupUser(p.FS, "www-data"); ok && p.User.UID == 0 {
		worker.User = &u
	}
	for range 3 {
		if _, err := p.Spawn(worker); err != nil {
			return 1
		}
	}
	stopOn(p, func(s machine.Signal) {
		if s == machine.SIGWINCH {
			a.note("mpm_event", "AH00492: caught SIGWINCH, shutting down gracefully")
		} else {
			a.note("mpm_event", "AH00491: caught SIGTERM, shutting down")
		}
	}, machine.SIGWINCH, machine.SIGTERM, machine.SIGINT)
	return forever(p)
}

// answer serves a file and logs the request in the common format.
func (a *apache) answer(q machine.Request) machine.Response {
	r := a.file(q)
	r.Header = append([]string{"Date: " + httpDate(a.process.Now()), "Server: Apache/" + a.version + " (Unix)"}, r.Header...)
	r.Header = append(r.Header, "Content-Length: "+strconv.Itoa(len(r.Body)))
	if !q.Probe {
		size := strconv.Itoa(len(r.Body))
		if len(r.Body) == 0 {
			size = "-"
		}
		a.process.Printf("%s - - [%s] \"%s %s HTTP/1.1\" %d %s\n", q.From, a.process.Now().UTC().Format("02/Jan/2006:15:04:05 +0000"), method(q), orSlash(q.Path), r.Status, size)
	}
	return r
}

func (a *apache) file(q machine.Request) machine.Response {
	raw, _, _ := strings.Cut(orSlash(q.Path), "?")
	if decoded, err := url.PathUnescape(raw); err == nil {
		raw = decoded
	}
	if m := method(q); m != "GET" && m != "HEAD" && m != "POST" && m != "OPTIONS" {
		return a.page(http.StatusMethodNotAllowed, "Method Not Allowed", "The requested method "+m+" is not allowed for this URL.")
	}
	full := path.Join(a.root, path.Clean("/"+raw))
	n, err := a.process.FS.Stat(full)
	if err == nil && n.IsDir() {
		if !strings.HasSuffix(raw, "/") {
			r := a.page(http.StatusMovedPermanently, "Moved Permanently", "The document has moved <a href=\"http://"+q.Host+raw+"/\">here</a>.")
			r.Header = append(r.Header, "Location: http://"+q.Host+raw+"/")
			return r
		}
		dir := full
		for _, name := range a.index {
			full = path.Join(dir, name)
			if n, err = a.process.FS.Stat(full); err == nil {
				break
			}
		}
		if err != nil && a.listings {
			return a.listing(raw, dir)
		}
		if err != nil {
			return a.page(http.StatusForbidden, "Forbidden", "You don't have permission to access this resource.")
		}
	}
	switch {
	case err != nil || n.IsDir():
		return a.page(http.StatusNotFound, "Not Found", "The requested URL was not found on this server.")
	case !a.process.May(n, 4) && n.Mode&0o004 == 0:
		return a.page(http.StatusForbidden, "Forbidden", "You don't have permission to access this resource.")
	}
	return machine.Response{Status: http.StatusOK, Body: string(n.Data), Header: []string{"Last-Modified: " + httpDate(n.ModTime),
		fmt.Sprintf("ETag: \"%x-%x\"", len(n.Data), n.ModTime.UnixMicro()), "Accept-Ranges: bytes", "Content-Type: " + mimeType(full)}}
}

// page is one of Apache's own pages.
func (a *apache) page(status int, title, text string) machine.Response {
	body := fmt.Sprintf("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>%d %s</title>\n</head><body>\n<h1>%s</h1>\n<p>%s</p>\n</body></html>\n", status, title, title, text)
	return machine.Response{Status: status, Body: body, Header: []string{"Content-Type: text/html; charset=iso-8859-1"}}
}

// listing is the page of a directory without an index.
func (a *apache) listing(name, dir string) machine.Response {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n  <title>Index of %s</title>\n </head>\n <body>\n<h1>Index of %s</h1>\n<ul>", orSlash(strings.TrimSuffix(name, "/")), orSlash(strings.TrimSuffix(name, "/")))
	if name != "/" {
		b.WriteString("<li><a href=\"/\"> Parent Directory</a></li>\n")
	}
	entries, _ := a.process.FS.ReadDir(dir)
	for _, e := range entries {
		shown := e.Name
		if e.Node.IsDir() {
			shown += "/"
		}
		fmt.Fprintf(&b, "<li><a href=\"%s\"> %s</a></li>\n", shown, shown)
	}
	b.WriteString("</ul>\n</body></html>\n")
	return machine.Response{Status: http.StatusOK, Body: b.String(), Header: []string{"Content-Type: text/html;charset=ISO-8859-1"}}
}
