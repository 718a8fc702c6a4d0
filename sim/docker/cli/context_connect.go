package cli

import (
	"errors"
	"net/netip"
	"net/url"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// contextHost is the daemon's address that the current context names, or "" for
// the machine's own.
func (c *Client) contextHost(cmd *cobra.Command) (string, error) {
	name, _ := cmd.Root().Flags().GetString("context")
	if name == "" {
		name = c.currentContext()
	}
	if name == defaultContext {
		return "", nil
	}
	m, ok := c.contexts()[name]
	if !ok {
		return "", errNoContext(name)
	}
	return m.Endpoints["docker"].Host, nil
}

// connectSSH talks to the daemon of another machine, as DOCKER_HOST=ssh://server
// does: docker runs ssh, and ssh the daemon's socket on the other side.
func (c *Client) connectSSH(u *url.URL) error {
	m, err := c.sshMachine(u.Hostname())
	if err != nil {
		return errors.New("error during connect: Get \"http://docker.example.com/v1.55/version\": command [ssh -l " + u.User.Username() +
			" -- " + u.Hostname() + " docker system dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: connect to host " +
			u.Hostname() + " port 22: " + err.Error())
	}
	if c.Engine = c.engineOn(m); c.Engine == nil || !c.Engine.Up {
		return ErrDaemon()
	}
	return nil
}

// sshMachine finds the machine behind a name, if packets get there; every
// machine with power has an sshd.
func (c *Client) sshMachine(host string) (*machine.Machine, error) {
	addrs, err := c.Net.LookupHost(host)
	if err != nil {
		return nil, errors.New("Could not resolve hostname")
	}
	_, err = c.Net.DialAddr(netip.AddrPortFrom(addrs[0], 22), "tcp")
	if err != nil && !errors.Is(err, machine.ErrRefused) {
		return nil, err
	}
	for _, m := range c.Machine.Site.Machines() {
		if m.Addr == addrs[0] {
			return m, nil
		}
	}
	return nil, machine.ErrRefused
}

// engineOn is the engine of another machine, or nil.
func (c *Client) engineOn(m *machine.Machine) *docker.Engine {
	if c.engineOf == nil {
		return nil
	}
	return c.engineOf(&machine.Process{Machine: m})
}
