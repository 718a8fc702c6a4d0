package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
	"drydock/sim/swarm"
)

func swarmCommands() []command {
	return []command{
		{name: "ca", short: "Display and rotate the root CA", new: newCA},
		{name: "init", short: "Initialize a swarm", new: newInit},
		{name: "join", short: "Join a swarm as a node and/or manager", new: newJoin},
		{name: "join-token", short: "Manage join tokens", new: newJoinToken},
		{name: "leave", short: "Leave the swarm", new: newLeave},
		{name: "unlock", short: "Unlock swarm", new: newUnlock},
		{name: "unlock-key", short: "Manage the unlock key", new: newUnlockKey},
		{name: "update", short: "Update the swarm", new: newUpdate},
	}
}

// settings are the flags that init and update share.
type settings struct {
	autolock         bool
	history          int64
	heartbeat, certs time.Duration
}

func (s *settings) declare(f *pflag.FlagSet) {
	f.Int64Var(&s.history, "task-history-limit", 5, "Task history retention limit")
	f.DurationVar(&s.heartbeat, "dispatcher-heartbeat", 5*time.Second, "Dispatcher heartbeat period")
	f.DurationVar(&s.certs, "cert-expiry", 90*24*time.Hour, "Validity period for node certificates")
	f.Uint64("max-snapshots", 0, "Number of additional Raft snapshots to retain")
	f.Uint64("snapshot-interval", 10000, "Number of log entries between Raft snapshots")
	f.String("external-ca", "", "Specifications of one or more certificate signing endpoints")
	cli.Absent(f, "external-ca")
}

// apply changes what was asked for.
func (s *settings) apply(f *pflag.FlagSet, c *swarm.Cluster) {
	if f.Changed("task-history-limit") {
		c.TaskHistory = int(s.history)
	}
	if f.Changed("dispatcher-heartbeat") {
		c.Heartbeat = max(s.heartbeat, time.Second)
	}
	if f.Changed("cert-expiry") {
		c.CertLife = s.certs
	}
}

func newInit(c *client) *cobra.Command {
	var o swarm.InitOptions
	var s settings
	cmd := &cobra.Command{Use: "init [OPTIONS]", Short: "Initialize a swarm", Args: cli.NoArgs}
	f := cmd.Flags()
	f.StringVar(&o.AdvertiseAddr, "advertise-addr", "", `Advertised address (format: "<ip|interface>[:port]")`)
	f.BoolVar(&o.AutoLock, "autolock", false, "Enable manager autolocking (requiring an unlock key to start a stopped manager)")
	f.StringVar(&o.Availability, "availability", "active", `Availability of the node ("active", "pause", "drain")`)
	f.String("data-path-addr", "", `Address or interface to use for data path traffic (format: "<ip|interface>")`)
	f.Uint32("data-path-port", 0, "Port number to use for data path traffic (1024 - 49151). If no value is set or is set to 0, the default port (4789) is used.")
	f.StringSlice("default-addr-pool", nil, "default address pool in CIDR format")
	f.Uint32("default-addr-pool-mask-length", 24, "default address pool subnet mask length")
	f.BoolVar(&o.ForceNewCluster, "force-new-cluster", false, "Force create a new cluster from current state")
	f.String("listen-addr", "0.0.0.0:2377", `Listen address (format: "<ip|interface>[:port]")`)
	s.declare(f)
	cli.Absent(f, "default-addr-pool", "default-addr-pool-mask-length")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := c.member.Init(c.Proc, o); err != nil {
			return c.Daemon(err)
		}
		cluster := c.member.Cluster()
		s.apply(f, cluster)
		c.Printf("Swarm initialized: current node (%s) is now a manager.\n\n", c.member.Node().ID)
		c.printJoin(cluster, false)
		c.Printf("To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.\n")
		if o.AutoLock {
			c.Printf("\n")
			c.printUnlock(cluster)
		}
		return nil
	}
	return cmd
}

// printJoin tells how to add a node.
func (c *client) printJoin(cluster *swarm.Cluster, manager bool) {
	role := "worker"
	if manager {
		role = "manager"
	}
	c.Printf("To add a %s to this swarm, run the following command:\n\n    docker swarm join --token %s %s:2377\n\n", role, cluster.Token(manager), c.Machine.Addr)
}

func (c *client) printUnlock(cluster *swarm.Cluster) {
	c.Printf("To unlock a swarm manager after it restarts, run the `docker swarm unlock`\ncommand and provide the following key:\n\n    %s\n\nRemember to store this key in a password manager, since without it you\nwill not be able to restart the manager.\n", cluster.UnlockKey())
}

func newJoin(c *client) *cobra.Command {
	var o swarm.JoinOptions
	cmd := &cobra.Command{Use: "join [OPTIONS] HOST:PORT", Short: "Join a swarm as a node and/or manager", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.String("advertise-addr", "", `Advertised address (format: "<ip|interface>[:port]")`)
	f.StringVar(&o.Availability, "availability", "active", `Availability of the node ("active", "pause", "drain")`)
	f.String("data-path-addr", "", `Address or interface to use for data path traffic (format: "<ip|interface>")`)
	f.String("listen-addr", "0.0.0.0:2377", `Listen address (format: "<ip|interface>[:port]")`)
	f.StringVar(&o.Token, "token", "", "Token for entry into the swarm")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.Remote = args[0]
		manager, err := c.member.Join(c.Proc, o)
		if err != nil {
			return c.Daemon(err)
		}
		role := "worker"
		if manager {
			role = "manager"
		}
		c.Printf("This node joined a swarm as a %s.\n", role)
		return nil
	}
	return cmd
}

func newJoinToken(c *client) *cobra.Command {
	var rotate, quiet bool
	cmd := &cobra.Command{Use: "join-token [OPTIONS] (worker|manager)", Short: "Manage join tokens", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display token")
	f.BoolVar(&rotate, "rotate", false, "Rotate join token")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if args[0] != "worker" && args[0] != "manager" {
			return fmt.Errorf("unknown role %s", args[0])
		}
		cluster, err := c.control()
		if err != nil {
			return err
		}
		manager := args[0] == "manager"
		if rotate {
			cluster.RotateToken(manager)
			if !quiet {
				c.Printf("Successfully rotated %s join token.\n\n", args[0])
			}
		}
		if quiet {
			c.Printf("%s\n", cluster.Token(manager))
			return nil
		}
		c.printJoin(cluster, manager)
		return nil
	}
	return cmd
}

func newLeave(c *client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{Use: "leave [OPTIONS]", Short: "Leave the swarm", Args: cli.NoArgs}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force this node to leave the swarm, ignoring warnings")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := c.member.Leave(c.Proc, force); err != nil {
			return c.Daemon(err)
		}
		c.Printf("Node left the swarm.\n")
		return nil
	}
	return cmd
}

func newUnlock(c *client) *cobra.Command {
	return &cobra.Command{Use: "unlock", Short: "Unlock swarm", Args: cli.NoArgs, RunE: func(*cobra.Command, []string) error {
		switch state := c.Engine.SwarmInfo().LocalNodeState; state {
		case "inactive":
			return errors.New("Error: This node is not part of a swarm")
		case "locked":
		default:
			return errors.New("Error: swarm is not locked")
		}
		if c.Stdin.Terminal() != nil {
			c.Printf("Enter unlock key: ")
		}
		key, _ := c.Stdin.ReadLine() // the end of the input is an empty key
		return c.Daemon(c.member.Unlock(strings.TrimSpace(key)))
	}}
}

func newUnlockKey(c *client) *cobra.Command {
	var rotate, quiet bool
	cmd := &cobra.Command{Use: "unlock-key [OPTIONS]", Short: "Manage the unlock key", Args: cli.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "Only display token")
	f.BoolVar(&rotate, "rotate", false, "Rotate unlock key")
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err != nil {
			return err
		}
		if rotate {
			if !cluster.AutoLock {
				return errors.New("cannot rotate because autolock is not turned on")
			}
			cluster.RotateUnlockKey()
			if !quiet {
				c.Printf("Successfully rotated manager unlock key.\n\n")
			}
		}
		switch {
		case cluster.UnlockKey() == "":
			return errors.New("no unlock key is set")
		case quiet:
			c.Printf("%s\n", cluster.UnlockKey())
		default:
			c.printUnlock(cluster)
		}
		return nil
	}
	return cmd
}

func newUpdate(c *client) *cobra.Command {
	var s settings
	cmd := &cobra.Command{Use: "update [OPTIONS]", Short: "Update the swarm", Args: cli.NoArgs}
	f := cmd.Flags()
	f.BoolVar(&s.autolock, "autolock", false, "Change manager autolocking setting (true|false)")
	s.declare(f)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.NFlag() == 0 {
			return cmd.Help()
		}
		cluster, err := c.control()
		if err != nil {
			return err
		}
		before := cluster.AutoLock
		s.apply(f, cluster)
		if f.Changed("autolock") {
			cluster.SetAutoLock(s.autolock)
		}
		c.Printf("Swarm updated.\n")
		if cluster.AutoLock && !before {
			c.printUnlock(cluster)
		}
		return nil
	}
	return cmd
}

func newCA(c *client) *cobra.Command {
	var rotate bool
	cmd := &cobra.Command{Use: "ca [OPTIONS]", Short: "Display and rotate the root CA", Args: cli.NoArgs}
	f := cmd.Flags()
	f.String("ca-cert", "", "Path to the PEM-formatted root CA certificate to use for the new cluster")
	f.String("ca-key", "", "Path to the PEM-formatted root CA key to use for the new cluster")
	f.Duration("cert-expiry", 90*24*time.Hour, "Validity period for node certificates")
	f.BoolP("detach", "d", false, "Exit immediately instead of waiting for the root rotation to converge")
	f.String("external-ca", "", "Specifications of one or more certificate signing endpoints")
	f.BoolP("quiet", "q", false, "Suppress progress output")
	f.BoolVar(&rotate, "rotate", false, "Rotate the swarm CA - if no certificate or key are provided, new ones will be generated")
	cli.Absent(f, "ca-cert", "ca-key", "external-ca", "rotate")
	cmd.RunE = func(*cobra.Command, []string) error {
		cluster, err := c.control()
		if err == nil {
			c.Printf("%s\n", cluster.CertificatePEM())
		}
		return err
	}
	return cmd
}
