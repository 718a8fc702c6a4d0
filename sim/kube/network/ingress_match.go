package network

import (
	"regexp"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// What ingress-nginx reads from annotations.
const (
	annotation      = "nginx.ingress.kubernetes.io/"
	oldClass        = "kubernetes.io/ingress.class"
	defaultClass    = "ingressclass.kubernetes.io/is-default-class"
	nginxClass      = "nginx"
	nginxController = "k8s.io/ingress-nginx"
)

// location is a path of an ingress that fits a request.
type location struct {
	ingress *networkingv1.Ingress
	backend *networkingv1.IngressBackend
	path    string
	kind    networkingv1.PathType
	rewrite string // the path for the backend, or "" to keep it
}

// mine reports whether an ingress is for the controller: its class is one of those
// that the controller serves.
func (n *Network) mine(i *networkingv1.Ingress) bool {
	name := i.Annotations[oldClass]
	if i.Spec.IngressClassName != nil {
		name = *i.Spec.IngressClassName
	}
	if name == "" {
		return slices.ContainsFunc(n.server.IngressClasses.List(""), func(c *networkingv1.IngressClass) bool {
			return c.Annotations[defaultClass] == "true" && c.Spec.Controller == nginxController
		})
	}
	c, found := n.server.IngressClasses.Get("", name)
	return found && c.Spec.Controller == nginxController
}

// locate finds the location of a request: the server of its host, or the one without
// a name, and there the exact path or the longest prefix.
func (n *Network) locate(host, path string) *location {
	var all []*networkingv1.Ingress
	for _, i := range n.server.Ingresses.List("") {
		if n.mine(i) {
			all = append(all, i)
		}
	}
	for _, server := range []string{host, wildcard(host), ""} {
		found, known := bestOf(all, server, path)
		if found != nil || known && server != "" {
			return found
		}
	}
	for _, i := range all { // a default backend catches what has no server
		if i.Spec.DefaultBackend != nil && len(i.Spec.Rules) == 0 {
			return &location{ingress: i, backend: i.Spec.DefaultBackend, path: "/", kind: networkingv1.PathTypePrefix}
		}
	}
	return nil
}

// wildcard is the host of a rule such as *.example.com that has a host in it.
func wildcard(host string) string {
	if _, rest, ok := strings.Cut(host, "."); ok {
		return "*." + rest
	}
	return "*."
}

// bestOf is the best location of one server; known says that there is such a server.
func bestOf(all []*networkingv1.Ingress, host, path string) (best *location, known bool) {
	for _, i := range all {
		for _, r := range i.Spec.Rules {
			if !strings.EqualFold(r.Host, host) {
				continue
			}
			known = true
			if r.HTTP == nil {
				continue
			}
			for at := range r.HTTP.Paths {
				if l := fit(i, &r.HTTP.Paths[at], path); l != nil && l.better(best) {
					best = l
				}
			}
			if best == nil && i.Spec.DefaultBackend != nil {
				best = &location{ingress: i, backend: i.Spec.DefaultBackend, path: "", kind: networkingv1.PathTypePrefix}
			}
		}
	}
	return best, known
}

// fit is the location that a path of an ingress makes for a request, or nil.
func fit(i *networkingv1.Ingress, p *networkingv1.HTTPIngressPath, path string) *location {
	l := &location{ingress: i, backend: &p.Backend, path: p.Path, kind: networkingv1.PathTypeImplementationSpecific}
	if p.PathType != nil {
		l.kind = *p.PathType
	}
	if l.path == "" {
		l.path = "/"
	}
	target, rewrites := i.Annotations[annotation+"rewrite-target"]
	if rewrites || i.Annotations[annotation+"use-regex"] == "true" {
		e, err := regexp.Compile("(?i)^" + l.path)
		if err != nil || !e.MatchString(path) {
			return nil
		}
		if rewrites {
			l.rewrite = string(e.ExpandString(nil, braced(target), path, e.FindStringSubmatchIndex(path)))
		}
		return l
	}
	switch l.kind {
	case networkingv1.PathTypeExact:
		if path != l.path {
			return nil
		}
	case networkingv1.PathTypePrefix:
		base := strings.TrimSuffix(l.path, "/")
		if path != base && !strings.HasPrefix(path, base+"/") {
			return nil
		}
	default:
		if !strings.HasPrefix(path, l.path) {
			return nil
		}
	}
	return l
}

// braced writes $1 as ${1}, which is how package regexp keeps it apart from letters.
func braced(target string) string {
	return regexp.MustCompile(`\$(\d)`).ReplaceAllString(target, "$${$1}")
}

// better reports that a location comes before another one of the same server.
func (l *location) better(o *location) bool {
	exact := func(x *location) bool { return x.kind == networkingv1.PathTypeExact }
	switch {
	case o == nil, exact(l) && !exact(o):
		return true
	case exact(o) && !exact(l):
		return false
	}
	return len(l.path) > len(o.path)
}

// redirects reports that plain HTTP to a host is sent on to HTTPS.
func (l *location) redirects(host string) bool {
	if l.ingress.Annotations[annotation+"force-ssl-redirect"] == "true" {
		return true
	}
	if l.ingress.Annotations[annotation+"ssl-redirect"] == "false" {
		return false
	}
	return slices.ContainsFunc(l.ingress.Spec.TLS, func(t networkingv1.IngressTLS) bool {
		return slices.ContainsFunc(t.Hosts, func(h string) bool { return strings.EqualFold(h, host) || strings.EqualFold(h, wildcard(host)) })
	})
}
