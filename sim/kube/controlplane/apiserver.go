package controlplane

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/machine"
)

// SecurePort is where an API server listens.
const SecurePort = 6443

// How long the API server takes. It listens once etcd has answered it, and a request
// that etcd cannot agree on ends after etcd's own limit: 5 s and twice the election
// timeout (etcd 3.7, config.ReqTimeout).
const (
	apiStart     = 1500 * time.Millisecond
	etcdRequest  = 7 * time.Second
	etcdRefused  = 2500 * time.Millisecond // the client's 100 tries, 25 ms apart (client/v3/options.go)
	etcdWaiting  = time.Second             // between two tries at the start
	etcdPatience = time.Minute             // then it gives up and ends
)

// serves reports that the API server of a host answers requests.
func (p *Plane) serves(h *Host) bool {
	return h.listener != nil && h.runs(APIServer) && p.etcd.serves(h)
}

// Answering finds the host whose API server has a socket, and how it answers now: nil,
// or the error of a request, after which time it comes.
func (p *Plane) Answering(l *machine.Listener) (h *Host, wait time.Duration, err error) {
	for _, h := range p.hosts {
		if l == nil || h.listener != l {
			continue
		}
		switch {
		case p.etcd.serves(h):
			return h, 0, nil
		case h.runs(Etcd):
			return h, etcdRequest, serverError("etcdserver: request timed out")
		}
		return h, etcdRefused, serverError(`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"`)
	}
	return nil, 0, nil
}

// NoEtcd is the error of a request to an API server whose etcd does not run.
func NoEtcd() (wait time.Duration, err error) {
	return etcdRefused, serverError(`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"`)
}

// serverError is a failure for which the API has no reason of its own; kubectl shows
// it behind "Error from server: ".
func serverError(message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: http.StatusInternalServerError, Message: message}}
}

// runAPIServer is kube-apiserver: it listens when etcd has answered.
func (p *Plane) runAPIServer(h *Host, process *machine.Process) int {
	log(process, "options.go:263", "external host was not specified, using "+h.Machine.Addr.String())
	process.Sleep(apiStart)
	for waited := time.Duration(0); !p.etcd.serves(h); waited += etcdWaiting {
		if waited >= etcdPatience {
			process.Errorf("F%s       1 instance.go:232] Error creating leases: error creating storage factory: context deadline exceeded\n", process.Now().Format("0102 15:04:05.000000"))
			return 1
		}
		process.Sleep(etcdWaiting)
	}
	l := &machine.Listener{Addr: netip.IPv4Unspecified(), Port: SecurePort, Proto: "tcp", Process: process,
		Serve: func(r machine.Request) machine.Response { return AnswerPlain(r, p.etcd.serves(h)) }}
	if process.Net.Listen(l) != nil {
		process.Errorf("F%s       1 controller.go:148] listen tcp 0.0.0.0:6443: bind: address already in use\n", process.Now().Format("0102 15:04:05.000000"))
		return 1
	}
	h.listener = l
	log(process, "secure_serving.go:211", "Serving securely on [::]:6443")
	p.check()
	return forever(process)
}

// AnswerPlain is what the port says to whoever does not speak kubectl's protocol: its
// health is public, the rest is not.
func AnswerPlain(r machine.Request, etcd bool) machine.Response {
	if r.Proto == "http" {
		return machine.Response{Status: 400, Body: "Client sent an HTTP request to an HTTPS server.\n"}
	}
	path, _, _ := strings.Cut(r.Path, "?")
	switch path {
	case "/livez", "/readyz", "/healthz":
		if !etcd {
			name := strings.TrimPrefix(path, "/")
			return machine.Response{Status: 500, Body: "[+]ping ok\n[-]etcd failed: reason withheld\n" + name + " check failed\n"}
		}
		return machine.Response{Status: 200, Body: "ok"}
	}
	return machine.Response{Status: 401, Body: "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n  \"message\": \"Unauthorized\",\n  \"reason\": \"Unauthorized\",\n  \"code\": 401\n}"}
}

// Balance plugs the address of a control plane of several nodes into the machines'
// network: a TCP load balancer outside the cluster, as kubeadm's guide to high
// availability asks for. It asks /readyz every moment and sends a connection to the
// first API server that is ready, else to the first that listens at all.
func (p *Plane) Balance(addr netip.Addr, at *machine.Machine) {
	net := machine.NewNamespace("load-balancer", at)
	p.site.LAN.Attach(net, addr)
	net.AddRedirect(&machine.Redirect{
		Match:   func(to netip.AddrPort, proto string) bool { return proto == "tcp" && to.Port() == SecurePort },
		Proxied: true,
		Target: func() (*machine.Namespace, netip.AddrPort, bool) {
			h := p.first(p.serves)
			if h == nil {
				h = p.first(func(h *Host) bool { return h.listener != nil && h.runs(APIServer) })
			}
			if h == nil {
				return nil, netip.AddrPort{}, false
			}
			return h.Machine.Net, netip.AddrPortFrom(h.Machine.Addr, SecurePort), true
		},
	})
}

// Asked is the node whose API server gets the next request, or "".
func (p *Plane) Asked() string {
	if h := p.first(p.serves); h != nil {
		return h.Machine.Name
	}
	return ""
}

func (p *Plane) first(is func(*Host) bool) *Host {
	for _, h := range p.hosts {
		if is(h) && (p.site.LAN.Cut == nil || !p.site.LAN.Cut(p.site.Machines()[0].Net, h.Machine.Net)) {
			return h
		}
	}
	return nil
}

// LocalAPI reports that the API server of a node of the control plane answers: the
// kubelet, the controller manager and the scheduler there use no other one (kubeadm
// since v1.33, ControlPlaneKubeletLocalMode).
func (p *Plane) LocalAPI(node string) bool {
	h := p.Host(node)
	return h != nil && p.serves(h)
}

// RemoteAPI reports that a machine that is no node of the control plane reaches an API
// server that answers.
func (p *Plane) RemoteAPI(m *machine.Machine) bool {
	for _, h := range p.hosts {
		if p.serves(h) && (p.site.LAN.Cut == nil || !p.site.LAN.Cut(m.Net, h.Machine.Net)) {
			return true
		}
	}
	return false
}
