package replay_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"drydock/sim/replay"
)

const floorsFile = "testdata/floors.txt"

// TestRecordings re-enacts sessions of the real tools. In each, at least as many
// commands must print what the tool printed as floors.txt says. DRYDOCK_UPDATE=1
// writes the table anew; a floor is never lowered without a reason.
func TestRecordings(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	floors := readFloors(t)
	compare := newComparer()
	var table []string
	for _, file := range files {
		name := strings.TrimPrefix(filepath.ToSlash(file), "testdata/")
		same, total, report := measure(t, compare, file)
		table = append(table, fmt.Sprintf("%s %d/%d", name, same, total))
		if os.Getenv("DRYDOCK_UPDATE") == "" && same < floors[name] {
			t.Errorf("%s: %d of %d commands are as recorded, at least %d should be\n%s", name, same, total, floors[name], report)
		}
		delete(floors, name)
	}
	for name := range floors {
		t.Errorf("%s has %s, which is not there", floorsFile, name)
	}
	if os.Getenv("DRYDOCK_UPDATE") != "" {
		slices.Sort(table)
		if err := os.WriteFile(floorsFile, []byte(strings.Join(table, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// measure counts the commands of a recording that come out as recorded, and
// tells about those that do not.
func measure(t *testing.T, compare comparer, file string) (same, total int, report string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rec, err := replay.Parse(file, f)
	if err != nil {
		t.Fatal(err)
	}
	results, err := rec.Enact()
	if results == nil {
		return 0, len(rec.Steps), err.Error()
	}
	var out strings.Builder
	for i, step := range rec.Steps {
		if step.Kind != replay.Command {
			continue
		}
		total++
		got := results[i]
		if got.Status == step.Status && compare.equal(step.Text, step.Output, got.Output) {
			same++
			continue
		}
		fmt.Fprintf(&out, "%s:%d: %s   (exit %d, got %d)\n%s", file, step.Line, step.Text, step.Status, got.Status,
			compare.difference(step.Output, got.Output))
	}
	return same, total, out.String()
}

// readFloors reads the table: a recording and equal/total of its commands.
func readFloors(t *testing.T) map[string]int {
	t.Helper()
	data, err := os.ReadFile(floorsFile)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	floors := map[string]int{}
	for line := range strings.Lines(string(data)) {
		var name string
		var same, total int
		if _, err := fmt.Sscanf(line, "%s %d/%d", &name, &same, &total); err != nil {
			t.Fatalf("%s: %q: %v", floorsFile, line, err)
		}
		floors[name] = same
	}
	return floors
}
