package sim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"drydock/sim"
)

// swarmOf opens a world with a swarm of three machines.
func swarmOf(t testing.TB, managers, workers []string) *sim.Session {
	t.Helper()
	spec := sim.Spec{Images: []string{"nginx:alpine", "nginx:1.27-alpine", "alpine:3.20"}, Swarm: &sim.SwarmSpec{Managers: managers, Workers: workers}}
	for _, name := range slices.Concat(managers, workers) {
		spec.Machines = append(spec.Machines, sim.MachineSpec{Name: name})
	}
	s, err := sim.Open(sim.Scenario{Spec: spec})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func mustRun(t testing.TB, s *sim.Session, machine, line string) string {
	t.Helper()
	r := s.Exec(machine, line)
	if r.Status != 0 {
		t.Fatalf("%s$ %s\n%s(exit %d)", machine, line, r.Output, r.Status)
	}
	return r.Output
}

// running counts the running tasks of a service whose node is up.
func running(s *sim.Session, service string) (n int, nodes []string) {
	for _, task := range s.World().State().Tasks {
		if task.Service == service && task.State == "running" && task.Desired == "running" {
			n++
			nodes = append(nodes, task.Node)
		}
	}
	return n, nodes
}

func TestATaskOfADeadNodeIsReplacedAndNotMovedBack(t *testing.T) {
	s := swarmOf(t, []string{"node-1"}, []string{"node-2", "node-3"})
	mustRun(t, s, "node-1", "docker service create -q --name web --replicas 3 nginx:alpine")
	if err := s.Fault("power off node-3", false); err != nil {
		t.Fatal(err)
	}
	s.Advance(9 * time.Second)
	if out := mustRun(t, s, "node-1", "docker node ls"); strings.Contains(out, "Down") {
		t.Fatalf("a node is Down before its heartbeats are missed:\n%s", out)
	}
	s.Settle()
	if n, nodes := running(s, "web"); n != 3 || slices.Contains(nodes, "node-3") {
		t.Fatalf("%d tasks run, on %v", n, nodes)
	}
	if err := s.Fault("power on node-3", false); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if n, nodes := running(s, "web"); n != 3 || slices.Contains(nodes, "node-3") {
		t.Fatalf("after the return %d tasks run, on %v", n, nodes)
	}
	if out := mustRun(t, s, "node-1", "docker service ps web"); !strings.Contains(out, "task: non-zero exit (255)") {
		t.Fatalf("the lost task does not say how it ended:\n%s", out)
	}
}

func TestAMinorityOfManagersCanChangeNothing(t *testing.T) {
	s := swarmOf(t, []string{"node-1", "node-2", "node-3"}, nil)
	mustRun(t, s, "node-1", "docker service create -q --name web --replicas 3 nginx:alpine")
	if err := s.Fault("network cut node-1", false); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if r := s.Exec("node-1", "docker service scale -d web=1"); r.Status == 0 {
		t.Fatalf("the cut-off manager obeyed:\n%s", r.Output)
	}
	mustRun(t, s, "node-2", "docker service scale -d web=4")
	s.Settle()
	if n, nodes := running(s, "web"); n != 4 || slices.Contains(nodes, "node-1") {
		t.Fatalf("%d tasks run, on %v", n, nodes)
	}
	if err := s.Fault("network heal", false); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if n := strings.Count(mustRun(t, s, "node-1", "docker node ls"), "Ready"); n != 3 {
		t.Fatalf("%d nodes are Ready after the cut was mended", n)
	}
	if out := mustRun(t, s, "node-1", "docker ps -q"); strings.TrimSpace(out) != "" {
		t.Fatalf("the lost tasks still run on node-1:\n%s", out)
	}
}

func TestThePublishedPortAnswersOnEveryNodeAndInTurn(t *testing.T) {
	s := swarmOf(t, []string{"node-1"}, []string{"node-2", "node-3"})
	mustRun(t, s, "node-1", "docker service create -q --name web --replicas 2 -p 8080:80 nginx:alpine")
	for _, node := range []string{"node-1", "node-2", "node-3"} {
		if out := mustRun(t, s, "node-1", "curl -s "+node+":8080"); !strings.Contains(out, "Welcome to nginx") {
			t.Fatalf("%s answers %q", node, out)
		}
	}
	if err := s.Fault("power off node-2", false); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if out := mustRun(t, s, "node-1", "curl -s localhost:8080"); !strings.Contains(out, "Welcome to nginx") {
			t.Fatalf("a task on a dead machine is asked: %q", out)
		}
	}
	if r := s.Exec("node-1", "curl -s node-2:8080"); r.Status == 0 {
		t.Fatal("a machine without power answers")
	}
}

func TestAFailingUpdateStopsAndARollbackRepairs(t *testing.T) {
	s := swarmOf(t, []string{"node-1"}, []string{"node-2"})
	mustRun(t, s, "node-1", "docker service create -q --name web --replicas 3 nginx:alpine")
	r := s.Exec("node-1", "docker service update -q --image nginx:9.99 web")
	if r.Status != 1 || !strings.Contains(r.Output, "update paused due to failure or early termination of task") {
		t.Fatalf("exit %d\n%s", r.Status, r.Output)
	}
	if n, _ := running(s, "web"); n != 2 {
		t.Fatalf("%d tasks run after one slot failed", n)
	}
	mustRun(t, s, "node-1", "docker service rollback -q web")
	if n, _ := running(s, "web"); n != 3 {
		t.Fatalf("%d tasks run after the rollback", n)
	}
}

func TestASettledSwarmHasNothingToDo(t *testing.T) {
	s := swarmOf(t, []string{"node-1"}, []string{"node-2"})
	mustRun(t, s, "node-1", "docker service create -q --name web --replicas 2 nginx:alpine")
	s.Settle()
	at := s.World().Elapsed()
	s.Settle()
	if s.World().Elapsed() != at || !s.World().Settled() {
		t.Fatalf("the swarm is still busy at %s", s.World().Elapsed())
	}
}

// swarmStep draws something that a person or fate does to a swarm.
func swarmStep(t *rapid.T, i int) (machine, line string) {
	node := rapid.SampledFrom([]string{"node-1", "node-2", "node-3"}).Draw(t, fmt.Sprint("node", i))
	n := rapid.IntRange(0, 4).Draw(t, fmt.Sprint("n", i))
	lines := []string{
		fmt.Sprintf("docker service create -d --name s%d --replicas %d nginx:alpine", n%2, n),
		fmt.Sprintf("docker service scale -d s%d=%d", n%2, n),
		fmt.Sprintf("docker service update -d --force --update-order start-first s%d", n%2),
		fmt.Sprintf("docker service update -d --image nginx:1.27-alpine s%d", n%2),
		fmt.Sprintf("docker service rollback -d s%d", n%2),
		fmt.Sprintf("docker service rm s%d", n%2),
		"docker service create -d --name g --mode global alpine:3.20 sleep 1000",
		"docker node update --availability drain " + node, "docker node update --availability active " + node,
		"docker node promote " + node, "docker node demote " + node,
		"fault power off " + node, "fault power on " + node, "fault daemon stop " + node, "fault daemon start " + node,
		"fault network cut " + node, "fault network heal", fmt.Sprintf("sleep %d", n*3),
	}
	at := rapid.SampledFrom([]string{"node-1", "node-2"}).Draw(t, fmt.Sprint("at", i))
	return at, rapid.SampledFrom(lines).Draw(t, fmt.Sprint("line", i))
}

// play carries the steps out in a world of its own and returns all that was printed.
func play(t testing.TB, steps [][2]string, look func(sim.State)) string {
	s := swarmOf(t, []string{"node-1", "node-2", "node-3"}, nil)
	var out strings.Builder
	for _, step := range steps {
		if fault, ok := strings.CutPrefix(step[1], "fault "); ok {
			if err := s.Fault(fault, false); err != nil {
				t.Fatal(err)
			}
		} else {
			out.WriteString(s.Exec(step[0], step[1]).Output)
		}
		look(s.World().State())
	}
	s.Advance(30 * time.Second)
	look(s.World().State())
	fmt.Fprintf(&out, "%v", s.World().State().Tasks)
	s.Close()
	return out.String()
}

func TestInvariantsOfASwarm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var steps [][2]string
		for i := range rapid.IntRange(1, 12).Draw(rt, "steps") {
			at, line := swarmStep(rt, i)
			steps = append(steps, [2]string{at, line})
		}
		look := func(st sim.State) {
			leaders, nodes := 0, map[string]bool{"": true}
			for _, n := range st.Nodes {
				nodes[n.Name] = true
				if n.Leader {
					leaders++
				}
			}
			if leaders > 1 || leaders == 0 && st.Quorum {
				rt.Fatalf("%d leaders, quorum %v after %v", leaders, st.Quorum, steps)
			}
			current := map[string]bool{}
			for _, task := range st.Tasks {
				if !nodes[task.Node] {
					rt.Fatalf("%s is on %s, which is no node", task.Name, task.Node)
				}
				if task.Current && current[task.Name] {
					rt.Fatalf("%s is there twice", task.Name)
				}
				current[task.Name] = current[task.Name] || task.Current
			}
		}
		if a, b := play(t, steps, look), play(t, steps, func(sim.State) {}); a != b {
			rt.Fatalf("a replay differs:\n%s\n---\n%s", a, b)
		}
	})
}
