package docker

import (
	"time"

	"drydock/sim/image"
)

// BuildCache is what the engine's housekeeping needs to know of the builder's
// cache: `docker system df`, `docker system prune`, `docker builder prune`.
type BuildCache interface {
	// Records lists what the cache holds, oldest first.
	Records() []CacheRecord
	// Prune removes records that nothing needs, with all set also those that images
	// share, and returns their ids and sizes.
	Prune(all bool, keep func(CacheRecord) bool) []CacheRecord
	// Uses reports whether cached steps were built on the image.
	Uses(i *image.Image) bool
}

// CacheRecord is one entry of the build cache.
type CacheRecord struct {
	ID          string // 25 characters
	Type        string // "regular", "source.local", ...
	Description string
	Size        int64 // bytes
	Created     time.Time
	LastUsed    time.Time // zero if never
	Usage       int
	InUse       bool
	Mutable     bool // not a finished layer; shown with an asterisk
	Shared      bool // an image holds the same layer
}

// CacheRecords lists the build cache; nothing when there is no builder.
func (e *Engine) CacheRecords() []CacheRecord {
	if e.BuildCache == nil {
		return nil
	}
	return e.BuildCache.Records()
}

// PruneCache empties the build cache as far as nothing needs it.
func (e *Engine) PruneCache(all bool, keep func(CacheRecord) bool) []CacheRecord {
	if e.BuildCache == nil {
		return nil
	}
	return e.BuildCache.Prune(all, keep)
}
