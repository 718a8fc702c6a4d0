package tools

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

func stat(t *tool) int {
	o, ok := t.parse("c:/format /printf: L/dereference f/file-system t/terse", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("missing operand")
		return 1
	}
	status := 0
	for _, name := range o.args {
		n, err := t.FS.Lstat(t.Abs(name))
		if err == nil && o.has("L") {
			n, err = t.FS.Stat(t.Abs(name))
		}
		if err != nil {
			if t.busybox {
				t.failf("can't stat '%s': %s", name, reason(err))
			} else {
				t.failf("cannot statx '%s': %s", name, reason(err))
			}
			status = 1
			continue
		}
		switch {
		case o.has("printf"):
			text, _ := Escapes(t.statFormat(o.values["printf"], name, n))
			t.write(text)
		case o.has("c"):
			t.write(t.statFormat(o.values["c"], name, n) + "\n")
		default:
			t.write(t.statFormat(statDefault(), name, n) + "\n")
		}
	}
	return status
}

func statDefault() string {
	return "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: 4096   %F\nDevice: 8,1\tInode: %-11i Links: %h\n" +
		"Access: (%04a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %y\nModify: %y\nChange: %y\n Birth: %y"
}

// statFormat fills in a format of stat -c.
func (t *tool) statFormat(format, name string, n *vfs.Node) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 >= len(format) {
			b.WriteByte(format[i])
			continue
		}
		from := i
		for i++; i < len(format)-1 && strings.IndexByte("-0123456789", format[i]) >= 0; i++ {
		}
		spec := format[from:i]
		if len(spec) > 5 {
			spec = "%"
		}
		text := t.statField(format[i], name, n)
		if spec == "%04" {
			fmt.Fprintf(&b, "%04s", text)
			continue
		}
		fmt.Fprintf(&b, spec+"s", text)
	}
	return b.String()
}

func (t *tool) statField(c byte, name string, n *vfs.Node) string {
	switch c {
	case 'n':
		return name
	case 'N':
		if n.IsLink() {
			return name + " -> " + n.Target
		}
		return name
	case 's':
		return (&lister{tool: t, o: &options{}}).size(n)
	case 'b':
		return strconv.FormatInt((n.Size()+4095)/4096*8, 10)
	case 'a':
		return strconv.FormatUint(uint64(octal(n.Mode)), 8)
	case 'A':
		return modeString(n.Mode)
	case 'U':
		return t.userName(n.UID)
	case 'u':
		return strconv.Itoa(n.UID)
	case 'G':
		return t.groupName(n.GID)
	case 'g':
		return strconv.Itoa(n.GID)
	case 'F':
		return kindOf(n)
	case 'Y', 'X', 'Z':
		return strconv.FormatInt(n.ModTime.Unix(), 10)
	case 'y', 'x', 'z', 'w':
		return n.ModTime.UTC().Format("2006-01-02 15:04:05.000000000 -0700")
	case 'i':
		return strconv.Itoa(int(inode(t.Abs(name))))
	case 'h':
		return strconv.Itoa(1 + btoi(n.IsDir()))
	case '%':
		return "%"
	}
	return "?"
}

// octal is a mode as numbers show it, special bits included.
func octal(m fs.FileMode) uint32 {
	v := uint32(m.Perm())
	if m&fs.ModeSetuid != 0 {
		v |= 0o4000
	}
	if m&fs.ModeSetgid != 0 {
		v |= 0o2000
	}
	if m&fs.ModeSticky != 0 {
		v |= 0o1000
	}
	return v
}

func kindOf(n *vfs.Node) string {
	switch {
	case n.IsDir():
		return "directory"
	case n.IsLink():
		return "symbolic link"
	case n.Mode&fs.ModeSocket != 0:
		return "socket"
	case n.Size() == 0:
		return "regular empty file"
	}
	return "regular file"
}

func readlink(t *tool) int {
	o, ok := t.parse("f/canonicalize n/no-newline e/canonicalize-existing m/canonicalize-missing q s v", t.Args[1:])
	if !ok {
		return 1
	}
	status := 0
	for _, name := range o.args {
		end := "\n"
		if o.has("n") {
			end = ""
		}
		if o.has("f") || o.has("e") || o.has("m") || t.name == "realpath" {
			real, err := t.FS.Resolve(t.Abs(name), true)
			if err != nil || (o.has("e") || t.name == "realpath" && !o.has("m") && t.busybox) && !t.FS.Exists(real) {
				if t.name == "realpath" {
					t.failf("%s: %s", name, "No such file or directory")
				}
				status = 1
				continue
			}
			t.write(real + end)
			continue
		}
		n, err := t.FS.Lstat(t.Abs(name))
		if err != nil || !n.IsLink() {
			status = 1
			continue
		}
		t.write(n.Target + end)
	}
	return status
}

// checksum makes md5sum and its like.
func checksum(newHash func() hash.Hash) func(*tool) int {
	return func(t *tool) int {
		o, ok := t.parse("c/check b/binary t/text s/status /quiet w z /tag", t.Args[1:])
		if !ok {
			return 1
		}
		if o.has("c") {
			return t.verify(o.args, newHash)
		}
		return t.inputs(o.args, "%s: %s", "can't open '%s': %s", func(name string, in *machine.Input) {
			t.write(sum(newHash, t.content(name, in)) + "  " + name + "\n")
		})
	}
}

// content is what a file's checksum is taken over. A file that only says how
// large it is stands for bytes of its own, which its name and size make up.
func (t *tool) content(name string, in *machine.Input) []byte {
	if n, err := t.FS.Stat(t.Abs(name)); err == nil && name != "-" && n.Bulk > 0 {
		return fmt.Appendf(nil, "%s %d %s", path.Base(name), n.Bulk, n.Program)
	}
	return all(in)
}

func sum(newHash func() hash.Hash, data []byte) string {
	h := newHash()
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

func (t *tool) verify(files []string, newHash func() hash.Hash) int {
	failed, total := 0, 0
	status := t.inputs(files, "%s: %s", "can't open '%s': %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, _ := cutNewline(line)
			want, name, ok := strings.Cut(text, " ")
			if !ok {
				return true
			}
			name = strings.TrimLeft(name, " *")
			total++
			got, err := t.reader(name)
			switch {
			case err != nil:
				t.failf("%s: %s", name, reason(err))
				t.write(name + ": FAILED open or read\n")
				failed++
			case sum(newHash, t.content(name, got)) != want:
				t.write(name + ": FAILED\n")
				failed++
			default:
				t.write(name + ": OK\n")
			}
			return true
		})
	})
	if failed > 0 {
		noun := "checksum"
		if failed > 1 {
			noun = "checksums"
		}
		t.failf("WARNING: %d computed %s did NOT match", failed, noun)
		return 1
	}
	return status
}

// sums lists the checksum tools.
func sums() []entry {
	return []entry{
		{"md5sum", checksum(md5.New)}, {"sha1sum", checksum(sha1.New)}, {"sha256sum", checksum(sha256.New)}, {"sha512sum", checksum(sha512.New)},
	}
}

func base64Command(t *tool) int {
	o, ok := t.parse("d/decode D w:/wrap i/ignore-garbage", t.Args[1:])
	if !ok {
		return 1
	}
	wrap := 76
	if n, err := strconv.Atoi(o.values["w"]); err == nil && o.has("w") {
		wrap = max(n, 0)
	}
	bad := false
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		data := all(in)
		if o.has("d") || o.has("D") {
			text := strings.NewReplacer("\n", "", "\r", "", " ", "").Replace(string(data))
			out, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				out, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
			}
			t.write(string(out))
			bad = err != nil
			return
		}
		text := encode64(data)
		for wrap > 0 && len(text) > wrap {
			t.write(text[:wrap] + "\n")
			text = text[wrap:]
		}
		if wrap > 0 && text != "" {
			text += "\n"
		}
		t.write(text)
	})
	if bad {
		t.failf("invalid input")
		return 1
	}
	return status
}
