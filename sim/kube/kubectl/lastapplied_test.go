package kubectl_test

import (
	"strings"
	"testing"
)

const webFile = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n" +
	"  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: nginx, image: \"nginx:1.27\"}]}\n"

func TestLastAppliedCanBeSetAndSeen(t *testing.T) {
	l := newLab(t)
	l.write("web.yaml", webFile)
	l.says("create -f web.yaml", "deployment.apps/web created\n")
	if out, status := l.run("apply set-last-applied -f web.yaml"); status != 1 || !strings.HasSuffix(out, "found on resource: web, to create the annotation, run the command with --create-annotation\n") {
		t.Errorf("%d: %s", status, out)
	}
	l.says("apply set-last-applied -f web.yaml --create-annotation", "deployment.apps/web configured\n")
	l.says("apply set-last-applied -f web.yaml", "set-last-applied web: no changes required.\n")
	l.says("apply -f web.yaml", "deployment.apps/web unchanged\n")
	if out, _ := l.run("apply view-last-applied deployment web"); !strings.Contains(out, "- image: nginx:1.27\n") {
		t.Error(out)
	}
	if out, _ := l.run("apply view-last-applied -f web.yaml -o json"); !strings.Contains(out, "\"replicas\": 2,\n") {
		t.Error(out)
	}
}

func TestServerSideApplyMeetsOtherManagers(t *testing.T) {
	l := newLab(t)
	l.write("web.yaml", webFile)
	l.says("apply --server-side -f web.yaml", "deployment.apps/web serverside-applied\n")
	l.says("scale deployment web --replicas=4", "deployment.apps/web scaled\n")
	out, status := l.run("apply --server-side -f web.yaml")
	if status != 1 || !strings.HasPrefix(out, `error: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas`+"\nPlease review the fields above") {
		t.Errorf("%d: %s", status, out)
	}
	l.says("get deployment web -o jsonpath={.spec.replicas}", "4")
	l.says("apply --server-side --force-conflicts -f web.yaml", "deployment.apps/web serverside-applied\n")
	l.says("get deployment web -o jsonpath={.spec.replicas}", "2")
	if out, _ := l.run("apply --force-conflicts -f web.yaml"); out != "error: --force-conflicts only works with --server-side\n" {
		t.Error(out)
	}
}

func TestServerSideApplyTakesOverFromClientSideApply(t *testing.T) {
	l := newLab(t)
	l.write("web.yaml", webFile)
	l.says("apply -f web.yaml", "deployment.apps/web created\n")
	l.write("web.yaml", strings.Replace(webFile, "1.27", "1.28", 1))
	l.says("apply --server-side -f web.yaml --dry-run=server", "deployment.apps/web serverside-applied (server dry run)\n")
	l.says("apply --server-side -f web.yaml", "deployment.apps/web serverside-applied\n")
	l.write("web.yaml", strings.Replace(webFile, "1.27", "1.29", 1))
	if out, _ := l.run("apply --server-side --field-manager=other -f web.yaml"); !strings.HasPrefix(out, `error: Apply failed with 1 conflict: conflict with "kubectl": .spec.template.spec.containers[name="nginx"].image`) {
		t.Error(out)
	}
}
