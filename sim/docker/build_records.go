package docker

import (
	"slices"

	"drydock/sim/image"
	"drydock/sim/image/build"
)

// builderCache is BuildKit's cache as the rest of the engine sees it.
type builderCache struct {
	engine *Engine
	cache  *build.Cache
}

// buildCache is the engine's cache of builds, made when it is first asked for.
func (e *Engine) buildCache() *build.Cache {
	if b, ok := e.BuildCache.(builderCache); ok {
		return b.cache
	}
	b := builderCache{e, build.NewCache(e.clock())}
	e.BuildCache = b
	return b.cache
}

// Records implements BuildCache.
func (b builderCache) Records() []CacheRecord {
	var records []CacheRecord
	for _, r := range b.cache.Records() {
		records = append(records, b.record(r))
	}
	return records
}

func (b builderCache) record(r *build.Record) CacheRecord {
	return CacheRecord{
		ID: r.ID, Type: r.Type, Description: r.Description, Size: r.Size, Created: r.Created, LastUsed: r.LastUsed,
		Usage: r.Usage, InUse: r.InUse, Mutable: r.Mutable, Shared: build.Shared(r, b.engine.Images),
	}
}

// Prune implements BuildCache.
func (b builderCache) Prune(all bool, keep func(CacheRecord) bool) []CacheRecord {
	var gone []CacheRecord
	b.cache.Prune(func(r *build.Record) bool {
		one := b.record(r)
		if !all && one.Shared || keep != nil && keep(one) {
			return false
		}
		gone = append(gone, one)
		return true
	})
	return gone
}

// Uses implements BuildCache.
func (b builderCache) Uses(i *image.Image) bool {
	return slices.ContainsFunc(b.cache.Records(), func(r *build.Record) bool {
		return r.Layer != nil && slices.ContainsFunc(i.Layers, func(l *image.Layer) bool { return l.Digest == r.Layer.Digest })
	})
}
