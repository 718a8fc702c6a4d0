package controllers

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// claimSet makes a StatefulSet of three pods with a claim each.
func (l *lab) claimSet(whenDeleted, whenScaled appsv1.PersistentVolumeClaimRetentionPolicyType) {
	l.t.Helper()
	n := int32(3)
	set := &appsv1.StatefulSet{ObjectMeta: metav1.ObjectMeta{Name: "db", Namespace: "default"}}
	set.Spec.Replicas, set.Spec.Selector, set.Spec.Template = &n, &metav1.LabelSelector{MatchLabels: map[string]string{"app": "db"}}, template("db", "redis:7.2")
	set.Spec.Template.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	claim := corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data"}}
	claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{claim}
	set.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{WhenDeleted: whenDeleted, WhenScaled: whenScaled}
	if _, err := l.s.StatefulSets.Create(set); err != nil {
		l.t.Fatal(err)
	}
	l.clock.Advance(time.Minute)
}

// owners are the claims with what they belong to.
func (l *lab) owners() string {
	var list []string
	for _, c := range l.s.PersistentVolumeClaims.Table.List("default") {
		text := c.Name
		for _, r := range c.OwnerReferences {
			text += " of " + r.Kind + " " + r.Name
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func TestClaimsBelongToNobodyByDefault(t *testing.T) {
	l := newLab(t)
	l.claimSet(appsv1.RetainPersistentVolumeClaimRetentionPolicyType, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	l.changeStatefulSet("db", func(s *appsv1.StatefulSet) { n := int32(1); s.Spec.Replicas = &n })
	l.clock.Advance(time.Minute)
	if got := l.owners(); got != "data-db-0, data-db-1, data-db-2" {
		t.Error(got)
	}
}

func TestClaimsGoWithTheirSetOrTheirPod(t *testing.T) {
	l := newLab(t)
	l.claimSet(appsv1.DeletePersistentVolumeClaimRetentionPolicyType, appsv1.DeletePersistentVolumeClaimRetentionPolicyType)
	if got, want := l.owners(), "data-db-0 of StatefulSet db, data-db-1 of StatefulSet db, data-db-2 of StatefulSet db"; got != want {
		t.Error(got)
	}
	l.changeStatefulSet("db", func(s *appsv1.StatefulSet) { n := int32(2); s.Spec.Replicas = &n })
	l.clock.Advance(time.Minute)
	if got, want := l.owners(), "data-db-0 of StatefulSet db, data-db-1 of StatefulSet db, data-db-2 of Pod db-2"; got != want {
		t.Error(got)
	}
}
