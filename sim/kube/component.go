package kube

import (
	"fmt"
	"strings"

	"drydock/sim/kube/api"
)

// The programs of a control plane, as faults name them.
const (
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
	scheduling        = "kube-scheduler"
)

// ComponentNames lists what SetComponent stops and starts.
func ComponentNames() []string { return []string{apiServer, controllerManager, scheduling} }

// SetComponent stops a program of the control plane, or starts it again. What
// already runs in the cluster goes on without it.
func (c *Cluster) SetComponent(name string, on bool) error {
	switch name {
	case apiServer:
		c.setServer(on)
	case controllerManager:
		c.manager.SetRunning(on)
	case scheduling:
		c.scheduler.SetRunning(on)
	default:
		return fmt.Errorf("there is no component %q; there are: %s", name, strings.Join(ComponentNames(), ", "))
	}
	return nil
}

// setServer stops the API server, or starts it; then everybody who waited for it
// looks at the cluster anew.
func (c *Cluster) setServer(on bool) {
	if c.serving == on {
		return
	}
	c.serving = on
	c.endpoint.listen(on)
	if on {
		for _, part := range c.components {
			part.Resume()
		}
	}
}

// Ready reports whether the API server answers.
func (c *Cluster) Ready() bool { return c.serving }

// add takes a component into the cluster, so that it hears of the API server's return.
func (c *Cluster) add(part *api.Component) *api.Component {
	c.components = append(c.components, part)
	return part
}
