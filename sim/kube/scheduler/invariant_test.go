package scheduler

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"pgregory.net/rapid"
)

func TestReplicasOfOneOwnerSpreadEvenly(t *testing.T) {
	c := newCluster(t, 3)
	c.fill(60)
	c.s.Clock.Advance(time.Second)
	for _, n := range []string{"node-1", "node-2", "node-3"} {
		if got := c.s.PodsByNode.Len(n); got != 20 {
			t.Errorf("%s has %d of 60 pods", n, got)
		}
	}
}

func TestPreferNoScheduleOnlyAsks(t *testing.T) {
	c := newCluster(t, 2)
	c.node("node-1", func(n *corev1.Node) {
		n.Spec.Taints = []corev1.Taint{{Key: "slow", Effect: corev1.TaintEffectPreferNoSchedule}}
	})
	c.run("a", cpu("3"))
	c.run("b", cpu("3"))
	c.on("a", "node-2")
	c.on("b", "node-1")
}

func TestHostPortIsTakenOncePerNode(t *testing.T) {
	c := newCluster(t, 1)
	web := func(p *corev1.Pod) {
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80, Protocol: corev1.ProtocolTCP}}
	}
	c.run("a", web)
	c.run("b", web)
	c.says("b", "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.")
}

// Whatever comes and goes, no node holds more than it has, and the running counts are
// those that counting anew gives.
func TestCountsFollowEveryChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := newCluster(t, 3)
		web := c.x.count.of([]string{"default"}, labels.SelectorFromSet(labels.Set{"app": "web"}), true)
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			amount := rapid.SampledFrom([]string{"100m", "1", "2"}).Draw(rt, "cpu")
			c.run(fmt.Sprint("p", i), func(p *corev1.Pod) {
				cpu(amount)(p)
				p.Labels = map[string]string{"app": rapid.SampledFrom([]string{"web", "db"}).Draw(rt, "app")}
			})
			if gone := rapid.IntRange(0, 2*i+1).Draw(rt, "gone"); gone < i {
				c.s.Pods.Remove("default", fmt.Sprint("p", gone))
				c.s.Clock.Advance(time.Second)
			}
		}
		for _, n := range c.x.nodes {
			used, found := int64(0), 0
			for _, p := range c.s.PodsByNode.Get(n.name) {
				used += p.Spec.Containers[0].Resources.Requests.Cpu().MilliValue()
				if p.Labels["app"] == "web" {
					found++
				}
			}
			if used != n.used.cpu || used > n.room.cpu || found != web.on(n) {
				rt.Fatalf("%s: %dm used, %dm counted of %dm; %d web pods, %d counted", n.name, used, n.used.cpu, n.room.cpu, found, web.on(n))
			}
		}
	})
}
