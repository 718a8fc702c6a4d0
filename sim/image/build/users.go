package build

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// findUser works out who "name", "name:group", "1000" or "1000:1000" is in a file
// system, by its /etc/passwd and /etc/group. Empty is root. Errors have the words
// of moby/sys/user.
func findUser(files *vfs.FS, spec string) (machine.User, error) {
	name, group, hasGroup := strings.Cut(spec, ":")
	if name == "" {
		name = "0"
	}
	user, known := passwd(files, name)
	if !known {
		id, err := strconv.Atoi(name)
		if err != nil {
			return user, fmt.Errorf("unable to find user %s: no matching entries in passwd file", name)
		}
		user = machine.User{Name: name, UID: id, Home: "/"}
		if id == 0 {
			user = machine.Root()
		}
	}
	if !hasGroup || group == "" {
		return user, nil
	}
	gid, ok := groupID(files, group)
	if !ok {
		return user, fmt.Errorf("unable to find group %s: no matching entries in group file", group)
	}
	user.GID = gid
	return user, nil
}

// passwd finds a line of /etc/passwd by name or number.
func passwd(files *vfs.FS, who string) (machine.User, bool) {
	data, _ := files.ReadFile("/etc/passwd")
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, ":")
		if len(f) < 6 || f[0] != who && f[2] != who {
			continue
		}
		uid, err := strconv.Atoi(f[2])
		gid, err2 := strconv.Atoi(f[3])
		if err == nil && err2 == nil {
			return machine.User{Name: f[0], UID: uid, GID: gid, Home: f[5]}, true
		}
	}
	return machine.User{}, false
}

func groupID(files *vfs.FS, group string) (int, bool) {
	data, _ := files.ReadFile("/etc/group")
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Split(line, ":"); len(f) >= 3 && f[0] == group {
			if id, err := strconv.Atoi(f[2]); err == nil {
				return id, true
			}
		}
	}
	id, err := strconv.Atoi(group)
	return id, err == nil
}

// owner is who --chown means. A name that the image does not know is root, as
// BuildKit 0.34 has it.
func owner(files *vfs.FS, spec string) (uid, gid int) {
	name, group, hasGroup := strings.Cut(spec, ":")
	if user, ok := passwd(files, name); ok {
		uid, gid = user.UID, user.GID
	} else if id, err := strconv.Atoi(name); err == nil {
		uid, gid = id, id
	}
	if hasGroup {
		gid, _ = groupID(files, group)
	}
	return uid, gid
}
