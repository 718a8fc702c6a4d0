package tools

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// fileTools are the programs that work on files and directories.
func fileTools() []entry {
	return append(sums(), []entry{
		{"ls", ls}, {"mkdir", mkdir}, {"rmdir", rmdir}, {"rm", rm}, {"cp", cp}, {"mv", mv}, {"ln", ln}, {"touch", touch},
		{"chmod", chmod}, {"chown", chown}, {"chgrp", chown},
		{"find", find}, {"stat", stat}, {"readlink", readlink}, {"realpath", readlink}, {"tar", tarCommand}, {"gzip", gzipCommand}, {"gunzip", gzipCommand},
		{"zcat", gzipCommand}, {"du", du}, {"df", df}, {"mount", mount}, {"tree", tree}, {"file", fileCommand}, {"mktemp", mktemp}, {"install", install}, {"truncate", truncate}, {"dd", dd},
	}...)
}

func mkdir(t *tool) int {
	o, ok := t.parse("p/parents m:/mode v/verbose", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("missing operand")
		return 1
	}
	perm := fs.FileMode(0o777) &^ t.Umask
	if m := o.values["m"]; m != "" {
		n, err := strconv.ParseUint(m, 8, 12)
		if err != nil {
			t.failf("invalid mode '%s'", m)
			return 1
		}
		perm = fs.FileMode(n)
	}
	status := 0
	for _, name := range o.args {
		if err := t.makeDir(name, perm, o.has("p")); err != nil {
			form := "cannot create directory '%s': %s"
			if t.busybox {
				form = "can't create directory '%s': %s"
			}
			t.failf(form, name, reason(err))
			status = 1
		} else if o.has("v") {
			t.write(t.name + ": created directory '" + name + "'\n")
		}
	}
	return status
}

func (t *tool) makeDir(name string, perm fs.FileMode, parents bool) error {
	full := t.Abs(name)
	if n, err := t.FS.Stat(full); err == nil {
		if parents && n.IsDir() {
			return nil
		}
		return vfs.ErrExist
	}
	if parents && full != "/" {
		if err := t.makeDir(path.Dir(full), 0o777&^t.Umask, true); err != nil {
			if errors.Is(err, vfs.ErrExist) {
				return vfs.ErrNotDir
			}
			return err
		}
	}
	if err := t.MayChange(full); err != nil {
		return err
	}
	return t.FS.Mkdir(full, perm, t.User.UID, t.User.GID)
}

func rmdir(t *tool) int {
	o, ok := t.parse("p/parents /ignore-fail-on-non-empty", t.Args[1:])
	if !ok {
		return 1
	}
	status := 0
	for _, name := range o.args {
		n, err := t.FS.Lstat(t.Abs(name))
		switch {
		case err != nil:
		case !n.IsDir():
			err = vfs.ErrNotDir
		default:
			if err = t.MayChange(name); err == nil {
				err = t.FS.Remove(t.Abs(name))
			}
		}
		if err != nil {
			if t.busybox {
				t.failf("'%s': %s", name, reason(err))
			} else {
				t.failf("failed to remove '%s': %s", name, reason(err))
			}
			status = 1
		}
	}
	return status
}

func rm(t *tool) int {
	o, ok := t.parse("r/recursive R f/force v/verbose i d/dir /no-preserve-root I", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 && !o.has("f") {
		t.usage("missing operand")
		return 1
	}
	status := 0
	for _, name := range o.args {
		if s := t.removeOne(name, o); s != 0 {
			status = s
		}
	}
	return status
}

func (t *tool) removeOne(name string, o *options) int {
	recursive := o.has("r") || o.has("R")
	full := t.Abs(name)
	n, err := t.FS.Lstat(full)
	form := "cannot remove '%s': %s"
	if t.busybox {
		form = "can't remove '%s': %s"
	}
	switch {
	case err != nil && o.has("f") && errors.Is(err, vfs.ErrNotExist):
		return 0
	case err != nil:
		t.failf(form, name, reason(err))
		return 1
	case full == "/":
		t.failf("it is dangerous to operate recursively on '/'")
		t.failf("use --no-preserve-root to override this failsafe")
		return 1
	case n.IsDir() && !recursive:
		if t.busybox {
			t.failf("'%s' is a directory", name)
		} else {
			t.failf(form, name, "Is a directory")
		}
		return 1
	}
	err = t.MayChange(full)
	if err == nil {
		err = t.FS.RemoveAll(full)
	}
	if err != nil {
		t.failf(form, name, reason(err))
		return 1
	}
	if o.has("v") {
		t.write("removed '" + name + "'\n")
	}
	return 0
}

// into is where a source goes: itself a new name, or a name within a directory.
func (t *tool) into(source, target string, isDir bool) string {
	if isDir {
		return path.Join(target, path.Base(path.Clean(source)))
	}
	return target
}

// sourcesAndTarget checks the operands of cp, mv and ln.
func (t *tool) sourcesAndTarget(o *options) (sources []string, target string, isDir, ok bool) {
	args := o.args
	if dir := o.values["t"]; dir != "" {
		args = append(args, dir)
	}
	switch {
	case len(args) == 0:
		return nil, "", false, t.usage("missing file operand")
	case len(args) == 1:
		return nil, "", false, t.usage("missing destination file operand after '%s'", args[0])
	}
	target = args[len(args)-1]
	n, err := t.FS.Stat(t.Abs(target))
	isDir = err == nil && n.IsDir() && !o.has("T")
	if len(args) > 2 && !isDir {
		if t.busybox {
			t.failf("target '%s' is not a directory", target)
		} else {
			t.failf("target '%s': %s", target, map[bool]string{true: "Not a directory", false: "No such file or directory"}[err == nil])
		}
		return nil, "", false, false
	}
	return args[:len(args)-1], target, isDir, true
}

func cp(t *tool) int {
	o, ok := t.parse("r/recursive R a/archive p f/force v/verbose i n/no-clobber t:/target-directory T u/update d L P l s", t.Args[1:])
	if !ok {
		return 1
	}
	sources, target, isDir, ok := t.sourcesAndTarget(o)
	if !ok {
		return 1
	}
	status := 0
	for _, s := range sources {
		status = max(status, t.copyOne(s, t.into(s, target, isDir), o))
	}
	return status
}

func (t *tool) copyOne(source, target string, o *options) int {
	recursive := o.has("r") || o.has("R") || o.has("a")
	n, err := t.FS.Stat(t.Abs(source))
	switch {
	case err != nil && t.busybox:
		t.failf("can't stat '%s': %s", source, reason(err))
		return 1
	case err != nil:
		t.failf("cannot stat '%s': %s", source, reason(err))
		return 1
	case n.IsDir() && !recursive:
		if t.busybox {
			t.failf("omitting directory '%s'", source)
		} else {
			t.failf("-r not specified; omitting directory '%s'", source)
		}
		return 1
	case t.Abs(source) == t.Abs(target):
		t.failf("'%s' and '%s' are the same file", source, target)
		return 1
	case strings.HasPrefix(t.Abs(target)+"/", t.Abs(source)+"/") && n.IsDir():
		t.failf("cannot copy a directory, '%s', into itself, '%s'", source, target)
		return 1
	}
	old, err := t.FS.Stat(t.Abs(target))
	if err == nil && o.has("n") {
		return 0
	}
	if strings.HasSuffix(target, "/") && err != nil && !n.IsDir() {
		t.failf("cannot create regular file '%s': Not a directory", target)
		return 1
	}
	if n.IsDir() {
		err = t.MayChange(target)
		if err == nil {
			err = t.FS.CopyTree(t.FS, t.Abs(source), t.Abs(target))
			t.own(target, o)
		}
	} else {
		err = t.copyFile(n, old, target, o)
	}
	if err != nil {
		form := "cannot create regular file '%s': %s"
		if t.busybox {
			form = "can't create '%s': %s"
		}
		t.failf(form, target, reason(err))
		return 1
	}
	if o.has("v") {
		t.write("'" + source + "' -> '" + target + "'\n")
	}
	return 0
}

// copyFile copies one file; the copy belongs to who copies, unless -p or -a.
func (t *tool) copyFile(n, old *vfs.Node, target string, o *options) error {
	if !t.May(n, 4) {
		return vfs.ErrPermission
	}
	if old != nil && !t.May(old, 2) {
		return vfs.ErrPermission
	}
	if old == nil {
		if err := t.MayChange(target); err != nil {
			return err
		}
	}
	c := *n
	if !o.has("p") && !o.has("a") {
		c.ModTime = t.Now()
		c.UID, c.GID, c.Mode = t.User.UID, t.User.GID, n.Mode&^t.Umask
		if old != nil {
			c.UID, c.GID, c.Mode = old.UID, old.GID, old.Mode
		}
	}
	return t.FS.Put(t.Abs(target), &c)
}

// own gives a copied tree to who copied it.
func (t *tool) own(root string, o *options) {
	if o.has("p") || o.has("a") {
		return
	}
	var names []string
	_ = t.FS.Walk(t.Abs(root), func(name string, n *vfs.Node) error {
		if !n.IsLink() {
			names = append(names, name)
		}
		return nil
	})
	for _, name := range names {
		_ = t.FS.Change(name, func(n *vfs.Node) { n.UID, n.GID, n.ModTime = t.User.UID, t.User.GID, t.Now() })
	}
}

func mv(t *tool) int {
	o, ok := t.parse("f/force v/verbose i n/no-clobber t:/target-directory T u", t.Args[1:])
	if !ok {
		return 1
	}
	sources, target, isDir, ok := t.sourcesAndTarget(o)
	if !ok {
		return 1
	}
	status := 0
	for _, s := range sources {
		to := t.into(s, target, isDir)
		if _, err := t.FS.Lstat(t.Abs(to)); err == nil && o.has("n") {
			continue
		}
		if s := t.moveOne(s, to); s != 0 {
			status = s
		} else if o.has("v") {
			t.write("renamed '" + sources[0] + "' -> '" + to + "'\n")
		}
	}
	return status
}

func (t *tool) moveOne(source, target string) int {
	n, err := t.FS.Lstat(t.Abs(source))
	if err != nil {
		if t.busybox {
			t.failf("can't rename '%s': %s", source, reason(err))
		} else {
			t.failf("cannot stat '%s': %s", source, reason(err))
		}
		return 1
	}
	old, missing := t.FS.Lstat(t.Abs(target))
	switch {
	case t.Abs(source) == t.Abs(target):
		t.failf("'%s' and '%s' are the same file", source, target)
		return 1
	case n.IsDir() && strings.HasPrefix(t.Abs(target)+"/", t.Abs(source)+"/"):
		t.failf("cannot move '%s' to a subdirectory of itself, '%s'", source, target)
		return 1
	case missing == nil && n.IsDir() && !old.IsDir():
		t.failf("cannot overwrite non-directory '%s' with directory '%s'", target, source)
		return 1
	}
	err = t.MayChange(source)
	if err == nil {
		err = t.MayChange(target)
	}
	if err == nil {
		err = t.FS.Rename(t.Abs(source), t.Abs(target))
	}
	if err != nil {
		if t.busybox {
			t.failf("can't rename '%s': %s", source, reason(err))
		} else {
			t.failf("cannot move '%s' to '%s': %s", source, target, reason(err))
		}
		return 1
	}
	return 0
}
