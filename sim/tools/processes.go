package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// psField is a column of ps.
type psField struct {
	key, title string
	width      int
	left       bool
	value      func(t *tool, p *machine.Process) string
}

func psFields() []psField {
	cpu := func(*tool, *machine.Process) string { return "0.0" }
	pid := func(t *tool, p *machine.Process) string { return strconv.Itoa(Number(t.Process, p)) }
	user := func(t *tool, p *machine.Process) string { return t.userName(p.User.UID) }
	mem := func(t *tool, p *machine.Process) string {
		return fmt.Sprintf("%.1f", 100*float64(p.Memory())/float64(max(t.Machine.Memory, 1<<30)))
	}
	rss := func(_ *tool, p *machine.Process) string { return strconv.FormatInt(p.Memory()>>10, 10) }
	clock := func(*tool, *machine.Process) string { return "00:00:00" }
	command := func(_ *tool, p *machine.Process) string { return p.Command() }
	return []psField{
		{"pid", "PID", 7, false, pid}, {"ppid", "PPID", 7, false, parentNumber}, {"user", "USER", 8, true, user}, {"uid", "UID", 5, false, func(_ *tool, p *machine.Process) string { return strconv.Itoa(p.User.UID) }},
		{"%cpu", "%CPU", 4, false, cpu}, {"pcpu", "%CPU", 4, false, cpu}, {"%mem", "%MEM", 4, false, mem}, {"pmem", "%MEM", 4, false, mem},
		{"rss", "RSS", 5, false, rss}, {"vsz", "VSZ", 6, false, func(_ *tool, p *machine.Process) string { return strconv.FormatInt(p.Memory()>>10*4+2400, 10) }},
		{"tty", "TTY", 8, true, terminalOf}, {"stat", "STAT", 4, true, stateOf}, {"state", "S", 1, true, func(t *tool, p *machine.Process) string { return stateOf(t, p)[:1] }},
		{"start", "START", 5, true, startOf}, {"stime", "STIME", 5, true, startOf}, {"time", "TIME", 8, false, clock},
		{"etime", "ELAPSED", 11, false, func(t *tool, p *machine.Process) string { return elapsed(t.Now().Sub(p.Started)) }},
		{"comm", "COMMAND", 15, true, func(_ *tool, p *machine.Process) string { return commandName(p) }}, {"args", "COMMAND", 0, true, command}, {"cmd", "CMD", 0, true, command}, {"command", "COMMAND", 0, true, command},
	}
}

func parentNumber(t *tool, p *machine.Process) string {
	if p.Parent != nil && !p.Parent.Done() && (t.Group == nil || p.Parent.Group == t.Group) {
		return strconv.Itoa(Number(t.Process, p.Parent))
	}
	if t.Group != nil {
		return "0"
	}
	return "1"
}

func terminalOf(_ *tool, p *machine.Process) string {
	if p.TTY != nil {
		return "pts/0"
	}
	return "?"
}

func stateOf(t *tool, p *machine.Process) string {
	switch {
	case p == t.Process:
		return "R+"
	case p.Group != nil && p.Group.Frozen:
		return "D"
	case p.Parent == nil || p.Group != nil && p.Group.Init == p:
		return "Ss"
	}
	return "S"
}

func startOf(t *tool, p *machine.Process) string {
	if t.Now().Sub(p.Started) > 24*time.Hour {
		return p.Started.Format("Jan02")
	}
	return p.Started.Format("15:04")
}

func elapsed(d time.Duration) string {
	s := int(d.Seconds())
	text := fmt.Sprintf("%02d:%02d", s/60%60, s%60)
	if s >= 3600 {
		text = fmt.Sprintf("%02d:", s/3600%24) + text
	}
	if s >= 86400 {
		text = fmt.Sprintf("%d-", s/86400) + text
	}
	return text
}

func commandName(p *machine.Process) string {
	if len(p.Args) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(p.Args[0], ":") // a program that tells what it does: "nginx: master process"
	return name[strings.LastIndexByte(name, '/')+1:]
}

func ps(t *tool) int {
	args := t.Args[1:]
	if t.busybox {
		return t.busyboxPs(args)
	}
	flags := ""
	format := ""
	want := map[string]bool{}
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case (a == "-o" || a == "-eo" || a == "-axo" || a == "--format" || a == "-Ao") && i+1 < len(args):
			flags += a
			i++
			format += "," + args[i]
		case (a == "-p" || a == "--pid") && i+1 < len(args):
			i++
			for _, n := range strings.Split(args[i], ",") {
				want[n] = true
			}
		case strings.HasPrefix(a, "--"):
		default:
			flags += strings.TrimPrefix(a, "-")
		}
	}
	list := Visible(t.Process)
	switch {
	case len(want) > 0:
		list = slices.DeleteFunc(list, func(p *machine.Process) bool { return !want[strconv.Itoa(Number(t.Process, p))] })
	case !strings.ContainsAny(flags, "eAax"):
		list = slices.DeleteFunc(list, func(p *machine.Process) bool { return p.TTY != t.TTY || p.User.UID != t.User.UID })
	}
	switch {
	case format != "":
	case strings.Contains(flags, "u"):
		return t.psAux(list)
	case strings.Contains(flags, "f"):
		return t.psFull(list)
	case strings.Contains(flags, "x") || strings.Contains(flags, "a") && !strings.Contains(flags, "e"):
		format = "pid,tty,stat,time,command"
	default:
		format = "pid,tty,time,comm"
	}
	return t.psTable(list, format)
}

func (t *tool) psTable(list []*machine.Process, format string) int {
	var columns []psField
	for _, key := range strings.FieldsFunc(format, func(r rune) bool { return r == ',' || r == ' ' }) {
		key, title, renamed := strings.Cut(key, "=")
		i := slices.IndexFunc(psFields(), func(f psField) bool { return f.key == key })
		if i < 0 {
			t.Errorf("error: unknown user-defined format specifier \"%s\"\n", key)
			return 1
		}
		f := psFields()[i]
		if renamed {
			f.title = title
		}
		columns = append(columns, f)
	}
	row := func(cell func(psField) string) {
		var words []string
		for i, f := range columns {
			text := cell(f)
			switch {
			case i == len(columns)-1 && f.left:
			case f.left:
				text = fmt.Sprintf("%-*s", f.width, text)
			default:
				text = fmt.Sprintf("%*s", f.width, text)
			}
			words = append(words, text)
		}
		t.write(strings.Join(words, " ") + "\n")
	}
	row(func(f psField) string {
		if f.key == "comm" && format == "pid,tty,time,comm" {
			return "CMD"
		}
		return f.title
	})
	for _, p := range list {
		row(func(f psField) string { return f.value(t, p) })
	}
	return 0
}

func (t *tool) psAux(list []*machine.Process) int {
	t.write("USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
	for _, p := range list {
		t.write(fmt.Sprintf("%-8s %7d  0.0 %4.1f %6d %5d %-8s %-4s %-5s   0:00 %s\n", t.userName(p.User.UID), Number(t.Process, p),
			100*float64(p.Memory())/float64(max(t.Machine.Memory, 1<<30)), p.Memory()>>10*4+2400, p.Memory()>>10, terminalOf(t, p), stateOf(t, p), startOf(t, p), p.Command()))
	}
	return 0
}

func (t *tool) psFull(list []*machine.Process) int {
	t.write("UID          PID    PPID  C STIME TTY          TIME CMD\n")
	for _, p := range list {
		t.write(fmt.Sprintf("%-8s %7d %7s  0 %-5s %-8s 00:00:00 %s\n", t.userName(p.User.UID), Number(t.Process, p), parentNumber(t, p), startOf(t, p), terminalOf(t, p), p.Command()))
	}
	return 0
}

// busyboxPs has fixed columns and shows everything.
func (t *tool) busyboxPs(args []string) int {
	if len(args) > 1 && args[0] == "-o" {
		return t.psTable(Visible(t.Process), args[1])
	}
	t.write("PID   USER     TIME  COMMAND\n")
	for _, p := range Visible(t.Process) {
		t.write(fmt.Sprintf("%5d %-8.8s  0:00 %s\n", Number(t.Process, p), t.userName(p.User.UID), p.Command()))
	}
	return 0
}

// top shows one screen, as top -b -n 1 does.
func top(t *tool) int {
	list := Visible(t.Process)
	slices.SortStableFunc(list, func(a, b *machine.Process) int { return cmp.Compare(b.Memory(), a.Memory()) })
	total, used := t.Machine.Memory>>10, t.Machine.MemoryUsed()>>10
	if t.busybox {
		t.write(fmt.Sprintf("Mem: %dK used, %dK free, 0K shrd, 0K buff, 0K cached\nCPU:   0%% usr   0%% sys   0%% nic 100%% idle   0%% io   0%% irq   0%% sirq\n"+
			"Load average: 0.00 0.00 0.00 1/%d %d\n  PID  PPID USER     STAT   VSZ %%VSZ CPU %%CPU COMMAND\n", used, total-used, len(list), Number(t.Process, t.Process)))
		for _, p := range list {
			t.write(fmt.Sprintf("%5d %5s %-8s %-4s %5d   0%%   0   0%% %s\n", Number(t.Process, p), parentNumber(t, p), t.userName(p.User.UID), stateOf(t, p)[:1], p.Memory()>>10, p.Command()))
		}
		return 0
	}
	t.write(fmt.Sprintf("top - %s up %s,  1 user,  load average: 0.00, 0.00, 0.00\nTasks: %3d total,   1 running, %3d sleeping,   0 stopped,   0 zombie\n"+
		"%%Cpu(s):  0.0 us,  0.0 sy,  0.0 ni,100.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\nMiB Mem : %8.1f total, %8.1f free, %8.1f used, %8.1f buff/cache\n\n"+
		"    PID USER      PR  NI    VIRT    RES    SHR S  %%CPU  %%MEM     TIME+ COMMAND\n", t.Now().Format("15:04:05"), uptimeText(t.Now().Sub(t.Machine.Booted)),
		len(list), len(list)-1, float64(total)/1024, float64(total-used)/1024, float64(used)/1024, 0.0))
	for _, p := range list {
		t.write(fmt.Sprintf("%7d %-8s  20   0 %7d %6d %6d %s   0.0 %5.1f   0:00.00 %s\n", Number(t.Process, p), t.userName(p.User.UID), p.Memory()>>10*4, p.Memory()>>10,
			p.Memory()>>11, stateOf(t, p)[:1], 100*float64(p.Memory())/float64(max(t.Machine.Memory, 1<<30)), commandName(p)))
	}
	return 0
}

func uptimeText(d time.Duration) string {
	m := int(d.Minutes())
	switch {
	case m >= 24*60:
		return fmt.Sprintf("%d days, %2d:%02d", m/60/24, m/60%24, m%60)
	case m >= 60:
		return fmt.Sprintf("%2d:%02d", m/60, m%60)
	}
	return fmt.Sprintf("%d min", m)
}

func uptime(t *tool) int {
	t.write(fmt.Sprintf(" %s up %s,  1 user,  load average: 0.00, 0.00, 0.00\n", t.Now().Format("15:04:05"), uptimeText(t.Now().Sub(t.Machine.Booted))))
	return 0
}

// pgrep is pgrep and pkill: processes by name.
func pgrep(t *tool) int {
	sig := machine.SIGTERM
	var args []string
	for _, a := range t.Args[1:] {
		if s, ok := machine.ParseSignal(strings.TrimPrefix(a, "-")); ok && strings.HasPrefix(a, "-") && t.name != "pgrep" {
			sig = s
			continue
		}
		args = append(args, a)
	}
	o, ok := t.parse("f/full l/list-name a/list-full x/exact u: o n c s:", args)
	if !ok {
		return 2
	}
	if len(o.args) == 0 {
		t.usage("no matching criteria specified")
		return 2
	}
	rx, err := compile(o.args[0], "extended", false)
	if err != nil {
		t.failf("%s", err)
		return 2
	}
	status := 1
	for _, p := range Visible(t.Process) {
		name := commandName(p)
		if o.has("f") {
			name = p.Command()
		}
		if p == t.Process || !rx.MatchString(name) || (o.has("x") || t.name == "killall" || t.name == "pidof") && name != o.args[0] {
			continue
		}
		status = 0
		switch {
		case t.name == "pkill" || t.name == "killall":
			p.Signal(sig)
		case o.has("a"):
			t.write(fmt.Sprintf("%d %s\n", Number(t.Process, p), p.Command()))
		case o.has("l"):
			t.write(fmt.Sprintf("%d %s\n", Number(t.Process, p), commandName(p)))
		default:
			t.write(fmt.Sprintf("%d\n", Number(t.Process, p)))
		}
	}
	if status != 0 && t.name == "killall" {
		t.Errorf("%s: no process found\n", o.args[0])
	}
	return status
}
