package cli

import (
	"time"

	"github.com/spf13/pflag"

	"drydock/sim/docker/cli"
)

// serviceOptions are the flags that create and update share, and those of create
// alone (docker/cli 29.7.2, command/service/opts.go).
type serviceOptions struct {
	detach, quiet                            bool
	name, mode, entrypoint, hostname, user   string
	workdir, stopSignal, endpointMode        string
	image, args, isolation, logDriver        string
	replicas, maxConcurrent, maxReplicas     uint64
	limitCPU, limitMemory, limitPids         int64
	reserveCPU, reserveMemory                int64
	stopGrace, restartDelay, restartWindow   time.Duration
	restartCondition                         string
	restartMax                               uint64
	update, rollback                         changeOptions
	healthCmd                                string
	healthInterval, healthTimeout            time.Duration
	healthStart                              time.Duration
	healthRetries                            int
	noHealth, init, tty, readOnly, noResolve bool
	force, doRollback, registryAuth          bool
	lists                                    map[string]*[]string
}

// changeOptions are those of --update-* and --rollback-*.
type changeOptions struct {
	parallelism    uint64
	delay, monitor time.Duration
	onFailure      string
	order          string
	ratio          float64
}

// list declares a flag that may be given several times.
func (o *serviceOptions) list(f *pflag.FlagSet, name, short, help, kind string) {
	if o.lists == nil {
		o.lists = map[string]*[]string{}
	}
	values := &[]string{}
	o.lists[name] = values
	cli.ListVar(f, values, name, short, help, kind)
}

// get are the values of a list flag.
func (o *serviceOptions) get(name string) []string {
	if v := o.lists[name]; v != nil {
		return *v
	}
	return nil
}

// declare adds the flags that create and update share.
func (o *serviceOptions) declare(f *pflag.FlagSet) {
	f.BoolVarP(&o.detach, "detach", "d", false, "Exit immediately instead of waiting for the service to converge")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress progress output")
	f.StringVarP(&o.workdir, "workdir", "w", "", "Working directory inside the container")
	f.StringVarP(&o.user, "user", "u", "", "Username or UID (format: <name|uid>[:<group|gid>])")
	f.StringVar(&o.hostname, "hostname", "", "Container hostname")
	f.StringVar(&o.entrypoint, "entrypoint", "", "Overwrite the default ENTRYPOINT of the image")
	cli.CPUsVar(f, &o.limitCPU, "limit-cpu", "Limit CPUs")
	cli.BytesVar(f, &o.limitMemory, "limit-memory", "Limit Memory")
	f.Int64Var(&o.limitPids, "limit-pids", 0, "Limit maximum number of processes (default 0 = unlimited)")
	cli.CPUsVar(f, &o.reserveCPU, "reserve-cpu", "Reserve CPUs")
	cli.BytesVar(f, &o.reserveMemory, "reserve-memory", "Reserve Memory")
	f.DurationVar(&o.stopGrace, "stop-grace-period", 10*time.Second, "Time to wait before force killing a container (ns|us|ms|s|m|h)")
	f.StringVar(&o.stopSignal, "stop-signal", "", "Signal to stop the container")
	f.Uint64Var(&o.replicas, "replicas", 1, "Number of tasks")
	f.Uint64Var(&o.maxConcurrent, "max-concurrent", 0, "Number of job tasks to run concurrently (default equal to --replicas)")
	f.Uint64Var(&o.maxReplicas, "replicas-max-per-node", 0, "Maximum number of tasks per node (default 0 = unlimited)")
	f.StringVar(&o.restartCondition, "restart-condition", "any", `Restart when condition is met ("none", "on-failure", "any")`)
	f.DurationVar(&o.restartDelay, "restart-delay", 5*time.Second, "Delay between restart attempts (ns|us|ms|s|m|h)")
	f.Uint64Var(&o.restartMax, "restart-max-attempts", 0, "Maximum number of restarts before giving up")
	f.DurationVar(&o.restartWindow, "restart-window", 0, "Window used to evaluate the restart policy (ns|us|ms|s|m|h)")
	o.update.declare(f, "update", `Action on update failure ("pause", "continue", "rollback")`)
	o.rollback.declare(f, "rollback", `Action on rollback failure ("pause", "continue")`)
	f.StringVar(&o.endpointMode, "endpoint-mode", "vip", `Endpoint mode ("vip", "dnsrr")`)
	f.BoolVar(&o.registryAuth, "with-registry-auth", false, "Send registry authentication details to swarm agents")
	f.BoolVar(&o.noResolve, "no-resolve-image", false, "Do not query the registry to resolve image digest and supported platforms")
	f.StringVar(&o.logDriver, "log-driver", "", "Logging driver for service")
	f.StringVar(&o.healthCmd, "health-cmd", "", "Command to run to check health")
	f.DurationVar(&o.healthInterval, "health-interval", 0, "Time between running the check (ms|s|m|h)")
	f.DurationVar(&o.healthTimeout, "health-timeout", 0, "Maximum time to allow one check to run (ms|s|m|h)")
	f.IntVar(&o.healthRetries, "health-retries", 0, "Consecutive failures needed to report unhealthy")
	f.DurationVar(&o.healthStart, "health-start-period", 0, "Start period for the container to initialize before counting retries towards unstable (ms|s|m|h)")
	f.Duration("health-start-interval", 0, "Time between running the check during the start period (ms|s|m|h)")
	f.BoolVar(&o.noHealth, "no-healthcheck", false, "Disable any container-specified HEALTHCHECK")
	f.BoolVarP(&o.tty, "tty", "t", false, "Allocate a pseudo-TTY")
	f.BoolVar(&o.readOnly, "read-only", false, "Mount the container's root filesystem as read only")
	f.BoolVar(&o.init, "init", false, "Use an init inside each service container to forward signals and reap processes")
	f.StringVar(&o.isolation, "isolation", "", "Service container isolation mode")
	f.Int64("oom-score-adj", 0, "Tune host's OOM preferences (-1000 to 1000) ")
	f.Int64("memory-swap", 0, "Swap Bytes (-1 for unlimited)")
	f.Int64("memory-swappiness", -1, "Tune memory swappiness (0-100), -1 to reset to default")
	cli.Absent(f, "oom-score-adj", "health-start-interval", "memory-swap", "memory-swappiness")
}

func (o *changeOptions) declare(f *pflag.FlagSet, name, help string) {
	verb, title := name, "update"
	if name == "rollback" {
		title = "rollback"
	}
	simultaneous := "Maximum number of tasks updated simultaneously (0 to update all at once)"
	delay, order := "Delay between updates (ns|us|ms|s|m|h)", `Update order ("start-first", "stop-first")`
	if name == "rollback" {
		simultaneous = "Maximum number of tasks rolled back simultaneously (0 to roll back all at once)"
		delay, order = "Delay between task rollbacks (ns|us|ms|s|m|h)", `Rollback order ("start-first", "stop-first")`
	}
	f.Uint64Var(&o.parallelism, verb+"-parallelism", 1, simultaneous)
	f.DurationVar(&o.delay, verb+"-delay", 0, delay)
	f.DurationVar(&o.monitor, verb+"-monitor", 5*time.Second, "Duration after each task "+title+" to monitor for failure (ns|us|ms|s|m|h)")
	f.StringVar(&o.onFailure, verb+"-failure-action", "pause", help)
	f.Float64Var(&o.ratio, verb+"-max-failure-ratio", 0, "Failure rate to tolerate during "+article(title))
	f.StringVar(&o.order, verb+"-order", "stop-first", order)
}

func article(noun string) string {
	if noun == "update" {
		return "an update"
	}
	return "a " + noun
}

// declareCreate adds the flags of create alone.
func (o *serviceOptions) declareCreate(f *pflag.FlagSet) {
	f.StringVar(&o.name, "name", "", "Service name")
	f.StringVar(&o.mode, "mode", "replicated", `Service mode ("replicated", "global", "replicated-job", "global-job")`)
	o.list(f, "label", "l", "Service labels", "list")
	o.list(f, "container-label", "", "Container labels", "list")
	cli.EnvVar(f, o.values("env"), "env", "e", "Set environment variables")
	o.list(f, "env-file", "", "Read in a file of environment variables", "list")
	o.list(f, "mount", "", "Attach a filesystem mount to the service", "mount")
	o.list(f, "constraint", "", "Placement constraints", "list")
	o.list(f, "placement-pref", "", "Add a placement preference", "pref")
	o.list(f, "network", "", "Network attachments", "network")
	o.list(f, "secret", "", "Specify secrets to expose to the service", "secret")
	o.list(f, "config", "", "Specify configurations to expose to the service", "config")
	o.list(f, "publish", "p", "Publish a port as a node port", "port")
	o.list(f, "group", "", "Set one or more supplementary user groups for the container", "list")
	o.list(f, "dns", "", "Set custom DNS servers", "list")
	o.list(f, "dns-option", "", "Set DNS options", "list")
	o.list(f, "dns-search", "", "Set custom DNS search domains", "list")
	o.list(f, "host", "", "Set one or more custom host-to-IP mappings (host:ip)", "list")
	o.list(f, "log-opt", "", "Logging driver options", "list")
	o.list(f, "cap-add", "", "Add Linux capabilities", "list")
	o.list(f, "cap-drop", "", "Drop Linux capabilities", "list")
	o.list(f, "generic-resource", "", "User defined resources", "list")
	o.list(f, "sysctl", "", "Sysctl options", "list")
	o.list(f, "ulimit", "", "Ulimit options", "ulimit")
	o.list(f, "credential-spec", "", "Credential spec for managed service account (Windows only)", "credential-spec")
	cli.Absent(f, "generic-resource", "sysctl", "ulimit", "credential-spec")
}

func (o *serviceOptions) values(name string) *[]string {
	if o.lists == nil {
		o.lists = map[string]*[]string{}
	}
	o.lists[name] = &[]string{}
	return o.lists[name]
}

// declareUpdate adds the flags of update alone.
func (o *serviceOptions) declareUpdate(f *pflag.FlagSet) {
	f.StringVar(&o.image, "image", "", "Service image tag")
	f.StringVar(&o.args, "args", "", "Service command args")
	f.BoolVar(&o.doRollback, "rollback", false, "Rollback to previous specification")
	f.BoolVar(&o.force, "force", false, "Force update even if no changes require it")
	for _, l := range [][3]string{
		{"label", "a service label", "list"}, {"container-label", "a container label", "list"}, {"mount", "a mount on a service", "mount"},
		{"constraint", "a placement constraint", "list"}, {"placement-pref", "a placement preference", "pref"}, {"network", "a network", "network"},
		{"secret", "a secret on a service", "secret"}, {"config", "a config file on a service", "config"}, {"publish", "a published port", "port"},
		{"group", "an additional supplementary user group to the container", "list"}, {"dns", "a custom DNS server", "list"},
		{"dns-option", "a DNS option", "list"}, {"dns-search", "a custom DNS search domain", "list"}, {"host", "a custom host-to-IP mapping (\"host:ip\")", "list"},
	} {
		o.list(f, l[0]+"-add", "", "Add or update "+l[1], l[2])
		o.list(f, l[0]+"-rm", "", "Remove "+l[1], "list")
	}
	cli.EnvVar(f, o.values("env-add"), "env-add", "", "Add or update an environment variable")
	o.list(f, "env-rm", "", "Remove an environment variable", "list")
	o.list(f, "log-opt", "", "Logging driver options", "list")
	for _, name := range []string{"cap-add", "cap-drop", "generic-resource-add", "generic-resource-rm", "sysctl-add", "sysctl-rm", "ulimit-add", "ulimit-rm", "credential-spec"} {
		o.list(f, name, "", "Change "+name, "list")
		if name != "cap-add" && name != "cap-drop" {
			cli.Absent(f, name)
		}
	}
}
