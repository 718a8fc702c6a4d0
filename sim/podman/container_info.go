package podman

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
)

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
