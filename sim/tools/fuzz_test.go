package tools

import (
	"bytes"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// FuzzFilters gives arbitrary scripts to the tools that have a language of
// their own: they must end, and not with a panic.
func FuzzFilters(f *testing.F) {
	for _, c := range [][2]string{
		{"awk", "BEGIN{x=1} /a/{print $1, NF; c[$1]++} END{for (k in c) print k; printf \"%d\\n\", x+2*3}"}, {"awk", "{gsub(/a/,\"b\"); print substr($0,2) length}"},
		{"awk", "function f(x) {}"}, {"awk", "{while (i<3) i++; print i > \"/tmp/x\"}"}, {"sed", "s/a\\(b\\)/\\1&/gp;2,3d;$!N;y/ab/cd/"}, {"sed", "/x/,+2{p;q}"},
		{"jq", ".[0].a | map(select(.b == 1)) // {c: .d, \"e\"} | \"\\(.x)\""}, {"jq", "if .a then 1 elif .b then 2 else 3 end"}, {"grep", "^a\\|b[[:digit:]]*$"},
		{"expr", "( 1 + 2 ) * 3"}, {"tr", "a-z"}, {"date", "+%Y-%j %3N %-d %^a"}, {"printf", "%5.2f|%-*s|%b\\x41"}, {"find", "-name"}, {"stat", "-c%10n"}, {"seq", "1e9"},
	} {
		f.Add(c[0], c[1], "a b 1\n[1,{\"b\":2}]\n")
	}
	f.Fuzz(func(t *testing.T, name, script, input string) {
		run := Coreutils()[name]
		if run == nil || name == "yes" || len(script)+len(input) > 4000 {
			t.Skip()
		}
		c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
		defer c.Close()
		m := machine.NewSite(c)
		m.Programs = func(string) machine.Main { return nil }
		box := m.Add(machine.Config{Name: "box", Owner: machine.Root()})
		_ = box.FS.MkdirAll("/root", 0o755, 0, 0)
		var out bytes.Buffer
		_, err := box.Start(machine.Spec{Args: []string{name, script, "2"}, Main: run, Stdin: machine.TextInput([]byte(input)), Stdout: &out, Stderr: &out})
		if err != nil {
			t.Fatal(err)
		}
		c.Advance(2 * time.Second)
	})
}
