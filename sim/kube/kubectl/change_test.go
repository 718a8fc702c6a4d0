package kubectl_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// webManifest is a Deployment as people write it.
const webManifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27"}]
`

// newWebLab is a lab with a Deployment that was applied.
func newWebLab(t *testing.T) *lab {
	t.Helper()
	l := newLab(t)
	l.write("web.yaml", webManifest)
	l.says("apply -f web.yaml", "deployment.apps/web created\n")
	return l
}

func (l *lab) addNode(name string) {
	l.t.Helper()
	if _, err := l.server.Nodes.Create(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}); err != nil {
		l.t.Fatal(err)
	}
}

func TestSetChangesThePodTemplate(t *testing.T) {
	l := newWebLab(t)
	l.says("set image deploy/web nginx=nginx:1.28", "deployment.apps/web image updated\n")
	l.says("set image deploy/web nginx=nginx:1.28", "") // nothing to change
	l.says("set env deploy/web A=1 B=2", "deployment.apps/web env updated\n")
	l.says("set env deploy/web A-", "deployment.apps/web env updated\n")
	l.says("set env deploy/web --list", "# Deployment web, container nginx\nB=2\n")
	l.says("set resources deploy/web --limits=cpu=200m", "deployment.apps/web resource requirements updated\n")
	l.says("get deploy web -o jsonpath={..image},{..limits.cpu}", "nginx:1.28,200m")
	l.fails("set image", "one or more resources must be specified as <resource> <name> or <resource>/<name>\nat least one image update is required")
	l.fails("set image svc/kubernetes a=b", "error: services/kubernetes the object is not a pod or does not have a pod template: *v1.Service")
	l.fails("set image deploy/web nope=b", `error: unable to find container named "nope"`)
	l.fails("set resources deploy/web --limits=cpu=1 -c nope", "error: unable to find container named nope")
	l.fails("set resources deploy/web --limits=cpu=100m --requests=cpu=1", `error: failed to patch resources update to pod template Deployment.apps "web" is invalid: spec.template.spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 100m`)
}

func TestLabelsAreSetRemovedAndNotOverwritten(t *testing.T) {
	l := newWebLab(t)
	l.says("label deploy web a=1", "deployment.apps/web labeled\n")
	l.fails("label deploy web a=2", "'a' already has a value (1), and --overwrite is false")
	l.says("label deploy web a=2 --overwrite", "deployment.apps/web labeled\n")
	l.says("label deploy --all b=3", "deployment.apps/web labeled\n")
	l.says("label deploy web --list", "a=2\nb=3\n")
	l.says("label deploy web a-", "deployment.apps/web unlabeled\n")
	l.says("label deploy web a-", "label \"a\" not found.\ndeployment.apps/web not labeled\n")
	l.fails("label deploy web a=1 a-", "error: can not both modify and remove a label in the same command")
	l.fails("label a=1 deploy web", "error: all resources must be specified before label changes: deploy")
	l.fails("label", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>")
	l.fails("label deploy web", "error: at least one label update is required")
}

func TestTaintsAreCheckedBeforeTheyAreSet(t *testing.T) {
	l := newLab(t)
	l.addNode("node-1")
	l.says("taint node node-1 a=b:NoSchedule", "node/node-1 tainted\n")
	l.fails("taint node node-1 a=c:NoSchedule", "error: node node-1 already has a taint(s) with same effect(s) and --overwrite is false")
	l.says("taint node node-1 a=c:NoSchedule --overwrite", "node/node-1 tainted\n")
	l.says("taint node node-1 a:NoSchedule-", "node/node-1 untainted\n")
	l.fails("taint node node-1 a-", `error: taint "a" not found`)
	l.fails("taint node node-1 a=b:Foo", "error: invalid taint effect: Foo, unsupported taint effect")
	l.fails("taint node a=b:NoSchedule", "error: at least one resource name must be specified since 'all' parameter is not set")
	l.fails("taint pod p a=b:NoSchedule", "error: invalid resource type pod, only node(s) is supported")
	l.fails("taint", "error: one or more resources must be specified as <resource> <name>")
}

func TestScale(t *testing.T) {
	l := newWebLab(t)
	l.says("scale deploy web --replicas=5", "deployment.apps/web scaled\n")
	l.says("get deploy web --subresource=scale -o jsonpath={.kind},{.spec.replicas}", "Scale,5")
	l.fails("scale deploy web --replicas=1 --current-replicas=2", "error: Expected replicas to be 2, was 5")
	l.fails("scale sts --all --replicas=1", "error: no objects passed to scale")
	l.fails("scale svc kubernetes --replicas=1", "Error from server (NotFound): the server could not find the requested resource")
	l.fails("get svc kubernetes --subresource=scale", "Error from server (NotFound): the server could not find the requested resource")
}

func TestReplaceForceDeletesAllBeforeItMakesAny(t *testing.T) {
	l := newLab(t)
	l.write("two.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n")
	l.fails("replace -f two.yaml", `Error from server (NotFound): error when replacing "two.yaml": configmaps "b" not found`)
	l.says("create -f two.yaml", "configmap/a created\nconfigmap/b created\n")
	l.says("replace -f two.yaml", "configmap/a replaced\nconfigmap/b replaced\n")
	l.says("replace --force -f two.yaml", "configmap \"a\" deleted from default namespace\nconfigmap \"b\" deleted from default namespace\nconfigmap/a replaced\nconfigmap/b replaced\n")
}

func TestRunExposeReportsTheServiceFirst(t *testing.T) {
	l := newLab(t)
	l.fails("run p --image=nginx:1.27 --expose", "error: --port must be set when exposing a service\nSee 'kubectl run -h' for help and examples")
	l.says("run p --image=nginx:1.27 --expose --port=80", "service/p created\npod/p created\n")
	l.says("get svc p -o jsonpath={.spec.selector.run}:{.spec.ports[0].port}", "p:80")
	out, _ := l.run("run q --image=nginx:1.27 --dry-run=client -o yaml")
	if strings.Contains(out, "namespace:") {
		t.Errorf("a client's dry run knows no namespace:\n%s", out)
	}
}
