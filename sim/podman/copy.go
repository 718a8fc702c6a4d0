package podman

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
)

func newCp(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "cp [options] [CONTAINER:]SRC_PATH [CONTAINER:]DEST_PATH", Args: exactly(2)}
	cmd.Flags().BoolP("archive", "a", true, "Chown copied files to the primary uid/gid of the destination container.")
	cmd.Flags().Bool("overwrite", false, "Allow to overwrite directories with non-directories and vice versa")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := cli.Copy(c.Process, c.store.Engine, args[0], args[1]); err != nil {
			return flagWords(err)
		}
		return nil
	}
	return cmd
}

func healthCommands() []command {
	return []command{{"run", nil, "Run the health check of a container", newHealthRun}}
}

func newHealthRun(c *client) *cobra.Command {
	return &cobra.Command{Use: "run CONTAINER", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		h := ct.Config.Healthcheck
		switch {
		case h == nil || len(h.Test) < 2 || h.Test[0] == "NONE":
			return fmt.Errorf("container %s has no defined healthcheck", ct.ID)
		case !running(ct):
			return fmt.Errorf("container %s is not running", ct.ID)
		}
		words := h.Test[1:]
		if h.Test[0] == "CMD-SHELL" {
			words = []string{"/bin/sh", "-c", h.Test[1]}
		}
		x, err := c.store.Engine.Exec(ct, docker.ExecSpec{Cmd: words, Probe: true})
		if err != nil {
			return errors.New("unhealthy")
		}
		c.WaitFor(x.Process.Exited(), x.Process.Done)
		if x.Process.Status() != 0 {
			c.Printf("unhealthy\n")
			return exitStatus(1)
		}
		return nil
	}}
}
