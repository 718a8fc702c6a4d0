// Package cluster has those controllers of kube-controller-manager that keep the
// cluster itself in order: endpoints, garbage, namespaces, nodes, disruption
// budgets, volumes and quotas.
package cluster

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// reaction is what passes between a change and a controller's answer to it: the
// watch, the work queue and the requests.
const reaction = 10 * time.Millisecond

// Cluster is the controllers of one kube-controller-manager.
type Cluster struct {
	// Provisioner makes volumes for claims whose storage class it knows; nil when the
	// cluster has none.
	Provisioner Provisioner

	server  *api.Server
	manager *api.Component
	// podsByLabel finds pods by one label: "namespace/key=value".
	podsByLabel *store.Index[*corev1.Pod]
}

// New makes the controllers as parts of the component cm, which may be stopped and
// started, and lets them look at what there is already.
func New(s *api.Server, cm *api.Component) *Cluster {
	c := &Cluster{server: s, manager: cm}
	c.podsByLabel = s.Pods.Table.Index(labelKeys)
	newEndpoints(c)
	newGarbageCollector(c)
	newNamespaces(c)
	newServiceAccounts(c)
	newTaintEviction(c)
	newNodeLifecycle(c)
	newPodGC(c)
	newDisruption(c)
	newVolumes(c)
	newQuotas(c)
	newTTL(c)
	return c
}
