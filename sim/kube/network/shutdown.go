package network

import (
	"time"

	"drydock/sim/machine"
)

// How long a program goes on after SIGTERM: CoreDNS for its lameduck (the Corefile of
// kubeadm v1.37), ingress-nginx v1.14 for its --post-shutdown-grace-period.
const (
	lameduck             = 5 * time.Second
	controllerGraceAfter = 10 * time.Second
)

// serveUntilStopped keeps a server alive until it is told to end; it answers for a
// while longer, so that those who have not heard of it yet are not refused.
func serveUntilStopped(p *machine.Process, grace time.Duration) int {
	stopped := p.Clock().NewSignal()
	p.OnSignal = func(s machine.Signal) bool {
		ends := s == machine.SIGTERM || s == machine.SIGINT || s == machine.SIGQUIT
		if ends {
			stopped.Broadcast()
		}
		return ends
	}
	p.Wait(stopped)
	p.Sleep(grace)
	return 0
}
