package cluster

import (
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/store"
)

// ttlAnnotation says for how many seconds a node's kubelet may cache Secrets and
// ConfigMaps.
const ttlAnnotation = "node.alpha.kubernetes.io/ttl"

// newTTL keeps the annotation on the nodes, which grows with their number.
func newTTL(c *Cluster) {
	queue := c.manager.Queue(reaction, c.annotateTTL)
	note := func(n *corev1.Node) {
		if n.Annotations[ttlAnnotation] != c.ttl() {
			queue.Add(store.KeyOf(n))
		}
	}
	c.server.Nodes.Watch(func(ch store.Change[*corev1.Node]) {
		if ch.Type != store.Deleted {
			note(ch.New)
		}
	})
	all := func() {
		for _, n := range c.server.Nodes.List("") {
			note(n)
		}
	}
	all()
	c.manager.OnStart(all)
}

// ttl is the annotation's value; the limits are those of pkg/controller/ttl.
func (c *Cluster) ttl() string {
	seconds := 0
	for _, step := range []struct{ nodes, seconds int }{{100, 15}, {500, 30}, {1000, 60}, {2000, 300}} {
		if c.server.Nodes.Table.Len() > step.nodes {
			seconds = step.seconds
		}
	}
	return strconv.Itoa(seconds)
}

func (c *Cluster) annotateTTL(key store.Key) {
	n, found := c.server.Nodes.Get("", key.Name)
	if !found || n.Annotations[ttlAnnotation] == c.ttl() {
		return
	}
	changed := store.Copy(n)
	changed.Annotations = maps.Clone(n.Annotations)
	if changed.Annotations == nil {
		changed.Annotations = map[string]string{}
	}
	changed.Annotations[ttlAnnotation] = c.ttl()
	c.server.Nodes.SetStatus(changed)
}
