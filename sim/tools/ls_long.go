package tools

import (
	"fmt"
	"io/fs"
	"strconv"
	"time"

	"drydock/sim/vfs"
)

func (l *lister) long(files []listed) {
	rows := make([][]string, len(files))
	var blocks int64
	for i, f := range files {
		rows[i] = l.row(f)
		blocks += (f.node.Size() + 4095) / 4096 * 4
		if f.node.IsDir() {
			blocks += 4
		}
	}
	if l.blocks {
		total := strconv.FormatInt(blocks, 10)
		if l.o.has("h") {
			total = human(blocks << 10)
		}
		l.write("total " + total + "\n")
	}
	var widths [5]int
	for _, r := range rows {
		for c := range widths {
			widths[c] = max(widths[c], len(r[c]))
		}
	}
	if l.busybox {
		widths[1], widths[2], widths[3], widths[4] = max(widths[1], 5), max(widths[2], 8), max(widths[3], 8), max(widths[4], 9)
	}
	for i, r := range rows {
		line := r[0] + " " + fmt.Sprintf("%*s", widths[1], r[1]) + " "
		if !l.o.has("g") {
			line += fmt.Sprintf("%-*s ", widths[2], r[2])
		}
		if !l.o.has("G") {
			line += fmt.Sprintf("%-*s ", widths[3], r[3])
		}
		line += fmt.Sprintf("%*s %s %s", widths[4], r[4], r[5], r[6])
		if l.o.has("i") {
			line = fmt.Sprintf("%d %s", inode(files[i].path), line)
		}
		l.write(line + "\n")
	}
}

// row gives the columns of a long line: mode, links, owner, group, size, date, name.
func (l *lister) row(f listed) []string {
	n := f.node
	owner, group := l.userName(n.UID), l.groupName(n.GID)
	if l.o.has("n") {
		owner, group = strconv.Itoa(n.UID), strconv.Itoa(n.GID)
	}
	links := 1
	if n.IsDir() {
		links = 2
		entries, _ := l.FS.ReadDir(f.path)
		for _, e := range entries {
			links += btoi(e.Node.IsDir())
		}
	}
	name := l.decorated(f, true)
	if n.IsLink() {
		name = l.colored(f) + " -> " + n.Target
	}
	return []string{modeString(n.Mode), strconv.Itoa(links), owner, group, l.size(n), l.date(n.ModTime), name}
}

func (l *lister) size(n *vfs.Node) string {
	size := n.Size()
	switch {
	case n.IsDir():
		size = 4096
	case n.IsLink():
		size = int64(len(n.Target))
	}
	if l.o.has("h") {
		return human(size)
	}
	return strconv.FormatInt(size, 10)
}

// date is the time of day for files of the last six months, else the year.
func (l *lister) date(at time.Time) string {
	if at.IsZero() {
		at = l.Clock().Start()
	}
	if l.o.has("full-time") {
		return at.Format("2006-01-02 15:04:05.000000000 -0700")
	}
	if age := l.Now().Sub(at); age > 182*24*time.Hour || age < -time.Hour {
		return at.Format("Jan _2  2006")
	}
	return at.Format("Jan _2 15:04")
}

// modeString is a mode as ls prints it: drwxr-xr-x.
func modeString(m fs.FileMode) string {
	kind := byte('-')
	switch {
	case m.IsDir():
		kind = 'd'
	case m&fs.ModeSymlink != 0:
		kind = 'l'
	case m&fs.ModeSocket != 0:
		kind = 's'
	case m&fs.ModeNamedPipe != 0:
		kind = 'p'
	case m&fs.ModeDevice != 0:
		kind = 'c'
	}
	b := []byte{kind}
	for i := 8; i >= 0; i-- {
		c := "xwr"[i%3]
		if m&(1<<i) == 0 {
			c = '-'
		}
		b = append(b, c)
	}
	special := func(at int, bit fs.FileMode, set, unset byte) {
		if m&bit == 0 {
			return
		}
		if b[at] == 'x' {
			b[at] = set
		} else {
			b[at] = unset
		}
	}
	special(3, fs.ModeSetuid, 's', 'S')
	special(6, fs.ModeSetgid, 's', 'S')
	special(9, fs.ModeSticky, 't', 'T')
	return string(b)
}

// human writes a size as ls -h and du -h do: 1024 to a unit, rounded up, one
// decimal below 10.
func human(size int64) string {
	if size < 1024 {
		return strconv.FormatInt(size, 10)
	}
	value, unit := float64(size), -1
	for value >= 1024 && unit < 5 {
		value /= 1024
		unit++
	}
	if value < 10 {
		tenths := int64(value * 10)
		if float64(tenths) < value*10 {
			tenths++
		}
		if tenths < 100 {
			return fmt.Sprintf("%d.%d%c", tenths/10, tenths%10, "KMGTPE"[unit])
		}
	}
	whole := int64(value)
	if float64(whole) < value {
		whole++
	}
	return fmt.Sprintf("%d%c", whole, "KMGTPE"[unit])
}

// inode is a stable number for a path.
func inode(name string) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h%9000000 + 100000
}
