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
	for _, missing := range []string{"T", "F", "x", "interface"} {
		if o.has(missing) {
			return t.lacks(map[bool]string{true: "-", false: "--"}[len(missing) == 1] + missing)
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

func (x *transfer) connect() (*machine.Conn, int) {
	if x.meter() {
		x.Errorf("  %% Total    %% Received %% Xferd  Average Speed   Time    Time     Time  Current\n" +
			"                                 Dload  Upload   Total   Spent    Left  Speed\n")
	}
	addrs, err := x.addresses()
	if err != nil {
		if limit, ok := x.limit(true); errors.Is(err, machine.ErrTryAgain) && ok && limit < machine.LookupTime {
			x.Sleep(limit)
			x.progress(0, true)
			return nil, x.fail(28, "Resolving timed out after %d milliseconds", limit.Milliseconds())
		}
		x.waitForNames(err)
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

// untrusted is what curl says to a certificate that nobody it trusts has signed.
func (x *transfer) untrusted() int {
	status := x.fail(60, "SSL certificate problem: self-signed certificate")
	if !x.quiet() || x.o.has("S") {
		x.Errorf("More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\n" +
			"establish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.\n")
	}
	return status
}

func (x *transfer) verbose(format string, args ...any) {
	if x.o.has("v") {
		x.Errorf(format+"\n", args...)
	}
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
		Proto: x.scheme, Method: x.method, Host: headerOr(headers, "Host", x.hostHeader()), Path: x.path, Header: headers, Body: x.body, Insecure: x.o.has("k"), Times: x.Times,
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
	case errors.Is(resp.Err, machine.ErrUntrusted):
		x.progress(0, true)
		return resp, x.untrusted()
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
