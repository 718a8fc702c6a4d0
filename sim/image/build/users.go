package build

import (
	"strconv"
	"strings"

	"drydock/sim/vfs"
)

// owner is who --chown and USER mean for files. A name that the image does not
// know is root, as BuildKit 0.34 has it, and a number alone is a group too.
func (b *build) owner(files *vfs.FS, spec string) (uid, gid int) {
	name, group, hasGroup := strings.Cut(spec, ":")
	if user, err := b.host.FindUser(files, name); err == nil {
		uid, gid = user.UID, user.GID
	}
	if id, err := strconv.Atoi(name); err == nil {
		uid, gid = id, id
	}
	if hasGroup {
		gid = 0
		if user, err := b.host.FindUser(files, "0:"+group); err == nil {
			gid = user.GID
		}
	}
	return uid, gid
}
