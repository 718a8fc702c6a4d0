package tools

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"drydock/sim/vfs"
)

// hunk is a run of edits: lines from..to of a were replaced by those of b.
type hunk struct{ a0, a1, b0, b1 int }

// maxDiff bounds the work of diff: lines of one file times lines of the other.
const maxDiff = 16 << 20

// edits finds the differences of two lists of lines by their longest common
// subsequence.
func edits(a, b []string) []hunk {
	lead := 0
	for lead < len(a) && lead < len(b) && a[lead] == b[lead] {
		lead++
	}
	x, y := a[lead:], b[lead:]
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x)+len(y) == 0 {
		return nil
	}
	if len(x)*len(y) > maxDiff {
		return []hunk{{lead, lead + len(x), lead, lead + len(y)}}
	}
	table := make([][]int32, len(x)+1)
	for i := range table {
		table[i] = make([]int32, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	var list []hunk
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		if i < len(x) && j < len(y) && x[i] == y[j] {
			i, j = i+1, j+1
			continue
		}
		h := hunk{a0: i, b0: j}
		for (i < len(x) || j < len(y)) && !(i < len(x) && j < len(y) && x[i] == y[j]) {
			if j >= len(y) || i < len(x) && table[i+1][j] >= table[i][j+1] {
				i++
			} else {
				j++
			}
		}
		h.a1, h.b1 = i, j
		list = append(list, hunk{h.a0 + lead, h.a1 + lead, h.b0 + lead, h.b1 + lead})
	}
	return list
}

func diff(t *tool) int {
	o, ok := t.parse("u U:/unified q/brief r/recursive N/new-file i w/ignore-all-space b B s /color: y c L:/label", t.Args[1:])
	if !ok {
		return 2
	}
	if len(o.args) < 2 {
		t.usage("missing operand after '%s'", t.Args[len(t.Args)-1])
		return 2
	}
	return t.diffPaths(o, o.args[0], o.args[1])
}

func (t *tool) diffPaths(o *options, a, b string) int {
	x, errA := t.FS.Stat(t.Abs(a))
	y, errB := t.FS.Stat(t.Abs(b))
	aDir, bDir := errA == nil && x.IsDir() && a != "-", errB == nil && y.IsDir() && b != "-"
	switch {
	case aDir && bDir:
		return t.diffDirs(o, a, b)
	case aDir:
		a = path.Join(a, path.Base(b))
	case bDir:
		b = path.Join(b, path.Base(a))
	}
	left, ok1 := t.diffSide(o, a)
	right, ok2 := t.diffSide(o, b)
	if !ok1 || !ok2 {
		return 2
	}
	if bytes.Equal(left, right) {
		return 0
	}
	if o.has("q") {
		t.write("Files " + a + " and " + b + " differ\n")
		return 1
	}
	la, lb := diffLines(o, left), diffLines(o, right)
	list := edits(la, lb)
	if len(list) == 0 {
		return 0
	}
	t.write(o.head)
	if o.has("u") || o.has("U") || t.busybox {
		t.unified(a, b, la, lb, list)
	} else {
		t.normal(la, lb, list)
	}
	return 1
}

func (t *tool) diffSide(o *options, name string) ([]byte, bool) {
	if name == "-" {
		return all(t.Stdin), true
	}
	data, err := t.ReadFile(name)
	if err != nil {
		if o.has("N") && err == vfs.ErrNotExist {
			return nil, true
		}
		t.failf("%s: %s", name, reason(err))
	}
	return data, err == nil
}

func diffLines(o *options, data []byte) []string {
	list := strings.SplitAfter(string(data), "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	} else {
		list[len(list)-1] += "\n\\ No newline at end of file\n"
	}
	if o.has("w") || o.has("b") {
		for i, l := range list {
			list[i] = strings.Join(strings.Fields(l), " ") + "\n"
		}
	}
	return list
}

func (t *tool) diffDirs(o *options, a, b string) int {
	names := map[string]int{}
	var order []string
	for side, dir := range []string{a, b} {
		entries, _ := t.FS.ReadDir(t.Abs(dir))
		for _, e := range entries {
			if names[e.Name] == 0 {
				order = append(order, e.Name)
			}
			names[e.Name] |= 1 << side
		}
	}
	sortStrings(order)
	status := 0
	for _, n := range order {
		switch {
		case names[n] == 1 && !o.has("N"):
			t.write("Only in " + a + ": " + n + "\n")
			status = max(status, 1)
		case names[n] == 2 && !o.has("N"):
			t.write("Only in " + b + ": " + n + "\n")
			status = max(status, 1)
		default:
			x, _ := t.FS.Stat(t.Abs(path.Join(a, n)))
			if x != nil && x.IsDir() && !o.has("r") {
				t.write("Common subdirectories: " + path.Join(a, n) + " and " + path.Join(b, n) + "\n")
				continue
			}
			o.head = t.diffCommand(o, path.Join(a, n), path.Join(b, n))
			status = max(status, t.diffPaths(o, path.Join(a, n), path.Join(b, n)))
			o.head = ""
		}
	}
	return status
}

// diffCommand is the line above what differs in two files of directories: the
// command that would compare them alone. The one of busybox has none.
func (t *tool) diffCommand(o *options, a, b string) string {
	command := "diff"
	for _, flag := range []string{"u", "r", "N", "i", "w", "b"} {
		if o.has(flag) {
			command += " -" + flag
		}
	}
	if t.busybox {
		return ""
	}
	return command + " " + a + " " + b + "\n"
}

// normal is diff's own format.
func (t *tool) normal(a, b []string, list []hunk) {
	span := func(from, to int) string {
		if to-from > 1 {
			return fmt.Sprintf("%d,%d", from+1, to)
		}
		if to == from {
			return fmt.Sprint(from)
		}
		return fmt.Sprint(from + 1)
	}
	for _, h := range list {
		kind := "c"
		switch {
		case h.a0 == h.a1:
			kind = "a"
		case h.b0 == h.b1:
			kind = "d"
		}
		t.write(span(h.a0, h.a1) + kind + span(h.b0, h.b1) + "\n")
		for _, l := range a[h.a0:h.a1] {
			t.write("< " + l)
		}
		if kind == "c" {
			t.write("---\n")
		}
		for _, l := range b[h.b0:h.b1] {
			t.write("> " + l)
		}
	}
}

// unified is diff -u with three lines of context.
func (t *tool) unified(nameA, nameB string, a, b []string, list []hunk) {
	const context = 3
	stamp := func(name string) string {
		if n, err := t.FS.Stat(t.Abs(name)); err == nil && !t.busybox && name != "-" {
			return name + "\t" + n.ModTime.UTC().Format("2006-01-02 15:04:05.000000000 -0700")
		}
		return name
	}
	t.write("--- " + stamp(nameA) + "\n+++ " + stamp(nameB) + "\n")
	span := func(from, to int) string {
		switch to - from {
		case 0:
			return fmt.Sprintf("%d,0", from)
		case 1:
			return fmt.Sprint(from + 1)
		}
		return fmt.Sprintf("%d,%d", from+1, to-from)
	}
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1].a0-list[j].a1 <= 2*context {
			j++
		}
		a0, a1 := max(list[i].a0-context, 0), min(list[j].a1+context, len(a))
		b0, b1 := max(list[i].b0-context, 0), min(list[j].b1+context, len(b))
		t.write("@@ -" + span(a0, a1) + " +" + span(b0, b1) + " @@\n")
		at := a0
		for _, h := range list[i : j+1] {
			for _, l := range a[at:h.a0] {
				t.write(" " + l)
			}
			for _, l := range a[h.a0:h.a1] {
				t.write("-" + l)
			}
			for _, l := range b[h.b0:h.b1] {
				t.write("+" + l)
			}
			at = h.a1
		}
		for _, l := range a[at:a1] {
			t.write(" " + l)
		}
		i = j + 1
	}
}

func cmpCommand(t *tool) int {
	o, ok := t.parse("s/quiet/silent l b n:", t.Args[1:])
	if !ok {
		return 2
	}
	if len(o.args) < 2 {
		t.usage("missing operand after '%s'", t.Args[len(t.Args)-1])
		return 2
	}
	a, ok1 := t.diffSide(o, o.args[0])
	b, ok2 := t.diffSide(o, o.args[1])
	if !ok1 || !ok2 {
		return 2
	}
	line := 1
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			if !o.has("s") {
				t.write(fmt.Sprintf("%s %s differ: char %d, line %d\n", o.args[0], o.args[1], i+1, line))
			}
			return 1
		}
		line += btoi(a[i] == '\n')
	}
	if len(a) == len(b) {
		return 0
	}
	if !o.has("s") {
		short := o.args[0]
		if len(b) < len(a) {
			short = o.args[1]
		}
		t.failf("EOF on %s after byte %d, line %d", short, min(len(a), len(b)), line-1)
	}
	return 1
}
