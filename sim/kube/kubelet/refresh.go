package kubelet

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// refresh brings a changed ConfigMap or Secret into the volumes that show it. The
// kubelet does so with its next regular look at the pod, up to a minute and a half
// later (syncFrequency 1m); variables keep their values.
func (p *Pool) refresh(changed store.Key, mounts func(v *corev1.Volume, name string) bool) {
	for _, k := range p.order {
		for _, w := range k.order {
			pod := w.pod()
			if pod == nil || pod.Namespace != changed.Namespace {
				continue
			}
			if slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return mounts(&v, changed.Name) }) {
				k.clock.AfterWeighted(w.jitter(resyncPeriod), clock.Upkeep, w.wake)
			}
		}
	}
}

func mountsConfigMap(v *corev1.Volume, name string) bool {
	if v.Projected != nil {
		return slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.ConfigMap != nil && s.ConfigMap.Name == name
		})
	}
	return v.ConfigMap != nil && v.ConfigMap.Name == name
}

func mountsSecret(v *corev1.Volume, name string) bool {
	if v.Projected != nil {
		return slices.ContainsFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.Secret != nil && s.Secret.Name == name
		})
	}
	return v.Secret != nil && v.Secret.SecretName == name
}
