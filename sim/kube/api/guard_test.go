package api

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
)

// guardedServer is a server with its default roles, and jane, who may read pods in
// the namespace default.
func guardedServer(t *testing.T) *Server {
	t.Helper()
	s := NewServer(clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)))
	s.Bootstrap()
	meta := metav1.ObjectMeta{Name: "pod-reader", Namespace: "default"}
	if _, err := s.Roles.Create(&rbacv1.Role{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{Verbs: []string{"get", "list"}, APIGroups: []string{""}, Resources: []string{"pods"}}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RoleBindings.Create(&rbacv1.RoleBinding{
		ObjectMeta: meta, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "pod-reader"},
		Subjects: []rbacv1.Subject{{Kind: "User", APIGroup: rbacv1.GroupName, Name: "jane"}},
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAGuardRefusesWhatRBACDoesNotAllow(t *testing.T) {
	s := guardedServer(t)
	pods := s.Guard(s.Pods, User{Name: "jane"}, "patch", nil)
	if err := pods.May("list", "", "default", ""); err != nil {
		t.Errorf("jane may list pods: %v", err)
	}
	_, err := pods.DeleteObject("default", "x", DeleteOptions{})
	want := `pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	_, err = s.Guard(s.ConfigMaps, User{Name: "jane"}, "patch", nil).CreateObject(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "c", Namespace: "default"}})
	if err == nil || !strings.HasPrefix(err.Error(), `configmaps is forbidden: User "jane" cannot create`) {
		t.Errorf("creating: got %v", err)
	}
	if _, made := s.ConfigMaps.Get("default", "c"); made {
		t.Error("the refused object was made")
	}
}

func TestNobodyGrantsWhatTheyDoNotHold(t *testing.T) {
	s := guardedServer(t)
	admin := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"}
	if _, err := s.RoleBindings.Create(&rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "jane-admin", Namespace: "default"}, RoleRef: admin,
		Subjects: []rbacv1.Subject{{Kind: "User", APIGroup: rbacv1.GroupName, Name: "jane"}},
	}); err != nil {
		t.Fatal(err)
	}
	roles := s.Guard(s.Roles, User{Name: "jane"}, "patch", nil)
	role := func(name, resource string) *rbacv1.Role {
		return &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}, Rules: []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{""}, Resources: []string{resource}}}}
	}
	if _, err := roles.CreateObject(role("fine", "secrets")); err != nil {
		t.Errorf("what she holds: %v", err)
	}
	_, err := roles.CreateObject(role("more", "nodes"))
	want := "is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestAUserIsWhatTheCertificateSays(t *testing.T) {
	s := guardedServer(t)
	certificate, _, err := s.Certify(User{Name: "jane", Groups: []string{"dev", "ops"}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.Authenticate(Credential{Certificate: certificate})
	if err != nil || u.Name != "jane" || strings.Join(u.AllGroups(), " ") != "dev ops system:authenticated" {
		t.Errorf("got %v %v", u, err)
	}
	s.Clock.Advance(366 * 24 * time.Hour)
	if u, err := s.Authenticate(Credential{Certificate: certificate}); err == nil {
		t.Errorf("an expired certificate makes %v", u)
	}
	if u, _ := s.Authenticate(Credential{}); strings.Join(u.AllGroups(), " ") != "system:unauthenticated" {
		t.Errorf("without a credential: %v", u.AllGroups())
	}
}

func TestATokenEndsWithItsTimeAndItsAccount(t *testing.T) {
	s := guardedServer(t)
	account, err := s.ServiceAccounts.Create(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "bot", Namespace: "default"}})
	if err != nil {
		t.Fatal(err)
	}
	short, long := s.Token(account, nil, time.Hour), s.Token(account, nil, 48*time.Hour)
	if u, err := s.Authenticate(Credential{Token: short}); err != nil || u.Name != "system:serviceaccount:default:bot" {
		t.Errorf("got %v %v", u, err)
	}
	if _, err := s.Authenticate(Credential{Token: short[:len(short)-4] + "AAAA"}); err == nil {
		t.Error("a forged signature passes")
	}
	s.Clock.Advance(2 * time.Hour)
	if _, err := s.Authenticate(Credential{Token: short}); err == nil {
		t.Error("a token passes after its time")
	}
	if _, err := s.Authenticate(Credential{Token: long}); err != nil {
		t.Errorf("the other token: %v", err)
	}
	if _, err := s.ServiceAccounts.Delete("default", "bot", DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(Credential{Token: long}); err == nil {
		t.Error("a token passes after its account has gone")
	}
}

func FuzzAuthenticate(f *testing.F) {
	f.Add("", "a.b.c")
	f.Add("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "")
	s := NewServer(clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)))
	f.Fuzz(func(t *testing.T, certificate, token string) {
		if u, err := s.Authenticate(Credential{Certificate: []byte(certificate), Token: token}); err == nil && u.Name != "system:anonymous" {
			t.Errorf("%q and %q make %v", certificate, token, u)
		}
	})
}
