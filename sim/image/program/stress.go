package program

import (
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// stressPace is how fast a memory hog touches what it has asked for, in bytes a
// second: slow enough for people to watch it grow.
const stressPace = 32 << 20

// stressRun is what a run of stress (1.0.4) was asked for.
type stressRun struct {
	hogs    map[string]int // by --cpu, --io, --vm, --hdd
	bytes   int64          // of each --vm
	timeout time.Duration  // 0 is none
	verbose bool
}

// stress keeps the machine busy: with --vm it takes memory until it has enough, or
// until the kernel ends it.
func stress(p *machine.Process) int {
	run, ok := stressOptions(p)
	if !ok {
		return 1
	}
	if run.hogs["cpu"]+run.hogs["io"]+run.hogs["vm"]+run.hogs["hdd"] == 0 {
		p.Printf("`stress' imposes certain types of compute stress on your system\n\nUsage: stress [OPTION [ARG]] ...\n")
		p.Printf(" -v, --verbose      be verbose\n -t, --timeout N    timeout after N seconds\n -c, --cpu N        spawn N workers spinning on sqrt()\n")
		p.Printf(" -i, --io N         spawn N workers spinning on sync()\n -m, --vm N         spawn N workers spinning on malloc()/free()\n")
		p.Printf("     --vm-bytes B   malloc B bytes per vm worker (default is 256MB)\n     --vm-hang N    sleep N secs before free (default none, 0 is inf)\n -d, --hdd N        spawn N workers spinning on write()/unlink()\n")
		return 0
	}
	p.Printf("stress: info: [%d] dispatching hogs: %d cpu, %d io, %d vm, %d hdd\n", p.PID, run.hogs["cpu"], run.hogs["io"], run.hogs["vm"], run.hogs["hdd"])
	end, limited := p.Clock().Now().Add(run.timeout), run.timeout > 0
	want := run.bytes * int64(run.hogs["vm"])
	for used := int64(0); used < want && (!limited || p.Clock().Now().Before(end)); {
		p.Sleep(250 * time.Millisecond)
		used = min(used+stressPace/4, want)
		p.Use(used)
	}
	for !limited {
		p.Sleep(24 * time.Hour)
	}
	if left := end.Sub(p.Clock().Now()); left > 0 {
		p.Sleep(left)
	}
	p.Printf("stress: info: [%d] successful run completed in %ds\n", p.PID, int(run.timeout.Seconds()))
	return 0
}

// stressOptions reads the command line; false after a complaint.
func stressOptions(p *machine.Process) (stressRun, bool) {
	run := stressRun{hogs: map[string]int{}, bytes: 256 << 20}
	long := map[string]string{"-c": "--cpu", "-i": "--io", "-m": "--vm", "-d": "--hdd", "-t": "--timeout", "-v": "--verbose", "-q": "--quiet"}
	for args := p.Args[1:]; len(args) > 0; {
		name, value, joined := strings.Cut(args[0], "=")
		if full := long[name]; full != "" {
			name = full
		}
		args = args[1:]
		switch name {
		case "--verbose", "--quiet", "--vm-keep":
			run.verbose = name == "--verbose"
			continue
		case "--cpu", "--io", "--vm", "--hdd", "--vm-bytes", "--vm-hang", "--vm-stride", "--hdd-bytes", "--timeout", "--backoff":
		default:
			p.Errorf("stress: FAIL: [%d] (244) unrecognized option: %s\n", p.PID, name)
			return run, false
		}
		if !joined {
			if len(args) == 0 {
				p.Errorf("stress: FAIL: [%d] (243) missing argument to option '%s'\n", p.PID, name)
				return run, false
			}
			value, args = args[0], args[1:]
		}
		n, ok := stressNumber(value)
		if !ok {
			p.Errorf("stress: FAIL: [%d] (451) unrecognized suffix: %s\n", p.PID, value)
			return run, false
		}
		switch name {
		case "--vm-bytes":
			run.bytes = n
		case "--timeout":
			run.timeout = time.Duration(n) * time.Second
		default:
			run.hogs[strings.TrimPrefix(name, "--")] = int(min(n, 1000))
		}
	}
	return run, true
}

// stressNumber reads a number with one of stress' suffixes: of time (s, m, h, d, y)
// or of size (B, K, M, G).
func stressNumber(text string) (int64, bool) {
	units := map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'y': 31556952, 'B': 1, 'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30}
	unit := int64(1)
	if len(text) > 0 {
		if u, found := units[text[len(text)-1]]; found {
			unit, text = u, text[:len(text)-1]
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 1<<40/unit {
		return 0, false
	}
	return n * unit, true
}
