package tools

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func itoa8(n int64) string { return strconv.FormatInt(n&0o7777, 8) }

// tarRun is a run of tar.
type tarRun struct {
	*tool
	o    *options
	file string
	dir  string
	list []string
}

func tarCommand(t *tool) int {
	args := append([]string(nil), t.Args[1:]...)
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		args[0] = "-" + args[0]
	}
	o, ok := t.parse("c/create x/extract/get t/list f:/file v/verbose z/gzip j J a C:/directory p O/to-stdout /strip-components: "+
		"/exclude: k h w m o /no-same-owner T: /owner: /group: /numeric-owner", args)
	if !ok {
		return 2
	}
	r := &tarRun{tool: t, o: o, file: o.values["f"], dir: t.Dir, list: o.args}
	if o.has("C") {
		r.dir = t.Abs(o.values["C"])
		if n, err := t.FS.Stat(r.dir); err != nil || !n.IsDir() {
			t.failf("%s: Cannot open: No such file or directory", o.values["C"])
			t.failf("Error is not recoverable: exiting now")
			return 2
		}
	}
	switch {
	case o.has("j") || o.has("J"):
		return t.lacks("-j")
	case o.has("c"):
		return r.create()
	case o.has("x"), o.has("t"):
		return r.read()
	}
	if t.busybox {
		t.Errorf("%s\n\nUsage: tar c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [FILE]...\n", busyboxVersion)
		return 1
	}
	t.failf("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
	t.Errorf("Try 'tar --help' or 'tar --usage' for more information.\n")
	return 2
}

// create packs files. A large file of the catalogue is packed with its size's
// worth of zeros only up to maxInput.
func (r *tarRun) create() int {
	if len(r.list) == 0 {
		r.failf("Cowardly refusing to create an empty archive")
		return 2
	}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	status, told := 0, false
	for _, name := range r.list {
		base := path.Join(r.dir, name)
		if path.IsAbs(name) {
			base = path.Clean(name)
			if !told {
				r.relative()
			}
			told = true
		}
		err := r.FS.Walk(base, func(p string, n *vfs.Node) error {
			rel := strings.TrimPrefix(path.Join(name, strings.TrimPrefix(p, base)), "/")
			if name == "." || strings.HasPrefix(name, "./") {
				rel = "./" + strings.TrimPrefix(rel, ".")
				rel = strings.Replace(rel, ".//", "./", 1)
			}
			if r.o.has("v") {
				r.Errorf("%s\n", rel)
			}
			return pack(w, rel, n)
		})
		if err != nil {
			r.failf("%s: Cannot stat: %s", name, reason(err))
			status = 2
		}
	}
	_ = w.Close()
	data := buf.Bytes()
	if r.o.has("z") || r.o.has("a") && strings.HasSuffix(r.file, "gz") {
		data = compressed(data)
	}
	if r.file == "" || r.file == "-" {
		r.write(string(data))
	} else if err := r.WriteFile(r.file, data); err != nil {
		r.failf("%s: Cannot open: %s", r.file, reason(err))
		return 2
	}
	if status != 0 {
		r.failf("Exiting with failure status due to previous errors")
	}
	return status
}

// relative says that names lose their first slash (GNU tar 1.35, BusyBox 1.36).
func (r *tarRun) relative() {
	if r.busybox {
		r.failf("removing leading '/' from member names")
		return
	}
	r.failf("Removing leading `/' from member names")
}

func pack(w *tar.Writer, name string, n *vfs.Node) error {
	h := &tar.Header{Name: name, Mode: int64(octal(n.Mode)), Uid: n.UID, Gid: n.GID, ModTime: n.ModTime, Typeflag: tar.TypeReg, Format: tar.FormatPAX}
	data := n.Data
	switch {
	case n.IsDir():
		h.Typeflag, h.Name, data = tar.TypeDir, strings.TrimSuffix(name, "/")+"/", nil
	case n.IsLink():
		h.Typeflag, h.Linkname, data = tar.TypeSymlink, n.Target, nil
	}
	if n.Program != "" || n.Bulk > 0 {
		h.PAXRecords = map[string]string{"DRYDOCK.program": n.Program}
	}
	h.Size = int64(len(data))
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

func compressed(data []byte) []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, _ = z.Write(data)
	_ = z.Close()
	return buf.Bytes()
}

// plain undoes gzip where there is one.
func plain(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, maxInput))
}

// read lists or unpacks an archive.
func (r *tarRun) read() int {
	var data []byte
	if r.file == "" || r.file == "-" {
		data = all(r.Stdin)
	} else {
		var err error
		if data, err = r.ReadFile(r.file); err != nil {
			if r.busybox {
				r.failf("can't open '%s': %s", r.file, reason(err))
				return 1
			}
			r.failf("%s: Cannot open: %s", r.file, reason(err))
			r.failf("Error is not recoverable: exiting now")
			return 2
		}
	}
	data, err := plain(data)
	if err != nil {
		return r.broken()
	}
	in := tar.NewReader(bytes.NewReader(data))
	status := 0
	for count := 0; ; count++ {
		h, err := in.Next()
		if err == io.EOF {
			return status
		}
		if err != nil {
			return r.broken()
		}
		if !r.wanted(h.Name) {
			continue
		}
		if r.o.has("t") {
			r.show(h)
			continue
		}
		if s := r.unpack(h, in); s != 0 {
			status = s
		}
	}
}

func (r *tarRun) broken() int {
	if r.busybox {
		r.failf("invalid tar magic")
		return 1
	}
	r.failf("This does not look like a tar archive")
	r.failf("Exiting with failure status due to previous errors")
	return 2
}

func (r *tarRun) wanted(name string) bool {
	if len(r.list) == 0 {
		return true
	}
	for _, w := range r.list {
		w = strings.TrimSuffix(w, "/")
		if strings.TrimSuffix(name, "/") == w || strings.HasPrefix(name, w+"/") {
			return true
		}
	}
	return false
}

func (r *tarRun) show(h *tar.Header) {
	if !r.o.has("v") {
		r.write(h.Name + "\n")
		return
	}
	n := nodeOf(h)
	name := h.Name
	if n.IsLink() {
		name += " -> " + n.Target
	}
	owner := r.userName(h.Uid) + "/" + r.groupName(h.Gid)
	size := strings.Repeat(" ", max(0, 18-len(owner)-len(itoa(h.Size)))) + itoa(h.Size)
	r.write(modeString(n.Mode) + " " + owner + " " + size + " " + h.ModTime.UTC().Format("2006-01-02 15:04") + " " + name + "\n")
}

func nodeOf(h *tar.Header) *vfs.Node {
	mode, _ := changeMode(0, itoa8(h.Mode), 0)
	n := &vfs.Node{Mode: mode, UID: h.Uid, GID: h.Gid, ModTime: h.ModTime, Program: h.PAXRecords["DRYDOCK.program"]}
	switch h.Typeflag {
	case tar.TypeDir:
		n.Mode |= fs.ModeDir
	case tar.TypeSymlink:
		n.Mode |= fs.ModeSymlink
		n.Target = h.Linkname
	}
	return n
}

func (r *tarRun) unpack(h *tar.Header, in io.Reader) int {
	name := path.Clean("/" + h.Name)
	if strip := leadingNumber(r.o.values["strip-components"]); strip > 0 {
		parts := strings.Split(strings.Trim(name, "/"), "/")
		if len(parts) <= int(strip) {
			return 0
		}
		name = "/" + path.Join(parts[int(strip):]...)
	}
	if name == "/" {
		return 0
	}
	data, _ := io.ReadAll(io.LimitReader(in, maxInput))
	if r.o.has("v") {
		r.write(h.Name + "\n")
	}
	if r.o.has("O") {
		r.write(string(data))
		return 0
	}
	n := nodeOf(h)
	n.Data = data
	if r.User.UID != 0 || r.o.has("no-same-owner") || r.o.has("o") {
		n.UID, n.GID = r.User.UID, r.User.GID
	}
	full := path.Join(r.dir, name)
	err := r.makeDir(path.Dir(full), 0o755, true)
	if err == nil {
		err = r.MayChange(full)
	}
	if old, e := r.FS.Stat(full); e == nil && old.IsDir() && n.IsDir() {
		return 0
	}
	if err == nil {
		err = r.FS.Put(full, n)
	}
	if err != nil {
		r.failf("%s: Cannot open: %s", h.Name, reason(err))
		return 2
	}
	return 0
}

// gzipCommand is gzip, gunzip and zcat.
func gzipCommand(t *tool) int {
	o, ok := t.parse("d/decompress k/keep c/stdout f/force v/verbose 1 2 3 4 5 6 7 8 9 q n t l r", t.Args[1:])
	if !ok {
		return 1
	}
	undo := o.has("d") || t.name == "gunzip" || t.name == "zcat"
	change := func(data []byte) ([]byte, error) {
		if undo {
			return plain(data)
		}
		return compressed(data), nil
	}
	if len(o.args) == 0 || o.has("c") || t.name == "zcat" {
		bad := 0
		status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
			data, err := change(all(in))
			if err != nil {
				t.failf("invalid magic")
				bad = 1
			}
			t.write(string(data))
		})
		return max(status, bad)
	}
	status := 0
	for _, name := range o.args {
		to := name + ".gz"
		if undo {
			to = strings.TrimSuffix(name, ".gz")
			if to == name {
				t.failf("%s: unknown suffix -- ignored", name)
				status = 2
				continue
			}
		}
		data, err := t.ReadFile(name)
		if err == nil {
			if data, err = change(data); err == nil {
				err = t.WriteFile(to, data)
			}
		}
		if err != nil {
			t.failf("%s: %s", name, reason(err))
			status = 1
			continue
		}
		if !o.has("k") {
			_ = t.FS.Remove(t.Abs(name))
		}
	}
	return status
}
