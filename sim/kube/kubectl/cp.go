package kubectl

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// fileSpec is a place that cp copies from or to; pod is "" on this machine.
type fileSpec struct{ namespace, pod, path string }

// copying is a run of cp.
type copying struct {
	*session
	f         *factory
	container string
	noOwner   bool
}

func (f *factory) cp() *cobra.Command {
	var container string
	var noPreserve bool
	cmd := &cobra.Command{Use: "cp <file-spec-src> <file-spec-dest>", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return helpError(cmd.CommandPath(), "source and destination are required")
		}
		src, err := readFileSpec(args[0])
		if err != nil {
			return err
		}
		dest, err := readFileSpec(args[1])
		if err != nil {
			return err
		}
		switch {
		case src.pod != "" && dest.pod != "":
			return errors.New("one of src or dest must be a local file specification")
		case src.pod == "" && dest.pod == "":
			return errors.New("one of src or dest must be a remote file specification")
		case src.path == "" || dest.path == "":
			return errors.New("filepath can not be empty")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		c := copying{s, f, container, noPreserve}
		if src.pod != "" {
			return c.download(src, dest.path)
		}
		return c.upload(src.path, dest)
	}}
	cmd.Flags().StringVarP(&container, "container", "c", "", "Container name. If omitted, the first container of the pod")
	cmd.Flags().BoolVar(&noPreserve, "no-preserve", false, "The copied file/directory's ownership and permissions will not be preserved in the container")
	cmd.Flags().Int("retries", 0, "Set number of retries to complete a copy operation from a container.")
	return cmd
}

// readFileSpec reads [[NAMESPACE/]POD:]PATH.
func readFileSpec(arg string) (fileSpec, error) {
	wrong := errors.New("filespec must match the canonical format: [[namespace/]pod:]file/path")
	if strings.HasPrefix(arg, ":") {
		return fileSpec{}, wrong
	}
	pod, file, remote := strings.Cut(arg, ":")
	if !remote {
		return fileSpec{path: arg}, nil
	}
	parts := strings.Split(pod, "/")
	switch len(parts) {
	case 1:
		return fileSpec{pod: parts[0], path: file}, nil
	case 2:
		return fileSpec{parts[0], parts[1], file}, nil
	}
	return fileSpec{}, wrong
}

// find finds the pod and the container that a place is in.
func (c copying) find(at fileSpec) (*corev1.Pod, string, error) {
	t := c.target(c.server.Pods, at.pod)
	if at.namespace != "" {
		t.namespace = at.namespace
	}
	t, err := t.lookup()
	if err != nil {
		return nil, "", err
	}
	pod, is := t.object.(*corev1.Pod)
	if !is {
		return nil, "", errors.New("this is no pod")
	}
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return nil, "", fmt.Errorf("cannot exec into a container in a completed pod; current phase is %s", pod.Status.Phase)
	}
	name, err := c.containerOf(pod, c.container)
	return pod, name, err
}

// upload packs a file or directory of this machine and lets tar in the container
// unpack it. A directory there takes it in.
func (c copying) upload(src string, dest fileSpec) error {
	full := c.p.Abs(src)
	if _, err := c.p.FS.Stat(full); err != nil {
		return fmt.Errorf("%s doesn't exist in local filesystem", src)
	}
	pod, container, err := c.find(dest)
	if err != nil {
		return err
	}
	to := path.Clean(dest.path)
	quiet := docker.ExecSpec{Cmd: []string{"test", "-d", to}, Stdout: machine.Discard(), Stderr: machine.Discard()}
	if status, err := c.f.stream(c.session, pod, container, quiet); err == nil && status == 0 {
		to = path.Join(to, path.Base(full))
	}
	var archive bytes.Buffer
	if err := packed(&archive, c.p.FS, full, path.Base(to)); err != nil {
		return err
	}
	command := []string{"tar", "-xmf", "-", "-C", path.Dir(to)}
	if c.noOwner {
		command = []string{"tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-", "-C", path.Dir(to)}
	}
	status, err := c.f.stream(c.session, pod, container, docker.ExecSpec{
		Cmd: command, Stdin: machine.TextInput(archive.Bytes()), Stdout: c.p.Stdout.Sink(), Stderr: c.p.Stderr.Sink(),
	})
	return ended(c.session, status, err)
}

// ended makes a program's status kubectl's own.
func ended(s *session, status int, err error) error {
	if err == nil && status != 0 {
		s.p.Errorf("command terminated with exit code %d\n", status)
		return exitStatus(status)
	}
	return err
}

// packed writes a tar archive of a path whose name in the archive is name.
func packed(w io.Writer, disk *vfs.FS, from, name string) error {
	out := tar.NewWriter(w)
	err := disk.Walk(from, func(at string, n *vfs.Node) error {
		h := vfs.TarHeader(path.Join(name, strings.TrimPrefix(at, from)), n)
		if err := out.WriteHeader(h); err != nil || h.Typeflag != tar.TypeReg {
			return err
		}
		_, err := out.Write(n.Data)
		return err
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// download lets tar in the container pack a path and unpacks it here. What tar
// complains about is shown and does not count (kubectl v1.37).
func (c copying) download(src fileSpec, dest string) error {
	pod, container, err := c.find(src)
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	if _, err := c.f.stream(c.session, pod, container, docker.ExecSpec{
		Cmd: []string{"tar", "cf", "-", src.path}, Stdout: &archive, Stderr: c.p.Stderr.Sink(),
	}); err != nil {
		return err
	}
	prefix := strings.TrimPrefix(path.Clean(src.path), "/")
	for strings.HasPrefix(prefix, "../") {
		prefix = prefix[3:]
	}
	in := tar.NewReader(&archive)
	for {
		h, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		rest, found := strings.CutPrefix(path.Clean(h.Name), prefix)
		if !found && prefix != "." {
			return errors.New("tar contents corrupted")
		}
		if err := c.put(pod, src, h, in, path.Join(c.p.Abs(dest), rest), path.Join(dest, rest)); err != nil {
			return err
		}
	}
}

// put writes one file of an archive on this machine; name is the path as it was given.
func (c copying) put(pod *corev1.Pod, src fileSpec, h *tar.Header, in io.Reader, full, name string) error {
	switch h.Typeflag {
	case tar.TypeSymlink:
		c.p.Errorf("warning: skipping symlink: %q -> %q (consider using \"kubectl exec -n %q %q -- tar cf - %q | tar xf -\")\n", name, h.Linkname, pod.Namespace, pod.Name, src.path)
		return nil
	case tar.TypeDir:
		return c.p.FS.MkdirAll(full, 0o755, c.p.User.UID, c.p.User.GID)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	if at, err := c.p.FS.Stat(full); err == nil && at.IsDir() {
		return fmt.Errorf("open %s: is a directory", name)
	}
	if err := c.p.FS.MkdirAll(path.Dir(full), 0o755, c.p.User.UID, c.p.User.GID); err != nil {
		return err
	}
	n := vfs.TarNode(h, data)
	if n == nil {
		return nil
	}
	n.UID, n.GID, n.ModTime = c.p.User.UID, c.p.User.GID, c.p.Now()
	return c.p.FS.Put(full, n)
}
