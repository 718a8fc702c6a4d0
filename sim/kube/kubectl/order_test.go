package kubectl_test

import (
	"testing"
	"time"

	"drydock/sim/kube/api"
)

// What has no time of its own comes first; times are compared whole, not by their year.
func TestSortByPutsEventsInTheOrderOfTheirTime(t *testing.T) {
	l := newLab(t)
	l.says("create configmap b", "configmap/b created\n")
	b, _ := l.server.ConfigMaps.Get("default", "b")
	happens := func(from, reason string) {
		l.server.Event(api.Source{Component: from}, "ConfigMap", b, "", "Normal", reason, reason)
		l.clock.Advance(2 * time.Second)
	}
	happens("kubelet", "Late")
	happens("kubelet", "Early")
	happens("kubelet", "Late")
	happens("default-scheduler", "Timeless")
	l.says("get events --sort-by=.lastTimestamp -o custom-columns=R:.reason", "R\nTimeless\nEarly\nLate\n")
}
