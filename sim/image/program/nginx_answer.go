package program

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// exchange is one request that nginx is answering.
type exchange struct {
	nginx *nginx
	req   machine.Request
	site  *nginxSite
	loc   *nginxLocation
	path  string
	query string
}

// answer serves a request that came to one of the sockets, and logs it.
func (n *nginx) answer(at netip.AddrPort, r machine.Request) machine.Response {
	if !r.Probe {
		n.served++
	}
	raw, query, _ := strings.Cut(r.Path, "?")
	if decoded, err := url.PathUnescape(raw); err == nil {
		raw = decoded
	}
	clean := path.Clean("/" + raw)
	if strings.HasSuffix(raw, "/") && clean != "/" {
		clean += "/"
	}
	x := &exchange{nginx: n, req: r, site: n.choose(at, r.Host), path: clean, query: query}
	answer := x.serve()
	if !r.Probe && setting(x.settings(), "access_log", "") != "off" {
		n.master.Printf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"%s\" \"%s\" \"%s\"\n", r.From, n.master.Now().UTC().Format("02/Jan/2006:15:04:05 +0000"),
			method(r), orSlash(r.Path), answer.Status, len(answer.Body), orDash(header(r.Header, "Referer")), orDash(header(r.Header, "User-Agent")),
			orDash(header(r.Header, "X-Forwarded-For")))
	}
	return answer
}

func orSlash(s string) string {
	if s == "" {
		return "/"
	}
	return s
}

func (x *exchange) settings() []*directive {
	switch {
	case x.loc != nil:
		return x.loc.own
	case x.site != nil:
		return x.site.own
	}
	return nil
}

func (x *exchange) serve() machine.Response {
	if x.site == nil {
		return x.page(http.StatusNotFound)
	}
	x.loc = x.site.match(x.path)
	if d := find(x.site.own, "return"); d != nil && x.loc == nil {
		return x.returned(d)
	}
	if x.loc == nil {
		x.loc = &nginxLocation{own: x.site.own}
	}
	return x.inLocation(0)
}

func (x *exchange) inLocation(depth int) machine.Response {
	l := x.loc
	switch {
	case find(l.own, "return") != nil && !inherited(l, x.site, "return"):
		return x.returned(find(l.own, "return"))
	case len(l.targets) > 0:
		return x.proxy()
	case find(l.own, "stub_status") != nil:
		return x.text(http.StatusOK, "text/plain", fmt.Sprintf("Active connections: 1 \nserver accepts handled requests\n %d %d %d \nReading: 0 Writing: 1 Waiting: 0 \n",
			x.nginx.served, x.nginx.served, x.nginx.served))
	case find(l.own, "deny") != nil && setting(l.own, "deny", "") == "all" && find(l.own, "allow") == nil:
		return x.forbidden(l.file(x.path))
	}
	if d := find(l.own, "try_files"); d != nil && depth < 4 && len(d.args) > 1 {
		return x.tryFiles(d, depth)
	}
	return x.static(x.path)
}

// inherited reports whether a directive comes from the server block.
func inherited(l *nginxLocation, s *nginxSite, name string) bool {
	return slices.Contains(s.own, find(l.own, name))
}

func (x *exchange) tryFiles(d *directive, depth int) machine.Response {
	last := len(d.args) - 1
	for _, arg := range d.args[:last] {
		name := x.expand(arg)
		n, err := x.nginx.master.FS.Stat(x.loc.file(name))
		if err == nil && n.IsDir() == strings.HasSuffix(name, "/") {
			return x.static(name)
		}
	}
	final := x.expand(d.args[last])
	if code, ok := strings.CutPrefix(final, "="); ok {
		status, _ := strconv.Atoi(code)
		return x.page(status)
	}
	for _, l := range x.site.locations {
		if l.pattern == final && strings.HasPrefix(final, "@") {
			x.loc = l
			return x.inLocation(depth + 1)
		}
	}
	x.path = final
	if n, err := x.nginx.master.FS.Stat(x.loc.file(final)); err == nil && !n.IsDir() {
		return x.static(final)
	}
	if l := x.site.match(final); l != nil {
		x.loc = l
	}
	return x.inLocation(depth + 1)
}

// expand puts nginx variables into a text.
func (x *exchange) expand(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	host, _, _ := strings.Cut(x.req.Host, ":")
	forwarded := x.req.From.String()
	if before := header(x.req.Header, "X-Forwarded-For"); before != "" {
		forwarded = before + ", " + forwarded
	}
	args := ""
	if x.query != "" {
		args = "?"
	}
	uri := x.path
	if x.query != "" {
		uri += "?" + x.query
	}
	return strings.NewReplacer("$request_uri", uri, "$uri", x.path, "$is_args", args, "$args", x.query, "$query_string", x.query,
		"$hostname", x.nginx.master.Host, "$http_host", x.req.Host, "$host", host, "$remote_addr", x.req.From.String(), "$scheme", "http",
		"$proxy_add_x_forwarded_for", forwarded, "$request_method", method(x.req), "$server_port", "80", "$nginx_version", x.nginx.version,
		"$server_addr", x.nginx.addr(), "$http_user_agent", header(x.req.Header, "User-Agent"),
		"$time_local", x.nginx.master.Now().UTC().Format("02/Jan/2006:15:04:05 +0000"), "$document_root", setting(x.settings(), "root", "")).Replace(text)
}

func (n *nginx) addr() string {
	for _, i := range n.master.Net.Interfaces() {
		return i.Addr.String()
	}
	return "127.0.0.1"
}

func (x *exchange) returned(d *directive) machine.Response {
	if len(d.args) == 0 {
		return x.page(http.StatusNotFound)
	}
	status, err := strconv.Atoi(d.args[0])
	if err != nil {
		return x.redirect(http.StatusFound, x.expand(d.args[0]))
	}
	body := ""
	if len(d.args) > 1 {
		body = x.expand(d.args[1])
	}
	switch {
	case status >= 300 && status < 400 && body != "":
		return x.redirect(status, body)
	case body == "" && status != http.StatusOK && status != http.StatusNoContent:
		return x.page(status)
	}
	return x.text(status, setting(x.settings(), "default_type", "text/plain"), body)
}

func (x *exchange) redirect(status int, to string) machine.Response {
	r := x.page(status)
	r.Header = append(r.Header, "Location: "+to)
	return r
}

// static serves a file, or the index of a directory.
func (x *exchange) static(name string) machine.Response {
	if m := method(x.req); m != "GET" && m != "HEAD" {
		return x.page(http.StatusMethodNotAllowed)
	}
	f := x.nginx.master.FS
	full := x.loc.file(name)
	n, err := f.Stat(full)
	if strings.HasSuffix(name, "/") {
		return x.index(name, full)
	}
	switch {
	case err != nil:
		return x.missing(full)
	case n.IsDir():
		return x.redirect(http.StatusMovedPermanently, "http://"+x.req.Host+name+"/")
	}
	return x.file(full, n)
}

func (x *exchange) index(name, dir string) machine.Response {
	f := x.nginx.master.FS
	names := []string{"index.html"}
	if d := find(x.settings(), "index"); d != nil {
		names = d.args
	}
	for _, index := range names {
		full := path.Join(dir, index)
		if n, err := f.Stat(full); err == nil && !n.IsDir() {
			return x.file(full, n)
		}
	}
	n, err := f.Stat(dir)
	switch {
	case err != nil || !n.IsDir():
		return x.missing(path.Join(dir, names[0]))
	case setting(x.settings(), "autoindex", "off") == "on":
		return x.listing(name, dir)
	}
	x.errorLog(fmt.Sprintf("directory index of %q is forbidden", strings.TrimSuffix(dir, "/")+"/"))
	return x.page(http.StatusForbidden)
}

func (x *exchange) listing(name, dir string) machine.Response {
	var b strings.Builder
	fmt.Fprintf(&b, "<html>\r\n<head><title>Index of %s</title></head>\r\n<body>\r\n<h1>Index of %s</h1><hr><pre><a href=\"../\">../</a>\r\n", name, name)
	entries, _ := x.nginx.master.FS.ReadDir(dir)
	for _, e := range entries {
		label, size := e.Name, strconv.FormatInt(e.Node.Size(), 10)
		if e.Node.IsDir() {
			label, size = label+"/", "-"
		}
		fmt.Fprintf(&b, "<a href=\"%s\">%s</a>%*s %s %19s\r\n", label, label, max(0, 50-len(label)), "", e.Node.ModTime.UTC().Format("02-Jan-2006 15:04"), size)
	}
	b.WriteString("</pre><hr></body>\r\n</html>\r\n")
	return x.text(http.StatusOK, "text/html", b.String())
}

func (x *exchange) file(full string, n *vfs.Node) machine.Response {
	if !x.nginx.worker.May(n, 4) {
		return x.forbidden(full)
	}
	now := httpDate(x.nginx.master.Now())
	h := []string{
		"Server: nginx/" + x.nginx.version, "Date: " + now, "Content-Type: " + mimeType(full), fmt.Sprintf("Content-Length: %d", len(n.Data)),
		"Last-Modified: " + httpDate(n.ModTime), "Connection: keep-alive", fmt.Sprintf("ETag: \"%x-%x\"", n.ModTime.Unix(), len(n.Data)), "Accept-Ranges: bytes",
	}
	return machine.Response{Status: http.StatusOK, Header: x.added(h), Body: string(n.Data)}
}

func (x *exchange) forbidden(full string) machine.Response {
	x.errorLog(fmt.Sprintf("open() %q failed (13: Permission denied)", full))
	return x.page(http.StatusForbidden)
}

func (x *exchange) missing(full string) machine.Response {
	x.errorLog(fmt.Sprintf("open() %q failed (2: No such file or directory)", full))
	return x.page(http.StatusNotFound)
}

// errorLog writes a line about the request to the error log.
func (x *exchange) errorLog(text string) {
	if x.req.Probe {
		return
	}
	name := "localhost"
	if x.site != nil && len(x.site.names) > 0 {
		name = x.site.names[0]
	}
	x.nginx.workerLog("error", "*%d %s, client: %s, server: %s, request: \"%s %s HTTP/1.1\", host: \"%s\"",
		x.nginx.served, text, x.req.From, name, method(x.req), orSlash(x.req.Path), x.req.Host)
}

// page is one of nginx's own pages, or what error_page puts in its place.
func (x *exchange) page(status int) machine.Response {
	for _, d := range all(x.settings(), "error_page") {
		if len(d.args) < 2 || !slices.Contains(d.args, strconv.Itoa(status)) || x.loc == nil {
			continue
		}
		if n, err := x.nginx.master.FS.Stat(x.loc.file(d.args[len(d.args)-1])); err == nil && !n.IsDir() {
			return x.text(status, "text/html", string(n.Data))
		}
	}
	title := fmt.Sprintf("%d %s", status, nginxStatus(status))
	return x.text(status, "text/html", "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+
		"</h1></center>\r\n<hr><center>nginx/"+x.nginx.version+"</center>\r\n</body>\r\n</html>\r\n")
}

// nginxStatus is the text of a status where nginx's differs from the usual one.
func nginxStatus(status int) string {
	switch status {
	case http.StatusMethodNotAllowed:
		return "Not Allowed"
	case http.StatusFound:
		return "Found"
	case http.StatusServiceUnavailable:
		return "Service Temporarily Unavailable"
	case http.StatusGatewayTimeout:
		return "Gateway Time-out"
	}
	return http.StatusText(status)
}

func (x *exchange) text(status int, mime, body string) machine.Response {
	h := []string{"Server: nginx/" + x.nginx.version, "Date: " + httpDate(x.nginx.master.Now()), "Content-Type: " + mime,
		fmt.Sprintf("Content-Length: %d", len(body)), "Connection: keep-alive"}
	return machine.Response{Status: status, Header: x.added(h), Body: body}
}

func (x *exchange) added(h []string) []string {
	for _, d := range all(x.settings(), "add_header") {
		if len(d.args) >= 2 {
			h = append(h, d.args[0]+": "+x.expand(d.args[1]))
		}
	}
	return h
}

// proxy passes the request on to the next of the location's targets.
func (x *exchange) proxy() machine.Response {
	var addrs []netip.AddrPort
	for _, t := range x.loc.targets {
		host, port := splitTarget(x.expand(t))
		found, _ := x.nginx.master.Net.LookupHost(host)
		for _, a := range found {
			addrs = append(addrs, netip.AddrPortFrom(a, uint16(port)))
		}
	}
	if len(addrs) == 0 {
		x.errorLog(x.loc.targets[0] + " could not be resolved (3: Host not found)")
		return x.page(http.StatusBadGateway)
	}
	start := x.nginx.turn
	if !x.req.Probe {
		x.nginx.turn++
	}
	status := http.StatusBadGateway
	for i := range addrs {
		at := addrs[(start+i)%len(addrs)]
		answer, err := x.forward(at)
		if err == nil {
			return answer
		}
		reason := map[error]string{machine.ErrRefused: "111: Connection refused", machine.ErrNoRoute: "113: Host is unreachable"}[err]
		if reason == "" {
			reason = "110: Operation timed out"
			status = http.StatusGatewayTimeout
		}
		x.errorLog(fmt.Sprintf("connect() failed (%s) while connecting to upstream, upstream: \"%s://%s%s\"", reason, x.loc.scheme, at, x.path))
	}
	return x.page(status)
}

func (x *exchange) forward(at netip.AddrPort) (machine.Response, error) {
	conn, err := x.nginx.master.Net.DialAddr(at, "tcp")
	if err != nil {
		return machine.Response{}, err
	}
	r := x.req
	r.Proto, r.Host = x.loc.scheme, x.loc.targets[0]
	if x.loc.hasTail && x.loc.regex == nil {
		r.Path = x.loc.tail + strings.TrimPrefix(x.path, x.loc.pattern)
		if x.query != "" {
			r.Path += "?" + x.query
		}
	}
	r.Header = slices.Clone(r.Header)
	for _, d := range all(x.loc.own, "proxy_set_header") {
		if len(d.args) != 2 {
			continue
		}
		if strings.EqualFold(d.args[0], "Host") {
			r.Host = x.expand(d.args[1])
			continue
		}
		r.Header = append(slices.DeleteFunc(r.Header, func(h string) bool {
			return strings.HasPrefix(strings.ToLower(h), strings.ToLower(d.args[0])+":")
		}), d.args[0]+": "+x.expand(d.args[1]))
	}
	answer := conn.Do(r)
	if answer.Err == nil && answer.Status == 0 {
		answer.Err = machine.ErrReset
	}
	if errors.Is(answer.Err, machine.ErrNoProbe) {
		return answer, nil
	}
	if answer.Err != nil {
		if !errors.Is(answer.Err, machine.ErrTimeout) {
			return x.page(http.StatusBadGateway), nil
		}
		return machine.Response{}, answer.Err
	}
	h := []string{"Server: nginx/" + x.nginx.version}
	for _, line := range answer.Header {
		if !strings.HasPrefix(strings.ToLower(line), "server:") {
			h = append(h, line)
		}
	}
	answer.Header = x.added(h)
	return answer, nil
}
