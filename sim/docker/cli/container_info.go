package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

func (c *Client) commit(spec docker.CommitSpec, args []string) error {
	ct, err := c.Engine.Container(args[0])
	if err != nil {
		return c.daemon(err)
	}
	if len(args) > 1 {
		if spec.Ref, err = image.Normalise(args[1]); err != nil {
			return c.daemon(err)
		}
	}
	made, err := c.Engine.Commit(ct, spec)
	if err != nil {
		return c.daemon(err)
	}
	c.Printf("%s\n", made.ID)
	return nil
}

func newContainerInspect(c *Client) *cobra.Command {
	var format string
	var size bool
	cmd := &cobra.Command{Use: "inspect [OPTIONS] CONTAINER [CONTAINER...]", Short: "Display detailed information on one or more containers", Args: requiresMinArgs(1)}
	cmd.Flags().StringVarP(&format, "format", "f", "", inspectFormatHelp)
	cmd.Flags().BoolVarP(&size, "size", "s", false, "Display total file sizes")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.inspect(format, args, func(ref string) (any, error) {
			v, err := c.inspectContainer(size)(ref)
			return v, c.daemon(err)
		})
	}
	return cmd
}

// inspectContainer describes containers, with their sizes if asked.
func (c *Client) inspectContainer(size bool) func(ref string) (any, error) {
	if size {
		return c.Engine.InspectContainerSize
	}
	return c.Engine.InspectContainer
}

func newPort(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "port CONTAINER [PRIVATE_PORT[/PROTO]]", Short: "List port mappings or a specific mapping for the container", Args: requiresRangeArgs(1, 2),
		Annotations: map[string]string{"aliases": "docker container port, docker port"},
		RunE:        func(_ *cobra.Command, args []string) error { return c.port(args) },
	}
}

func (c *Client) port(args []string) error {
	ct, err := c.Engine.Container(args[0])
	if err != nil {
		return c.daemon(err)
	}
	var lines []string
	for _, p := range ct.Published() {
		for _, ip := range shownHosts(p.HostIP) {
			key, addr := fmt.Sprintf("%d/%s", p.Port, p.Proto), fmt.Sprintf("%s:%d", ip, p.HostPort)
			switch {
			case len(args) == 1:
				lines = append(lines, key+" -> "+addr)
			case samePort(args[1], p.Port, p.Proto):
				lines = append(lines, addr)
			}
		}
	}
	if len(args) == 2 {
		port, _ := splitProto(args[1])
		if _, _, err := portRange(port); err != nil {
			return fmt.Errorf("invalid port '%s'", port)
		}
		if len(lines) == 0 {
			return fmt.Errorf("no public port '%s' published for %s", args[1], args[0])
		}
	}
	slices.Sort(lines)
	for _, l := range lines {
		c.Printf("%s\n", l)
	}
	return nil
}

func shownHosts(ip string) []string {
	switch {
	case ip == "":
		return []string{"0.0.0.0", "[::]"}
	case strings.Contains(ip, ":"):
		return []string{"[" + ip + "]"}
	}
	return []string{ip}
}

func newTop(c *Client) *cobra.Command {
	cmd := &cobra.Command{
		Use: "top CONTAINER [ps OPTIONS]", Short: "Display the running processes of a container", Args: requiresMinArgs(1),
		Annotations: map[string]string{"operands": "program", "aliases": "docker container top, docker top"},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.Engine.Container(args[0])
		if err != nil {
			return c.daemon(err)
		}
		titles, rows, err := c.Engine.Top(ct, args[1:])
		if err != nil {
			return c.daemon(err)
		}
		w := tabwriter.NewWriter(c.Stdout, 20, 1, 3, ' ', 0)
		for _, row := range append([][]string{titles}, rows...) {
			fmt.Fprintln(w, strings.Join(row, "\t"))
		}
		return w.Flush()
	}
	return cmd
}

func newContainerPrune(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "prune [OPTIONS]", Short: "Remove all stopped containers", Args: noArgs}
	f := cmd.Flags()
	filter := filterFlag(f, "", `Provide filter values (e.g. "until=<timestamp>")`)
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !force && !c.confirm("WARNING! This will remove all stopped containers.\nAre you sure you want to continue?") {
			return nil
		}
		if err := filter.check("label", "label!", "until"); err != nil {
			return c.daemon(err)
		}
		ids, freed, err := c.pruneContainers(filter)
		if err != nil {
			return c.daemon(err)
		}
		if len(ids) > 0 {
			c.Printf("Deleted Containers:\n%s\n\n", strings.Join(ids, "\n"))
		}
		c.Printf("Total reclaimed space: %s\n", units.HumanSize(float64(freed)))
		return nil
	}
	return cmd
}

// pruneContainers removes the containers that do not run and fit the filters. It
// returns their ids and the bytes that they had written.
func (c *Client) pruneContainers(filter *filters) (ids []string, freed int64, err error) {
	for _, ct := range c.Engine.Containers() {
		if ct.Running() || ct.State.Status == "restarting" || !filter.labels(ct.Config.Labels) || !filter.before(ct.Created, c.Now()) {
			continue
		}
		size := ct.FS.Upper().Size()
		if err := c.Do(func(p *clock.Proc) error { return c.Engine.Remove(p, ct, false, false) }); err != nil {
			return ids, freed, err
		}
		ids, freed = append(ids, ct.ID), freed+size
	}
	return ids, freed, nil
}

func newUpdate(c *Client) *cobra.Command {
	o := &containerOptions{}
	cmd := &cobra.Command{
		Use: "update [OPTIONS] CONTAINER [CONTAINER...]", Short: "Update configuration of one or more containers", Args: requiresMinArgs(1),
		Annotations: map[string]string{"aliases": "docker container update, docker update"},
	}
	f := cmd.Flags()
	f.Uint16("blkio-weight", 0, `Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)`)
	f.Int64("cpu-period", 0, "Limit CPU CFS (Completely Fair Scheduler) period")
	f.Int64("cpu-quota", 0, "Limit CPU CFS (Completely Fair Scheduler) quota")
	f.Int64("cpu-rt-period", 0, "Limit the CPU real-time period in microseconds")
	f.Int64("cpu-rt-runtime", 0, "Limit the CPU real-time runtime in microseconds")
	f.String("cpuset-mems", "", "MEMs in which to allow execution (0-3, 0,1)")
	absent(f, "blkio-weight", "cpu-period", "cpu-quota", "cpu-rt-period", "cpu-rt-runtime", "cpuset-mems")
	f.Int64VarP(&o.cpuShares, "cpu-shares", "c", 0, "CPU shares (relative weight)")
	f.Var(&o.cpus, "cpus", "Number of CPUs")
	f.StringVar(&o.cpuset, "cpuset-cpus", "", "CPUs in which to allow execution (0-3, 0,1)")
	f.VarP(&o.memory, "memory", "m", "Memory limit")
	f.Var(&o.reservation, "memory-reservation", "Memory soft limit")
	f.Var(&o.memorySwap, "memory-swap", "Swap limit equal to memory plus swap: -1 to enable unlimited swap")
	f.Int64Var(&o.pids, "pids-limit", 0, "Tune container pids limit (set -1 for unlimited)")
	f.StringVar(&o.restart, "restart", "", "Restart policy to apply when a container exits")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.update(cmd, o, args) }
	return cmd
}

func (c *Client) update(cmd *cobra.Command, o *containerOptions, args []string) error {
	f := cmd.Flags()
	if f.NFlag() == 0 {
		return errors.New("you must provide one or more flags when using this command")
	}
	policy, err := parseRestart(o.restart)
	if err != nil {
		return err
	}
	change := func(h *docker.HostConfig) {
		if f.Changed("restart") {
			h.RestartPolicy = policy
		}
		if o.memory != 0 {
			h.Memory = int64(o.memory)
		}
		if o.memorySwap != 0 {
			h.MemorySwap = int64(o.memorySwap)
		}
		if o.reservation != 0 {
			h.MemoryReserve = int64(o.reservation)
		}
		if o.cpus != 0 {
			h.NanoCPUs = int64(o.cpus)
		}
		if o.cpuShares != 0 {
			h.CPUShares = o.cpuShares
		}
		if o.pids != 0 {
			h.PidsLimit = o.pids
		}
		if o.cpuset != "" {
			h.CpusetCpus = o.cpuset
		}
	}
	return c.each(args, func(_ *clock.Proc, ct *docker.Container) error {
		return c.Engine.Update(ct, change)
	})
}
