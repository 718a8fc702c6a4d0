package cluster

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// garbage is the garbage collector: it deletes objects whose owners are gone.
type garbage struct {
	*Cluster
	queue *api.Queue
	known map[types.UID]*owned
}

// owned is an object in the collector's graph.
type owned struct {
	in         api.Collection
	key        store.Key
	owners     []metav1.OwnerReference
	dependents dependents
	deleting   bool
}

// dependents are the objects that name one as their owner, in the order in which
// they came.
type dependents struct {
	list []types.UID // "" where one has left
	at   map[types.UID]int
}

func (d *dependents) add(uid types.UID) {
	if d.at == nil {
		d.at = map[types.UID]int{}
	}
	if _, has := d.at[uid]; !has {
		d.at[uid] = len(d.list)
		d.list = append(d.list, uid)
	}
}

func (d *dependents) remove(uid types.UID) {
	i, has := d.at[uid]
	if !has {
		return
	}
	delete(d.at, uid)
	d.list[i] = ""
	if len(d.list) > 2*len(d.at)+8 {
		d.list = slices.DeleteFunc(d.list, func(u types.UID) bool { return u == "" })
		for j, u := range d.list {
			d.at[u] = j
		}
	}
}

func (d *dependents) all() []types.UID {
	return slices.DeleteFunc(slices.Clone(d.list), func(u types.UID) bool { return u == "" })
}

func newGarbageCollector(c *Cluster) {
	g := &garbage{Cluster: c, known: map[types.UID]*owned{}}
	g.queue = c.manager.Queue(reaction, g.sync)
	for _, in := range c.server.Collections() {
		for _, obj := range in.ListObjects("") {
			g.note(in, store.Added, obj)
		}
		in.WatchObjects(func(t store.ChangeType, obj store.Object) { g.note(in, t, obj) })
	}
	c.manager.OnStart(func() {
		for _, in := range c.server.Collections() {
			for _, obj := range in.ListObjects("") {
				if len(obj.GetOwnerReferences()) > 0 || obj.GetDeletionTimestamp() != nil {
					g.add(obj.GetUID())
				}
			}
		}
	})
}

func (g *garbage) add(uid types.UID) { g.queue.Add(store.Key{Name: string(uid)}) }

// note keeps the graph of owners up to date and queues what has to be looked at.
func (g *garbage) note(in api.Collection, t store.ChangeType, obj store.Object) {
	uid := obj.GetUID()
	if t == store.Deleted {
		g.forget(uid)
		return
	}
	o := g.known[uid]
	if o == nil {
		o = &owned{in: in, key: store.KeyOf(obj)}
		g.known[uid] = o
	}
	if owners := obj.GetOwnerReferences(); !sameOwners(o.owners, owners) {
		for _, ref := range o.owners {
			if owner := g.known[ref.UID]; owner != nil {
				owner.dependents.remove(uid)
				g.again(ref.UID)
			}
		}
		o.owners = owners
		for _, ref := range owners {
			if owner := g.known[ref.UID]; owner != nil {
				owner.dependents.add(uid)
				if !owner.deleting {
					continue
				}
			}
			g.add(uid)
		}
	}
	if o.deleting = obj.GetDeletionTimestamp() != nil; o.deleting && len(obj.GetFinalizers()) > 0 {
		g.add(uid)
	}
}

// again looks at an owner that waits for its dependents.
func (g *garbage) again(owner types.UID) {
	if o := g.known[owner]; o != nil && o.deleting {
		g.add(owner)
	}
}

// sameOwners compares without looking into the references, which never change.
func sameOwners(a, b []metav1.OwnerReference) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// forget takes a deleted object out of the graph; its dependents may be garbage now.
func (g *garbage) forget(uid types.UID) {
	o := g.known[uid]
	if o == nil {
		return
	}
	delete(g.known, uid)
	for _, ref := range o.owners {
		if owner := g.known[ref.UID]; owner != nil {
			owner.dependents.remove(uid)
			g.again(ref.UID)
		}
	}
	for _, d := range o.dependents.all() {
		g.add(d)
	}
}

func (g *garbage) sync(key store.Key) {
	uid := types.UID(key.Name)
	o := g.known[uid]
	if o == nil {
		return
	}
	obj, found := o.in.GetObject(o.key.Namespace, o.key.Name)
	if !found || obj.GetUID() != uid {
		return
	}
	finalizers := obj.GetFinalizers()
	switch deleting := obj.GetDeletionTimestamp() != nil; {
	case deleting && slices.Contains(finalizers, metav1.FinalizerOrphanDependents):
		g.orphan(o, obj)
	case deleting && slices.Contains(finalizers, metav1.FinalizerDeleteDependents):
		g.foreground(o, obj)
	case !deleting && len(obj.GetOwnerReferences()) > 0:
		g.collect(o, obj)
	}
}

// orphan takes the owner out of all its dependents and lets it go.
func (g *garbage) orphan(o *owned, obj store.Object) {
	for _, uid := range o.dependents.all() {
		g.disown(uid, func(ref metav1.OwnerReference) bool { return ref.UID == obj.GetUID() })
	}
	removeFinalizer(o.in, obj, metav1.FinalizerOrphanDependents)
}

// foreground deletes the dependents of an owner that waits for them, and lets it go
// when none is left that blocks it.
func (g *garbage) foreground(o *owned, obj store.Object) {
	blocked := false
	for _, uid := range o.dependents.all() {
		d := g.known[uid]
		if d == nil {
			continue
		}
		for _, ref := range d.owners {
			blocked = blocked || ref.UID == obj.GetUID() && ref.BlockOwnerDeletion != nil && *ref.BlockOwnerDeletion
		}
		if !d.deleting {
			g.add(uid)
		}
	}
	if !blocked {
		removeFinalizer(o.in, obj, metav1.FinalizerDeleteDependents)
	}
}

// collect deletes an object that has no owner left, or takes those that are gone
// out of its references.
func (g *garbage) collect(o *owned, obj store.Object) {
	solid, waiting := 0, 0
	gone := map[types.UID]bool{}
	for _, ref := range obj.GetOwnerReferences() {
		owner := g.known[ref.UID]
		switch {
		case owner == nil:
			gone[ref.UID] = true
		case owner.deleting && g.waitsForDependents(owner):
			waiting++
			gone[ref.UID] = true
		default:
			solid++
		}
	}
	how := api.DeleteOptions{Propagation: metav1.DeletePropagationBackground}
	switch {
	case len(gone) == 0:
		return
	case solid > 0:
		g.disown(obj.GetUID(), func(ref metav1.OwnerReference) bool { return gone[ref.UID] })
		return
	case waiting > 0 && len(o.dependents.at) > 0:
		how.Propagation = metav1.DeletePropagationForeground
	}
	_, _ = o.in.DeleteObject(o.key.Namespace, o.key.Name, how) // it was there a moment ago
}

func (g *garbage) waitsForDependents(o *owned) bool {
	obj, found := o.in.GetObject(o.key.Namespace, o.key.Name)
	return found && slices.Contains(obj.GetFinalizers(), metav1.FinalizerDeleteDependents)
}

// disown removes references to owners from an object.
func (g *garbage) disown(uid types.UID, gone func(metav1.OwnerReference) bool) {
	o := g.known[uid]
	if o == nil {
		return
	}
	obj, found := o.in.GetObject(o.key.Namespace, o.key.Name)
	if !found {
		return
	}
	if c, ok := obj.DeepCopyObject().(store.Object); ok {
		c.SetOwnerReferences(slices.DeleteFunc(c.GetOwnerReferences(), gone))
		_, _ = o.in.UpdateObject(c) // it is the present version
	}
}

// removeFinalizer takes one finalizer from an object, which may end it.
func removeFinalizer(in api.Collection, obj store.Object, name string) {
	if c, ok := obj.DeepCopyObject().(store.Object); ok {
		c.SetFinalizers(slices.DeleteFunc(c.GetFinalizers(), func(f string) bool { return f == name }))
		_, _ = in.UpdateObject(c) // it is the present version
	}
}

// deleteNow are the options of a deletion without grace.
func deleteNow() api.DeleteOptions {
	none := int64(0)
	return api.DeleteOptions{GraceSeconds: &none}
}
