package controllers

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// load is a use of CPU that is shared by the pods that are ready.
type load struct {
	l     *lab
	milli int64
}

func (m *load) Measured(p *corev1.Pod) (cpu, memory int64, at time.Time, known bool) {
	ready := int64(0)
	for _, other := range m.l.s.Pods.Table.List("default") {
		if _, on := readySince(other); on {
			ready++
		}
	}
	_, on := readySince(p)
	return m.milli / max(ready, 1), 8 << 20, m.l.clock.Now(), on
}

// scaled is a lab with a Deployment web, whose pods request 200m, and its autoscaler.
func scaled(t *testing.T, milli int64, change func(*autoscalingv2.HorizontalPodAutoscaler)) (*lab, *load) {
	t.Helper()
	l := newLab(t)
	m := &load{l, milli}
	l.c.UseMetrics(m)
	l.deploy("web", "nginx:1.27", 1)
	l.changeDeployment("web", func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m")}
	})
	target := int32(50)
	h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "default"}}
	h.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	h.Spec.MaxReplicas = 10
	h.Spec.Metrics = []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
		Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target},
	}}}
	if change != nil {
		change(h)
	}
	if _, err := l.s.HorizontalPodAutoscalers.Create(h); err != nil {
		t.Fatal(err)
	}
	return l, m
}

func (l *lab) size() int32 { return *l.deployment("web").Spec.Replicas }

// scaler is a condition of the autoscaler as "True Reason", and its message.
func (l *lab) scaler(t autoscalingv2.HorizontalPodAutoscalerConditionType) (string, string) {
	h, _ := l.s.HorizontalPodAutoscalers.Table.Get("default", "web")
	for _, c := range h.Status.Conditions {
		if c.Type == t {
			return string(c.Status) + " " + c.Reason, c.Message
		}
	}
	return "", ""
}

func TestAutoscalerGrowsAtOnceAndShrinksAfterFiveMinutes(t *testing.T) {
	l, m := scaled(t, 400, nil)
	l.clock.Advance(time.Minute)
	if n := l.size(); n != 4 {
		t.Errorf("%d replicas under load", n)
	}
	m.milli = 50
	l.clock.Advance(4 * time.Minute)
	if got, _ := l.scaler(autoscalingv2.AbleToScale); l.size() != 4 || got != "True ScaleDownStabilized" {
		t.Errorf("%d replicas too early, %s", l.size(), got)
	}
	l.clock.Advance(3 * time.Minute)
	if n := l.size(); n != 1 {
		t.Errorf("%d replicas at last", n)
	}
}

func TestAutoscalerAtMostDoublesInOneLook(t *testing.T) {
	l, _ := scaled(t, 4000, nil)
	l.clock.Advance(3 * time.Minute)
	var sizes []string
	for _, e := range l.clock.Events(0) {
		if e.Reason == "SuccessfulRescale" {
			size, _, _ := strings.Cut(e.Message, ";")
			sizes = append(sizes, size)
		}
	}
	if got := strings.Join(sizes, ", "); got != "New size: 4, New size: 8, New size: 10" {
		t.Error(got)
	}
	if got, _ := l.scaler(autoscalingv2.ScalingLimited); got != "True TooManyReplicas" {
		t.Error(got)
	}
}

func TestAutoscalerKeepsItsSizeWithinTheTolerance(t *testing.T) {
	l, m := scaled(t, 200, nil)
	l.clock.Advance(time.Minute)
	m.milli = 218
	l.clock.Advance(time.Minute)
	if n := l.size(); n != 2 {
		t.Errorf("%d replicas at 54%% of 50%%", n)
	}
	m.milli = 230
	l.clock.Advance(time.Minute)
	if n := l.size(); n != 3 {
		t.Errorf("%d replicas at 57%% of 50%%", n)
	}
}

func TestAutoscalerWithoutMetricsSaysSo(t *testing.T) {
	l, _ := scaled(t, 400, nil)
	l.c.UseMetrics(nil)
	l.clock.Advance(40 * time.Second)
	got, message := l.scaler(autoscalingv2.ScalingActive)
	if got != "False FailedGetResourceMetric" || !strings.HasSuffix(message, "the server could not find the requested resource (get pods.metrics.k8s.io)") || l.size() != 1 {
		t.Errorf("%s: %s", got, message)
	}
	if l.count("FailedGetResourceMetric") != 2 || l.count("FailedComputeMetricsReplicas") != 2 {
		t.Error("no events")
	}
}

func TestAutoscalerNeedsRequests(t *testing.T) {
	l, _ := scaled(t, 400, nil)
	l.changeDeployment("web", func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources = corev1.ResourceRequirements{}
	})
	l.clock.Advance(40 * time.Second)
	got, message := l.scaler(autoscalingv2.ScalingActive)
	if !strings.Contains(message, "failed to get cpu utilization: missing request for cpu in container ") || l.size() != 1 {
		t.Errorf("%s: %s", got, message)
	}
}

func TestAutoscalerLeavesZeroAlone(t *testing.T) {
	l, _ := scaled(t, 400, nil)
	zero := int32(0)
	l.changeDeployment("web", func(d *appsv1.Deployment) { d.Spec.Replicas = &zero })
	l.clock.Advance(time.Minute)
	if got, _ := l.scaler(autoscalingv2.ScalingActive); got != "False ScalingDisabled" || l.size() != 0 {
		t.Errorf("%d replicas, %s", l.size(), got)
	}
}

func TestAutoscalerTakesAHandsSizeBackIntoItsLimits(t *testing.T) {
	low := int32(2)
	l, _ := scaled(t, 0, func(h *autoscalingv2.HorizontalPodAutoscaler) { h.Spec.MinReplicas = &low })
	l.clock.Advance(20 * time.Second)
	if n := l.size(); n != 2 {
		t.Errorf("%d replicas, the least are 2", n)
	}
	many := int32(30)
	l.changeDeployment("web", func(d *appsv1.Deployment) { d.Spec.Replicas = &many })
	l.clock.Advance(20 * time.Second)
	if n := l.size(); n != 10 {
		t.Errorf("%d replicas, the most are 10", n)
	}
}

func TestAutoscalerKeepsTheSizeThatItFindsForFiveMinutes(t *testing.T) {
	l, _ := scaled(t, 10, nil)
	three := int32(3)
	l.changeDeployment("web", func(d *appsv1.Deployment) { d.Spec.Replicas = &three })
	l.clock.Advance(4 * time.Minute)
	if n := l.size(); n != 3 {
		t.Errorf("%d replicas after four minutes", n)
	}
	l.clock.Advance(3 * time.Minute)
	if n := l.size(); n != 1 {
		t.Errorf("%d replicas after seven minutes", n)
	}
}

func TestAutoscalerFollowsItsBehavior(t *testing.T) {
	window := int32(0)
	l, m := scaled(t, 4000, func(h *autoscalingv2.HorizontalPodAutoscaler) {
		h.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{
			ScaleUp:   &autoscalingv2.HPAScalingRules{Policies: []autoscalingv2.HPAScalingPolicy{{Type: autoscalingv2.PodsScalingPolicy, Value: 1, PeriodSeconds: 60}}},
			ScaleDown: &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: &window},
		}
	})
	l.clock.Advance(110 * time.Second)
	if got, _ := l.scaler(autoscalingv2.ScalingLimited); l.size() != 3 || got != "True ScaleUpLimit" {
		t.Errorf("%d replicas at one a minute, %s", l.size(), got)
	}
	m.milli = 10
	l.clock.Advance(40 * time.Second)
	if n := l.size(); n != 1 {
		t.Errorf("%d replicas without a window", n)
	}
}

func TestAutoscalerWithoutItsTarget(t *testing.T) {
	l, _ := scaled(t, 400, func(h *autoscalingv2.HorizontalPodAutoscaler) { h.Spec.ScaleTargetRef.Name = "wbe" })
	l.clock.Advance(20 * time.Second)
	if got, message := l.scaler(autoscalingv2.AbleToScale); got != "False FailedGetScale" || !strings.HasSuffix(message, `deployments.apps "wbe" not found`) {
		t.Errorf("%s: %s", got, message)
	}
}

func TestAnAutoscalerThatNamesNoMetricAimsAtEightyPercent(t *testing.T) {
	l, _ := scaled(t, 400, func(h *autoscalingv2.HorizontalPodAutoscaler) { h.Spec.Metrics = nil })
	l.clock.Advance(3 * time.Minute)
	if got := l.size(); got != 3 {
		t.Errorf("400m of work at 80 %% of 200m each is given to %d pods, not 3", got)
	}
}
