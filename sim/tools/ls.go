package tools

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"drydock/sim/vfs"
)

// listed is one file that ls shows.
type listed struct {
	name string
	path string
	node *vfs.Node
}

// lister is a run of ls with its options.
type lister struct {
	*tool
	o      *options
	status int
	first  bool
	blocks bool
}

func ls(t *tool) int {
	o, ok := t.parse("a/all A/almost-all l 1 h/human-readable R/recursive d/directory r/reverse t S F/classify p i/inode n/numeric-uid-gid "+
		"c u L/dereference s/size C x m Q /group-directories-first /color: /time-style: /full-time g G/no-group k N b X U f", colorArgs(t.Args[1:]))
	if !ok {
		return 2 - btoi(t.busybox)
	}
	l := &lister{tool: t, o: o, first: true}
	names := o.args
	if len(names) == 0 {
		names = []string{"."}
	}
	var files, dirs []listed
	for _, name := range names {
		if name == "" {
			name = "."
		}
		n, err := t.FS.Lstat(t.Abs(name))
		if err == nil && n.IsLink() && (!o.has("l") || strings.HasSuffix(name, "/")) && !o.has("d") {
			if target, e := t.FS.Stat(t.Abs(name)); e == nil && target.IsDir() {
				n = target
			}
		}
		switch {
		case err != nil:
			l.missing(name, err)
		case n.IsDir() && !o.has("d"):
			dirs = append(dirs, listed{name, t.Abs(name), n})
		default:
			files = append(files, listed{name, t.Abs(name), n})
		}
	}
	l.sort(files)
	l.sort(dirs)
	l.show(files)
	for _, d := range dirs {
		l.directory(d, len(names) > 1 || o.has("R"), len(files) > 0)
	}
	return l.status
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// colorArgs gives a bare --color its value.
func colorArgs(args []string) []string {
	out := slices.Clone(args)
	for i, a := range out {
		if a == "--color" {
			out[i] = "--color=auto"
		}
	}
	return out
}

func (l *lister) missing(name string, err error) {
	if l.busybox {
		l.failf("%s: %s", name, reason(err))
		l.status = 1
		return
	}
	l.failf("cannot access '%s': %s", name, reason(err))
	l.status = 2
}

// directory lists what is in one directory, with a heading if there are several.
func (l *lister) directory(d listed, heading, after bool) {
	if heading {
		if !l.first || after {
			l.write("\n")
		}
		l.write(d.name + ":\n")
	}
	l.first = false
	if !l.May(d.node, 4) {
		if l.busybox {
			l.failf("can't open '%s': Permission denied", d.name)
			l.status = 1
		} else {
			l.failf("cannot open directory '%s': Permission denied", d.name)
			l.status = 2
		}
		return
	}
	entries, err := l.FS.ReadDir(d.path)
	if err != nil {
		l.missing(d.name, err)
		return
	}
	var files []listed
	if l.o.has("a") || l.o.has("f") {
		parent, _ := l.FS.Stat(path.Dir(d.path))
		files = append(files, listed{".", d.path, d.node}, listed{"..", path.Dir(d.path), parent})
	}
	for _, e := range entries {
		if e.Name[0] == '.' && !l.o.has("a") && !l.o.has("A") && !l.o.has("f") {
			continue
		}
		files = append(files, listed{e.Name, path.Join(d.path, e.Name), e.Node})
	}
	l.sort(files)
	l.blocks = true
	l.show(files)
	l.blocks = false
	if !l.o.has("R") {
		return
	}
	for _, f := range files {
		if f.node.IsDir() && f.name != "." && f.name != ".." {
			l.directory(listed{path.Join(d.name, f.name), f.path, f.node}, true, true)
		}
	}
}

func (l *lister) sort(files []listed) {
	slices.SortStableFunc(files, func(a, b listed) int {
		c := 0
		switch {
		case l.o.has("t"):
			c = b.node.ModTime.Compare(a.node.ModTime)
		case l.o.has("S"):
			c = cmp.Compare(b.node.Size(), a.node.Size())
		case l.o.has("X"):
			c = cmp.Compare(path.Ext(a.name), path.Ext(b.name))
		}
		if c == 0 {
			c = cmp.Compare(a.name, b.name)
		}
		if l.o.has("r") {
			c = -c
		}
		return c
	})
	if l.o.has("group-directories-first") {
		slices.SortStableFunc(files, func(a, b listed) int { return btoi(b.node.IsDir()) - btoi(a.node.IsDir()) })
	}
}

func (l *lister) show(files []listed) {
	if l.o.has("l") || l.o.has("n") || l.o.has("g") || l.o.has("full-time") {
		l.long(files)
		return
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = l.decorated(f, true)
		if l.o.has("i") {
			names[i] = fmt.Sprintf("%d %s", inode(f.path), names[i])
		}
	}
	term := l.Stdout.Terminal()
	switch {
	case len(names) == 0:
	case l.o.has("m"):
		l.write(strings.Join(names, ", ") + "\n")
	case l.o.has("1") || term == nil && !l.o.has("C") && !l.o.has("x"):
		l.write(strings.Join(names, "\n") + "\n")
	default:
		width := 80
		if term != nil {
			width = term.Width
		}
		l.write(columns(names, width))
	}
}

// decorated is a name with the sign of its type and, on a terminal that shows
// colours, in its colour.
func (l *lister) decorated(f listed, allowColor bool) string {
	name := f.name
	if allowColor {
		name = l.colored(f)
	}
	switch {
	case f.node.IsDir() && (l.o.has("F") || l.o.has("p")):
		return name + "/"
	case f.node.IsLink() && l.o.has("F"):
		return name + "@"
	case f.node.Mode&0o111 != 0 && !f.node.IsDir() && l.o.has("F"):
		return name + "*"
	}
	return name
}

// colored paints a name as GNU ls does by default: bold blue directories, bold
// cyan links, bold green programs.
func (l *lister) colored(f listed) string {
	how := l.o.values["color"]
	if how == "never" || how == "none" || how != "always" && (l.Stdout.Terminal() == nil || l.busybox && how == "") {
		return f.name
	}
	code := ""
	switch {
	case f.node.IsDir():
		code = "01;34"
	case f.node.IsLink():
		code = "01;36"
	case f.node.Mode&0o111 != 0:
		code = "01;32"
	default:
		return f.name
	}
	return "\x1b[" + code + "m" + f.name + "\x1b[0m"
}

// columns sets names in columns, down first, as many as fit.
func columns(names []string, width int) string {
	cells := make([]int, len(names))
	for i, n := range names {
		cells[i] = visible(n)
	}
	rows := 1
	var widths []int
	for ; rows <= len(names); rows++ {
		widths = widths[:0]
		total := 0
		for from := 0; from < len(names); from += rows {
			w := slices.Max(cells[from:min(from+rows, len(names))])
			widths = append(widths, w)
			total += w + 2
		}
		if total-2 <= width {
			break
		}
	}
	rows = min(rows, len(names))
	var b strings.Builder
	for r := range rows {
		for c := 0; c*rows+r < len(names); c++ {
			i := c*rows + r
			b.WriteString(names[i])
			if (c+1)*rows+r < len(names) && c < len(widths) {
				b.WriteString(strings.Repeat(" ", widths[c]-cells[i]+2))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// visible counts the cells of a text without its colour sequences.
func visible(s string) int {
	n := 0
	for len(s) > 0 {
		if s[0] == 0x1b {
			if end := strings.IndexByte(s, 'm'); end >= 0 {
				s = s[end+1:]
				continue
			}
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		n++
	}
	return n
}
