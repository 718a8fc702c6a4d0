package kubelet

import corev1 "k8s.io/api/core/v1"

// together is what a pod's containers and sidecars have been given and what they
// asked for, added up, as the pod's own status tells it (v1.37). What one container
// has no limit of, the pod has none of either.
func together(spec *corev1.PodSpec) (*corev1.ResourceRequirements, corev1.ResourceList) {
	r := &corev1.ResourceRequirements{}
	var all []*corev1.Container
	for i := range spec.Containers {
		all = append(all, &spec.Containers[i])
	}
	for i := range spec.InitContainers {
		if sidecar(&spec.InitContainers[i]) {
			all = append(all, &spec.InitContainers[i])
		}
	}
	for _, c := range all {
		r.Requests = plus(r.Requests, c.Resources.Requests)
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		var sum corev1.ResourceList
		limited := true
		for _, c := range all {
			q, found := c.Resources.Limits[name]
			limited = limited && found
			sum = plus(sum, corev1.ResourceList{name: q})
		}
		if limited {
			r.Limits = plus(r.Limits, sum)
		}
	}
	if spec.Resources != nil { // the pod's own say
		r = spec.Resources.DeepCopy()
	}
	return r, r.Requests.DeepCopy()
}

// plus adds two lists of resources.
func plus(a, b corev1.ResourceList) corev1.ResourceList {
	if len(b) == 0 {
		return a
	}
	sum := a.DeepCopy()
	if sum == nil {
		sum = corev1.ResourceList{}
	}
	for name, q := range b { // each name by itself, so the order does not matter
		have := sum[name]
		have.Add(q)
		sum[name] = have
	}
	return sum
}
