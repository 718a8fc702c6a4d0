package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

// newBuilderPrune is `docker builder prune` and `docker buildx prune`.
func newBuilderPrune(c *Client) *cobra.Command {
	var all, force, verbose bool
	cmd := &cobra.Command{
		Use: "prune", Short: "Remove build cache", Args: noArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseAbsent(cmd); err != nil {
				return StatusError{err.Error(), 1}
			}
			return c.connect(cmd)
		},
		RunE: func(*cobra.Command, []string) error {
			what := "all dangling build cache"
			if all {
				what = "all build cache"
			}
			if !force && !c.confirm("WARNING! This will remove "+what+". Are you sure you want to continue?") {
				return nil
			}
			c.printRecords(c.Engine.PruneCache(all, nil))
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Include internal/frontend images")
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	f.BoolVar(&verbose, "verbose", false, "Provide a more verbose output")
	for _, flag := range []buildFlag{
		{"filter", "", `Provide filter values (e.g., "until=24h")`}, {"max-used-space", "", "Maximum amount of disk space allowed to keep for cache"},
		{"min-free-space", "", "Target amount of free disk space after pruning"}, {"reserved-space", "", "Amount of disk space always allowed to keep for cache"},
		{"keep-storage", "", ""},
	} {
		f.StringArray(flag.name, nil, flag.help)
		absent(f, flag.name)
	}
	_ = f.MarkHidden("keep-storage")
	return cmd
}

// printRecords lists what was pruned and how much it was.
func (c *Client) printRecords(records []docker.CacheRecord) {
	table := tabwriter.NewWriter(c.Stdout, 1, 8, 1, '\t', 0)
	var total int64
	for i, r := range records {
		if i == 0 {
			fmt.Fprintln(table, "ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED")
		}
		c.recordRow(table, r)
		total += r.Size
		_ = table.Flush()
	}
	fmt.Fprintf(c.Stdout, "Total:\t%s\n", units.HumanSize(float64(total)))
}

func (c *Client) recordRow(table *tabwriter.Writer, r docker.CacheRecord) {
	id, size, used := r.ID, units.HumanSize(float64(r.Size)), ""
	if r.Mutable {
		id += "*"
	}
	if r.Shared {
		size += "*"
	}
	if !r.LastUsed.IsZero() {
		used = units.HumanDuration(c.Now().Sub(r.LastUsed)) + " ago"
	}
	fmt.Fprintf(table, "%-40s\t%-5t\t%-10s\t%s\n", id, !r.InUse, size, used)
}

// newBuilderUsage is `docker buildx du`.
func newBuilderUsage(c *Client) *cobra.Command {
	var verbose bool
	cmd := &cobra.Command{
		Use: "du", Short: "Disk usage", Args: noArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return c.connect(cmd) },
		RunE: func(*cobra.Command, []string) error {
			var total, shared, reclaimable int64
			table := tabwriter.NewWriter(c.Stdout, 1, 8, 1, '\t', 0)
			for i, r := range recordsOf(c) {
				if i == 0 && !verbose {
					fmt.Fprintln(table, "ID\tRECLAIMABLE\tSIZE\tLAST ACCESSED")
				}
				if verbose {
					c.describeRecord(r)
				} else {
					c.recordRow(table, r)
				}
				total += r.Size
				if r.Shared {
					shared += r.Size
				}
				if !r.InUse {
					reclaimable += r.Size
				}
			}
			_ = table.Flush()
			if shared > 0 {
				fmt.Fprintf(c.Stdout, "Shared:\t\t%s\nPrivate:\t%s\n", units.HumanSize(float64(shared)), units.HumanSize(float64(total-shared)))
			}
			fmt.Fprintf(c.Stdout, "Reclaimable:\t%s\nTotal:\t\t%s\n", units.HumanSize(float64(reclaimable)), units.HumanSize(float64(total)))
			return nil
		},
	}
	cmd.Flags().BoolVar(&verbose, "verbose", false, "Provide a more verbose output")
	return cmd
}

func (c *Client) describeRecord(r docker.CacheRecord) {
	ago := func(t time.Time) string { return units.HumanDuration(c.Now().Sub(t)) + " ago" }
	c.Printf("ID:\t\t%s\nCreated at:\t%s\nMutable:\t%t\nReclaimable:\t%t\nShared:\t\t%t\nSize:\t\t%s\nDescription:\t%s\nUsage count:\t%d\n",
		r.ID, r.Created.UTC().Format(timeLayout), r.Mutable, !r.InUse, r.Shared, units.HumanSize(float64(r.Size)), r.Description, r.Usage)
	if !r.LastUsed.IsZero() {
		c.Printf("Last used:\t%s\n", ago(r.LastUsed))
	}
	c.Printf("Type:\t\t%s\n\n", r.Type)
}

// newBuilderList is `docker buildx ls`.
func newBuilderList(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List builder instances", Args: noArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error { return c.connect(cmd) },
		RunE: func(*cobra.Command, []string) error {
			table := tabwriter.NewWriter(c.Stdout, 0, 0, 3, ' ', 0)
			fmt.Fprintln(table, "NAME/NODE\tDRIVER/ENDPOINT\tSTATUS\tBUILDKIT\tPLATFORMS")
			fmt.Fprintln(table, "default*\tdocker\t\t\t")
			fmt.Fprintln(table, " \\_ default\t \\_ default\trunning\tv0.34.2\tlinux/amd64 (+3)")
			return table.Flush()
		},
	}
}

func newBuildxVersion(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show buildx version information", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { c.Printf("github.com/docker/buildx v0.36.1 \n"); return nil },
	}
}
