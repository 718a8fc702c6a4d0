package kubelet

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/api"
)

// first is the status of the pod's first container.
func (y *yard) first(name string) corev1.ContainerStatus {
	y.t.Helper()
	pod := y.get(name)
	if pod == nil || len(pod.Status.ContainerStatuses) == 0 {
		y.t.Fatalf("%s has no status", name)
	}
	return pod.Status.ContainerStatuses[0]
}

func never(p *corev1.Pod) { p.Spec.RestartPolicy = corev1.RestartPolicyNever }

func TestWhatAContainerWroteAsItsLastWordsIsInItsStatus(t *testing.T) {
	y := newYard(t)
	y.pod("web", "tell /dev/termination-log", never)
	y.expect("web", "Error", 3*time.Second)
	if got := y.first("web").State.Terminated; got.Message != "no database" || got.ExitCode != 1 {
		t.Errorf("it ended with %d, %q", got.ExitCode, got.Message)
	}
}

func TestTheEndOfTheLogStandsInForLastWords(t *testing.T) {
	y := newYard(t)
	y.pod("quiet", "crash", never)
	y.pod("told", "crash", never, func(p *corev1.Pod) {
		p.Spec.Containers[0].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	})
	y.expect("quiet", "Error", 4*time.Second)
	y.expect("told", "Error", 4*time.Second)
	if got := y.first("quiet").State.Terminated.Message; got != "" {
		t.Errorf("by default the message is %q", got)
	}
	if got := y.first("told").State.Terminated.Message; got != "no luck\n" {
		t.Errorf("the message is %q", got)
	}
}

func TestTheBackOffDoublesAndBeginsAnewAfterTenMinutes(t *testing.T) {
	var b backOff
	now := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	for _, want := range []time.Duration{0, 10, 20, 40, 80, 160, 300, 300} {
		end := now
		for !b.start(end, now) {
			now = now.Add(time.Second)
		}
		if got := now.Sub(end); got != want*time.Second {
			t.Fatalf("a restart waited %s, not %d s", got, want)
		}
		now = now.Add(2 * time.Second)
	}
	now = now.Add(11 * time.Minute)
	if !b.start(now, now) || b.delay != firstBackOff {
		t.Errorf("after a long run the back-off is %s", b.delay)
	}
}

func TestAContainerThatAProbeEndsIsRestartedTwiceWithoutAPause(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		probe := &corev1.Probe{PeriodSeconds: 1, FailureThreshold: 2}
		probe.Exec = &corev1.ExecAction{Command: []string{"cat", "/nosuch"}}
		p.Spec.Containers[0].LivenessProbe = probe
	})
	if !y.Clock.RunUntil(10*time.Second, func() bool {
		return len(y.messages("web")) > 0 && y.state("web") == "Ready" && y.first("web").RestartCount == 2
	}) {
		t.Fatalf("it was not restarted twice: %q", y.messages("web"))
	}
	if m := strings.Join(y.messages("web"), "\n"); strings.Contains(m, "BackOff") {
		t.Errorf("it was held back: %s", m)
	}
	if !y.Clock.RunUntil(10*time.Second, func() bool { return strings.Contains(strings.Join(y.messages("web"), "\n"), "BackOff") }) {
		t.Errorf("the third restart is not held back: %q", y.messages("web"))
	}
}

func TestAnImageThatMayNotBePulledIsLookedForTwiceAtOnce(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		p.Spec.Containers[0].Image, p.Spec.Containers[0].ImagePullPolicy = "caddy:2.8", corev1.PullNever
	})
	y.expect("web", "ErrImageNeverPull", 2*time.Second)
	y.Clock.Advance(time.Second)
	y.heard("web", `ErrImageNeverPull: Container image "caddy:2.8" is not present with pull policy of Never`)
	for _, e := range y.Events("") {
		if e.Reason == "ErrImageNeverPull" && e.Count != 2 {
			t.Errorf("it was looked for %d times", e.Count)
		}
	}
	if ip := y.get("web").Status.PodIP; ip == "" {
		t.Error("the pod has no address, though its sandbox is there")
	}
}

func TestAnImageNameWithCapitals(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "Nginx:1.27" })
	y.expect("web", "InvalidImageName", 2*time.Second)
	y.heard("web", `couldn't parse image name "Nginx:1.27": invalid reference format: repository name (library/Nginx) must be lowercase`)
}

func TestADeletedPodShowsHowItEndedBeforeItIsGone(t *testing.T) {
	y := newYard(t)
	y.pod("web", "")
	y.expect("web", "Ready", 3*time.Second)
	if _, err := y.Pods.Delete("default", "web", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	y.expect("web", "Completed", time.Second)
	y.Clock.Advance(500 * time.Millisecond)
	if got := y.state("web"); got != "Completed" {
		t.Errorf("half a second later it is %s", got)
	}
	if got := y.get("web").Status.Phase; got != corev1.PodSucceeded {
		t.Errorf("its phase is %s", got)
	}
	y.expect("web", "gone", 2*time.Second)
}

func TestAPreStopHookDelaysTheStopSignal(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 3}}}
	})
	y.expect("web", "Ready", 3*time.Second)
	_, _ = y.Pods.Delete("default", "web", api.DeleteOptions{})
	y.Clock.Advance(2 * time.Second)
	if got := y.state("web"); got != "Ready" {
		t.Errorf("during the hook it is %s", got)
	}
	y.expect("web", "gone", 4*time.Second)
}

func TestAStartHookThatFailsEndsTheContainer(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"cat", "/nosuch"}}}}
	})
	y.expect("web", "PostStartHookError", 3*time.Second)
	y.heard("web", "FailedPostStartHook: PostStartHook failed")
	y.heard("web", "Killing: FailedPostStartHook")
}

func TestAStartupProbeHoldsTheOthersBack(t *testing.T) {
	y := newYard(t)
	probe := func(file string) *corev1.Probe {
		p := &corev1.Probe{PeriodSeconds: 1, FailureThreshold: 30}
		p.Exec = &corev1.ExecAction{Command: []string{"cat", file}}
		return p
	}
	y.pod("web", "", func(p *corev1.Pod) {
		p.Spec.Containers[0].StartupProbe, p.Spec.Containers[0].LivenessProbe = probe("/nosuch"), probe("/neither")
		p.Spec.Containers[0].ReadinessProbe = probe("/etc/passwd")
	})
	y.expect("web", "Running", 3*time.Second)
	y.Clock.Advance(5 * time.Second)
	st := y.first("web")
	if st.Ready || *st.Started || st.RestartCount > 0 {
		t.Errorf("before its startup probe passed it is %+v", st)
	}
	if m := strings.Join(y.messages("web"), "\n"); !strings.Contains(m, "Startup probe failed") || strings.Contains(m, "Liveness") {
		t.Errorf("the probes said: %s", m)
	}
}

// The program runs for three seconds first, and it is asked as soon as that is over: the
// beats of a readiness probe are counted from the first look at the running container.
func TestReadinessIsAskedForWhenItsDelayIsOver(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) {
		probe := &corev1.Probe{InitialDelaySeconds: 3, PeriodSeconds: 1}
		probe.Exec = &corev1.ExecAction{Command: []string{"done"}}
		p.Spec.Containers[0].ReadinessProbe = probe
	})
	if !y.Clock.RunUntil(10*time.Second, func() bool { return y.state("web") == "Ready" }) {
		t.Fatalf("it is %s: %q", y.state("web"), y.messages("web"))
	}
	after := y.Clock.Now().Sub(y.first("web").State.Running.StartedAt.Time)
	if after < 3*time.Second || after > 3500*time.Millisecond {
		t.Errorf("ready %s after its start", after)
	}
}
