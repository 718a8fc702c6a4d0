package docker

import (
	"fmt"
	"strings"
)

// Container finds a container by name, id or the beginning of an id.
func (e *Engine) Container(ref string) (*Container, error) {
	ref = strings.TrimPrefix(ref, "/")
	for _, c := range e.containers {
		if c.ID == ref || c.Name == ref {
			return c, nil
		}
	}
	var found *Container
	for _, c := range e.containers {
		if ref != "" && strings.HasPrefix(c.ID, ref) {
			if found != nil {
				return nil, fmt.Errorf("multiple IDs found with provided prefix: %s", ref)
			}
			found = c
		}
	}
	if found == nil {
		return nil, fmt.Errorf("No such container: %s", ref)
	}
	return found, nil
}
