package tools

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// systemTools are the programs about processes, users, time and the machine.
func systemTools() []entry {
	return []entry{
		{"true", func(*tool) int { return 0 }}, {"false", func(*tool) int { return 1 }},
		{"sleep", sleep}, {"date", date}, {"env", env}, {"printenv", printenv}, {"pwd", pwd}, {"basename", basename}, {"dirname", dirname},
		{"whoami", whoami}, {"id", id}, {"groups", groupsCommand}, {"hostname", hostname}, {"uname", uname}, {"kill", kill}, {"which", which},
		{"ps", ps}, {"top", top}, {"uptime", uptime}, {"pgrep", pgrep}, {"pkill", pgrep}, {"killall", pgrep}, {"pidof", pgrep}, {"free", free},
		{"sudo", sudo}, {"su", su}, {"lsof", lsof}, {"timeout", timeout}, {"nohup", nohup}, {"nice", plainly("+n:/adjustment")}, {"setsid", plainly("+c w f")}, {"time", timeCommand}, {"watch", watch}, {"xargs", xargs},
		{"clear", clearScreen}, {"arch", func(t *tool) int { t.write("x86_64\n"); return 0 }}, {"nproc", nproc}, {"tty", tty}, {"sync", func(*tool) int { return 0 }},
	}
}

// duration reads a sleep operand: a number with an optional s, m, h or d.
func duration(word string) (time.Duration, bool) {
	if word == "infinity" || word == "inf" {
		return 100 * 365 * 24 * time.Hour, true
	}
	unit := time.Second
	digits := word
	if n := len(word); n > 0 {
		switch word[n-1] {
		case 's':
			digits = word[:n-1]
		case 'm':
			digits, unit = word[:n-1], time.Minute
		case 'h':
			digits, unit = word[:n-1], time.Hour
		case 'd':
			digits, unit = word[:n-1], 24*time.Hour
		}
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n < 0 || n > 1e9 {
		return 0, false
	}
	return time.Duration(min(n, 3e9/unit.Seconds()) * float64(unit)), true
}

func sleep(t *tool) int {
	args := t.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		t.usage("missing operand")
		return 1
	}
	var total time.Duration
	for _, a := range args {
		d, ok := duration(a)
		if !ok {
			if t.busybox {
				t.failf("invalid number '%s'", a)
			} else {
				t.usage("invalid time interval '%s'", a)
			}
			return 1
		}
		total += d
	}
	t.Sleep(min(total, 100*365*24*time.Hour))
	return 0
}

func env(t *tool) int {
	o, ok := t.parse("+i/ignore-environment u:/unset 0/null C:/chdir", t.Args[1:])
	if !ok {
		return 125
	}
	vars := t.Env.Clone()
	if o.has("i") {
		vars = machine.NewEnv()
	}
	if o.has("u") {
		vars.Unset(o.values["u"])
	}
	args := o.args
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		vars.Set(name, value)
		args = args[1:]
	}
	if len(args) == 0 {
		for _, v := range vars.List() {
			t.write(v + "\n")
		}
		return 0
	}
	return t.replace(args, vars)
}

// replace runs another program in this process, as env, nohup and nice do.
func (t *tool) replace(args []string, vars *machine.Env) int {
	err := t.Exec(args, vars)
	return t.cannotRun(args[0], err)
}

// cannotRun says that a program did not start.
func (t *tool) cannotRun(name string, err error) int {
	e, ok := err.(*machine.ExecError)
	if !ok {
		t.failf("%s: %s", name, reason(err))
		return 126
	}
	why := "Permission denied"
	if e.Status() == 127 {
		why = "No such file or directory"
	}
	switch {
	case t.busybox:
		t.failf("can't execute '%s': %s", name, why)
	case t.name == "timeout", t.name == "nohup", t.name == "xargs", t.name == "nice":
		t.failf("failed to run command '%s': %s", name, why)
	default:
		t.failf("'%s': %s", name, why)
	}
	return e.Status()
}

func printenv(t *tool) int {
	if len(t.Args) < 2 {
		for _, v := range t.Env.List() {
			t.write(v + "\n")
		}
		return 0
	}
	status := 0
	for _, name := range t.Args[1:] {
		if v, ok := t.Env.Lookup(name); ok {
			t.write(v + "\n")
		} else {
			status = 1
		}
	}
	return status
}

func pwd(t *tool) int { t.write(t.Dir + "\n"); return 0 }

func basename(t *tool) int {
	o, ok := t.parse("+a/multiple s:/suffix z/zero", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("missing operand")
		return 1
	}
	suffix, names := o.values["s"], o.args
	if !o.has("a") && !o.has("s") {
		names = o.args[:1]
		if len(o.args) > 1 {
			suffix = o.args[1]
		}
	}
	for _, n := range names {
		base := path.Base(n)
		if base != suffix {
			base = strings.TrimSuffix(base, suffix)
		}
		t.write(base + "\n")
	}
	return 0
}

func dirname(t *tool) int {
	if len(t.Args) < 2 {
		t.usage("missing operand")
		return 1
	}
	for _, n := range t.Args[1:] {
		t.write(path.Dir(strings.TrimRight(n, "/")+strings.Repeat("/", btoi(strings.Trim(n, "/") == ""))) + "\n")
	}
	return 0
}

func hostname(t *tool) int {
	o, ok := t.parse("i/ip-address I/all-ip-addresses s/short f/fqdn/long d/domain", t.Args[1:])
	if !ok {
		return 1
	}
	if o.has("i") || o.has("I") {
		var words []string
		for _, i := range t.Net.Interfaces() {
			words = append(words, i.Addr.String())
		}
		t.write(strings.Join(words, " ") + "\n")
		return 0
	}
	if len(o.args) > 0 {
		if t.busybox {
			t.failf("sethostname: Operation not permitted")
		} else {
			t.failf("you must be root to change the host name")
		}
		return 1
	}
	name := t.Host
	if o.has("s") {
		name, _, _ = strings.Cut(name, ".")
	}
	t.write(name + "\n")
	return 0
}

func uname(t *tool) int {
	o, ok := t.parse("a/all s/kernel-name n/nodename r/kernel-release v/kernel-version m/machine p/processor i/hardware-platform o/operating-system", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.order) == 0 {
		o.add("s", "")
	}
	system := "GNU/Linux"
	if t.busybox {
		system = "Linux"
	}
	var words []string
	for _, part := range [][2]string{
		{"s", "Linux"}, {"n", t.Host}, {"r", machine.KernelRelease}, {"v", "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)"},
		{"m", "x86_64"}, {"p", "unknown"}, {"i", "unknown"}, {"o", system},
	} {
		if o.has(part[0]) || o.has("a") && part[1] != "unknown" {
			words = append(words, part[1])
		}
	}
	t.write(strings.Join(words, " ") + "\n")
	return 0
}

func kill(t *tool) int {
	sig, rest, list, err := KillArgs(t.Args[1:])
	switch {
	case err != nil:
		t.failf("%s", err)
		return 1
	case list != "":
		t.write(list)
		return 0
	case len(rest) == 0:
		t.usage("not enough arguments")
		return 1
	}
	status := 0
	for _, a := range rest {
		pid, err := strconv.Atoi(a)
		if err != nil {
			t.failf("failed to parse argument: '%s'", a)
			status = 1
			continue
		}
		if why := SendSignal(t.Process, pid, sig); why != "" {
			if t.busybox {
				t.failf("can't kill pid %d: %s", pid, why)
			} else {
				t.failf("(%d) - %s", pid, why)
			}
			status = 1
		}
	}
	return status
}

func which(t *tool) int {
	o, ok := t.parse("a", t.Args[1:])
	if !ok {
		return 2
	}
	status := 0
	for _, name := range o.args {
		full, err := machine.LookPath(t.FS, t.Env, t.Dir, name)
		if err != nil {
			status = 1
			continue
		}
		t.write(full + "\n")
	}
	return status
}

func clearScreen(t *tool) int { t.write("\x1b[H\x1b[2J\x1b[3J"); return 0 }

func nproc(t *tool) int { t.write(fmt.Sprintf("%d\n", max(t.Machine.CPUs, 1))); return 0 }

func tty(t *tool) int {
	if t.Stdin.Terminal() == nil {
		t.write("not a tty\n")
		return 1
	}
	t.write("/dev/pts/0\n")
	return 0
}
