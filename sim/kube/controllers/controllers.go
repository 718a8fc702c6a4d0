// Package controllers is the kube-controller-manager's part for workloads: the loops
// that make ReplicaSets of Deployments, pods of ReplicaSets, StatefulSets, DaemonSets
// and Jobs, and Jobs of CronJobs.
//
// The real ones keep expectations, because their caches lag behind what they did
// themselves. Here every loop reads the store itself, so it never sees a past state.
package controllers

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// reaction is what passes between a change and the moment a controller has acted on it
// (events, v1.37.2: 6 to 14 ms from the Deployment's event to those of its pods).
const reaction = 8 * time.Millisecond

// Controllers are the loops of one kube-controller-manager.
type Controllers struct {
	s            *api.Server
	component    *api.Component
	replicaSets  *replicaSetController
	deployments  *deploymentController
	statefulSets *statefulSetController
	jobs         *jobController
	scalers      *autoscaler
	cronJobs     *cronJobController
	daemonSets   *daemonSetController
}

// New starts the workload controllers of a cluster.
func New(s *api.Server) *Controllers {
	c := &Controllers{s: s, component: s.Component("kube-controller-manager")}
	c.replicaSets = newReplicaSetController(s, c.component)
	c.deployments = newDeploymentController(s, c.component)
	c.statefulSets = newStatefulSetController(s, c.component)
	c.jobs = newJobController(s, c.component)
	c.daemonSets = newDaemonSetController(s, c.component)
	c.cronJobs = newCronJobController(s, c.component)
	c.scalers = newAutoscaler(s, c.component)
	s.Pods.Table.Watch(c.podChanged)
	return c
}

// Component is the program that the controllers are part of, for stopping it and for
// adding the controllers of other packages.
func (c *Controllers) Component() *api.Component { return c.component }

// podChanged tells the owners of a pod, before and after the change.
func (c *Controllers) podChanged(ch store.Change[*corev1.Pod]) {
	var before, after *metav1.OwnerReference
	if ch.Old != nil {
		before = metav1.GetControllerOfNoCopy(ch.Old)
	}
	if ch.New != nil {
		after = metav1.GetControllerOfNoCopy(ch.New)
	}
	if before != nil && (after == nil || after.UID != before.UID) {
		c.tellOwner(before, ch)
	}
	switch {
	case after != nil:
		c.tellOwner(after, ch)
	case ch.New != nil && orphanMatters(ch, before):
		c.replicaSets.orphan(ch.New)
		c.daemonSets.orphan(ch.New)
		c.statefulSets.orphan(ch.New)
	}
}

func (c *Controllers) tellOwner(ref *metav1.OwnerReference, ch store.Change[*corev1.Pod]) {
	key := store.Key{Namespace: ch.Now().Namespace, Name: ref.Name}
	switch ref.Kind {
	case "ReplicaSet":
		c.replicaSets.podChanged(key, ref.UID)
		if ch.New == nil || finished(ch.New) {
			c.deployments.podEnded(key)
		}
	case "StatefulSet":
		c.statefulSets.queue.Add(key)
	case "DaemonSet":
		c.daemonSets.podChanged(key, ref.UID)
	case "Job":
		c.jobs.podChanged(key, ch)
	}
}

// orphanMatters reports that a pod without a controller may concern one anew.
func orphanMatters(ch store.Change[*corev1.Pod], before *metav1.OwnerReference) bool {
	return ch.Old == nil || before != nil || !sameLabels(ch.Old.Labels, ch.New.Labels)
}

func sameLabels(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, found := b[k]; !found || w != v {
			return false
		}
	}
	return true
}

// owned reports that an object's controller is the one with the uid.
func owned(obj metav1.Object, uid types.UID) bool {
	ref := metav1.GetControllerOfNoCopy(obj)
	return ref != nil && ref.UID == uid
}
