package kubelet

import (
	"fmt"
	"hash/fnv"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
	"drydock/sim/vfs"
)

// manifestDir is where the kubelet looks for pods of its own (staticPodPath).
const manifestDir = "/etc/kubernetes/manifests"

// manifestPoll is how soon the kubelet notices a change in the directory, which it
// watches (pkg/kubelet/config/file_linux.go).
const manifestPoll = time.Second

// The annotations that tell a mirror of a static pod from a pod of the API server.
const (
	sourceAnnotation = "kubernetes.io/config.source"
	seenAnnotation   = "kubernetes.io/config.seen"
	hashAnnotation   = "kubernetes.io/config.hash"
	mirrorAnnotation = "kubernetes.io/config.mirror"
)

// manifests are what the kubelet knows of the manifest directory.
type manifests struct {
	disk    *vfs.FS
	changes int // of the disk, when it was read
	pods    []*corev1.Pod
	read    map[string]*corev1.Pod // by content; nil for what holds no pod
}

// static follows the manifest directory: a new file is a new pod, a file that
// changed or went ends the old one. It needs no API server. Files that hold no pod
// are passed over.
func (k *Kubelet) static() {
	if k.machine == nil {
		return
	}
	wanted := map[store.Key]string{}
	for _, pod := range k.manifestPods() {
		wanted[store.KeyOf(pod)] = string(pod.UID)
		k.wantStatic(pod)
	}
	for _, w := range slices.Clone(k.order) {
		if w.static != nil && w.static.DeletionTimestamp == nil && wanted[w.key] != string(w.uid) {
			gone := store.Copy(w.static)
			gone.DeletionTimestamp = new(metav1.NewTime(k.clock.Now()))
			gone.DeletionGracePeriodSeconds = gone.Spec.TerminationGracePeriodSeconds
			w.static = gone
			delete(k.statics, w.key)
			w.wake()
		}
	}
	k.dropStaleMirrors(wanted)
}

// manifestPods are the pods of the files in the manifest directory. It is read only
// when something on the disk has changed, and a file only when its content is new.
func (k *Kubelet) manifestPods() []*corev1.Pod {
	disk, _, _ := k.machine.FS.Reach(manifestDir)
	if m := &k.manifests; m.disk == disk && m.changes == disk.Upper().Changes() {
		return m.pods
	}
	entries, _ := k.machine.FS.ReadDir(manifestDir) // none when it is not there
	now := manifests{disk: disk, changes: disk.Upper().Changes(), read: map[string]*corev1.Pod{}}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name, ".") {
			continue
		}
		data, err := k.machine.FS.ReadFile(path.Join(manifestDir, entry.Name))
		if err != nil {
			continue
		}
		pod, known := k.manifests.read[string(data)]
		if !known {
			pod = k.staticPod(data)
		}
		now.read[string(data)] = pod
		if pod != nil {
			now.pods = append(now.pods, pod)
		}
	}
	k.manifests = now
	return now.pods
}

// wantStatic starts the pod of a manifest, unless it is there already.
func (k *Kubelet) wantStatic(pod *corev1.Pod) {
	key := store.KeyOf(pod)
	if k.workers[key] != nil {
		return // also while the old one of the name ends
	}
	if known := k.statics[key]; known != nil && known.UID == pod.UID {
		pod = known
	}
	k.statics[key] = pod
	k.begin(key, pod)
}

// watchManifests looks at the directory again and again, once it is there.
func (k *Kubelet) watchManifests() {
	if k.watched || k.machine == nil {
		return
	}
	if _, err := k.machine.FS.Stat(manifestDir); err != nil {
		return
	}
	k.watched = true
	k.clock.AfterWeighted(manifestPoll, clock.Upkeep, k.look)
}

func (k *Kubelet) look() {
	k.clock.AfterWeighted(manifestPoll, clock.Upkeep, k.look)
	if k.runs() {
		k.static()
	}
}

// written is the pod as a manifest has it; an empty one for what cannot be read.
func (k *Kubelet) written(data []byte) *corev1.Pod {
	name := "manifest " + string(data)
	made, known := k.server.Memo.Get(name)
	if !known {
		pod := &corev1.Pod{}
		if yaml.Unmarshal(data, pod) != nil {
			pod = &corev1.Pod{}
		}
		made = pod
		k.server.Memo.Keep(name, pod)
	}
	pod, _ := made.(*corev1.Pod)
	return pod.DeepCopy()
}

// staticPod is the pod of a manifest, or nil.
func (k *Kubelet) staticPod(data []byte) *corev1.Pod {
	pod := k.written(data)
	if pod.Kind != "Pod" || pod.Name == "" {
		return nil
	}
	h := fnv.New128a()
	_, _ = h.Write(data) // a hash takes everything
	hash := fmt.Sprintf("%x", h.Sum(nil))
	pod.Name += "-" + k.Node
	pod.UID = types.UID(hash)
	if pod.Namespace == "" {
		pod.Namespace = metav1.NamespaceDefault
	}
	notes := map[string]string{}
	for name, value := range pod.Annotations {
		notes[name] = value
	}
	notes[sourceAnnotation], notes[hashAnnotation], notes[mirrorAnnotation] = "file", hash, hash
	notes[seenAnnotation] = k.clock.Now().Format(time.RFC3339Nano)
	pod.Annotations = notes
	pod.Spec.NodeName = k.Node
	pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute})
	api.DefaultPod(pod)
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: api.QOS(&pod.Spec)}
	return pod
}

// mirror makes the API server show a static pod as it is. One that somebody deletes
// is made anew, and the containers know nothing of it.
func (k *Kubelet) mirror(w *worker) {
	if !k.works() || w.static.DeletionTimestamp != nil {
		return
	}
	there, found := k.server.Pods.Table.Get(w.key.Namespace, w.key.Name)
	if found && (there.DeletionTimestamp != nil || there.Annotations[hashAnnotation] != string(w.uid)) {
		k.dropMirror(w.key)
		found = false
	}
	if !found {
		fresh := store.Copy(w.static)
		fresh.ResourceVersion = ""
		if node, known := k.server.Nodes.Table.Get("", k.Node); known {
			yes := true
			fresh.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: k.Node, UID: node.UID, Controller: &yes}}
		}
		var err error
		if there, err = k.server.Pods.Create(fresh); err != nil {
			return // its namespace may be missing; the next look tries again
		}
	}
	if !apiequality.Semantic.DeepEqual(there.Status, w.static.Status) {
		c := store.Copy(there)
		c.Status = *w.static.Status.DeepCopy()
		k.server.Pods.SetStatus(c)
	}
}

// dropMirror takes a mirror out of the API server.
func (k *Kubelet) dropMirror(key store.Key) {
	if pod, found := k.server.Pods.Table.Get(key.Namespace, key.Name); found && k.works() && pod.Annotations[mirrorAnnotation] != "" {
		k.server.Pods.Remove(key.Namespace, key.Name)
	}
}

// dropStaleMirrors takes those away whose manifest went while the API server or the
// kubelet was down.
func (k *Kubelet) dropStaleMirrors(wanted map[store.Key]string) {
	if !k.works() {
		return
	}
	for _, pod := range k.server.PodsByNode.Get(k.Node) {
		key := store.KeyOf(pod)
		if pod.Annotations[mirrorAnnotation] != "" && wanted[key] == "" && k.workers[key] == nil {
			k.dropMirror(key)
		}
	}
}
