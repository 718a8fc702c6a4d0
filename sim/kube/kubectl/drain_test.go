package kubectl_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
)

// addPod binds a pod to node-1; owner may be "" or a kind.
func (l *lab) addPod(name, owner string, volumes ...corev1.Volume) {
	l.t.Helper()
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	if owner != "" {
		yes := true
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: owner, Name: "o", UID: "u", Controller: &yes}}
	}
	p.Spec = corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}}, Volumes: volumes}
	if _, err := l.server.Pods.Create(p); err != nil {
		l.t.Fatal(err)
	}
}

// newDrainLab is a lab with a node and evictions that delete at once.
func newDrainLab(t *testing.T) *lab {
	t.Helper()
	l := newLab(t)
	l.addNode("node-1")
	now := int64(0)
	l.backend.Evict = func(namespace, name string) error {
		_, err := l.server.Pods.DeleteObject(namespace, name, api.DeleteOptions{GraceSeconds: &now})
		return err
	}
	return l
}

func TestDrainNamesEverythingThatForbidsIt(t *testing.T) {
	l := newDrainLab(t)
	l.addPod("agent", "DaemonSet")
	l.addPod("bare", "")
	l.addPod("cache", "ReplicaSet", corev1.Volume{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
	l.fails("drain node-1", `node/node-1 cordoned
error: unable to drain node "node-1" due to error: [cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent, cannot delete Pods with local storage (use --delete-emptydir-data to override): default/cache, cannot delete Pods that declare no controller (use --force to override): default/bare], continuing command...
There are pending nodes to be drained:
 node-1
cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent
cannot delete Pods with local storage (use --delete-emptydir-data to override): default/cache
cannot delete Pods that declare no controller (use --force to override): default/bare`)
	l.says("drain node-1 --ignore-daemonsets --force --delete-emptydir-data --dry-run=client", `node/node-1 already cordoned (dry run)
Warning: ignoring DaemonSet-managed Pods: default/agent; deleting Pods that declare no controller: default/bare
evicting pod default/bare (dry run)
evicting pod default/cache (dry run)
node/node-1 drained (dry run)
`)
}

func TestDrainEvictsAllPodsAtOnce(t *testing.T) {
	l := newDrainLab(t)
	l.addPod("a", "ReplicaSet")
	l.addPod("b", "ReplicaSet")
	refused := 0
	evict := l.backend.Evict
	l.backend.Evict = func(namespace, name string) error {
		if name == "a" && refused < 1 {
			refused++
			return apierrors.NewTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0)
		}
		return evict(namespace, name)
	}
	l.says("drain node-1", `node/node-1 cordoned
evicting pod default/a
error when evicting pods/"a" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
evicting pod default/b
pod/b evicted
evicting pod default/a
pod/a evicted
node/node-1 drained
`)
}

func TestDrainCordonsAllNodesFirst(t *testing.T) {
	l := newDrainLab(t)
	l.addNode("node-2")
	l.says("drain node-1 node-2", "node/node-1 cordoned\nnode/node-2 cordoned\nnode/node-1 drained\nnode/node-2 drained\n")
	l.says("uncordon node-1", "node/node-1 uncordoned\n")
	l.says("uncordon node-1", "node/node-1 already uncordoned\n")
	l.fails("drain", "error: USAGE: drain NODE [flags]\nSee 'kubectl drain -h' for help and examples")
	l.fails("drain node-9", `Error from server (NotFound): nodes "node-9" not found`)
}
