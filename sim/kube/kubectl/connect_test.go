package kubectl_test

import (
	"strings"
	"testing"

	"drydock/sim/machine"
)

// The kinds of a server that answered once are cached: its later absence shows as one
// line, a server never seen as five attempts before it.
func TestAServerThatIsDown(t *testing.T) {
	l := newLab(t)
	l.listen(false)
	const refused = "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?"
	if out, _ := l.run("get pods"); strings.Count(out, "memcache.go:381] \"Couldn't get current server API group list\" err=\"Get \\\"https://127.0.0.1:6443/api?timeout=32s\\\"") != 5 {
		t.Errorf("a server that never answered:\n%s", out)
	}
	l.listen(true)
	l.says("get pods", "No resources found in default namespace.\n")
	l.listen(false)
	if out, status := l.run("get pods"); out != refused+"\n" || status != 1 {
		t.Errorf("a server that answered before: exit %d\n%s", status, out)
	}
	l.fails("version", "Client Version: v1.37.2\nKustomize Version: v5.8.1\n"+refused)
	l.fails("create deployment web --image=nginx", "error: failed to create deployment: Post \"https://127.0.0.1:6443/apis/apps/v1/namespaces/default/deployments?fieldManager=kubectl-create&fieldValidation=Strict\": dial tcp 127.0.0.1:6443: connect: connection refused")
	if out, status := l.run("create deployment web --image=nginx --dry-run=client"); status != 0 || out != "deployment.apps/web created (dry run)\n" {
		t.Errorf("a dry run of the client: exit %d\n%s", status, out)
	}
}

func TestWhyNoServerIsReached(t *testing.T) {
	l := newLab(t)
	l.fails("get pods --kubeconfig=nosuch.conf", "error: stat nosuch.conf: no such file or directory")
	l.fails("get pods --context=prod", "Error in configuration: context was not found for specified context: prod")
	l.fails("get pods --cluster=prod", "error: cluster \"prod\" does not exist")
	l.fails("get pods --user=nobody", "error: auth info \"nobody\" does not exist")
	l.fails("get pods --server=https://nosuchhost.example:6443", "dial tcp: lookup nosuchhost.example on "+l.laptop.Site.LAN.Gateway.String()+":53: no such host")
	l.fails("get pods", "The connection to the server localhost:8080 was refused - did you specify the right host or port?", "KUBECONFIG=/nonexistent")
	l.fails("get pods --server=http://127.0.0.1:6443", "Error from server (BadRequest): Unable to list \"/v1, Resource=pods\": the server rejected our request for an unknown reason (get pods)")
	l.says("config set-cluster kubernetes --certificate-authority=ca.crt", "Cluster \"kubernetes\" set.\n")
	l.says("config unset clusters.kubernetes.certificate-authority", "Property \"clusters.kubernetes.certificate-authority\" unset.\n")
	l.fails("get pods", "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority")
	l.says("get pods --insecure-skip-tls-verify", "No resources found in default namespace.\n")
}

func TestComponentStatusesAndHealth(t *testing.T) {
	l := newLab(t)
	l.backend.Running = func(program string) bool { return program != "kube-scheduler" }
	l.laptop.Site.Programs = func(string) machine.Main { return mainOf(l) }
	out, _ := l.run("get componentstatuses")
	if !strings.HasPrefix(out, "Warning: v1 ComponentStatus is deprecated in v1.19+\nNAME") || strings.Count(out, "Warning") != 1 ||
		!strings.Contains(out, "scheduler            Unhealthy   Get \"https://127.0.0.1:10259/healthz\"") {
		t.Errorf("get componentstatuses:\n%s", out)
	}
	l.says("get --raw /livez", "ok")
	if out, _ := l.run("get --raw /readyz?verbose"); !strings.HasSuffix(out, "[+]shutdown ok\nreadyz check passed\n") {
		t.Errorf("readyz:\n%s", out)
	}
	l.fails("get --raw /api/v1/namespaces/default/pods/nosuch", "Error from server (NotFound): pods \"nosuch\" not found")
	l.fails("get --raw /apis/metrics.k8s.io/v1beta1/nodes", "Error from server (NotFound): the server could not find the requested resource")
}
