package tools

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-units"

	"drydock/sim/vfs"
)

// ddJob is what the operands of dd ask for.
type ddJob struct {
	in, out           string
	block             int64 // bytes
	count, skip, seek int64 // blocks; count below zero is everything
	keep, add, silent bool
}

// ddRate is what a disk takes, in bytes a second.
const ddRate = 500 << 20

// dd copies blocks. What comes from /dev/zero or /dev/urandom takes room on the
// disk but is not kept byte by byte.
func dd(t *tool) int {
	j := ddJob{block: 512, count: -1}
	for _, word := range t.Args[1:] {
		if text := j.operand(word); text != "" {
			t.failf("%s", text)
			return 1
		}
	}
	started := t.Now()
	t.Use(t.Memory() + j.block) // the buffer that a block is read into
	size, err := j.copy(t)
	if err != nil && !errors.Is(err, vfs.ErrNoSpace) {
		t.failf("%s", err)
		return 1
	}
	t.Sleep(time.Duration(float64(size) / ddRate * float64(time.Second)))
	if err != nil {
		t.failf("error writing '%s': %s", j.out, reason(err))
	}
	if !j.silent {
		j.report(t, size, t.Now().Sub(started))
	}
	if err != nil {
		return 1
	}
	return 0
}

// operand reads one name=value; it returns what is wrong with it.
func (j *ddJob) operand(word string) string {
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		return fmt.Sprintf("unrecognized operand '%s'", word)
	}
	var err error
	switch name {
	case "if":
		j.in = value
	case "of":
		j.out = value
	case "bs", "ibs", "obs":
		j.block, err = ddSize(value)
		if j.block < 1 {
			err = strconv.ErrRange
		}
	case "count":
		j.count, err = ddSize(value)
	case "skip", "iseek":
		j.skip, err = ddSize(value)
	case "seek", "oseek":
		j.seek, err = ddSize(value)
	case "conv":
		j.keep = strings.Contains(value, "notrunc")
	case "oflag":
		j.add = strings.Contains(value, "append")
	case "status":
		j.silent = value == "none" || value == "noxfer"
	case "iflag":
	default:
		return fmt.Sprintf("unrecognized operand '%s'", word)
	}
	if err != nil {
		return fmt.Sprintf("invalid number: '%s'", value)
	}
	return ""
}

// ddSize reads a number of bytes or blocks: 512, 4k, 1M, 1MB, 2x1024.
func ddSize(text string) (int64, error) {
	if a, b, ok := strings.Cut(text, "x"); ok {
		m, err := ddSize(a)
		n, err2 := ddSize(b)
		return m * n, errors.Join(err, err2)
	}
	digits := strings.TrimRight(text, "cwbkKMGTBi")
	n, err := strconv.ParseInt(digits, 10, 40)
	factor, ok := map[string]int64{
		"": 1, "c": 1, "w": 2, "b": 512, "k": 1 << 10, "K": 1 << 10, "kB": 1000, "KiB": 1 << 10, "M": 1 << 20, "MB": 1_000_000, "MiB": 1 << 20,
		"G": 1 << 30, "GB": 1_000_000_000, "GiB": 1 << 30, "T": 1 << 40,
	}[text[len(digits):]]
	if err != nil || !ok || n > 1<<50/factor {
		return 0, strconv.ErrSyntax
	}
	return n * factor, nil
}

func (j *ddJob) copy(t *tool) (int64, error) {
	in := t.Abs(j.in)
	if j.in != "" && (in == "/dev/zero" || in == "/dev/urandom" || in == "/dev/random") {
		if j.count < 0 {
			return 0, errors.New("an endless copy of " + in + " is part of dd, but this simulator does not have it; give count=")
		}
		return j.fill(t, j.count*j.block)
	}
	name := j.in
	if name == "" {
		name = "-"
	}
	src, err := t.reader(name)
	if err != nil {
		return 0, fmt.Errorf("failed to open '%s': %s", j.in, reason(err))
	}
	limit := int64(maxInput)
	if j.count >= 0 {
		limit = min(limit, (j.skip+j.count)*j.block)
	}
	data, err := io.ReadAll(io.LimitReader(src, limit))
	if err != nil {
		return 0, err
	}
	data = data[min(int64(len(data)), j.skip*j.block):]
	return j.put(t, data)
}

// fill makes a file that is large without holding anything.
func (j *ddJob) fill(t *tool, size int64) (int64, error) {
	if j.out == "" || strings.HasPrefix(t.Abs(j.out), "/dev/") {
		return size, nil
	}
	if err := t.WriteFile(j.out, nil); err != nil {
		return 0, fmt.Errorf("failed to open '%s': %s", j.out, reason(err))
	}
	full := t.Abs(j.out)
	n, err := t.FS.Stat(full)
	if err != nil {
		return 0, err
	}
	own := *n
	own.Data, own.Bulk, own.ModTime = nil, size, t.Now()
	return size, t.FS.Put(full, &own)
}

func (j *ddJob) put(t *tool, data []byte) (int64, error) {
	if j.out == "" {
		_, err := t.Stdout.Write(data)
		return int64(len(data)), err
	}
	var whole []byte
	if old, err := t.ReadFile(j.out); err == nil && (j.keep || j.add || j.seek > 0) {
		whole = old
	}
	at := min(j.seek*j.block, maxInput)
	if j.add {
		at = int64(len(whole))
	}
	buf := make([]byte, max(int64(len(whole)), at+int64(len(data))))
	copy(buf, whole)
	copy(buf[at:], data)
	if !j.keep && !j.add {
		buf = buf[:at+int64(len(data))]
	}
	if err := t.WriteFile(j.out, buf); err != nil && !errors.Is(err, vfs.ErrNoSpace) {
		return 0, fmt.Errorf("failed to open '%s': %s", j.out, reason(err))
	} else if err != nil {
		return 0, err
	}
	return int64(len(data)), nil
}

// report counts whole and broken blocks, and says how fast it was.
func (j *ddJob) report(t *tool, size int64, took time.Duration) {
	whole, rest := size/j.block, int64(0)
	if size%j.block > 0 {
		rest = 1
	}
	t.Errorf("%d+%d records in\n%[1]d+%[2]d records out\n", whole, rest)
	secs := max(took.Seconds(), 0.000001)
	if t.busybox {
		rate := float64(size) / secs
		t.Errorf("%d bytes (%s) copied, %f seconds, %s/s\n", size, busyboxSize(float64(size)), secs, busyboxSize(rate))
		return
	}
	sizes := ""
	if size >= 1000 {
		sizes = fmt.Sprintf(" (%s, %s)", spaced(units.CustomSize("%.3g%s", float64(size), 1000, []string{"B", "kB", "MB", "GB", "TB"})),
			spaced(units.CustomSize("%.3g%s", float64(size), 1024, []string{"B", "KiB", "MiB", "GiB", "TiB"})))
	}
	rate := spaced(units.CustomSize("%.1f%s", float64(size)/secs, 1000, []string{"B", "kB", "MB", "GB", "TB"}))
	t.Errorf("%d bytes%s copied, %.6g s, %s/s\n", size, sizes, secs, rate)
}

func busyboxSize(v float64) string {
	return units.CustomSize("%.1f%s", v, 1024, []string{"B", "KB", "MB", "GB", "TB"})
}

// spaced puts a blank between a number and its unit.
func spaced(text string) string {
	i := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if i < 0 {
		return text
	}
	return text[:i] + " " + text[i:]
}
