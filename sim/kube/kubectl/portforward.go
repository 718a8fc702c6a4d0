package kubectl

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/kube/kubelet"
	"drydock/sim/machine"
)

// forwarding is a run of port-forward: listeners on this machine whose connections
// come out in the network of a pod.
type forwarding struct {
	*session
	pod       *corev1.Pod
	kubelet   *kubelet.Kubelet
	listeners []*machine.Listener
	lost      bool
}

// portPair is a port here and the pod's port that it leads to.
type portPair struct{ local, remote int }

func (f *factory) portForward() *cobra.Command {
	var addresses []string
	cmd := &cobra.Command{Use: "port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) < 2 {
			return helpError(cmd.CommandPath(), "TYPE/NAME and list of ports are required for port-forward")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		return f.runForward(s, args[0], args[1:], addresses)
	}}
	cmd.Flags().StringSliceVar(&addresses, "address", []string{"localhost"}, "Addresses to listen on (comma separated).")
	cmd.Flags().Duration("pod-running-timeout", time.Minute, "The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running")
	return cmd
}

func (f *factory) runForward(s *session, what string, ports, addresses []string) error {
	pod, _, err := s.podOf(what)
	if err != nil {
		return err
	}
	pairs, err := s.portPairs(what, pod, ports)
	if err != nil {
		return err
	}
	if pod.Status.Phase != corev1.PodRunning {
		return fmt.Errorf("unable to forward port because pod is not running. Current status=%s", pod.Status.Phase)
	}
	k, err := f.reach(s, pod, "create", "portforward")
	if err != nil {
		return err
	}
	w := &forwarding{session: s, pod: pod, kubelet: k}
	defer w.close()
	open := 0
	for _, pair := range pairs {
		if w.open(pair, addresses) {
			open++
		}
	}
	if open == 0 {
		var list []string
		for _, p := range pairs {
			list = append(list, fmt.Sprintf("{%d %d}", p.local, p.remote))
		}
		return fmt.Errorf("unable to listen on any of the requested ports: [%s]", strings.Join(list, " "))
	}
	stopped, done := s.p.Clock().NewSignal(), false
	s.p.OnSignal = func(sig machine.Signal) bool {
		if sig == machine.SIGINT {
			done = true
			stopped.Broadcast()
		}
		return sig == machine.SIGINT
	}
	w.watch(stopped.Broadcast)
	s.p.WaitFor(stopped, func() bool { return done || w.lost })
	if w.lost {
		return errors.New("lost connection to pod")
	}
	return nil
}

// watch calls back once a connection into the pod has failed.
func (w *forwarding) watch(fn func()) {
	for _, l := range w.listeners {
		serve := l.Serve
		l.Serve = func(r machine.Request) machine.Response {
			answer := serve(r)
			if w.lost {
				fn()
			}
			return answer
		}
	}
}

// open listens for one pair of ports; it complains where it cannot.
func (w *forwarding) open(pair portPair, addresses []string) bool {
	type place struct{ network, text, addr string }
	var places []place
	for _, a := range addresses {
		switch {
		case a == "localhost":
			places = append(places, place{"tcp4", "127.0.0.1", "127.0.0.1"}, place{"tcp6", "[::1]", "::1"})
		case strings.Contains(a, ":"):
			places = append(places, place{"tcp6", "[" + a + "]", a})
		default:
			places = append(places, place{"tcp4", a, a})
		}
	}
	if pair.local == 0 {
		for pair.local == 0 || w.p.Net.Listening(netip.IPv4Unspecified(), pair.local, "tcp") != nil {
			pair.local = 32768 + w.p.Clock().Rand().IntN(28232)
		}
	}
	var failed []string
	opened := false
	for _, at := range places {
		addr, err := netip.ParseAddr(at.addr)
		if err != nil {
			failed = append(failed, fmt.Sprintf("unable to create listener: Error listen %s: address %s: missing port in address", at.network, at.addr))
			continue
		}
		l := &machine.Listener{Addr: addr, Port: pair.local, Proto: "tcp", Process: w.p, Serve: w.serve(pair)}
		if err := w.p.Net.Listen(l); err != nil {
			failed = append(failed, fmt.Sprintf("unable to create listener: Error listen %s %s:%d: bind: address already in use", at.network, at.text, pair.local))
			continue
		}
		w.listeners = append(w.listeners, l)
		w.p.Printf("Forwarding from %s:%d -> %d\n", at.text, pair.local, pair.remote)
		opened = true
	}
	if !opened {
		w.p.Errorf("Unable to listen on port %d: Listeners failed to create with the following errors: [%s]\n", pair.local, strings.Join(failed, " "))
	}
	return opened
}

// serve hands a request of this machine on to the pod's own network. It is called
// by whoever asks, so it writes without waiting.
func (w *forwarding) serve(pair portPair) func(machine.Request) machine.Response {
	return func(r machine.Request) machine.Response {
		if !r.Probe {
			fmt.Fprintf(w.p.Stdout.Sink(), "Handling connection for %d\n", pair.local)
		}
		why := "pod not found"
		if net := w.kubelet.Namespace(w.pod.Namespace, w.pod.Name); net != nil {
			conn, err := net.DialAddr(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(pair.remote)), "tcp") //nolint:gosec // a port
			if err == nil {
				return conn.Do(r)
			}
			why = fmt.Sprintf("failed to connect to localhost:%d inside namespace %q, IPv4: dial tcp4 127.0.0.1:%d: connect: connection refused IPv6 dial tcp6 [::1]:%d: connect: connection refused",
				pair.remote, w.pod.UID, pair.remote, pair.remote)
		}
		if !r.Probe {
			fmt.Fprintf(w.p.Stderr.Sink(), "E%s %7d portforward.go:424] \"Unhandled Error\" err=%q\n", w.p.Now().UTC().Format("0102 15:04:05.000000"), w.p.PID,
				fmt.Sprintf("an error occurred forwarding %d -> %d: error forwarding port %d to pod %s, uid : %s", pair.local, pair.remote, pair.remote, w.pod.UID, why))
			w.lost = true
		}
		return machine.Response{Err: machine.ErrReset}
	}
}

func (w *forwarding) close() {
	for _, l := range w.listeners {
		w.p.Net.Close(l)
	}
}

// portPairs reads the ports: LOCAL:REMOTE, :REMOTE for any port here, or one number
// for both. A service's port stands for its pods' one, and a name for a number.
func (s *session) portPairs(what string, pod *corev1.Pod, ports []string) ([]portPair, error) {
	var list []portPair
	service := s.serviceOf(what)
	for _, text := range ports {
		local, remote, two := strings.Cut(text, ":")
		if !two {
			local, remote = text, text
		}
		port, err := remotePort(service, pod, remote)
		if err != nil {
			return nil, err
		}
		here := 0
		switch n, err := strconv.Atoi(local); {
		case two && local == "":
		case err == nil && n >= 0 && n < 65536:
			here = n
		case !two && err != nil:
			here = port
		default:
			return nil, fmt.Errorf("error parsing local port '%s': strconv.ParseUint: parsing %q: invalid syntax", local, local)
		}
		list = append(list, portPair{here, port})
	}
	return list, nil
}

// serviceOf is the service that an argument names, or nil.
func (s *session) serviceOf(what string) *corev1.Service {
	if !strings.Contains(what, "/") {
		return nil
	}
	r, err := s.parse([]string{what})
	if err != nil {
		return nil
	}
	t, err := r.named[0].lookup()
	if err != nil {
		return nil
	}
	service, _ := t.object.(*corev1.Service)
	return service
}

func remotePort(service *corev1.Service, pod *corev1.Pod, text string) (int, error) {
	n, err := strconv.Atoi(text)
	named := err != nil
	if service == nil {
		if named {
			return podPort(pod, text)
		}
		if n < 1 || n > 65535 {
			return 0, fmt.Errorf("error parsing remote port '%s': strconv.ParseUint: parsing %q: value out of range", text, text)
		}
		return n, nil
	}
	for _, p := range service.Spec.Ports {
		if named && p.Name != text || !named && int(p.Port) != n {
			continue
		}
		switch {
		case service.Spec.ClusterIP == corev1.ClusterIPNone && !named:
			return n, nil
		case p.TargetPort.Type == intstr.String:
			return podPort(pod, p.TargetPort.StrVal)
		case p.TargetPort.IntVal != 0:
			return int(p.TargetPort.IntVal), nil
		}
		return int(p.Port), nil
	}
	if named {
		return 0, fmt.Errorf("Service '%s' does not have a named port '%s'", service.Name, text) //nolint:staticcheck // kubectl's words
	}
	return 0, fmt.Errorf("Service %s does not have a service port %d", service.Name, n) //nolint:staticcheck // kubectl's words
}

// podPort is the number of a pod's named port.
func podPort(pod *corev1.Pod, name string) (int, error) {
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			if p.Name == name {
				return int(p.ContainerPort), nil
			}
		}
	}
	return 0, fmt.Errorf("Pod '%s' does not have a named port '%s'", pod.Name, name) //nolint:staticcheck // kubectl's words
}
