package tools

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// free shows the machine's memory; a container sees that too, not its limit.
func free(t *tool) int {
	o, ok := t.parse("h/human b/bytes k/kibi m/mebi g/gibi t/total w s: c:", t.Args[1:])
	if !ok {
		return 1
	}
	total := t.Machine.Memory
	if total == 0 {
		total = 8 << 30
	}
	used := t.Machine.MemoryUsed() + 300<<20
	cache := total / 5
	rest := max(total-used-cache, 0)
	show := func(n int64) string {
		switch {
		case o.has("h"):
			return humanBinary(n)
		case o.has("b"):
			return strconv.FormatInt(n, 10)
		case o.has("m"):
			return strconv.FormatInt(n>>20, 10)
		case o.has("g"):
			return strconv.FormatInt(n>>30, 10)
		}
		return strconv.FormatInt(n>>10, 10)
	}
	width := 11
	row := func(label string, numbers ...int64) {
		line := fmt.Sprintf("%-7s", label)
		for _, n := range numbers {
			line += fmt.Sprintf(" %*s", width, show(n))
		}
		t.write(line + "\n")
	}
	t.write("               total        used        free      shared  buff/cache   available\n")
	row("Mem:   ", total, used, rest, 1<<20, cache, rest+cache)
	row("Swap:  ", 0, 0, 0)
	return 0
}

// humanBinary writes a size as free -h does.
func humanBinary(n int64) string {
	value, unit := float64(n), 0
	for value >= 1024 && unit < 4 {
		value /= 1024
		unit++
	}
	suffix := []string{"B", "Ki", "Mi", "Gi", "Ti"}[unit]
	if value < 10 && unit > 0 {
		return fmt.Sprintf("%.1f%s", value, suffix)
	}
	return fmt.Sprintf("%.0f%s", value, suffix)
}

// volume is a line of df: a file system and where it is mounted.
type volume struct {
	source, at  string
	total, used int64
}

// defaultDisk is what df shows for a machine whose disk is without limit.
const defaultDisk = 100 << 30

func (t *tool) volumes() []volume {
	space := func(f *vfs.FS) (total, used int64) {
		if d := f.Disk(); d != nil {
			total, used = d.Capacity, d.Used
		}
		if total == 0 {
			total = max(defaultDisk, used*2)
		}
		return total, used
	}
	root := volume{source: "/dev/sda1", at: "/"}
	if t.Group != nil {
		root.source = "overlay"
	}
	root.total, root.used = space(t.FS)
	list := []volume{root, {"tmpfs", "/dev", 64 << 20, 0}}
	mounts := t.FS.Mounts()
	slices.SortFunc(mounts, func(a, b vfs.Mount) int { return strings.Compare(a.At, b.At) })
	for _, m := range mounts {
		v := volume{source: "/dev/sda1", at: m.At}
		if v.total, v.used = space(m.From); m.Memory {
			v.source = "tmpfs"
		}
		list = append(list, v)
	}
	return list
}

func df(t *tool) int {
	o, ok := t.parse("h/human-readable k m T/print-type P/portability i/inodes a/all H", t.Args[1:])
	if !ok {
		return 1
	}
	rows := [][]string{{"Filesystem", "1K-blocks", "Used", "Available", "Use%", "Mounted on"}}
	if o.has("h") {
		rows[0][1], rows[0][3] = "Size", "Avail"
		if t.busybox {
			rows[0][3] = "Available"
		}
	}
	size := func(n int64) string {
		if o.has("h") {
			return human(n)
		}
		return strconv.FormatInt(n>>10, 10)
	}
	for _, v := range t.volumes() {
		if len(o.args) > 0 && !slices.ContainsFunc(o.args, func(a string) bool { return t.volumeOf(a) == v.at }) {
			continue
		}
		percent := (v.used*100 + v.total - 1) / max(v.total, 1)
		rows = append(rows, []string{v.source, size(v.total), size(v.used), size(v.total - v.used), fmt.Sprintf("%d%%", percent), v.at})
	}
	if t.busybox {
		for _, r := range rows {
			t.write(fmt.Sprintf("%-20s %9s %9s %9s %4s %s\n", r[0], r[1], r[2], r[3], r[4], r[5]))
		}
		return 0
	}
	widths := make([]int, 5)
	for _, r := range rows {
		for i := range widths {
			widths[i] = max(widths[i], len(r[i]))
		}
	}
	widths[0], widths[1] = max(widths[0], 14), max(widths[1], 5)
	for _, r := range rows {
		t.write(fmt.Sprintf("%-*s %*s %*s %*s %*s %s\n", widths[0], r[0], widths[1], r[1], max(widths[2], 5), r[2], max(widths[3], 5), r[3], widths[4], r[4], r[5]))
	}
	return 0
}

// volumeOf finds the mount point that a path lies on.
func (t *tool) volumeOf(name string) string {
	full := t.Abs(name)
	for _, m := range t.FS.Mounts() { // longest first
		if full == m.At || strings.HasPrefix(full, m.At+"/") {
			return m.At
		}
	}
	return "/"
}

func du(t *tool) int {
	o, ok := t.parse("s/summarize h/human-readable a/all c/total d:/max-depth k m b/bytes x L", t.Args[1:])
	if !ok {
		return 1
	}
	names := o.args
	if len(names) == 0 {
		names = []string{"."}
	}
	depth := 1 << 20
	if n, err := strconv.Atoi(o.values["d"]); err == nil && o.has("d") {
		depth = n
	}
	if o.has("s") {
		depth = 0
	}
	show := func(n int64, name string) {
		switch {
		case o.has("h"):
			t.write(human(n) + "\t" + name + "\n")
		case o.has("b"):
			t.write(strconv.FormatInt(n, 10) + "\t" + name + "\n")
		case o.has("m"):
			t.write(strconv.FormatInt((n+1<<20-1)>>20, 10) + "\t" + name + "\n")
		default:
			t.write(strconv.FormatInt(n>>10, 10) + "\t" + name + "\n")
		}
	}
	status, total := 0, int64(0)
	for _, name := range names {
		n, err := t.FS.Lstat(t.Abs(name))
		if err != nil {
			if t.busybox {
				t.failf("%s: %s", name, reason(err))
			} else {
				t.failf("cannot access '%s': %s", name, reason(err))
			}
			status = 1
			continue
		}
		total += t.usage1(name, n, 0, depth, o, show)
	}
	if o.has("c") {
		show(total, "total")
	}
	return status
}

// usage1 adds up what a path takes on disk, in blocks of 4 KiB.
func (t *tool) usage1(name string, n *vfs.Node, level, depth int, o *options, show func(int64, string)) int64 {
	size := (n.Size() + 4095) / 4096 * 4096
	if o.has("b") {
		size = n.Size()
	}
	if n.IsDir() {
		size = 4096
		entries, _ := t.FS.ReadDir(t.Abs(name))
		for _, e := range entries {
			size += t.usage1(strings.TrimSuffix(name, "/")+"/"+e.Name, e.Node, level+1, depth, o, show)
		}
	}
	if level <= depth && (n.IsDir() || level == 0 || o.has("a")) {
		show(size, name)
	}
	return size
}

func mount(t *tool) int {
	if len(t.Args) == 5 && t.Args[1] == "-t" && t.Args[2] == "tmpfs" && t.Group != nil && t.Capable("CAP_SYS_ADMIN") {
		at := t.Abs(t.Args[4])
		if n, err := t.FS.Stat(at); err != nil || !n.IsDir() {
			t.failf("mounting %s on %s failed: No such file or directory", t.Args[3], t.Args[4])
			return 1
		}
		t.FS.Mount(vfs.Mount{At: at, From: vfs.New(t.Now, &vfs.Disk{}), Sub: "/", Memory: true})
		return 0
	}
	if len(t.Args) > 1 && t.Args[1] != "-l" {
		if t.busybox && !t.Capable("CAP_SYS_ADMIN") {
			t.failf("permission denied (are you root?)")
			return 1
		}
		return t.lacks(strings.Join(t.Args[1:], " "))
	}
	root := "/dev/sda1 on / type ext4 (rw,relatime,errors=remount-ro)\n"
	if t.Group != nil {
		mode := "rw"
		if t.FS.ReadOnly {
			mode = "ro"
		}
		root = "overlay on / type overlay (" + mode + ",relatime)\n"
	}
	t.write(root + "proc on /proc type proc (rw,nosuid,nodev,noexec,relatime)\n")
	mounts := t.FS.Mounts()
	slices.SortFunc(mounts, func(a, b vfs.Mount) int { return strings.Compare(a.At, b.At) })
	for _, m := range mounts {
		mode := "rw"
		if m.ReadOnly {
			mode = "ro"
		}
		if m.Memory {
			options := mode + ",nosuid,nodev,noexec,relatime"
			if d := m.From.Disk(); d != nil && d.Capacity > 0 {
				options += fmt.Sprintf(",size=%dk", d.Capacity>>10)
			}
			t.write("tmpfs on " + m.At + " type tmpfs (" + options + ")\n")
			continue
		}
		t.write("/dev/sda1 on " + m.At + " type ext4 (" + mode + ",relatime)\n")
	}
	return 0
}
