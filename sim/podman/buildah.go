package podman

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

// buildahCommands are the commands of buildah.
func buildahCommands() []command {
	return []command{
		{"add", nil, "Add content to the container", newAdd},
		{"build", []string{"build-using-dockerfile", "bud"}, "Build an image using instructions in a Containerfile", newBuild},
		{"commit", nil, "Create an image from a working container", newCommit},
		{"config", nil, "Update image configuration settings", newConfig},
		{"containers", []string{"list", "ls", "ps"}, "List working containers and their base images", newContainers},
		{"copy", nil, "Copy content into the container", newCopy},
		{"from", nil, "Create a working container based on an image", newFrom},
		{"images", nil, "List images in local storage", newImages},
		{"info", nil, "Display Buildah system information", newBuildahInfo},
		{"inspect", nil, "Inspect the configuration of a container or image", newBuildahInspect},
		{"login", nil, "Login to a container registry", newLogin},
		{"logout", nil, "Logout of a container registry", newLogout},
		{"manifest", nil, "Manipulate manifest lists and image indexes", nil},
		{"mkcw", nil, "Convert a conventional image to a confidential workload image", nil},
		{"mount", nil, "Mount a working container's root filesystem", newMount},
		{"prune", nil, "Remove intermediate images as well as build and mount cache", newImagePrune},
		{"pull", nil, "Pull an image from the specified location", newPull},
		{"push", nil, "Push an image to a specified destination", newPush},
		{"rename", nil, "Rename a container", newBuildahRename},
		{"rm", []string{"delete"}, "Remove one or more working containers", newBuildahRm},
		{"rmi", nil, "Remove one or more images from local storage", newRmi},
		{"run", nil, "Run a command inside of the container", newBuildahRun},
		{"source", nil, "Manage source containers", nil},
		{"tag", nil, "Add an additional name to a local image", newTag},
		{"umount", []string{"unmount"}, "Unmount the root file system of the specified working containers", newUmount},
		{"unshare", nil, "Run a command in a modified user namespace", newUnshare},
		{"version", nil, "Display the Buildah version information", newVersion},
	}
}

// newCopy and newAdd put files into a working container.
func newCopy(c *client) *cobra.Command { return c.contentCommand("copy") }

func newAdd(c *client) *cobra.Command { return c.contentCommand("add") }

func (c *client) contentCommand(word string) *cobra.Command {
	var quiet bool
	var from, chown, contextDir string
	cmd := &cobra.Command{Use: word + " [options] CONTAINER SOURCE [DESTINATION]", Args: atLeast(2)}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "don't output a digest of the newly-added/copied content")
	f.StringVar(&from, "from", "", "use the specified container's or image's root directory as the source root directory")
	f.StringVar(&chown, "chown", "", "set the user and group ownership of the destination content")
	f.StringVar(&contextDir, "contextdir", "", "context directory path")
	lacking(f, "chown")
	lackingFlags(f, "chmod", "ignorefile")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w, err := c.workingContainer(args[0])
		if err != nil {
			return err
		}
		sources, dest := args[1:], "/"+strings.TrimPrefix(w.config.WorkingDir, "/")
		if len(sources) > 1 {
			sources, dest = sources[:len(sources)-1], sources[len(sources)-1]
		}
		if !path.IsAbs(dest) {
			dest = path.Join("/", w.config.WorkingDir, dest) + strings.Repeat("/", len(dest)-len(strings.TrimRight(dest, "/")))
		}
		digest, err := c.addContent(w, from, contextDir, sources, dest)
		if err != nil {
			return err
		}
		if !quiet {
			c.Printf("%s\n", strings.TrimPrefix(digest, "sha256:"))
		}
		w.notes = append(w.notes, "#(nop) "+strings.ToUpper(word)+" file:"+strings.TrimPrefix(digest, "sha256:")+" in "+dest)
		return nil
	}
	return cmd
}

// sourceFiles is where content comes from: the machine, a working container or an image.
func (c *client) sourceFiles(from string) (*vfs.FS, error) {
	if from == "" {
		return c.FS, nil
	}
	if w := c.store.workingNamed(from); w != nil {
		return w.files, nil
	}
	img, _ := c.store.find(from)
	if img == nil {
		return nil, fmt.Errorf("%s: image not known", from)
	}
	return vfs.New(c.Now, nil, img.FileLayers()...), nil
}

func (c *client) addContent(w *working, from, contextDir string, sources []string, dest string) (string, error) {
	files, err := c.sourceFiles(from)
	if err != nil {
		return "", err
	}
	sum := ""
	for _, source := range sources {
		full := path.Clean("/" + source)
		if from == "" {
			full = c.Abs(path.Join(contextDir, source))
		}
		n, err := files.Stat(full)
		if err != nil {
			return "", fmt.Errorf("adding content to container %q: checking on sources under \"/\": copier: stat: %q: no such file or directory", w.name, full)
		}
		target := path.Clean(dest)
		there, missing := w.files.Stat(target)
		into := strings.HasSuffix(dest, "/") || len(sources) > 1 || missing == nil && there.IsDir()
		if into && !n.IsDir() {
			target = path.Join(target, path.Base(full))
		}
		if err := w.files.MkdirAll(path.Dir(target), 0o755, 0, 0); err != nil {
			return "", err
		}
		if err := copyOwned(w.files, files, full, target); err != nil {
			return "", err
		}
		sum += source + string(n.Data)
	}
	return image.Digest(sum), nil
}

// copyOwned copies files or directories; what is copied belongs to root.
func copyOwned(to, from *vfs.FS, source, target string) error {
	if err := to.CopyTree(from, source, target); err != nil {
		return err
	}
	return to.Walk(target, func(name string, _ *vfs.Node) error {
		return to.Change(name, func(n *vfs.Node) { n.UID, n.GID = 0, 0 })
	})
}

// configOptions are the flags of buildah config.
type configOptions struct {
	cmd, entrypoint, user, dir, author, stopSignal string
	env, labels, ports, volumes                    []string
}

func newConfig(c *client) *cobra.Command {
	o := &configOptions{}
	cmd := &cobra.Command{Use: "config [options] CONTAINER", Args: exactly(1)}
	f := cmd.Flags()
	f.StringVar(&o.cmd, "cmd", "", "set the default `command` to run for containers based on the image")
	f.StringVar(&o.entrypoint, "entrypoint", "", "set `entry point` for containers based on image")
	f.StringVarP(&o.user, "user", "u", "", "set default `user` to run inside containers based on image")
	f.StringVar(&o.dir, "workingdir", "", "set working `directory` for containers based on image")
	f.StringVarP(&o.author, "author", "", "", "set image author contact `information`")
	f.StringVar(&o.stopSignal, "stop-signal", "", "set `stop signal` for containers based on image")
	f.StringArrayVarP(&o.env, "env", "e", nil, "add `environment variable` to be set when running containers based on image")
	f.StringArrayVarP(&o.labels, "label", "l", nil, "add image configuration `label`")
	f.StringArrayVarP(&o.ports, "port", "p", nil, "add `port` to expose when running containers based on image")
	f.StringArrayVarP(&o.volumes, "volume", "v", nil, "add default `volume` path to be created for containers based on image")
	lackingFlags(f, "annotation", "arch", "os", "comment", "created-by", "domainname", "hostname", "healthcheck", "onbuild", "shell", "variant", "history-comment")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w, err := c.workingContainer(args[0])
		if err != nil {
			return err
		}
		return c.configure(w, o, f.Changed("entrypoint"), f.Changed("cmd"))
	}
	return cmd
}

// configure changes what the next image says about its containers.
func (c *client) configure(w *working, o *configOptions, entrypoint, cmd bool) error {
	k := &w.config
	if entrypoint {
		k.Entrypoint = nil
		if json.Unmarshal([]byte(o.entrypoint), &k.Entrypoint) != nil && o.entrypoint != "" {
			k.Entrypoint = []string{"/bin/sh", "-c", o.entrypoint}
		}
		if !cmd && len(k.Cmd) > 0 {
			c.warn("cmd %q exists and will be passed to entrypoint as a parameter", strings.Join(k.Cmd, " "))
		}
	}
	if cmd {
		k.Cmd = strings.Fields(o.cmd)
		if json.Unmarshal([]byte(o.cmd), &k.Cmd) != nil {
			k.Cmd = strings.Fields(o.cmd)
		}
	}
	for _, v := range o.env {
		k.SetEnv(v)
	}
	for _, l := range o.labels {
		k.Labels = mergeLabels(k.Labels, c.variables([]string{l}))
	}
	for _, p := range o.ports {
		if !strings.Contains(p, "/") {
			p += "/tcp"
		}
		k.ExposedPorts = append(k.ExposedPorts, p)
	}
	slices.Sort(k.ExposedPorts)
	k.ExposedPorts = slices.Compact(k.ExposedPorts)
	k.Volumes = append(k.Volumes, o.volumes...)
	for _, set := range []struct {
		to   *string
		from string
	}{{&k.User, o.user}, {&k.WorkingDir, o.dir}, {&k.StopSignal, o.stopSignal}} {
		if set.from != "" {
			*set.to = set.from
		}
	}
	return nil
}

func newCommit(c *client) *cobra.Command {
	o := &transferOptions{}
	var remove bool
	var format string
	cmd := &cobra.Command{Use: "commit [options] CONTAINER [IMAGE]", Args: cobra.RangeArgs(1, 2)}
	f := cmd.Flags()
	o.declare(f)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "don't output progress information when writing images")
	f.BoolVar(&remove, "rm", false, "remove the container and its content after committing it to an image")
	f.StringVarP(&format, "format", "f", "oci", "`format` of the image manifest and metadata")
	lackingFlags(f, "squash", "iidfile", "manifest", "timestamp")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		w, err := c.workingContainer(args[0])
		if err != nil {
			return err
		}
		ref := ""
		if len(args) == 2 {
			if transport(args[1]) {
				return c.lacks("buildah commit " + args[1])
			}
			if ref, err = local(args[1]); err != nil {
				return err
			}
		}
		img, err := c.commitWorking(w, ref, format, o)
		if err != nil {
			return err
		}
		if remove {
			c.store.dropWorking(w)
		}
		c.Printf("%s\n", id(img))
		return nil
	}
	return cmd
}

// commitWorking makes an image of a working container: one layer for all that
// was changed.
func (c *client) commitWorking(w *working, ref, format string, o *transferOptions) (*image.Image, error) {
	img := &image.Image{Config: w.config.Clone(), Created: c.Now(), Local: true}
	line := image.History{Created: c.Now(), CreatedBy: "/bin/sh"}
	if len(w.notes) > 0 {
		line.CreatedBy = "/bin/sh -c " + w.notes[len(w.notes)-1]
	}
	if w.base != nil {
		img.Layers, img.Architecture, img.Vulnerabilities = slices.Clone(w.base.Layers), w.base.Architecture, w.base.Vulnerabilities
		img.History = slices.Clone(w.base.History)
		line.Comment = "FROM " + w.from
	}
	img.Layers = append(img.Layers, image.NewLayer(w.files.Upper().Clone()))
	img.Config.Labels = mergeLabels(img.Config.Labels, nil)
	img.History = append(img.History, line)
	sealPlain(img, format)
	c.copyLines(o, img)
	if err := c.store.Engine.AddImage(img, ""); err != nil {
		return nil, errors.New("committing container: no space left on device")
	}
	c.hub.Remember(img)
	if ref != "" {
		c.store.Engine.Name(ref, img, true)
		c.emit("image", image.Familiar(ref), "commit", "an image was made of "+w.name)
	}
	return img, nil
}
