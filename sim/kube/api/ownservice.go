package api

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// ownServicePeriod is how often the API server looks after the Service of its own
// (pkg/controlplane/controller/kubernetesservice, v1.37).
const ownServicePeriod = 10 * time.Second

// ownService is the Service by which pods reach the API.
func ownService() *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "kubernetes", Namespace: "default", Labels: map[string]string{"component": "apiserver", "provider": "kubernetes"}},
		Spec: corev1.ServiceSpec{
			ClusterIP: "10.96.0.1",
			Ports:     []corev1.ServicePort{{Name: "https", Port: 443, TargetPort: intstr.FromInt32(6443)}},
		},
	}
}

// keepOwnService makes the Service kubernetes, and makes it again when somebody has
// deleted it, as `kubectl delete all --all` does.
func (s *Server) keepOwnService() {
	mustBeNew(s.Services.Create(ownService()))
	own := ownService()
	s.Services.Watch(func(c store.Change[*corev1.Service]) {
		if c.Type == store.Deleted && store.KeyOf(c.Old) == store.KeyOf(own) {
			passed := s.Clock.Elapsed() % ownServicePeriod
			s.Clock.After(ownServicePeriod-passed, s.remakeOwnService)
		}
	})
}

// remakeOwnService waits for an API server that works.
func (s *Server) remakeOwnService() {
	if s.Ready != nil && !s.Ready() {
		s.Clock.AfterWeighted(ownServicePeriod, clock.Upkeep, s.remakeOwnService)
		return
	}
	mustBeNew(s.Services.Create(ownService()))
}
