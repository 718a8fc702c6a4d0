package controllers

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// statefulSetController keeps pods that have names of their own, in their order.
type statefulSetController struct {
	s     *api.Server
	queue *api.Queue
}

func newStatefulSetController(s *api.Server, m *api.Component) *statefulSetController {
	c := &statefulSetController{s: s}
	c.queue = m.Queue(reaction, c.sync)
	s.StatefulSets.Table.Watch(func(ch store.Change[*appsv1.StatefulSet]) { c.queue.Add(store.KeyOf(ch.Now())) })
	m.OnStart(func() {
		for _, set := range s.StatefulSets.Table.List("") {
			c.queue.Add(store.KeyOf(set))
		}
	})
	return c
}

func (c *statefulSetController) orphan(p *corev1.Pod) {
	for _, set := range c.s.StatefulSets.Table.List(p.Namespace) {
		if selects(set.Spec.Selector, p.Labels) && ordinal(set, p.Name) >= 0 {
			c.queue.Add(store.KeyOf(set))
		}
	}
}

// ordinal is the number of a pod in its set, -1 for a pod with another name.
func ordinal(set *appsv1.StatefulSet, pod string) int {
	n, found := strings.CutPrefix(pod, set.Name+"-")
	i, err := strconv.Atoi(n)
	if !found || err != nil {
		return -1
	}
	return i
}

// ordered is one look at a StatefulSet.
type ordered struct {
	*podOwner
	queue           *api.Queue
	set             *appsv1.StatefulSet
	pods            map[int]*corev1.Pod
	current, update *appsv1.ControllerRevision
}

func (c *statefulSetController) sync(key store.Key) {
	set, found := c.s.StatefulSets.Table.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(set.Spec.Selector)
	if err != nil || selector.Empty() {
		return
	}
	owner := newPodOwner(c.s, "statefulset-controller", appsv1.SchemeGroupVersion.WithKind("StatefulSet"), set)
	o := &ordered{podOwner: owner, queue: c.queue, set: set, pods: map[int]*corev1.Pod{}}
	for _, p := range owner.claim(selector) {
		if n := ordinal(set, p.Name); n >= 0 {
			o.pods[n] = p
		}
	}
	history, update, err := owner.revise(&set.Spec.Template, set.Spec.Template.Labels, dataHash)
	if err != nil {
		c.queue.Retry(key)
		return
	}
	o.current, o.update = update, update
	for _, r := range history {
		if r.Name == set.Status.CurrentRevision {
			o.current = r
		}
	}
	if set.DeletionTimestamp == nil {
		err = o.step()
	}
	o.writeStatus()
	o.trim(history, set.Spec.RevisionHistoryLimit, o.current, o.update)
	if err != nil {
		c.queue.Retry(key)
		return
	}
	c.queue.Forget(key)
}

// step does the next thing that the order allows.
func (o *ordered) step() error {
	start := 0
	if s := o.set.Spec.Ordinals; s != nil {
		start = int(s.Start)
	}
	end := start + int(replicasOf(o.set.Spec.Replicas))
	o.own(start, end)
	parallel := o.set.Spec.PodManagementPolicy == appsv1.ParallelPodManagement
	for n := start; n < end; n++ {
		p := o.pods[n]
		switch {
		case p == nil:
			if err := o.createAt(n, start); err != nil {
				return err
			}
		case finished(p) && p.DeletionTimestamp == nil:
			o.removeOne(p)
		}
		if !parallel && !o.settled(o.pods[n]) {
			return nil
		}
	}
	surplus := o.outside(start, end)
	for _, n := range surplus {
		p := o.pods[n]
		if p.DeletionTimestamp == nil {
			o.removeOne(p)
		}
		if !parallel {
			return nil
		}
	}
	if len(surplus) == 0 {
		o.replaceOutdated(start, end)
	}
	return nil
}

// settled reports that a pod is ready for long enough that the next may follow.
func (o *ordered) settled(p *corev1.Pod) bool {
	if p == nil || p.DeletionTimestamp != nil || finished(p) {
		return false
	}
	since, ready := readySince(p)
	if !ready {
		return false
	}
	wait := availableIn(since, o.s.Clock.Now(), o.set.Spec.MinReadySeconds)
	if wait > 0 {
		o.queue.AddAfter(store.KeyOf(o.set), wait, clock.Work)
	}
	return wait <= 0
}

// outside are the numbers of the pods that are too many, the highest first.
func (o *ordered) outside(start, end int) []int {
	var list []int
	for n := range o.pods {
		if n < start || n >= end {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Compare(b, a) })
	return list
}

// replaceOutdated deletes the highest pods that have not the new template yet: as
// many as may be missing at a time, and only while those above them are ready.
func (o *ordered) replaceOutdated(start, end int) {
	first := start
	switch u := o.set.Spec.UpdateStrategy; {
	case u.Type == appsv1.OnDeleteStatefulSetStrategyType:
		return
	case u.RollingUpdate != nil && u.RollingUpdate.Partition != nil:
		first = max(start, int(*u.RollingUpdate.Partition))
	}
	left := int32(1)
	if u := o.set.Spec.UpdateStrategy.RollingUpdate; u != nil && u.MaxUnavailable != nil {
		left = max(1, share(u.MaxUnavailable, replicasOf(o.set.Spec.Replicas), false))
	}
	for n := end - 1; n >= first && left > 0; n-- {
		p := o.pods[n]
		switch {
		case p == nil:
			left--
		case p.Labels[appsv1.StatefulSetRevisionLabel] != o.update.Name && p.DeletionTimestamp == nil:
			o.removeOne(p)
			left--
		case !o.settled(p):
			left--
		}
	}
}

// removeOne deletes a pod of the set.
func (o *ordered) removeOne(p *corev1.Pod) {
	if _, err := o.s.Pods.Delete(p.Namespace, p.Name, api.DeleteOptions{}); err == nil {
		o.event(corev1.EventTypeNormal, "SuccessfulDelete", fmt.Sprintf("Delete Pod %s in StatefulSet %s successful", p.Name, o.set.Name))
	}
}

// createAt creates the pod of a number, and its claims.
func (o *ordered) createAt(n, start int) error {
	revision, t := o.update, &o.set.Spec.Template
	if u := o.set.Spec.UpdateStrategy.RollingUpdate; u != nil && u.Partition != nil && n < max(start, int(*u.Partition)) && o.current.Name != o.update.Name {
		kept, err := RevisionTemplate(o.current)
		if err != nil {
			return err
		}
		revision, t = o.current, kept
	}
	p := o.pod(t)
	p.GenerateName, p.Name = "", fmt.Sprintf("%s-%d", o.set.Name, n)
	p.Labels = with(with(with(p.Labels, appsv1.StatefulSetRevisionLabel, revision.Name), appsv1.StatefulSetPodNameLabel, p.Name), appsv1.PodIndexLabel, strconv.Itoa(n))
	p.Spec.Hostname, p.Spec.Subdomain = p.Name, o.set.Spec.ServiceName
	if err := o.claims(p); err != nil {
		return err
	}
	created, err := o.s.Pods.Create(p)
	if err != nil {
		o.event(corev1.EventTypeWarning, "FailedCreate", fmt.Sprintf("create Pod %s in StatefulSet %s failed error: %v", p.Name, o.set.Name, err))
		return err
	}
	o.pods[n] = created
	o.event(corev1.EventTypeNormal, "SuccessfulCreate", fmt.Sprintf("Create Pod %s in StatefulSet %s successful", p.Name, o.set.Name))
	return nil
}

func (o *ordered) writeStatus() {
	st := appsv1.StatefulSetStatus{
		ObservedGeneration: o.set.Generation, CurrentRevision: o.current.Name, UpdateRevision: o.update.Name,
		CollisionCount: o.set.Status.CollisionCount, Conditions: o.set.Status.Conditions,
	}
	if st.CollisionCount == nil {
		st.CollisionCount = new(int32)
	}
	for _, p := range o.pods {
		if finished(p) {
			continue
		}
		st.Replicas++
		if since, ready := readySince(p); ready {
			st.ReadyReplicas++
			if availableIn(since, o.s.Clock.Now(), o.set.Spec.MinReadySeconds) <= 0 {
				st.AvailableReplicas++
			}
		}
		if p.DeletionTimestamp == nil && p.Labels[appsv1.StatefulSetRevisionLabel] == o.current.Name {
			st.CurrentReplicas++
		}
		if p.DeletionTimestamp == nil && p.Labels[appsv1.StatefulSetRevisionLabel] == o.update.Name {
			st.UpdatedReplicas++
		}
	}
	if n := replicasOf(o.set.Spec.Replicas); st.UpdatedReplicas == n && st.ReadyReplicas == n && st.Replicas == n {
		st.CurrentRevision, st.CurrentReplicas = o.update.Name, n
	}
	if apiequality.Semantic.DeepEqual(st, o.set.Status) {
		return
	}
	copied := store.Copy(o.set)
	copied.Status = st
	o.s.StatefulSets.SetStatus(copied)
}
