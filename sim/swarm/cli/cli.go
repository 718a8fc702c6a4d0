// Package cli is the command line of swarm mode (docker/cli 29.7.2): docker swarm,
// node, service, stack, secret and config, as further commands of
// sim/docker/cli. It prints what docker prints; what happens is the business of
// package swarm.
package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/swarm"
)

// client is one invocation of docker on a machine that may be part of a swarm.
type client struct {
	*cli.Client
	fleet  *swarm.Fleet
	member *swarm.Member
}

// maker makes a command of swarm mode.
type maker func(c *client) *cobra.Command

// command is a command with its short help.
type command struct {
	name, short string
	aliases     []string
	new         maker
}

// Commands are the commands of docker that need swarm mode.
func Commands(fleet *swarm.Fleet) []cli.Command {
	group := func(name, short string, list func() []command) cli.Command {
		return cli.Command{Name: name, Short: short, New: cli.NewManagement(name, short, func() []cli.Command {
			var out []cli.Command
			for _, k := range list() {
				out = append(out, cli.Command{Name: k.name, Aliases: k.aliases, Short: k.short, New: bind(fleet, k.new)})
			}
			return out
		})}
	}
	return []cli.Command{
		group("config", "Manage Swarm configs", func() []command { return secretCommands("config") }),
		group("node", "Manage Swarm nodes", nodeCommands),
		group("secret", "Manage Swarm secrets", func() []command { return secretCommands("secret") }),
		group("service", "Manage Swarm services", serviceCommands),
		group("stack", "Manage Swarm stacks", stackCommands),
		group("swarm", "Manage Swarm", swarmCommands),
	}
}

func bind(fleet *swarm.Fleet, new maker) func(c *cli.Client) *cobra.Command {
	return func(c *cli.Client) *cobra.Command {
		sc := &client{Client: c, fleet: fleet}
		if c.Engine != nil {
			sc.member = fleet.Of(c.Engine)
		}
		return new(sc)
	}
}

// control is the cluster, if this machine manages one that answers.
func (c *client) control() (*swarm.Cluster, error) {
	cluster, err := c.member.Control(c.Proc)
	return cluster, c.Daemon(err)
}

// old reports that the engine is older than Docker 29, whose client words some
// errors in another way.
func (c *client) old() bool { return strings.HasPrefix(c.EngineVersion(), "28.") }

// each does something with every reference; it goes on after errors and returns
// them all.
func each(refs []string, do func(ref string) error) error {
	var errs []error
	for _, ref := range refs {
		if err := do(ref); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// natural compares names with numbers in them as people do: "web.9" before "web.10".
func natural(a, b string) int {
	for a != "" && b != "" {
		x, restA := chunk(a)
		y, restB := chunk(b)
		if c := compareChunk(x, y); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return strings.Compare(a, b)
}

// chunk takes the digits, or what is no digit, from the beginning of a text.
func chunk(s string) (head, rest string) {
	isDigit := func(b byte) bool { return b >= '0' && b <= '9' }
	n := 1
	for n < len(s) && isDigit(s[n]) == isDigit(s[0]) {
		n++
	}
	return s[:n], s[n:]
}

func compareChunk(a, b string) int {
	if a[0] >= '0' && a[0] <= '9' && b[0] >= '0' && b[0] <= '9' {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if len(a) != len(b) {
			return len(a) - len(b)
		}
	}
	return strings.Compare(a, b)
}

// short cuts an id as lists do.
func short(id string, full bool) string {
	if full || len(id) <= 12 {
		return id
	}
	return id[:12]
}

func sorted[T any](list []T, name func(T) string) []T {
	slices.SortStableFunc(list, func(a, b T) int { return natural(name(a), name(b)) })
	return list
}
