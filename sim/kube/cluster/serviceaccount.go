package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// rootCA is the ConfigMap that pods find the cluster's certificate authority in.
const rootCA = "kube-root-ca.crt"

// newServiceAccounts gives every namespace its service account "default" and its
// ConfigMap kube-root-ca.crt, and makes them anew when they are deleted.
func newServiceAccounts(c *Cluster) {
	queue := c.manager.Queue(reaction, c.furnish)
	note := func(namespace string) { queue.Add(store.Key{Name: namespace}) }
	c.server.Namespaces.Watch(func(ch store.Change[*corev1.Namespace]) {
		if ch.Type == store.Added {
			note(ch.New.Name)
		}
	})
	c.server.ServiceAccounts.Watch(func(ch store.Change[*corev1.ServiceAccount]) {
		if ch.Type == store.Deleted && ch.Old.Name == "default" {
			note(ch.Old.Namespace)
		}
	})
	c.server.ConfigMaps.Watch(func(ch store.Change[*corev1.ConfigMap]) {
		if ch.Type == store.Deleted && ch.Old.Name == rootCA {
			note(ch.Old.Namespace)
		}
	})
	all := func() {
		for _, ns := range c.server.Namespaces.List("") {
			note(ns.Name)
		}
	}
	all()
	c.manager.OnStart(all)
}

// furnish makes what every namespace has.
func (c *Cluster) furnish(key store.Key) {
	ns, found := c.server.Namespaces.Get("", key.Name)
	if !found || ns.DeletionTimestamp != nil {
		return
	}
	if _, has := c.server.ServiceAccounts.Get(ns.Name, "default"); !has {
		_, _ = c.server.ServiceAccounts.Create(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: ns.Name}}) // the namespace is there
	}
	if _, has := c.server.ConfigMaps.Get(ns.Name, rootCA); !has {
		_, _ = c.server.ConfigMaps.Create(&corev1.ConfigMap{ // the namespace is there
			ObjectMeta: metav1.ObjectMeta{Name: rootCA, Namespace: ns.Name, Annotations: map[string]string{
				"kubernetes.io/description": "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
			}},
			Data: map[string]string{"ca.crt": string(c.server.Root())},
		})
	}
}
