package kubelet

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
)

func TestAPodRunsAndIsDeleted(t *testing.T) {
	y := newYard(t)
	y.pod("web", "")
	y.expect("web", "Ready", 3*time.Second)
	if ip := y.get("web").Status.PodIP; ip != "10.244.0.2" {
		t.Errorf("the pod's address is %q", ip)
	}
	y.heard("web", "Pulled: Container image \"tiny\" already present on machine and can be accessed by the pod")
	if _, err := y.Pods.Delete("default", "web", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	y.expect("web", "gone", 3*time.Second)
	y.heard("web", "Killing: Stopping container c")
}

func TestAPodThatIgnoresTheStopSignalIsKilledAfterItsGrace(t *testing.T) {
	y := newYard(t)
	y.pod("web", "deaf", func(p *corev1.Pod) { *p.Spec.TerminationGracePeriodSeconds = 5 })
	y.expect("web", "Ready", 3*time.Second)
	seconds := int64(5)
	if pod := y.get("web"); pod.Spec.TerminationGracePeriodSeconds != nil {
		_, _ = y.Pods.Delete("default", "web", api.DeleteOptions{GraceSeconds: &seconds})
	}
	y.Clock.Advance(4 * time.Second)
	if y.get("web") == nil {
		t.Fatal("it was gone before its time was over")
	}
	y.expect("web", "gone", 3*time.Second)
}

func TestACrashingContainerBacksOff(t *testing.T) {
	y := newYard(t)
	y.pod("bad", "crash")
	y.expect("bad", "Ready", 3*time.Second)
	y.expect("bad", "Error", 3*time.Second)
	y.expect("bad", "Ready", 2*time.Second) // the first restart is at once
	y.expect("bad", "Error", 3*time.Second)
	y.Clock.Advance(5 * time.Second)
	if got := y.state("bad"); got != "Error" {
		t.Errorf("during the back-off it is %s", got)
	}
	y.expect("bad", "CrashLoopBackOff", 12*time.Second)
	y.expect("bad", "Ready", 2*time.Second)
	if n := y.get("bad").Status.ContainerStatuses[0].RestartCount; n != 2 {
		t.Errorf("restarted %d times, not 2", n)
	}
	y.heard("bad", "BackOff: Back-off restarting failed container c in pod bad_default(")
}

func TestAnImageThatIsNotThereAlternatesBetweenErrorAndBackOff(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "ngnix:1.27" })
	for _, want := range []string{"ContainerCreating", "ErrImagePull", "ImagePullBackOff", "ErrImagePull", "ImagePullBackOff"} {
		y.expect("web", want, 20*time.Second)
	}
	y.heard("web", "BackOff: Back-off pulling image \"ngnix:1.27\"")
	y.heard("web", "Failed: Error: ImagePullBackOff")
}

func TestACommandThatIsNotInTheImage(t *testing.T) {
	y := newYard(t)
	y.pod("bad", "nosuchprogram --fast")
	y.expect("bad", "RunContainerError", 5*time.Second)
	y.heard("bad", `Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuchprogram": executable file not found in $PATH`)
	y.Clock.Advance(5 * time.Second)
	last := y.get("bad").Status.ContainerStatuses[0].LastTerminationState.Terminated
	if last == nil || last.ExitCode != 128 || last.Reason != "StartError" {
		t.Errorf("the last state is %+v", last)
	}
}

func TestAMissingConfigMapKeepsTheContainerFromStarting(t *testing.T) {
	y := newYard(t)
	y.pod("app", "env", func(p *corev1.Pod) {
		p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}}
	})
	y.expect("app", "CreateContainerConfigError", 20*time.Second)
	y.heard("app", `Failed: Error: configmap "settings" not found`)
	_, _ = y.ConfigMaps.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "settings"}, Data: map[string]string{"MODE": "prod"}})
	y.expect("app", "Ready", 30*time.Second)
	log, err := y.kubelet.Logs("default", "app", "c", false)
	found := false
	for _, l := range log {
		found = found || l.Text == "MODE=prod\n"
	}
	if err != nil || !found {
		t.Errorf("the container does not see MODE: %v, %v", log, err)
	}
}

func TestAContainerThatTakesTooMuchMemoryIsKilled(t *testing.T) {
	y := newYard(t)
	y.pod("hungry", "hog", func(p *corev1.Pod) {
		p.Spec.RestartPolicy = corev1.RestartPolicyNever
		p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
	})
	y.expect("hungry", "OOMKilled", 5*time.Second)
	if p := y.get("hungry").Status.Phase; p != corev1.PodFailed {
		t.Errorf("the phase is %s", p)
	}
}

func TestAFailingReadinessProbeKeepsThePodOutOfService(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		probe := &corev1.Probe{PeriodSeconds: 2}
		probe.TCPSocket = &corev1.TCPSocketAction{Port: intstr.FromInt32(9999)}
		p.Spec.Containers[0].ReadinessProbe = probe
	})
	y.expect("web", "Running", 3*time.Second)
	y.Clock.Advance(10 * time.Second)
	if y.state("web") != "Running" {
		t.Errorf("the pod is %s", y.state("web"))
	}
	y.heard("web", "Unhealthy: Readiness probe failed: dial tcp 10.244.0.2:9999: connect: connection refused")
}

func TestTheWorldRestsWhenAProbeHasGivenItsFirstVerdict(t *testing.T) {
	y := newYard(t)
	probed := func(command string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			probe := &corev1.Probe{InitialDelaySeconds: 10}
			probe.Exec = &corev1.ExecAction{Command: []string{"cat", command}}
			p.Spec.Containers[0].ReadinessProbe = probe
		}
	}
	y.pod("good", "", probed("/etc/passwd"))
	y.pod("bad", "", probed("/nosuch"))
	if !y.Clock.RunUntil(time.Minute, y.Clock.Settled) {
		t.Fatal("the world never comes to rest")
	}
	if !y.first("good").Ready || y.first("bad").Ready {
		t.Errorf("at rest good is ready: %v, bad: %v", y.first("good").Ready, y.first("bad").Ready)
	}
	y.heard("bad", "Unhealthy: Readiness probe failed: ")
}

func TestAFailingLivenessProbeRestartsTheContainer(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		probe := &corev1.Probe{PeriodSeconds: 2, FailureThreshold: 3}
		probe.Exec = &corev1.ExecAction{Command: []string{"cat", "/nosuch"}}
		p.Spec.Containers[0].LivenessProbe = probe
	})
	if !y.Clock.RunUntil(20*time.Second, func() bool {
		pod := y.get("web")
		return len(pod.Status.ContainerStatuses) > 0 && pod.Status.ContainerStatuses[0].RestartCount == 1
	}) {
		t.Fatalf("it was not restarted: %q", y.messages("web"))
	}
	y.heard("web", "Killing: Container c failed liveness probe, will be restarted")
}

func TestInitContainersRunOneAfterAnother(t *testing.T) {
	y := newYard(t)
	y.pod("app", "", func(p *corev1.Pod) {
		always := corev1.ContainerRestartPolicyAlways
		p.Spec.InitContainers = []corev1.Container{
			{Name: "one", Image: "tiny", ImagePullPolicy: corev1.PullNever, Command: []string{"done"}},
			{Name: "side", Image: "tiny", ImagePullPolicy: corev1.PullNever, RestartPolicy: &always},
		}
	})
	y.expect("app", "Ready", 5*time.Second)
	s := y.get("app").Status
	if len(s.InitContainerStatuses) != 2 || s.InitContainerStatuses[0].State.Terminated == nil || s.InitContainerStatuses[1].State.Running == nil {
		t.Errorf("the init containers are %+v", s.InitContainerStatuses)
	}
}

func TestAPodThatDoesNotFitIsRefused(t *testing.T) {
	y := newYard(t)
	y.pod("toobig", "", func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("9Gi")}
	})
	y.Clock.Advance(time.Second)
	if s := y.get("toobig").Status; s.Phase != corev1.PodFailed || s.Reason != "OutOfmemory" {
		t.Errorf("the status is %+v", s)
	}
	y.heard("toobig", "OutOfmemory: Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592")
}

func TestPodsRestartAfterTheMachineWasOff(t *testing.T) {
	y := newYard(t)
	y.pod("web", "")
	y.expect("web", "Ready", 3*time.Second)
	y.machine.SetPower(false)
	y.Clock.Advance(20 * time.Second)
	y.machine.SetPower(true)
	if !y.Clock.RunUntil(20*time.Second, func() bool {
		return y.get("web").Status.ContainerStatuses[0].RestartCount == 1 && y.state("web") == "Ready"
	}) {
		t.Fatalf("the pod is %s: %q", y.state("web"), y.messages("web"))
	}
	y.heard("node-1", "Rebooted: Node node-1 has been rebooted, boot id: ")
}

func TestHollowNodesRunPodsWithinASecond(t *testing.T) {
	y := newYard(t)
	pool := NewPool(y.Server)
	for i := range 50 {
		pool.AddHollow(config(fmt.Sprintf("hollow-%d", i)))
		y.pod(fmt.Sprintf("p-%d", i), "", func(p *corev1.Pod) { p.Spec.NodeName = fmt.Sprintf("hollow-%d", i) })
	}
	y.Clock.Advance(time.Second)
	for i := range 50 {
		if got := y.state(fmt.Sprintf("p-%d", i)); got != "Ready" {
			t.Fatalf("p-%d is %s", i, got)
		}
	}
	_, _ = y.Pods.Delete("default", "p-7", api.DeleteOptions{})
	y.expect("p-7", "gone", time.Second)
}

func BenchmarkTenThousandHollowPods(b *testing.B) {
	for b.Loop() {
		s := api.NewServer(clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)))
		s.Namespaces.Table.Put(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}})
		pool := NewPool(s)
		for i := range 1000 {
			pool.AddHollow(config(fmt.Sprintf("n-%d", i)))
		}
		for i := range 10000 {
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("p-%d", i)}}
			pod.Spec.NodeName, pod.Spec.Containers = fmt.Sprintf("n-%d", i%1000), []corev1.Container{{Name: "c", Image: "tiny"}}
			s.Pods.Table.Put(pod)
		}
		s.Clock.Advance(time.Second)
	}
}
