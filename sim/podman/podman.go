// Package podman is Podman 5.4.2 and Buildah 1.39.3 as Debian 13 ships them: the
// same images and the same kernel as Docker, without a daemon. Each command does
// its work itself, on a store that belongs to the user who typed it.
//
// The machinery of containers is an engine of package docker for each user's
// store; builds are carried out by package image/build; registries are those of
// image.Hub. What is here are the rules and words that are Podman's own: short
// names, localhost/ names, users and their stores, and the two command lines.
package podman

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/machine"
)

// Versions of the tools (Debian 13).
const (
	Version        = "5.4.2"
	BuildahVersion = "1.39.3"
)

// startTime is what an invocation takes by itself.
const startTime = 60 * time.Millisecond

// Podman is the tools on all machines of a world: one store for each user of each
// machine, made when the user first needs it.
type Podman struct {
	hub    *image.Hub
	stores []*Store
}

// New makes the tools of a world whose registries are those of hub.
func New(hub *image.Hub) *Podman { return &Podman{hub: hub} }

// Store is the images, containers, volumes and networks of one user of a machine.
type Store struct {
	Engine *docker.Engine
	User   machine.User

	steps   []*step    // what builds keep of single instructions, oldest first
	working []*working // Buildah's working containers, oldest first
	pods    []*Pod
	secrets []*secret
	cache   *build.Cache // what builds keep of single instructions
}

// Stores lists the stores of a machine in the order in which they were made.
func (pm *Podman) Stores(m *machine.Machine) []*Store {
	var list []*Store
	for _, s := range pm.stores {
		if s.Engine.Machine == m {
			list = append(list, s)
		}
	}
	return list
}

// Store is the store of a user of a machine; there is one from now on.
func (pm *Podman) Store(m *machine.Machine, user machine.User) *Store {
	i := slices.IndexFunc(pm.stores, func(s *Store) bool { return s.Engine.Machine == m && s.User.UID == user.UID })
	if i >= 0 {
		return pm.stores[i]
	}
	s := &Store{User: user}
	s.Engine = docker.NewFlavour(m, pm.hub, Version, docker.Flavour{
		Daemonless: true, Network: defaultNetwork, Subnet: netip.MustParsePrefix("10.88.0.0/16"), Pool: netip.MustParsePrefix("10.89.0.0/16"),
		Apart: user.UID != 0, Variables: []string{"container=podman"}, Volumes: s.Root() + "/volumes",
		HostsFile: hostsFile, ResolvConf: resolvConf,
	})
	if s.Rootless() {
		// pasta answers for the machine's server at an address of its own.
		s.Engine.Flavour.ResolvConf = func(c *docker.Container) string {
			text := resolvConf(c)
			if !strings.HasPrefix(text, "search") {
				text = "nameserver 169.254.1.1\n" + text
			}
			return text
		}
	}
	pm.stores = append(pm.stores, s)
	return s
}

// Rootless reports that the store belongs to a user without privileges.
func (s *Store) Rootless() bool { return s.User.UID != 0 }

// Root is the directory of the store: GraphRoot.
func (s *Store) Root() string {
	if s.Rootless() {
		return path.Join(s.User.Home, ".local/share/containers/storage")
	}
	return "/var/lib/containers/storage"
}

// runRoot is the directory of what does not outlive a boot.
func (s *Store) runRoot() string {
	if s.Rootless() {
		return fmt.Sprintf("/run/user/%d/containers", s.User.UID)
	}
	return "/run/containers/storage"
}

// defaultNetwork is the network that containers of root join; it has no names.
const defaultNetwork = "podman"

// client is one invocation of podman or buildah.
type client struct {
	*machine.Process
	store *Store
	hub   *image.Hub
	tool  string // "podman" or "buildah"
}

// Main is podman as a program.
func (pm *Podman) Main() machine.Main { return pm.program("podman", podmanCommands) }

// Buildah is buildah as a program.
func (pm *Podman) Buildah() machine.Main { return pm.program("buildah", buildahCommands) }

func (pm *Podman) program(tool string, commands func() []command) machine.Main {
	return func(p *machine.Process) int {
		c := &client{Process: p, store: pm.storeOf(p), hub: pm.hub, tool: tool}
		p.Sleep(startTime)
		return c.execute(commands())
	}
}

// storeOf is the store that a process works on: its user's, or that of whoever
// made the user namespace in which it is root.
func (pm *Podman) storeOf(p *machine.Process) *Store {
	if outer := p.Env.Get(usernsKey); p.User.UID == 0 && outer != "" {
		for _, s := range pm.Stores(p.Machine) {
			if strconv.Itoa(s.User.UID) == outer {
				return s
			}
		}
	}
	return pm.Store(p.Machine, p.User)
}

// hostsFile is /etc/hosts of a container: the machine's own, how the machine is
// reached, and the container itself (Podman 5.4, package etchosts).
func hostsFile(c *docker.Container) string {
	var b strings.Builder
	if c.Net == nil {
		return "127.0.0.1\tlocalhost\n"
	}
	own, _ := c.Net.Machine.FS.ReadFile("/etc/hosts")
	b.Write(own)
	for _, ep := range c.Endpoints {
		if ep.Iface != nil {
			fmt.Fprintf(&b, "%s\thost.containers.internal host.docker.internal\n", ep.Network.Segment.Gateway)
			break
		}
	}
	for _, h := range c.Net.Hosts {
		names := h.Name
		if h.Name == c.ID[:12] {
			names += " " + c.Name
		}
		fmt.Fprintf(&b, "%s\t%s\n", h.Addr, names)
	}
	return b.String()
}

// resolvConf is /etc/resolv.conf of a container: aardvark-dns on networks that
// were created, the machine's server on the default one.
func resolvConf(c *docker.Container) string {
	for _, ep := range c.Endpoints {
		if ep.Network.Segment != nil && ep.Network.Segment.Resolve != nil {
			return fmt.Sprintf("search dns.podman\nnameserver %s\n", ep.Network.Segment.Gateway)
		}
	}
	if c.Net == nil {
		return ""
	}
	return fmt.Sprintf("nameserver %s\n", c.Net.Machine.Site.LAN.Gateway)
}
