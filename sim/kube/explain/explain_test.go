package explain_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/explain"
)

func server() *api.Server {
	return api.NewServer(clock.New(1, time.Date(2026, 11, 23, 2, 41, 0, 0, time.UTC)))
}

// TestTextsAreThoseOfKubectl compares every explanation of a recording of kubectl
// v1.37.2 with the text made from the Go types.
func TestTextsAreThoseOfKubectl(t *testing.T) {
	data, err := os.ReadFile("testdata/explain.txt")
	if err != nil {
		t.Fatal(err)
	}
	s, compared := server(), 0
	for _, block := range strings.Split(string(data), "laptop$ ")[1:] {
		command, rest, _ := strings.Cut(block, "\n")
		want, _, _ := strings.Cut(rest, "=== exit")
		words := strings.Split(strings.TrimPrefix(command, "kubectl explain "), ".")
		c := s.Find(words[0])
		if c == nil {
			continue // the command itself says so
		}
		compared++
		got, err := explain.Explain(c, words[1:], false)
		if err != nil {
			got += "error: " + err.Error() + "\n"
		}
		if got != want {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", command, got, want)
		}
	}
	if compared < 8 {
		t.Errorf("only %d explanations were compared", compared)
	}
}

func TestAnUnknownFieldIsNamed(t *testing.T) {
	_, err := explain.Explain(server().Find("deployment"), []string{"spec", "replica"}, false)
	var e *explain.Error
	if !errors.As(err, &e) || e.Field != "replica" {
		t.Errorf("got %v", err)
	}
}

func TestRecursiveListsNamesAlone(t *testing.T) {
	got, err := explain.Explain(server().Find("deployment"), []string{"spec"}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n  selector\t<LabelSelector> -required-\n    matchExpressions\t<[]LabelSelectorRequirement>\n      key\t<string> -required-\n", "\n      maxSurge\t<IntOrString>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%.3000s", want, got)
		}
	}
}
