package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

const (
	kernelVersion = machine.KernelRelease
	hostSystem    = "Debian GNU/Linux 13 (trixie)"
)

// systemInfo is what `docker info` shows, by the names that --format uses.
type systemInfo struct {
	ID                                                string
	Containers, ContainersRunning                     int
	ContainersPaused, ContainersStopped               int
	Images                                            int
	Driver                                            string
	DriverStatus                                      [][2]string
	Plugins                                           infoPlugins
	MemoryLimit, SwapLimit                            bool
	LoggingDriver, CgroupDriver, CgroupVersion        string
	KernelVersion, OperatingSystem, OSVersion, OSType string
	Architecture, IndexServerAddress                  string
	NCPU                                              int
	MemTotal                                          int64
	DockerRootDir, Name                               string
	ExperimentalBuild                                 bool
	ServerVersion, DefaultRuntime                     string
	Swarm                                             docker.SwarmInfo
	LiveRestoreEnabled                                bool
	Isolation, InitBinary                             string
	SecurityOptions                                   []string
	Warnings                                          []string
	ClientInfo                                        clientInfo
}

type infoPlugins struct{ Volume, Network, Authorization, Log []string }

type clientInfo struct {
	Debug            bool
	Version, Context string
	Plugins          []clientPlugin
}

type clientPlugin struct{ Name, ShortDescription, Vendor, Version, Path string }

func newInfo(c *Client) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "info [OPTIONS]", Short: "Display system-wide information", Args: noArgs,
		Annotations: map[string]string{offlineKey: "yes", "aliases": "docker system info, docker info"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			connErr := c.connect(cmd)
			info := systemInfo{ClientInfo: c.clientInfo()}
			if connErr == nil {
				c.serverInfo(&info)
			}
			if format != "" {
				return errors.Join(c.formatOne(format, info), connErr)
			}
			c.printClientInfo(info.ClientInfo)
			c.Printf("\nServer:\n")
			if connErr == nil {
				c.printServerInfo(info)
			}
			return connErr
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "", inspectFormatHelp)
	return cmd
}

func (c *Client) clientInfo() clientInfo {
	dir := docker.ConfigDir(c.Process) + "/cli-plugins/"
	return clientInfo{Version: c.version(), Context: c.currentContext(), Plugins: []clientPlugin{
		{"buildx", "Docker Buildx", "Docker Inc.", "v0.36.1", dir + "docker-buildx"},
		{"compose", "Docker Compose", "Docker Inc.", "v5.5.0", dir + "docker-compose"},
	}}
}

func (c *Client) serverInfo(i *systemInfo) {
	e := c.Engine
	i.ID, i.Name, i.ServerVersion = e.ID(), e.Machine.Name, e.Version
	for _, ctr := range e.Containers() {
		i.Containers++
		switch ctr.State.Status {
		case "running", "restarting":
			i.ContainersRunning++
		case "paused":
			i.ContainersPaused++
		default:
			i.ContainersStopped++
		}
	}
	i.Images = len(e.Images.Images())
	i.Driver, i.DriverStatus = "overlayfs", [][2]string{{"driver-type", "io.containerd.snapshotter.v1"}}
	i.Plugins = infoPlugins{
		Volume: []string{"local"}, Network: []string{"bridge", "host", "ipvlan", "macvlan", "null", "overlay"},
		Log: []string{"awslogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "splunk", "syslog"},
	}
	i.MemoryLimit, i.SwapLimit = true, true
	i.LoggingDriver, i.CgroupDriver, i.CgroupVersion = "json-file", "systemd", "2"
	i.KernelVersion, i.OperatingSystem, i.OSVersion, i.OSType, i.Architecture = kernelVersion, hostSystem, "13", "linux", "x86_64"
	i.IndexServerAddress, i.NCPU, i.MemTotal = "https://index.docker.io/v1/", e.Machine.CPUs, e.Machine.Memory
	i.DockerRootDir, i.DefaultRuntime, i.InitBinary = "/var/lib/docker", "runc", "docker-init"
	i.SecurityOptions = []string{"name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"}
	i.Swarm = e.SwarmInfo()
	i.Warnings = i.Swarm.Warnings
}

func (c *Client) printClientInfo(i clientInfo) {
	c.Printf("Client:\n Version:    %s\n Context:    %s\n Debug Mode: %t\n Plugins:\n", i.Version, i.Context, i.Debug)
	for _, p := range i.Plugins {
		c.Printf("  %s: %s (%s)\n    Version:  %s\n    Path:     %s\n", p.Name, p.ShortDescription, p.Vendor, p.Version, p.Path)
	}
}

func (c *Client) printServerInfo(i systemInfo) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, " "+format+"\n", args...) }
	line("Containers: %d", i.Containers)
	line(" Running: %d", i.ContainersRunning)
	line(" Paused: %d", i.ContainersPaused)
	line(" Stopped: %d", i.ContainersStopped)
	line("Images: %d", i.Images)
	line("Server Version: %s", i.ServerVersion)
	line("Storage Driver: %s", i.Driver)
	for _, s := range i.DriverStatus {
		line(" %s: %s", s[0], s[1])
	}
	line("Logging Driver: %s", i.LoggingDriver)
	line("Cgroup Driver: %s", i.CgroupDriver)
	line("Cgroup Version: %s", i.CgroupVersion)
	line("Plugins:")
	line(" Volume: %s", strings.Join(i.Plugins.Volume, " "))
	line(" Network: %s", strings.Join(i.Plugins.Network, " "))
	line(" Log: %s", strings.Join(i.Plugins.Log, " "))
	line("CDI spec directories:")
	line(" /etc/cdi")
	line(" /var/run/cdi")
	b.WriteString(i.Swarm.Text())
	line("Runtimes: io.containerd.runc.v2 runc")
	line("Default Runtime: %s", i.DefaultRuntime)
	line("Init Binary: %s", i.InitBinary)
	line("containerd version: ")
	line("runc version: ")
	line("init version: ")
	line("Security Options:")
	line(" apparmor")
	line(" seccomp")
	line("  Profile: builtin")
	line(" cgroupns")
	line("Kernel Version: %s", i.KernelVersion)
	line("Operating System: %s", i.OperatingSystem)
	line("OSType: %s", i.OSType)
	line("Architecture: %s", i.Architecture)
	line("CPUs: %d", i.NCPU)
	line("Total Memory: %s", units.BytesSize(float64(i.MemTotal)))
	line("Name: %s", i.Name)
	line("ID: %s", i.ID)
	line("Docker Root Dir: %s", i.DockerRootDir)
	line("Debug Mode: false")
	c.Printf("%s", b.String())
	c.printAccounts()
	c.Printf(" Experimental: false\n Insecure Registries:\n  %s\n Live Restore Enabled: %t\n Firewall Backend: iptables\n",
		strings.Join(c.Engine.InsecureRegistries(), "\n  "), i.LiveRestoreEnabled)
	c.Printf("  EnableUserlandProxy: true\n  UserlandProxyPath: /usr/bin/docker-proxy\n\n")
	for _, w := range i.Warnings {
		c.Errorf("%s\n", w)
	}
}

// printAccounts shows who is logged in to Docker Hub.
func (c *Client) printAccounts() {
	if user := docker.LoadConfig(c.Process).Credentials("").User; user != "" {
		c.Printf(" Username: %s\n", user)
	}
}
