package docker

import (
	"fmt"
	"time"
)

// hexID draws the 64 hex digits that name containers, networks, endpoints and
// anonymous volumes.
func (e *Engine) hexID() string {
	r := e.Machine.Site.Clock.Rand()
	return fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

// now is the virtual time of day.
func (e *Engine) now() time.Time { return e.Machine.Site.Clock.Now() }
