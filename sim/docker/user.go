package docker

import (
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// LookupUser finds who "name", "uid", "name:group" or "uid:gid" is in a
// container's /etc/passwd and /etc/group; an empty spec is root. A number needs
// no entry. The errors are moby/sys/user's.
func LookupUser(files *vfs.FS, spec string) (machine.User, error) {
	name, group, hasGroup := strings.Cut(spec, ":")
	if name == "" {
		name = "0"
	}
	u, found := machine.User{Home: "/"}, false
	uid, notNumber := strconv.Atoi(name)
	for _, f := range entries(files, "/etc/passwd", 6) {
		if f[0] == name || notNumber == nil && f[2] == name {
			u.Name, u.Home, found = f[0], f[5], true
			u.UID, _ = strconv.Atoi(f[2])
			u.GID, _ = strconv.Atoi(f[3])
			break
		}
	}
	switch {
	case !found && notNumber != nil:
		return u, fmt.Errorf("unable to find user %s: no matching entries in passwd file", name)
	case !found && uid == 0:
		u = machine.Root()
	case !found:
		u.UID = uid
	}
	if !hasGroup {
		return u, nil
	}
	gid, err := lookupGroup(files, group)
	u.GID = gid
	return u, err
}

func lookupGroup(files *vfs.FS, group string) (int, error) {
	gid, notNumber := strconv.Atoi(group)
	for _, f := range entries(files, "/etc/group", 3) {
		if f[0] == group {
			return strconv.Atoi(f[2])
		}
	}
	if notNumber != nil {
		return 0, fmt.Errorf("unable to find group %s: no matching entries in group file", group)
	}
	return gid, nil
}

// entries reads a colon-separated file; lines with too few fields are no entries.
func entries(files *vfs.FS, name string, fields int) [][]string {
	data, err := files.ReadFile(name)
	if err != nil {
		return nil
	}
	var list [][]string
	for _, line := range strings.Split(string(data), "\n") {
		if f := strings.Split(line, ":"); len(f) >= fields {
			list = append(list, f)
		}
	}
	return list
}
