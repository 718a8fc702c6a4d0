package docker

import "fmt"

// checkBinds finds the bind mounts that runc cannot make: without a source, or
// of a directory onto a file and the other way round (runc 1.4, Engine 29).
func (e *Engine) checkBinds(c *Container) error {
	const start = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: "
	const hint = ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type"
	for _, m := range c.Mounts {
		if m.Type != "bind" {
			continue
		}
		source, err := e.Machine.FS.Stat(m.Source)
		if err != nil {
			return &StartError{start + fmt.Sprintf("error mounting %q to rootfs at %q: no such file or directory", m.Source, m.Target), 127}
		}
		target := c.FS.Lower(m.Target)
		switch {
		case target == nil || source.IsDir() == target.IsDir():
		case source.IsDir():
			return &StartError{start + fmt.Sprintf("error mounting %q to rootfs at %q: create mountpoint for %[2]s mount: cannot create subdirectories in %q: not a directory",
				m.Source, m.Target, "/var/lib/docker/rootfs/overlayfs/"+c.ID+m.Target) + hint, 127}
		default:
			return &StartError{start + fmt.Sprintf("error mounting %q to rootfs at %q: mount src=%[1]s, dst=%[2]s, dstFd=/proc/thread-self/fd/11, flags=MS_BIND|MS_REC: not a directory",
				m.Source, m.Target) + hint, 127}
		}
	}
	return nil
}
