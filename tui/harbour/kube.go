package harbour

import (
	"cmp"
	"slices"
	"strings"

	"drydock/sim"
)

// systemNamespace holds what runs the cluster itself.
const systemNamespace = "kube-system"

// cluster is a Kubernetes cluster grouped for drawing: once when something in it
// changed, not once a frame.
type cluster struct {
	nodes               map[string]int        // index in the state's list by name
	order               []int                 // nodes as they are drawn
	onNode              [][]int32             // pods by node, as indexes
	tally               [7]int                // pods that are drawn, by rank
	load                [7]int                // nodes by rank
	podsOf              map[string][]int32    // by the UID of their owner
	children            map[string][]int      // workloads by the UID of their owner
	trouble             map[string]misfortune // of an owner's pods, by its UID
	rows                []ref                 // what stands above the nodes
	quay                []berth               // pods that wait for a node
	system, systemReady int                   // pods of what runs the cluster, where they are only counted
	empty               map[Key]string        // why Services with a selector lead nowhere
	looks               map[Key]look          // of all but pods
	hollow              []place               // nodes that have no machine
	bare                bool                  // there is nothing but what runs the cluster
}

// misfortune is what most of an owner's unhappy pods suffer from.
type misfortune struct {
	status string
	n      int
}

// ref is a row above the nodes: a kind and an index into the list of that kind.
type ref struct {
	kind    rowKind
	index   int
	trouble bool
}

type rowKind int

const (
	workloadRow rowKind = iota
	serviceRow
	ingressRow
	claimRow
	scalerRow
)

func podKey(p *sim.Pod) Key           { return Key{"pod", p.Namespace, p.Name} }
func workloadKey(w *sim.Workload) Key { return Key{strings.ToLower(w.Kind), w.Namespace, w.Name} }
func namespaceKey(name string) Key    { return Key{"namespace", "", name} }

// sameCluster reports that a state tells of a cluster what another told: the lists
// are made anew whenever something changes.
func sameCluster(a, b *sim.Kube) bool {
	return a.Exists == b.Exists && sameList(a.Pods, b.Pods) && sameList(a.Nodes, b.Nodes) && sameList(a.Workloads, b.Workloads) &&
		sameList(a.Services, b.Services) && sameList(a.Claims, b.Claims) && sameList(a.Ingresses, b.Ingresses) && sameList(a.Autoscalers, b.Autoscalers)
}

func sameList[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// shows reports a namespace whose objects are drawn one by one.
func (m *Model) shows(namespace string) bool {
	return namespace != systemNamespace || m.kube.bare || m.open[namespaceKey(systemNamespace)]
}

// moor groups the cluster of the state.
func (m *Model) moor() {
	k := &m.state.Kube
	m.kube = cluster{
		nodes: make(map[string]int, len(k.Nodes)), podsOf: map[string][]int32{}, children: map[string][]int{}, trouble: map[string]misfortune{}, empty: map[Key]string{},
	}
	if !k.Exists {
		return
	}
	c := &m.kube
	c.bare = onlySystem(k)
	for i := range k.Nodes {
		c.nodes[k.Nodes[i].Name] = i
		c.order = append(c.order, i)
		c.load[nodeRank(&k.Nodes[i])]++
	}
	slices.SortStableFunc(c.order, func(a, b int) int { return natural(k.Nodes[a].Name, k.Nodes[b].Name) })
	m.moorPods()
	m.moorNodes()
	for i := range k.Workloads {
		if uid := k.Workloads[i].OwnerUID; uid != "" {
			c.children[uid] = append(c.children[uid], i)
		}
	}
	m.moorRows()
}

// moorPods gives the pods to their nodes, their owners, or the quay.
func (m *Model) moorPods() {
	k, c := &m.state.Kube, &m.kube
	counts := make([]int, len(k.Nodes))
	at := make([]int32, len(k.Pods))
	for i := range k.Pods {
		p := &k.Pods[i]
		at[i] = -1
		if !m.shows(p.Namespace) {
			if c.system++; p.Ready || p.Phase == "Succeeded" {
				c.systemReady++
			}
			continue
		}
		if n, known := c.nodes[p.Node]; known {
			at[i] = int32(n) //nolint:gosec // an index of a list
			counts[n]++
		}
		r := podRank(p)
		c.tally[r]++
		if p.OwnerUID == "" {
			continue
		}
		c.podsOf[p.OwnerUID] = append(c.podsOf[p.OwnerUID], int32(i)) //nolint:gosec // an index of a list
		if r == 4 || r == 5 || p.Node == "" && p.Message != "" {
			had := c.trouble[p.OwnerUID]
			c.trouble[p.OwnerUID] = misfortune{cmp.Or(had.status, p.Status), had.n + 1}
		}
	}
	room := make([]int32, 0, len(k.Pods))
	c.onNode = make([][]int32, len(k.Nodes))
	for n, count := range counts {
		c.onNode[n] = room[len(room) : len(room) : len(room)+count]
		room = room[:len(room)+count]
	}
	for i, n := range at {
		if n >= 0 {
			c.onNode[n] = append(c.onNode[n], int32(i)) //nolint:gosec // an index of a list
		}
	}
	c.quay = m.waitingPods()
}

// onlySystem reports a cluster in which nobody has made anything yet.
func onlySystem(k *sim.Kube) bool {
	for i := range k.Pods {
		if k.Pods[i].Namespace != systemNamespace {
			return false
		}
	}
	for i := range k.Workloads {
		if k.Workloads[i].Namespace != systemNamespace {
			return false
		}
	}
	return len(k.Claims) == 0 && len(k.Ingresses) == 0 && len(k.Services) <= 2
}

// moorRows lists what stands above the nodes: what makes pods and is owned by
// nothing, and what leads to them.
func (m *Model) moorRows() {
	k, c := &m.state.Kube, &m.kube
	add := func(kind rowKind, i int, namespace string, trouble bool) {
		if m.shows(namespace) {
			c.rows = append(c.rows, ref{kind, i, trouble})
		}
	}
	uids := make(map[string]bool, len(k.Workloads))
	for i := range k.Workloads {
		uids[k.Workloads[i].UID] = true
	}
	for i := range k.Workloads {
		if w := &k.Workloads[i]; w.OwnerUID == "" || !uids[w.OwnerUID] {
			r := workloadRank(w)
			add(workloadRow, i, w.Namespace, r != 0 && r != 6)
		}
	}
	for i := range k.Services {
		v := &k.Services[i]
		if own := v.Namespace == "default" && v.Name == "kubernetes"; !own || c.bare {
			r := serviceRank(v)
			if r == 5 && len(c.empty) < mostExplained {
				c.empty[kubeServiceKey(v)] = m.emptiness(v)
			}
			add(serviceRow, i, v.Namespace, r == 5 || r == 1)
		}
	}
	for i := range k.Ingresses {
		add(ingressRow, i, k.Ingresses[i].Namespace, false)
	}
	for i := range k.Claims {
		add(claimRow, i, k.Claims[i].Namespace, k.Claims[i].Phase != "Bound")
	}
	for i := range k.Autoscalers {
		add(scalerRow, i, k.Autoscalers[i].Namespace, k.Autoscalers[i].CPU < 0)
	}
}

// mostExplained is for how many Services it is looked up why they lead nowhere.
const mostExplained = 50

// natural orders names such that node-2 is before node-10.
func natural(a, b string) int {
	trimmed := func(s string) string { return strings.TrimRight(s, "0123456789") }
	stemA, stemB := trimmed(a), trimmed(b)
	if stemA != stemB {
		return strings.Compare(stemA, stemB)
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// findPod is the pod of a key, nil when there is none.
func findPod(k *sim.Kube, key Key) *sim.Pod {
	i, found := slices.BinarySearchFunc(k.Pods, key, func(p sim.Pod, key Key) int {
		return cmp.Or(strings.Compare(p.Namespace, key.Machine), strings.Compare(p.Name, key.ID))
	})
	if !found {
		return nil
	}
	return &k.Pods[i]
}

// scoped names an object of a namespace: those of the default one by their name.
func scoped(namespace, name string) string {
	if namespace == "" || namespace == "default" {
		return name
	}
	return namespace + "/" + name
}

// Toggle opens what a row holds, or closes it.
func (m *Model) Toggle(key Key) {
	if _, can := m.Opened(key); !can {
		return
	}
	next := make(map[Key]bool, len(m.open)+1)
	for k := range m.open {
		next[k] = true
	}
	if next[key] {
		delete(next, key)
	} else {
		next[key] = true
	}
	m.open = next
	looks := m.kube.looks
	m.moor()
	m.kube.looks = looks
	m.sort()
}

// Opened reports whether an object is open, and whether it can be.
func (m *Model) Opened(key Key) (open, can bool) {
	if key.Kind == "namespace" {
		return m.open[key], true
	}
	w := m.workload(key)
	if w == nil {
		return false, false
	}
	return m.open[key], len(m.kube.podsOf[w.UID]) > 0 || len(m.kube.children[w.UID]) > 0
}

// workload is the one of a key, nil when there is none.
func (m *Model) workload(key Key) *sim.Workload {
	for i := range m.state.Kube.Workloads {
		if w := &m.state.Kube.Workloads[i]; w.Name == key.ID && w.Namespace == key.Machine && workloadKey(w) == key {
			return w
		}
	}
	return nil
}
