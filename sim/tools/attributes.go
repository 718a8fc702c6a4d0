package tools

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

func ln(t *tool) int {
	o, ok := t.parse("s/symbolic f/force n/no-dereference v/verbose T t:/target-directory r", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 1 {
		o.args = append(o.args, ".")
	}
	sources, target, isDir, ok := t.sourcesAndTarget(o)
	if !ok {
		return 1
	}
	status := 0
	for _, s := range sources {
		to := t.into(s, target, isDir && !(o.has("n") && t.isLink(target)))
		if err := t.link(s, to, o); err != nil {
			kind := "symbolic"
			if !o.has("s") {
				kind = "hard"
			}
			if t.busybox {
				t.failf("%s: %s", to, reason(err))
			} else {
				t.failf("failed to create %s link '%s': %s", kind, to, reason(err))
			}
			status = 1
		}
	}
	return status
}

func (t *tool) isLink(name string) bool {
	n, err := t.FS.Lstat(t.Abs(name))
	return err == nil && n.IsLink()
}

func (t *tool) link(source, target string, o *options) error {
	if _, err := t.FS.Lstat(t.Abs(target)); err == nil {
		if !o.has("f") {
			return vfs.ErrExist
		}
		if err := t.FS.Remove(t.Abs(target)); err != nil {
			return err
		}
	}
	if err := t.MayChange(target); err != nil {
		return err
	}
	if o.has("s") {
		n := vfs.Link(source)
		n.UID, n.GID = t.User.UID, t.User.GID
		return t.FS.Put(t.Abs(target), n)
	}
	n, err := t.FS.Stat(t.Abs(source))
	if err != nil {
		return err
	}
	if n.IsDir() {
		return fs.ErrPermission
	}
	return t.FS.Put(t.Abs(target), n)
}

func touch(t *tool) int {
	o, ok := t.parse("c/no-create a m d:/date t: r:/reference", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("missing file operand")
		return 1
	}
	at := t.Now()
	if d := o.values["d"]; d != "" {
		parsed, ok := parseDate(d, at)
		if !ok {
			t.failf("invalid date format '%s'", d)
			return 1
		}
		at = parsed
	}
	status := 0
	for _, name := range o.args {
		var err error
		if _, missing := t.FS.Stat(t.Abs(name)); missing == nil {
			err = t.FS.Change(t.Abs(name), func(n *vfs.Node) { n.ModTime = at })
		} else if !o.has("c") {
			if err = t.WriteFile(name, nil); err == nil && at != t.Now() {
				err = t.FS.Change(t.Abs(name), func(n *vfs.Node) { n.ModTime = at })
			}
		}
		if err != nil {
			if t.busybox {
				t.failf("%s: %s", name, reason(err))
			} else {
				t.failf("cannot touch '%s': %s", name, reason(err))
			}
			status = 1
		}
	}
	return status
}

func chmod(t *tool) int {
	args := t.Args[1:]
	o, ok := t.parse("R/recursive v/verbose c f", modesAsOperands(args))
	if !ok {
		return 1
	}
	if len(o.args) < 2 {
		t.usage("missing operand")
		return 1
	}
	if _, ok := changeMode(0, o.args[0], t.Umask); !ok {
		t.failf("invalid mode: '%s'", o.args[0])
		return 1
	}
	return t.eachFile(o, o.args[1:], func(name string, n *vfs.Node) string {
		if t.User.UID != 0 && n.UID != t.User.UID {
			return fmt.Sprintf("changing permissions of '%s': Operation not permitted", name)
		}
		err := t.FS.Change(name, func(n *vfs.Node) { n.Mode, _ = changeMode(n.Mode, o.args[0], t.Umask) })
		if err != nil {
			return fmt.Sprintf("changing permissions of '%s': %s", name, reason(err))
		}
		return ""
	})
}

// modesAsOperands keeps chmod -x from being read as an option.
func modesAsOperands(args []string) []string {
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "rwxXst") == "" {
			return append(append(append([]string(nil), args[:i]...), "--"), args[i:]...)
		}
	}
	return args
}

// eachFile calls fn for each operand, and for all below it with -R; fn returns
// what is wrong, or "".
func (t *tool) eachFile(o *options, names []string, fn func(name string, n *vfs.Node) string) int {
	status := 0
	for _, name := range names {
		n, err := t.FS.Stat(t.Abs(name))
		if err != nil {
			if t.busybox {
				t.failf("%s: %s", name, reason(err))
			} else {
				t.failf("cannot access '%s': %s", name, reason(err))
			}
			status = 1
			continue
		}
		paths, nodes := []string{t.Abs(name)}, []*vfs.Node{n}
		if o.has("R") && n.IsDir() {
			paths, nodes = nil, nil
			_ = t.FS.Walk(t.Abs(name), func(p string, n *vfs.Node) error {
				if !n.IsLink() {
					paths, nodes = append(paths, p), append(nodes, n)
				}
				return nil
			})
		}
		for i, p := range paths {
			if why := fn(p, nodes[i]); why != "" {
				t.failf("%s", why)
				status = 1
			}
		}
	}
	return status
}

// changeMode applies an octal or symbolic mode to permission bits.
func changeMode(m fs.FileMode, word string, umask fs.FileMode) (fs.FileMode, bool) {
	if n, err := strconv.ParseUint(word, 8, 12); err == nil {
		kept := m &^ (fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky)
		kept |= fs.FileMode(n & 0o777)
		for bit, flag := range map[uint64]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
			if n&bit != 0 {
				kept |= flag
			}
		}
		return kept, true
	}
	for _, clause := range strings.Split(word, ",") {
		i := strings.IndexAny(clause, "+-=")
		if i < 0 || strings.Trim(clause[:i], "ugoa") != "" || strings.Trim(clause[i+1:], "rwxXst") != "" {
			return m, false
		}
		m = symbolic(m, clause[:i], clause[i], clause[i+1:], umask)
	}
	return m, true
}

func symbolic(m fs.FileMode, who string, op byte, what string, umask fs.FileMode) fs.FileMode {
	masked := fs.FileMode(0o777)
	if who == "" {
		who, masked = "a", 0o777&^umask
	}
	var bits fs.FileMode
	for _, c := range what {
		switch c {
		case 'r':
			bits |= 0o444
		case 'w':
			bits |= 0o222
		case 'x':
			bits |= 0o111
		case 'X':
			if m.IsDir() || m&0o111 != 0 {
				bits |= 0o111
			}
		case 't':
			m |= fs.ModeSticky
		}
	}
	var mask fs.FileMode
	for _, c := range who {
		mask |= map[rune]fs.FileMode{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[c]
	}
	bits &= mask & masked
	switch op {
	case '+':
		return m | bits
	case '-':
		return m &^ bits
	}
	return m&^mask | bits
}

func chown(t *tool) int {
	o, ok := t.parse("R/recursive v h f c", t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) < 2 {
		t.usage("missing operand")
		return 1
	}
	user, group, hasGroup := strings.Cut(o.args[0], ":")
	if t.name == "chgrp" {
		user, group, hasGroup = "", o.args[0], true
	}
	uid, gid := -1, -1
	if user != "" {
		a, ok := t.lookUser(user)
		if !ok {
			if t.busybox {
				t.failf("unknown user %s", user)
			} else {
				t.failf("invalid user: '%s'", o.args[0])
			}
			return 1
		}
		uid = a.uid
		if hasGroup && group == "" {
			gid = a.gid
		}
	}
	if group != "" {
		if gid, ok = t.lookGroup(group); !ok {
			t.failf("invalid group: '%s'", o.args[0])
			return 1
		}
	}
	return t.eachFile(o, o.args[1:], func(name string, n *vfs.Node) string {
		var err error
		if !t.Capable("CAP_CHOWN") {
			err = fmt.Errorf("operation not permitted")
		} else {
			err = t.FS.Change(name, func(n *vfs.Node) {
				if uid >= 0 {
					n.UID = uid
				}
				if gid >= 0 {
					n.GID = gid
				}
			})
		}
		if err == nil {
			return ""
		}
		if t.busybox {
			return fmt.Sprintf("%s: %s", name, reason(err))
		}
		return fmt.Sprintf("changing ownership of '%s': %s", name, reason(err))
	})
}
