package docker

import (
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"time"

	"drydock/sim/image"
)

// ContainerInspect is `docker inspect` of a container. Field names and order are
// those of moby's API types, because --format reaches for them.
type ContainerInspect struct {
	ID                      string `json:"Id"`
	Created                 string
	Path                    string
	Args                    []string
	State                   *InspectState
	Image                   string
	ResolvConfPath          string
	HostnamePath            string
	HostsPath               string
	LogPath                 string
	Name                    string
	RestartCount            int
	Driver                  string
	Platform                string
	MountLabel              string
	ProcessLabel            string
	AppArmorProfile         string
	ExecIDs                 []string
	HostConfig              *InspectHostConfig
	Storage                 InspectStorage
	SizeRw                  *int64 `json:",omitempty"`
	SizeRootFs              *int64 `json:",omitempty"`
	Mounts                  []InspectMount
	Config                  *InspectConfig
	NetworkSettings         *InspectNetworkSettings
	ImageManifestDescriptor PlatformDescriptor
}

// InspectState is State.
type InspectState struct {
	Status     string
	Running    bool
	Paused     bool
	Restarting bool
	OOMKilled  bool
	Dead       bool
	Pid        int
	ExitCode   int
	Error      string
	StartedAt  string
	FinishedAt string
	Health     *InspectHealth `json:",omitempty"`
}

// InspectHealth is State.Health.
type InspectHealth struct {
	Status        string
	FailingStreak int
	Log           []InspectProbe
}

// InspectProbe is one run of a health check.
type InspectProbe struct {
	Start    time.Time
	End      time.Time
	ExitCode int
	Output   string
}

// InspectStorage is Storage.
type InspectStorage struct {
	RootFS struct {
		Snapshot struct{ Name string }
	}
}

// InspectMount is one of Mounts.
type InspectMount struct {
	Type        string
	Name        string `json:",omitempty"`
	Source      string
	Destination string
	Driver      string `json:",omitempty"`
	Mode        string
	RW          bool
	Propagation string
}

// InspectConfig is Config.
type InspectConfig struct {
	Hostname     string
	Domainname   string
	User         string
	AttachStdin  bool
	AttachStdout bool
	AttachStderr bool
	ExposedPorts map[string]struct{} `json:",omitempty"`
	Tty          bool
	OpenStdin    bool
	StdinOnce    bool
	Env          []string
	Cmd          []string
	Healthcheck  *HealthConfig `json:",omitempty"`
	Image        string
	Volumes      map[string]struct{}
	WorkingDir   string
	Entrypoint   []string
	OnBuild      []string `json:",omitempty"`
	Labels       map[string]string
	StopSignal   string   `json:",omitempty"`
	StopTimeout  *int     `json:",omitempty"`
	Shell        []string `json:",omitempty"`
}

// PlatformDescriptor points to the manifest that a container was made from.
type PlatformDescriptor struct {
	Descriptor
	Platform InspectPlatform `json:"platform"`
}

// InspectPlatform is what a manifest was built for.
type InspectPlatform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// InspectNetworkSettings is NetworkSettings.
type InspectNetworkSettings struct {
	SandboxID  string
	SandboxKey string
	Ports      map[string][]InspectPort
	Networks   map[string]*InspectEndpoint
}

// InspectPort is an address of the machine that leads to a port.
type InspectPort struct {
	HostIP   string `json:"HostIp"`
	HostPort string
}

// InspectEndpoint is one of NetworkSettings.Networks.
type InspectEndpoint struct {
	IPAMConfig          *InspectIPAM
	Links               []string
	Aliases             []string
	DriverOpts          map[string]string
	GwPriority          int
	NetworkID           string
	EndpointID          string
	Gateway             string
	IPAddress           string
	MacAddress          string
	IPPrefixLen         int
	IPv6Gateway         string
	GlobalIPv6Address   string
	GlobalIPv6PrefixLen int
	DNSNames            []string
}

// InspectIPAM is what was asked for about an endpoint's address.
type InspectIPAM struct {
	IPv4Address string `json:",omitempty"`
}

// InspectContainer describes a container as `docker inspect` shows it.
func (e *Engine) InspectContainer(ref string) (any, error) {
	c, err := e.Container(ref)
	if err != nil {
		return nil, err
	}
	return e.inspectContainer(c), nil
}

// InspectContainerSize is InspectContainer with the sizes in it (--size).
func (e *Engine) InspectContainerSize(ref string) (any, error) {
	c, err := e.Container(ref)
	if err != nil {
		return nil, err
	}
	v := e.inspectContainer(c)
	own := c.FS.Upper().Size()
	whole := own + c.image.Size()
	v.SizeRw, v.SizeRootFs = &own, &whole
	return v, nil
}

func (e *Engine) inspectContainer(c *Container) *ContainerInspect {
	dir := "/var/lib/docker/containers/" + c.ID
	v := &ContainerInspect{
		ID: c.ID, Created: stamp(c.Created), Path: c.Path, Args: c.Args, State: c.inspectState(), Image: c.ImageID,
		LogPath: path.Join(dir, c.ID+"-json.log"), Name: "/" + c.Name, RestartCount: c.State.Restarts, Driver: "overlayfs", Platform: "linux",
		HostConfig: c.inspectHost(), Config: c.inspectConfig(), NetworkSettings: c.inspectNetwork(), Mounts: []InspectMount{},
		ImageManifestDescriptor: PlatformDescriptor{
			Descriptor{c.image.ManifestMediaType(), c.image.ManifestDigest, len(c.image.Manifest())}, InspectPlatform{c.image.Architecture, "linux"},
		},
	}
	if v.Args == nil {
		v.Args = []string{}
	}
	if !c.State.Started.IsZero() {
		v.ResolvConfPath, v.HostnamePath, v.HostsPath = dir+"/resolv.conf", dir+"/hostname", dir+"/hosts"
	}
	v.Storage.RootFS.Snapshot.Name = "overlayfs"
	for _, x := range c.execs {
		v.ExecIDs = append(v.ExecIDs, x.ID)
	}
	for _, m := range c.Mounts {
		shown := InspectMount{Type: m.Type, Name: m.Volume, Source: m.Source, Destination: m.Target, Mode: m.Mode, RW: !m.ReadOnly, Propagation: m.Propagation}
		if m.Type == "volume" {
			shown.Driver = "local"
		}
		v.Mounts = append(v.Mounts, shown)
	}
	return v
}

// stamp writes a moment as the API does; the zero time stands for never.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (c *Container) inspectState() *InspectState {
	s := c.State
	v := &InspectState{
		Status: s.Status, Running: c.Running() || s.Status == "restarting", Paused: s.Status == "paused", Restarting: s.Status == "restarting",
		OOMKilled: s.OOMKilled, Dead: s.Status == "dead", ExitCode: s.ExitCode, Error: s.Error, StartedAt: stamp(s.Started), FinishedAt: stamp(s.Finished),
	}
	if c.init != nil {
		v.Pid = c.init.PID
	}
	if h := s.Health; h != nil {
		v.Health = &InspectHealth{Status: h.Status, FailingStreak: h.Failing, Log: []InspectProbe{}}
		for _, r := range h.Log {
			v.Health.Log = append(v.Health.Log, InspectProbe(r))
		}
	}
	return v
}

func (c *Container) inspectConfig() *InspectConfig {
	v := &InspectConfig{
		Hostname: c.hostname(), Domainname: c.Host.Domainname, User: c.Config.User, AttachStdin: c.Host.Attach[0], AttachStdout: c.Host.Attach[1],
		AttachStderr: c.Host.Attach[2], Tty: c.Host.TTY, OpenStdin: c.Host.OpenStdin, StdinOnce: c.Host.Attach[0], Env: c.Config.Env, Cmd: c.Config.Cmd,
		Image: c.Image, WorkingDir: c.Config.WorkingDir, Entrypoint: c.Config.Entrypoint, OnBuild: c.Config.OnBuild, Labels: c.Config.Labels,
		StopSignal: c.Config.StopSignal, StopTimeout: c.Host.StopTimeout, Shell: c.Config.Shell,
	}
	if v.Labels == nil {
		v.Labels = map[string]string{}
	}
	if len(c.Config.ExposedPorts) > 0 {
		v.ExposedPorts = map[string]struct{}{}
		for _, p := range c.Config.ExposedPorts {
			v.ExposedPorts[p] = struct{}{}
		}
	}
	if len(c.Config.Volumes) > 0 {
		v.Volumes = map[string]struct{}{}
		for _, p := range c.Config.Volumes {
			v.Volumes[p] = struct{}{}
		}
	}
	v.Healthcheck = inspectHealthcheck(c.Config.Healthcheck)
	return v
}

func inspectHealthcheck(h *image.Healthcheck) *HealthConfig {
	if h == nil {
		return nil
	}
	v := HealthConfig(*h)
	return &v
}

func (c *Container) inspectNetwork() *InspectNetworkSettings {
	v := &InspectNetworkSettings{Ports: map[string][]InspectPort{}, Networks: map[string]*InspectEndpoint{}}
	if c.Running() {
		v.SandboxID, v.SandboxKey = c.sandbox, "/var/run/docker/netns/"+c.sandbox[:min(12, len(c.sandbox))]
		for _, p := range c.Config.ExposedPorts {
			v.Ports[p] = nil
		}
		for _, p := range c.State.ports {
			key := fmt.Sprintf("%d/%s", p.Port, p.Proto)
			for _, ip := range hostIPs(p.HostIP) {
				v.Ports[key] = append(v.Ports[key], InspectPort{ip, strconv.Itoa(p.HostPort)})
			}
		}
	}
	for _, ep := range c.Endpoints {
		v.Networks[ep.Network.Name] = c.inspectEndpoint(ep)
	}
	for _, w := range c.wanted {
		if n, err := c.engine.Network(w.Network); err != nil {
			v.Networks[w.Network] = &InspectEndpoint{Aliases: w.Aliases}
		} else if c.Endpoint(n) == nil {
			v.Networks[n.Name] = &InspectEndpoint{Aliases: w.Aliases}
		}
	}
	return v
}

// hostIPs are the addresses that a binding is open on: both families by default.
func hostIPs(ip string) []string {
	if ip == "" {
		return []string{"0.0.0.0", "::"}
	}
	return []string{ip}
}

func (c *Container) inspectEndpoint(ep *Endpoint) *InspectEndpoint {
	v := &InspectEndpoint{Aliases: ep.Aliases, Links: ep.Links, NetworkID: ep.Network.ID, DNSNames: Member{c, ep}.DNSNames()}
	if ep.Asked.IsValid() {
		v.IPAMConfig = &InspectIPAM{ep.Asked.String()}
	} else if !ep.Network.Predefined() && ep.Network.OwnSubnet {
		v.IPAMConfig = &InspectIPAM{}
	}
	if ep.Iface == nil {
		return v
	}
	s := ep.Network.Segment
	v.EndpointID, v.Gateway, v.IPAddress, v.MacAddress, v.IPPrefixLen = ep.ID, s.Gateway.String(), ep.Iface.Addr.String(), ep.MAC, s.Subnet.Bits()
	return v
}

// rawMap keeps an empty object apart from null in JSON.
type rawMap map[string]string

// MarshalJSON writes {} for a map without entries.
func (m rawMap) MarshalJSON() ([]byte, error) {
	if len(m) == 0 {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]string(m))
}
