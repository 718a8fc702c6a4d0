package store

import "slices"

// Index finds the objects of a table by something else than their name: the pods of
// a node, what an owner owns.
type Index[T Object] struct {
	keys    func(T) []string
	buckets map[string]*bucket[T]
}

// bucket holds the rows of one key in order of creation. Slots of rows that have left
// stay until they are a half of it, so that removing 100,000 one by one stays linear.
type bucket[T Object] struct {
	slots []*slot[T]
	in    map[*row[T]]*slot[T]
}

type slot[T Object] struct{ row *row[T] } // row is nil once it has left

// Index makes an index of the table. keys gives the keys under which an object is
// found; it must depend on nothing but the object.
func (t *Table[T]) Index(keys func(T) []string) *Index[T] {
	i := &Index[T]{keys: keys, buckets: map[string]*bucket[T]{}}
	rows := slices.Clone(t.order())
	slices.SortFunc(rows, func(a, b *row[T]) int { return int(a.seq) - int(b.seq) })
	for _, r := range rows {
		i.add(r)
	}
	t.indexes = append(t.indexes, i)
	return i
}

// Get returns the objects of a key, oldest first. The caller owns the slice.
func (i *Index[T]) Get(key string) []T {
	b := i.buckets[key]
	if b == nil {
		return nil
	}
	list := make([]T, 0, len(b.in))
	for _, s := range b.slots {
		if s.row != nil {
			list = append(list, s.row.obj)
		}
	}
	return list
}

// Len is the number of objects of a key.
func (i *Index[T]) Len(key string) int {
	if b := i.buckets[key]; b != nil {
		return len(b.in)
	}
	return 0
}

func (i *Index[T]) add(r *row[T]) { i.addTo(r, i.keys(r.obj)) }

func (i *Index[T]) addTo(r *row[T], keys []string) {
	for _, k := range keys {
		b := i.buckets[k]
		if b == nil {
			b = &bucket[T]{in: map[*row[T]]*slot[T]{}}
			i.buckets[k] = b
		}
		if b.in[r] == nil {
			b.insert(r)
		}
	}
}

func (i *Index[T]) remove(r *row[T]) { i.removeFrom(r, i.keys(r.obj)) }

func (i *Index[T]) removeFrom(r *row[T], keys []string) {
	for _, k := range keys {
		b := i.buckets[k]
		if b == nil || b.in[r] == nil {
			continue
		}
		b.in[r].row = nil
		delete(b.in, r)
		switch {
		case len(b.in) == 0:
			delete(i.buckets, k)
		case len(b.slots) > 2*len(b.in):
			b.slots = slices.DeleteFunc(b.slots, func(s *slot[T]) bool { return s.row == nil })
		}
	}
}

// move keeps the index right when an object changes.
func (i *Index[T]) move(r *row[T], old, now T) {
	was, is := i.keys(old), i.keys(now)
	if slices.Equal(was, is) {
		return
	}
	i.removeFrom(r, was)
	i.addTo(r, is)
}

// insert puts a row in its place by age, which is nearly always the end.
func (b *bucket[T]) insert(r *row[T]) {
	s := &slot[T]{row: r}
	b.in[r] = s
	at := len(b.slots)
	for at > 0 && (b.slots[at-1].row == nil || b.slots[at-1].row.seq > r.seq) {
		at--
	}
	b.slots = slices.Insert(b.slots, at, s)
}
