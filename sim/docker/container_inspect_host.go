package docker

import (
	"fmt"
	"strconv"
)

// InspectHostConfig is HostConfig in moby's order.
type InspectHostConfig struct {
	Binds                []string
	ContainerIDFile      string
	LogConfig            InspectLogConfig
	NetworkMode          string
	PortBindings         map[string][]InspectPort
	RestartPolicy        RestartPolicy
	AutoRemove           bool
	VolumeDriver         string
	VolumesFrom          []string
	ConsoleSize          [2]int
	CapAdd               []string
	CapDrop              []string
	CgroupnsMode         string
	DNS                  []string `json:"Dns"`
	DNSOptions           []string `json:"DnsOptions"`
	DNSSearch            []string `json:"DnsSearch"`
	ExtraHosts           []string
	GroupAdd             []string
	IpcMode              string
	Cgroup               string
	Links                []string
	OomScoreAdj          int
	PidMode              string
	Privileged           bool
	PublishAllPorts      bool
	ReadonlyRootfs       bool
	SecurityOpt          []string
	Tmpfs                map[string]string `json:",omitempty"`
	UTSMode              string
	UsernsMode           string
	ShmSize              int64
	Runtime              string
	Isolation            string
	CPUShares            int64 `json:"CpuShares"`
	Memory               int64
	NanoCPUs             int64 `json:"NanoCpus"`
	CgroupParent         string
	BlkioWeight          int
	BlkioWeightDevice    []string
	BlkioDeviceReadBps   []string
	BlkioDeviceWriteBps  []string
	BlkioDeviceReadIOps  []string
	BlkioDeviceWriteIOps []string
	CPUPeriod            int64  `json:"CpuPeriod"`
	CPUQuota             int64  `json:"CpuQuota"`
	CPURealtimePeriod    int64  `json:"CpuRealtimePeriod"`
	CPURealtimeRuntime   int64  `json:"CpuRealtimeRuntime"`
	CpusetCpus           string `json:"CpusetCpus"`
	CpusetMems           string `json:"CpusetMems"`
	Devices              []string
	DeviceCgroupRules    []string
	DeviceRequests       []string
	MemoryReservation    int64
	MemorySwap           int64
	MemorySwappiness     *int64
	OomKillDisable       bool
	PidsLimit            *int64
	Ulimits              []Ulimit
	CPUCount             int64 `json:"CpuCount"`
	CPUPercent           int64 `json:"CpuPercent"`
	IOMaximumIOps        int64
	IOMaximumBandwidth   int64
	Mounts               []InspectMountSpec `json:",omitempty"`
	MaskedPaths          []string
	ReadonlyPaths        []string
	Init                 *bool `json:",omitempty"`
}

// InspectLogConfig is HostConfig.LogConfig.
type InspectLogConfig struct {
	Type   string
	Config rawMap
}

// InspectMountSpec is a --mount as it was asked for.
type InspectMountSpec struct {
	Type     string
	Source   string `json:",omitempty"`
	Target   string
	ReadOnly bool `json:",omitempty"`
}

func (c *Container) inspectHost() *InspectHostConfig {
	h := c.Host
	v := &InspectHostConfig{
		Binds: h.Binds, ContainerIDFile: h.CIDFile, LogConfig: InspectLogConfig{h.LogDriver, h.LogOpts}, NetworkMode: h.NetworkMode,
		PortBindings: map[string][]InspectPort{}, RestartPolicy: h.RestartPolicy, AutoRemove: h.AutoRemove, VolumesFrom: h.VolumesFrom,
		CapAdd: h.CapAdd, CapDrop: h.CapDrop, CgroupnsMode: "host", DNS: h.DNS, DNSOptions: h.DNSOptions, DNSSearch: h.DNSSearch,
		ExtraHosts: h.ExtraHosts, GroupAdd: h.GroupAdd, IpcMode: h.IpcMode, PidMode: h.PidMode, Privileged: h.Privileged,
		PublishAllPorts: h.PublishAll, ReadonlyRootfs: h.ReadonlyRootfs, SecurityOpt: h.SecurityOpt, ShmSize: h.ShmSize, Runtime: "runc",
		CPUShares: h.CPUShares, Memory: h.Memory, NanoCPUs: h.NanoCPUs, BlkioWeightDevice: []string{}, BlkioDeviceReadBps: []string{},
		BlkioDeviceWriteBps: []string{}, BlkioDeviceReadIOps: []string{}, BlkioDeviceWriteIOps: []string{}, CpusetCpus: h.CpusetCpus,
		Devices: []string{}, MemoryReservation: h.MemoryReserve, MemorySwap: h.MemorySwap, Ulimits: h.Ulimits,
		MaskedPaths: maskedPaths(), ReadonlyPaths: []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"},
	}
	c.inspectHostDefaults(v)
	for _, t := range h.Tmpfs {
		if v.Tmpfs == nil {
			v.Tmpfs = map[string]string{}
		}
		target, options, _ := cutTmpfs(t)
		v.Tmpfs[target] = options
	}
	for _, m := range h.Mounts {
		if !m.FromBinds {
			v.Mounts = append(v.Mounts, InspectMountSpec{m.Type, m.Source, m.Target, m.ReadOnly})
		}
	}
	for _, b := range h.PortBindings {
		key, port := fmt.Sprintf("%d/%s", b.Port, b.Proto), ""
		if b.HostPort != 0 {
			port = strconv.Itoa(b.HostPort)
		}
		v.PortBindings[key] = append(v.PortBindings[key], InspectPort{b.HostIP, port})
	}
	return v
}

// inspectHostDefaults fills in what the daemon shows for settings not given.
func (c *Container) inspectHostDefaults(v *InspectHostConfig) {
	if v.LogConfig.Type == "" {
		v.LogConfig.Type = "json-file"
	}
	if v.RestartPolicy.Name == "" {
		v.RestartPolicy.Name = "no"
	}
	if v.IpcMode == "" {
		v.IpcMode = "private"
	}
	if v.ShmSize == 0 {
		v.ShmSize = 64 << 20
	}
	if v.Memory > 0 && v.MemorySwap == 0 {
		v.MemorySwap = 2 * v.Memory
	}
	if v.Ulimits == nil {
		v.Ulimits = []Ulimit{}
	}
	if v.DNSOptions == nil {
		v.DNSOptions = []string{}
	}
	if v.DNSSearch == nil {
		v.DNSSearch = []string{}
	}
	if c.Host.PidsLimit != 0 {
		v.PidsLimit = &c.Host.PidsLimit
	}
	if c.Host.Init {
		v.Init = &c.Host.Init
	}
	if v.Privileged {
		v.SecurityOpt, v.MaskedPaths, v.ReadonlyPaths = []string{"label=disable"}, nil, nil
	}
}

func maskedPaths() []string {
	return []string{
		"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
		"/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
	}
}
