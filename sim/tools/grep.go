package tools

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// grepper is a run of grep.
type grepper struct {
	*tool
	o         *options
	rx        *regexp.Regexp
	named     bool
	before    int
	after     int
	limit     int
	matched   bool
	status    int
	separated bool
}

func grep(t *tool) int {
	o, ok := t.parse("r/recursive R/dereference-recursive i/ignore-case y v/invert-match c/count n/line-number q/quiet/silent E/extended-regexp F/fixed-strings "+
		"G/basic-regexp P/perl-regexp o/only-matching w/word-regexp x/line-regexp l/files-with-matches L/files-without-match A:/after-context B:/before-context "+
		"C:/context h/no-filename H/with-filename s/no-messages m:/max-count e:/regexp f:/file a/text b I /include: /exclude: "+
		"/exclude-dir: z /line-buffered U", grepArgs(t.Args[1:]))
	if !ok {
		return 2
	}
	patterns := values(t.Args[1:], "-e", "--regexp")
	if o.has("f") {
		data, err := t.ReadFile(o.values["f"])
		if err != nil {
			t.failf("%s: %s", o.values["f"], reason(err))
			return 2
		}
		patterns = append(patterns, strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")...)
	}
	if len(patterns) == 0 && !o.has("e") && !o.has("f") {
		if len(o.args) == 0 {
			t.Errorf("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
			return 2
		}
		patterns, o.args = strings.Split(o.args[0], "\n"), o.args[1:]
	}
	if len(patterns) == 0 {
		patterns = []string{o.values["e"]}
	}
	g := &grepper{tool: t, o: o}
	rx, err := g.expression(patterns)
	if err != nil {
		t.failf("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return 2
	}
	g.rx = rx
	g.context()
	return g.run()
}

// grepArgs turns -5 into -C 5 and drops the value of --color.
func grepArgs(args []string) []string {
	var out []string
	for _, a := range args {
		switch {
		case len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789") == "":
			out = append(out, "-C", a[1:])
		case strings.HasPrefix(a, "--color"), strings.HasPrefix(a, "--colour"):
		default:
			out = append(out, a)
		}
	}
	return out
}

func (g *grepper) expression(patterns []string) (*regexp.Regexp, error) {
	kind := "basic"
	switch {
	case g.o.has("F") || g.name == "fgrep":
		kind = "fixed"
	case g.o.has("P"):
		kind = "perl"
	case g.o.has("E") || g.name == "egrep":
		kind = "extended"
	}
	var parts []string
	for _, p := range patterns {
		rx, err := compile(p, kind, false)
		if err != nil {
			return nil, err
		}
		parts = append(parts, "(?:"+strings.TrimPrefix(rx.String(), "(?s)")+")")
	}
	expr := strings.Join(parts, "|")
	switch {
	case g.o.has("x"):
		expr = "^(?:" + expr + ")$"
	case g.o.has("w"):
		expr = `(?:^|\b)(?:` + expr + `)(?:\b|$)`
	}
	return compile(expr, "perl", g.o.has("i") || g.o.has("y"))
}

func (g *grepper) context() {
	number := func(letter string, otherwise int) int {
		if n, err := strconv.Atoi(g.o.values[letter]); err == nil && g.o.has(letter) {
			return min(max(n, 0), 1<<20)
		}
		return otherwise
	}
	both := number("C", 0)
	g.after, g.before, g.limit = number("A", both), number("B", both), number("m", -1)
}

// run looks through standard input, files, or trees.
func (g *grepper) run() int {
	names := g.o.args
	recursive := g.o.has("r") || g.o.has("R")
	if len(names) == 0 && recursive {
		names = []string{"."}
	}
	g.named = (len(names) > 1 || recursive) && !g.o.has("h") || g.o.has("H")
	if len(names) == 0 {
		g.stream("(standard input)", g.Stdin)
		return g.result()
	}
	for _, name := range names {
		n, err := g.FS.Stat(g.Abs(name))
		if err == nil && n.IsDir() && name != "-" {
			if recursive {
				g.tree(name)
			} else if !g.o.has("s") {
				g.failf("%s: Is a directory", name)
			}
			continue
		}
		g.file(name)
		if g.matched && g.o.has("q") {
			break
		}
	}
	return g.result()
}

func (g *grepper) result() int {
	switch {
	case g.matched && (g.status == 0 || g.o.has("q")):
		return 0
	case g.status != 0:
		return g.status
	}
	return 1
}

func (g *grepper) file(name string) {
	in, err := g.reader(name)
	if err != nil {
		if !g.o.has("s") {
			g.failf("%s: %s", name, reason(err))
		}
		g.status = 2
		return
	}
	g.stream(name, in)
}

func (g *grepper) tree(root string) {
	base := g.Abs(root)
	var files []string
	_ = g.FS.Walk(base, func(name string, n *vfs.Node) error {
		rel := path.Join(root, strings.TrimPrefix(name, base))
		if root == "." && len(g.o.args) > 0 {
			rel = "./" + rel
		}
		if n.IsDir() && g.o.has("exclude-dir") {
			if ok, _ := path.Match(g.o.values["exclude-dir"], path.Base(name)); ok {
				return vfs.SkipDir
			}
		}
		if !n.Mode.IsRegular() || g.skipped(path.Base(name)) {
			return nil
		}
		files = append(files, rel)
		return nil
	})
	for _, f := range files {
		g.file(f)
	}
}

func (g *grepper) skipped(base string) bool {
	if g.o.has("include") {
		if ok, _ := path.Match(g.o.values["include"], base); !ok {
			return true
		}
	}
	ok, _ := path.Match(g.o.values["exclude"], base)
	return ok && g.o.has("exclude")
}

// quietly reports that only whether or where something matches is asked.
func (g *grepper) quietly() bool {
	return g.o.has("q") || g.o.has("l") || g.o.has("L") || g.o.has("c")
}

func (g *grepper) stream(name string, in io.Reader) {
	count, number, left := 0, 0, 0
	var kept []string // lines before, for -B
	last := 0
	lines(in, func(line string) bool {
		number++
		text, _ := cutNewline(line)
		if g.rx.MatchString(text) == g.o.has("v") {
			if left > 0 {
				left--
				last = number
				g.print(name, number, text, "-")
			} else if g.before > 0 {
				kept = append(kept, text)
				kept = kept[max(len(kept)-g.before, 0):]
			}
			return true
		}
		count++
		g.matched = g.matched || !g.o.has("L")
		if !g.quietly() {
			if g.before+g.after > 0 && (last > 0 || g.separated) && number-len(kept) > last+1 {
				g.write("--\n")
			}
			for i, k := range kept {
				g.print(name, number-len(kept)+i, k, "-")
			}
			kept = nil
			g.hit(name, number, text)
			last, left, g.separated = number, g.after, true
		}
		return !g.o.has("q") && !g.o.has("l") && (g.limit < 0 || count < g.limit)
	})
	g.summary(name, count)
}

func (g *grepper) summary(name string, count int) {
	switch {
	case g.o.has("q"):
	case g.o.has("l"):
		if count > 0 {
			g.write(name + "\n")
		}
	case g.o.has("L"):
		if count == 0 {
			g.matched = true
			g.write(name + "\n")
		}
	case g.o.has("c"):
		lead := ""
		if g.named {
			lead = name + ":"
		}
		g.write(lead + strconv.Itoa(count) + "\n")
	}
}

func (g *grepper) hit(name string, number int, text string) {
	if !g.o.has("o") {
		g.print(name, number, text, ":")
		return
	}
	if g.o.has("v") {
		return
	}
	for _, m := range g.rx.FindAllString(text, -1) {
		if m != "" {
			g.print(name, number, m, ":")
		}
	}
}

func (g *grepper) print(name string, number int, text, sep string) {
	lead := ""
	if g.named {
		lead = name + sep
	}
	if g.o.has("n") {
		lead += fmt.Sprintf("%d%s", number, sep)
	}
	g.write(lead + text + "\n")
}
