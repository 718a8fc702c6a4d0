package shell

import (
	"errors"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// stream is an open file descriptor.
type stream struct {
	in  machine.Source
	out machine.Sink
}

// maxFd is the first descriptor number that a script cannot use.
const maxFd = 20

// get returns a descriptor; 0 to 2 are the process's own.
func (sh *interp) fd(n int) (stream, bool) {
	switch n {
	case 0:
		return stream{in: sh.p.Stdin.Source()}, true
	case 1:
		return stream{out: sh.p.Stdout.Sink()}, true
	case 2:
		return stream{out: sh.p.Stderr.Sink()}, true
	}
	s, ok := sh.fds[n]
	return s, ok
}

// setFd points a descriptor somewhere else.
func (sh *interp) setFd(n int, s stream) {
	switch {
	case n == 0 && s.in != nil:
		sh.p.Stdin = machine.NewInput(sh.p, s.in)
	case n == 1 && s.out != nil:
		sh.p.Stdout = machine.NewOutput(sh.p, s.out)
	case n == 2 && s.out != nil:
		sh.p.Stderr = machine.NewOutput(sh.p, s.out)
	case n > 2:
		sh.fds[n] = s
	}
}

// closed is a descriptor after `>&-`: nothing comes, and what is written is lost.
type closed struct{ machine.NoInput }

func (closed) Write(b []byte) (int, error) { return len(b), nil }

// redirected runs fn with the redirections in force and takes them back. An
// `exec` without a command keeps them.
func (sh *interp) redirected(list []*syntax.Redirect, cmd syntax.Command, fn func()) {
	if len(list) == 0 {
		fn()
		return
	}
	before := map[int]stream{}
	had := map[int]bool{}
	restore := func() {
		for n := range maxFd {
			if s, ok := before[n]; ok && had[n] {
				sh.setFd(n, s)
			} else if ok {
				delete(sh.fds, n)
			}
		}
	}
	for _, r := range list {
		for _, n := range touched(r) {
			if _, ok := before[n]; !ok {
				before[n], had[n] = sh.fd(n)
			}
		}
		if err := sh.redirect(r); err != nil {
			restore()
			if err == errHereString {
				sh.unknownSyntax("redirection")
				return
			}
			sh.fail("%s", err)
			if sh.flavour != bash {
				sh.status = oneIf(true) + oneIf(sh.flavour == dash)
			}
			return
		}
	}
	if call, ok := cmd.(*syntax.CallExpr); ok && len(call.Args) == 1 && call.Args[0].Lit() == "exec" {
		sh.status = 0
		return
	}
	defer restore()
	fn()
}

// touched lists the descriptors that a redirection changes.
func touched(r *syntax.Redirect) []int {
	if r.Op == syntax.RdrAll || r.Op == syntax.AppAll {
		return []int{1, 2}
	}
	if r.Op == syntax.DplOut && r.N == nil {
		return []int{1, 2}
	}
	return []int{target(r)}
}

// target is the descriptor on the left of a redirection.
func target(r *syntax.Redirect) int {
	if r.N != nil {
		if n, err := strconv.Atoi(r.N.Value); err == nil {
			return n
		}
	}
	switch r.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		return 0
	}
	return 1
}

func (sh *interp) redirect(r *syntax.Redirect) error {
	n := target(r)
	if n >= maxFd || n < 0 {
		return shellError(strconv.Itoa(n) + ": Bad file descriptor")
	}
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		body := r.Hdoc
		if r.Op == syntax.DashHdoc {
			body = untabbed(body)
		}
		text, err := sh.document(body)
		if err != nil {
			return err
		}
		sh.setFd(n, stream{in: machine.TextInput([]byte(text))})
		return nil
	case syntax.WordHdoc:
		if sh.flavour != bash {
			return errHereString
		}
		text, err := sh.literal(r.Word)
		if err != nil {
			return err
		}
		sh.setFd(n, stream{in: machine.TextInput([]byte(text + "\n"))})
		return nil
	}
	words, err := sh.fields(r.Word)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return shellError(printed(r.Word) + ": ambiguous redirect")
	}
	switch r.Op {
	case syntax.DplOut, syntax.DplIn:
		return sh.duplicate(r, n, words[0])
	case syntax.RdrIn:
		return sh.openInput(n, words[0])
	default:
		return sh.openOutput(r.Op, n, words[0])
	}
}

// errHereString is <<< in a shell that has no such thing.
const errHereString shellError = "here-string"

// untabbed takes the tabs from the start of the lines of a <<- document.
func untabbed(w *syntax.Word) *syntax.Word {
	if w == nil {
		return nil
	}
	c := &syntax.Word{}
	start := true
	for _, part := range w.Parts {
		l, ok := part.(*syntax.Lit)
		if !ok {
			c.Parts = append(c.Parts, part)
			start = false
			continue
		}
		lines := strings.SplitAfter(l.Value, "\n")
		for i, line := range lines {
			if i > 0 || start {
				lines[i] = strings.TrimLeft(line, "\t")
			}
		}
		start = strings.HasSuffix(l.Value, "\n")
		c.Parts = append(c.Parts, &syntax.Lit{Value: strings.Join(lines, "")})
	}
	return c
}

// duplicate is `2>&1`, `<&3`, `>&-`, and bash's `>&file`.
func (sh *interp) duplicate(r *syntax.Redirect, n int, word string) error {
	word, move := strings.CutSuffix(word, "-")
	if word == "" && move {
		sh.setFd(n, stream{closed{}, closed{}})
		return nil
	}
	from, err := strconv.Atoi(word)
	if err != nil {
		if r.Op == syntax.DplOut && r.N == nil {
			return sh.openOutput(syntax.RdrAll, 1, word)
		}
		return shellError(word + ": ambiguous redirect")
	}
	s, ok := sh.fd(from)
	if !ok {
		return shellError(word + ": Bad file descriptor")
	}
	sh.setFd(n, s)
	if move && from > 2 {
		delete(sh.fds, from)
	}
	return nil
}

func (sh *interp) openInput(n int, name string) error {
	in, err := sh.p.Open(name)
	if err != nil {
		return sh.openError(name, err, false)
	}
	sh.setFd(n, stream{in: in})
	return nil
}

func (sh *interp) openOutput(op syntax.RedirOperator, n int, name string) error {
	out, err := sh.p.Create(name, op == syntax.AppOut || op == syntax.AppAll || op == syntax.RdrInOut)
	if err != nil {
		return sh.openError(name, err, true)
	}
	s := stream{out: out}
	if op == syntax.RdrInOut {
		s.in, _ = sh.p.Open(name)
	}
	sh.setFd(n, s)
	if op == syntax.RdrAll || op == syntax.AppAll {
		sh.setFd(2, s)
	}
	return nil
}

// openError is why a file of a redirection cannot be opened, in each shell's words.
func (sh *interp) openError(name string, err error, writing bool) error {
	why := reason(err)
	if sh.flavour == bash {
		return shellError(name + ": " + why)
	}
	verb := "open"
	if writing {
		verb = "create"
		if errors.Is(err, vfs.ErrNotExist) {
			why = "nonexistent directory"
		}
	} else if errors.Is(err, vfs.ErrNotExist) {
		why = "no such file"
	}
	if sh.flavour == dash {
		if errors.Is(err, vfs.ErrNotExist) {
			why = map[bool]string{true: "Directory nonexistent", false: "No such file"}[writing]
		}
		return shellError("cannot " + verb + " " + name + ": " + why)
	}
	return shellError("can't " + verb + " " + name + ": " + why)
}

// reason is the system's text for an error, with its capital.
func reason(err error) string {
	text := err.Error()
	for _, known := range []error{vfs.ErrNotExist, vfs.ErrPermission, vfs.ErrIsDir, vfs.ErrNotDir, vfs.ErrReadOnly, vfs.ErrNoSpace, vfs.ErrLoop, vfs.ErrExist} {
		if errors.Is(err, known) {
			text = known.Error()
		}
	}
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// printed is a word as it stands in the source.
func printed(n syntax.Node) string {
	var b strings.Builder
	_ = syntax.NewPrinter(syntax.Minify(false)).Print(&b, n)
	return b.String()
}
