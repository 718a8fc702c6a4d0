package kubectl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
)

type execOptions struct {
	container                    string
	interactive, terminal, quiet bool
}

func (f *factory) exec() *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{Use: "exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]", RunE: func(cmd *cobra.Command, args []string) error {
		dash := cmd.ArgsLenAtDash()
		switch {
		case len(args) == 0 || dash == 0:
			return errors.New("pod, type/name or --filename must be specified")
		case dash < 0 && len(args) > 1:
			return helpError(cmd.CommandPath(), "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
		case len(args) == 1:
			return helpError(cmd.CommandPath(), "you must specify at least one command for the container")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		pod, _, err := s.podOf(args[0])
		if err != nil {
			return err
		}
		if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return fmt.Errorf("cannot exec into a container in a completed pod; current phase is %s", pod.Status.Phase)
		}
		return f.execIn(s, pod, args[1:], o)
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.container, "container", "c", "", "Container name. If omitted, the first container of the pod")
	fs.BoolVarP(&o.interactive, "stdin", "i", false, "Pass stdin to the container")
	fs.BoolVarP(&o.terminal, "tty", "t", false, "Stdin is a TTY")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "Only print output from the remote session")
	return cmd
}

// execIn runs a command in a container of a pod and ends with its status.
func (f *factory) execIn(s *session, pod *corev1.Pod, command []string, o execOptions) error {
	name, err := s.containerOf(pod, o.container)
	if err != nil {
		return err
	}
	terminal := s.p.Stdin.Terminal()
	if o.terminal && o.interactive && terminal == nil {
		s.p.Errorf("Unable to use a TTY - input is not a terminal or the right kind of file\n")
		o.terminal = false
	}
	spec := docker.ExecSpec{Cmd: command, TTY: o.terminal, Stdout: s.p.Stdout.Sink(), Stderr: s.p.Stderr.Sink()}
	if o.interactive {
		spec.Stdin, spec.Terminal = s.p.Stdin.Source(), terminal
	}
	status, err := f.stream(s, pod, name, spec)
	return ended(s, status, err)
}

// execFailed words a program that could not be started, as containerd 2.1 tells it
// to the kubelet.
func (s *session) execFailed(failed *docker.StartError) error {
	r := s.p.Clock().Rand()
	id := fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
	return fmt.Errorf("Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec %q: %s", //nolint:staticcheck // kubectl's words
		id, strings.TrimSpace(failed.Text))
}
