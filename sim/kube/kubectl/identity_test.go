package kubectl_test

import (
	"testing"

	"drydock/sim/kube/api"
	"drydock/sim/kube/kubectl"
)

func TestWhatAUserMayNotDoIsForbidden(t *testing.T) {
	l := newLab(t)
	text, err := kubectl.Kubeconfig(l.server, serverURL, api.User{Name: "jane"})
	if err != nil {
		t.Fatal(err)
	}
	l.write("jane.conf", string(text))
	const denied = `pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"`
	l.fails("get pods --as=jane", denied)
	l.fails("get pods --kubeconfig "+home+"/jane.conf", denied)
	l.says("create role pod-reader --verb=get,list,watch --resource=pods", "role.rbac.authorization.k8s.io/pod-reader created\n")
	l.says("create rolebinding jane-reads --role=pod-reader --user=jane", "rolebinding.rbac.authorization.k8s.io/jane-reads created\n")
	l.says("get pods --kubeconfig "+home+"/jane.conf", "No resources found in default namespace.\n")
	l.fails("delete pod x --as=jane", `pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"`)
	l.fails("get pods --token=nonsense", "You must be logged in to the server (Unauthorized)")
}
