package printer_test

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/printer"
)

var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func meta(name string, old time.Duration) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, CreationTimestamp: metav1.NewTime(now.Add(-old))}
}

func TestAPodWhoseContainerCrashesSaysWhenTheLastOneEnded(t *testing.T) {
	p := &corev1.Pod{ObjectMeta: meta("badcmd", 10*time.Second)}
	p.Spec.Containers = []corev1.Container{{Name: "c"}}
	p.Status.Phase = corev1.PodRunning
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "c", RestartCount: 1,
		State:                corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "RunContainerError"}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: metav1.NewTime(now.Add(-9 * time.Second))}},
	}}
	check(t, printer.RowOf(p, now).Cells, "badcmd|0/1|RunContainerError|1 (9s ago)|10s")
}

func TestAPodThatIsDeletedIsTerminatingWhileItRuns(t *testing.T) {
	p := &corev1.Pod{ObjectMeta: meta("web", time.Minute)}
	p.Spec.Containers = []corev1.Container{{Name: "c"}}
	p.DeletionTimestamp = &metav1.Time{Time: now}
	p.Status.Phase = corev1.PodRunning
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "c", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
	check(t, printer.RowOf(p, now).Cells, "web|1/1|Terminating|0|60s")
}

func TestAnInitContainerThatFailsHoldsThePod(t *testing.T) {
	p := &corev1.Pod{ObjectMeta: meta("initfail", 10*time.Second)}
	p.Spec.InitContainers = []corev1.Container{{Name: "prepare"}}
	p.Spec.Containers = []corev1.Container{{Name: "c"}}
	p.Status.Phase = corev1.PodPending
	p.Status.InitContainerStatuses = []corev1.ContainerStatus{{
		Name: "prepare", RestartCount: 1,
		State:                corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error"}},
		LastTerminationState: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{FinishedAt: metav1.NewTime(now.Add(-10 * time.Second))}},
	}}
	check(t, printer.RowOf(p, now).Cells, "initfail|0/1|Init:Error|1 (10s ago)|10s")
}

func TestADeploymentCountsReadyOfWanted(t *testing.T) {
	n := int32(3)
	d := &appsv1.Deployment{ObjectMeta: meta("web", 125*time.Second)}
	d.Spec.Replicas = &n
	d.Status = appsv1.DeploymentStatus{ReadyReplicas: 4, UpdatedReplicas: 2, AvailableReplicas: 4}
	check(t, printer.RowOf(d, now).Cells, "web|4/3|2|4|2m5s")
}

func check(t *testing.T, cells []string, want string) {
	t.Helper()
	if got := strings.Join(cells, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
