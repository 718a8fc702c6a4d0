package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/vfs"
)

func newCopy(c *Client) *cobra.Command {
	var archive, follow, quiet bool
	cmd := &cobra.Command{
		Use:   "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
		Short: "Copy files/folders between a container and the local filesystem", Args: exactArgs(2),
		Long:        "Copy files/folders between a container and the local filesystem\n\nUse '-' as the source to read a tar archive from stdin\nand extract it to a directory destination in a container.\nUse '-' as the destination to stream a tar archive of a\ncontainer source to stdout.",
		Annotations: map[string]string{"aliases": "docker container cp, docker cp"},
		RunE:        func(_ *cobra.Command, args []string) error { return c.copy(args[0], args[1], follow, quiet) },
	}
	f := cmd.Flags()
	f.BoolVarP(&archive, "archive", "a", false, "Archive mode (copy all uid/gid information)")
	f.BoolVarP(&follow, "follow-link", "L", false, "Always follow symbol link in SRC_PATH")
	f.BoolVarP(&quiet, "quiet", "q", false, "Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached")
	return cmd
}

func (c *Client) copy(from, to string, follow, quiet bool) error {
	if from == "" {
		return errors.New("source can not be empty")
	}
	if to == "" {
		return errors.New("destination can not be empty")
	}
	source, fromPath := splitCopy(from)
	target, toPath := splitCopy(to)
	switch {
	case source != "" && target != "":
		return errors.New("copying between containers is not supported")
	case source == "" && target == "":
		return errors.New("must specify at least one container source")
	case source != "":
		return c.copyOut(source, fromPath, to, follow, quiet)
	}
	return c.copyIn(from, target, toPath, follow, quiet)
}

// splitCopy takes "container:path" apart; a path that begins with / or . is local.
func splitCopy(text string) (container, name string) {
	if path.IsAbs(text) {
		return "", text
	}
	container, name, ok := strings.Cut(text, ":")
	if !ok || strings.HasPrefix(container, ".") {
		return "", text
	}
	return container, name
}

func (c *Client) copyOut(name, from, to string, follow, quiet bool) error {
	ct, err := c.Engine.Container(name)
	if err != nil {
		return c.daemon(err)
	}
	src := path.Clean("/" + from)
	n, err := ct.FS.Lstat(src)
	if err == nil && follow && n.IsLink() {
		if src, err = ct.FS.Resolve(src, true); err == nil {
			n, err = ct.FS.Stat(src)
		}
	}
	if err != nil {
		return c.daemon(fmt.Errorf("Could not find the file %s in container %s", from, name))
	}
	if to == "-" {
		if c.Stdout.Terminal() != nil {
			return errors.New("cowardly refusing to copy to a terminal")
		}
		var data bytes.Buffer
		if err := ct.FS.WriteTar(&data, src); err != nil {
			return err
		}
		_, err := c.Stdout.Write(data.Bytes())
		return err
	}
	target, err := copyTarget(c.FS, c.Abs(to), to, path.Base(src), n, from)
	if errors.Is(err, errNoDir) {
		return errors.New("invalid output path: directory " + dirOf(c.Abs(to)) + " does not exist")
	}
	if err != nil {
		return err
	}
	return c.copyTree(c.FS, ct.FS, src, target, quiet, to)
}

func (c *Client) copyIn(from, name, to string, follow, quiet bool) error {
	if from == "-" {
		return c.extract(name, to)
	}
	src := c.Abs(from)
	n, err := c.FS.Lstat(src)
	if err == nil && follow && n.IsLink() {
		if src, err = c.FS.Resolve(src, true); err == nil {
			n, err = c.FS.Stat(src)
		}
	}
	ct, findErr := c.Engine.Container(name)
	if findErr != nil {
		return c.daemon(findErr)
	}
	if err != nil {
		return fmt.Errorf("lstat %s: %w", src, err)
	}
	target, err := copyTarget(ct.FS, path.Clean("/"+to), to, path.Base(src), n, from)
	if err != nil {
		if errors.Is(err, errNoDir) {
			return c.daemon(fmt.Errorf("Could not find the file %s in container %s", path.Dir(path.Clean("/"+to)), name))
		}
		return err
	}
	if _, _, readOnly := ct.FS.Reach(target); readOnly {
		return c.daemon(errors.New("container rootfs is marked read-only"))
	}
	return c.copyTree(ct.FS, c.FS, src, target, quiet, name+":"+to)
}

var errNoDir = errors.New("no such directory")

// copyTarget is where a source lands: in an existing directory, or under the very
// name that was given, as cp -a does. typed is the destination as it was written.
func copyTarget(f *vfs.FS, full, typed, base string, source *vfs.Node, from string) (string, error) {
	n, err := f.Stat(full)
	contents := strings.HasSuffix(from, "/.")
	switch {
	case err == nil && n.IsDir():
		if contents && source.IsDir() {
			return full, nil
		}
		return path.Join(full, base), nil
	case err == nil && source.IsDir():
		return "", errors.New("cannot copy directory")
	case err == nil:
		return full, nil
	}
	if strings.HasSuffix(typed, "/") && !source.IsDir() {
		return "", errNoDir
	}
	if parent, err := f.Stat(path.Dir(full)); err != nil || !parent.IsDir() {
		return "", errNoDir
	}
	return full, nil
}

// copyTree copies and, on a terminal, says how much.
func (c *Client) copyTree(to, from *vfs.FS, src, target string, quiet bool, shown string) error {
	var size int64
	_ = from.Walk(src, func(_ string, n *vfs.Node) error { size += n.Size(); return nil })
	if err := to.CopyTree(from, src, target); err != nil {
		return err
	}
	if !quiet && c.Stderr.Terminal() != nil {
		c.Errorf("Successfully copied %s to %s\n", units.HumanSize(float64(size)), shown)
	}
	return nil
}

// extract unpacks an archive from standard input into a container's directory.
func (c *Client) extract(name, to string) error {
	ct, err := c.Engine.Container(name)
	if err != nil {
		return c.daemon(err)
	}
	dir := path.Clean("/" + to)
	if n, err := ct.FS.Stat(dir); err != nil {
		return c.daemon(fmt.Errorf("Could not find the file %s in container %s", to, name))
	} else if !n.IsDir() {
		return fmt.Errorf("destination \"%s:%s\" must be a directory", name, to)
	}
	files, err := vfs.ReadTar(c.Stdin)
	if err != nil {
		return c.daemon(err)
	}
	for _, p := range files.Paths() {
		if n := files.Get(p); p != "/" && !(n.IsDir() && ct.FS.Exists(path.Join(dir, p))) {
			if err := ct.FS.Put(path.Join(dir, p), n); err != nil {
				return c.daemon(err)
			}
		}
	}
	return nil
}

func newExport(c *Client) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "export [OPTIONS] CONTAINER", Short: "Export a container's filesystem as a tar archive", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker container export, docker export"},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "Write to a file, instead of STDOUT")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if output == "" && c.Stdout.Terminal() != nil {
			return errors.New("cowardly refusing to save to a terminal. Use the -o flag or redirect")
		}
		ct, err := c.Engine.Container(args[0])
		if err != nil {
			return c.daemon(err)
		}
		var data bytes.Buffer
		if err := ct.FS.WriteTar(&data, "/"); err != nil {
			return c.daemon(err)
		}
		if output == "" {
			_, err := c.Stdout.Write(data.Bytes())
			return err
		}
		return c.writeOutput(output, &vfs.Node{Mode: 0o600, UID: c.User.UID, GID: c.User.GID, Data: data.Bytes()})
	}
	return cmd
}

func newDiff(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "diff CONTAINER", Short: "Inspect changes to files or directories on a container's filesystem", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker container diff, docker diff"},
		RunE: func(_ *cobra.Command, args []string) error {
			ct, err := c.Engine.Container(args[0])
			if err != nil {
				return c.daemon(err)
			}
			for _, change := range ct.Diff() {
				c.Printf("%s %s\n", change.Kind, change.Path)
			}
			return nil
		},
	}
}

func newCommit(c *Client) *cobra.Command {
	var spec docker.CommitSpec
	var noPause bool
	cmd := &cobra.Command{
		Use: "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]", Short: "Create a new image from a container's changes", Args: requiresRangeArgs(1, 2),
		Annotations: map[string]string{"aliases": "docker container commit, docker commit"},
	}
	f := cmd.Flags()
	f.StringVarP(&spec.Author, "author", "a", "", `Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")`)
	listVar(f, &spec.Changes, "change", "c", "Apply Dockerfile instruction to the created image", "list")
	f.StringVarP(&spec.Message, "message", "m", "", "Commit message")
	f.BoolVar(&noPause, "no-pause", false, "Disable pausing container during commit")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.commit(spec, args) }
	return cmd
}
