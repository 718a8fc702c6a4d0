package kubelet

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Sandbox is what the container runtime knows of a pod: the place that its containers
// are in.
type Sandbox struct {
	ID        string // 64 hexadecimal digits
	Name      string
	Namespace string
	UID       string
	Created   time.Time
	Ready     bool // false when all that was in it has ended
}

// SandboxID is the id of the sandbox of a pod with a UID.
func SandboxID(uid string) string {
	sum := sha256.Sum256([]byte("sandbox " + uid))
	return hex.EncodeToString(sum[:])
}

// Sandboxes lists the pods of the node that have a sandbox, the latest first.
func (k *Kubelet) Sandboxes() []Sandbox {
	var list []Sandbox
	for i := len(k.order) - 1; i >= 0; i-- {
		w := k.order[i]
		if w.began.IsZero() {
			continue
		}
		pod := w.pod()
		ready := pod == nil || pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
		list = append(list, Sandbox{ID: SandboxID(string(w.uid)), Name: w.key.Name, Namespace: w.key.Namespace, UID: string(w.uid), Created: w.began, Ready: ready})
	}
	return list
}
