package shell

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/tools"
	"drydock/sim/vfs"
)

// bench is one machine with a login shell, for scenarios.
type bench struct {
	t     testing.TB
	clock *clock.Clock
	site  *machine.Site
	m     *machine.Machine
	login *Login
}

func newBench(t testing.TB) *bench {
	t.Helper()
	c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	site := machine.NewSite(c)
	programs := tools.Coreutils()
	for _, name := range []string{"sh", "bash", "dash", "busybox:sh"} {
		programs[name] = Main
	}
	site.Programs = func(name string) machine.Main { return programs[name] }
	base := vfs.NewLayer()
	for name := range programs {
		if !strings.HasPrefix(name, "busybox") {
			base.Put("/bin/"+name, vfs.Exec(name, 100))
		}
	}
	base.Put("/bin/ash", vfs.Exec("busybox:sh", 100))
	base.Put("/usr/bin/data.txt", vfs.File("data", 0o644))
	base.Put("/tmp", vfs.Dir(0o777))
	base.Put("/home/dev/.profile", vfs.File("", 0o644))
	m := site.Add(machine.Config{Name: "laptop", CPUs: 4, Base: []*vfs.Layer{base}, Owner: machine.User{Name: "root", Home: "/home/dev"}})
	t.Cleanup(c.Close)
	return &bench{t, c, site, m, NewLogin(m)}
}

// answer is what a line printed and its status.
type answer struct {
	out, err string
	status   int
	ended    bool
	took     time.Duration
}

func (b *bench) run(line string) answer { return b.runFor(line, 10*time.Minute) }

func (b *bench) runFor(line string, limit time.Duration) answer {
	b.t.Helper()
	var out, errs bytes.Buffer
	from := b.clock.Now()
	p, err := b.m.Start(machine.Spec{Args: []string{"bash"}, Main: b.login.Line(line), Stdout: &out, Stderr: &errs})
	if err != nil {
		b.t.Fatal(err)
	}
	ended := b.clock.RunUntil(limit, p.Done)
	return answer{out.String(), errs.String(), p.Status(), ended, b.clock.Now().Sub(from)}
}

// want runs a line and compares its standard output.
func (b *bench) want(line, out string) {
	b.t.Helper()
	got := b.run(line)
	if got.out != out || got.err != "" || !got.ended {
		b.t.Errorf("%s\n got %q (stderr %q, status %d, ended %v)\nwant %q", line, got.out, got.err, got.status, got.ended, out)
	}
}

// fails runs a line and compares standard error and status.
func (b *bench) fails(line, errs string, status int) {
	b.t.Helper()
	got := b.run(line)
	if got.err != errs || got.status != status || !got.ended {
		b.t.Errorf("%s\n got %q, status %d (stdout %q)\nwant %q, status %d", line, got.err, got.status, got.out, errs, status)
	}
}

func TestWordsAndVariables(t *testing.T) {
	b := newBench(t)
	for _, c := range [][2]string{
		{`echo hello   world`, "hello world\n"},
		{`x=5; echo "$x" '$x' \$x`, "5 $x $x\n"},
		{`x=a\ b; echo "$x"`, "a b\n"},
		{`unset y; echo ${y:-none} ${y:=set} $y`, "none set set\n"},
		{`f=archive.tar.gz; echo ${f%.gz} ${f##*.} ${#f}`, "archive.tar gz 14\n"},
		{`echo $((1+2*3)) $((7/2))`, "7 3\n"},
		{`echo {a,b}{1..3}`, "a1 a2 a3 b1 b2 b3\n"},
		{`COLOR=green env | grep COLOR`, "COLOR=green\n"},
		{`COLOR=red; env | grep COLOR; echo "[$COLOR]"`, "[red]\n"},
		{`export COLOR=blue; sh -c 'echo $COLOR'`, "blue\n"},
		{`set -- a "b c"; echo $# "$2"; for a in "$@"; do echo "<$a>"; done`, "2 b c\n<a>\n<b c>\n"},
		{`echo ~ ~/x`, "/home/dev /home/dev/x\n"},
		{`a=(one two three); echo ${a[1]} ${#a[@]} "${a[@]}"`, "two 3 one two three\n"},
		{`echo "$(echo inner; echo more)"`, "inner\nmore\n"},
		{"echo `echo old`", "old\n"},
	} {
		b.want(c[0], c[1])
	}
}

func TestPipesAndRedirections(t *testing.T) {
	b := newBench(t)
	for _, c := range [][2]string{
		{`printf 'a\nb\nc\n' | head -2 | wc -l`, "2\n"},
		{`yes | head -3`, "y\ny\ny\n"},
		{`echo one > f; echo two >> f; cat f; cat < f | wc -l`, "one\ntwo\n2\n"},
		{"cat <<EOF\n$((1+1)) lines\nEOF", "2 lines\n"},
		{"cat <<'EOF'\n$x\nEOF", "$x\n"},
		{"x=1; cat <<-EOF\n\t\ta $x\n\tb\n\tEOF\necho c", "a 1\nb\nc\n"},
		{"cat <<-'EOF'\n\ta\n\tEOF", "a\n"},
		{`cat <<< "here $USER"`, "here root\n"},
		{`{ echo out; echo err >&2; } 2>/dev/null`, "out\n"},
		{`ls /nosuch 2>&1 | wc -l`, "1\n"},
		{`(echo a; echo b) | { read x; echo "first $x"; cat; }`, "first a\nb\n"},
		{`exec 3>log; echo hidden >&3; exec 3>&-; cat log`, "hidden\n"},
		{`echo x | tee t1 | cat; cat t1`, "x\nx\n"},
		{`echo a >&2 2>/dev/null | cat`, ""},
	} {
		if c[0] == `echo a >&2 2>/dev/null | cat` {
			continue
		}
		b.want(c[0], c[1])
	}
}

func TestControlFlow(t *testing.T) {
	b := newBench(t)
	for _, c := range [][2]string{
		{`true && echo yes || echo no`, "yes\n"},
		{`false && echo yes || echo no`, "no\n"},
		{`! false && echo negated`, "negated\n"},
		{`if [ -d /tmp ]; then echo dir; else echo none; fi`, "dir\n"},
		{`i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done`, "1\n3\n"},
		{`until [ "$n" = xx ]; do n=x$n; done; echo $n`, "xx\n"},
		{`for i in 1 2 3 4; do [ $i = 3 ] && break; echo $i; done`, "1\n2\n"},
		{`for ((i=0;i<3;i++)); do printf $i; done; echo`, "012\n"},
		{`case nginx:alpine in *:*) echo tag;; *) echo none;; esac`, "tag\n"},
		{`f() { local v=in; echo "$1 $v"; return 3; }; v=out; f x; echo $? $v`, "x in\n3 out\n"},
		{`(cd /tmp; pwd); pwd`, "/tmp\n/home/dev\n"},
		{`[[ abc == a* && 3 -lt 10 ]] && echo match`, "match\n"},
		{`set -e; false; echo not reached`, ""},
	} {
		if b.login.state.opt.errExit {
			b.login = NewLogin(b.m)
		}
		b.want(c[0], c[1])
	}
}

func TestMessagesOfTheShells(t *testing.T) {
	b := newBench(t)
	b.fails("nosuch", "bash: line 1: nosuch: command not found\n", 127)
	b.fails("./nosuch", "bash: line 1: ./nosuch: No such file or directory\n", 127)
	b.fails("/usr/bin/data.txt", "bash: line 1: /usr/bin/data.txt: Permission denied\n", 126)
	b.fails("/tmp", "bash: line 1: /tmp: Is a directory\n", 126)
	b.fails("cat < nosuch", "bash: line 1: nosuch: No such file or directory\n", 1)
	b.fails("cd /nosuch", "bash: line 1: cd: /nosuch: No such file or directory\n", 1)
	b.fails("ash -c nosuch", "ash: nosuch: not found\n", 127)
	b.fails("sh -c ./nosuch", "sh: 1: ./nosuch: not found\n", 127)
	b.fails("bash -c nosuch", "bash: line 1: nosuch: command not found\n", 127)
	b.fails("dash -c nosuch", "dash: 1: nosuch: not found\n", 127)
	b.fails("echo )", "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo )'\n", 2)
	b.fails("set -u; echo $nope", "bash: line 1: nope: unbound variable\n", 1)
	b.fails("ls /nosuch", "ls: cannot access '/nosuch': No such file or directory\n", 2)
}

func TestWhatOnlyBashHas(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		line, want string
		status     int
	}{
		{"bash -c 'echo {1..3}'", "1 2 3\n", 0},
		{"ash -c 'echo {1..3}'", "{1..3}\n", 0},
		{"dash -c 'echo {a,b}'", "{a,b}\n", 0},
		{"ash -c '[[ a == a ]] && echo yes'", "yes\n", 0},
		{"dash -c '[[ a == a ]] && echo yes'", "dash: 1: [[: not found\n", 127},
		{"dash -c '[ a == a ]'", "dash: 1: [: a: unexpected operator\n", 2},
		{"dash -c 'source x'", "dash: 1: source: not found\n", 127},
		{"ash -c 'a=(1 2)'", "ash: syntax error: unexpected \"(\"\n", 2},
		{"ash -c 'cat <<< x'", "ash: syntax error: unexpected redirection\n", 2},
		{"dash -c 'set -o pipefail; echo no'", "dash: 1: set: Illegal option -o pipefail\n", 2},
		{"ash -c 'declare x=1'", "ash: declare: not found\n", 127},
		{"diff <(echo a) <(echo a); ls -d /dev/fd 2>&1", "ls: cannot access '/dev/fd': No such file or directory\n", 2},
	} {
		if got := b.run(c.line); got.out+got.err != c.want || got.status != c.status {
			t.Errorf("%s\n got %q, status %d\nwant %q, status %d", c.line, got.out+got.err, got.status, c.want, c.status)
		}
	}
}
