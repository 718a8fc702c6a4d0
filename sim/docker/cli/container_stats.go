package cli

import (
	"fmt"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
)

type statsOptions struct {
	all, noStream, noTrunc bool
	format                 string
}

func newStats(c *Client) *cobra.Command {
	o := &statsOptions{}
	cmd := &cobra.Command{
		Use: "stats [OPTIONS] [CONTAINER...]", Short: "Display a live stream of container(s) resource usage statistics",
		Annotations: map[string]string{"aliases": "docker container stats, docker stats"},
		RunE:        func(_ *cobra.Command, args []string) error { return c.stats(o, args) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.all, "all", "a", false, "Show all containers (default shows just running)")
	f.StringVar(&o.format, "format", "", formatHelp)
	f.BoolVar(&o.noStream, "no-stream", false, "Disable streaming stats and only pull the first result")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Do not truncate output")
	return cmd
}

func (c *Client) stats(o *statsOptions, names []string) error {
	for {
		list, err := c.statsOf(o, names)
		if err != nil {
			return c.daemon(err)
		}
		if o.noStream {
			c.Sleep(1500 * time.Millisecond) // two samples make one figure
			return c.writeStats(o, list)
		}
		if c.Stdout.Terminal() != nil {
			c.Printf("\x1b[H\x1b[2J")
		}
		if err := c.writeStats(o, list); err != nil {
			return err
		}
		c.Sleep(time.Second)
		if !c.Engine.Up {
			return ErrDaemon()
		}
	}
}

func (c *Client) statsOf(o *statsOptions, names []string) ([]*docker.Container, error) {
	var list []*docker.Container
	for _, name := range names {
		ct, err := c.Engine.Container(name)
		if err != nil {
			return nil, err
		}
		list = append(list, ct)
	}
	if len(names) > 0 {
		return list, nil
	}
	all := c.Engine.Containers()
	for i := len(all) - 1; i >= 0; i-- {
		if o.all || all[i].Running() {
			list = append(list, all[i])
		}
	}
	return list, nil
}

func (c *Client) writeStats(o *statsOptions, list []*docker.Container) error {
	rows := make([]any, len(list))
	for i, ct := range list {
		rows[i] = &statsRow{c: ct, e: c.Engine, full: o.noTrunc}
	}
	return formatter.New(o.format, `{{.ID}}\t{{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}\t{{.MemPerc}}\t{{.NetIO}}\t{{.BlockIO}}\t{{.PIDs}}`, formatter.Header{
		"ID": "CONTAINER ID", "Container": "CONTAINER", "Name": "NAME", "CPUPerc": "CPU %", "MemUsage": "MEM USAGE / LIMIT", "MemPerc": "MEM %",
		"NetIO": "NET I/O", "BlockIO": "BLOCK I/O", "PIDs": "PIDS",
	}).Write(c.Stdout, rows...)
}

// statsRow is a line of docker stats.
type statsRow struct {
	formatter.Row
	c    *docker.Container
	e    *docker.Engine
	full bool
}

// ID is short unless --no-trunc is given.
func (r *statsRow) ID() string {
	if r.full {
		return r.c.ID
	}
	return r.c.ID[:12]
}

// Container is what the container was called on the command line: its id.
func (r *statsRow) Container() string { return r.ID() }

// Name is the container's name.
func (r *statsRow) Name() string { return r.c.Name }

// CPUPerc is the share of one processor.
func (r *statsRow) CPUPerc() string { return "0.00%" }

func (r *statsRow) limit() int64 {
	if r.c.Host.Memory > 0 {
		return r.c.Host.Memory
	}
	return r.e.Machine.Memory
}

// MemUsage is memory in use, and the limit.
func (r *statsRow) MemUsage() string {
	if !r.c.Running() {
		return "0B / 0B"
	}
	return units.BytesSize(float64(r.c.MemoryUsed())) + " / " + units.BytesSize(float64(r.limit()))
}

// MemPerc is the share of the limit.
func (r *statsRow) MemPerc() string {
	if !r.c.Running() || r.limit() == 0 {
		return "0.00%"
	}
	return fmt.Sprintf("%.2f%%", 100*float64(r.c.MemoryUsed())/float64(r.limit()))
}

// NetIO is what passed over the network: a few hundred bytes when a container
// joins a network.
func (r *statsRow) NetIO() string {
	if !r.c.Running() || len(r.c.Endpoints) == 0 {
		return "0B / 0B"
	}
	return "866B / 126B"
}

// BlockIO is what passed to and from the disk.
func (r *statsRow) BlockIO() string { return "0B / 0B" }

// PIDs is the number of processes.
func (r *statsRow) PIDs() string { return fmt.Sprint(len(r.c.Processes())) }
