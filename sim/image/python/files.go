package python

import (
	"errors"
	"strings"

	"drydock/sim/vfs"
)

// osError turns an error of the file system into Python's.
func (t *thread) osError(err error, name any) error {
	switch {
	case errors.Is(err, vfs.ErrNotExist):
		return t.raiseOS("FileNotFoundError", 2, "No such file or directory", name)
	case errors.Is(err, vfs.ErrPermission):
		return t.raiseOS("PermissionError", 13, "Permission denied", name)
	case errors.Is(err, vfs.ErrExist):
		return t.raiseOS("FileExistsError", 17, "File exists", name)
	case errors.Is(err, vfs.ErrNotDir):
		return t.raiseOS("NotADirectoryError", 20, "Not a directory", name)
	case errors.Is(err, vfs.ErrIsDir):
		return t.raiseOS("IsADirectoryError", 21, "Is a directory", name)
	case errors.Is(err, vfs.ErrNoSpace):
		return t.raiseOS("OSError", 28, "No space left on device", name)
	case errors.Is(err, vfs.ErrReadOnly):
		return t.raiseOS("OSError", 30, "Read-only file system", name)
	}
	return t.raiseOS("OSError", 5, "Input/output error", name)
}

// file is an open file, or one of the standard streams.
type file struct {
	name     string
	text     string // what is left to read
	binary   bool
	writable bool
	add      bool
	closed   bool
	pending  strings.Builder
	stream   string // "stdout", "stderr", "stdin"
}

func (f *file) typeName() string { return "TextIOWrapper" }

func openFile(t *thread, a args) (any, error) {
	path, _ := a.get(0, "file")
	name := toStr(t, path)
	mode := a.str(1, "mode", "r")
	f := &file{name: name, binary: strings.Contains(mode, "b"), writable: strings.ContainsAny(mode, "wax+"), add: strings.Contains(mode, "a")}
	p := t.in.process
	switch {
	case strings.Trim(mode, "rwaxbt+") != "" || mode == "":
		return nil, t.raise("ValueError", "invalid mode: '%s'", mode)
	case strings.Contains(mode, "r"):
		data, err := p.ReadFile(name)
		if err != nil {
			return nil, t.osError(err, name)
		}
		f.text = string(data)
	case strings.Contains(mode, "x") && p.FS.Exists(p.Abs(name)):
		return nil, t.osError(vfs.ErrExist, name)
	case f.add:
		data, err := p.ReadFile(name)
		if err != nil && !errors.Is(err, vfs.ErrNotExist) {
			return nil, t.osError(err, name)
		}
		f.pending.Write(data)
		if err := p.WriteFile(name, data); err != nil {
			return nil, t.osError(err, name)
		}
	default:
		if err := p.WriteFile(name, nil); err != nil {
			return nil, t.osError(err, name)
		}
	}
	return f, nil
}

// flush writes what is pending to the file.
func (f *file) flush(t *thread) error {
	switch {
	case f.stream == "stdout":
		t.in.flush()
	case f.stream == "" && f.writable && !f.closed:
		if err := t.in.process.WriteFile(f.name, []byte(f.pending.String())); err != nil {
			return t.osError(err, f.name)
		}
	}
	return nil
}

func (f *file) write(t *thread, text string) error {
	switch f.stream {
	case "stdout":
		t.in.write(text)
		return nil
	case "stderr":
		t.in.process.Errorf("%s", text)
		return nil
	}
	if f.closed {
		return t.raise("ValueError", "I/O operation on closed file.")
	}
	if !f.writable {
		return t.raise("ValueError", "not writable")
	}
	if err := t.tooBig(int64(f.pending.Len() + len(text))); err != nil {
		return err
	}
	f.pending.WriteString(text)
	return nil
}

func (f *file) value(s string) any {
	if f.binary {
		return bytesValue(s)
	}
	return s
}

// line takes the next line, with its end.
func (f *file) line(t *thread) (string, bool) {
	if f.stream == "stdin" && t.proc != nil {
		line, err := t.in.process.Stdin.ReadLine()
		return line + "\n", err == nil
	}
	if f.text == "" {
		return "", false
	}
	i := strings.IndexByte(f.text, '\n')
	if i < 0 {
		i = len(f.text) - 1
	}
	line := f.text[:i+1]
	f.text = f.text[i+1:]
	return line, true
}

func (f *file) each(t *thread, fn func(any) (bool, error)) error {
	for {
		line, ok := f.line(t)
		if !ok {
			return nil
		}
		if more, err := fn(f.value(line)); err != nil || !more {
			return err
		}
	}
}

func (f *file) attr(t *thread, name string) (any, bool) {
	switch name {
	case "name":
		return f.name, true
	case "buffer":
		return f, true
	case "closed":
		return f.closed, true
	}
	calls := map[string]func(*thread, args) (any, error){
		"read": func(t *thread, a args) (any, error) {
			if f.stream == "stdin" {
				var b strings.Builder
				_ = f.each(t, func(v any) (bool, error) { b.WriteString(toStr(t, v)); return true, nil })
				return b.String(), nil
			}
			n := int(a.integer(0, "size", -1))
			if n < 0 || n > len(f.text) {
				n = len(f.text)
			}
			text := f.text[:n]
			f.text = f.text[n:]
			return f.value(text), nil
		},
		"readline": func(t *thread, _ args) (any, error) { line, _ := f.line(t); return f.value(line), nil },
		"readlines": func(t *thread, _ args) (any, error) {
			items, err := t.items(f)
			return &list{items}, err
		},
		"write": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			switch v := v.(type) {
			case string:
				return int64(len(v)), f.write(t, v)
			case bytesValue:
				return int64(len(v)), f.write(t, string(v))
			case *bulk:
				return v.size, f.writeBulk(t, v)
			}
			return nil, t.raise("TypeError", "write() argument must be str, not %s", typeName(v))
		},
		"writelines": func(t *thread, a args) (any, error) {
			items, err := a.items(t)
			for _, v := range items {
				if err == nil {
					err = f.write(t, toStr(t, v))
				}
			}
			return nil, err
		},
		"flush": func(t *thread, _ args) (any, error) { return nil, f.flush(t) },
		"close": func(t *thread, _ args) (any, error) { err := f.flush(t); f.closed = true; return nil, err },
		"isatty": func(t *thread, _ args) (any, error) {
			return f.stream != "" && t.in.process.Stdout.Terminal() != nil, nil
		},
		"fileno":    func(*thread, args) (any, error) { return int64(3), nil },
		"__enter__": func(*thread, args) (any, error) { return f, nil },
		"__exit__":  func(t *thread, _ args) (any, error) { err := f.flush(t); f.closed = true; return nil, err },
		"reconfigure": func(t *thread, a args) (any, error) {
			t.in.unbuffered = t.in.unbuffered || a.truth(-1, "line_buffering", false)
			return nil, nil
		},
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	return nil, false
}

// writeBulk puts a text of which only the length is known into the file.
func (f *file) writeBulk(t *thread, v *bulk) error {
	p := t.in.process
	n := &vfs.Node{Mode: 0o644, UID: p.User.UID, GID: p.User.GID, Data: []byte(f.pending.String()), Bulk: v.size}
	if old, err := p.FS.Stat(p.Abs(f.name)); err == nil {
		n.Bulk += old.Bulk
	}
	if err := p.FS.Put(p.Abs(f.name), n); err != nil {
		return t.osError(err, f.name)
	}
	f.closed = true
	return nil
}
