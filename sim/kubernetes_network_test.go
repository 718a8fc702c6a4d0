package sim_test

import (
	"strings"
	"testing"
	"time"

	"drydock/sim"
)

// networkOf opens a world with a laptop and a cluster of two nodes where the
// Deployment web runs behind a Service.
func networkOf(t testing.TB, addons ...string) *sim.Session {
	t.Helper()
	s, err := sim.Open(sim.Scenario{Spec: sim.Spec{
		Machines:   []sim.MachineSpec{{Name: "laptop"}},
		Kubernetes: &sim.KubernetesSpec{Nodes: sim.NodeList{Names: []string{"node-1", "node-2"}}, Addons: addons},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	mustRun(t, s, "laptop", "kubectl create deployment web --image=nginx:1.27 --replicas=2")
	mustRun(t, s, "laptop", "kubectl expose deployment web --port=80 --type=NodePort")
	mustRun(t, s, "laptop", "kubectl run client --image=nginx:1.27")
	s.Advance(20 * time.Second)
	return s
}

// says runs a line on the laptop and expects words of what it prints.
func says(t testing.TB, s *sim.Session, line string, words ...string) {
	t.Helper()
	out := s.Exec("laptop", line).Output
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("%s prints\n%snot %q", line, out, w)
		}
	}
}

// nodePort is the port of the service web on every node.
const nodePort = "$(kubectl get svc web -o jsonpath='{.spec.ports[0].nodePort}')"

func TestAServiceAnswersByNameAndByNodePort(t *testing.T) {
	s := networkOf(t)
	says(t, s, "kubectl exec client -- curl -s http://web", "Welcome to nginx!")
	says(t, s, "kubectl exec client -- curl -s http://web.default.svc.cluster.local", "Welcome to nginx!")
	says(t, s, "kubectl exec client -- curl http://wbe", "curl: (6) Could not resolve host: wbe")
	says(t, s, "kubectl exec client -- cat /etc/resolv.conf", "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n")
	says(t, s, "curl -s node-2:"+nodePort, "Welcome to nginx!")
	says(t, s, "curl -s -S -m 5 $(kubectl get svc web -o jsonpath='{.spec.clusterIP}')", "curl: (28) Connection timed out after 5000 milliseconds")
	mustRun(t, s, "laptop", "kubectl delete pod -l app=web")
	s.Advance(20 * time.Second)
	says(t, s, "kubectl exec client -- curl -s http://web", "Welcome to nginx!")
	mustRun(t, s, "laptop", "kubectl scale deployment web --replicas=0")
	s.Advance(20 * time.Second)
	says(t, s, "curl -s -S node-1:"+nodePort, "curl: (7) Failed to connect to node-1 port", "Couldn't connect to server")
}

func TestAWrongSelectorLeavesAServiceWithNobodyBehindIt(t *testing.T) {
	s := networkOf(t)
	mustRun(t, s, "laptop", `kubectl patch svc web -p '{"spec":{"selector":{"app":"wbe"}}}'`)
	s.Advance(2 * time.Second)
	says(t, s, "kubectl exec client -- curl -s -S http://web", "curl: (7) Failed to connect to web port 80 after 0 ms")
	mustRun(t, s, "laptop", `kubectl patch svc web -p '{"spec":{"selector":{"app":"web"}}}'`)
	s.Advance(2 * time.Second)
	says(t, s, "kubectl exec client -- curl -s http://web", "Welcome to nginx!")
}

func TestADenyPolicyMakesClientsWait(t *testing.T) {
	s := networkOf(t)
	s.Exec("laptop", "printf 'apiVersion: networking.k8s.io/v1\\nkind: NetworkPolicy\\nmetadata: {name: deny}\\nspec: {podSelector: {}, policyTypes: [Ingress]}\\n' >deny.yaml")
	mustRun(t, s, "laptop", "kubectl apply -f deny.yaml")
	says(t, s, "kubectl exec client -- curl -s -S -m 3 http://web", "curl: (28) Connection timed out after 3000 milliseconds")
	mustRun(t, s, "laptop", "kubectl delete -f deny.yaml")
	says(t, s, "kubectl exec client -- curl -s http://web", "Welcome to nginx!")
}

func TestWithoutCoreDNSNamesDoNotResolve(t *testing.T) {
	s := networkOf(t)
	if err := s.Fault("component stop coredns", false); err != nil {
		t.Fatal(err)
	}
	says(t, s, "kubectl run probe --image=busybox:1.36 --restart=Never -- nslookup web")
	s.Advance(30 * time.Second)
	says(t, s, "kubectl logs probe", ";; connection timed out; no servers could be reached")
	says(t, s, "kubectl exec client -- curl -s -S -m 3 http://web", "curl: (28) Resolving timed out after 3000 milliseconds")
	if err := s.Fault("component start coredns", false); err != nil {
		t.Fatal(err)
	}
	mustRun(t, s, "laptop", "kubectl run again --image=busybox:1.36 --restart=Never -- nslookup web")
	s.Advance(30 * time.Second)
	says(t, s, "kubectl logs again", "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n", "Name:\tweb.default.svc.cluster.local\nAddress: 10.", "** server can't find web.svc.cluster.local: NXDOMAIN")
}

func TestAnIngressIsReachedThroughItsLoadBalancer(t *testing.T) {
	s := networkOf(t, "ingress-nginx", "metallb")
	mustRun(t, s, "laptop", `kubectl create ingress shop --class=nginx --rule="shop.example.com/*=web:80"`)
	s.Advance(30 * time.Second)
	says(t, s, "kubectl get ingress", "shop   nginx   shop.example.com   192.168.56.240   80")
	says(t, s, "curl -s -H 'Host: shop.example.com' http://192.168.56.240/", "Welcome to nginx!")
	says(t, s, "curl -s http://192.168.56.240/", "404 Not Found")
	says(t, s, "curl -s -S https://192.168.56.240/", "curl: (60) SSL certificate problem: self-signed certificate")
	mustRun(t, s, "laptop", "kubectl delete deployment web")
	s.Advance(10 * time.Second)
	says(t, s, "curl -s -H 'Host: shop.example.com' http://192.168.56.240/", "503 Service Temporarily Unavailable")
}

func TestAnUnknownAddonIsAnErrorOfTheSpec(t *testing.T) {
	_, err := sim.ParseSpec("world", []byte("machines: [laptop]\nkubernetes: {nodes: [node-1], addons: [istio]}\n"))
	if err == nil || !strings.Contains(err.Error(), `there is no addon "istio"`) {
		t.Errorf("the error is %v", err)
	}
}
