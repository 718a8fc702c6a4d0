package shell

import (
	"testing"
	"time"
)

// FuzzLine feeds arbitrary text to a login shell: it must neither panic nor keep
// the world from going on.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		"echo hello | head -1 > f; cat < f", "for i in 1 2; do echo $i; done", "while true; do :; done", "x=$((1+2)); echo ${x:-y} ${x%1} ${#x}",
		"cat <<EOF\n$x\nEOF", "f() { f; }; f", "a=(1 2); echo ${a[@]:1} ${!a} ${a@Q} ${a/x/y}", "trap 'echo x' EXIT; exit 3", "echo {1..3} {a,b}",
		"[[ a =~ b* ]] && [ 1 -lt 2 -o x = y ]", "case x in x|y) ;; esac", "echo `ls` $(ls", "((i++)); let i=2", "set -eux; read x <<< y", "exec 3>&1 2>&3; >&-",
		"ls | & cat", "echo ')", "sleep 1 & wait; jobs; kill %1", "printf '%5d %-3s|%b' x y '\\n'", "getopts ab: o -a; shift 2; umask 022", ":(){ :|:& };:",
		"echo x | awk '{print $1}' | sed 's/a/b/' | tr a b | sort | xargs echo", "select x in a; do done", "coproc x { :; }", "echo <(ls) ~nobody $'\\x41'",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if len(line) > 2000 {
			t.Skip()
		}
		b := newBench(t)
		got := b.runFor(line, 2*time.Second)
		if got.took > 2*time.Second {
			t.Errorf("%q took %v", line, got.took)
		}
	})
}

// FuzzComplete completes arbitrary lines at arbitrary places.
func FuzzComplete(f *testing.F) {
	f.Add("docker run -it al", 5)
	f.Add("echo \"$HO", 9)
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		s := sit(t)
		from, _ := s.tty.Editor.Complete(line, cursor)
		if from < 0 || from > len(line) {
			t.Errorf("%q at %d: from %d", line, cursor, from)
		}
	})
}
