package cluster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// namespaceRetry is when a namespace with contents left is looked at again: half of
// the 15 s that remaining finalizers are given, and a second.
const namespaceRetry = 8 * time.Second

// namespaces is the namespace controller: it empties those that are being deleted.
type namespaces struct {
	*Cluster
	queue *api.Queue
}

func newNamespaces(c *Cluster) {
	n := &namespaces{Cluster: c}
	n.queue = c.manager.Queue(reaction, n.sync)
	c.server.Namespaces.Watch(func(ch store.Change[*corev1.Namespace]) {
		if ch.Type != store.Deleted && ch.New.DeletionTimestamp != nil && (ch.Old == nil || ch.Old.DeletionTimestamp == nil) {
			n.queue.Add(store.KeyOf(ch.New))
		}
	})
	c.manager.OnStart(func() {
		for _, ns := range c.server.Namespaces.List("") {
			if ns.DeletionTimestamp != nil {
				n.queue.Add(store.KeyOf(ns))
			}
		}
	})
}

// remaining is what deletion has left in a namespace.
type remaining struct {
	resources  []string
	finalizers map[string]int
}

func (n *namespaces) sync(key store.Key) {
	ns, found := n.server.Namespaces.Get("", key.Name)
	if !found || ns.DeletionTimestamp == nil {
		return
	}
	left := n.empty(ns.Name)
	c := store.Copy(ns)
	c.Status.Phase = corev1.NamespaceTerminating
	c.Status.Conditions = left.conditions(ns.Status.Conditions, metav1.NewTime(n.server.Clock.Now()))
	if len(left.resources) > 0 {
		n.server.Namespaces.SetStatus(c)
		weight := clock.Work
		if len(left.finalizers) > 0 {
			weight = clock.Upkeep // nobody may ever remove them
		}
		n.queue.AddAfter(key, namespaceRetry, weight)
		return
	}
	c.Spec.Finalizers = slices.DeleteFunc(slices.Clone(c.Spec.Finalizers), func(f corev1.FinalizerName) bool { return f == corev1.FinalizerKubernetes })
	_, _ = n.server.Namespaces.Update(c) // it is the present version
	if last, still := n.server.Namespaces.Get("", key.Name); still && len(last.Spec.Finalizers) == 0 && len(last.Finalizers) == 0 {
		n.server.Namespaces.Remove("", key.Name)
	}
}

// empty deletes what is in a namespace, pods first, and says what stays for now.
func (n *namespaces) empty(namespace string) remaining {
	left := remaining{finalizers: map[string]int{}}
	for _, pods := range []bool{true, false} {
		for _, in := range n.server.Collections() {
			if k := in.Type(); !k.Namespaced || (k.Resource == "pods") != pods {
				continue
			}
			n.deleteAll(in, namespace, &left)
		}
		if len(left.resources) > 0 {
			break
		}
	}
	return left
}

func (n *namespaces) deleteAll(in api.Collection, namespace string, left *remaining) {
	for _, obj := range in.ListObjects(namespace) {
		if obj.GetDeletionTimestamp() == nil {
			_, _ = in.DeleteObject(namespace, obj.GetName(), api.DeleteOptions{Propagation: metav1.DeletePropagationBackground}) // it was there a moment ago
		}
	}
	rest := in.ListObjects(namespace)
	if len(rest) == 0 {
		return
	}
	left.resources = append(left.resources, fmt.Sprintf("%s.%s has %d resource instances", in.Type().Resource, in.Type().Group, len(rest)))
	for _, obj := range rest {
		for _, f := range obj.GetFinalizers() {
			left.finalizers[f]++
		}
	}
}

// conditions are those of a namespace that is being deleted (v1.37).
func (r remaining) conditions(old []corev1.NamespaceCondition, now metav1.Time) []corev1.NamespaceCondition {
	var holders []string
	for f, n := range r.finalizers {
		holders = append(holders, fmt.Sprintf("%s in %d resource instances", f, n))
	}
	slices.Sort(holders)
	slices.Sort(r.resources)
	list := []corev1.NamespaceCondition{
		{Type: corev1.NamespaceDeletionDiscoveryFailure, Status: corev1.ConditionFalse, Reason: "ResourcesDiscovered", Message: "All resources successfully discovered"},
		{Type: corev1.NamespaceDeletionGVParsingFailure, Status: corev1.ConditionFalse, Reason: "ParsedGroupVersions", Message: "All legacy kube types successfully parsed"},
		{Type: corev1.NamespaceDeletionContentFailure, Status: corev1.ConditionFalse, Reason: "ContentDeleted", Message: "All content successfully deleted, may be waiting on finalization"},
		{Type: corev1.NamespaceContentRemaining, Status: corev1.ConditionFalse, Reason: "ContentRemoved", Message: "All content successfully removed"},
		{Type: corev1.NamespaceFinalizersRemaining, Status: corev1.ConditionFalse, Reason: "ContentHasNoFinalizers", Message: "All content-preserving finalizers finished"},
	}
	if len(r.resources) > 0 {
		list[3] = corev1.NamespaceCondition{Type: corev1.NamespaceContentRemaining, Status: corev1.ConditionTrue, Reason: "SomeResourcesRemain", Message: "Some resources are remaining: " + strings.Join(r.resources, ", ")}
	}
	if len(holders) > 0 {
		list[4] = corev1.NamespaceCondition{Type: corev1.NamespaceFinalizersRemaining, Status: corev1.ConditionTrue, Reason: "SomeFinalizersRemain", Message: "Some content in the namespace has finalizers remaining: " + strings.Join(holders, ", ")}
	}
	for i := range list {
		list[i].LastTransitionTime = now
		for _, o := range old {
			if o.Type == list[i].Type && o.Status == list[i].Status {
				list[i].LastTransitionTime = o.LastTransitionTime
			}
		}
	}
	return list
}
