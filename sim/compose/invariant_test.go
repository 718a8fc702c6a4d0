package compose

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"drydock/sim/compose/project"
)

// TestUpAlwaysArrives leads a project through random commands: whatever they were,
// `up -d` brings each service to its number of running containers, numbered
// without repetition, and `down` leaves none.
func TestUpAlwaysArrives(t *testing.T) {
	commands := []string{
		"up -d --scale web=3", "up -d --scale web=2 --force-recreate", "stop web", "kill cache", "rm -f", "restart cache", "down", "create",
		"run --rm --no-deps cache redis-cli -h nosuch ping", "up -d --no-start", "scale web=0", "stop -t 0", "start",
	}
	rapid.Check(t, func(r *rapid.T) {
		l := newLab(t, "services:\n  web: {image: 'nginx:alpine', depends_on: [cache]}\n  cache: {image: 'redis:alpine'}\n", "nginx:alpine", "redis:alpine")
		for _, c := range rapid.SliceOfN(rapid.SampledFrom(commands), 1, 5).Draw(r, "commands") {
			l.run(c)
		}
		want := rapid.IntRange(1, 3).Draw(r, "scale")
		if out, status := l.run(fmt.Sprintf("up -d --scale web=%d", want)); status != 0 {
			r.Fatalf("exit %d\n%s", status, out)
		}
		numbers, running := map[string]bool{}, map[string]int{}
		for _, c := range l.engine.Containers() {
			place := serviceOf(c) + label(c, project.NumberLabel)
			if numbers[place] {
				r.Fatalf("two containers are %s", place)
			}
			numbers[place] = true
			if c.State.Status == "running" {
				running[serviceOf(c)]++
			}
		}
		if running["web"] != want || running["cache"] != 1 || len(numbers) != want+1 {
			r.Fatalf("running: %v, there: %v, wanted %d", running, numbers, want)
		}
		if l.run("down"); len(l.engine.Containers()) != 0 {
			r.Fatalf("%d containers are left", len(l.engine.Containers()))
		}
	})
}
