package store_test

import (
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"drydock/sim/kube/store"
)

func pod(namespace, name, node string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: corev1.PodSpec{NodeName: node}}
}

func names(pods []*corev1.Pod) []string {
	var list []string
	for _, p := range pods {
		list = append(list, p.Namespace+"/"+p.Name)
	}
	return list
}

func TestListIsInTheOrderOfEtcd(t *testing.T) {
	pods := store.NewTable[*corev1.Pod](&store.Revision{})
	for _, p := range []*corev1.Pod{pod("b", "x", ""), pod("a", "z", ""), pod("a", "b", "")} {
		pods.Put(p)
	}
	if got, want := names(pods.List("")), []string{"a/b", "a/z", "b/x"}; !slices.Equal(got, want) {
		t.Errorf("all: %v, want %v", got, want)
	}
	if got, want := names(pods.List("a")), []string{"a/b", "a/z"}; !slices.Equal(got, want) {
		t.Errorf("namespace a: %v, want %v", got, want)
	}
	if got := pods.List("c"); len(got) != 0 {
		t.Errorf("namespace c: %v", names(got))
	}
}

func TestAWatchSeesEveryChangeWithBothVersions(t *testing.T) {
	pods := store.NewTable[*corev1.Pod](&store.Revision{})
	var seen []string
	stop := pods.Watch(func(c store.Change[*corev1.Pod]) {
		seen = append(seen, fmt.Sprintf("%s %s@%s", c.Type, c.Now().Name, c.Now().ResourceVersion))
	})
	first := pod("a", "web", "")
	pods.Put(first)
	second := store.Copy(first)
	second.Spec.NodeName = "node-1"
	pods.Put(second)
	if first.ResourceVersion != "1" || first.Spec.NodeName != "" {
		t.Errorf("the old version changed: %s on %q", first.ResourceVersion, first.Spec.NodeName)
	}
	pods.Remove("a", "web")
	pods.Remove("a", "web")
	stop()
	pods.Put(pod("a", "late", ""))
	if want := []string{"ADDED web@1", "MODIFIED web@2", "DELETED web@2"}; !slices.Equal(seen, want) {
		t.Errorf("seen %v, want %v", seen, want)
	}
}

// An index must always hold exactly what looking at every object finds, oldest first.
func TestAnIndexHoldsWhatASearchFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pods := store.NewTable[*corev1.Pod](&store.Revision{})
		byNode := pods.Index(func(p *corev1.Pod) []string { return []string{p.Spec.NodeName} })
		var order []string // of creation
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			name := rapid.StringMatching("[a-f]").Draw(t, "name")
			if _, there := pods.Get("a", name); there && rapid.Bool().Draw(t, "remove") {
				pods.Remove("a", name)
				order = slices.DeleteFunc(order, func(n string) bool { return n == name })
				continue
			} else if !there {
				order = append(order, name)
			}
			pods.Put(pod("a", name, rapid.StringMatching("[12]").Draw(t, "node")))
		}
		for _, node := range []string{"1", "2"} {
			var want []string
			for _, name := range order {
				if p, found := pods.Get("a", name); found && p.Spec.NodeName == node {
					want = append(want, "a/"+name)
				}
			}
			if got := names(byNode.Get(node)); !slices.Equal(got, want) || byNode.Len(node) != len(want) {
				t.Fatalf("node %s: %v (%d), want %v", node, got, byNode.Len(node), want)
			}
		}
	})
}
