package controllers

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// deploymentController moves the pods of each Deployment from ReplicaSet to ReplicaSet.
type deploymentController struct {
	s     *api.Server
	from  api.Source
	queue *api.Queue
}

func newDeploymentController(s *api.Server, m *api.Component) *deploymentController {
	c := &deploymentController{s: s, from: api.Source{Component: "deployment-controller"}}
	c.queue = m.Queue(reaction, c.sync)
	s.Deployments.Table.Watch(func(ch store.Change[*appsv1.Deployment]) { c.queue.Add(store.KeyOf(ch.Now())) })
	s.ReplicaSets.Table.Watch(func(ch store.Change[*appsv1.ReplicaSet]) { c.replicaSetChanged(ch.Now()) })
	m.OnStart(func() {
		for _, d := range s.Deployments.Table.List("") {
			c.queue.Add(store.KeyOf(d))
		}
	})
	return c
}

// replicaSetChanged queues the owner of a ReplicaSet, or whoever may adopt it.
func (c *deploymentController) replicaSetChanged(rs *appsv1.ReplicaSet) {
	if ref := metav1.GetControllerOfNoCopy(rs); ref != nil {
		if ref.Kind == "Deployment" {
			c.queue.Add(store.Key{Namespace: rs.Namespace, Name: ref.Name})
		}
		return
	}
	for _, d := range c.s.Deployments.Table.List(rs.Namespace) {
		if selects(d.Spec.Selector, rs.Labels) {
			c.queue.Add(store.KeyOf(d))
		}
	}
}

// podEnded queues a Deployment that waits for its old pods to be gone.
func (c *deploymentController) podEnded(replicaSet store.Key) {
	rs, found := c.s.ReplicaSets.Table.Get(replicaSet.Namespace, replicaSet.Name)
	if !found {
		return
	}
	ref := metav1.GetControllerOfNoCopy(rs)
	if ref == nil {
		return
	}
	if d, found := c.s.Deployments.Table.Get(rs.Namespace, ref.Name); found && d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		c.queue.Add(store.KeyOf(d))
	}
}

// rollout is one look at a Deployment: the state of it and of its ReplicaSets.
type rollout struct {
	*deploymentController
	d       *appsv1.Deployment
	newest  *appsv1.ReplicaSet   // of the present template; nil when there is none yet
	old     []*appsv1.ReplicaSet // all others, oldest first
	problem error
	// outdated says that the Deployment was written in this look, again that a status was
	// refused because of that.
	outdated, again bool
}

func (c *deploymentController) sync(key store.Key) {
	d, found := c.s.Deployments.Table.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	if selector, err := metav1.LabelSelectorAsSelector(d.Spec.Selector); err != nil || selector.Empty() {
		return
	}
	r := &rollout{deploymentController: c, d: d}
	r.find(c.claim(d))
	r.notePause()
	switch {
	case d.DeletionTimestamp != nil:
		r.writeStatus(r.status())
		return
	case d.Spec.Paused, r.rescaled():
		r.syncRevision(false)
		r.scaleAll()
		if r.d.Spec.Paused {
			r.cleanUp()
		}
		r.writeStatus(r.status())
	case d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		r.recreate()
	default:
		r.roll()
	}
	if r.problem != nil || r.again {
		c.queue.Retry(key)
		return
	}
	c.queue.Forget(key)
}

// claim returns the ReplicaSets of a Deployment. It adopts those that match and
// belong to nobody, and lets go of those that no longer match.
func (c *deploymentController) claim(d *appsv1.Deployment) []*appsv1.ReplicaSet {
	mine := slices.Clone(c.s.ReplicaSetsByOwner.Get(string(d.UID)))
	mine = slices.DeleteFunc(mine, func(rs *appsv1.ReplicaSet) bool {
		if selects(d.Spec.Selector, rs.Labels) {
			return false
		}
		c.setRefs(rs, slices.DeleteFunc(slices.Clone(rs.OwnerReferences), func(ref metav1.OwnerReference) bool { return ref.UID == d.UID }))
		return true
	})
	if d.DeletionTimestamp != nil {
		return mine
	}
	for _, rs := range c.s.ReplicaSetsByOwner.Get("") {
		if rs.Namespace != d.Namespace || rs.DeletionTimestamp != nil || !selects(d.Spec.Selector, rs.Labels) {
			continue
		}
		ref := *metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("Deployment"))
		if adopted := c.setRefs(rs, append(slices.Clone(rs.OwnerReferences), ref)); adopted != nil {
			mine = append(mine, adopted)
		}
	}
	slices.SortStableFunc(mine, func(a, b *appsv1.ReplicaSet) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return mine
}

func (c *deploymentController) setRefs(rs *appsv1.ReplicaSet, refs []metav1.OwnerReference) *appsv1.ReplicaSet {
	copied := store.Copy(rs)
	copied.OwnerReferences = refs
	updated, err := c.s.ReplicaSets.Update(copied)
	if err != nil {
		return nil
	}
	return updated
}

// all is every ReplicaSet, the newest last.
func (r *rollout) all() []*appsv1.ReplicaSet {
	if r.newest == nil {
		return slices.Clone(r.old)
	}
	return append(slices.Clone(r.old), r.newest)
}

// replaced puts a changed ReplicaSet in the place of its former state.
func (r *rollout) replaced(rs *appsv1.ReplicaSet) {
	if r.newest != nil && r.newest.UID == rs.UID {
		r.newest = rs
		return
	}
	for i := range r.old {
		if r.old[i].UID == rs.UID {
			r.old[i] = rs
		}
	}
}
