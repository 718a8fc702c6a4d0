package tools

import (
	"net/netip"
	"strconv"
	"strings"
)

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

// addresses are those of the host; --resolve HOST:PORT:ADDRESS goes first.
func (x *transfer) addresses() ([]netip.Addr, error) {
	for _, entry := range values(x.Args[1:], "--resolve", "--resolve") {
		address, given := strings.CutPrefix(strings.ToLower(entry), strings.ToLower(x.host)+":"+strconv.Itoa(x.port)+":")
		if addr, err := netip.ParseAddr(strings.Trim(address, "[]")); given && err == nil {
			x.verbose("* Added %s:%d:%s to DNS cache", x.host, x.port, addr)
			return []netip.Addr{addr}, nil
		}
	}
	return x.Net.LookupHost(x.host)
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

func headerOr(list []string, name, otherwise string) string {
	if v := headerValue(list, name); v != "" {
		return v
	}
	return otherwise
}
