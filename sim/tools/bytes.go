package tools

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Lacking is a program that the real system has and the simulator has not.
func Lacking(name, of string) machine.Main {
	return func(p *machine.Process) int {
		p.Errorf("%s: '%s' is part of %s, but this simulator does not have it\n", name, name, of)
		return 1
	}
}

// byteTools look at or cut up plain bytes.
func byteTools() []entry {
	return []entry{
		{"od", od}, {"hexdump", od}, {"hd", od}, {"xxd", od}, {"fold", fold}, {"shuf", shuf}, {"split", splitCommand}, {"strings", stringsCommand},
		{"fallocate", fallocate}, {"usleep", usleep}, {"unlink", rm}, {"link", ln}, {"reset", clearScreen}, {"stty", stty}, {"mountpoint", mountpoint},
		{"umount", umount}, {"pstree", pstree}, {"cksum", cksum},
	}
}

// od is od, hexdump and xxd: bytes in rows of sixteen.
func od(t *tool) int {
	o, ok := t.parse("c C x b A: t: v n: N: p r s: e: w:", t.Args[1:])
	if !ok {
		return 1
	}
	var data []byte
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) { data = append(data, all(in)...) })
	limit := o.values["N"] + o.values["n"]
	if n, err := strconv.Atoi(limit); err == nil && n < len(data) {
		data = data[:max(n, 0)]
	}
	chars := o.has("c") || o.values["t"] == "c"
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(at+16, len(data))]
		switch {
		case t.name == "xxd":
			t.write(xxdRow(at, row))
		case t.name == "hd" || o.has("C"):
			t.write(hdRow(at, row))
		case chars:
			t.write(fmt.Sprintf("%07o", at) + charRow(row) + "\n")
		default:
			t.write(wordRow(t.name == "hexdump", at, row, o.values["t"]))
		}
	}
	switch {
	case t.name == "xxd" || len(data) == 0:
	case t.name == "od":
		t.write(fmt.Sprintf("%07o\n", len(data)))
	case o.has("C") || t.name == "hd":
		t.write(fmt.Sprintf("%08x\n", len(data)))
	default:
		t.write(fmt.Sprintf("%07x\n", len(data)))
	}
	return status
}

func printable(row []byte) string {
	var b strings.Builder
	for _, c := range row {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func xxdRow(at int, row []byte) string {
	text := ""
	for i, c := range row {
		text += fmt.Sprintf("%02x", c)
		if i%2 == 1 {
			text += " "
		}
	}
	return fmt.Sprintf("%08x: %-40s %s\n", at, text, printable(row))
}

func hdRow(at int, row []byte) string {
	text := ""
	for i, c := range row {
		text += fmt.Sprintf("%02x ", c)
		if i == 7 {
			text += " "
		}
	}
	return fmt.Sprintf("%08x  %-49s |%s|\n", at, text, printable(row))
}

func charRow(row []byte) string {
	text := ""
	for _, c := range row {
		shown := string(rune(c))
		switch {
		case strings.IndexByte("\a\b\f\n\r\t\v", c) >= 0:
			shown = `\` + string("abfnrtv"[strings.IndexByte("\a\b\f\n\r\t\v", c)])
		case c == 0:
			shown = `\0`
		case c < ' ' || c > '~':
			shown = fmt.Sprintf("%03o", c)
		}
		text += fmt.Sprintf(" %3s", shown)
	}
	return text
}

func wordRow(hex bool, at int, row []byte, kind string) string {
	if strings.HasPrefix(kind, "x1") {
		text := fmt.Sprintf("%07o", at)
		for _, c := range row {
			text += fmt.Sprintf(" %02x", c)
		}
		return text + "\n"
	}
	text := fmt.Sprintf("%07o", at)
	form := " %06o"
	if hex {
		text, form = fmt.Sprintf("%07x", at), " %04x"
	}
	for i := 0; i < len(row); i += 2 {
		w := int(row[i])
		if i+1 < len(row) {
			w |= int(row[i+1]) << 8
		}
		text += fmt.Sprintf(form, w)
	}
	return text + "\n"
}

func fold(t *tool) int {
	o, ok := t.parse("w:/width s/spaces b", t.Args[1:])
	if !ok {
		return 1
	}
	width := 80
	if n, err := strconv.Atoi(o.values["w"]); err == nil && n > 0 {
		width = n
	}
	return t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, end := cutNewline(line)
			r := []rune(text)
			for len(r) > width {
				at := width
				if i := strings.LastIndexByte(string(r[:width]), ' '); o.has("s") && i > 0 {
					at = utf8.RuneCountInString(string(r[:width])[:i]) + 1
				}
				t.write(string(r[:at]) + "\n")
				r = r[at:]
			}
			return t.write(string(r) + end)
		})
	})
}

func shuf(t *tool) int {
	o, ok := t.parse("n:/head-count i:/input-range e/echo r", t.Args[1:])
	if !ok {
		return 1
	}
	var list []string
	switch {
	case o.has("e"):
		list = o.args
	case o.has("i"):
		spans, ok := parseSpans(o.values["i"])
		if !ok || spans[0].to == 0 || spans[0].to-spans[0].from > 1<<20 {
			t.failf("invalid input range: '%s'", o.values["i"])
			return 1
		}
		for n := spans[0].from; n <= spans[0].to; n++ {
			list = append(list, strconv.Itoa(n))
		}
	default:
		t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
			lines(in, func(line string) bool { text, _ := cutNewline(line); list = append(list, text); return true })
		})
	}
	t.Clock().Rand().Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if n, err := strconv.Atoi(o.values["n"]); err == nil && o.has("n") {
		list = list[:min(max(n, 0), len(list))]
	}
	for _, l := range list {
		t.write(l + "\n")
	}
	return 0
}

// splitCommand cuts a file into pieces xaa, xab, ...
func splitCommand(t *tool) int {
	o, ok := t.parse("l:/lines b:/bytes d a:", t.Args[1:])
	if !ok {
		return 1
	}
	size, unit := int64(1000), "lines"
	for _, letter := range []string{"l", "b"} {
		if o.has(letter) {
			var valid bool
			if size, _, valid = t.count(o.values[letter], unit); !valid || size < 1 {
				return 1
			}
			if letter == "b" {
				unit = "bytes"
			}
		}
	}
	prefix := "x"
	if len(o.args) > 1 {
		prefix = o.args[1]
	}
	var pieces []string
	status := t.inputs(o.args[:min(1, len(o.args))], "cannot open '%s' for reading: %s", "%s: %s", func(_ string, in *machine.Input) {
		data := string(all(in))
		for data != "" && len(pieces) < 676 {
			n := int(min(size, int64(len(data))))
			if unit == "lines" {
				n = len(strings.Join(strings.SplitAfterN(data, "\n", int(min(size, 1<<30))+1)[:min(int(size), strings.Count(data, "\n")+1)], ""))
			}
			pieces = append(pieces, data[:n])
			data = data[n:]
		}
	})
	for i, piece := range pieces {
		if err := t.WriteFile(prefix+string(rune('a'+i/26))+string(rune('a'+i%26)), []byte(piece)); err != nil {
			t.failf("%s", reason(err))
			return 1
		}
	}
	return status
}

func stringsCommand(t *tool) int {
	o, ok := t.parse("n:/bytes a", t.Args[1:])
	if !ok {
		return 1
	}
	return t.inputs(o.args, "'%s': %s", "%s: %s", func(_ string, in *machine.Input) {
		for _, run := range strings.FieldsFunc(string(all(in)), func(r rune) bool { return (r < ' ' || r > '~') && r != '\t' }) {
			if len(run) >= 4 {
				t.write(run + "\n")
			}
		}
	})
}

// fallocate makes a file of a size that takes its place on the disk.
func fallocate(t *tool) int {
	o, ok := t.parse("l:/length o:", t.Args[1:])
	if !ok {
		return 1
	}
	size, _, ok := t.count(strings.TrimSuffix(strings.TrimSuffix(o.values["l"], "iB"), "B"), "bytes")
	if !ok || len(o.args) != 1 {
		t.failf("no length argument specified")
		return 1
	}
	err := t.WriteFile(o.args[0], nil)
	if err == nil {
		err = t.FS.Put(t.Abs(o.args[0]), &vfs.Node{Mode: 0o644 &^ t.Umask, UID: t.User.UID, GID: t.User.GID, Bulk: size})
	}
	if err != nil {
		t.failf("fallocate failed: %s", reason(err))
		return 1
	}
	return 0
}

func usleep(t *tool) int {
	if len(t.Args) > 1 {
		if n, err := strconv.Atoi(t.Args[1]); err == nil && n > 0 {
			t.Sleep(time.Duration(n) * time.Microsecond)
			return 0
		}
	}
	t.usage("missing operand")
	return 1
}

func stty(t *tool) int {
	term := t.Stdin.Terminal()
	if term == nil {
		t.failf("'standard input': Inappropriate ioctl for device")
		return 1
	}
	switch {
	case len(t.Args) > 1 && t.Args[1] == "size":
		t.write(fmt.Sprintf("%d %d\n", term.Height, term.Width))
	case len(t.Args) == 1:
		t.write("speed 38400 baud; line = 0;\n-brkint -imaxbel\n")
	}
	return 0
}

func mountpoint(t *tool) int {
	o, ok := t.parse("q d n x", t.Args[1:])
	if !ok || len(o.args) == 0 {
		return 1
	}
	if t.volumeOf(o.args[0]) == t.Abs(o.args[0]) {
		if !o.has("q") {
			t.write(o.args[0] + " is a mountpoint\n")
		}
		return 0
	}
	if !o.has("q") {
		t.write(o.args[0] + " is not a mountpoint\n")
	}
	return 1
}

func umount(t *tool) int {
	if len(t.Args) < 2 {
		t.usage("missing operand")
		return 1
	}
	if t.busybox {
		t.failf("can't unmount %s: Operation not permitted", t.Args[len(t.Args)-1])
	} else {
		t.failf("%s: must be superuser to unmount.", t.Args[len(t.Args)-1])
	}
	return 1
}

// pstree shows the processes by descent.
func pstree(t *tool) int {
	list := Visible(t.Process)
	var show func(p *machine.Process, lead string)
	show = func(p *machine.Process, lead string) {
		t.write(lead + commandName(p) + "\n")
		for _, c := range list {
			if c.Parent == p && c != p {
				show(c, strings.Repeat(" ", len(lead))+"|-")
			}
		}
	}
	for _, p := range list {
		if p.Parent == nil || p.Parent.Done() || t.Group != nil && p.Parent.Group != t.Group {
			show(p, "")
		}
	}
	return 0
}

// cksum is the POSIX checksum: a CRC of the bytes and their number.
func cksum(t *tool) int {
	return t.inputs(t.Args[1:], "%s: %s", "%s: %s", func(name string, in *machine.Input) {
		data := t.content(name, in)
		crc := uint32(0)
		feed := func(b byte) {
			crc ^= uint32(b) << 24
			for range 8 {
				if crc&(1<<31) != 0 {
					crc = crc<<1 ^ 0x04c11db7
				} else {
					crc <<= 1
				}
			}
		}
		for _, b := range data {
			feed(b)
		}
		for n := len(data); n > 0; n >>= 8 {
			feed(byte(n))
		}
		suffix := " " + name
		if name == "-" {
			suffix = ""
		}
		t.write(fmt.Sprintf("%d %d%s\n", ^crc, len(data), suffix))
	})
}
