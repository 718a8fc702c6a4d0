package patch

import (
	"encoding/json"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func web() *appsv1.Deployment {
	one := int32(1)
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "web", Labels: map[string]string{"app": "web"}},
		Spec: appsv1.DeploymentSpec{Replicas: &one, Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "nginx", Image: "nginx:1.27"}, {Name: "side", Image: "busybox"}},
		}}},
	}
}

func patched(t *testing.T, kind Kind, data string) *appsv1.Deployment {
	t.Helper()
	obj, err := Apply(web(), &appsv1.Deployment{}, kind, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return obj.(*appsv1.Deployment)
}

func TestStrategicPatchMergesContainersByName(t *testing.T) {
	c := patched(t, Strategic, `{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.28"}]}}}}`).Spec.Template.Spec.Containers
	if len(c) != 2 || c[0].Image != "nginx:1.28" || c[1].Name != "side" {
		t.Errorf("containers %+v", c)
	}
}

func TestMergePatchReplacesLists(t *testing.T) {
	c := patched(t, Merge, `{"spec":{"template":{"spec":{"containers":[{"name":"only"}]}}}}`).Spec.Template.Spec.Containers
	if len(c) != 1 || c[0].Name != "only" {
		t.Errorf("containers %+v", c)
	}
}

func TestJSONPatchNamesPaths(t *testing.T) {
	if d := patched(t, JSON, `[{"op":"replace","path":"/spec/replicas","value":3}]`); *d.Spec.Replicas != 3 {
		t.Errorf("%d replicas", *d.Spec.Replicas)
	}
	if _, err := Apply(web(), &appsv1.Deployment{}, JSON, []byte(`[{"op":"remove","path":"/spec/nosuch"}]`)); err == nil {
		t.Error("a path that is not there was removed")
	}
}

func TestPatchesThatDoNotFitAreRefused(t *testing.T) {
	for data, want := range map[string]string{
		`{bad`:                          "invalid JSON patch",
		`{"metadata":{"name":"other"}}`: "the name of the object (other) does not match the name on the URL (web)",
		`{"spec":{"replicas":"two"}}`:   `patch: Invalid value: "map[spec:map[replicas:two]]": unrecognized type: int32`,
	} {
		if _, err := Apply(web(), &appsv1.Deployment{}, Strategic, []byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", data, err, want)
		}
	}
}

func TestThreeWayPatchRemovesOnlyWhatWasAppliedBefore(t *testing.T) {
	last := []byte(`{"metadata":{"name":"web","labels":{"app":"web","team":"a"}},"spec":{"replicas":2}}`)
	now := []byte(`{"metadata":{"name":"web","labels":{"app":"web"}},"spec":{}}`)
	live := web()
	live.Labels = map[string]string{"app": "web", "team": "a", "extra": "hand"}
	there, _ := json.Marshal(live)
	p, err := ThreeWay(last, now, there, &appsv1.Deployment{})
	if err != nil {
		t.Fatal(err)
	}
	obj, err := Apply(live, &appsv1.Deployment{}, Strategic, p)
	if err != nil {
		t.Fatal(err)
	}
	if d := obj.(*appsv1.Deployment); d.Labels["team"] != "" || d.Labels["extra"] != "hand" || d.Spec.Replicas != nil {
		t.Errorf("patch %s made labels %v, replicas %v", p, d.Labels, d.Spec.Replicas)
	}
}

func TestSecondApplyOfTheSameFileIsEmpty(t *testing.T) {
	manifest, _, err := Annotated([]byte(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"<1>"}}`))
	if err != nil {
		t.Fatal(err)
	}
	var live corev1.ConfigMap
	if err := json.Unmarshal(manifest, &live); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(live.Annotations[LastApplied], `"a":"<1>"`) {
		t.Errorf("annotation %s", live.Annotations[LastApplied])
	}
	there, _ := json.Marshal(&live)
	if p, err := ThreeWay([]byte(live.Annotations[LastApplied]), manifest, there, &corev1.ConfigMap{}); err != nil || !Empty(p) {
		t.Errorf("patch %s, %v", p, err)
	}
}

func FuzzApply(f *testing.F) {
	f.Add("strategic", `{"spec":{"replicas":2}}`)
	f.Add("json", `[{"op":"remove","path":"/spec"}]`)
	f.Fuzz(func(_ *testing.T, kind, data string) {
		_, _ = Apply(web(), &appsv1.Deployment{}, Kind(kind), []byte(data))
	})
}
