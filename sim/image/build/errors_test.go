package build

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// failure is the last part of what `docker build` prints: excerpts and the error.
func failure(t *testing.T, o outcome) string {
	t.Helper()
	failed, ok := o.err.(*Error)
	if !ok {
		t.Fatalf("the build did not fail as it should: %v\n%s", o.err, o.out)
	}
	text := strings.Join(failed.Excerpts, "") + failed.Text + "\n"
	return regexp.MustCompile(`ref \w{25}::\w{25}`).ReplaceAllString(text, "ref A::B")
}

func TestMistakesInADockerfileAreShownWhereTheyAre(t *testing.T) {
	for _, test := range mistakes(t) {
		t.Run(test.name, func(t *testing.T) {
			y := newYard(t)
			y.file("Dockerfile", test.dockerfile)
			same(t, "failure", failure(t, y.build()), test.want)
		})
	}
}

func TestADockerfileThatIsNotThere(t *testing.T) {
	y := newYard(t)
	same(t, "failure", failure(t, y.build()), "failed to read dockerfile: open Dockerfile: no such file or directory\n")
}

func TestAMissingSourceStopsStepsThatHaveBegun(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo warm\n")
	y.mustBuild()
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo other\nCOPY nix /\n")
	o := y.build()
	for _, want := range []string{"] RUN echo other\n#6 CANCELED", "[1/3] FROM docker.io/library/alpine:3.20@", "\n#5 CACHED"} {
		if !strings.Contains(o.out, want) {
			t.Errorf("%q is missing in\n%s", want, o.out)
		}
	}
	if y.runs != 1 {
		t.Errorf("the step must not have run: %d runs", y.runs)
	}
}

func TestAFailedStepKeepsThoseBeforeItInTheCache(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo a\nRUN fail\n")
	y.build()
	same(t, "steps", y.build().steps(), "done [1/3] FROM docker.io/library/alpine:3.20\ncached [2/3] RUN echo a\nerror [3/3] RUN fail\n")
}

// mistake is a Dockerfile that cannot be built, and what is said about it.
type mistake struct{ name, dockerfile, want string }

// mistakes reads testdata/mistakes.txt: "=== name", the Dockerfile, "=== says",
// what is said.
func mistakes(t *testing.T) []mistake {
	t.Helper()
	data, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []mistake
	for _, part := range strings.Split(string(data), "=== mistake: ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		dockerfile, want, _ := strings.Cut(rest, "=== says\n")
		all = append(all, mistake{name, dockerfile, want})
	}
	return all
}
