package tools

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// newUser is what adduser and useradd are asked for.
type newUser struct {
	name, group, home, shell, gecos string
	extra                           []string // further groups
	uid                             int      // below zero: the next free one
	system, makeHome, ownGroup      bool
}

// accountTools make users and groups: busybox's and shadow's commands.
func accountTools() []entry {
	return []entry{{"adduser", adduser}, {"addgroup", addgroup}, {"useradd", useradd}, {"groupadd", groupadd}}
}

// adduser is busybox's command, and on Debian the one of that name with long options.
func adduser(t *tool) int {
	spec := "h:/home g:/gecos s:/shell G:/ingroup S/system D/disabled-password H/no-create-home u:/uid k:"
	if !t.busybox {
		spec += " /gid: /group /disabled-login /quiet"
	}
	o, ok := t.parse(spec, t.Args[1:])
	if !ok {
		return 1
	}
	if len(o.args) == 0 {
		t.usage("missing operand")
		return 1
	}
	if t.User.UID != 0 {
		t.failf("permission denied (are you root?)")
		return 1
	}
	if len(o.args) == 2 {
		return t.join(o.args[0], o.args[1])
	}
	u := newUser{name: o.args[0], group: o.values["G"], home: o.values["h"], shell: o.values["s"], gecos: o.values["g"], uid: -1, system: o.has("S"), makeHome: !o.has("H")}
	if gid := o.values["gid"]; gid != "" {
		u.group = gid
	}
	u.ownGroup = u.group == "" && (!u.system || o.has("group"))
	if !u.ownGroup && u.group == "" {
		u.group = "nogroup"
	}
	if text := o.values["u"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			t.failf("invalid number '%s'", text)
			return 1
		}
		u.uid = n
	}
	if t.taken(u.name) {
		t.failf("user '%s' in use", u.name)
		return 1
	}
	if u.gecos == "" && t.busybox {
		u.gecos = "Linux User,,,"
	}
	if u.shell == "" && u.system {
		u.shell = "/bin/false"
	}
	if _, known := t.lookGroup(u.group); !u.ownGroup && !known && u.group != "nogroup" {
		t.failf("unknown group %s", u.group)
		return 1
	}
	t.addUser(u)
	if t.busybox && !o.has("D") && !u.system {
		t.Errorf("Changing password for %s\nNew password: \npasswd: password for %s is unchanged\n", u.name, u.name)
		return 1
	}
	return 0
}

func addgroup(t *tool) int {
	o, ok := t.parse("g:/gid S/system", t.Args[1:])
	if !ok {
		return 1
	}
	switch {
	case len(o.args) == 0:
		t.usage("missing operand")
		return 1
	case t.User.UID != 0:
		t.failf("permission denied (are you root?)")
		return 1
	case len(o.args) == 2:
		return t.join(o.args[0], o.args[1])
	}
	return t.newGroup(o.args[0], o.values["g"], o.has("S"), "group '%s' in use", 1)
}

// useradd is shadow's command, as Debian and Red Hat have it.
func useradd(t *tool) int {
	o, ok := t.parse("b:/base-dir c:/comment d:/home-dir g:/gid G:/groups m/create-home M/no-create-home N/no-user-group o/non-unique r/system s:/shell u:/uid U/user-group k:/skel l/no-log-init p:/password", t.Args[1:])
	if !ok {
		return 2
	}
	if len(o.args) != 1 {
		t.usage("exactly one login is needed")
		return 2
	}
	if t.User.UID != 0 {
		t.Errorf("useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n")
		return 1
	}
	u := newUser{
		name: o.args[0], group: o.values["g"], home: o.values["d"], shell: o.values["s"], gecos: o.values["c"], uid: -1,
		system: o.has("r"), makeHome: o.has("m"), ownGroup: !o.has("g") && !o.has("N"),
	}
	if o.has("G") {
		u.extra = strings.Split(o.values["G"], ",")
	}
	if t.taken(u.name) {
		t.failf("user '%s' already exists", u.name)
		return 9
	}
	for _, g := range append(u.extra, u.group) {
		if _, known := t.lookGroup(g); g != "" && !known {
			t.failf("group '%s' does not exist", g)
			return 6
		}
	}
	if text := o.values["u"]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			t.failf("invalid user ID '%s'", text)
			return 3
		}
		if t.userName(n) != text && !o.has("o") {
			t.failf("UID %d is not unique", n)
			return 4
		}
		u.uid = n
	}
	if u.ownGroup {
		if _, known := t.lookGroup(u.name); known && !isNumber(u.name) {
			t.failf("group %s exists - if you want to add this user to that group, use -g.", u.name)
			return 9
		}
	}
	t.addUser(u)
	return 0
}

func groupadd(t *tool) int {
	o, ok := t.parse("f/force g:/gid o/non-unique r/system p:/password", t.Args[1:])
	if !ok {
		return 2
	}
	if len(o.args) != 1 {
		t.usage("exactly one group is needed")
		return 2
	}
	if t.User.UID != 0 {
		t.Errorf("groupadd: Permission denied.\ngroupadd: cannot lock /etc/group; try again later.\n")
		return 1
	}
	status := t.newGroup(o.args[0], o.values["g"], o.has("r"), "group '%s' already exists", 9)
	if o.has("f") {
		return 0
	}
	return status
}

func (t *tool) taken(name string) bool {
	a, ok := t.lookUser(name)
	return ok && !isNumber(name) && a.name == name
}

func (t *tool) newGroup(name, gid string, system bool, exists string, status int) int {
	names, _, _ := t.groups()
	for _, n := range names {
		if n == name {
			t.failf(exists, name)
			return status
		}
	}
	id := t.free("/etc/group", system)
	if gid != "" {
		n, err := strconv.Atoi(gid)
		if err != nil || n < 0 {
			t.failf("invalid group ID '%s'", gid)
			return 1
		}
		id = n
	}
	t.appendLine("/etc/group", fmt.Sprintf("%s:x:%d:", name, id))
	return 0
}

// free is the next number that no line of the file has: ordinary accounts begin
// at 1000, those of the system lie below.
func (t *tool) free(file string, system bool) int {
	used := map[int]bool{}
	for _, name := range []string{"/etc/passwd", file} {
		data, _ := t.FS.ReadFile(name)
		for _, line := range strings.Split(string(data), "\n") {
			if f := strings.Split(line, ":"); len(f) > 2 {
				n, _ := strconv.Atoi(f[2])
				used[n] = true
			}
		}
	}
	id, step := 1000, 1
	switch {
	case system && t.busybox:
		id = 100
	case system:
		id, step = 999, -1
	}
	for used[id] {
		id += step
	}
	return id
}

func (t *tool) addUser(u newUser) {
	if u.uid < 0 {
		u.uid = t.free("/etc/passwd", u.system)
	}
	gid, known := t.lookGroup(u.group)
	switch {
	case u.ownGroup:
		gid = u.uid
		t.appendLine("/etc/group", fmt.Sprintf("%s:x:%d:", u.name, gid))
	case !known && t.busybox:
		gid = 65533 // nogroup
	case !known:
		gid = 65534
	}
	if u.home == "" {
		u.home = "/home/" + u.name
	}
	if u.shell == "" {
		u.shell = "/bin/sh"
	}
	t.appendLine("/etc/passwd", fmt.Sprintf("%s:x:%d:%d:%s:%s:%s", u.name, u.uid, gid, u.gecos, u.home, u.shell))
	if t.FS.Exists("/etc/shadow") {
		t.appendLine("/etc/shadow", u.name+":!:20000:0:99999:7:::")
	}
	for _, g := range u.extra {
		t.join(u.name, g)
	}
	if u.makeHome && !t.FS.Exists(u.home) {
		_ = t.FS.MkdirAll(path.Dir(u.home), 0o755, 0, 0)
		n := vfs.Dir(0o755)
		n.UID, n.GID, n.ModTime = u.uid, gid, t.Now()
		_ = t.FS.Put(u.home, n)
	}
}

// join makes a user a member of a group.
func (t *tool) join(user, group string) int {
	if !t.taken(user) {
		t.failf("unknown user %s", user)
		return 1
	}
	data, _ := t.FS.ReadFile("/etc/group")
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		f := strings.Split(line, ":")
		if len(f) < 4 || f[0] != group {
			continue
		}
		if f[3] != "" {
			f[3] += ","
		}
		f[3] += user
		lines[i] = strings.Join(f, ":")
		_ = t.FS.WriteFile("/etc/group", []byte(strings.Join(lines, "\n")), 0o644, 0, 0)
		return 0
	}
	t.failf("unknown group %s", group)
	return 1
}

func (t *tool) appendLine(file, line string) {
	data, _ := t.FS.ReadFile(file)
	text := string(data)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_ = t.FS.WriteFile(file, []byte(text+line+"\n"), 0o644, 0, 0)
}
