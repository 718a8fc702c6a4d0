package kube

import (
	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// Cluster is one Kubernetes cluster of a world.
type Cluster struct {
	Server *api.Server

	spec       Spec
	endpoint   *endpoint
	serving    bool
	components []*api.Component
	manager    *api.Component
	scheduler  *api.Component
}

// New founds a cluster on a site.
func New(site *machine.Site, spec Spec) (*Cluster, error) {
	if err := spec.Check(); err != nil {
		return nil, err
	}
	c := &Cluster{Server: api.NewServer(site.Clock), spec: spec, endpoint: newEndpoint(site), serving: true}
	c.Server.Ready = c.Ready
	c.endpoint.listen(true)
	c.manager, c.scheduler = c.add(c.Server.Component(controllerManager)), c.add(c.Server.Component(scheduling))
	return c, nil
}
