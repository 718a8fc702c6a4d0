package replay_test

import (
	"regexp"
	"slices"
	"strings"
)

// rule makes what differs from run to run alike: ids, times, sizes, addresses.
type rule struct {
	pattern *regexp.Regexp
	with    string
}

// rules are applied in order. Two runs of the real tools differ in nothing else.
func rules() []rule {
	const hex = `[0-9a-f]`
	var all []rule
	for _, r := range [][2]string{
		{`\x1b\[[0-9;?]*[A-Za-z]`, ``},
		{`\b` + hex + `{8}-` + hex + `{4}-` + hex + `{4}-` + hex + `{4}-` + hex + `{12}\b`, `<uuid>`},
		{`\b(` + hex + `{2}:){5}` + hex + `{2}\b`, `<mac>`},
		{`sha256:` + hex + `{7,64}(\.\.\.)?`, `sha256:<id>`},
		{`\b` + hex + `{64}\b`, `<id>`},
		{`\b[0-9a-z]{25}\b`, `<id>`},
		{`\b` + hex + `{12}\b`, `<id>`},
		{`^[0-9a-z]{12}(\*? +(?:regular|source\.\w+|exec\.\w+|frontend|internal)\b)`, `<id>$1`},
		{`\b(SWMTKN-1|SWMKEY-1)-[0-9A-Za-z+/-]+`, `<token>`},
		{`^[0-9a-z]{12}( .*\b(?:Ready|Running|Shutdown|replicated|global|overlay|bridge|host|null)\b)`, `<id>$1`},
		{`\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d{4}( [A-Z]+)?|Z)?( m=\S+)?`, `<time>`},
		{`\b\d+( +)\d+( +)\d+( +)(\d\d:\d\d|[A-Z][a-z]{2}\d\d)( +)(\?|pts/\d+)( +)\d\d:\d\d:\d\d\b`, `<pid>$1<pid>$2<n>$3<time>$5$6$7<time>`},
		{`\b\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d( [+-]\d{4})?`, `<time>`},
		{`(Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d+ \w+ \d{4} [\d:]+ [+-]\d{4}|(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w+ +\d+ [\d:]+ \d{4}`, `<time>`},
		{`\b\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(\.\d+)?`, `<time>`},
		{`\b(Less than a second|About an? (minute|hour)|\d+ (second|minute|hour|day|week|month|year)s?)( ago)?\b`, `<ago>`},
		{`\bfor \d+(\.\d+)?m?s\b`, `for <dur>`},
		{`\b\d+\.\d+(/\d+\.\d+)* ms\b`, `<ms>`},
		{`\b\d+(\.\d+)?ms\b`, `<age>`},
		{`\b(\d+d)?(\d+h)?(\d+m)?\d+(\.\d+)?s\b|\b\d+[dhm]\b|\b\d+d\d+h\b|\b\d+m\d+s\b`, `<age>`},
		{`^(#\d+ )?\d+\.\d{1,3} (\S)`, `$1<age> $2`},
		{`^(#\d+) (DONE|ERROR|CANCELED) \S+$`, `$1 $2 <age>`},
		{` <age> done$`, ` done`},
		{`\b\d+(\.\d+)? ?([kKMGT]i?)?B\b`, `<size>`},
		{`\b(10|172\.(1[6-9]|2\d|3[01])|192\.168)(\.\d{1,3}){2,3}(/\d+)?\b`, `<ip>`},
		{`\bfd[0-9a-f:]{6,}\b`, `<ip>`},
		{`:(3[0-2]\d{3}|327\d\d|3[3-9]\d{3}|[4-6]\d{4})\b`, `:<port>`},
		{`\b[a-z]+_[a-z]+\d?([ \t]*)$`, `<name>$1`},
		{`\bpid \d+|\bPID: \d+|"Pid": [1-9]\d*`, `<pid>`},
		{`\bBind for (0\.0\.0\.0|::|\[::\]):(\d+ failed)`, `Bind for <any>:$2`},
		{`^(#\d+ \[)[\w.-]+ (internal\] load metadata|1/\d+\] FROM )`, `$1$2`},
		{`^ ?<id>:? (Downloading|Extracting|Waiting|Verifying Checksum)\b.*\n`, ``},
		{`[ \t]{2,}`, `  `},
		{`[ \t]+$`, ``},
		{`-{4,}`, `----`},
	} {
		with := regexp.MustCompile(`\$(\d)`).ReplaceAllString(r[1], `${$1}`)
		all = append(all, rule{regexp.MustCompile(`(?m)` + r[0]), with})
	}
	return all
}

// comparer compares outputs of commands.
type comparer struct {
	rules   []rule
	ordered *regexp.Regexp
	sets    *regexp.Regexp
	step    *regexp.Regexp
}

func newComparer() comparer {
	return comparer{
		rules: rules(),
		// Tables and logs have an order of their own. Elsewhere two streams, or work
		// that goes on side by side, were interleaved by chance.
		ordered: regexp.MustCompile(`\b(ps|images|ls|list|logs|history|top|events|inspect|config|cat|head|tail|curl|diff|json|help)\b`),
		// These list what has no order, although they look like tables.
		sets: regexp.MustCompile(`\bnetwork inspect\b|\bcompose\b.* config --(services|images)\b`),
		step: regexp.MustCompile(`^(#\d+) (.*)$`),
	}
}

// normal is an output as lines without what differs by chance.
func (c comparer) normal(output string) []string {
	for _, r := range c.rules {
		output = r.pattern.ReplaceAllString(output, r.with)
	}
	return c.build(strings.Split(strings.TrimSuffix(output, "\n"), "\n"))
}

// build names BuildKit's steps by their first line: their numbers are those in
// which they happened to start, and only some say "X" before "X done".
func (c comparer) build(lines []string) []string {
	names := map[string]string{}
	var out []string
	for _, line := range lines {
		m := c.step.FindStringSubmatch(line)
		if m == nil {
			out = append(out, line)
			continue
		}
		if m[2] == "..." || finishedLater(line, lines) {
			continue
		}
		if names[m[1]] == "" {
			names[m[1]] = m[2]
		}
		out = append(out, "#<"+names[m[1]]+"> "+m[2])
	}
	return out
}

func finishedLater(line string, lines []string) bool {
	return !strings.HasSuffix(line, " done") && slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, line) && strings.HasSuffix(l, " done")
	})
}

// equal reports whether two outputs of a command are alike.
func (c comparer) equal(command, want, got string) bool {
	a, b := c.normal(want), c.normal(got)
	if slices.Equal(a, b) {
		return true
	}
	if c.ordered.MatchString(command) && !c.sets.MatchString(command) {
		return false
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// difference shows both outputs where they part.
func (c comparer) difference(want, got string) string {
	a, b := c.normal(want), c.normal(got)
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		switch {
		case i < len(a) && i < len(b) && a[i] == b[i]:
			continue
		case i < len(a):
			out.WriteString("\t- " + a[i] + "\n")
		}
		if i < len(b) {
			out.WriteString("\t+ " + b[i] + "\n")
		}
	}
	return out.String()
}
