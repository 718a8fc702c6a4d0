package scheduler

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// cluster is a control plane with nodes and nothing that runs pods.
type cluster struct {
	t testing.TB
	s *api.Server
	x *Scheduler
}

func newCluster(t testing.TB, nodes int) *cluster {
	t.Helper()
	c := &cluster{t: t, s: api.NewServer(clock.New(1, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)))}
	if _, found := c.s.Namespaces.Get("", "default"); !found {
		c.must(c.s.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}))
	}
	c.x = New(c.s)
	for i := range nodes {
		name := fmt.Sprintf("node-%d", i+1)
		c.must(c.s.Nodes.Create(&corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelHostname: name}},
			Status:     corev1.NodeStatus{Allocatable: list("4", "8Gi", "110")},
		}))
	}
	return c
}

func (c *cluster) must(_ any, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func list(cpu, memory, pods string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory), corev1.ResourcePods: resource.MustParse(pods)}
}

// run creates a pod; change may be nil.
func (c *cluster) run(name string, change func(*corev1.Pod)) {
	c.t.Helper()
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}}},
	}
	if change != nil {
		change(p)
	}
	c.must(c.s.Pods.Create(p))
	c.s.Clock.Advance(time.Second)
}

func cpu(amount string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(amount)}
	}
}

func (c *cluster) node(name string, change func(*corev1.Node)) {
	c.t.Helper()
	n, _ := c.s.Nodes.Get("", name)
	n = n.DeepCopy()
	change(n)
	c.must(c.s.Nodes.Update(n))
	c.s.Clock.Advance(time.Second)
}

func (c *cluster) pod(name string) *corev1.Pod {
	c.t.Helper()
	p, found := c.s.Pods.Get("default", name)
	if !found {
		c.t.Fatalf("no pod %s", name)
	}
	return p
}

func (c *cluster) on(name, want string) {
	c.t.Helper()
	if got := c.pod(name).Spec.NodeName; got != want {
		c.t.Errorf("%s is on %q, want %q (%s)", name, got, want, c.message(name))
	}
}

// message is what the last event of a pod says.
func (c *cluster) message(name string) string {
	message := ""
	for _, e := range c.s.Events("default") {
		if e.InvolvedObject.Name == name && e.Reason == "FailedScheduling" {
			message = e.Message
		}
	}
	return message
}

func (c *cluster) says(name, want string) {
	c.t.Helper()
	if got := c.message(name); got != want {
		c.t.Errorf("%s:\n got %s\nwant %s", name, got, want)
	}
	for _, condition := range c.pod(name).Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Message == want {
			return
		}
	}
	c.t.Errorf("%s has no condition that says so: %v", name, c.pod(name).Status.Conditions)
}

func TestBarePodsSpreadByWhatIsFree(t *testing.T) {
	c := newCluster(t, 3)
	for i, want := range []string{"node-1", "node-2", "node-3", "node-1"} {
		name := fmt.Sprint("p", i)
		c.run(name, nil)
		c.on(name, want)
	}
}

func TestRequestsBeyondTheNodeAreExplained(t *testing.T) {
	c := newCluster(t, 3)
	c.run("big", cpu("8"))
	c.says("big", "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.")
}

func TestEveryNodeHasItsOwnReason(t *testing.T) {
	c := newCluster(t, 3)
	c.node("node-1", func(n *corev1.Node) {
		n.Spec.Taints = []corev1.Taint{{Key: "gpu", Value: "yes", Effect: corev1.TaintEffectNoSchedule}}
	})
	c.node("node-2", func(n *corev1.Node) { n.Spec.Unschedulable = true })
	c.run("first", cpu("2"))
	c.on("first", "node-3")
	c.run("last", cpu("3"))
	c.says("last", "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.")
	if got := c.x.Diagnosis("default", "last"); len(got) != 3 || got[2] != (NodeRefusal{"node-3", "Insufficient cpu"}) {
		t.Errorf("diagnosis %v", got)
	}
	c.node("node-2", func(n *corev1.Node) { n.Spec.Unschedulable = false })
	c.on("last", "node-2")
}

func TestLabelOnNodeLetsSelectedPodGo(t *testing.T) {
	c := newCluster(t, 3)
	c.run("fast", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disktype": "ssd"} })
	c.says("fast", "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.")
	c.node("node-3", func(n *corev1.Node) { n.Labels["disktype"] = "ssd" })
	c.on("fast", "node-3")
}

func TestRoomThatAppearsIsTaken(t *testing.T) {
	c := newCluster(t, 1)
	c.run("a", cpu("3"))
	c.run("b", cpu("3"))
	c.on("b", "")
	c.s.Pods.Remove("default", "a")
	c.s.Clock.Advance(10 * time.Millisecond)
	c.on("b", "node-1")
}

func TestRefusalIsReportedAnewOnceThePodIsMarked(t *testing.T) {
	c := newCluster(t, 1)
	c.run("small", cpu("1"))
	c.run("big", cpu("3500m"))
	reports := func() (n int) {
		for _, e := range c.s.Events("default") {
			if e.InvolvedObject.Name == "big" && e.Reason == "FailedScheduling" {
				n++
			}
		}
		return n
	}
	if n := reports(); n != 1 {
		t.Fatalf("%d reports after the first try", n)
	}
	for i := range 3 {
		c.run(fmt.Sprint("other-", i), cpu("10m"))
		c.s.Pods.Remove("default", fmt.Sprint("other-", i))
		c.s.Clock.Advance(time.Second)
	}
	if n := reports(); n != 2 {
		t.Errorf("%d reports, want one of the pod as it came and one of it as it was marked", n)
	}
}

func TestCordonDoesNotLetWaitingPodsTryAgain(t *testing.T) {
	c := newCluster(t, 2)
	c.run("big", cpu("9"))
	before := c.message("big")
	c.node("node-1", func(n *corev1.Node) { n.Spec.Unschedulable = true })
	c.says("big", before)
	c.node("node-2", func(n *corev1.Node) { n.Labels["disktype"] = "ssd" })
	if c.message("big") == before {
		t.Error("a new label does not let it try again")
	}
}

func TestAntiAffinityAllowsOnePerNode(t *testing.T) {
	c := newCluster(t, 3)
	term := []corev1.PodAffinityTerm{{LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}, TopologyKey: corev1.LabelHostname}}
	for i := range 4 {
		c.run(fmt.Sprint("web", i), func(p *corev1.Pod) {
			p.Labels = map[string]string{"app": "web"}
			p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: term}}
		})
	}
	c.says("web3", "0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.")
	c.run("stranger", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "web"} })
	if got := c.message("stranger"); !strings.Contains(got, "3 node(s) didn't satisfy existing pods anti-affinity rules") {
		t.Errorf("a pod that others shun: %s", got)
	}
}

func TestPodAffinityWaitsForCompany(t *testing.T) {
	c := newCluster(t, 3)
	c.run("near", func(p *corev1.Pod) {
		p.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
			LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "cache"}}, TopologyKey: corev1.LabelHostname}}}}
	})
	c.says("near", "0/3 nodes are available: 3 node(s) didn't match pod affinity rules. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.")
	c.run("cache", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "cache"} })
	c.on("near", "node-1")
}

func TestTaintedNodeStillCountsAsADomain(t *testing.T) {
	c := newCluster(t, 3)
	c.node("node-1", func(n *corev1.Node) {
		n.Spec.Taints = []corev1.Taint{{Key: "dedicated", Value: "db", Effect: corev1.TaintEffectNoSchedule}}
	})
	honor := corev1.NodeInclusionPolicyHonor
	web := func(policy *corev1.NodeInclusionPolicy) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Labels = map[string]string{"app": "web"}
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.DoNotSchedule,
				NodeTaintsPolicy: policy, LabelSelector: &metav1.LabelSelector{MatchLabels: p.Labels}}}
		}
	}
	for i := range 3 {
		c.run(fmt.Sprint("web", i), web(nil))
	}
	c.says("web2", "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match pod topology spread constraints. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.")
	c.run("honest", web(&honor))
	c.on("honest", "node-2")
}

func TestGatesAndOtherSchedulersHoldPods(t *testing.T) {
	c := newCluster(t, 1)
	c.run("other", func(p *corev1.Pod) { p.Spec.SchedulerName = "nosuch" })
	c.run("gated", func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "example.com/hold"}} })
	c.on("gated", "")
	if got := c.s.Events("default"); len(got) != 0 {
		t.Errorf("held pods have events: %v", got)
	}
	p := store.Copy(c.pod("gated"))
	p.Spec.SchedulingGates = nil
	c.must(c.s.Pods.Update(p))
	c.s.Clock.Advance(time.Second)
	c.on("gated", "node-1")
	c.on("other", "")
}

func TestMissingClaimHoldsPodUntilItIsBound(t *testing.T) {
	c := newCluster(t, 3)
	c.run("app", func(p *corev1.Pod) {
		p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}}}
	})
	c.says("app", `0/3 nodes are available: persistentvolumeclaim "data" not found. not found`)
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data", Namespace: "default"}, Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending}}
	c.s.PersistentVolumeClaims.Table.Put(claim)
	c.s.Clock.Advance(time.Second)
	c.says("app", "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found")
	bound := store.Copy(claim)
	bound.Spec.VolumeName, bound.Status.Phase = "pv-1", corev1.ClaimBound
	c.s.PersistentVolumeClaims.SetStatus(bound)
	c.s.Clock.Advance(time.Second)
	c.on("app", "node-1")
}

func TestImportantPodTakesThePlaceOfOthers(t *testing.T) {
	c := newCluster(t, 2)
	rank := func(n int32, amount string) func(*corev1.Pod) {
		class := fmt.Sprint("class-", n)
		c.must(c.s.PriorityClasses.Create(&schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: class}, Value: n}))
		return func(p *corev1.Pod) {
			cpu(amount)(p)
			p.Spec.PriorityClassName = class
			p.Spec.TerminationGracePeriodSeconds = new(int64)
		}
	}
	c.run("low", rank(1, "3"))
	c.run("middle", rank(5, "3"))
	c.run("high", rank(9, "3"))
	if p, found := c.s.Pods.Get("default", "low"); found && p.DeletionTimestamp == nil {
		t.Fatal("the least important pod was not asked to go")
	}
	if p := c.pod("high"); p.Spec.NodeName == "" && p.Status.NominatedNodeName != "node-1" {
		t.Errorf("nominated %q", p.Status.NominatedNodeName)
	}
	c.s.Pods.Remove("default", "low")
	c.s.Clock.Advance(time.Second)
	c.on("high", "node-1")
	c.on("middle", "node-2")
}

func TestStoppedSchedulerDoesNothingUntilItReturns(t *testing.T) {
	c := newCluster(t, 1)
	c.x.Component().SetRunning(false)
	c.run("p", nil)
	c.on("p", "")
	c.x.Component().SetRunning(true)
	c.s.Clock.Advance(time.Second)
	c.on("p", "node-1")
}
