package sim

import "drydock/sim/kube/store"

// part is a piece of the state that is made anew when the tables that it is made of
// have changed.
type part[S any] struct {
	revision uint64
	made     bool
	list     []S
}

// of is the piece as of the revisions of its tables.
func (p *part[S]) of(make func() []S, tables ...interface{ Revision() uint64 }) []S {
	var now uint64
	for _, t := range tables {
		now += t.Revision() // each only grows
	}
	if !p.made || p.revision != now {
		p.list, p.revision, p.made = make(), now, true
	}
	return p.list
}

// object is a pointer to an object of a table.
type object interface {
	store.Object
	comparable
}

// kept is what was made of each object of a table. Objects are immutable, so that only
// those are looked at again that were replaced by others.
type kept[O object, S any] struct {
	objects []O // in the order of their keys
	states  []S
}

// update takes the table's objects as they are now, in a slice that it keeps. remake
// makes the state of an object that is new or was replaced, gone is told each that was
// replaced or has left; stale (nil for none) asks for one that is the same to be made
// anew. The states that were handed out before stay as they were.
func (k *kept[O, S]) update(now []O, remake func(O) S, gone func(O), stale func(O) bool) []S {
	states := make([]S, 0, len(now))
	before, i := k.objects, 0
	for n := 0; n < len(now); {
		run := 0
		for i+run < len(before) && n+run < len(now) && before[i+run] == now[n+run] && (stale == nil || !stale(now[n+run])) {
			run++
		}
		if run > 0 {
			states = append(states, k.states[i:i+run]...)
			i, n = i+run, n+run
			continue
		}
		for key := store.KeyOf(now[n]); i < len(before); i++ {
			order := store.Compare(store.KeyOf(before[i]), key)
			if order > 0 || order == 0 && before[i] == now[n] && (stale == nil || !stale(now[n])) {
				break
			}
			gone(before[i])
		}
		if i < len(before) && before[i] == now[n] {
			continue // those between have left
		}
		states = append(states, remake(now[n]))
		n++
	}
	for ; i < len(before); i++ {
		gone(before[i])
	}
	k.objects, k.states = now, states
	return states
}
