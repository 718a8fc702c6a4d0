package machine

import (
	"fmt"
	"strconv"
	"strings"
)

// kernelFile is a file of /proc or /sys that the kernel makes up at the moment
// of reading (Linux 6.12, control groups version 2).
func (p *Process) kernelFile(full string) (string, bool) {
	if name, ok := strings.CutPrefix(full, "/sys/fs/cgroup/"); ok {
		return p.Group.file(name)
	}
	name, ok := strings.CutPrefix(full, "/proc/")
	if !ok {
		return "", false
	}
	if pid, rest, ok := strings.Cut(name, "/"); ok {
		if of := p.numbered(pid); of != nil {
			return of.ownFile(rest)
		}
	}
	switch name {
	case "meminfo":
		total, free, cached := p.Machine.memory()
		return fmt.Sprintf("MemTotal:       %8d kB\nMemFree:        %8d kB\nMemAvailable:   %8d kB\nBuffers:        %8d kB\nCached:         %8d kB\nSwapCached:     %8d kB\nSwapTotal:      %8d kB\nSwapFree:       %8d kB\n",
			total>>10, free>>10, (free+cached)>>10, cached>>14, (cached-cached>>4)>>10, 0, 0, 0), true
	case "cpuinfo":
		var b strings.Builder
		for i := range max(p.Machine.CPUs, 1) {
			fmt.Fprintf(&b, "processor\t: %d\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.20GHz\ncpu MHz\t\t: 2200.000\ncpu cores\t: %d\n\n", i, max(p.Machine.CPUs, 1))
		}
		return b.String(), true
	case "version":
		return "Linux version " + KernelRelease + " (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)\n", true
	case "loadavg":
		return fmt.Sprintf("0.00 0.01 0.05 1/%d %d\n", len(p.Machine.Processes()), p.PID), true
	case "sys/kernel/hostname":
		return p.Host + "\n", true
	case "sys/net/ipv4/ip_forward":
		return "1\n", true
	}
	return "", false
}

// memory is what /proc/meminfo divides: all, free, and cached, in bytes.
func (m *Machine) memory() (total, free, cached int64) {
	total = m.Memory
	if total == 0 {
		total = 8 << 30
	}
	cached = total / 5
	return total, max(total-cached-m.MemoryUsed()-300<<20, 0), cached
}

// numbered finds the process that /proc/PID or /proc/self is about, as the
// process sees the numbers.
func (p *Process) numbered(pid string) *Process {
	if pid == "self" {
		return p
	}
	n, err := strconv.Atoi(pid)
	if err != nil {
		return nil
	}
	if p.Group == nil {
		for _, other := range p.Machine.Processes() {
			if other.PID == n {
				return other
			}
		}
		return nil
	}
	for _, other := range p.Group.Processes() {
		if other.LocalPID == n {
			return other
		}
	}
	return nil
}

// ownFile is a file of /proc/PID.
func (p *Process) ownFile(name string) (string, bool) {
	pid := p.PID
	if p.Group != nil {
		pid = p.LocalPID
	}
	command := p.Args[0][strings.LastIndexByte(p.Args[0], '/')+1:]
	switch name {
	case "cmdline":
		return strings.Join(p.Args, "\x00") + "\x00", true
	case "comm":
		return command + "\n", true
	case "cgroup":
		if p.Group == nil {
			return "0::/user.slice/user-1000.slice/session-1.scope\n", true
		}
		return "0::/\n", true // a container sees itself as the root
	case "status":
		return fmt.Sprintf("Name:\t%s\nState:\tS (sleeping)\nPid:\t%d\nUid:\t%d\t%[3]d\t%[3]d\t%[3]d\nGid:\t%d\t%[4]d\t%[4]d\t%[4]d\nVmRSS:\t%8d kB\nThreads:\t1\n",
			command, pid, p.User.UID, p.User.GID, p.memory>>10), true
	case "environ":
		return strings.Join(p.Env.List(), "\x00") + "\x00", true
	}
	return "", false
}

// file is a control file of the group: its limits and what it uses.
func (g *Group) file(name string) (string, bool) {
	if g == nil {
		return "", false
	}
	limit := func(n int64) string {
		if n <= 0 {
			return "max\n"
		}
		return strconv.FormatInt(n, 10) + "\n"
	}
	switch name {
	case "memory.max":
		return limit(g.MemoryLimit &^ 4095), true
	case "memory.current":
		return strconv.FormatInt(g.MemoryUsed(), 10) + "\n", true
	case "memory.events":
		return fmt.Sprintf("low 0\nhigh 0\nmax 0\noom %d\noom_kill %[1]d\noom_group_kill 0\n", map[bool]int{true: 1}[g.OOMKilled]), true
	case "pids.max":
		return limit(g.PidsLimit), true
	case "pids.current":
		return strconv.Itoa(len(g.Processes())) + "\n", true
	case "cpu.max":
		if g.NanoCPUs > 0 {
			return fmt.Sprintf("%d 100000\n", g.NanoCPUs/10_000), true
		}
		return "max 100000\n", true
	}
	return "", false
}
