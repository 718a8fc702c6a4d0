package build

import (
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/vfs"
)

// Cache is what an engine keeps of builds. It outlives images: only pruning
// empties it.
type Cache struct {
	clock    *clock.Clock
	records  []*Record // oldest first
	contexts map[string]map[string]string
	id       string
}

// NewCache makes an empty cache.
func NewCache(c *clock.Clock) *Cache {
	return &Cache{clock: c, contexts: map[string]map[string]string{}}
}

// Record is one entry, as `docker buildx du` and `docker system df -v` list them.
type Record struct {
	ID          string // 25 letters and digits
	Type        string // "regular", "source.local", "exec.cachemount"
	Description string
	Created     time.Time
	LastUsed    time.Time
	Usage       int
	Size        int64 // bytes
	// InUse marks what cannot be pruned now.
	InUse bool
	// Mutable marks what is not a finished layer.
	Mutable bool
	// Layer is the result of a step; nil for other types. Base images have one
	// record for each of their layers.
	Layer *image.Layer

	key   string
	mount *vfs.FS
}

// Records lists the entries, oldest first. The caller must not change them.
func (c *Cache) Records() []*Record { return c.records }

// Size is the sum of all entries in bytes.
func (c *Cache) Size() int64 {
	var total int64
	for _, r := range c.records {
		total += r.Size
	}
	return total
}

// Shared reports that an image of the store holds the entry's layer too: removing
// the entry alone frees nothing.
func Shared(r *Record, store *image.Store) bool {
	return r.Layer != nil && store.HasLayer(r.Layer.Digest)
}

// Prune removes the entries that may go and that match; it returns them.
func (c *Cache) Prune(match func(*Record) bool) []*Record {
	var gone []*Record
	c.records = slices.DeleteFunc(c.records, func(r *Record) bool {
		if r.InUse || !match(r) {
			return false
		}
		gone = append(gone, r)
		return true
	})
	if slices.ContainsFunc(gone, func(r *Record) bool { return r.Type == "source.local" }) {
		c.contexts = map[string]map[string]string{}
	}
	return gone
}

func (c *Cache) find(key string) *Record {
	i := slices.IndexFunc(c.records, func(r *Record) bool { return r.key == key })
	if i < 0 {
		return nil
	}
	return c.records[i]
}

// hasLayer reports that the content of a layer is kept.
func (c *Cache) hasLayer(digest string) bool {
	return slices.ContainsFunc(c.records, func(r *Record) bool { return r.Layer != nil && r.Layer.Digest == digest })
}

// put keeps a result under its key, in place of an older one.
func (c *Cache) put(r *Record) *Record {
	if old := c.find(r.key); old != nil && r.key != "" {
		c.records = slices.DeleteFunc(c.records, func(o *Record) bool { return o == old })
	}
	r.ID = newID(c.clock)
	if r.Created.IsZero() {
		r.Created = c.clock.Now()
	}
	c.records = append(c.records, r)
	return r
}

func (r *Record) use(now time.Time) {
	r.LastUsed = now
	r.Usage++
}

// touchLocal notes that files of the client were read.
func (c *Cache) touchLocal(key, description string, size int64, now time.Time) {
	r := c.find(key)
	if r == nil {
		r = c.put(&Record{Type: "source.local", Description: description, Size: size, key: key})
	}
	r.use(now)
}

// contextOf is what the engine has of a context: marks of files by name.
func (c *Cache) contextOf(name string) map[string]string {
	if c.contexts[name] == nil {
		c.contexts[name] = map[string]string{}
	}
	return c.contexts[name]
}

// mountOf is the directory of a cache mount.
func (c *Cache) mountOf(id string, now func() time.Time) *vfs.FS {
	r := c.find("mount " + id)
	if r == nil {
		r = c.put(&Record{Type: "exec.cachemount", Description: "cached mount " + id, Mutable: true, Size: diskSize(0, 0), key: "mount " + id, mount: vfs.New(now, nil)})
	}
	r.use(now())
	return r.mount
}

// newID is BuildKit's random identity: 25 letters and digits.
func newID(c *clock.Clock) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	id := make([]byte, 25)
	for i := range id {
		id[i] = letters[c.Rand().IntN(len(letters))]
	}
	return string(id)
}

// session is the part of BuildKit's error messages that stays the same.
func (c *Cache) session() string {
	if c.id == "" {
		c.id = newID(c.clock)
	}
	return c.id
}
