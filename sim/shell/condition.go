package shell

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// testExpr evaluates the inside of [[ ... ]].
func (sh *interp) testExpr(x syntax.TestExpr) (bool, error) {
	switch x := x.(type) {
	case *syntax.Word:
		s, err := sh.literal(x)
		return s != "", err
	case *syntax.ParenTest:
		return sh.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			ok, err := sh.testExpr(x.X)
			return !ok, err
		}
		w, ok := x.X.(*syntax.Word)
		if !ok {
			return false, shellError("syntax error in conditional expression")
		}
		s, err := sh.literal(w)
		if err != nil {
			return false, err
		}
		return sh.unary(x.Op.String(), s), nil
	case *syntax.BinaryTest:
		return sh.binaryTest(x)
	}
	return false, nil
}

func (sh *interp) binaryTest(x *syntax.BinaryTest) (bool, error) {
	if x.Op == syntax.AndTest || x.Op == syntax.OrTest {
		ok, err := sh.testExpr(x.X)
		if err != nil || ok != (x.Op == syntax.AndTest) {
			return ok, err
		}
		return sh.testExpr(x.Y)
	}
	left, ok1 := x.X.(*syntax.Word)
	right, ok2 := x.Y.(*syntax.Word)
	if !ok1 || !ok2 {
		return false, shellError("syntax error in conditional expression")
	}
	a, err := sh.literal(left)
	if err != nil {
		return false, err
	}
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort, syntax.TsNoMatch:
		pat, err := sh.pattern(right)
		return matches(pat, a) == (x.Op != syntax.TsNoMatch), err
	case syntax.TsReMatch:
		return sh.regexMatch(a, right)
	}
	b, err := sh.literal(right)
	if err != nil {
		return false, err
	}
	switch op := x.Op.String(); op {
	case "-eq", "-ne", "-lt", "-le", "-gt", "-ge":
		return compare(op, sh.number(a), sh.number(b)), nil
	default:
		return sh.binaryOp(op, a, b)
	}
}

func (sh *interp) regexMatch(s string, w *syntax.Word) (bool, error) {
	expr, err := sh.literal(w)
	if err != nil {
		return false, err
	}
	rx, err := regexp.Compile(expr)
	if err != nil {
		return false, shellError("[[: invalid regular expression")
	}
	m := rx.FindStringSubmatch(s)
	sh.put("BASH_REMATCH", expand.Variable{Set: true, Kind: expand.Indexed, List: m})
	return m != nil, nil
}

// number reads an operand of -eq and the like in [[ ]], where names are values.
func (sh *interp) number(s string) int {
	for range 10 {
		if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
			return n
		}
		if !syntax.ValidName(s) {
			return 0
		}
		s = sh.get(s)
	}
	return 0
}

func compare(op string, a, b int) bool {
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

// unary is a test of one word: files, strings, variables.
func (sh *interp) unary(op, s string) bool {
	switch op {
	case "-n":
		return s != ""
	case "-z":
		return s == ""
	case "-v":
		return sh.vars[s].IsSet()
	case "-t":
		n, err := strconv.Atoi(s)
		st, ok := sh.fd(n)
		_, in := st.in.(*machine.TTY)
		_, out := st.out.(*machine.TTY)
		return err == nil && ok && (in || out)
	case "-L", "-h":
		n, err := sh.p.FS.Lstat(sh.p.Abs(s))
		return err == nil && n.IsLink()
	}
	if s == "" {
		return false
	}
	if strings.HasPrefix(s, "/dev/") && (s == "/dev/null" || s == "/dev/tty" && sh.p.TTY != nil) {
		return op == "-e" || op == "-c" || op == "-r" || op == "-w"
	}
	n, err := sh.p.FS.Stat(sh.p.Abs(s))
	if err != nil {
		return false
	}
	switch op {
	case "-e", "-a":
		return true
	case "-f":
		return n.Mode.IsRegular()
	case "-d":
		return n.IsDir()
	case "-s":
		return n.Size() > 0
	case "-r":
		return sh.p.May(n, 4)
	case "-w":
		return sh.p.May(n, 2)
	case "-x":
		return sh.p.May(n, 1)
	case "-O":
		return n.UID == sh.p.User.UID
	case "-G":
		return n.GID == sh.p.User.GID
	}
	return false
}

// binaryOp is a test of two words, numbers aside.
func (sh *interp) binaryOp(op, a, b string) (bool, error) {
	switch op {
	case "=", "==":
		return a == b, nil
	case "!=":
		return a != b, nil
	case "<":
		return a < b, nil
	case ">":
		return a > b, nil
	case "-nt", "-ot", "-ef":
		x, err1 := sh.p.FS.Stat(sh.p.Abs(a))
		y, err2 := sh.p.FS.Stat(sh.p.Abs(b))
		switch {
		case err1 != nil || err2 != nil:
			return op == "-nt" && err1 == nil || op == "-ot" && err2 == nil, nil
		case op == "-nt":
			return x.ModTime.After(y.ModTime), nil
		case op == "-ot":
			return x.ModTime.Before(y.ModTime), nil
		}
		return x == y, nil
	}
	return false, shellError(op + ": binary operator expected")
}

// testArgs evaluates the arguments of test and [.
type testArgs struct {
	sh   *interp
	args []string
	err  error
}

func builtinTest(sh *interp, args []string) int {
	status, err := sh.test(args)
	if err != nil {
		sh.complain(args[0], "%s", err)
	}
	return status
}

// test evaluates test or [ with its arguments; an error means status 2.
func (sh *interp) test(args []string) (status int, err error) {
	name := args[0]
	args = args[1:]
	if name == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			return 2, shellError("missing `]'")
		}
		args = args[:len(args)-1]
	}
	t := &testArgs{sh: sh, args: args}
	ok := len(args) > 0 && t.or()
	switch {
	case t.err != nil:
		return 2, t.err
	case len(t.args) > 0 && sh.flavour != bash:
		return 2, shellError(t.args[0] + ": unknown operand")
	case len(t.args) > 0:
		return 2, shellError("too many arguments")
	}
	return oneIf(!ok), nil
}

func (t *testArgs) next() string {
	if len(t.args) == 0 {
		if t.err == nil {
			t.err = shellError("argument expected")
		}
		return ""
	}
	a := t.args[0]
	t.args = t.args[1:]
	return a
}

func (t *testArgs) or() bool {
	v := t.and()
	for len(t.args) > 0 && t.args[0] == "-o" && t.err == nil {
		t.next()
		w := t.and()
		v = v || w
	}
	return v
}

func (t *testArgs) and() bool {
	v := t.primary()
	for len(t.args) > 0 && t.args[0] == "-a" && t.err == nil {
		t.next()
		w := t.primary()
		v = v && w
	}
	return v
}

func (t *testArgs) primary() bool {
	if len(t.args) >= 2 && t.args[1] == "==" && t.sh.flavour == dash {
		t.err = shellError(t.args[0] + ": unexpected operator")
		return false
	}
	if len(t.args) >= 3 && isBinary(t.args[1]) {
		a, op, b := t.next(), t.next(), t.next()
		return t.binary(op, a, b)
	}
	a := t.next()
	switch {
	case a == "!" && len(t.args) > 0:
		return !t.primary()
	case a == "(" && len(t.args) > 0:
		v := t.or()
		if t.next() != ")" && t.err == nil {
			t.err = shellError("`)' expected")
		}
		return v
	case len(a) == 2 && a[0] == '-' && strings.Contains("nzvtLhefdsrwxOGacbpSugk", a[1:]) && len(t.args) > 0:
		return t.sh.unary(a, t.next())
	}
	return a != ""
}

func isBinary(s string) bool {
	switch s {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func (t *testArgs) binary(op, a, b string) bool {
	if !strings.HasPrefix(op, "-") || op == "-nt" || op == "-ot" || op == "-ef" {
		ok, err := t.sh.binaryOp(op, a, b)
		t.err = err
		return ok
	}
	x, y := t.integer(a), t.integer(b)
	return compare(op, x, y)
}

func (t *testArgs) integer(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil && t.err == nil {
		switch t.sh.flavour {
		case bash:
			t.err = shellError(s + ": integer expression expected")
		case ash:
			t.err = shellError(s + ": bad number")
		default:
			t.err = shellError("Illegal number: " + s)
		}
	}
	return n
}
