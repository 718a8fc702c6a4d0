package controllers

import (
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/store"
)

// scaleTarget is what an autoscaler works on, as far as its subresource scale tells.
type scaleTarget struct {
	replicas int32
	pods     []*corev1.Pod
	resize   func(replicas int32)
}

// find is the target that an autoscaler names.
func (a *autoscaler) find(h *autoscalingv2.HorizontalPodAutoscaler) (scaleTarget, error) {
	ref := h.Spec.ScaleTargetRef
	switch ref.Kind {
	case "Deployment":
		if d, found := a.s.Deployments.Table.Get(h.Namespace, ref.Name); found {
			return a.deployment(d), nil
		}
	case "ReplicaSet":
		if rs, found := a.s.ReplicaSets.Table.Get(h.Namespace, ref.Name); found {
			return scaleTarget{replicasOf(rs.Spec.Replicas), a.s.PodsByOwner.Get(string(rs.UID)), func(n int32) {
				c := store.Copy(rs)
				c.Spec.Replicas = &n
				_, _ = a.s.ReplicaSets.Update(c)
			}}, nil
		}
	case "StatefulSet":
		if set, found := a.s.StatefulSets.Table.Get(h.Namespace, ref.Name); found {
			return scaleTarget{replicasOf(set.Spec.Replicas), a.s.PodsByOwner.Get(string(set.UID)), func(n int32) {
				c := store.Copy(set)
				c.Spec.Replicas = &n
				_, _ = a.s.StatefulSets.Update(c)
			}}, nil
		}
	default:
		return scaleTarget{}, fmt.Errorf("no matches for kind %q in group %q", ref.Kind, group(ref.APIVersion))
	}
	return scaleTarget{}, fmt.Errorf("%ss.%s %q not found", strings.ToLower(ref.Kind), group(ref.APIVersion), ref.Name)
}

func (a *autoscaler) deployment(d *appsv1.Deployment) scaleTarget {
	t := scaleTarget{replicas: replicasOf(d.Spec.Replicas), resize: func(n int32) {
		c := store.Copy(d)
		c.Spec.Replicas = &n
		_, _ = a.s.Deployments.Update(c)
	}}
	for _, rs := range a.s.ReplicaSetsByOwner.Get(string(d.UID)) {
		t.pods = append(t.pods, a.s.PodsByOwner.Get(string(rs.UID))...)
	}
	return t
}

// group is that of an apiVersion.
func group(version string) string {
	g, _, found := strings.Cut(version, "/")
	if !found {
		return ""
	}
	return g
}
