package controllers

import (
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// daemonSetController keeps one pod on each node that is fit for it.
type daemonSetController struct {
	s     *api.Server
	queue *api.Queue
	pace  *pace
}

func newDaemonSetController(s *api.Server, m *api.Component) *daemonSetController {
	c := &daemonSetController{s: s}
	c.queue = m.Queue(reaction, c.sync)
	c.pace = newPace(s.Clock, c.queue)
	s.DaemonSets.Table.Watch(func(ch store.Change[*appsv1.DaemonSet]) {
		if ch.Old == nil || ch.New == nil || ch.Old.Generation != ch.New.Generation {
			c.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	s.Nodes.Table.Watch(func(ch store.Change[*corev1.Node]) {
		if ch.Old == nil || ch.New == nil || !sameLabels(ch.Old.Labels, ch.New.Labels) || !apiequality.Semantic.DeepEqual(ch.Old.Spec.Taints, ch.New.Spec.Taints) {
			c.all()
		}
	})
	m.OnStart(c.all)
	return c
}

func (c *daemonSetController) all() {
	for _, ds := range c.s.DaemonSets.Table.List("") {
		c.pace.changed(store.KeyOf(ds))
	}
}

func (c *daemonSetController) podChanged(key store.Key, uid types.UID) {
	if ds, found := c.s.DaemonSets.Table.Get(key.Namespace, key.Name); found && ds.UID == uid {
		c.pace.changed(key)
	}
}

func (c *daemonSetController) orphan(p *corev1.Pod) {
	for _, ds := range c.s.DaemonSets.Table.List(p.Namespace) {
		if selects(ds.Spec.Selector, p.Labels) {
			c.queue.Add(store.KeyOf(ds))
		}
	}
}

// daemons is one look at a DaemonSet.
type daemons struct {
	*podOwner
	queue  *api.Queue
	ds     *appsv1.DaemonSet
	hash   string
	wanted int32 // nodes that should have a pod
	nodes  []*corev1.Node
	byNode map[string][]*corev1.Pod
}

func (c *daemonSetController) sync(key store.Key) {
	ds, found := c.s.DaemonSets.Table.Get(key.Namespace, key.Name)
	if !found {
		c.pace.looked(key, 0)
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(ds.Spec.Selector)
	if err != nil || selector.Empty() {
		return
	}
	d := &daemons{
		podOwner: newPodOwner(c.s, "daemonset-controller", appsv1.SchemeGroupVersion.WithKind("DaemonSet"), ds), queue: c.queue,
		ds: ds, hash: TemplateHash(&ds.Spec.Template, ds.Status.CollisionCount), nodes: c.s.Nodes.Table.List(""), byNode: map[string][]*corev1.Pod{},
	}
	d.wanted = d.desired()
	for _, p := range d.claim(selector) {
		if p.DeletionTimestamp != nil && finished(p) {
			continue // its node may have the next one already (v1.37.2: getNodesToDaemonPods)
		}
		on := targetNode(p)
		d.byNode[on] = append(d.byNode[on], p)
	}
	c.pace.looked(key, len(d.nodes))
	history, revision, err := d.revise(&ds.Spec.Template, ds.Spec.Template.Labels, func([]byte) string { return d.hash })
	if err == nil && ds.DeletionTimestamp == nil {
		d.hash = revision.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
		if err = d.manage(); err == nil && ds.Spec.UpdateStrategy.Type != appsv1.OnDeleteDaemonSetStrategyType {
			err = d.update()
		}
	}
	d.writeStatus()
	if err != nil {
		c.queue.Retry(key)
		return
	}
	d.trim(history, ds.Spec.RevisionHistoryLimit, revision)
	c.queue.Forget(key)
}

// targetNode is the node that a daemon's pod is made for.
func targetNode(p *corev1.Pod) string {
	if p.Spec.NodeName != "" || p.Spec.Affinity == nil || p.Spec.Affinity.NodeAffinity == nil || p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return p.Spec.NodeName
	}
	for _, t := range p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, f := range t.MatchFields {
			if f.Key == metav1.ObjectNameField && len(f.Values) == 1 {
				return f.Values[0]
			}
		}
	}
	return ""
}

// manage creates the pods that nodes lack and deletes those that have no place.
func (d *daemons) manage() error {
	var lack []string
	for _, n := range d.nodes {
		should, may := d.fits(n)
		pods := d.byNode[n.Name]
		if should && len(pods) == 0 {
			lack = append(lack, n.Name)
		}
		var living []*corev1.Pod
		for _, p := range pods {
			switch {
			case p.DeletionTimestamp != nil:
			case p.Status.Phase == corev1.PodFailed:
				d.event(corev1.EventTypeWarning, "FailedDaemonPod", "Found failed daemon pod "+p.Namespace+"/"+p.Name+" on node "+n.Name+", will try to kill it")
				d.remove(p)
			case !may:
				d.remove(p)
			default:
				living = append(living, p)
			}
		}
		d.thin(living)
	}
	return d.createOn(lack)
}

// thin leaves one of a node's pods, or during an update that surges a new one beside
// an old one until it is available.
func (d *daemons) thin(pods []*corev1.Pod) {
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	old, fresh := d.split(pods)
	for _, p := range pods {
		switch {
		case d.surge() == 0 && p != pods[0], p != old && p != fresh:
			d.remove(p)
		case d.surge() > 0 && p == old && fresh != nil && d.available(fresh):
			d.remove(p)
		}
	}
}

// split finds the oldest pod of former templates and of the present one.
func (d *daemons) split(pods []*corev1.Pod) (old, fresh *corev1.Pod) {
	for _, p := range pods {
		switch now := p.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] == d.hash; {
		case p.DeletionTimestamp != nil:
		case now && fresh == nil:
			fresh = p
		case !now && old == nil:
			old = p
		}
	}
	return old, fresh
}

// createOn creates a pod for each of the nodes.
func (d *daemons) createOn(nodes []string) error {
	next := 0
	return slowStart(min(len(nodes), burst), func() error {
		p := d.pod(&d.ds.Spec.Template)
		p.Labels = with(with(p.Labels, appsv1.DefaultDaemonSetUniqueLabelKey, d.hash), "pod-template-generation", strconv.FormatInt(api.TemplateGeneration(d.ds), 10))
		p.Spec.Affinity = onlyOn(p.Spec.Affinity, nodes[next])
		p.Spec.Tolerations = d.tolerations()
		next++
		return d.create(p)
	})
}

func (d *daemons) available(p *corev1.Pod) bool {
	since, ready := readySince(p)
	if !ready {
		return false
	}
	wait := availableIn(since, d.s.Clock.Now(), d.ds.Spec.MinReadySeconds)
	if wait > 0 {
		d.queue.AddAfter(store.KeyOf(d.ds), wait, clock.Work)
	}
	return wait <= 0
}

func (d *daemons) writeStatus() {
	st := appsv1.DaemonSetStatus{ObservedGeneration: d.ds.Generation, CollisionCount: d.ds.Status.CollisionCount, Conditions: d.ds.Status.Conditions}
	for _, n := range d.nodes {
		should, _ := d.fits(n)
		pods := d.byNode[n.Name]
		switch {
		case !should:
			st.NumberMisscheduled += min(1, int32(len(pods))) //nolint:gosec // a count
			continue
		case len(pods) > 0:
			st.CurrentNumberScheduled++
		}
		st.DesiredNumberScheduled++
		for _, p := range pods[:min(1, len(pods))] {
			if _, ready := readySince(p); ready {
				st.NumberReady++
			}
			if d.available(p) {
				st.NumberAvailable++
			}
			if p.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] == d.hash {
				st.UpdatedNumberScheduled++
			}
		}
	}
	st.NumberUnavailable = st.DesiredNumberScheduled - st.NumberAvailable
	now, found := d.s.DaemonSets.Table.Get(d.ds.Namespace, d.ds.Name)
	if !found || apiequality.Semantic.DeepEqual(st, now.Status) {
		return
	}
	copied := store.Copy(now)
	copied.Status = st
	d.s.DaemonSets.SetStatus(copied)
}
