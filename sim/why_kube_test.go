package sim_test

import (
	"strings"
	"testing"
	"time"

	"drydock/sim"
)

const threeNodes = "machines: [laptop]\nimages: [nginx:alpine, busybox:latest]\nkubernetes: {nodes: [node-1, node-2, node-3]}\n"

// explained is the answer of why as one text.
func explained(t *testing.T, s *sim.Session, object string) string {
	t.Helper()
	var lines []string
	for _, c := range s.World().Why(object) {
		lines = append(lines, c.Text, "  see: "+c.See)
	}
	return strings.Join(lines, "\n")
}

func wantsInOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("%q is not in its place in\n%s", w, text)
		}
		rest = after
	}
}

func TestWhyLeadsFromAPodToTheCommand(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl create deployment web --image nginx:alpine", "kubectl rollout status deployment web")
	pod := s.World().State().Kube.Pods[0]
	wantsInOrder(t, explained(t, s, "pod/"+pod.Name), "Container started", "Successfully assigned default/"+pod.Name, "Pod "+pod.Name+" was created", "ReplicaSet web-",
		"Deployment web was created", "laptop$ kubectl create deployment web")
	wantsInOrder(t, explained(t, s, "web"), "Scaled up replica set", "laptop$ kubectl create deployment web")
}

func TestWhyAPodWaitsNamesTheNodesThatRefuseIt(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl taint node node-3 dedicated=gpu:NoSchedule",
		`kubectl run big --image nginx:alpine --overrides '{"spec":{"containers":[{"name":"big","image":"nginx:alpine","resources":{"requests":{"cpu":"9"}}}]}}'`)
	s.Advance(time.Second)
	wantsInOrder(t, explained(t, s, "pod/big"), "pod big has no node: all 3 refuse it", "node-1, node-2: Insufficient cpu", "node-3: ", "taint", "see: kubectl describe pod big",
		"laptop$ kubectl run big")
}

func TestWhyAServiceLeadsToNothingComparesLabels(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl create deployment web --image nginx:alpine", "kubectl expose deployment web --port 80 --selector app=wab")
	s.Advance(10 * time.Second)
	wantsInOrder(t, explained(t, s, "service/web"), "no pod has the labels of its selector app=wab", "1 pod has the labels app=web", "laptop$ kubectl expose")
	mustRun(t, s, "laptop", `kubectl set selector service web app=web`)
	s.Advance(10 * time.Second)
	if text := explained(t, s, "service/web"); strings.Contains(text, "leads to nothing") {
		t.Errorf("the selector fits and why says\n%s", text)
	}
}

func TestWhyAContainerCrashesTellsItsLastWords(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl run crash --image busybox:latest -- sh -c 'echo no config; exit 3'")
	s.Advance(65 * time.Second)
	wantsInOrder(t, explained(t, s, "pod/crash"), "ended with exit code 3", "no config", "see: kubectl logs crash", "laptop$ kubectl run crash")
}

func TestWhyANodeIsNotReadyLeadsToThePlug(t *testing.T) {
	s := clusterOf(t, threeNodes)
	s.Do(sim.Input{Kind: sim.InputFault, Text: "power off node-2"})
	s.Advance(2 * time.Minute)
	wantsInOrder(t, explained(t, s, "node-2"), "node node-2: Ready is Unknown", "a fault was injected")
}

func TestWhyADeploymentNamesThePodToGoOnWith(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl create deployment web --image nginx:nope")
	s.Advance(time.Minute)
	pod := s.World().State().Kube.Pods[0].Name
	wantsInOrder(t, explained(t, s, "deployment/web"), "1 of its pods is not ready", "ask why pod/"+pod, "laptop$ kubectl create deployment web")
	if s.World().Why("deployment/nothing") != nil {
		t.Error("why knows of a Deployment that is not there")
	}
}

func TestNamesOfAClusterCompleteAfterWhy(t *testing.T) {
	s := clusterOf(t, threeNodes, "kubectl create deployment web --image nginx:alpine")
	s.Advance(10 * time.Second)
	for line, want := range map[string]string{"why dep": "deployment/", "why deployment/w": "deployment/web", "why pod/w": "pod/web-", "why node/": "node/node-1"} {
		_, candidates := s.World().Complete(line, len(line))
		if len(candidates) == 0 || !strings.HasPrefix(candidates[0].Text, want) {
			t.Errorf("%q completes to %v, want %q first", line, candidates, want)
		}
	}
}

func TestAScriptIsNamedByItsFirstLine(t *testing.T) {
	s := clusterOf(t, "machines: [laptop]\nkubernetes: {nodes: [node-1]}\n")
	mustRun(t, s, "laptop", "kubectl create deployment web --image nginx\nkubectl get pods\n")
	causes := s.World().Why("deployment/web")
	if last := causes[len(causes)-1].Text; !strings.HasSuffix(last, "kubectl create deployment web --image nginx …") {
		t.Errorf("the command is told as %q", last)
	}
}
