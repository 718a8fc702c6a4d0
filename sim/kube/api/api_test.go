package api

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// clockStart is when the clusters of these tests begin.
var clockStart = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newTestServer is a cluster's API server after its first start.
func newTestServer(t *testing.T) *Server {
	t.Helper()
	s := NewServer(clock.New(1, clockStart))
	s.Bootstrap()
	return s
}

// apply creates the object of a manifest in a namespace.
func apply(t *testing.T, s *Server, ns, manifest string) (store.Object, error) {
	t.Helper()
	obj, _, err := s.Decode([]byte(manifest), true)
	if err != nil {
		return nil, err
	}
	c := s.Of(obj.GetObjectKind().GroupVersionKind().GroupVersion().String(), obj.GetObjectKind().GroupVersionKind().Kind)
	if c.Type().Namespaced {
		obj.SetNamespace(ns)
	}
	return c.CreateObject(obj)
}

func mustApply(t *testing.T, s *Server, ns, manifest string) store.Object {
	t.Helper()
	obj, err := apply(t, s, ns, manifest)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return obj
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

const plainPod = `{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: c, image: "nginx:1.27", ports: [{containerPort: 80}]}]}}`

func TestAPodGetsWhatAdmissionGivesIt(t *testing.T) {
	s := newTestServer(t)
	pod, _ := mustApply(t, s, "default", plainPod).(*corev1.Pod)
	text, err := yaml.Marshal(pod.Spec)
	if err != nil {
		t.Fatal(err)
	}
	volume := pod.Spec.Volumes[0].Name
	got := strings.ReplaceAll(string(text), volume, "kube-api-access-55c26")
	for _, line := range []string{
		"  imagePullPolicy: IfNotPresent", "    protocol: TCP", "  - mountPath: /var/run/secrets/kubernetes.io/serviceaccount",
		"enableServiceLinks: true", "priority: 0", "serviceAccountName: default", "  tolerationSeconds: 300", "        expirationSeconds: 3607",
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("the pod's spec has no line %q:\n%s", line, got)
		}
	}
	if pod.Status.Phase != corev1.PodPending || pod.Status.QOSClass != corev1.PodQOSBestEffort {
		t.Errorf("status %+v", pod.Status)
	}
}

func TestADeletedPodOnANodeWaitsForItsKubelet(t *testing.T) {
	s := newTestServer(t)
	mustApply(t, s, "default", plainPod)
	pod, _ := s.Pods.Get("default", "web")
	bound := store.Copy(pod)
	bound.Spec.NodeName = "node-1"
	if _, err := s.Pods.Update(bound); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pods.Delete("default", "web", DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	pod, found := s.Pods.Get("default", "web")
	if !found || pod.DeletionTimestamp == nil || pod.DeletionTimestamp.Sub(s.Clock.Now()) != 30*time.Second {
		t.Fatalf("found %v, deletion %v", found, pod.DeletionTimestamp)
	}
	if _, err := s.Pods.Delete("default", "web", DeleteOptions{GraceSeconds: new(int64)}); err != nil {
		t.Fatal(err)
	}
	if _, found := s.Pods.Get("default", "web"); found {
		t.Error("a forced deletion left the pod")
	}
}

func TestAPodOnNoNodeGoesAtOnce(t *testing.T) {
	s := newTestServer(t)
	mustApply(t, s, "default", plainPod)
	if _, err := s.Pods.Delete("default", "web", DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, found := s.Pods.Get("default", "web"); found {
		t.Error("the pod is still there")
	}
}

func TestAFieldThatDoesNotExist(t *testing.T) {
	s := newTestServer(t)
	text := strings.Replace(plainPod, "containers", "contaners", 1)
	_, _, err := s.Decode([]byte(text), true)
	wantError(t, err, `Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners"`)
	if _, warnings, err := s.Decode([]byte(text), false); err != nil || len(warnings) != 1 {
		t.Errorf("without strict: %v %v", warnings, err)
	}
}

func TestAKindThatDoesNotExist(t *testing.T) {
	_, _, err := newTestServer(t).Decode([]byte("{apiVersion: apps/v1, kind: Deploymnt}"), true)
	wantError(t, err, `no matches for kind "Deploymnt" in version "apps/v1"`)
}

func TestWhatAUserMayDoFollowsFromRoles(t *testing.T) {
	s := newTestServer(t)
	jane := User{Name: "jane"}
	wantError(t, s.Authorize(jane, "list", "", "pods", "", "default", ""),
		`pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"`)
	wantError(t, s.Authorize(jane, "list", "", "nodes", "", "", ""),
		`nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope`)
	mustApply(t, s, "default", `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]}`)
	mustApply(t, s, "default", `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: jane}, roleRef: {kind: Role, name: reader}, subjects: [{kind: User, name: jane}]}`)
	if err := s.Authorize(jane, "list", "", "pods", "", "default", ""); err != nil {
		t.Error(err)
	}
	wantError(t, s.Authorize(jane, "delete", "", "pods", "", "default", "x"),
		`pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"`)
}

func TestAServiceAccountThatMayView(t *testing.T) {
	s := newTestServer(t)
	bot := User{Name: "system:serviceaccount:default:bot"}
	if _, err := s.ClusterRoleBindings.Create(&rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "bot-view"}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "view"},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "bot", Namespace: "default"}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Authorize(bot, "list", "", "pods", "", "kube-system", ""); err != nil {
		t.Error(err)
	}
	if s.Authorize(bot, "get", "", "secrets", "", "default", "") == nil {
		t.Error("view shows secrets")
	}
}
