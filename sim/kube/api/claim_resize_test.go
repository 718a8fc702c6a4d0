package api

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
)

func TestAClaimGrowsOnlyWhereItsClassAllowsIt(t *testing.T) {
	s := NewServer(clock.New(1, clockStart))
	s.Bootstrap()
	yes := true
	for name, grows := range map[string]*bool{"fixed": nil, "growing": &yes} {
		if _, err := s.StorageClasses.Create(&storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: "x.example.com", AllowVolumeExpansion: grows}); err != nil {
			t.Fatal(err)
		}
		claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
		claim.Spec.StorageClassName, claim.Spec.AccessModes = &name, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
		claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
		made, err := s.PersistentVolumeClaims.Create(claim)
		if err != nil {
			t.Fatal(err)
		}
		bound := made.DeepCopy()
		bound.Status.Phase = corev1.ClaimBound
		s.PersistentVolumeClaims.SetStatus(bound)
		larger := bound.DeepCopy()
		larger.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("2Gi")}
		larger.ResourceVersion = ""
		if _, err := s.PersistentVolumeClaims.Update(larger); (err == nil) != (name == "growing") {
			t.Errorf("class %s: %v", name, err)
		}
	}
}
