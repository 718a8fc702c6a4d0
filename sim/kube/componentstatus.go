package kube

// componentRuns says whether a program of the control plane runs anywhere.
func (c *Cluster) componentRuns(program string) bool {
	for _, h := range c.Health() {
		if h.Component == program && h.Running {
			return true
		}
	}
	return false
}
