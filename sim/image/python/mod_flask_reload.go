package python

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// In debug mode werkzeug (3.1) watches the files that were imported and starts
// the application again when one changed. It looks every second; here it looks
// when somebody asks, which nobody can tell apart.

// debugger says what the server says each time it starts with the debugger. The
// PIN is made from the machine, as werkzeug's is.
func (w *webApp) debugger() {
	p := w.in.process
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.Host + w.in.script))
	pin := fmt.Sprintf("%09d", h.Sum64()%1_000_000_000)
	p.Errorf(" * Restarting with stat\n * Debugger is active!\n * Debugger PIN: %s-%s-%s\n", pin[:3], pin[3:6], pin[6:])
}

// upToDate is the application as its files are now: itself, or another one.
func (w *webApp) upToDate() *webApp {
	changed := w.in.changedSource()
	if changed == "" {
		return w
	}
	p := w.in.process
	p.Errorf(" * Detected change in '%s', reloading\n", changed)
	in := newInterp(p, w.in.version)
	in.script, in.again = w.in.script, true
	t := &thread{in: in, file: in.script}
	next, err := w.load(t)
	if err == nil && next == nil {
		err = t.raise("RuntimeError", "the script makes no application any more")
	}
	if err != nil {
		next = &webApp{in: in, kind: w.kind, failure: err, errors: map[int64]any{}}
	}
	next.name, next.target = w.name, w.target
	next.debugger()
	if err != nil {
		t.report(err)
	}
	return next
}

// load runs the application's files in a new interpreter.
func (w *webApp) load(t *thread) (*webApp, error) {
	if w.target != "" {
		return t.in.application(t, w.target)
	}
	src, err := t.in.process.ReadFile(t.in.script)
	if err != nil {
		return nil, t.raise("FileNotFoundError", "[Errno 2] No such file or directory: '%s'", t.in.script)
	}
	_, err = t.main(string(src))
	return t.in.served, err
}

// changedSource is the first file that is no longer what was read from it.
func (in *interp) changedSource() string {
	var files []string
	for file := range in.sources {
		if strings.HasPrefix(file, "/") {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	for _, file := range files {
		if src, err := in.process.ReadFile(file); err != nil || string(src) != in.sources[file] {
			return file
		}
	}
	return ""
}
