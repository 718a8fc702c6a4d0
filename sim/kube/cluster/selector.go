package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// labelKey is a key of the index of pods by label.
func labelKey(namespace, key, value string) string { return namespace + "/" + key + "=" + value }

// labelKeys are all keys of a pod in the index of pods by label.
func labelKeys(p *corev1.Pod) []string {
	keys := make([]string, 0, len(p.Labels))
	for k, v := range p.Labels {
		keys = append(keys, labelKey(p.Namespace, k, v))
	}
	slices.Sort(keys)
	return keys
}

// podsOf lists the pods of a namespace that a selector means, oldest first. Without
// a label that must be equal it looks at all pods of the namespace.
func (c *Cluster) podsOf(namespace string, selector labels.Selector, equal map[string]string) []*corev1.Pod {
	var pods []*corev1.Pod
	best, found := "", false
	for k, v := range equal {
		key := labelKey(namespace, k, v)
		n, least := c.podsByLabel.Len(key), c.podsByLabel.Len(best)
		if !found || n < least || n == least && key < best {
			best, found = key, true
		}
	}
	if found {
		pods = c.podsByLabel.Get(best)
	} else {
		pods = c.server.Pods.List(namespace)
	}
	kept := pods[:0]
	for _, p := range pods {
		if selector.Matches(labels.Set(p.Labels)) {
			kept = append(kept, p)
		}
	}
	return kept
}

// isReady reports the condition Ready of a pod.
func isReady(p *corev1.Pod) bool {
	for i := range p.Status.Conditions {
		if p.Status.Conditions[i].Type == corev1.PodReady {
			return p.Status.Conditions[i].Status == corev1.ConditionTrue
		}
	}
	return false
}

// isOver reports a pod whose containers have all ended for good.
func isOver(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// withPodCondition is a copy of a pod's conditions in which one is replaced or added.
func withPodCondition(p *corev1.Pod, now metav1.Time, c corev1.PodCondition) []corev1.PodCondition {
	list := make([]corev1.PodCondition, 0, len(p.Status.Conditions)+1)
	c.LastTransitionTime = now
	found := false
	for _, old := range p.Status.Conditions {
		if old.Type == c.Type {
			found = true
			if old.Status == c.Status {
				c.LastTransitionTime = old.LastTransitionTime
			}
			old = c
		}
		list = append(list, old)
	}
	if !found {
		list = append(list, c)
	}
	return list
}
