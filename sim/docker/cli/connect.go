package cli

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"drydock/sim/machine"
)

// version is the version of docker on the machine.
func (c *Client) version() string {
	if c.Engine == nil {
		return "29.7.2"
	}
	return c.Engine.Version
}

// buildOf is the commit that a release of docker/cli was built from.
func buildOf(version string) string {
	if version == "29.7.2" {
		return "a7dcaa6"
	}
	return "unknown-commit"
}

// Connect makes sure that the daemon answers, for the command of a plugin.
func (c *Client) Connect(cmd *cobra.Command) error { return c.connect(cmd) }

// connect makes sure that the daemon answers.
func (c *Client) connect(cmd *cobra.Command) error {
	host, _ := cmd.Root().Flags().GetString("host")
	if host == "" {
		host = c.Env.Get("DOCKER_HOST")
	}
	if host == "" {
		var err error
		if host, err = c.contextHost(cmd); err != nil {
			return err
		}
	}
	if u, err := url.Parse(host); err == nil && u.Scheme == "ssh" {
		return c.connectSSH(u)
	}
	if host != "" && host != defaultSocket {
		return c.connectTCP(host)
	}
	if c.Engine == nil || !c.Engine.Up {
		return ErrDaemon()
	}
	c.Engine.Ready(c.Proc)
	return nil
}

// ErrDaemon is what every command says when the daemon does not run.
func ErrDaemon() error {
	return errors.New("failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory")
}

// connectTCP tries a daemon at an address. No daemon of the simulator listens on
// one, so it can only fail, as the network makes it fail.
func (c *Client) connectTCP(host string) error {
	u, err := url.Parse(host)
	if err != nil || u.Host == "" {
		host = "tcp://" + host + ":2375"
		if u, err = url.Parse(host); err != nil {
			return errors.New("invalid bind address format: " + host)
		}
	}
	port, _ := strconv.Atoi(u.Port())
	_, err = c.Net.Dial(u.Hostname(), port, "tcp")
	switch {
	case errors.Is(err, machine.ErrUnknownHost):
		return errors.New("failed to connect to the docker API at " + host + ": lookup " + u.Hostname() + " on " + c.Machine.Site.LAN.Gateway.String() + ":53: no such host")
	case errors.Is(err, machine.ErrRefused) || err == nil:
		return errors.New("Cannot connect to the Docker daemon at " + host + ". Is the docker daemon running?")
	}
	addr, _ := netip.ParseAddr(u.Hostname())
	return errors.New("error during connect: Get \"http://" + u.Host + "/v1.55/containers/json\": dial tcp " + netip.AddrPortFrom(addr, uint16(port)).String() + ": connect: " + err.Error())
}
