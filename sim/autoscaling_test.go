package sim_test

import (
	"testing"
	"time"

	"drydock/sim"
)

// sums opens a world with a cluster where a page that costs much processor time stands
// behind the Service sums, whose pods request 200m and may use 500m.
func sums(t testing.TB, addons ...string) *sim.Session {
	t.Helper()
	s, err := sim.Open(sim.Scenario{Spec: sim.Spec{
		Machines: []sim.MachineSpec{{Name: "laptop"}}, Images: []string{"registry.k8s.io/hpa-example", "busybox:1.28"},
		Kubernetes: &sim.KubernetesSpec{Nodes: sim.NodeList{Names: []string{"node-1", "node-2"}}, Addons: addons},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	mustRun(t, s, "laptop", "kubectl create deployment sums --image=registry.k8s.io/hpa-example")
	mustRun(t, s, "laptop", "kubectl set resources deployment sums --requests=cpu=200m --limits=cpu=500m")
	mustRun(t, s, "laptop", "kubectl expose deployment sums --port=80")
	s.Advance(40 * time.Second)
	return s
}

// loop is a pod that asks again and again.
func loop(t testing.TB, s *sim.Session, name string) {
	t.Helper()
	mustRun(t, s, "laptop", "kubectl run "+name+" --image=busybox:1.28 -- sh -c 'while true; do wget -q -O - http://sums >/dev/null; done'")
}

func TestLoadRaisesTheUseOfThePodThatAnswersUpToItsLimit(t *testing.T) {
	s := sums(t, "metrics-server")
	says(t, s, "kubectl top pods -l app=sums --no-headers", " 1m ")
	loop(t, s, "load")
	s.Advance(40 * time.Second)
	says(t, s, "kubectl top pods -l app=sums --no-headers | awk '{print ($2+0 > 480), ($2+0 <= 500)}'", "1 1\n")
	mustRun(t, s, "laptop", "kubectl delete pod load --now")
	s.Advance(40 * time.Second)
	says(t, s, "kubectl top pods -l app=sums --no-headers", " 1m ")
}

func TestMorePodsShareTheLoad(t *testing.T) {
	s := sums(t, "metrics-server")
	mustRun(t, s, "laptop", "kubectl autoscale deployment sums --cpu=50% --min=1 --max=10")
	says(t, s, "kubectl get hpa", "cpu: <unknown>/50%")
	s.Advance(20 * time.Second)
	says(t, s, "kubectl get hpa", "cpu: 0%/50%")
	loop(t, s, "load")
	s.Advance(3 * time.Minute)
	says(t, s, "kubectl get hpa", "%/50%", "10        7 ")
	says(t, s, "kubectl describe hpa sums", "AbleToScale     True    ReadyForNewScale", "New size: 4; reason: cpu resource utilization (percentage of request) above target")
	loop(t, s, "load-2")
	s.Advance(time.Minute)
	says(t, s, "kubectl describe hpa sums", "10 current / 10 desired", "ScalingLimited  True    TooManyReplicas")
	mustRun(t, s, "laptop", "kubectl delete pod load load-2 --now")
	s.Advance(4 * time.Minute)
	says(t, s, "kubectl describe hpa sums", "10 current / 10 desired", "ScaleDownStabilized")
	s.Advance(3 * time.Minute)
	says(t, s, "kubectl describe hpa sums", "1 current / 1 desired", "New size: 1; reason: All metrics below target")
}

func TestAutoscalerWithoutAMetricsServerKnowsNothing(t *testing.T) {
	s := sums(t)
	mustRun(t, s, "laptop", "kubectl autoscale deployment sums --cpu=50% --max=10")
	s.Advance(20 * time.Second)
	says(t, s, "kubectl get hpa", "cpu: <unknown>/50%")
	says(t, s, "kubectl describe hpa sums", "ScalingActive  False   FailedGetResourceMetric", "Warning  FailedComputeMetricsReplicas")
}

func TestABusyLoopIsSeenInTop(t *testing.T) {
	s := sums(t, "metrics-server")
	mustRun(t, s, "laptop", "kubectl run burn --image=busybox:1.28 -- sh -c 'while :; do :; done'")
	s.Advance(40 * time.Second)
	says(t, s, "kubectl top pod burn", "1000m")
}

// BenchmarkLoad is a minute of a loop of requests.
func BenchmarkLoad(b *testing.B) {
	s := sums(b, "metrics-server")
	loop(b, s, "load")
	s.Advance(time.Minute)
	b.ResetTimer()
	for range b.N {
		s.Advance(time.Minute)
	}
}
