package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

func newNodeInspect(c *client) *cobra.Command {
	var format string
	var pretty bool
	cmd := &cobra.Command{Use: "inspect [OPTIONS] self|NODE [NODE...]", Short: "Display detailed information on one or more nodes", Args: cli.RequiresMinArgs(1)}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", cli.InspectFormatHelp())
	f.BoolVar(&pretty, "pretty", false, "Print the information in a human friendly format")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		cluster, err := c.control()
		if err != nil {
			if !pretty && format == "" {
				c.Printf("[]\n")
			}
			return err
		}
		find := func(ref string) (*swarm.Node, error) {
			n, err := cluster.FindNode(c.member, ref)
			if err != nil && c.old() {
				return nil, fmt.Errorf("Error: No such node: %s", ref)
			}
			return n, c.Daemon(err)
		}
		if !pretty {
			return c.Inspect(format, args, func(ref string) (any, error) {
				n, err := find(ref)
				if err != nil {
					return nil, err
				}
				return cluster.InspectNode(n), nil
			})
		}
		return each(args, func(ref string) error {
			n, err := find(ref)
			if err == nil {
				writeNode(c.Stdout, cluster.InspectNode(n))
			}
			return err
		})
	}
	return cmd
}

// writeNode is `docker node inspect --pretty` (docker/cli, command/node/formatter.go).
func writeNode(out io.Writer, n *swarm.NodeInspect) {
	line := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	line("ID:\t\t\t%s", n.ID)
	if len(n.Spec.Labels) > 0 {
		line("Labels:")
		for _, l := range strings.Split(formatter.JoinLabels(n.Spec.Labels), ",") {
			line(" - %s", l)
		}
	}
	line("Hostname:              \t%s", n.Description.Hostname)
	line("Joined at:             \t%s", n.CreatedAt.UTC().Format("2006-01-02 15:04:05.999999999 +0000 utc"))
	line("Status:\n State:\t\t\t%s", title(n.Status.State))
	if n.Status.Message != "" {
		line(" Message:              \t%s", title(n.Status.Message))
	}
	line(" Availability:         \t%s", title(n.Spec.Availability))
	line(" Address:\t\t%s", n.Status.Addr)
	if m := n.ManagerStatus; m != nil {
		leader := "No"
		if m.Leader {
			leader = "Yes"
		}
		line("Manager Status:\n Address:\t\t%s\n Raft Status:\t\t%s\n Leader:\t\t%s", m.Addr, title(m.Reachability), leader)
	}
	line("Platform:\n Operating System:\t%s\n Architecture:\t\t%s", n.Description.Platform.OS, n.Description.Platform.Architecture)
	line("Resources:\n CPUs:\t\t\t%d\n Memory:\t\t%s", n.Description.Resources.NanoCPUs/1e9, units.BytesSize(float64(n.Description.Resources.MemoryBytes)))
	line("Plugins:")
	for _, kind := range []string{"Log", "Network", "Volume"} {
		var names []string
		for _, p := range n.Description.Engine.Plugins {
			if p.Type == kind {
				names = append(names, p.Name)
			}
		}
		line(" %s:\t\t%s", kind, strings.Join(names, ", "))
	}
	line("Engine Version:\t\t%s", n.Description.Engine.EngineVersion)
	t := n.Description.TLSInfo
	line("TLS Info:\n TrustRoot:\n%s\n Issuer Subject:\t%s\n Issuer Public Key:\t%s", t.TrustRoot, t.CertIssuerSubject, t.CertIssuerPublicKey)
}
