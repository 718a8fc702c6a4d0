package kube

// componentRuns says whether a program of the control plane runs. The API server that
// is asked looks for it on its own machine: at 127.0.0.1.
func (c *Cluster) componentRuns(program string) bool {
	node := ""
	if c.plane != nil {
		node = c.plane.Asked()
	}
	for _, h := range c.Health() {
		if h.Component == program && h.Running && (node == "" || h.Node == node) {
			return true
		}
	}
	return false
}
