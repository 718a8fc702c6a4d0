package tools

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// curlVersion is Debian 12's, whose words the recordings have.
const curlVersion = "7.88.1"

// connectTime is how long the kernel tries to connect before it gives up.
const connectTime = 130 * time.Second

// transfer is one URL that curl works on.
type transfer struct {
	*tool
	o       *options
	scheme  string
	host    string
	port    int
	path    string
	user    string
	headers []string
	method  string
	body    string
	output  string
	code    int // of the last answer
	size    int
	began   time.Time
}

func curl(t *tool) int {
	o, ok := t.parse("s/silent S/show-error f/fail i/include I/head v/verbose o:/output O/remote-name w:/write-out X:/request d:/data /data-raw: /data-binary: "+
		"H:/header L/location m:/max-time /connect-timeout: k/insecure u:/user /retry: /retry-delay: /retry-connrefused /retry-all-errors A:/user-agent "+
		"G/get 4/ipv4 6/ipv6 V/version /json: e:/referer b:/cookie c:/cookie-jar x:/proxy /resolve: /fail-with-body #/progress-bar N/no-buffer "+
		"T:/upload-file F:/form /compressed g/globoff /http1.1 /http2 /unix-socket: h/help /cacert: /create-dirs /path-as-is J Z p a n q j l r: /noproxy: /interface:", curlArgs(t.Args[1:]))
	if !ok {
		return 2
	}
	if o.has("V") {
		t.write("curl " + curlVersion + " (x86_64-pc-linux-gnu) libcurl/" + curlVersion + "\n")
		return 0
	}
	for _, missing := range []string{"T", "F", "x", "resolve", "interface"} {
		if o.has(missing) {
			return t.lacks("-" + missing)
		}
	}
	if len(o.args) == 0 {
		t.Errorf("curl: try 'curl --help' or 'curl --manual' for more information\n")
		return 2
	}
	status := 0
	for i, url := range o.args {
		x := &transfer{tool: t, o: o, headers: values(t.Args[1:], "-H", "--header"), output: pick(values(t.Args[1:], "-o", "--output"), i)}
		status = x.attempts(url)
	}
	return status
}

// usageWords are curl's own for a wrong option.
func curlArgs(args []string) []string { return args }

// values collects an option that may be given several times.
func values(args []string, short, long string) []string {
	var list []string
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case (a == short || a == long) && i+1 < len(args):
			i++
			list = append(list, args[i])
		case strings.HasPrefix(a, long+"="):
			list = append(list, a[len(long)+1:])
		case strings.HasPrefix(a, short) && len(a) > 2:
			list = append(list, a[2:])
		case len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.HasSuffix(a, short[1:]) && i+1 < len(args) && strings.Trim(a[1:len(a)-1], "sSfiIvLkgN46GO") == "":
			i++
			list = append(list, args[i])
		}
	}
	return list
}

func pick(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// attempts tries a URL, again if --retry says so.
func (x *transfer) attempts(url string) int {
	if !x.split(url) {
		return x.fail(3, "URL using bad/illegal format or missing URL")
	}
	x.request()
	retries, _ := strconv.Atoi(x.o.values["retry"])
	wait := time.Second
	for {
		status := x.once()
		again := status == 28 || status == 7 && x.o.has("retry-connrefused") || status != 0 && x.o.has("retry-all-errors") ||
			x.code == 429 || x.code >= 500 && x.code != 501 && x.code != 505
		if retries <= 0 || !again {
			return status
		}
		retries--
		if d, err := strconv.Atoi(x.o.values["retry-delay"]); err == nil && x.o.has("retry-delay") {
			wait = time.Duration(min(d, 3600)) * time.Second
		}
		if !x.quiet() {
			x.Errorf("Warning: Problem: %s. Will retry in %d seconds. %d %s left.\n", map[bool]string{true: "connection refused", false: "timeout"}[status == 7],
				int(wait.Seconds()), retries+1, map[bool]string{true: "retry", false: "retries"}[retries == 0])
		}
		x.Sleep(wait)
		wait = min(wait*2, 10*time.Minute)
	}
}

func (x *transfer) quiet() bool { return x.o.has("s") }

// split takes a URL apart.
func (x *transfer) split(url string) bool {
	x.scheme, x.path, x.port = "http", "/", 80
	if scheme, rest, ok := strings.Cut(url, "://"); ok {
		x.scheme, url = strings.ToLower(scheme), rest
	}
	if x.scheme == "https" {
		x.port = 443
	}
	host := url
	if i := strings.IndexAny(url, "/?#"); i >= 0 {
		host, x.path = url[:i], url[i:]
		if x.path[0] != '/' {
			x.path = "/" + x.path
		}
		x.path, _, _ = strings.Cut(x.path, "#")
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		x.user, host = host[:i], host[i+1:]
	}
	x.host = host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		n, err := strconv.Atoi(host[i+1:])
		if err != nil || n < 0 || n > 65535 {
			return false
		}
		x.host, x.port = host[:i], n
	}
	x.host = strings.Trim(x.host, "[]")
	return x.host != "" && !strings.ContainsAny(url, " \t")
}

// request puts together method, headers and body.
func (x *transfer) request() {
	if x.o.has("u") {
		x.user = x.o.values["u"]
	}
	var parts []string
	for _, name := range []string{"d", "data-raw", "data-binary", "json"} {
		if !x.o.has(name) {
			continue
		}
		list := values(x.Args[1:], "-d", "--data")
		if name != "d" {
			list = values(x.Args[1:], "--"+name, "--"+name)
		}
		for _, part := range list {
			if file, ok := strings.CutPrefix(part, "@"); ok && name != "data-raw" {
				if in, err := x.reader(file); err == nil {
					part = string(all(in))
					if name == "d" {
						part = strings.NewReplacer("\r", "", "\n", "").Replace(part)
					}
				}
			}
			parts = append(parts, part)
		}
	}
	x.body = strings.Join(parts, "&")
	x.method = "GET"
	switch {
	case x.o.has("I"):
		x.method = "HEAD"
	case len(parts) > 0 && x.o.has("G"):
		sep := "?"
		if strings.Contains(x.path, "?") {
			sep = "&"
		}
		x.path, x.body = x.path+sep+x.body, ""
	case len(parts) > 0:
		x.method = "POST"
	}
	if x.o.has("X") {
		x.method = x.o.values["X"]
	}
}

// once makes one attempt, redirects included.
func (x *transfer) once() int {
	x.began, x.code = x.Now(), 0
	switch x.scheme {
	case "http", "https":
	default:
		return x.done(x.fail(1, "Protocol \"%s\" not supported or disabled in libcurl", x.scheme))
	}
	for range 50 {
		conn, status := x.connect()
		if status != 0 {
			return x.done(status)
		}
		resp, status := x.exchange(conn)
		if status != 0 {
			return x.done(status)
		}
		location := headerValue(resp.Header, "Location")
		if x.o.has("L") && location != "" && resp.Status >= 300 && resp.Status < 400 {
			if strings.HasPrefix(location, "/") {
				x.path = location
			} else if !x.split(location) {
				return x.done(x.fail(3, "URL using bad/illegal format or missing URL"))
			}
			continue
		}
		return x.done(x.deliver(resp))
	}
	return x.done(x.fail(47, "Maximum (50) redirects followed"))
}

// limit is how long curl may take in all, or to connect.
func (x *transfer) limit(connecting bool) (time.Duration, bool) {
	names := []string{"m"}
	if connecting {
		names = []string{"connect-timeout", "m"}
	}
	for _, name := range names {
		if v, err := strconv.ParseFloat(x.o.values[name], 64); err == nil && v > 0 {
			return time.Duration(v * float64(time.Second)), true
		}
	}
	return 0, false
}

func (x *transfer) fail(status int, format string, args ...any) int {
	if !x.quiet() || x.o.has("S") {
		x.Errorf("curl: (%d) %s\n", status, fmt.Sprintf(format, args...))
	}
	return status
}

// meter is the head of the progress meter, which curl writes to standard error
// when the answer does not go to the terminal.
func (x *transfer) meter() bool {
	return !x.quiet() && !x.o.has("#") && (x.Stdout.Terminal() == nil || x.output != "" || x.o.has("O"))
}

func (x *transfer) connect() (*machine.Conn, int) {
	if x.meter() {
		x.Errorf("  %% Total    %% Received %% Xferd  Average Speed   Time    Time     Time  Current\n" +
			"                                 Dload  Upload   Total   Spent    Left  Speed\n")
	}
	addrs, err := x.Net.LookupHost(x.host)
	if err != nil {
		x.progress(0, true)
		return nil, x.fail(6, "Could not resolve host: %s", x.host)
	}
	var conn *machine.Conn
	for _, a := range addrs {
		x.verbose("*   Trying %s:%d...", a, x.port)
		if conn, err = x.Net.DialAddr(netip.AddrPortFrom(a, uint16(x.port)), "tcp"); err == nil {
			x.verbose("* Connected to %s (%s) port %d (#0)", x.host, a, x.port)
			break
		}
	}
	if errors.Is(err, machine.ErrReset) {
		x.progress(0, true)
		return nil, x.fail(56, "Recv failure: Connection reset by peer")
	}
	if err != nil {
		return nil, x.refused(addrs[0], err)
	}
	return conn, 0
}

// refused tells why there is no connection, after the time that it takes.
func (x *transfer) refused(addr netip.Addr, err error) int {
	wait, why := time.Duration(0), "Couldn't connect to server"
	switch {
	case errors.Is(err, machine.ErrTimeout):
		wait = connectTime
	case errors.Is(err, machine.ErrNoRoute):
		wait = 3070 * time.Millisecond
	}
	if limit, ok := x.limit(true); ok && limit < wait {
		x.Sleep(limit)
		x.progress(0, true)
		if x.o.has("connect-timeout") {
			return x.fail(28, "Failed to connect to %s port %d after %d ms: Timeout was reached", x.host, x.port, limit.Milliseconds())
		}
		return x.fail(28, "Connection timed out after %d milliseconds", limit.Milliseconds())
	}
	if wait > 0 {
		x.Sleep(wait)
	}
	x.verbose("* connect to %s port %d failed: %s", addr, x.port, connectReason(err))
	x.progress(0, true)
	if errors.Is(err, machine.ErrTimeout) {
		return x.fail(28, "Failed to connect to %s port %d after %d ms: Couldn't connect to server", x.host, x.port, wait.Milliseconds())
	}
	return x.fail(7, "Failed to connect to %s port %d after %d ms: %s", x.host, x.port, wait.Milliseconds(), why)
}

// connectReason is the kernel's text for a failed connection.
func connectReason(err error) string {
	switch {
	case errors.Is(err, machine.ErrRefused):
		return "Connection refused"
	case errors.Is(err, machine.ErrNoRoute):
		return "No route to host"
	case errors.Is(err, machine.ErrUnreachable):
		return "Network is unreachable"
	case errors.Is(err, machine.ErrReset):
		return "Connection reset by peer"
	}
	return "Connection timed out"
}

func (x *transfer) verbose(format string, args ...any) {
	if x.o.has("v") {
		x.Errorf(format+"\n", args...)
	}
}

// hostHeader is the host as the request names it.
func (x *transfer) hostHeader() string {
	if x.port == 80 && x.scheme == "http" || x.port == 443 && x.scheme == "https" {
		return x.host
	}
	return x.host + ":" + strconv.Itoa(x.port)
}

// sent lists the headers of the request, those of the learner over curl's own.
func (x *transfer) sent() []string {
	agent := "curl/" + curlVersion
	if x.o.has("A") {
		agent = x.o.values["A"]
	}
	list := []string{"Host: " + x.hostHeader()}
	if x.user != "" {
		list = append(list, "Authorization: Basic "+encode64([]byte(x.user)))
	}
	list = append(list, "User-Agent: "+agent, "Accept: */*")
	if x.o.has("b") {
		list = append(list, "Cookie: "+x.o.values["b"])
	}
	if x.body != "" {
		kind := "application/x-www-form-urlencoded"
		if x.o.has("json") {
			kind = "application/json"
		}
		list = append(list, "Content-Length: "+strconv.Itoa(len(x.body)), "Content-Type: "+kind)
	}
	for _, h := range x.headers {
		name, value, _ := strings.Cut(h, ":")
		list = withoutHeader(list, name)
		if strings.TrimSpace(value) != "" {
			list = append(list, name+": "+strings.TrimSpace(value))
		}
	}
	return list
}

func withoutHeader(list []string, name string) []string {
	var kept []string
	for _, h := range list {
		n, _, _ := strings.Cut(h, ":")
		if !strings.EqualFold(n, name) {
			kept = append(kept, h)
		}
	}
	return kept
}

func headerValue(list []string, name string) string {
	for _, h := range list {
		n, v, _ := strings.Cut(h, ":")
		if strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// exchange sends the request and waits for the answer.
func (x *transfer) exchange(conn *machine.Conn) (machine.Response, int) {
	headers := x.sent()
	x.verbose("> %s %s HTTP/1.1", x.method, x.path)
	for _, h := range headers {
		x.verbose("> %s", h)
	}
	x.verbose("> ")
	resp := conn.Do(machine.Request{
		Proto: x.scheme, Method: x.method, Host: headerOr(headers, "Host", x.hostHeader()), Path: x.path, Header: headers, Body: x.body,
	})
	left := resp.Delay
	if limit, ok := x.limit(false); ok && x.Now().Sub(x.began)+left > limit {
		x.Sleep(limit - x.Now().Sub(x.began))
		x.progress(0, true)
		return resp, x.fail(28, "Operation timed out after %d milliseconds with 0 bytes received", x.Now().Sub(x.began).Milliseconds())
	}
	if left > 0 {
		x.Sleep(left)
	}
	switch {
	case errors.Is(resp.Err, machine.ErrReset), resp.Err != nil && !errors.Is(resp.Err, machine.ErrTimeout):
		x.progress(0, true)
		return resp, x.fail(56, "Recv failure: Connection reset by peer")
	case resp.Err != nil:
		x.Sleep(connectTime)
		return resp, x.fail(28, "Operation timed out")
	case resp.Status == 0:
		return resp, x.foreign(resp)
	}
	return resp, 0
}

func headerOr(list []string, name, otherwise string) string {
	if v := headerValue(list, name); v != "" {
		return v
	}
	return otherwise
}

// foreign is an answer of something that does not speak HTTP.
func (x *transfer) foreign(resp machine.Response) int {
	x.progress(0, true)
	if x.scheme == "https" {
		return x.fail(35, "error:0A00010B:SSL routines::wrong version number")
	}
	if resp.Body == "" {
		return x.fail(52, "Empty reply from server")
	}
	return x.fail(1, "Received HTTP/0.9 when not allowed")
}

// deliver writes the answer where it belongs.
func (x *transfer) deliver(resp machine.Response) int {
	x.code, x.size = resp.Status, len(resp.Body)
	proto := "HTTP/1.1 " + strconv.Itoa(resp.Status) + " " + statusText(resp.Status)
	headers := resp.Header
	if headerValue(headers, "Content-Length") == "" && headerValue(headers, "Transfer-Encoding") == "" {
		headers = append(append([]string(nil), headers...), "Content-Length: "+strconv.Itoa(len(resp.Body)))
	}
	for _, h := range append([]string{proto}, headers...) {
		x.verbose("< %s", h)
	}
	x.verbose("< ")
	if x.o.has("f") && resp.Status >= 400 {
		x.progress(0, false)
		return x.fail(22, "The requested URL returned error: %d", resp.Status)
	}
	text := resp.Body
	if x.method == "HEAD" {
		text = ""
	}
	if x.o.has("i") || x.o.has("I") {
		text = proto + "\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n" + text
	}
	x.progress(len(text), false)
	status := x.save(text)
	if x.o.has("v") {
		x.verbose("* Connection #0 to host %s left intact", x.host)
	}
	if x.o.has("fail-with-body") && resp.Status >= 400 {
		return x.fail(22, "The requested URL returned error: %d", resp.Status)
	}
	return status
}

func (x *transfer) save(text string) int {
	name := x.output
	if x.o.has("O") && name == "" {
		file, _, _ := strings.Cut(x.path, "?")
		name = file[strings.LastIndexByte(file, '/')+1:]
		if name == "" {
			return x.fail(23, "Failed to extract a sensible file name from the URL to use for storage")
		}
	}
	if name == "" || name == "-" {
		x.write(text)
		return 0
	}
	sink, err := x.Create(name, false)
	if err == nil {
		_, err = sink.Write([]byte(text))
	}
	if err != nil {
		if !x.quiet() {
			x.Errorf("Warning: Failed to open the file %s: %s\n", name, reason(err))
		}
		return x.fail(23, "Failure writing output to destination")
	}
	return 0
}

// progress writes the line of the progress meter.
func (x *transfer) progress(size int, failed bool) {
	if !x.meter() {
		return
	}
	if failed {
		x.Errorf("  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n")
		return
	}
	x.Errorf("\r100 %5d  100 %5d    0     0  %5d      0 --:--:-- --:--:-- --:--:-- %5d\n", size, size, size*100, size*100)
}

// done writes what --write-out asks for.
func (x *transfer) done(status int) int {
	format := x.o.values["w"]
	if format == "" {
		return status
	}
	took := x.Now().Sub(x.began).Seconds() + 0.0012
	text, _ := Escapes(format)
	text = strings.NewReplacer(
		"%{http_code}", fmt.Sprintf("%03d", x.code), "%{response_code}", fmt.Sprintf("%03d", x.code), "%{size_download}", strconv.Itoa(x.size),
		"%{time_total}", fmt.Sprintf("%.6f", took), "%{time_connect}", "0.000214", "%{url_effective}", x.scheme+"://"+x.hostHeader()+x.path,
		"%{url}", x.scheme+"://"+x.hostHeader()+x.path, "%{exitcode}", strconv.Itoa(status), "%{method}", x.method, "%{scheme}", strings.ToUpper(x.scheme), "%%", "%",
	).Replace(text)
	x.write(text)
	return status
}

// statusText is the reason phrase of an HTTP status.
func statusText(code int) string {
	switch code {
	case 200:
		return "OK"
	case 201:
		return "Created"
	case 202:
		return "Accepted"
	case 204:
		return "No Content"
	case 301:
		return "Moved Permanently"
	case 302:
		return "Found"
	case 303:
		return "See Other"
	case 304:
		return "Not Modified"
	case 307:
		return "Temporary Redirect"
	case 308:
		return "Permanent Redirect"
	case 400:
		return "Bad Request"
	case 401:
		return "Unauthorized"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 405:
		return "Method Not Allowed"
	case 429:
		return "Too Many Requests"
	case 500:
		return "Internal Server Error"
	case 502:
		return "Bad Gateway"
	case 503:
		return "Service Unavailable"
	case 504:
		return "Gateway Timeout"
	}
	return ""
}
