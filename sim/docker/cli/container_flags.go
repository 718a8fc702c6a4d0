package cli

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/pflag"

	"drydock/sim/docker"
)

// containerOptions are the flags that run and create share.
type containerOptions struct {
	name, pull, platform, cidfile                      string
	attach, env, envFile, labels, labelFile            []string
	volumes, tmpfs, volumesFrom, publish, expose       []string
	networks, aliases, extraHosts, dns, dnsOpt, search []string
	capAdd, capDrop, securityOpt, groupAdd, logOpts    []string
	mounts                                             []docker.MountSpec
	ulimits                                            []docker.Ulimit
	hostname, domainname, user, workdir, entrypoint    string
	restart, logDriver, stopSignal, ip, pid, ipc       string
	cpuset                                             string
	memory, memorySwap, reservation, shm               bytesValue
	cpus                                               cpuValue
	cpuShares, pids                                    int64
	stopTimeout                                        int
	tty, interactive, publishAll, readOnly, init       bool
	privileged, remove, quiet, noHealthcheck           bool
	healthCmd                                          string
	healthInterval, healthTimeout, healthStart         time.Duration
	healthStartInterval                                time.Duration
	healthRetries                                      int
}

// declare adds the flags, with docker's own words.
func (o *containerOptions) declare(f *pflag.FlagSet) {
	f.SetInterspersed(false)
	o.declareBasics(f)
	o.declareNetwork(f)
	o.declareStorage(f)
	o.declareLimits(f)
	o.declareHealth(f)
	declareAbsent(f)
	f.Bool("help", false, "Print usage")
}

func (o *containerOptions) declareBasics(f *pflag.FlagSet) {
	f.StringVar(&o.name, "name", "", "Assign a name to the container")
	f.StringVar(&o.pull, "pull", "missing", `Pull image before running ("always", "missing", "never")`)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress the pull output")
	f.StringVar(&o.platform, "platform", "", "Set platform if server is multi-platform capable")
	f.StringVar(&o.cidfile, "cidfile", "", "Write the container ID to the file")
	listVar(f, &o.attach, "attach", "a", "Attach to STDIN, STDOUT or STDERR", "list")
	checkedListVar(f, &o.labels, "label", "l", "Set meta data on a container", "list", checkLabel)
	listVar(f, &o.labelFile, "label-file", "", "Read in a line delimited file of labels", "list")
	f.VarP(&envValue{&o.env}, "env", "e", "Set environment variables")
	listVar(f, &o.envFile, "env-file", "", "Read in a file of environment variables", "list")
	f.StringVar(&o.entrypoint, "entrypoint", "", "Overwrite the default ENTRYPOINT of the image")
	f.StringVarP(&o.user, "user", "u", "", "Username or UID (format: <name|uid>[:<group|gid>])")
	listVar(f, &o.groupAdd, "group-add", "", "Add additional groups to join", "list")
	f.StringVarP(&o.workdir, "workdir", "w", "", "Working directory inside the container")
	f.BoolVarP(&o.tty, "tty", "t", false, "Allocate a pseudo-TTY")
	f.BoolVarP(&o.interactive, "interactive", "i", false, "Keep STDIN open even if not attached")
	f.BoolVar(&o.remove, "rm", false, "Automatically remove the container and its associated anonymous volumes when it exits")
	f.StringVar(&o.restart, "restart", "no", "Restart policy to apply when a container exits")
	f.BoolVar(&o.init, "init", false, "Run an init inside the container that forwards signals and reaps processes")
	f.BoolVar(&o.privileged, "privileged", false, "Give extended privileges to this container")
	listVar(f, &o.capAdd, "cap-add", "", "Add Linux capabilities", "list")
	listVar(f, &o.capDrop, "cap-drop", "", "Drop Linux capabilities", "list")
	listVar(f, &o.securityOpt, "security-opt", "", "Security Options", "list")
	f.StringVar(&o.pid, "pid", "", "PID namespace to use")
	f.StringVar(&o.ipc, "ipc", "", "IPC mode to use")
	f.StringVar(&o.logDriver, "log-driver", "", "Logging driver for the container")
	listVar(f, &o.logOpts, "log-opt", "", "Log driver options", "list")
	f.StringVar(&o.stopSignal, "stop-signal", "", "Signal to stop the container")
	f.IntVar(&o.stopTimeout, "stop-timeout", 0, "Timeout (in seconds) to stop a container")
}

func (o *containerOptions) declareNetwork(f *pflag.FlagSet) {
	listVar(f, &o.publish, "publish", "p", "Publish a container's port(s) to the host", "list")
	f.BoolVarP(&o.publishAll, "publish-all", "P", false, "Publish all exposed ports to random ports")
	listVar(f, &o.expose, "expose", "", "Expose a port or a range of ports", "list")
	listVar(f, &o.networks, "network", "", "Connect a container to a network", "network")
	listVar(f, &o.networks, "net", "", "Connect a container to a network", "network")
	f.Lookup("net").Hidden = true
	listVar(f, &o.aliases, "network-alias", "", "Add network-scoped alias for the container", "list")
	listVar(f, &o.aliases, "net-alias", "", "Add network-scoped alias for the container", "list")
	f.Lookup("net-alias").Hidden = true
	f.StringVar(&o.ip, "ip", "", "IPv4 address (e.g., 172.30.100.104)")
	f.StringVarP(&o.hostname, "hostname", "h", "", "Container host name")
	f.StringVar(&o.domainname, "domainname", "", "Container NIS domain name")
	checkedListVar(f, &o.extraHosts, "add-host", "", "Add a custom host-to-IP mapping (host:ip)", "list", checkExtraHost)
	listVar(f, &o.dns, "dns", "", "Set custom DNS servers", "list")
	listVar(f, &o.dnsOpt, "dns-option", "", "Set DNS options", "list")
	listVar(f, &o.search, "dns-search", "", "Set custom DNS search domains", "list")
}

func (o *containerOptions) declareStorage(f *pflag.FlagSet) {
	listVar(f, &o.volumes, "volume", "v", "Bind mount a volume", "list")
	f.Var(&mountValue{&o.mounts}, "mount", "Attach a filesystem mount to the container")
	listVar(f, &o.tmpfs, "tmpfs", "", "Mount a tmpfs directory", "list")
	listVar(f, &o.volumesFrom, "volumes-from", "", "Mount volumes from the specified container(s)", "list")
	f.BoolVar(&o.readOnly, "read-only", false, "Mount the container's root filesystem as read only")
	f.Var(&o.shm, "shm-size", "Size of /dev/shm")
}

func (o *containerOptions) declareLimits(f *pflag.FlagSet) {
	f.VarP(&o.memory, "memory", "m", "Memory limit")
	f.Var(&o.reservation, "memory-reservation", "Memory soft limit")
	f.Var(&o.memorySwap, "memory-swap", "Swap limit equal to memory plus swap: '-1' to enable unlimited swap")
	f.Var(&o.cpus, "cpus", "Number of CPUs")
	f.Int64VarP(&o.cpuShares, "cpu-shares", "c", 0, "CPU shares (relative weight)")
	f.StringVar(&o.cpuset, "cpuset-cpus", "", "CPUs in which to allow execution (0-3, 0,1)")
	f.Int64Var(&o.pids, "pids-limit", 0, "Tune container pids limit (set -1 for unlimited)")
	f.Var(&ulimitValue{&o.ulimits}, "ulimit", "Ulimit options")
}

func (o *containerOptions) declareHealth(f *pflag.FlagSet) {
	f.StringVar(&o.healthCmd, "health-cmd", "", "Command to run to check health")
	f.DurationVar(&o.healthInterval, "health-interval", 0, "Time between running the check (ms|s|m|h) (default 0s)")
	f.IntVar(&o.healthRetries, "health-retries", 0, "Consecutive failures needed to report unhealthy")
	f.DurationVar(&o.healthStartInterval, "health-start-interval", 0, "Time between running the check during the start period (ms|s|m|h) (default 0s)")
	f.DurationVar(&o.healthStart, "health-start-period", 0, "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)")
	f.DurationVar(&o.healthTimeout, "health-timeout", 0, "Maximum time to allow one check to run (ms|s|m|h) (default 0s)")
	f.BoolVar(&o.noHealthcheck, "no-healthcheck", false, "Disable any container-specified HEALTHCHECK")
}

// declareAbsent adds the flags that the simulator does not have.
func declareAbsent(f *pflag.FlagSet) {
	type absentFlag struct{ name, kind, help string }
	for _, a := range []absentFlag{
		{"annotation", "map", "Add an annotation to the container (passed through to the OCI runtime) (default map[])"},
		{"blkio-weight", "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)"},
		{"blkio-weight-device", "list", "Block IO weight (relative device weight) (default [])"},
		{"cgroup-parent", "string", "Optional parent cgroup for the container"},
		{"cgroupns", "string", "Cgroup namespace to use (host|private)\n'host':    Run the container in the Docker host's cgroup namespace\n'private': Run the container in its own private cgroup namespace\n'':        Use the cgroup namespace as configured by the\n           default-cgroupns-mode option on the daemon (default)"},
		{"cpu-period", "int", "Limit CPU CFS (Completely Fair Scheduler) period"},
		{"cpu-quota", "int", "Limit CPU CFS (Completely Fair Scheduler) quota"},
		{"cpu-rt-period", "int", "Limit CPU real-time period in microseconds"},
		{"cpu-rt-runtime", "int", "Limit CPU real-time runtime in microseconds"},
		{"cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)"},
		{"device", "list", "Add a host device to the container"},
		{"device-cgroup-rule", "list", "Add a rule to the cgroup allowed devices list"},
		{"device-read-bps", "list", "Limit read rate (bytes per second) from a device (default [])"},
		{"device-read-iops", "list", "Limit read rate (IO per second) from a device (default [])"},
		{"device-write-bps", "list", "Limit write rate (bytes per second) to a device (default [])"},
		{"device-write-iops", "list", "Limit write rate (IO per second) to a device (default [])"},
		{"gpus", "gpu-request", "GPU devices to add to the container ('all' to pass all GPUs)"},
		{"ip6", "string", "IPv6 address (e.g., 2001:db8::33)"},
		{"isolation", "string", "Container isolation technology"},
		{"link", "list", "Add link to another container"},
		{"link-local-ip", "list", "Container IPv4/IPv6 link-local addresses"},
		{"mac-address", "string", "Container MAC address (e.g., 92:d0:c6:0a:29:33)"},
		{"memory-swappiness", "int", "Tune container memory swappiness (0 to 100) (default -1)"},
		{"oom-score-adj", "int", "Tune host's OOM preferences (-1000 to 1000)"},
		{"runtime", "string", "Runtime to use for this container"},
		{"storage-opt", "list", "Storage driver options for the container"},
		{"sysctl", "map", "Sysctl options (default map[])"},
		{"userns", "string", "User namespace to use"},
		{"uts", "string", "UTS namespace to use"},
		{"volume-driver", "string", "Optional volume driver for the container"},
	} {
		f.Var(&listValue{&[]string{}, a.kind, nil}, a.name, a.help)
		absent(f, a.name)
	}
	f.Bool("oom-kill-disable", false, "Disable OOM Killer")
	f.Bool("use-api-socket", false, "Bind mount Docker API socket and required auth")
	absent(f, "oom-kill-disable", "use-api-socket")
}

// bytesValue is a size such as 512m.
type bytesValue int64

// String is the size for messages; nothing when it was not given.
func (b *bytesValue) String() string {
	if *b == 0 {
		return ""
	}
	return units.BytesSize(float64(*b))
}

// Set reads a size; -1 stands for no limit.
func (b *bytesValue) Set(text string) error {
	if text == "-1" {
		*b = -1
		return nil
	}
	n, err := units.RAMInBytes(text)
	*b = bytesValue(n)
	return err
}

// Type is the word in help.
func (b *bytesValue) Type() string { return "bytes" }

// cpuValue is a number of CPUs in billionths.
type cpuValue int64

// String is empty unless the flag was given.
func (c *cpuValue) String() string {
	if *c == 0 {
		return ""
	}
	return big.NewRat(int64(*c), 1e9).FloatString(3)
}

// Set reads a decimal number.
func (c *cpuValue) Set(text string) error {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return fmt.Errorf("failed to parse %v as a rational number", text)
	}
	nano := r.Mul(r, big.NewRat(1e9, 1))
	if !nano.IsInt() {
		return fmt.Errorf("value is too precise")
	}
	*c = cpuValue(nano.Num().Int64())
	return nil
}

// Type is the word in help.
func (c *cpuValue) Type() string { return "decimal" }

// envValue collects -e.
type envValue struct{ values *[]string }

// String implements pflag.Value.
func (e *envValue) String() string { return "" }

// Set takes NAME=value, or NAME for the client's own value.
func (e *envValue) Set(text string) error {
	if name, _, _ := strings.Cut(text, "="); name == "" {
		return fmt.Errorf("invalid environment variable: %s", text)
	}
	*e.values = append(*e.values, text)
	return nil
}

// Type is the word in help.
func (e *envValue) Type() string { return "list" }

// ulimitValue collects --ulimit.
type ulimitValue struct{ values *[]docker.Ulimit }

// String implements pflag.Value.
func (u *ulimitValue) String() string { return "" }

// Set reads "nofile=1024:2048".
func (u *ulimitValue) Set(text string) error {
	l, err := units.ParseUlimit(text)
	if err != nil {
		return err
	}
	*u.values = append(*u.values, docker.Ulimit{Name: l.Name, Hard: l.Hard, Soft: l.Soft})
	return nil
}

// Type is the word in help.
func (u *ulimitValue) Type() string { return "ulimit" }
