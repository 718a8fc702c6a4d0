package docker

import (
	"slices"

	"drydock/sim/clock"
)

// PruneContainers removes the containers that do not run; those for which keep
// holds stay. It returns their ids and the bytes of their own layers.
func (e *Engine) PruneContainers(p *clock.Proc, keep func(*Container) bool) (ids []string, reclaimed int64) {
	for _, c := range slices.Clone(e.containers) {
		stopped := c.State.Status == "created" || c.State.Status == "exited" || c.State.Status == "dead"
		if !stopped || keep != nil && keep(c) {
			continue
		}
		size := c.WritableSize()
		if e.Remove(p, c, false, false) == nil {
			ids = append(ids, c.ID)
			reclaimed += size
		}
	}
	return ids, reclaimed
}
