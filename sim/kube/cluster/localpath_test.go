package cluster

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
)

func TestLocalPathMakesAVolumeWhenAPodHasANodeAndTakesItAwayWithTheClaim(t *testing.T) {
	c := clock.New(1, time.Date(2026, 11, 23, 2, 43, 16, 0, time.UTC))
	s := api.NewServer(c)
	s.Bootstrap()
	if err := New(s, s.Component("kube-controller-manager")).InstallLocalPath(s); err != nil {
		t.Fatal(err)
	}
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data", Namespace: "default"}}
	claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	if _, err := s.PersistentVolumeClaims.Create(claim); err != nil {
		t.Fatal(err)
	}
	c.Advance(time.Minute)
	if n := s.PersistentVolumes.Table.Len(); n != 0 {
		t.Fatalf("%d volumes before anybody uses the claim", n)
	}
	waiting, _ := s.PersistentVolumeClaims.Get("default", "data")
	chosen := waiting.DeepCopy()
	chosen.Annotations = map[string]string{selectedNode: "node-2"}
	if _, err := s.PersistentVolumeClaims.Update(chosen); err != nil {
		t.Fatal(err)
	}
	c.Advance(10 * time.Second)
	list := s.PersistentVolumes.List("")
	if len(list) != 1 || list[0].Status.Phase != corev1.VolumeBound || list[0].Spec.NodeAffinity.Required.NodeSelectorTerms[0].MatchExpressions[0].Values[0] != "node-2" {
		t.Fatalf("%+v", list)
	}
	bound, _ := s.PersistentVolumeClaims.Get("default", "data")
	if len(bound.Status.Conditions) != 1 || bound.Status.Conditions[0].Reason != "NoPodsUsingPVC" {
		t.Errorf("%+v", bound.Status)
	}
	if _, err := s.PersistentVolumeClaims.Delete("default", "data", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	c.Advance(10 * time.Second)
	if n := s.PersistentVolumes.Table.Len() + s.PersistentVolumeClaims.Table.Len(); n != 0 {
		t.Errorf("%d volumes and claims are left", n)
	}
}
