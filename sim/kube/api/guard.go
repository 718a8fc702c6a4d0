package api

import (
	"drydock/sim/kube/store"
)

// Guarded is a kind of the server as one user may use it: every request asks RBAC
// first, and what the server warns of is told. What a user may not see is not there.
type Guarded struct {
	Collection
	server *Server
	user   User
	change string
	warn   func(string)
}

// Guard puts the door before a kind. change is the verb of UpdateObject: "patch" or
// "update", whichever the client sends; warn takes the server's warnings.
func (s *Server) Guard(c Collection, u User, change string, warn func(string)) Guarded {
	if g, is := c.(Guarded); is {
		c = g.Collection
	}
	return Guarded{c, s, u, change, warn}
}

// May asks whether the user may do something with the kind, one object of it (name
// may be "") or a subresource (may be ""). The error is Forbidden.
func (g Guarded) May(verb, subresource, namespace, name string) error {
	k := g.Type()
	return g.server.Authorize(g.user, verb, k.Group, k.Resource, subresource, namespace, name)
}

// GetObject implements Collection.
func (g Guarded) GetObject(namespace, name string) (store.Object, bool) {
	if g.May("get", "", namespace, name) != nil {
		return nil, false
	}
	return g.Collection.GetObject(namespace, name)
}

// ListObjects implements Collection.
func (g Guarded) ListObjects(namespace string) []store.Object {
	if g.May("list", "", namespace, "") != nil {
		return nil
	}
	return g.Collection.ListObjects(namespace)
}

// CreateObject implements Collection.
func (g Guarded) CreateObject(obj store.Object) (store.Object, error) {
	if err := g.May("create", "", obj.GetNamespace(), ""); err != nil {
		return nil, err
	}
	if err := g.server.escalates(g.user, obj); err != nil {
		return nil, err
	}
	made, err := g.Collection.CreateObject(obj)
	if err == nil {
		g.tell(nil, made)
	}
	return made, err
}

// UpdateObject implements Collection.
func (g Guarded) UpdateObject(obj store.Object) (store.Object, error) {
	if err := g.May(g.change, "", obj.GetNamespace(), obj.GetName()); err != nil {
		return nil, err
	}
	if err := g.server.escalates(g.user, obj); err != nil {
		return nil, err
	}
	old, _ := g.Collection.GetObject(obj.GetNamespace(), obj.GetName())
	made, err := g.Collection.UpdateObject(obj)
	if err == nil {
		g.tell(old, made)
	}
	return made, err
}

// DeleteObject implements Collection.
func (g Guarded) DeleteObject(namespace, name string, o DeleteOptions) (store.Object, error) {
	if err := g.May("delete", "", namespace, name); err != nil {
		return nil, err
	}
	return g.Collection.DeleteObject(namespace, name, o)
}

// WatchObjects implements Collection.
func (g Guarded) WatchObjects(fn func(store.ChangeType, store.Object)) (stop func()) {
	return g.Collection.WatchObjects(func(t store.ChangeType, obj store.Object) {
		if g.May("watch", "", obj.GetNamespace(), obj.GetName()) == nil {
			fn(t, obj)
		}
	})
}

func (g Guarded) tell(old, now store.Object) {
	if g.warn == nil || now == nil {
		return
	}
	for _, text := range g.server.Warnings(old, now) {
		g.warn(text)
	}
}
