// Package crictl is the command line client of container runtimes (crictl 1.36.0) on
// the nodes of a cluster: it shows and stops what the kubelet made, without asking
// the API server.
package crictl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"drydock/sim/docker"
	"drydock/sim/kube/kubelet"
	"drydock/sim/machine"
)

// socket is where containerd listens.
const socket = "unix:///run/containerd/containerd.sock"

// ConfigFile is where crictl finds the runtime.
const ConfigFile = "/etc/crictl.yaml"

// Config is the file that crictl reads on a node, so that it need not guess.
const Config = "runtime-endpoint: \"" + socket + "\"\nimage-endpoint: \"" + socket + "\"\ntimeout: 0\ndebug: false\npull-image-on-create: false\ndisable-pull-on-run: false\n"

// Node is where crictl runs: a kubelet and its container runtime.
type Node struct {
	Kubelet *kubelet.Kubelet
	Runtime *docker.Engine
	Version string // of containerd
}

// session is one run of crictl.
type session struct {
	*machine.Process
	node  *Node
	flags *pflag.FlagSet
}

// command is one of crictl's.
type command struct {
	names []string
	flags func(*pflag.FlagSet)
	run   func(s *session, args []string) error
}

func commands() []command {
	none := func(*pflag.FlagSet) {}
	return []command{
		{[]string{"ps"}, psFlags, (*session).ps},
		{[]string{"pods"}, podFlags, (*session).pods},
		{[]string{"images", "image", "img"}, imageFlags, (*session).images},
		{[]string{"logs"}, logFlags, (*session).logs},
		{[]string{"inspect"}, inspectFlags, (*session).inspect},
		{[]string{"stop"}, stopFlags, (*session).stop},
		{[]string{"rm"}, removeFlags, (*session).remove},
		{[]string{"version"}, none, (*session).version},
	}
}

// others are the commands of crictl that are not here.
func others() []string {
	return []string{"attach", "checkpoint", "completion", "config", "create", "events", "event", "exec", "imagefsinfo", "info", "inspecti", "inspectp", "metricdescs", "metricsp",
		"port-forward", "pull", "rmi", "rmp", "run", "runp", "runtime-config", "start", "stats", "statsp", "stopp", "update", "update-runtime-config"}
}

// Main is the program crictl. find gives the node that a process runs on, or nil.
func Main(find func(*machine.Process) *Node) machine.Main {
	return func(p *machine.Process) int {
		args := p.Args[1:]
		if len(args) == 1 && (args[0] == "--version" || args[0] == "-v") {
			p.Printf("crictl version 1.36.0\n")
			return 0
		}
		if len(args) == 0 || args[0] == "help" || strings.HasPrefix(args[0], "-") {
			p.Errorf("crictl: 'crictl %s' is part of crictl, but this simulator does not have it\n", strings.Join(args, " "))
			return 1
		}
		for _, c := range commands() {
			if slices.Contains(c.names, args[0]) {
				return run(&session{Process: p, node: find(p)}, c, args[1:])
			}
		}
		if slices.Contains(others(), args[0]) {
			p.Errorf("crictl: 'crictl %s' is part of crictl, but this simulator does not have it\n", args[0])
			return 1
		}
		p.Printf("No help topic for '%s'\n", args[0])
		return 3
	}
}

func run(s *session, c command, args []string) int {
	s.flags = pflag.NewFlagSet(c.names[0], pflag.ContinueOnError)
	s.flags.SetOutput(nil)
	s.flags.Usage = func() {}
	c.flags(s.flags)
	if err := s.flags.Parse(args); err != nil {
		if !errors.Is(err, pflag.ErrHelp) {
			s.fatal(strings.Replace(err.Error(), "unknown flag: --", "flag provided but not defined: -", 1))
			return 1
		}
		s.Errorf("crictl: the help of crictl is part of crictl, but this simulator does not have it\n")
		return 1
	}
	if err := s.connect(c.names[0]); err != nil {
		s.fatal(err.Error())
		return 1
	}
	if err := c.run(s, s.flags.Args()); err != nil {
		s.fatal(err.Error())
		return 1
	}
	return 0
}

// connect finds the runtime, with warnings where it has to guess.
func (s *session) connect(command string) error {
	if !s.Machine.FS.Exists(ConfigFile) {
		s.note("warning", `Config "/etc/crictl.yaml" does not exist, trying next: "/usr/local/bin/crictl.yaml"`)
		for _, kind := range []string{"runtime", "Image"} {
			if kind == "runtime" && command == "images" || kind == "Image" && command != "images" && command != "ps" {
				continue
			}
			s.note("warning", kind+" connect using default endpoints: [unix:///run/containerd/containerd.sock unix:///run/crio/crio.sock unix:///var/run/cri-dockerd.sock]. As the default settings are now deprecated, you should set the endpoint instead.")
		}
	}
	if s.node != nil && s.node.Kubelet.RuntimeRuns() {
		return nil
	}
	return fmt.Errorf(`validate service connection: validate CRI v1 runtime API for endpoint "%s": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix %s: connect: no such file or directory"`,
		socket, strings.TrimPrefix(socket, "unix://"))
}

// note prints a line as the program's logger logrus does.
func (s *session) note(level, message string) {
	s.Errorf("time=\"%s\" level=%s msg=%q\n", s.Now().UTC().Format("2006-01-02T15:04:05Z"), level, message)
}

func (s *session) fatal(message string) { s.note("fatal", message) }

func (s *session) version([]string) error {
	s.Printf("Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  %s\nRuntimeApiVersion:  v1\n", s.node.Version)
	return nil
}
