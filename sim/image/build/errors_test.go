package build

import (
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
	tests := []struct{ name, dockerfile, want string }{
		{"an unknown instruction", "FROM alpine:3.20\nRUNN echo hello\n", `Dockerfile:2
--------------------
   1 |     FROM alpine:3.20
   2 | >>> RUNN echo hello
   3 |     
--------------------
dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)
`},
		{"no FROM", "RUN echo hello\n", `Dockerfile:1
--------------------
   1 | >>> RUN echo hello
   2 |     
--------------------
no build stage in current context
`},
		{"nothing at all", "\n", `Dockerfile:1
--------------------
   1 | >>> 
   2 |     
--------------------
file with no instructions
`},
		{"an empty file", "", "the Dockerfile cannot be empty\n"},
		{"no such base", "FROM apline\n", `Dockerfile:1
--------------------
   1 | >>> FROM apline
   2 |     
--------------------
apline: failed to resolve source metadata for docker.io/library/apline:latest: docker.io/library/apline:latest: not found (did you mean alpine?)
`},
		{"a source that is not there", "FROM alpine:3.20\nCOPY missing.txt /app/\n", `Dockerfile:2
--------------------
   1 |     FROM alpine:3.20
   2 | >>> COPY missing.txt /app/
   3 |     
--------------------
failed to compute cache key: failed to calculate checksum of ref A::B: "/missing.txt": not found
`},
		{"a program that fails", "FROM alpine:3.20\nRUN echo a\nRUN fail\nRUN echo never\n", `Dockerfile:3
--------------------
   1 |     FROM alpine:3.20
   2 |     RUN echo a
   3 | >>> RUN fail
   4 |     RUN echo never
   5 |     
--------------------
process "/bin/sh -c fail" did not complete successfully: exit code: 7
`},
		{"several lines", "FROM alpine:3.20\nRUN echo a && \\\n  fail\nRUN echo never\n", `Dockerfile:2
--------------------
   1 |     FROM alpine:3.20
   2 | >>> RUN echo a && \
   3 | >>>   fail
   4 |     RUN echo never
--------------------
process "/bin/sh -c echo a &&   fail" did not complete successfully: exit code: 7
`},
		{"stages in a circle", "FROM alpine:3.20 AS a\nCOPY --from=b /x /\nFROM alpine:3.20 AS b\nCOPY --from=a /x /\n", `Dockerfile:2
--------------------
   1 |     FROM alpine:3.20 AS a
   2 | >>> COPY --from=b /x /
   3 |     FROM alpine:3.20 AS b
   4 |     COPY --from=a /x /
--------------------
Dockerfile:4
--------------------
   2 |     COPY --from=b /x /
   3 |     FROM alpine:3.20 AS b
   4 | >>> COPY --from=a /x /
   5 |     
--------------------
circular dependency detected on stage: a
`},
	}
	for _, test := range tests {
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
