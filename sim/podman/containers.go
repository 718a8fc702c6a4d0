package podman

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/machine"
)

type psOptions struct {
	all, quiet, noTrunc, latest, pod, external, size, noHeading bool
	last                                                        int
	format                                                      string
	filter                                                      []string
}

func newPs(c *client) *cobra.Command {
	var o psOptions
	cmd := &cobra.Command{Use: "ps [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return c.ps(o) }}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all the containers, default is only running containers")
	f.BoolVar(&o.external, "external", false, "Show containers in storage not controlled by Podman")
	f.StringArrayVarP(&o.filter, "filter", "f", nil, "Filter output based on conditions given")
	f.StringVar(&o.format, "format", "", "Pretty-print containers to JSON or using a Go template")
	f.IntVarP(&o.last, "last", "n", -1, "Print the n last created containers (all states)")
	f.BoolVarP(&o.latest, "latest", "l", false, "Act on the latest container podman is aware of")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Display the extended information")
	f.BoolVar(&o.noHeading, "noheading", false, "Do not print headers")
	f.BoolVarP(&o.pod, "pod", "p", false, "Print the ID and name of the pod the containers are associated with")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Print the numeric IDs of the containers only")
	f.BoolVarP(&o.size, "size", "s", false, "Display the total file sizes")
	lacking(f, "size")
	return cmd
}

func (c *client) ps(o psOptions) error {
	var list []*docker.Container
	for _, ct := range c.store.Engine.Containers() {
		all := o.all || o.latest || o.last > 0 || slices.ContainsFunc(o.filter, func(f string) bool { return strings.HasPrefix(f, "status=") })
		if !all && ct.State.Status != "running" {
			continue
		}
		ok, err := c.matches(ct, o.filter)
		if err != nil {
			return err
		}
		if ok {
			list = append(list, ct)
		}
	}
	if o.latest {
		o.last = 1
	}
	if o.last > 0 && len(list) > o.last {
		list = list[len(list)-o.last:]
	}
	t := table{columns: []column{{"ID", "CONTAINER ID"}, {"Image", "IMAGE"}, {"Command", "COMMAND"}, {"Created", "CREATED"}, {"Status", "STATUS"}, {"Ports", "PORTS"}, {"Names", "NAMES"}}}
	if o.pod {
		t.columns = append(t.columns, column{"Pod", "POD ID"}, column{"PodName", "PODNAME"})
	}
	for _, ct := range list {
		t.rows = append(t.rows, c.psRow(ct, o.noTrunc))
	}
	if o.external {
		for _, w := range c.store.working {
			t.rows = append(t.rows, map[string]any{"ID": short(w.id), "Image": w.from, "Command": "buildah", "Created": c.ago(w.created), "Status": "Storage", "Ports": "", "Names": w.name})
		}
	}
	if o.quiet {
		for _, row := range t.rows {
			c.Printf("%s\n", row["ID"])
		}
		return nil
	}
	return c.write(t, o.format, o.noHeading)
}

func (c *client) psRow(ct *docker.Container, noTrunc bool) map[string]any {
	command := strings.Join(ct.Config.Cmd, " ")
	row := map[string]any{
		"ID": ct.ID[:12], "Image": ct.Image, "Command": shortCommand(command), "Created": c.ago(ct.Created), "CreatedHuman": c.ago(ct.Created),
		"Status": c.status(ct), "State": state(ct), "Ports": portsText(ct), "Names": ct.Name, "Labels": ct.Config.Labels, "ExitCode": ct.State.ExitCode,
		"RunningFor": c.ago(ct.Created), "Networks": strings.Join(networkNames(ct), ","), "Pod": "", "PodName": "", "ImageID": ct.ImageID,
	}
	if noTrunc {
		row["ID"], row["Command"] = ct.ID, command
	}
	if pod := c.store.podOf(ct); pod != nil {
		row["Pod"], row["PodName"] = short(pod.ID), pod.Name
	}
	return row
}

// shortCommand is what COMMAND has room for (Podman 5.4, cmd/podman/containers/ps.go).
func shortCommand(text string) string {
	if len(text) > 17 {
		return text[:17] + "..."
	}
	return text
}

func networkNames(ct *docker.Container) []string {
	var names []string
	for _, ep := range ct.Endpoints {
		names = append(names, ep.Network.Name)
	}
	return names
}

// state is Podman's word for what a container does.
func state(ct *docker.Container) string { return ct.State.Status }

// status is the STATUS of podman ps.
func (c *client) status(ct *docker.Container) string {
	switch ct.State.Status {
	case "running":
		text := "Up " + units.HumanDuration(c.Now().Sub(ct.State.Started))
		if ct.State.Health != nil {
			text += " (" + ct.State.Health.Status + ")"
		}
		return text
	case "created":
		return "Created"
	case "paused":
		return "Paused"
	}
	return fmt.Sprintf("Exited (%d) %s", ct.State.ExitCode, c.ago(ct.State.Finished))
}

// portsText is the PORTS of podman ps: what was to be published, and what the
// image exposes otherwise.
func portsText(ct *docker.Container) string {
	var parts []string
	bindings := ct.Host.PortBindings
	for n, b := range bindings {
		host := b.HostPort
		if published := ct.Published(); host == 0 && n < len(published) {
			host = published[n].HostPort
		}
		ip := b.HostIP
		if ip == "" {
			ip = "0.0.0.0"
		}
		parts = append(parts, fmt.Sprintf("%s:%d->%d/%s", ip, host, b.Port, b.Proto))
	}
	for _, text := range ct.Config.ExposedPorts {
		bound := func(b docker.PortBinding) bool { return fmt.Sprintf("%d/%s", b.Port, b.Proto) == text }
		if !slices.ContainsFunc(bindings, bound) {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func (c *client) matches(ct *docker.Container, filters []string) (bool, error) {
	for _, f := range filters {
		key, value, _ := strings.Cut(f, "=")
		ok := false
		switch key {
		case "name":
			ok = strings.Contains(ct.Name, value)
		case "id":
			ok = strings.HasPrefix(ct.ID, value)
		case "status":
			ok = state(ct) == value
		case "exited":
			ok = ct.State.Status == "exited" && fmt.Sprint(ct.State.ExitCode) == value
		case "ancestor":
			ok = refersTo(ct.Image, value)
		case "label":
			ok = hasLabel(ct.Config.Labels, value)
		case "network":
			ok = slices.Contains(networkNames(ct), value)
		case "pod":
			pod := c.store.podOf(ct)
			ok = pod != nil && (pod.Name == value || strings.HasPrefix(pod.ID, value))
		default:
			return false, fmt.Errorf("%s is an invalid filter", key)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// pick are the containers that -a, -l or the operands mean.
type pick struct{ all, latest, ignore bool }

func (o *pick) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Act on all containers")
	f.BoolVarP(&o.latest, "latest", "l", false, "Act on the latest container podman is aware of")
	f.BoolVarP(&o.ignore, "ignore", "i", false, "Ignore errors when a specified container is missing")
}

func (c *client) picked(o *pick, args []string, keep func(*docker.Container) bool) ([]string, error) {
	switch {
	case o.all:
		var names []string
		for _, ct := range c.store.Engine.Containers() {
			if keep == nil || keep(ct) {
				names = append(names, ct.ID)
			}
		}
		return names, nil
	case o.latest:
		list := c.store.Engine.Containers()
		if len(list) == 0 {
			return nil, errors.New("no containers found: no such container")
		}
		return []string{list[len(list)-1].ID}, nil
	case len(args) == 0:
		return nil, fmt.Errorf("you must provide at least one name or id")
	}
	return args, nil
}

// simple makes a command that does one thing to containers and prints their names.
func simple(use string, status int, keep func(*docker.Container) bool, do func(c *client, ct *docker.Container) error) func(c *client) *cobra.Command {
	return func(c *client) *cobra.Command {
		var o pick
		cmd := &cobra.Command{Use: use + " [options] CONTAINER [CONTAINER...]"}
		o.declare(cmd)
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			names, err := c.picked(&o, args, keep)
			if err != nil {
				return err
			}
			return c.each(names, func(name string) error {
				ct, err := c.store.container(name, status)
				if err != nil && o.ignore {
					return nil
				}
				if err == nil {
					err = do(c, ct)
				}
				if err == nil {
					c.Printf("%s\n", name)
				}
				return err
			})
		}
		return cmd
	}
}

func running(ct *docker.Container) bool { return ct.State.Status == "running" }

func pauseContainer(c *client, ct *docker.Container) error {
	if !running(ct) {
		return fmt.Errorf("%q is not running, can't pause: container state improper", ct.State.Status)
	}
	return c.store.Engine.Pause(ct)
}

func unpauseContainer(c *client, ct *docker.Container) error {
	if ct.State.Status != "paused" {
		return fmt.Errorf("%q is not paused, can't unpause: container state improper", ct.ID)
	}
	return c.store.Engine.Unpause(ct)
}

func newStart(c *client) *cobra.Command {
	var o pick
	var attach, interactive bool
	cmd := &cobra.Command{Use: "start [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().Lookup("ignore").Shorthand = ""
	cmd.Flags().Bool("interactive", false, "Make STDIN available to the contained process")
	cmd.Flags().BoolVar(&attach, "attach", false, "Attach container's STDOUT and STDERR")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, func(ct *docker.Container) bool { return !ct.Running() })
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil {
				return err
			}
			if attach {
				status, err := cli.RunAttached(c.Process, c.store.Engine, ct, interactive)
				if err != nil {
					return c.startError(err)
				}
				return exitStatus(status)
			}
			if err := c.start(ct); err != nil {
				return fail(125, "unable to start container %q: %s", ct.ID, err)
			}
			c.Printf("%s\n", name)
			return nil
		})
	}
	return cmd
}

// stopOptions are those of stop, restart and rm -t.
type stopOptions struct{ seconds int }

func (o *stopOptions) grace(ct *docker.Container) time.Duration {
	if o.seconds >= 0 {
		return time.Duration(o.seconds) * time.Second
	}
	return ct.Grace()
}

// stop ends a container and says when that took force.
func (c *client) stop(ct *docker.Container, grace time.Duration) error {
	if ct.State.Status == "paused" {
		return fmt.Errorf("container %s is running or paused, refusing to clean up: container state improper", ct.ID)
	}
	if !ct.Running() {
		return nil
	}
	began := c.Now()
	if err := c.store.Engine.Stop(c.Proc, ct, grace, 0); err != nil {
		return err
	}
	if grace > 0 && c.Now().Sub(began) >= grace && ct.State.ExitCode == 137 {
		signal := ct.Config.StopSignal
		if signal == "" {
			signal = "SIGTERM"
		}
		c.warn("StopSignal %s failed to stop container %s in %d seconds, resorting to SIGKILL", signal, ct.Name, int(grace.Seconds()))
	}
	return nil
}

func newStop(c *client) *cobra.Command {
	var o pick
	s := stopOptions{}
	cmd := &cobra.Command{Use: "stop [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, running)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil && o.ignore {
				return nil
			}
			if err == nil {
				err = c.stop(ct, s.grace(ct))
			}
			if err == nil {
				c.Printf("%s\n", name)
			}
			return err
		})
	}
	return cmd
}

func newRestart(c *client) *cobra.Command {
	var o pick
	s := stopOptions{}
	cmd := &cobra.Command{Use: "restart [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, nil)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err == nil {
				err = c.stop(ct, s.grace(ct))
			}
			if err == nil {
				err = c.start(ct)
			}
			if err == nil {
				c.Printf("%s\n", name)
			}
			return err
		})
	}
	return cmd
}

func newKill(c *client) *cobra.Command {
	var o pick
	var signal string
	cmd := &cobra.Command{Use: "kill [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	cmd.Flags().StringVarP(&signal, "signal", "s", "KILL", "Signal to send to the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		sig, ok := machine.ParseSignal(signal)
		if !ok {
			return fmt.Errorf("invalid signal: %s", signal)
		}
		names, err := c.picked(&o, args, running)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err != nil {
				return err
			}
			if !ct.Running() {
				return fmt.Errorf("can only kill running containers. %s is in state %s: container state improper", ct.ID, state(ct))
			}
			if err := c.store.Engine.Kill(c.Proc, ct, sig); err != nil {
				return err
			}
			c.Printf("%s\n", name)
			return nil
		})
	}
	return cmd
}

func newRm(c *client) *cobra.Command {
	var o pick
	var force, volumes, depend bool
	s := stopOptions{}
	cmd := &cobra.Command{Use: "rm [options] CONTAINER [CONTAINER...]"}
	o.declare(cmd)
	f := cmd.Flags()
	f.BoolVarP(&force, "force", "f", false, "Force removal of a running or unusable container")
	f.BoolVarP(&volumes, "volumes", "v", false, "Remove anonymous volumes associated with the container")
	f.BoolVar(&depend, "depend", false, "Remove container and all containers that depend on the selected container")
	f.IntVarP(&s.seconds, "time", "t", -1, "Seconds to wait for stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&o, args, nil)
		if err != nil {
			return err
		}
		return c.each(names, func(name string) error { return c.remove(name, force, force && o.ignore || o.ignore, volumes, s) })
	}
	return cmd
}

func (c *client) remove(name string, force, ignore, volumes bool, s stopOptions) error {
	ct, err := c.store.container(name, 1)
	if err != nil {
		if w := c.store.workingNamed(name); w != nil {
			c.store.dropWorking(w)
			c.Printf("%s\n", name)
			return nil
		}
		if force || ignore {
			return nil
		}
		return err
	}
	if (ct.Running()) && !force {
		return fail(2, "cannot remove container %s as it is %s - running or paused containers cannot be removed without force: container state improper", ct.ID, state(ct))
	}
	if running(ct) {
		if err := c.stop(ct, s.grace(ct)); err != nil {
			return err
		}
	}
	if err := c.store.Engine.Remove(c.Proc, ct, true, true); err != nil {
		return err
	}
	c.store.leavePod(ct)
	c.Printf("%s\n", name)
	return nil
}

func newLogs(c *client) *cobra.Command {
	l := &cli.Logs{}
	cmd := &cobra.Command{Use: "logs [options] CONTAINER [CONTAINER...]"}
	l.Declare(cmd.Flags())
	latest := cmd.Flags().BoolP("latest", "l", false, "Act on the latest container podman is aware of")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		names, err := c.picked(&pick{latest: *latest}, args, nil)
		if err != nil {
			return errors.New("specify at least one container name or ID to log")
		}
		return c.each(names, func(name string) error {
			if _, err := c.store.container(name, 125); err != nil {
				return err
			}
			return l.Write(c.Process, c.store.Engine, name)
		})
	}
	return cmd
}

func newWait(c *client) *cobra.Command {
	return &cobra.Command{Use: "wait [options] CONTAINER [CONTAINER...]", Args: atLeast(1), RunE: func(_ *cobra.Command, args []string) error {
		return c.each(args, func(name string) error {
			ct, err := c.store.container(name, 125)
			if err == nil {
				c.Printf("%d\n", c.store.Engine.Wait(c.Proc, ct, false))
			}
			return err
		})
	}}
}

func newRename(c *client) *cobra.Command {
	return &cobra.Command{Use: "rename CONTAINER NAME", Args: exactly(2), RunE: func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		return c.store.Engine.Rename(ct, args[1])
	}}
}

func newAttach(c *client) *cobra.Command {
	return &cobra.Command{Use: "attach [options] CONTAINER", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		if !running(ct) {
			return errors.New("you can only attach to running containers")
		}
		return exitStatus(cli.Follow(c.Process, c.store.Engine, ct, ct.Host.OpenStdin))
	}}
}

func newPort(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "port [options] CONTAINER [PORT]", Args: cobra.RangeArgs(1, 2)}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		for _, p := range ct.Published() {
			ip, inner := p.HostIP, fmt.Sprintf("%d/%s", p.Port, p.Proto)
			if ip == "" {
				ip = "0.0.0.0"
			}
			if len(args) == 1 {
				c.Printf("%s -> %s:%d\n", inner, ip, p.HostPort)
			} else if args[1] == inner || args[1]+"/tcp" == inner {
				c.Printf("%s:%d\n", ip, p.HostPort)
			}
		}
		return nil
	}
	return cmd
}

func newContainerExists(c *client) *cobra.Command {
	return &cobra.Command{Use: "exists CONTAINER", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if _, err := c.store.container(args[0], 1); err != nil {
			return exitStatus(1)
		}
		return nil
	}}
}

func newContainerPrune(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "prune [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		for _, ct := range c.store.Engine.Containers() {
			if ct.Running() {
				continue
			}
			if err := c.store.Engine.Remove(c.Proc, ct, false, true); err != nil {
				return err
			}
			c.Printf("%s\n", ct.ID)
		}
		return nil
	}}
	cmd.Flags().BoolP("force", "f", false, "Do not prompt for confirmation")
	return cmd
}

func newDiff(c *client) *cobra.Command {
	return &cobra.Command{Use: "diff CONTAINER", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		for _, change := range ct.Diff() {
			c.Printf("%s %s\n", change.Kind, change.Path)
		}
		return nil
	}}
}
