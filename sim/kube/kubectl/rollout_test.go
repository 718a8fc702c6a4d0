package kubectl_test

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"drydock/sim/kube/controllers"
)

// newRolloutLab is a lab with the workload controllers and a DaemonSet in two
// revisions.
func newRolloutLab(t *testing.T) *lab {
	t.Helper()
	l := newLab(t)
	controllers.New(l.server)
	l.write("agent.yaml", `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      containers: [{name: a, image: "nginx:1.27", command: [sleep, "60"]}]
`)
	l.says("create -f agent.yaml", "daemonset.apps/agent created\n")
	l.clock.Advance(time.Second)
	l.says("set image ds/agent a=nginx:1.28", "daemonset.apps/agent image updated\n")
	l.clock.Advance(time.Second)
	return l
}

func TestRolloutHistoryOfADaemonSet(t *testing.T) {
	l := newRolloutLab(t)
	l.says("rollout history ds/agent", "daemonset.apps/agent \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n")
	l.says("rollout history ds/agent --revision=1", "daemonset.apps/agent with revision #1\nPod Template:\n  Labels:\tapp=agent\n  Containers:\n   a:\n    Image:\tnginx:1.27\n"+
		"    Port:\t<none>\n    Host Port:\t<none>\n    Command:\n      sleep\n      60\n    Environment:\t<none>\n    Mounts:\t<none>\n  Volumes:\t<none>\n  Node-Selectors:\t<none>\n  Tolerations:\t<none>\n\n")
	l.fails("rollout history ds/agent --revision=9", "error: unable to find the specified revision")
}

func TestRolloutUndoOfADaemonSet(t *testing.T) {
	l := newRolloutLab(t)
	l.fails("rollout undo ds/agent --to-revision=9", "error: unable to find specified revision 9 in history")
	l.says("rollout undo ds/agent", "daemonset.apps/agent rolled back\n")
	l.clock.Advance(time.Second)
	l.says("get ds agent -o jsonpath={..image}", "nginx:1.27")
	l.says("rollout undo ds/agent --to-revision=3", "daemonset.apps/agent skipped rollback (current template already matches revision 3)\n")
}

func TestRolloutOfWhatIsNotRolledOut(t *testing.T) {
	l := newLab(t)
	l.says("create cm c", "configmap/c created\n")
	l.fails("rollout status cm/c", "error: no status viewer has been implemented for ConfigMap")
	l.fails("rollout history cm/c", `error: no history viewer has been implemented for "ConfigMap"`)
	l.fails("rollout undo cm/c", `error: no rollbacker has been implemented for "ConfigMap"`)
	l.fails("rollout restart cm/c", `error: configmaps "c" restarting is not supported`)
	l.fails("rollout pause cm/c", `error: configmaps "c" is not supported by rollout pause and resume`)
}

func TestPausedDeploymentsAreNeitherRestartedNorRolledBack(t *testing.T) {
	l := newWebLab(t)
	l.says("rollout pause deploy/web", "deployment.apps/web paused\n")
	l.fails("rollout pause deploy/web", `error: deployments.apps "web" is already paused`)
	l.fails("rollout restart deploy/web", `error: deployments.apps "web" can't restart paused deployment (run rollout resume first)`)
	l.says("rollout resume deploy/web", "deployment.apps/web resumed\n")
	l.says("rollout restart deploy/web", "deployment.apps/web restarted\n")
	d, _ := l.server.Deployments.Table.Get("default", "web")
	if at := d.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"]; at != "2026-11-23T08:00:00Z" {
		t.Errorf("restarted at %q", at)
	}
	l.fails("rollout undo deploy/web", `error: no rollout history found for deployment "web"`)
	if d.Spec.Paused || d.Spec.Strategy.Type != appsv1.RollingUpdateDeploymentStrategyType {
		t.Errorf("the Deployment is paused: %v, strategy %q", d.Spec.Paused, d.Spec.Strategy.Type)
	}
}
