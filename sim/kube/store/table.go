package store

import (
	"cmp"
	"slices"
	"strconv"
)

// Revision counts the changes of all tables of a cluster, as etcd does; an object's
// resourceVersion is the revision that made it.
type Revision struct{ n uint64 }

// Next is the revision of one more change.
func (r *Revision) Next() string {
	r.n++
	return strconv.FormatUint(r.n, 10)
}

// Now is the revision of the last change.
func (r *Revision) Now() string { return strconv.FormatUint(r.n, 10) }

// Table holds the objects of one kind.
type Table[T Object] struct {
	revision *Revision
	rows     map[Key]*row[T]
	seq      uint64
	changed  uint64    // the revision of the last change
	sorted   []*row[T] // by namespace and name, as of the last look
	fresh    []*row[T] // added since
	holes    bool      // some of those have left
	indexes  []*Index[T]
	watchers []*watcher[T]
}

// row is one object's place in a table and its indexes.
type row[T Object] struct {
	key Key
	seq uint64 // order of creation
	obj T
	// gone says that it has left the table.
	gone bool
}

type watcher[T Object] struct{ fn func(Change[T]) }

// NewTable makes an empty table whose changes are counted by r.
func NewTable[T Object](r *Revision) *Table[T] {
	return &Table[T]{revision: r, rows: map[Key]*row[T]{}}
}

// Get finds an object.
func (t *Table[T]) Get(namespace, name string) (T, bool) {
	if r := t.rows[Key{namespace, name}]; r != nil {
		return r.obj, true
	}
	var none T
	return none, false
}

// Len is the number of objects.
func (t *Table[T]) Len() int { return len(t.rows) }

// Revision is that of the table's last change; 0 when there was none.
func (t *Table[T]) Revision() uint64 { return t.changed }

// List returns the objects of a namespace, or of all when it is empty, ordered by
// namespace and name as etcd keeps them. The caller owns the slice.
func (t *Table[T]) List(namespace string) []T {
	rows := t.order()
	if namespace != "" {
		from, _ := slices.BinarySearchFunc(rows, namespace, func(r *row[T], ns string) int { return cmp.Compare(r.key.Namespace, ns) })
		to := from
		for to < len(rows) && rows[to].key.Namespace == namespace {
			to++
		}
		rows = rows[from:to]
	}
	list := make([]T, len(rows))
	for i, r := range rows {
		list[i] = r.obj
	}
	return list
}

// order takes what was added and removed since the last time into account.
func (t *Table[T]) order() []*row[T] {
	if len(t.fresh) == 0 && !t.holes {
		return t.sorted
	}
	slices.SortFunc(t.fresh, func(a, b *row[T]) int { return Compare(a.key, b.key) })
	merged := make([]*row[T], 0, len(t.rows))
	old, fresh := t.sorted, t.fresh
	for len(old) > 0 || len(fresh) > 0 {
		var next *row[T]
		if len(fresh) == 0 || len(old) > 0 && Compare(old[0].key, fresh[0].key) <= 0 {
			next, old = old[0], old[1:]
		} else {
			next, fresh = fresh[0], fresh[1:]
		}
		if !next.gone {
			merged = append(merged, next)
		}
	}
	t.sorted, t.fresh, t.holes = merged, nil, false
	return merged
}

// Put stores an object under its key, gives it the next resource version and tells
// the watchers. The object must not be changed afterwards.
func (t *Table[T]) Put(obj T) {
	obj.SetResourceVersion(t.revision.Next())
	t.changed = t.revision.n
	key := KeyOf(obj)
	r := t.rows[key]
	if r == nil {
		t.seq++
		r = &row[T]{key: key, seq: t.seq, obj: obj}
		t.rows[key], t.fresh = r, append(t.fresh, r)
		for _, i := range t.indexes {
			i.add(r)
		}
		t.tell(Change[T]{Type: Added, New: obj})
		return
	}
	old := r.obj
	for _, i := range t.indexes {
		i.move(r, old, obj)
	}
	r.obj = obj
	t.tell(Change[T]{Type: Modified, Old: old, New: obj})
}

// Remove takes an object out of the table; nothing happens when it is not there.
func (t *Table[T]) Remove(namespace, name string) {
	r := t.rows[Key{namespace, name}]
	if r == nil {
		return
	}
	t.revision.Next()
	t.changed = t.revision.n
	delete(t.rows, r.key)
	r.gone, t.holes = true, true
	if len(t.sorted)+len(t.fresh) > 2*len(t.rows)+1024 {
		t.order() // so that rows that have left are not kept for ever
	}
	for _, i := range t.indexes {
		i.remove(r)
	}
	t.tell(Change[T]{Type: Deleted, Old: r.obj})
}

// Watch calls fn at every change, at once and in the changer's context, so fn must
// only take note: it may not change the store. stop ends the watch.
func (t *Table[T]) Watch(fn func(Change[T])) (stop func()) {
	w := &watcher[T]{fn: fn}
	t.watchers = append(t.watchers, w)
	return func() {
		t.watchers = slices.DeleteFunc(slices.Clone(t.watchers), func(o *watcher[T]) bool { return o == w })
	}
}

func (t *Table[T]) tell(c Change[T]) {
	for _, w := range t.watchers {
		w.fn(c)
	}
}
