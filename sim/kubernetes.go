package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"drydock/sim/kube"
)

// checkComponent reports a fault of a program that this world does not have.
func (w *World) checkComponent(name string) error {
	switch {
	case w.cluster == nil:
		return errors.New("this world has no Kubernetes cluster")
	case !slices.Contains(kube.ComponentNames(), name):
		return fmt.Errorf("there is no component %q; there are: %s", name, strings.Join(kube.ComponentNames(), ", "))
	}
	return nil
}

// setComponent stops or starts a program of the control plane. A name that
// checkComponent refuses does nothing.
func (w *World) setComponent(name string, on bool) {
	if w.checkComponent(name) == nil {
		_ = w.cluster.SetComponent(name, on)
	}
}
