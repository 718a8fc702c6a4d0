package tools

import (
	"io/fs"
	"strings"

	"drydock/sim/vfs"
)

func mktemp(t *tool) int {
	o, ok := t.parse("d/directory u q p:/tmpdir t", t.Args[1:])
	if !ok {
		return 1
	}
	form := "tmp.XXXXXXXXXX"
	dir := "/tmp/"
	if len(o.args) > 0 {
		form = o.args[0]
		if strings.Contains(form, "/") || !o.has("t") && !o.has("p") {
			dir = ""
		}
	}
	if o.has("p") {
		dir = o.values["p"] + "/"
	}
	stem := strings.TrimRight(form, "X")
	if len(form)-len(stem) < 3 {
		t.failf("too few X's in template '%s'", form)
		return 1
	}
	const set = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for range len(form) - len(stem) {
		stem += string(set[t.Clock().Rand().IntN(len(set))])
	}
	name := dir + stem
	var err error
	switch {
	case o.has("u"):
	case o.has("d"):
		err = t.makeDir(name, 0o700, false)
	default:
		if err = t.WriteFile(name, nil); err == nil {
			err = t.FS.Change(t.Abs(name), func(n *vfs.Node) { n.Mode = 0o600 })
		}
	}
	if err != nil {
		t.failf("failed to create file via template '%s': %s", dir+form, reason(err))
		return 1
	}
	t.write(name + "\n")
	return 0
}

// install copies files with a mode and an owner, or makes directories (-d).
func install(t *tool) int {
	o, ok := t.parse("d/directory m:/mode o:/owner g:/group D v p t:/target-directory T s", t.Args[1:])
	if !ok {
		return 1
	}
	mode := fs.FileMode(0o755)
	if o.has("m") {
		if mode, ok = changeMode(0, o.values["m"], 0); !ok {
			t.failf("invalid mode '%s'", o.values["m"])
			return 1
		}
	}
	var targets []string
	if o.has("d") {
		for _, name := range o.args {
			if err := t.makeDir(name, 0o755, true); err != nil {
				t.failf("cannot create directory '%s': %s", name, reason(err))
				return 1
			}
		}
		targets = o.args
	} else {
		if o.has("D") && len(o.args) == 2 {
			_ = t.makeDir(t.Abs(o.args[1]+"/.."), 0o755, true)
		}
		sources, target, isDir, ok := t.sourcesAndTarget(o)
		if !ok {
			return 1
		}
		for _, s := range sources {
			to := t.into(s, target, isDir)
			if t.copyOne(s, to, &options{}) != 0 {
				return 1
			}
			targets = append(targets, to)
		}
	}
	owner, known := t.lookUser(o.values["o"])
	for _, name := range targets {
		_ = t.FS.Change(t.Abs(name), func(n *vfs.Node) {
			n.Mode = n.Mode.Type() | mode
			if o.has("o") && known {
				n.UID = owner.uid
			}
		})
	}
	return 0
}

func truncate(t *tool) int {
	o, ok := t.parse("s:/size c/no-create", t.Args[1:])
	if !ok {
		return 1
	}
	size, _, ok := t.count(o.values["s"], "bytes")
	if !ok {
		return 1
	}
	for _, name := range o.args {
		data, err := t.ReadFile(name)
		if err == nil || !o.has("c") {
			keep := data[:min(int64(len(data)), size)]
			if err = t.WriteFile(name, keep); err == nil {
				err = t.FS.Change(t.Abs(name), func(n *vfs.Node) { n.Bulk = size - int64(len(keep)) })
			}
			if err != nil {
				t.failf("cannot open '%s' for writing: %s", name, reason(err))
				return 1
			}
		}
	}
	return 0
}
