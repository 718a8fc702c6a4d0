package kubelet

import (
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/api"
)

// manifestDir is where the kubelet looks for pods of its own (staticPodPath).
const manifestDir = "/etc/kubernetes/manifests"

// The annotations that tell a mirror of a static pod from a pod of the API server.
const (
	sourceAnnotation = "kubernetes.io/config.source"
	hashAnnotation   = "kubernetes.io/config.hash"
	mirrorAnnotation = "kubernetes.io/config.mirror"
)

// static makes the API server show the pods of the manifest directory: a new file
// is a new pod, a file that changed or went ends the old one. Files that hold no pod
// are passed over.
func (k *Kubelet) static() {
	if k.machine == nil {
		return
	}
	entries, err := k.machine.FS.ReadDir(manifestDir)
	if err != nil && !slices.ContainsFunc(k.order, func(w *worker) bool { return w.mirror }) {
		return
	}
	wanted := map[string]string{}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name, ".") {
			continue
		}
		if data, err := k.machine.FS.ReadFile(path.Join(manifestDir, entry.Name)); err == nil {
			if pod := k.staticPod(data); pod != nil {
				wanted[pod.Namespace+"/"+pod.Name] = pod.Annotations[hashAnnotation]
				_, _ = k.server.Pods.Create(pod) // refused when it is there already
			}
		}
	}
	now := int64(0)
	for _, w := range slices.Clone(k.order) {
		if pod := w.pod(); w.mirror && pod != nil && pod.DeletionTimestamp == nil && wanted[w.key.String()] != pod.Annotations[hashAnnotation] {
			_, _ = k.server.Pods.Delete(w.key.Namespace, w.key.Name, api.DeleteOptions{GraceSeconds: &now})
		}
	}
}

// staticPod is the pod of a manifest as the API server shows it, or nil.
func (k *Kubelet) staticPod(data []byte) *corev1.Pod {
	pod := &corev1.Pod{}
	if yaml.Unmarshal(data, pod) != nil || pod.Kind != "Pod" || pod.Name == "" {
		return nil
	}
	h := fnv.New128a()
	_, _ = h.Write(data) // a hash takes everything
	hash := fmt.Sprintf("%x", h.Sum(nil))
	pod.Name += "-" + k.Node
	if pod.Namespace == "" {
		pod.Namespace = metav1.NamespaceDefault
	}
	if pod.Annotations == nil {
		pod.Annotations = map[string]string{}
	}
	pod.Annotations[sourceAnnotation], pod.Annotations[hashAnnotation], pod.Annotations[mirrorAnnotation] = "file", hash, hash
	pod.Spec.NodeName = k.Node
	if node, found := k.server.Nodes.Table.Get("", k.Node); found {
		yes := true
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: k.Node, UID: node.UID, Controller: &yes}}
	}
	return pod
}
