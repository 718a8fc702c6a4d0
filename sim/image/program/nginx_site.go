package program

import (
	"errors"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// nginxSite is a server block.
type nginxSite struct {
	listen    []netip.AddrPort
	fallback  bool // default_server
	names     []string
	own       []*directive // the block's and the http block's simple directives, nearest first
	locations []*nginxLocation
	upstreams map[string][]string
}

// nginxLocation is a location block.
type nginxLocation struct {
	kind    string // "", "=", "^~", "~", "~*"
	pattern string
	regex   *regexp.Regexp
	own     []*directive
	targets []string // of proxy_pass: host:port each
	tail    string   // what proxy_pass puts in place of the location's prefix
	hasTail bool
	scheme  string
}

// configure reads the configuration and builds the sites.
func (n *nginx) configure() error {
	list, err := readConf(n.master, n.file, 0)
	if err != nil {
		return err
	}
	if find(list, "events") == nil {
		return confErrorf("no \"events\" section in configuration")
	}
	web := find(list, "http")
	if web == nil {
		return nil
	}
	upstreams := map[string][]string{}
	for _, u := range all(web.body, "upstream") {
		for _, s := range all(u.body, "server") {
			if len(u.args) == 1 && len(s.args) > 0 {
				upstreams[u.args[0]] = append(upstreams[u.args[0]], s.args[0])
				if err := n.resolvable(s.args[0], s); err != nil {
					return err
				}
			}
		}
	}
	for _, block := range all(web.body, "server") {
		site, err := n.site(block, web, upstreams)
		if err != nil {
			return err
		}
		n.sites = append(n.sites, site)
	}
	return nil
}

func (n *nginx) site(block, web *directive, upstreams map[string][]string) (*nginxSite, error) {
	s := &nginxSite{own: append(slices.Clone(block.body), web.body...), upstreams: upstreams}
	for _, l := range all(block.body, "listen") {
		if len(l.args) == 0 || strings.HasPrefix(l.args[0], "[") || strings.HasPrefix(l.args[0], "unix:") {
			continue
		}
		at, err := parseListen(l.args[0])
		if err != nil {
			return nil, confErrorf("host not found in %q of the \"listen\" directive in %s:%d", l.args[0], l.file, l.line)
		}
		s.listen = append(s.listen, at)
		s.fallback = s.fallback || slices.Contains(l.args, "default_server")
	}
	if len(all(block.body, "listen")) == 0 {
		s.listen = []netip.AddrPort{netip.AddrPortFrom(anyAddr(), 80)}
	}
	if d := find(block.body, "server_name"); d != nil {
		s.names = d.args
	}
	for _, d := range all(block.body, "location") {
		l, err := n.location(d, s)
		if err != nil {
			return nil, err
		}
		s.locations = append(s.locations, l)
	}
	return s, nil
}

func parseListen(text string) (netip.AddrPort, error) {
	host, port, ok := strings.Cut(text, ":")
	if !ok {
		if _, err := strconv.Atoi(text); err == nil {
			host, port = "*", text
		} else {
			port = "80"
		}
	}
	addr := anyAddr()
	if host != "*" {
		a, err := netip.ParseAddr(host)
		if host == "localhost" {
			a, err = netip.MustParseAddr("127.0.0.1"), nil
		}
		if err != nil {
			return netip.AddrPort{}, err
		}
		addr = a
	}
	p, err := strconv.ParseUint(port, 10, 16)
	return netip.AddrPortFrom(addr, uint16(p)), err
}

func (n *nginx) location(d *directive, s *nginxSite) (*nginxLocation, error) {
	l := &nginxLocation{own: append(slices.Clone(d.body), s.own...)}
	switch len(d.args) {
	case 1:
		l.pattern = d.args[0]
	case 2:
		l.kind, l.pattern = d.args[0], d.args[1]
	default:
		return nil, confErrorf("invalid number of arguments in \"location\" directive in %s:%d", d.file, d.line)
	}
	if strings.HasPrefix(l.kind, "~") {
		expr := l.pattern
		if l.kind == "~*" {
			expr = "(?i)" + expr
		}
		re, err := regexp.Compile(expr)
		if err != nil {
			return nil, confErrorf("pcre2_compile() failed: %s in \"%s\" in %s:%d", err.Error(), l.pattern, d.file, d.line)
		}
		l.regex = re
	}
	pass := find(d.body, "proxy_pass")
	if pass == nil {
		return l, nil
	}
	if len(pass.args) != 1 {
		return nil, confErrorf("invalid number of arguments in \"proxy_pass\" directive in %s:%d", pass.file, pass.line)
	}
	scheme, rest, ok := strings.Cut(pass.args[0], "://")
	if !ok {
		return nil, confErrorf("invalid URL prefix in %s:%d", pass.file, pass.line)
	}
	host, tail, hasTail := strings.Cut(rest, "/")
	l.scheme, l.tail, l.hasTail = scheme, "/"+tail, hasTail
	if group := s.upstreams[host]; group != nil {
		l.targets = group
		return l, nil
	}
	l.targets = []string{host}
	if strings.Contains(host, "$") {
		return l, nil
	}
	return l, n.resolvable(host, pass)
}

// resolvable checks a host name when the configuration is read, as nginx does:
// it does not start without its upstreams' addresses.
func (n *nginx) resolvable(target string, d *directive) error {
	host, _ := splitTarget(target)
	if _, err := n.master.Net.LookupHost(host); err != nil {
		return confErrorf("host not found in upstream %q in %s:%d", target, d.file, d.line)
	}
	return nil
}

// splitTarget takes "api:8000" apart; port 80 by default.
func splitTarget(target string) (string, int) {
	host, port, ok := strings.Cut(target, ":")
	n, err := strconv.Atoi(port)
	if !ok || err != nil {
		return host, 80
	}
	return host, n
}

// listen opens the sites' sockets.
func (n *nginx) listen() error {
	seen := map[netip.AddrPort]bool{}
	for _, s := range n.sites {
		for _, at := range s.listen {
			if seen[at] {
				continue
			}
			seen[at] = true
			if at.Port() < 1024 && n.master.User.UID != 0 && n.master.Group == nil {
				return confErrorf("bind() to %s failed (13: Permission denied)", at)
			}
			err := open(n.master, at.Addr(), int(at.Port()), "tcp", httpOnly(func(r machine.Request) machine.Response { return n.answer(at, r) }))
			if errors.Is(err, machine.ErrInUse) {
				return confErrorf("bind() to %s failed (98: Address already in use)", at)
			}
		}
	}
	return nil
}

// choose finds the site for a request by its Host header.
func (n *nginx) choose(at netip.AddrPort, host string) *nginxSite {
	host, _, _ = strings.Cut(host, ":")
	var first *nginxSite
	for _, s := range n.sites {
		if !slices.Contains(s.listen, at) {
			continue
		}
		for _, name := range s.names {
			if name == host || strings.HasPrefix(name, "*.") && strings.HasSuffix(host, name[1:]) {
				return s
			}
		}
		if first == nil || s.fallback && !first.fallback {
			first = s
		}
	}
	return first
}

// match finds the location for a path by nginx's rules: exact, then the longest
// prefix unless a regular expression matches first.
func (s *nginxSite) match(file string) *nginxLocation {
	var best *nginxLocation
	for _, l := range s.locations {
		switch {
		case l.regex != nil:
		case l.kind == "=":
			if l.pattern == file {
				return l
			}
		case strings.HasPrefix(file, l.pattern) && (best == nil || len(l.pattern) > len(best.pattern)):
			best = l
		}
	}
	if best != nil && best.kind == "^~" {
		return best
	}
	for _, l := range s.locations {
		if l.regex != nil && l.regex.MatchString(file) {
			return l
		}
	}
	return best
}

// setting is the nearest simple directive of a name.
func setting(own []*directive, name, otherwise string) string {
	if d := find(own, name); d != nil && len(d.args) > 0 {
		return d.args[0]
	}
	return otherwise
}

// file maps a path below a location to the file system.
func (l *nginxLocation) file(name string) string {
	if alias := find(l.own, "alias"); alias != nil && len(alias.args) > 0 && l.regex == nil {
		return path.Join(alias.args[0], strings.TrimPrefix(name, l.pattern))
	}
	return path.Join(setting(l.own, "root", "/etc/nginx/html"), name)
}
