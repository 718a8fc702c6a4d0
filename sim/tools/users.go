package tools

import (
	"fmt"
	"strconv"
	"strings"
)

// account is a line of /etc/passwd.
type account struct {
	name string
	uid  int
	gid  int
	home string
}

// accounts reads /etc/passwd of the tool's view; the process's own user and
// root are always among them.
func (t *tool) accounts() []account {
	var list []account
	data, _ := t.FS.ReadFile("/etc/passwd")
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, ":")
		if len(f) < 6 {
			continue
		}
		uid, err1 := strconv.Atoi(f[2])
		gid, err2 := strconv.Atoi(f[3])
		if err1 == nil && err2 == nil {
			list = append(list, account{f[0], uid, gid, f[5]})
		}
	}
	list = append(list, account{"root", 0, 0, "/root"})
	if t.User.Name != "" && !isNumber(t.User.Name) {
		list = append(list, account{t.User.Name, t.User.UID, t.User.GID, t.User.Home})
	}
	return list
}

// groups reads /etc/group: names by number.
func (t *tool) groups() (names []string, ids []int, members [][]string) {
	data, _ := t.FS.ReadFile("/etc/group")
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, ":")
		if len(f) < 3 {
			continue
		}
		if id, err := strconv.Atoi(f[2]); err == nil {
			names, ids = append(names, f[0]), append(ids, id)
			var m []string
			if len(f) > 3 && f[3] != "" {
				m = strings.Split(f[3], ",")
			}
			members = append(members, m)
		}
	}
	return names, ids, members
}

func (t *tool) userName(uid int) string {
	for _, a := range t.accounts() {
		if a.uid == uid {
			return a.name
		}
	}
	return strconv.Itoa(uid)
}

func (t *tool) groupName(gid int) string {
	names, ids, _ := t.groups()
	for i, id := range ids {
		if id == gid {
			return names[i]
		}
	}
	return t.accountGroup(gid)
}

// accountGroup names a group after the user that has it for its own.
func (t *tool) accountGroup(gid int) string {
	for _, a := range t.accounts() {
		if a.gid == gid && a.uid == gid {
			return a.name
		}
	}
	return strconv.Itoa(gid)
}

// lookUser finds a user by name or number.
func (t *tool) lookUser(word string) (account, bool) {
	for _, a := range t.accounts() {
		if a.name == word {
			return a, true
		}
	}
	if n, err := strconv.Atoi(word); err == nil && n >= 0 {
		for _, a := range t.accounts() {
			if a.uid == n {
				return a, true
			}
		}
		return account{word, n, 0, "/"}, true
	}
	return account{}, false
}

func (t *tool) lookGroup(word string) (int, bool) {
	names, ids, _ := t.groups()
	for i, n := range names {
		if n == word {
			return ids[i], true
		}
	}
	if n, err := strconv.Atoi(word); err == nil && n >= 0 {
		return n, true
	}
	for _, a := range t.accounts() {
		if a.name == word {
			return a.gid, true
		}
	}
	return 0, false
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

func whoami(t *tool) int {
	name := t.userName(t.User.UID)
	if isNumber(name) {
		if t.busybox {
			t.failf("unknown uid %s", name)
		} else {
			t.failf("cannot find name for user ID %s", name)
		}
		return 1
	}
	t.write(name + "\n")
	return 0
}

func id(t *tool) int {
	o, ok := t.parse("u/user g/group G/groups n/name r/real", t.Args[1:])
	if !ok {
		return 1
	}
	who := account{t.User.Name, t.User.UID, t.User.GID, t.User.Home}
	if len(o.args) > 0 {
		if who, ok = t.lookUser(o.args[0]); !ok || isNumber(who.name) && t.userName(who.uid) == who.name {
			if t.busybox {
				t.failf("unknown user %s", o.args[0])
			} else {
				t.failf("'%s': no such user", o.args[0])
			}
			return 1
		}
	}
	ids := t.groupsOf(who)
	switch {
	case o.has("u") && o.has("n"):
		t.write(t.userName(who.uid) + "\n")
	case o.has("u"):
		t.write(strconv.Itoa(who.uid) + "\n")
	case o.has("g") && o.has("n"):
		t.write(t.groupName(who.gid) + "\n")
	case o.has("g"):
		t.write(strconv.Itoa(who.gid) + "\n")
	case o.has("G"):
		words := make([]string, len(ids))
		for i, g := range ids {
			words[i] = strconv.Itoa(g)
			if o.has("n") {
				words[i] = t.groupName(g)
			}
		}
		t.write(strings.Join(words, " ") + "\n")
	default:
		t.write(t.identity(who, ids) + "\n")
	}
	return 0
}

// identity is the line of a plain id.
func (t *tool) identity(who account, ids []int) string {
	named := func(n int, name string) string {
		if name == strconv.Itoa(n) {
			return name
		}
		return fmt.Sprintf("%d(%s)", n, name)
	}
	text := "uid=" + named(who.uid, t.userName(who.uid)) + " gid=" + named(who.gid, t.groupName(who.gid))
	var words []string
	for _, g := range ids {
		words = append(words, named(g, t.groupName(g)))
	}
	return text + " groups=" + strings.Join(words, ",")
}

func (t *tool) groupsOf(who account) []int {
	ids := []int{who.gid}
	_, all, members := t.groups()
	for i, m := range members {
		for _, name := range m {
			if name == t.userName(who.uid) && all[i] != who.gid {
				ids = append(ids, all[i])
			}
		}
	}
	return ids
}

func groupsCommand(t *tool) int {
	who := account{t.User.Name, t.User.UID, t.User.GID, t.User.Home}
	var names []string
	for _, g := range t.groupsOf(who) {
		names = append(names, t.groupName(g))
	}
	t.write(strings.Join(names, " ") + "\n")
	return 0
}
