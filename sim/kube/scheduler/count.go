package scheduler

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// pair is a label of pods of a namespace.
type pair struct{ namespace, key, value string }

// counter counts the pods of every node that a selector finds, and those of every
// topology domain that somebody asked for. It follows each pod that comes or goes.
type counter struct {
	namespaces []string // empty means all
	selector   labels.Selector
	live       bool    // leaves out pods that are terminating
	perNode    []int32 // by slot
	total      int
	domains    map[string]map[string]int
}

// counts are all counters, found by what they count; and the pods with nodes, found
// by their labels, from which a new counter starts.
type counts struct {
	all      map[string]*counter
	byPair   map[pair][]*counter // by one label that the selector wants
	loose    []*counter          // selectors that want no particular label
	placed   map[pair]map[*podInfo]bool
	everyone map[*podInfo]bool
	carriers map[string]*carrier
	order    []*carrier
}

// carrier counts the pods that have a required anti-affinity term, by domain: pods
// that the term finds must stay away from them.
type carrier struct {
	term  *counter // counts carriers, not what the selector finds
	key   string
	finds labels.Selector
}

func newCounts() *counts {
	return &counts{
		all: map[string]*counter{}, byPair: map[pair][]*counter{}, placed: map[pair]map[*podInfo]bool{},
		everyone: map[*podInfo]bool{}, carriers: map[string]*carrier{},
	}
}

// of gives the counter of a selector in namespaces (none for all).
func (c *counts) of(namespaces []string, selector labels.Selector, live bool) *counter {
	id := strings.Join(namespaces, ",") + "|" + selector.String()
	if live {
		id = "live|" + id
	}
	if found := c.all[id]; found != nil {
		return found
	}
	k := &counter{namespaces: namespaces, selector: selector, live: live, domains: map[string]map[string]int{}}
	c.all[id] = k
	from := c.everyone
	if at, ok := c.narrow(k); ok {
		c.byPair[at] = append(c.byPair[at], k)
		from = c.placed[at]
	} else {
		c.loose = append(c.loose, k)
	}
	for i := range from { // sums only: the order does not show
		if k.finds(i.pod) {
			k.add(i.on, 1)
		}
	}
	return k
}

// narrow picks the rarest label that the selector wants, if it looks at one namespace.
func (c *counts) narrow(k *counter) (pair, bool) {
	best, ok := pair{}, false
	requirements, _ := k.selector.Requirements()
	if len(k.namespaces) != 1 {
		return best, false
	}
	for _, r := range requirements {
		if op := r.Operator(); op != selection.In && op != selection.Equals && op != selection.DoubleEquals || r.Values().Len() != 1 {
			continue
		}
		at := pair{k.namespaces[0], r.Key(), r.Values().UnsortedList()[0]}
		if !ok || len(c.byPair[at]) < len(c.byPair[best]) {
			best, ok = at, true
		}
	}
	return best, ok
}

// pod counts a pod on its node in or out.
func (c *counts) pod(i *podInfo, sign int) {
	p := i.pod
	for key, value := range p.Labels {
		at := pair{p.Namespace, key, value}
		for _, k := range c.byPair[at] {
			if k.finds(p) {
				k.add(i.on, sign)
			}
		}
		if sign > 0 {
			if c.placed[at] == nil {
				c.placed[at] = map[*podInfo]bool{}
			}
			c.placed[at][i] = true
		} else if delete(c.placed[at], i); len(c.placed[at]) == 0 {
			delete(c.placed, at)
		}
	}
	for _, k := range c.loose {
		if k.finds(p) {
			k.add(i.on, sign)
		}
	}
	if sign > 0 {
		c.everyone[i] = true
	} else {
		delete(c.everyone, i)
	}
	c.carry(i, sign)
}

// carry counts the anti-affinity terms that a pod has.
func (c *counts) carry(i *podInfo, sign int) {
	if i.pod.Spec.Affinity == nil || i.pod.Spec.Affinity.PodAntiAffinity == nil {
		return
	}
	for _, t := range i.pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
		namespaces, selector := termNamespaces(i.pod, t), termSelector(i.pod, t)
		id := strings.Join(namespaces, ",") + "|" + selector.String() + "|" + t.TopologyKey
		k := c.carriers[id]
		if k == nil {
			k = &carrier{key: t.TopologyKey, finds: selector, term: &counter{namespaces: namespaces, selector: labels.Nothing(), domains: map[string]map[string]int{}}}
			c.carriers[id] = k
			c.order = append(c.order, k)
		}
		k.term.add(i.on, sign)
	}
}

// relabel moves the pods of a node to its new domains.
func (c *counts) relabel(n *node, had, has map[string]string) {
	move := func(k *counter) {
		if n.slot >= len(k.perNode) || k.perNode[n.slot] == 0 {
			return
		}
		for key, domain := range k.domains {
			if value, ok := had[key]; ok {
				domain[value] -= int(k.perNode[n.slot])
			}
			if value, ok := has[key]; ok {
				domain[value] += int(k.perNode[n.slot])
			}
		}
	}
	for _, k := range c.all {
		move(k)
	}
	for _, k := range c.order {
		move(k.term)
	}
}

func (k *counter) inside(namespace string) bool {
	return len(k.namespaces) == 0 || slices.Contains(k.namespaces, namespace)
}

func (k *counter) finds(p *corev1.Pod) bool {
	return k.inside(p.Namespace) && (!k.live || p.DeletionTimestamp == nil) && k.selector.Matches(labels.Set(p.Labels))
}

func (k *counter) add(n *node, sign int) {
	for len(k.perNode) <= n.slot {
		k.perNode = append(k.perNode, make([]int32, n.slot+1)...)
	}
	k.perNode[n.slot] += int32(sign) //nolint:gosec // 1 or -1
	k.total += sign
	for key, domain := range k.domains {
		if value, ok := n.labels()[key]; ok {
			domain[value] += sign
		}
	}
}

// on is the number of pods on a node.
func (k *counter) on(n *node) int {
	if n.slot >= len(k.perNode) {
		return 0
	}
	return int(k.perNode[n.slot])
}

// around is the number of pods in a node's domain of a topology key; false when the
// node has no such label.
func (k *counter) around(x *Scheduler, key string, n *node) (int, bool) {
	value, ok := n.labels()[key]
	if !ok {
		return 0, false
	}
	if key == corev1.LabelHostname {
		return k.on(n), true
	}
	return k.domain(x, key)[value], true
}

// domain gives the counts of the domains of a topology key.
func (k *counter) domain(x *Scheduler, key string) map[string]int {
	if d := k.domains[key]; d != nil {
		return d
	}
	d := map[string]int{}
	for _, n := range x.nodes {
		if value, ok := n.labels()[key]; ok {
			d[value] += k.on(n)
		}
	}
	k.domains[key] = d
	return d
}

// selectorOf turns a label selector into one that can be asked; a broken one finds nothing.
func selectorOf(s *metav1.LabelSelector) labels.Selector {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}
