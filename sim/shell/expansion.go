package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// config makes the settings of one expansion. They are made anew each time,
// because the library keeps buffers in them that nested expansions would share.
func (sh *interp) config() *expand.Config {
	c := &expand.Config{Env: environ{sh}, NoUnset: sh.opt.noUnset, ExtGlob: sh.flavour == bash}
	c.CmdSubst = func(w io.Writer, cs *syntax.CmdSubst) error { return sh.substitute(w, cs.Stmts) }
	c.ProcSubst = sh.processFile
	if !sh.opt.noGlob {
		c.ReadDir2 = sh.readDir
	}
	return c
}

// guarded runs an expansion. The library panics on a few constructs that it
// does not have; the end of the process, which is a panic too, goes through.
func guarded[T any](fn func() (T, error)) (value T, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			err = shellError("bad substitution")
		case string, error:
			err = shellError(fmt.Sprint(r))
		default:
			panic(r)
		}
	}()
	return fn()
}

func (sh *interp) fields(words ...*syntax.Word) ([]string, error) {
	if sh.flavour != bash {
		words = unbraced(words)
	}
	for _, w := range words {
		if err := bounded(w); err != nil {
			return nil, err
		}
	}
	return guarded(func() ([]string, error) { return expand.Fields(sh.config(), words...) })
}

func (sh *interp) literal(w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	return guarded(func() (string, error) { return expand.Literal(sh.config(), unescaped(w)) })
}

// unescaped turns the escaped characters of a word's plain text into quoted
// ones: the library keeps their backslashes where it expands to a single string.
func unescaped(w *syntax.Word) *syntax.Word {
	c := &syntax.Word{}
	for _, part := range w.Parts {
		l, ok := part.(*syntax.Lit)
		if !ok || !strings.Contains(l.Value, "\\") {
			c.Parts = append(c.Parts, part)
			continue
		}
		rest := l.Value
		for {
			i := strings.IndexByte(rest, '\\')
			if i < 0 || i == len(rest)-1 {
				break
			}
			_, n := utf8.DecodeRuneInString(rest[i+1:])
			if i > 0 {
				c.Parts = append(c.Parts, &syntax.Lit{Value: rest[:i]})
			}
			c.Parts = append(c.Parts, &syntax.SglQuoted{Value: rest[i+1 : i+1+n]})
			rest = rest[i+1+n:]
		}
		if rest != "" {
			c.Parts = append(c.Parts, &syntax.Lit{Value: rest})
		}
	}
	return c
}

func (sh *interp) document(w *syntax.Word) (string, error) {
	if w == nil {
		return "", nil
	}
	return guarded(func() (string, error) { return expand.Document(sh.config(), w) })
}

func (sh *interp) pattern(w *syntax.Word) (string, error) {
	return guarded(func() (string, error) { return expand.Pattern(sh.config(), w) })
}

func (sh *interp) arithmetic(x syntax.ArithmExpr) (int, error) {
	return guarded(func() (int, error) { return expand.Arithm(sh.config(), x) })
}

// unbraced quotes braces: {1..3} and {a,b} are bash's alone.
func unbraced(words []*syntax.Word) []*syntax.Word {
	out := make([]*syntax.Word, len(words))
	for i, w := range words {
		out[i] = w
		c := &syntax.Word{}
		for _, part := range w.Parts {
			l, ok := part.(*syntax.Lit)
			if !ok || !strings.Contains(l.Value, "{") {
				c.Parts = append(c.Parts, part)
				continue
			}
			out[i] = c
			for n, piece := range strings.Split(l.Value, "{") {
				if n > 0 {
					c.Parts = append(c.Parts, &syntax.SglQuoted{Value: "{"})
				}
				if piece != "" {
					c.Parts = append(c.Parts, &syntax.Lit{Value: piece})
				}
			}
		}
	}
	return out
}

// maxBraces bounds how many words a brace sequence such as {1..9} makes.
const maxBraces = 100000

func bounded(w *syntax.Word) error {
	copied := *w
	if !syntax.SplitBraces(&copied) {
		return nil
	}
	total := 1
	for _, part := range copied.Parts {
		b, ok := part.(*syntax.BraceExp)
		if !ok {
			continue
		}
		n := len(b.Elems)
		if b.Sequence && len(b.Elems) >= 2 {
			from, err1 := strconv.ParseInt(b.Elems[0].Lit(), 10, 32)
			to, err2 := strconv.ParseInt(b.Elems[1].Lit(), 10, 32)
			if err1 == nil && err2 == nil {
				n = int(max(from-to, to-from)) + 1
			} else if len(b.Elems[0].Lit()) > 1 {
				n = maxBraces + 1
			}
		}
		if total *= max(n, 1); total > maxBraces {
			return shellError("brace expansion: failed to allocate memory")
		}
	}
	return nil
}

// expansionFailed prints why an expansion failed; a script that is not typed at
// ends there.
func (sh *interp) expansionFailed(err error) {
	var unset expand.UnsetParameterError
	if errors.As(err, &unset) {
		sh.fail("%s: %s", unset.Node.Param.Value, unset.Message)
		sh.status = 1
		if sh.flavour != bash || unset.Message != "unbound variable" {
			sh.status = 1 + oneIf(sh.flavour != bash)
		}
		if sh.flavour == bash && !sh.prompts {
			sh.status = 127
			if unset.Message == "unbound variable" {
				sh.status = 1
			}
		}
		sh.ctl = exiting
		return
	}
	if errors.Is(err, errNoMemory) {
		sh.p.Exhaust() // where there is a limit, the kernel is faster
	}
	sh.fail("%s", strings.TrimPrefix(err.Error(), "expand: "))
	if errors.Is(err, errNoMemory) {
		sh.status, sh.ctl = 2, exiting
	}
}

// substitute runs the commands of $(...) in a child and collects what it prints.
func (sh *interp) substitute(w io.Writer, list []*syntax.Stmt) error {
	if text, ok, err := sh.readOnly(list); ok {
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		return err
	}
	pipe := machine.NewPipe(sh.p.Clock()).AutoClose()
	child, err := sh.spawnShell("", nil, pipe, list)
	if err != nil {
		return err
	}
	sh.foreground(child, true)
	in := machine.NewInput(sh.p, pipe)
	buf := make([]byte, 32<<10)
	total := 0
	for {
		n, err := in.Read(buf)
		if total += n; total > maxValue {
			child.Exit(128 + int(machine.SIGPIPE))
			return errNoMemory
		}
		_, _ = w.Write(buf[:n])
		if err != nil {
			break
		}
	}
	sh.status = sh.p.WaitChild(child)
	sh.foreground(child, false)
	sh.unsub++
	return nil
}

// readOnly is $(<file): the file's text without a process.
func (sh *interp) readOnly(list []*syntax.Stmt) (string, bool, error) {
	if len(list) != 1 || list[0].Cmd != nil || len(list[0].Redirs) != 1 || list[0].Redirs[0].Op != syntax.RdrIn {
		return "", false, nil
	}
	name, err := sh.literal(list[0].Redirs[0].Word)
	if err != nil {
		return "", true, err
	}
	data, err := sh.p.ReadFile(name)
	if err != nil {
		sh.fail("%s", sh.openError(name, err, false))
		sh.unsub++
		return "", true, nil
	}
	sh.status = 0
	sh.unsub++
	return string(data), true, nil
}

// processFile is <(...): what the commands print becomes a file. For >(...)
// nothing collects the file afterwards, which is said rather than faked.
func (sh *interp) processFile(ps *syntax.ProcSubst) (string, error) {
	if ps.Op != syntax.CmdIn {
		return "", shellError("process substitution >(...) is part of bash, but this simulator does not have it")
	}
	var text strings.Builder
	if err := sh.substitute(&text, ps.Stmts); err != nil {
		return "", err
	}
	name := fmt.Sprintf("/dev/fd/%d", 63-len(sh.temps))
	if err := sh.p.FS.MkdirAll("/dev/fd", 0o755, 0, 0); err != nil {
		return "", err
	}
	sh.temps = append(sh.temps, name)
	return name, sh.p.FS.WriteFile(name, []byte(text.String()), 0o600, sh.p.User.UID, sh.p.User.GID)
}

// readDir lists a directory for globbing.
func (sh *interp) readDir(name string) ([]fs.DirEntry, error) {
	n, err := sh.p.FS.Stat(name)
	if err != nil {
		return nil, err
	}
	if n.IsDir() && !sh.p.May(n, 4) {
		return nil, vfs.ErrPermission
	}
	entries, err := sh.p.FS.ReadDir(name)
	if err != nil {
		return nil, err
	}
	list := make([]fs.DirEntry, len(entries))
	for i, e := range entries {
		list[i] = dirEntry{e}
	}
	return list, nil
}

// dirEntry shows a file of the simulator as the library wants it.
type dirEntry struct{ e vfs.Entry }

func (d dirEntry) Name() string               { return d.e.Name }
func (d dirEntry) IsDir() bool                { return d.e.Node.IsDir() }
func (d dirEntry) Type() fs.FileMode          { return d.e.Node.Mode.Type() }
func (d dirEntry) Info() (fs.FileInfo, error) { return d, nil }
func (d dirEntry) Size() int64                { return d.e.Node.Size() }
func (d dirEntry) Mode() fs.FileMode          { return d.e.Node.Mode }
func (d dirEntry) ModTime() time.Time         { return d.e.Node.ModTime }
func (d dirEntry) Sys() any                   { return nil }
