package controllers

import (
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	appsv1 "k8s.io/api/apps/v1"
)

// load is a use of CPU that is shared by all pods.
type load struct {
	l     *lab
	milli int64
}

func (m *load) Measured(*corev1.Pod) (cpu, memory int64, at time.Time, known bool) {
	return m.milli / int64(m.l.s.Pods.Table.Len()), 8 << 20, m.l.clock.Now(), true
}

func TestAutoscalerGrowsAtOnceAndShrinksAfterFiveMinutes(t *testing.T) {
	l := newLab(t)
	m := &load{l, 400}
	l.c.UseMetrics(m)
	l.deploy("web", "nginx:1.27", 1)
	l.changeDeployment("web", func(d *appsv1.Deployment) {
		d.Spec.Template.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m")}
	})
	h := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "default"}}
	target := int32(50)
	h.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}
	h.Spec.MaxReplicas = 10
	h.Spec.Metrics = []autoscalingv2.MetricSpec{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
		Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &target},
	}}}
	if _, err := l.s.HorizontalPodAutoscalers.Create(h); err != nil {
		t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
	if n := *l.deployment("web").Spec.Replicas; n != 4 {
		t.Errorf("%d replicas under load", n)
	}
	m.milli = 50
	l.clock.Advance(4 * time.Minute)
	if n := *l.deployment("web").Spec.Replicas; n != 4 {
		t.Errorf("%d replicas too early", n)
	}
	l.clock.Advance(3 * time.Minute)
	if n := *l.deployment("web").Spec.Replicas; n != 1 {
		t.Errorf("%d replicas at last", n)
	}
}
