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
	sorted   []*row[T] // by namespace and name; nil when out of date
	indexes  []*Index[T]
	watchers []*watcher[T]
}

// row is one object's place in a table and its indexes.
type row[T Object] struct {
	key Key
	seq uint64 // order of creation
	obj T
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

func (t *Table[T]) order() []*row[T] {
	if t.sorted == nil {
		t.sorted = make([]*row[T], 0, len(t.rows))
		for _, r := range t.rows {
			t.sorted = append(t.sorted, r)
		}
		slices.SortFunc(t.sorted, func(a, b *row[T]) int {
			return cmp.Or(cmp.Compare(a.key.Namespace, b.key.Namespace), cmp.Compare(a.key.Name, b.key.Name))
		})
	}
	return t.sorted
}

// Put stores an object under its key, gives it the next resource version and tells
// the watchers. The object must not be changed afterwards.
func (t *Table[T]) Put(obj T) {
	obj.SetResourceVersion(t.revision.Next())
	key := KeyOf(obj)
	r := t.rows[key]
	if r == nil {
		t.seq++
		r = &row[T]{key: key, seq: t.seq, obj: obj}
		t.rows[key], t.sorted = r, nil
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
	delete(t.rows, r.key)
	t.sorted = nil
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
