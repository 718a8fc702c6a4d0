package swarm

import (
	"errors"
	"fmt"
)

// Found makes a swarm that exists when the world begins: managers and workers by
// the names of their machines, the first manager leads.
func (f *Fleet) Found(managers, workers []string) error {
	if len(managers) == 0 {
		return errors.New("swarm: it needs at least one manager")
	}
	var c *Cluster
	for i, name := range append(append([]string{}, managers...), workers...) {
		m := f.Member(name)
		switch {
		case m == nil:
			return fmt.Errorf("swarm: there is no machine %q with a docker engine", name)
		case m.cluster != nil:
			return fmt.Errorf("swarm: %s is there twice", name)
		case c == nil:
			m.found(InitOptions{})
			c = m.cluster
		default:
			m.joined(c, i < len(managers), "")
		}
	}
	return nil
}
