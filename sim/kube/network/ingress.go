package network

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

// connectTimeout is how long nginx waits for a backend (proxy-connect-timeout), and
// connectTries how many it asks (proxy-next-upstream-tries).
const (
	connectTimeout = 5 * time.Second
	connectTries   = 3
)

// controllerRun is one run of the ingress controller's program in a pod.
type controllerRun struct {
	network *Network
	process *machine.Process
}

// IngressController is the program /nginx-ingress-controller of the image
// registry.k8s.io/ingress-nginx/controller.
func (n *Network) IngressController() machine.Main {
	return func(p *machine.Process) int {
		c := &controllerRun{n, p}
		serve := map[int]func(machine.Request) machine.Response{80: c.serve, 443: c.serve, 10254: c.health}
		for _, port := range []int{80, 443, 10254} {
			l := &machine.Listener{Addr: netip.IPv4Unspecified(), Port: port, Proto: "tcp", Process: p, Serve: serve[port]}
			if p.Net.Listen(l) != nil {
				p.Errorf("F1123 Port %d is already in use. Please check the flag --http-port\n", port)
				return 255
			}
		}
		p.Printf("-------------------------------------------------------------------------------\nNGINX Ingress controller\n  Release:       v1.14.0\n" +
			"  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n" +
			"-------------------------------------------------------------------------------\n\n")
		return serveUntilStopped(p, controllerGraceAfter)
	}
}

func (c *controllerRun) health(machine.Request) machine.Response {
	return machine.Response{Status: 200, Body: "ok"}
}

// serve answers one request.
func (c *controllerRun) serve(r machine.Request) machine.Response {
	switch {
	case r.Proto != "http" && r.Proto != "https":
		return machine.Response{Err: machine.ErrReset}
	case r.Proto == "https" && !r.Insecure:
		return machine.Response{Err: machine.ErrUntrusted}
	}
	host, _, _ := strings.Cut(r.Host, ":")
	for _, h := range r.Header {
		if name, value, _ := strings.Cut(h, ":"); strings.EqualFold(name, "Host") {
			host, _, _ = strings.Cut(strings.TrimSpace(value), ":")
		}
	}
	path, query, asks := strings.Cut(r.Path, "?")
	l := c.network.locate(strings.ToLower(host), path)
	if l == nil {
		return c.log(r, nginxPage(404, "Not Found"), "upstream-default-backend", netip.AddrPort{})
	}
	if r.Proto == "http" && l.redirects(host) {
		resp := nginxPage(308, "Permanent Redirect")
		resp.Header = append(resp.Header, "Location: https://"+host+r.Path)
		return c.log(r, resp, "", netip.AddrPort{})
	}
	if l.rewrite != "" {
		r.Path = l.rewrite
		if asks {
			r.Path += "?" + query
		}
	}
	return c.pass(r, l, host)
}

// pass sends a request to an endpoint of the location's service.
func (c *controllerRun) pass(r machine.Request, l *location, host string) machine.Response {
	targets, name := c.network.backends(l)
	if len(targets) == 0 {
		return c.log(r, nginxPage(503, "Service Temporarily Unavailable"), name, netip.AddrPort{})
	}
	first, waited := c.network.turn("ingress "+name, len(targets)), time.Duration(0)
	for try := range min(connectTries, len(targets)) {
		to := targets[(first+try)%len(targets)].addr
		conn, err := c.process.Net.DialAddr(to, "tcp")
		if err != nil {
			if errors.Is(err, machine.ErrTimeout) {
				waited += connectTimeout
			}
			continue
		}
		out := r
		out.Proto = "http"
		out.Header = append(append([]string(nil), r.Header...), "X-Real-IP: "+r.From.String(), "X-Forwarded-For: "+r.From.String(),
			"X-Forwarded-Host: "+host, "X-Forwarded-Proto: "+r.Proto, "X-Forwarded-Scheme: "+r.Proto, "X-Scheme: "+r.Proto)
		resp := conn.Do(out)
		resp.Delay += waited
		if resp.Err != nil || resp.Status == 0 {
			return c.log(r, nginxPage(502, "Bad Gateway"), name, to)
		}
		resp.Header = without(resp.Header, "Server")
		return c.log(r, resp, name, to)
	}
	if waited > 0 {
		resp := nginxPage(504, "Gateway Time-out")
		resp.Delay = waited
		return c.log(r, resp, name, targets[first].addr)
	}
	return c.log(r, nginxPage(502, "Bad Gateway"), name, targets[first].addr)
}

// backends are the endpoints behind a location, and the name that the log has for it.
func (n *Network) backends(l *location) ([]target, string) {
	b := l.backend.Service
	if b == nil {
		return nil, ""
	}
	name := fmt.Sprintf("%s-%s-%d", l.ingress.Namespace, b.Name, b.Port.Number)
	if b.Port.Name != "" {
		name = l.ingress.Namespace + "-" + b.Name + "-" + b.Port.Name
	}
	svc, found := n.server.Services.Get(l.ingress.Namespace, b.Name)
	if !found {
		return nil, name
	}
	if svc.Spec.Type == corev1.ServiceTypeExternalName {
		var list []target
		for _, a := range n.lookService(svc, "", n.site.Machines()[0].Net, 0).Addrs {
			list = append(list, target{addr: netip.AddrPortFrom(a, uint16(b.Port.Number))})
		}
		return list, name
	}
	for _, p := range svc.Spec.Ports {
		if b.Port.Name != "" && p.Name == b.Port.Name || b.Port.Name == "" && p.Port == b.Port.Number {
			return endpointsOf(n.slices.Get(store.KeyOf(svc).String()), p.Name, proto(p.Protocol)), name
		}
	}
	return nil, name
}

// log writes a line of the access log (log-format-upstream), unless the request is
// only a look.
func (c *controllerRun) log(r machine.Request, resp machine.Response, upstream string, to netip.AddrPort) machine.Response {
	if r.Probe {
		return resp
	}
	agent, at := "-", "-"
	for _, h := range r.Header {
		if name, value, _ := strings.Cut(h, ":"); strings.EqualFold(name, "User-Agent") {
			agent = strings.TrimSpace(value)
		}
	}
	if to.IsValid() {
		at = to.String()
	}
	now := c.network.clock.Now().UTC().Format("02/Jan/2006:15:04:05 +0000")
	c.process.Printf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"-\" \"%s\" %d 0.001 [%s] [] %s %d 0.001 %d\n",
		r.From, now, r.Method, r.Path, resp.Status, len(resp.Body), agent, 70+len(r.Path), upstream, at, len(resp.Body), resp.Status)
	return resp
}

// nginxPage is an error page of nginx with server-tokens off.
func nginxPage(status int, text string) machine.Response {
	head := fmt.Sprintf("%d %s", status, text)
	return machine.Response{Status: status, Header: []string{"Content-Type: text/html"},
		Body: "<html>\r\n<head><title>" + head + "</title></head>\r\n<body>\r\n<center><h1>" + head + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"}
}

func without(headers []string, name string) []string {
	var kept []string
	for _, h := range headers {
		if own, _, _ := strings.Cut(h, ":"); !strings.EqualFold(own, name) {
			kept = append(kept, h)
		}
	}
	return kept
}
