package kubelet

import (
	"time"

	corev1 "k8s.io/api/core/v1"
)

// tokenLife is how long the token of a pod is good for: the API server gives those
// that it mounts itself a year, so that old clients go on (kube-apiserver's
// --service-account-extend-token-expiration).
const tokenLife = 365 * 24 * time.Hour

// mountedSeconds is the expiration by which the server knows its own mounts.
const mountedSeconds = 3607

// token is the pod's token of its service account; it ends with the pod.
func (w *worker) token(pod *corev1.Pod, seconds *int64) string {
	if w.proof != "" {
		return w.proof
	}
	account, found := w.kubelet.server.ServiceAccounts.Get(pod.Namespace, pod.Spec.ServiceAccountName)
	if !found {
		return ""
	}
	life := tokenLife
	if seconds != nil && *seconds != mountedSeconds {
		life = time.Duration(*seconds) * time.Second
	}
	w.proof = w.kubelet.server.Token(account, pod, life)
	return w.proof
}
