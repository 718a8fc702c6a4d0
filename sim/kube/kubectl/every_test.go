package kubectl_test

import (
	"os"
	"strings"
	"testing"
)

// Every page belongs to a command, and its help shows the page's usage.
func TestEveryPageIsHelpOfACommand(t *testing.T) {
	l := newLab(t)
	entries, err := os.ReadDir("help")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]string{}
	for _, command := range []string{"cluster-info", "cluster-info dump", "port-forward", "api-resources", "api-versions", "auth can-i"} {
		commands[strings.ReplaceAll(command, " ", "-")] = command
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".txt")
		text, err := os.ReadFile("help/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		use, found := strings.CutPrefix(string(text), "use: ")
		if name == "flags" || name == "options" {
			continue
		}
		first, _, _ := strings.Cut(use, "\n")
		last, _, _ := strings.Cut(first, " ")
		parent := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(name, last), "-"), "-", " ")
		command := strings.TrimSpace(parent + " " + last)
		if known := commands[name]; known != "" {
			command = known
		}
		out, status := l.run(command + " --help")
		if usage := "Usage:\n  kubectl " + strings.TrimLeft(parent+" "+first, " ") + " [options]\n"; !found || status != 0 || !strings.Contains(out, usage) && commands[name] == "" {
			t.Errorf("kubectl %s --help: exit %d, no %q:\n%.400s", command, status, usage, out)
		}
	}
}
