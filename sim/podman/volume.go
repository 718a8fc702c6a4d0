package podman

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

func volumeCommands() []command {
	return []command{
		{"create", nil, "Create a new volume", newVolumeCreate},
		{"exists", nil, "Check if volume exists", newVolumeExists},
		{"export", nil, "Export volumes", nil},
		{"import", nil, "Import a tarball contents into a podman volume", nil},
		{"inspect", nil, "Display detailed information on one or more volumes", newVolumeInspect},
		{"ls", []string{"list"}, "List volumes", newVolumeLs},
		{"mount", nil, "Mount volume", nil},
		{"prune", nil, "Remove all unused volumes", newVolumePrune},
		{"reload", nil, "Reload all volumes from volume plugins", nil},
		{"rm", []string{"remove"}, "Remove one or more volumes", newVolumeRm},
		{"unmount", nil, "Unmount volume", nil},
	}
}

func newVolumeCreate(c *client) *cobra.Command {
	var labels []string
	cmd := &cobra.Command{Use: "create [options] [NAME]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	f.StringArrayVarP(&labels, "label", "l", nil, "Set metadata for a volume")
	ignore := f.Bool("ignore", false, "Don't fail if volume already exists")
	lackingFlags(f, "opt", "driver")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		spec := docker.VolumeSpec{Labels: map[string]string{}}
		for _, l := range labels {
			k, v, _ := strings.Cut(l, "=")
			spec.Labels[k] = v
		}
		if len(args) == 1 {
			spec.Name = args[0]
			if c.store.Engine.Volume(spec.Name) != nil && !*ignore {
				return fmt.Errorf("volume with name %s already exists: volume already exists", spec.Name)
			}
		}
		v, err := c.store.Engine.CreateVolume(spec)
		if err == nil {
			c.Printf("%s\n", v.Name)
		}
		return err
	}
	return cmd
}

func newVolumeLs(c *client) *cobra.Command {
	var quiet, noHeading bool
	var format string
	cmd := &cobra.Command{Use: "ls [options]", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "Print volume output in quiet mode")
	f.BoolVarP(&noHeading, "noheading", "n", false, "Do not print headers")
	f.StringVar(&format, "format", "", "Format volume output using Go template")
	cmd.RunE = func(*cobra.Command, []string) error {
		t := table{columns: []column{{"Driver", "DRIVER"}, {"Name", "VOLUME NAME"}}}
		for _, v := range c.store.Engine.Volumes() {
			if quiet {
				c.Printf("%s\n", v.Name)
			}
			t.rows = append(t.rows, map[string]any{"Driver": v.Driver, "Name": v.Name, "Mountpoint": v.Mountpoint()})
		}
		if quiet || len(t.rows) == 0 && format == "" {
			if !quiet && !noHeading {
				c.Printf("DRIVER      VOLUME NAME\n")
			}
			return nil
		}
		return c.write(t, format, noHeading)
	}
	return cmd
}

func newVolumeRm(c *client) *cobra.Command {
	var force, all bool
	cmd := &cobra.Command{Use: "rm [options] VOLUME [VOLUME...]"}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Remove a volume by force, even if it is being used by a container")
	cmd.Flags().BoolVarP(&all, "all", "a", false, "Remove all volumes")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if all {
			args = nil
			for _, v := range c.store.Engine.Volumes() {
				args = append(args, v.Name)
			}
		}
		return c.each(args, func(name string) error { return c.removeVolume(name, force) })
	}
	return cmd
}

func (c *client) removeVolume(name string, force bool) error {
	v := c.store.Engine.Volume(name)
	if v == nil {
		if force {
			return nil
		}
		return fail(1, "no volume with name %q found: no such volume", name)
	}
	var ids []string
	for _, ct := range c.store.Engine.VolumeUsers(v) {
		ids = append(ids, ct.ID)
		if force {
			if err := c.store.Engine.Remove(c.Proc, ct, true, false); err != nil {
				return err
			}
		}
	}
	if len(ids) > 0 && !force {
		return fail(2, "volume %s is being used by the following container(s): %s: volume is being used", name, strings.Join(ids, ", "))
	}
	if err := c.store.Engine.RemoveVolume(name, force); err != nil {
		return err
	}
	c.Printf("%s\n", name)
	return nil
}

func newVolumePrune(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "prune [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		for _, v := range c.store.Engine.Volumes() {
			if len(c.store.Engine.VolumeUsers(v)) == 0 {
				if err := c.removeVolume(v.Name, false); err != nil {
					return err
				}
			}
		}
		return nil
	}}
	cmd.Flags().BoolP("force", "f", false, "Do not prompt for confirmation")
	return cmd
}

func newVolumeExists(c *client) *cobra.Command {
	return &cobra.Command{Use: "exists VOLUME", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if c.store.Engine.Volume(args[0]) == nil {
			return exitStatus(1)
		}
		return nil
	}}
}

// volumeInspect is a volume as `podman volume inspect` shows it, in its order.
type volumeInspect struct {
	Name, Driver, Mountpoint, CreatedAt string
	Labels                              map[string]string
	Scope                               string
	Options                             map[string]string
	MountCount                          int
	NeedsCopyUp, LockNumber             any `json:",omitempty"`
}

func newVolumeInspect(c *client) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "inspect [options] VOLUME [VOLUME...]", Args: atLeast(1)}
	cmd.Flags().StringVarP(&format, "format", "f", "", "Format volume output using Go template")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var list []any
		var last error
		for _, name := range args {
			v := c.store.Engine.Volume(name)
			if v == nil {
				last = fmt.Errorf("no volume with name %q found: no such volume", name)
				continue
			}
			count := len(slices.DeleteFunc(c.store.Engine.VolumeUsers(v), func(ct *docker.Container) bool { return !ct.Running() }))
			list = append(list, volumeInspect{
				Name: v.Name, Driver: v.Driver, Mountpoint: v.Mountpoint(), CreatedAt: stamp(v.Created), Labels: v.Labels, Scope: "local",
				Options: map[string]string{}, MountCount: count,
			})
		}
		if err := c.printInspect(list, format); err != nil {
			return err
		}
		return last
	}
	return cmd
}

func secretCommands() []command {
	return []command{
		{"create", nil, "Create a new secret", newSecretCreate},
		{"exists", nil, "Check if a secret exists in local storage", nil},
		{"inspect", nil, "Inspect a secret", nil},
		{"ls", []string{"list"}, "List secrets", newSecretLs},
		{"rm", []string{"remove"}, "Remove one or more secrets", newSecretRm},
	}
}

func (s *Store) secret(name string) *secret {
	i := slices.IndexFunc(s.secrets, func(o *secret) bool { return o.name == name || o.id == name })
	if i < 0 {
		return nil
	}
	return s.secrets[i]
}

func newSecretCreate(c *client) *cobra.Command {
	return &cobra.Command{Use: "create [options] NAME FILE|-", Args: exactly(2), RunE: func(_ *cobra.Command, args []string) error {
		if c.store.secret(args[0]) != nil {
			return fmt.Errorf("%s: secret name in use", args[0])
		}
		data, err := []byte(nil), error(nil)
		if args[1] == "-" {
			data, err = io.ReadAll(c.Stdin)
		} else {
			data, err = c.ReadFile(args[1])
		}
		if err != nil {
			return fmt.Errorf("open %s: %w", args[1], err)
		}
		s := &secret{id: c.hexID()[:25], name: args[0], data: data, created: c.Now().Unix()}
		c.store.secrets = append(c.store.secrets, s)
		c.Printf("%s\n", s.id)
		return nil
	}}
}

func newSecretLs(c *client) *cobra.Command {
	return &cobra.Command{Use: "ls [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		t := table{columns: []column{{"ID", "ID"}, {"Name", "NAME"}, {"Driver", "DRIVER"}, {"Created", "CREATED"}, {"Updated", "UPDATED"}}}
		for _, s := range c.store.secrets {
			age := units.HumanDuration(c.Now().Sub(time.Unix(s.created, 0))) + " ago"
			t.rows = append(t.rows, map[string]any{"ID": s.id, "Name": s.name, "Driver": "file", "Created": age, "Updated": age})
		}
		return c.write(t, "", false)
	}}
}

func newSecretRm(c *client) *cobra.Command {
	return &cobra.Command{Use: "rm [options] SECRET [SECRET...]", Args: atLeast(1), RunE: func(_ *cobra.Command, args []string) error {
		return c.each(args, func(name string) error {
			s := c.store.secret(name)
			if s == nil {
				return fail(1, "no secret with name or id %q: no such secret", name)
			}
			c.store.secrets = slices.DeleteFunc(c.store.secrets, func(o *secret) bool { return o == s })
			c.Printf("%s\n", s.id)
			return nil
		})
	}}
}

// hexID is a new random identity of 64 digits.
func (c *client) hexID() string {
	const digits = "0123456789abcdef"
	id := make([]byte, 64)
	for i := range id {
		id[i] = digits[c.Clock().Rand().IntN(16)]
	}
	return string(id)
}
