package podman

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// working is a working container of Buildah: files over an image, and the
// configuration that the next image will have. Nothing runs in it by itself.
type working struct {
	id, name string
	from     string       // the image's name in full, or "scratch"
	base     *image.Image // nil for scratch
	files    *vfs.FS
	config   image.Config
	created  time.Time
	notes    []string // what was done, for history
	mounted  bool
}

// workingNamed finds a working container by name or ID, or nil.
func (s *Store) workingNamed(name string) *working {
	i := slices.IndexFunc(s.working, func(w *working) bool {
		return w.name == name || name != "" && strings.HasPrefix(w.id, name)
	})
	if i < 0 {
		return nil
	}
	return s.working[i]
}

func (c *client) workingContainer(name string) (*working, error) {
	if w := c.store.workingNamed(name); w != nil {
		return w, nil
	}
	return nil, fmt.Errorf("reading build container %q: container not known", name)
}

func (s *Store) dropWorking(w *working) {
	_ = s.Engine.Machine.Disk.Take(-w.files.Upper().Size())
	s.Engine.Machine.FS.Unmount(s.mergedDir(w))
	s.working = slices.DeleteFunc(s.working, func(o *working) bool { return o == w })
}

func (s *Store) mergedDir(w *working) string { return s.Root() + "/overlay/" + w.id + "/merged" }

func newFrom(c *client) *cobra.Command {
	o := &transferOptions{}
	var name, pull string
	cmd := &cobra.Command{Use: "from [options] IMAGE", Args: exactly(1)}
	f := cmd.Flags()
	o.declare(f)
	f.StringVar(&name, "name", "", "`name` for the working container")
	f.StringVar(&pull, "pull", "missing", "pull images from the registry values are always, missing, never, newer")
	f.Lookup("pull").NoOptDefVal = "always"
	f.BoolVarP(&o.quiet, "quiet", "q", false, "don't output progress information when pulling images")
	lackingFlags(f, "cidfile", "arch", "os", "platform", "volume", "network", "isolation")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w, err := c.from(args[0], name, pull, o)
		if err == nil {
			c.Printf("%s\n", w.name)
		}
		return err
	}
	return cmd
}

func (c *client) from(name, as, pull string, o *transferOptions) (*working, error) {
	w := &working{id: c.hexID(), from: "scratch", created: c.Now()}
	var layers []*vfs.Layer
	if name != "scratch" {
		img, ref, err := c.imageFor(name, pull, o)
		if err != nil {
			return nil, err
		}
		w.base, w.from, w.config, layers = img, c.store.imageName(img, ref), img.Config.Clone(), img.FileLayers()
	}
	base := "working-container"
	if w.base != nil {
		base = path.Base(image.Split(w.from).Path) + "-" + base
	}
	w.name = as
	for n := 0; w.name == ""; n++ {
		try := base
		if n > 0 {
			try = fmt.Sprintf("%s-%d", base, n)
		}
		if c.store.workingNamed(try) == nil {
			w.name = try
		}
	}
	if as != "" && c.store.workingNamed(as) != nil {
		return nil, fmt.Errorf("creating container: the container name %q is already in use by %s. You have to remove that container to be able to reuse that name: that name is already in use", as, c.store.workingNamed(as).id)
	}
	w.files = vfs.New(c.Now, c.Machine.Disk, layers...)
	c.store.working = append(c.store.working, w)
	c.emit("container", w.name, "from", "the working container "+w.name+" was made from "+w.from)
	return w, nil
}

func newContainers(c *client) *cobra.Command {
	var quiet, all, noHeading bool
	cmd := &cobra.Command{Use: "containers [options]", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "display only container IDs")
	f.BoolVarP(&all, "all", "a", false, "also list non-buildah containers")
	f.BoolVarP(&noHeading, "noheading", "n", false, "do not print column headings")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !quiet && !noHeading {
			c.Printf("%-12s  %-8s %-12s %-32s %s\n", "CONTAINER ID", "BUILDER", "IMAGE ID", "IMAGE NAME", "CONTAINER NAME")
		}
		for _, w := range c.store.working {
			imageID := ""
			if w.base != nil {
				imageID = short(id(w.base))
			}
			if quiet {
				c.Printf("%s\n", w.id)
				continue
			}
			c.Printf("%-12.12s  %-8s %-12.12s %-32s %s\n", w.id, "   *", imageID, w.from, w.name)
		}
		if all {
			for _, ct := range c.store.Engine.Containers() {
				c.Printf("%-12.12s  %-8s %-12.12s %-32s %s\n", ct.ID, "", id(ct.SourceImage()), ct.Image, ct.Name)
			}
		}
		return nil
	}
	return cmd
}

func newBuildahRun(c *client) *cobra.Command {
	var env []string
	var user, dir string
	cmd := &cobra.Command{Use: "run [options] CONTAINER COMMAND [ARG...]", Args: atLeast(1)}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.StringArrayVarP(&env, "env", "e", nil, "add environment variable to be set temporarily when running command")
	f.StringVarP(&user, "user", "u", "", "`user[:group]` to run the command as")
	f.StringVar(&dir, "workingdir", "", "temporarily set working directory for command")
	f.BoolP("tty", "t", false, "allocate a pseudo-TTY in the container")
	lackingFlags(f, "volume", "mount", "network", "cap-add", "cap-drop", "isolation")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w, err := c.workingContainer(args[0])
		if err != nil {
			return err
		}
		words := args[1:]
		if len(words) > 0 && words[0] == "--" {
			words = words[1:]
		}
		if len(words) == 0 {
			return errors.New("command must be specified")
		}
		return c.runIn(w, words, env, user, dir)
	}
	return cmd
}

// runIn runs a program in a working container.
func (c *client) runIn(w *working, args, env []string, user, dir string) error {
	if user == "" {
		user = w.config.User
	}
	who, err := docker.LookupUser(w.files, user)
	if err != nil {
		return err
	}
	vars := machine.NewEnv("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME="+who.Home)
	for _, v := range slices.Concat(w.config.Env, env) {
		name, value, _ := strings.Cut(v, "=")
		vars.Set(name, value)
	}
	if dir == "" {
		dir = "/" + strings.TrimPrefix(w.config.WorkingDir, "/")
	}
	status, err := c.store.Engine.RunStep(c.Process, build.Container{Args: args, Env: vars, Dir: dir, User: who, FS: w.files, Output: c.Stdout})
	if err != nil {
		c.Errorf("error running container: from /usr/bin/crun creating container for %v: executable file `%s` not found in $PATH: No such file or directory\n: exit status 1\n", args, args[0])
		c.logLine("error", "did not get container create message from subprocess: EOF")
		return fail(1, "while running runtime: exit status 1")
	}
	if status != 0 {
		return fail(status, "while running runtime: exit status %d", status)
	}
	w.notes = append(w.notes, strings.Join(args, " "))
	return nil
}

func newBuildahRm(c *client) *cobra.Command {
	var all bool
	cmd := &cobra.Command{Use: "rm [options] CONTAINER [CONTAINER...]"}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "remove all containers")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if all {
			for _, w := range slices.Clone(c.store.working) {
				c.store.dropWorking(w)
				c.Printf("%s\n", w.id)
			}
			return nil
		}
		if len(args) == 0 {
			return errors.New("container ID must be specified")
		}
		return c.each(args, func(name string) error {
			w := c.store.workingNamed(name)
			if w == nil {
				return fmt.Errorf("removing container %q: container not known", name)
			}
			c.store.dropWorking(w)
			c.Printf("%s\n", w.id)
			return nil
		})
	}
	return cmd
}

func newBuildahRename(c *client) *cobra.Command {
	return &cobra.Command{Use: "rename CONTAINER NAME", Args: exactly(2), RunE: func(_ *cobra.Command, args []string) error {
		w, err := c.workingContainer(args[0])
		if err == nil {
			w.name = args[1]
		}
		return err
	}}
}

func newMount(c *client) *cobra.Command {
	return &cobra.Command{Use: "mount [CONTAINER...]", RunE: func(_ *cobra.Command, args []string) error {
		if c.store.Rootless() && c.User.UID != 0 {
			return errors.New("cannot mount using driver overlay in rootless mode. You need to run it in a `buildah unshare` session")
		}
		for _, w := range c.store.working {
			if len(args) == 0 && w.mounted {
				c.Printf("%s %s\n", w.name, c.store.mergedDir(w))
			}
		}
		return c.each(args, func(name string) error {
			w, err := c.workingContainer(name)
			if err != nil {
				return err
			}
			if !w.mounted {
				w.mounted = true
				_ = c.Machine.FS.MkdirAll(c.store.mergedDir(w), 0o755, c.User.UID, c.User.GID)
				c.Machine.FS.Mount(vfs.Mount{At: c.store.mergedDir(w), From: w.files, Sub: "/"})
			}
			c.Printf("%s\n", c.store.mergedDir(w))
			return nil
		})
	}}
}

func newUmount(c *client) *cobra.Command {
	return &cobra.Command{Use: "umount CONTAINER [CONTAINER...]", Args: atLeast(1), RunE: func(_ *cobra.Command, args []string) error {
		return c.each(args, func(name string) error {
			w, err := c.workingContainer(name)
			if err != nil {
				return err
			}
			w.mounted = false
			c.Machine.FS.Unmount(c.store.mergedDir(w))
			c.Printf("%s\n", w.id)
			return nil
		})
	}}
}
