package cluster

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// quotas is the resource quota controller: it counts what a namespace uses.
type quotas struct {
	*Cluster
	queue *api.Queue
}

func newQuotas(c *Cluster) {
	q := &quotas{Cluster: c}
	q.queue = c.manager.Queue(reaction, q.sync)
	c.server.ResourceQuotas.Watch(func(ch store.Change[*corev1.ResourceQuota]) {
		if ch.Type != store.Deleted {
			q.queue.Add(store.KeyOf(ch.New))
		}
	})
	for _, in := range c.server.Collections() {
		if k := in.Type(); !k.Namespaced || k.Resource == "resourcequotas" || k.Resource == "leases" {
			continue
		}
		in.WatchObjects(func(t store.ChangeType, obj store.Object) {
			if c.server.ResourceQuotas.Table.Len() > 0 {
				q.all(obj.GetNamespace())
			}
		})
	}
	q.all("")
	c.manager.OnStart(func() { q.all("") })
}

// all queues the quotas of a namespace, or of all.
func (q *quotas) all(namespace string) {
	for _, quota := range q.server.ResourceQuotas.List(namespace) {
		q.queue.Add(store.KeyOf(quota))
	}
}

func (q *quotas) sync(key store.Key) {
	quota, found := q.server.ResourceQuotas.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	used := corev1.ResourceList{}
	for name := range quota.Spec.Hard {
		used[name] = q.used(key.Namespace, name)
	}
	if apiequality.Semantic.DeepEqual(quota.Status.Hard, quota.Spec.Hard) && apiequality.Semantic.DeepEqual(quota.Status.Used, used) {
		return
	}
	c := store.Copy(quota)
	c.Status = corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: used}
	q.server.ResourceQuotas.SetStatus(c)
}

// used is how much of one resource a namespace has taken.
func (q *quotas) used(namespace string, name corev1.ResourceName) resource.Quantity {
	count := func(n int) resource.Quantity { return *resource.NewQuantity(int64(n), resource.DecimalSI) }
	if counted, is := strings.CutPrefix(string(name), "count/"); is {
		return q.objects(namespace, counted)
	}
	switch name {
	case corev1.ResourceServicesNodePorts, corev1.ResourceServicesLoadBalancers:
		n := 0
		for _, s := range q.server.Services.List(namespace) {
			balancer := s.Spec.Type == corev1.ServiceTypeLoadBalancer
			if balancer || s.Spec.Type == corev1.ServiceTypeNodePort && name == corev1.ResourceServicesNodePorts {
				n++
				if name == corev1.ResourceServicesNodePorts {
					n += len(s.Spec.Ports) - 1
				}
			}
		}
		return count(n)
	case corev1.ResourceRequestsStorage:
		var sum resource.Quantity
		for _, claim := range q.server.PersistentVolumeClaims.List(namespace) {
			sum.Add(claim.Spec.Resources.Requests[corev1.ResourceStorage])
		}
		return sum
	case corev1.ResourcePods:
		n := 0
		for _, p := range q.server.Pods.List(namespace) {
			if !isOver(p) {
				n++
			}
		}
		return count(n)
	}
	if q.server.Find(string(name)) != nil {
		return q.objects(namespace, string(name))
	}
	return q.compute(namespace, name)
}

// objects counts the objects of a kind.
func (q *quotas) objects(namespace, kind string) resource.Quantity {
	n := 0
	if in := q.server.Find(kind); in != nil {
		n = len(in.ListObjects(namespace))
	}
	return *resource.NewQuantity(int64(n), resource.DecimalSI)
}

// compute adds up what the pods of a namespace request or are limited to: "cpu" and
// "requests.cpu" are the same.
func (q *quotas) compute(namespace string, name corev1.ResourceName) resource.Quantity {
	plain, limits := strings.CutPrefix(string(name), "limits.")
	plain = strings.TrimPrefix(plain, "requests.")
	sum := resource.Quantity{Format: resource.DecimalSI}
	for _, p := range q.server.Pods.List(namespace) {
		if isOver(p) {
			continue
		}
		sum.Add(demand(p, corev1.ResourceName(plain), limits))
	}
	return sum
}

// demand is what a pod asks for: its containers and sidecars together, or one init
// container if that is more.
func demand(p *corev1.Pod, name corev1.ResourceName, limits bool) resource.Quantity {
	of := func(r corev1.ResourceRequirements) resource.Quantity {
		if limits {
			return r.Limits[name]
		}
		if n, has := r.Requests[name]; has {
			return n
		}
		return r.Limits[name]
	}
	var sum, first resource.Quantity
	for i := range p.Spec.Containers {
		sum.Add(of(p.Spec.Containers[i].Resources))
	}
	for i := range p.Spec.InitContainers {
		n := of(p.Spec.InitContainers[i].Resources)
		if always := p.Spec.InitContainers[i].RestartPolicy; always != nil && *always == corev1.ContainerRestartPolicyAlways {
			sum.Add(n)
		} else if n.Cmp(first) > 0 {
			first = n
		}
	}
	if first.Cmp(sum) > 0 {
		return first
	}
	return sum
}
