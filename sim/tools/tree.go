package tools

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// treeRun is a run of tree.
type treeRun struct {
	*tool
	o           *options
	depth       int
	dirs, files int
}

func tree(t *tool) int {
	o, ok := t.parse("a d L: f F C n /noreport I: s h p u g", t.Args[1:])
	if !ok {
		return 1
	}
	r := &treeRun{tool: t, o: o, depth: 1 << 20}
	if n, err := strconv.Atoi(o.values["L"]); err == nil && o.has("L") {
		r.depth = n
	}
	names := o.args
	if len(names) == 0 {
		names = []string{"."}
	}
	for _, name := range names {
		n, err := t.FS.Stat(t.Abs(name))
		if err != nil || !n.IsDir() {
			t.write(name + "  [error opening dir]\n")
			continue
		}
		t.write(name + "\n")
		r.list(t.Abs(name), "", 1)
	}
	if !o.has("noreport") {
		t.write(fmt.Sprintf("\n%d %s, %d %s\n", r.dirs, plural(r.dirs, "directory", "directories"), r.files, plural(r.files, "file", "files")))
	}
	return 0
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (r *treeRun) list(dir, lead string, level int) {
	if level > r.depth {
		return
	}
	entries, _ := r.FS.ReadDir(dir)
	var shown []vfs.Entry
	for _, e := range entries {
		if strings.HasPrefix(e.Name, ".") && !r.o.has("a") || r.o.has("d") && !e.Node.IsDir() {
			continue
		}
		shown = append(shown, e)
	}
	for i, e := range shown {
		branch, next := "├── ", "│   "
		if i == len(shown)-1 {
			branch, next = "└── ", "    "
		}
		name := e.Name
		if e.Node.IsLink() {
			name += " -> " + e.Node.Target
		}
		r.write(lead + branch + name + "\n")
		if e.Node.IsDir() {
			r.dirs++
			r.list(path.Join(dir, e.Name), lead+next, level+1)
		} else {
			r.files++
		}
	}
}

// fileCommand says what kind a file is, by its first bytes.
func fileCommand(t *tool) int {
	o, ok := t.parse("b/brief i/mime L", t.Args[1:])
	if !ok {
		return 1
	}
	for _, name := range o.args {
		text := ""
		n, err := t.FS.Lstat(t.Abs(name))
		switch {
		case err != nil:
			text = fmt.Sprintf("cannot open `%s' (%s)", name, reason(err))
		case n.IsDir():
			text = "directory"
		case n.IsLink():
			text = "symbolic link to " + n.Target
		case n.Program != "" || n.Bulk > 0 && n.Mode&0o111 != 0:
			text = "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, stripped"
		case n.Size() == 0:
			text = "empty"
		default:
			text = contentKind(n.Data)
		}
		if !o.has("b") {
			text = name + ": " + text
		}
		t.write(text + "\n")
	}
	return 0
}

func contentKind(data []byte) string {
	head := string(data[:min(len(data), 512)])
	switch {
	case strings.HasPrefix(head, "#!"):
		line, _, _ := strings.Cut(head[2:], "\n")
		return strings.TrimSpace(line) + " script, ASCII text executable"
	case strings.HasPrefix(head, "\x1f\x8b"):
		return "gzip compressed data"
	case len(head) > 262 && head[257:262] == "ustar":
		return "POSIX tar archive"
	case strings.HasPrefix(head, "{"), strings.HasPrefix(head, "["):
		return "JSON text data"
	case strings.IndexByte(head, 0) >= 0:
		return "data"
	case strings.Contains(strings.ToLower(head), "<!doctype html"), strings.Contains(head, "<html"):
		return "HTML document, ASCII text"
	}
	return "ASCII text"
}

// lsof is lsof -i [:PORT]: who listens.
func lsof(t *tool) int {
	o, ok := t.parse("i: n P t s: p: l U a", lsofArgs(t.Args[1:]))
	if !ok {
		return 1
	}
	if !o.has("i") {
		return t.lacks("without -i")
	}
	_, port, _ := strings.Cut(o.values["i"], ":")
	found := false
	for _, l := range t.Net.Listeners() {
		if l.Process == nil || port != "" && port != strconv.Itoa(l.Port) {
			continue
		}
		if o.has("t") {
			t.write(strconv.Itoa(Number(t.Process, l.Process)) + "\n")
			found = true
			continue
		}
		if !found {
			t.write("COMMAND     PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n")
		}
		found = true
		host := "*"
		if l.Addr.IsValid() && !l.Addr.IsUnspecified() {
			host = l.Addr.String()
		}
		state := ""
		if l.Proto == "tcp" {
			state = " (LISTEN)"
		}
		t.write(fmt.Sprintf("%-9.9s %5d %4s    6u  IPv4  %5d      0t0  %s %s:%d%s\n", commandName(l.Process), Number(t.Process, l.Process),
			t.userName(l.Process.User.UID), 20000+l.Port, strings.ToUpper(l.Proto), host, l.Port, state))
	}
	return btoi(!found)
}

// lsofArgs gives a bare -i an empty value.
func lsofArgs(args []string) []string {
	var out []string
	for i, a := range args {
		switch {
		case a == "-i" && (i+1 == len(args) || strings.HasPrefix(args[i+1], "-")):
			out = append(out, "-i", "")
		case strings.HasPrefix(a, "-iTCP"), strings.HasPrefix(a, "-itcp"):
			out = append(out, "-i", a[5:])
		default:
			out = append(out, a)
		}
	}
	return out
}
