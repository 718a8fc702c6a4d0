package api

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
)

// BenchmarkPods makes 10,000 pods of one template, as a ReplicaSet does.
func BenchmarkPods(b *testing.B) {
	for b.Loop() {
		s := NewServer(clock.New(1, clockStart))
		s.Bootstrap()
		template := corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "nginx:1.27"}}}
		defaultPodSpec(&template)
		for range 10000 {
			if _, err := s.Pods.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", GenerateName: "web-69c6f74b8b-", Labels: map[string]string{"app": "web"}}, Spec: template}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
