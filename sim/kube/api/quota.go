package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"

	"drydock/sim/kube/store"
)

// quotas keeps what the objects of each namespace with a ResourceQuota use, so that
// a new object costs no count of all.
type quotas struct {
	server *Server
	used   map[string]corev1.ResourceList // by namespace; only those with a quota
	due    map[string]bool                // namespaces whose quotas' status is about to be written
}

// quotaDelay is what passes until a quota's status shows a change.
const quotaDelay = 5 * time.Millisecond

func newQuotas(s *Server) *quotas {
	q := &quotas{server: s, used: map[string]corev1.ResourceList{}, due: map[string]bool{}}
	for _, c := range s.collections {
		if k := c.Type(); k.Namespaced && k.Kind != "Lease" {
			if own, ok := c.(changing); ok {
				own.watchChanges(func(old, now store.Object) { q.changed(k, old, now) })
			}
		}
	}
	return q
}

// changed takes note of an object that came, went or changed; either may be nil.
func (q *quotas) changed(k Kind, old, now store.Object) {
	obj := now
	if obj == nil {
		obj = old
	}
	ns := obj.GetNamespace()
	sum, counted := q.used[ns]
	if counted {
		if old != nil {
			takeFrom(sum, usage(k, old))
		}
		if now != nil {
			addTo(sum, usage(k, now))
		}
	} else if k.Kind == "ResourceQuota" && now != nil {
		q.used[ns] = q.count(ns)
	} else {
		return
	}
	if !q.due[ns] {
		q.due[ns] = true
		q.server.Clock.After(quotaDelay, func() { q.write(ns) })
	}
}

// count adds up all that a namespace has.
func (q *quotas) count(ns string) corev1.ResourceList {
	sum := corev1.ResourceList{}
	for _, c := range q.server.collections {
		if k := c.Type(); k.Namespaced && k.Kind != "Lease" {
			for _, obj := range c.ListObjects(ns) {
				addTo(sum, usage(k, obj))
			}
		}
	}
	return sum
}

// write brings the status of a namespace's quotas up to date.
func (q *quotas) write(ns string) {
	q.due[ns] = false
	list := q.server.ResourceQuotas.List(ns)
	if len(list) == 0 {
		delete(q.used, ns)
	}
	for _, quota := range list {
		status := q.status(quota)
		if apiequality.Semantic.DeepEqual(status, quota.Status) {
			continue
		}
		c := store.Copy(quota)
		c.Status = status
		q.server.ResourceQuotas.SetStatus(c)
	}
}

func (q *quotas) status(quota *corev1.ResourceQuota) corev1.ResourceQuotaStatus {
	status := corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: corev1.ResourceList{}}
	for name := range quota.Spec.Hard {
		used, found := q.used[quota.Namespace][name]
		if !found {
			used = *resource.NewQuantity(0, resource.DecimalSI)
		}
		status.Used[name] = used
	}
	return status
}

// admit refuses a new object that a quota of its namespace has no room for.
func (q *quotas) admit(k Kind, obj store.Object) error {
	ns := obj.GetNamespace()
	if _, counted := q.used[ns]; !counted {
		return nil
	}
	asks := usage(k, obj)
	for _, quota := range q.server.ResourceQuotas.List(ns) {
		if err := q.fits(quota, asks, obj); err != nil {
			return apierrors.NewForbidden(k.GroupResource(), obj.GetName(), err)
		}
	}
	return nil
}

func (q *quotas) fits(quota *corev1.ResourceQuota, asks corev1.ResourceList, obj store.Object) error {
	if p, ok := obj.(*corev1.Pod); ok {
		if missing := unspecified(p, quota.Spec.Hard); missing != "" {
			return fmt.Errorf("failed quota: %s: must specify %s", quota.Name, missing)
		}
	}
	var requested, used, limited []string
	for _, name := range sortedNames(quota.Spec.Hard) {
		want, found := asks[name]
		if !found || want.IsZero() {
			continue
		}
		hard, has := quota.Spec.Hard[name], q.used[quota.Namespace][name]
		total := has.DeepCopy()
		total.Add(want)
		if total.Cmp(hard) > 0 {
			requested = append(requested, fmt.Sprintf("%s=%s", name, want.String()))
			used = append(used, fmt.Sprintf("%s=%s", name, has.String()))
			limited = append(limited, fmt.Sprintf("%s=%s", name, hard.String()))
		}
	}
	if len(requested) == 0 {
		return nil
	}
	return fmt.Errorf("exceeded quota: %s, requested: %s, used: %s, limited: %s", quota.Name,
		strings.Join(requested, ","), strings.Join(used, ","), strings.Join(limited, ","))
}

// unspecified names what a quota limits and containers of a pod leave open.
func unspecified(p *corev1.Pod, hard corev1.ResourceList) string {
	var parts []string
	for _, name := range sortedNames(hard) {
		kind, of := "requests", strings.TrimPrefix(string(name), "requests.")
		if rest, is := strings.CutPrefix(string(name), "limits."); is {
			kind, of = "limits", rest
		}
		if of != "cpu" && of != "memory" {
			continue
		}
		open := failing(&p.Spec, func(c corev1.Container) bool {
			list := c.Resources.Requests
			if kind == "limits" {
				list = c.Resources.Limits
			}
			_, found := list[corev1.ResourceName(of)]
			return !found
		})
		if len(open) > 0 {
			slices.Sort(open)
			parts = append(parts, fmt.Sprintf("%s for: %s", name, strings.Join(open, ",")))
		}
	}
	return strings.Join(parts, "; ")
}
