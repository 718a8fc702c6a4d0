package tools

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// startChild starts a program in the foreground: Ctrl-C reaches it where it
// reaches the tool.
func (t *tool) startChild(s machine.Spec) (*machine.Process, error) {
	child, err := t.Spawn(s)
	if err == nil && t.TTY != nil && slices.Contains(t.TTY.Foreground, t.Process) {
		t.TTY.Foreground = append(t.TTY.Foreground, child)
	}
	return child, err
}

// waitChild waits for such a program.
func (t *tool) waitChild(child *machine.Process) int {
	status := t.WaitChild(child)
	t.dismiss(child)
	return status
}

func (t *tool) dismiss(child *machine.Process) {
	if t.TTY != nil {
		t.TTY.Foreground = slices.DeleteFunc(t.TTY.Foreground, func(p *machine.Process) bool { return p == child })
	}
}

func timeout(t *tool) int {
	o, ok := t.parse("+s:/signal k:/kill-after v/verbose /foreground /preserve-status t:", t.Args[1:])
	if !ok {
		return 125
	}
	if t.busybox && o.has("t") {
		o.args = append([]string{o.values["t"]}, o.args...)
	}
	if len(o.args) < 2 {
		t.usage("missing operand")
		return 125
	}
	limit, ok := duration(o.args[0])
	if !ok {
		t.usage("invalid time interval '%s'", o.args[0])
		return 125
	}
	sig := machine.SIGTERM
	if o.has("s") {
		if sig, ok = machine.ParseSignal(o.values["s"]); !ok {
			t.usage("'%s': invalid signal", o.values["s"])
			return 125
		}
	}
	child, err := t.startChild(machine.Spec{Args: o.args[1:]})
	if err != nil {
		return t.cannotRun(o.args[1], err)
	}
	t.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGHUP {
			child.Signal(s)
		}
		return s == machine.SIGTERM || s == machine.SIGINT || s == machine.SIGHUP
	}
	if limit == 0 || child.Done() || t.SleepUntil(limit, child.Exited()) {
		return t.waitChild(child)
	}
	child.Signal(sig)
	if grace, ok := duration(o.values["k"]); ok && o.has("k") && !child.Done() {
		if !t.SleepUntil(grace, child.Exited()) {
			child.Signal(machine.SIGKILL)
			t.waitChild(child)
			return 128 + int(machine.SIGKILL)
		}
	}
	status := t.waitChild(child)
	switch {
	case o.has("preserve-status"):
		return status
	case sig == machine.SIGKILL:
		return 128 + int(machine.SIGKILL)
	case t.busybox:
		return 128 + int(sig)
	}
	return 124
}

func nohup(t *tool) int {
	if len(t.Args) < 2 {
		t.usage("missing operand")
		return 125
	}
	if t.Stdout.Terminal() != nil {
		sink, err := t.Create("nohup.out", true)
		if err != nil {
			t.failf("failed to open 'nohup.out': %s", reason(err))
			return 125
		}
		t.Errorf("nohup: ignoring input and appending output to 'nohup.out'\n")
		t.Stdout = machine.NewOutput(t.Process, sink)
		t.Stderr = machine.NewOutput(t.Process, sink)
	}
	child, err := t.Spawn(machine.Spec{Args: t.Args[1:], Stdin: machine.NoInput{}})
	if err != nil {
		return t.cannotRun(t.Args[1], err)
	}
	t.OnSignal = func(s machine.Signal) bool { return s == machine.SIGHUP }
	return t.WaitChild(child)
}

// nice, ionice and setsid run their command as it is.
func plainly(spec string) func(*tool) int {
	return func(t *tool) int {
		o, ok := t.parse(spec, t.Args[1:])
		if !ok {
			return 125
		}
		if len(o.args) == 0 {
			t.usage("missing operand")
			return 125
		}
		return t.replace(o.args, t.Env)
	}
}

func timeCommand(t *tool) int {
	o, ok := t.parse("+p/portability v/verbose f: o:", t.Args[1:])
	if !ok {
		return 125
	}
	if len(o.args) == 0 {
		t.usage("missing program to run")
		return 125
	}
	from := t.Now()
	child, err := t.startChild(machine.Spec{Args: o.args})
	if err != nil {
		return t.cannotRun(o.args[0], err)
	}
	status := t.waitChild(child)
	real := t.Now().Sub(from)
	switch {
	case o.has("p"):
		t.Errorf("real %.2f\nuser 0.00\nsys 0.00\n", real.Seconds())
	case t.busybox:
		t.Errorf("real\t%dm %.2fs\nuser\t0m 0.00s\nsys\t0m 0.00s\n", int(real.Minutes()), (real % time.Minute).Seconds())
	default:
		t.Errorf("0.00user 0.00system %d:%05.2felapsed 0%%CPU (0avgtext+0avgdata 2048maxresident)k\n0inputs+0outputs (0major+90minor)pagefaults 0swaps\n",
			int(real.Minutes()), (real % time.Minute).Seconds())
	}
	return status
}

func watch(t *tool) int {
	o, ok := t.parse("+n:/interval t/no-title d/differences c/color g/chgexit x/exec b e", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("no command given")
		return 1
	}
	every := 2 * time.Second
	if o.has("n") {
		d, ok := duration(o.values["n"])
		if !ok {
			t.failf("failed to parse argument: '%s'", o.values["n"])
			return 1
		}
		every = max(d, 100*time.Millisecond)
	}
	line := strings.Join(o.args, " ")
	for {
		if t.Stdout.Terminal() != nil {
			t.write("\x1b[H\x1b[2J")
		}
		if !o.has("t") {
			t.write(t.watchTitle(every, line) + "\n\n")
		}
		child, err := t.startChild(machine.Spec{Args: []string{"sh", "-c", line}})
		if err != nil {
			return t.cannotRun("sh", err)
		}
		if status := t.waitChild(child); status != 0 && o.has("e") {
			return status
		}
		t.Sleep(every)
	}
}

func (t *tool) watchTitle(every time.Duration, line string) string {
	left := fmt.Sprintf("Every %.1fs: %s", every.Seconds(), line)
	right := t.Host + ": " + Strftime("%a %b %e %H:%M:%S %Y", t.Now())
	width := 80
	if term := t.Stdout.Terminal(); term != nil {
		width = term.Width
	}
	return left + strings.Repeat(" ", max(width-len(left)-len(right), 2)) + right
}

// xargsRun is a run of xargs.
type xargsRun struct {
	*tool
	o      *options
	status int
}

func xargs(t *tool) int {
	o, ok := t.parse("+n:/max-args I:/replace 0/null r/no-run-if-empty t/verbose d:/delimiter P:/max-procs L:/max-lines a:/arg-file s: x p E: i", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		o.args = []string{"echo"}
	}
	x := &xargsRun{tool: t, o: o}
	data := string(all(t.Stdin))
	var words []string
	switch {
	case o.has("0"):
		words = nonEmpty(strings.Split(data, "\x00"))
	case o.has("d"):
		sep, _ := Escapes(o.values["d"])
		words = nonEmpty(strings.Split(strings.TrimSuffix(data, "\n"), sep))
	case o.has("I"):
		for _, l := range nonEmpty(strings.Split(data, "\n")) {
			words = append(words, strings.TrimLeft(l, " \t"))
		}
	default:
		words = shellWords(data)
	}
	x.feed(words)
	return x.status
}

func nonEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// feed runs the command on the words.
func (x *xargsRun) feed(words []string) {
	if mark := x.o.values["I"]; mark != "" {
		for _, w := range words {
			args := make([]string, len(x.o.args))
			for i, a := range x.o.args {
				args[i] = strings.ReplaceAll(a, mark, w)
			}
			if !x.runOnce(args) {
				return
			}
		}
		return
	}
	size := len(words)
	for _, letter := range []string{"n", "L"} {
		if n, err := strconv.Atoi(x.o.values[letter]); err == nil && n > 0 {
			size = n
		}
	}
	if len(words) == 0 {
		if !x.o.has("r") {
			x.runOnce(x.o.args)
		}
		return
	}
	for len(words) > 0 {
		n := min(size, len(words))
		if !x.runOnce(append(slices.Clone(x.o.args), words[:n]...)) {
			return
		}
		words = words[n:]
	}
}

func (x *xargsRun) runOnce(args []string) bool {
	if x.o.has("t") {
		x.Errorf("%s\n", strings.Join(args, " "))
	}
	x.Sleep(time.Millisecond)
	child, err := x.startChild(machine.Spec{Args: args, Stdin: machine.NoInput{}})
	if err != nil {
		x.failf("%s: No such file or directory", args[0])
		x.status = 127
		return false
	}
	switch s := x.waitChild(child); {
	case s == 255:
		x.failf("%s: exited with status 255; aborting", args[0])
		x.status = 124
		return false
	case s > 0:
		x.status = 123
	}
	return true
}

// shellWords splits at blanks; quotes and backslashes keep them.
func shellWords(s string) []string {
	var words []string
	var b strings.Builder
	open := false
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteByte(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			open = true
		case c == ' ' || c == '\t' || c == '\n':
			if open {
				words = append(words, b.String())
			}
			b.Reset()
			open = false
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		words = append(words, b.String())
	}
	return words
}
