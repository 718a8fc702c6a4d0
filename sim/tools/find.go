package tools

import (
	"path"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// finder is a run of find: an expression is groups joined by -o, each a list of
// tests and actions that must all hold.
type finder struct {
	*tool
	groups   [][]findTest
	maxDepth int
	minDepth int
	action   bool
	batch    []string // for -exec ... +
	command  []string
	status   int
	bad      bool
}

// findTest is one test or action on a file.
type findTest func(name string, n *vfs.Node) bool

func find(t *tool) int {
	f := &finder{tool: t, maxDepth: 1 << 20}
	args := t.Args[1:]
	var roots []string
	for len(args) > 0 && (args[0] == "" || strings.IndexByte("-!(", args[0][0]) < 0) {
		roots, args = append(roots, args[0]), args[1:]
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	if !f.parseTests(args) {
		return 1
	}
	for _, root := range roots {
		n, err := t.FS.Lstat(t.Abs(root))
		if err != nil {
			if t.busybox {
				t.failf("%s: %s", root, reason(err))
			} else {
				t.failf("'%s': %s", root, reason(err))
			}
			f.status = 1
			continue
		}
		f.visit(root, n, 0)
	}
	if len(f.batch) > 0 {
		f.spawn(append(append([]string(nil), f.command...), f.batch...))
	}
	return f.status
}

func (f *finder) visit(name string, n *vfs.Node, depth int) {
	if depth >= f.minDepth {
		f.apply(name, n)
	}
	if !n.IsDir() || depth >= f.maxDepth {
		return
	}
	if !f.May(n, 4) {
		f.failf("'%s': Permission denied", name)
		f.status = 1
		return
	}
	entries, _ := f.FS.ReadDir(f.Abs(name))
	for _, e := range entries {
		child := name + "/" + e.Name
		if strings.HasSuffix(name, "/") {
			child = name + e.Name
		}
		f.visit(child, e.Node, depth+1)
	}
}

func (f *finder) apply(name string, n *vfs.Node) {
	for _, group := range f.groups {
		hit := true
		for _, test := range group {
			if hit = test(name, n); !hit {
				break
			}
		}
		if hit {
			if !f.action {
				f.write(name + "\n")
			}
			return
		}
	}
}

// parseTests reads the expression.
func (f *finder) parseTests(args []string) bool {
	group := []findTest{}
	not := false
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		var test findTest
		switch word {
		case "-o", "-or":
			f.groups = append(f.groups, group)
			group = nil
			continue
		case "-a", "-and":
			continue
		case "!", "-not":
			not = !not
			continue
		case "(", ")":
			f.lacks("( ... )")
			return false
		default:
			test, args = f.test(word, args)
		}
		if f.bad {
			return false
		}
		if test == nil {
			continue
		}
		if not {
			inner := test
			test = func(name string, n *vfs.Node) bool { return !inner(name, n) }
			not = false
		}
		group = append(group, test)
	}
	f.groups = append(f.groups, group)
	return true
}

func (f *finder) test(word string, args []string) (findTest, []string) {
	switch word {
	case "-print":
		f.action = true
		return func(name string, _ *vfs.Node) bool { return f.write(name + "\n") }, args
	case "-print0":
		f.action = true
		return func(name string, _ *vfs.Node) bool { return f.write(name + "\x00") }, args
	case "-delete":
		f.action = true
		return f.deletes, args
	case "-empty":
		return f.empty, args
	case "-exec", "-execdir", "-ok":
		return f.execTest(args)
	case "-prune", "-depth", "-xdev", "-mount", "-follow", "-true":
		return nil, args
	}
	if len(args) == 0 {
		f.failf("missing argument to `%s'", word)
		f.bad = true
		return nil, nil
	}
	return f.valueTest(word, args[0]), args[1:]
}

func (f *finder) valueTest(word, value string) findTest {
	switch word {
	case "-name", "-iname":
		return nameTest(value, word == "-iname", false)
	case "-path", "-wholename", "-ipath":
		return nameTest(value, word == "-ipath", true)
	case "-type":
		return func(_ string, n *vfs.Node) bool {
			return value == modeString(n.Mode)[:1] || value == "f" && n.Mode.IsRegular()
		}
	case "-maxdepth", "-mindepth":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			f.failf("Expected a positive decimal integer argument to %s, but got '%s'", word, value)
			f.bad = true
		}
		if word == "-maxdepth" {
			f.maxDepth = n
		} else {
			f.minDepth = n
		}
		return nil
	case "-size":
		return f.sizeTest(value)
	case "-mtime", "-mmin":
		unit := 24 * time.Hour
		if word == "-mmin" {
			unit = time.Minute
		}
		return func(_ string, n *vfs.Node) bool { return signed(value, int64(f.Now().Sub(n.ModTime)/unit)) }
	case "-newer":
		other, err := f.FS.Stat(f.Abs(value))
		return func(_ string, n *vfs.Node) bool { return err == nil && n.ModTime.After(other.ModTime) }
	case "-user":
		a, _ := f.lookUser(value)
		return func(_ string, n *vfs.Node) bool { return n.UID == a.uid }
	case "-perm":
		mode, err := strconv.ParseUint(strings.TrimLeft(value, "-/"), 8, 12)
		return func(_ string, n *vfs.Node) bool {
			perm := uint64(n.Mode.Perm())
			return err == nil && (perm == mode || value[0] == '-' && perm&mode == mode || value[0] == '/' && perm&mode != 0)
		}
	}
	if f.busybox {
		f.failf("unrecognized: %s", word)
	} else {
		f.failf("unknown predicate `%s'", word)
	}
	f.bad = true
	return nil
}

// nameTest compares the last part of a path, or the whole, with a pattern.
func nameTest(pattern string, fold, whole bool) findTest {
	return func(name string, _ *vfs.Node) bool {
		subject, pat := name, pattern
		if !whole {
			subject = path.Base(name)
		}
		if fold {
			subject, pat = strings.ToLower(subject), strings.ToLower(pat)
		}
		if whole {
			return globAll(pat, subject)
		}
		ok, _ := path.Match(pat, subject)
		return ok
	}
}

// globAll matches a pattern whose * takes slashes too.
func globAll(pat, s string) bool {
	var b strings.Builder
	for i := range len(pat) {
		switch c := pat[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(strings.NewReplacer(".", `\.`, "+", `\+`, "(", `\(`, ")", `\)`, "{", `\{`, "}", `\}`, "|", `\|`, "^", `\^`, "$", `\$`).Replace(string(c)))
		}
	}
	rx, err := compile("^"+b.String()+"$", "perl", false)
	return err == nil && rx.MatchString(s)
}

// signed compares as find does: +n is more, -n less, n equal.
func signed(value string, n int64) bool {
	want, err := strconv.ParseInt(strings.TrimLeft(value, "+-"), 10, 64)
	switch {
	case err != nil:
		return false
	case strings.HasPrefix(value, "+"):
		return n > want
	case strings.HasPrefix(value, "-"):
		return n < want
	}
	return n == want
}

func (f *finder) sizeTest(value string) findTest {
	unit := int64(512)
	digits := value
	if value != "" {
		if size, ok := map[byte]int64{'c': 1, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30, 'b': 512}[value[len(value)-1]]; ok {
			unit, digits = size, value[:len(value)-1]
		}
	}
	return func(_ string, n *vfs.Node) bool { return signed(digits, (n.Size()+unit-1)/unit) }
}

func (f *finder) deletes(name string, n *vfs.Node) bool {
	err := f.MayChange(name)
	if err == nil && n.IsDir() {
		err = f.FS.RemoveAll(f.Abs(name))
	} else if err == nil {
		err = f.FS.Remove(f.Abs(name))
	}
	if err != nil {
		f.failf("cannot delete '%s': %s", name, reason(err))
		f.status = 1
	}
	return err == nil
}

func (f *finder) empty(name string, n *vfs.Node) bool {
	if n.IsDir() {
		entries, _ := f.FS.ReadDir(f.Abs(name))
		return len(entries) == 0
	}
	return n.Size() == 0
}

// execTest is -exec COMMAND ; and -exec COMMAND +.
func (f *finder) execTest(args []string) (findTest, []string) {
	f.action = true
	var command []string
	for i, a := range args {
		if a == ";" {
			return func(name string, _ *vfs.Node) bool {
				words := make([]string, len(command))
				for i, c := range command {
					words[i] = strings.ReplaceAll(c, "{}", name)
				}
				return f.spawn(words) == 0
			}, args[i+1:]
		}
		if a == "+" && len(command) > 0 && command[len(command)-1] == "{}" {
			f.command = command[:len(command)-1]
			return func(name string, _ *vfs.Node) bool { f.batch = append(f.batch, name); return true }, args[i+1:]
		}
		command = append(command, a)
	}
	f.failf("missing argument to `-exec'")
	f.bad = true
	return nil, nil
}

func (f *finder) spawn(args []string) int {
	if len(args) == 0 {
		return 1
	}
	f.Sleep(time.Millisecond)
	child, err := f.startChild(machine.Spec{Args: args})
	if err != nil {
		f.failf("'%s': No such file or directory", args[0])
		return 1
	}
	return f.waitChild(child)
}
