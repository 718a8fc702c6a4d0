package kubectl

import (
	"errors"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// watch prints objects and then each change of them, until somebody stops it. The
// widths of the columns are those of what was printed first.
func (s *session) watch(args []string, found []target, o *getOptions) error {
	r, err := s.parse(args)
	if err != nil {
		return err
	}
	kinds := r.kinds
	if len(kinds) == 0 && len(r.named) == 1 {
		kinds = []api.Collection{r.named[0].collection}
	}
	if len(kinds) != 1 {
		return errors.New("you may only specify a single resource type")
	}
	chosen, err := o.matcher(kinds[0].Type())
	if err != nil {
		return err
	}
	var waiting []target
	changed := s.p.Clock().NewSignal()
	stop := kinds[0].WatchObjects(func(_ store.ChangeType, obj store.Object) {
		t := target{collection: kinds[0], namespace: obj.GetNamespace(), name: obj.GetName(), object: obj}
		if chosen(obj) && s.asked(t, r.named, o) {
			waiting = append(waiting, t)
			changed.Broadcast()
		}
	})
	defer stop()
	g := grid{}
	if !o.watchOnly {
		waiting = found
	}
	for {
		if len(waiting) > 0 {
			g.rows = nil
			if len(g.widths) == 0 && !o.noHeaders {
				g.rows = append(g.rows, header(kinds[0].Type().Kind, o))
			}
			for _, t := range waiting {
				g.rows = append(g.rows, s.row(t, o.types, o))
			}
			waiting = nil
			s.p.Printf("%s", g.text())
		}
		s.p.WaitFor(changed, func() bool { return len(waiting) > 0 })
	}
}

// asked says whether a watch is about an object.
func (s *session) asked(t target, named []target, o *getOptions) bool {
	if t.collection.Type().Namespaced && !o.allNamespaces && t.namespace != s.namespace {
		return false
	}
	for _, n := range named {
		if n.name == t.name {
			return true
		}
	}
	return len(named) == 0
}
