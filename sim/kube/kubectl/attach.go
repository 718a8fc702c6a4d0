package kubectl

import (
	"fmt"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
)

func (f *factory) attach() *cobra.Command {
	var o execOptions
	cmd := &cobra.Command{Use: "attach (POD | TYPE/NAME) -c CONTAINER", RunE: func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return helpError(cmd.CommandPath(), "at least 1 argument is required for attach")
		case len(args) > 2:
			return helpError(cmd.CommandPath(), "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw "+fmt.Sprint(len(args))+": "+fmt.Sprint(args))
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		name := args[0]
		if len(args) == 2 {
			name += "/" + args[1]
		}
		pod, _, err := s.podOf(name)
		if err != nil {
			return err
		}
		if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
			return fmt.Errorf("cannot attach a container in a completed pod; current phase is %s", pod.Status.Phase)
		}
		container, err := s.containerOf(pod, o.container)
		if err != nil {
			return err
		}
		return f.attachTo(s, pod, container, o, false)
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.container, "container", "c", "", "Container name. If omitted, the first container of the pod")
	fs.BoolVarP(&o.interactive, "stdin", "i", false, "Pass stdin to the container")
	fs.BoolVarP(&o.terminal, "tty", "t", false, "Stdin is a TTY")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "Only print output from the remote session")
	return cmd
}

// attachTo attaches and says around it what kubectl says.
func (f *factory) attachTo(s *session, pod *corev1.Pod, container string, o execOptions, early bool) error {
	has := terminalOf(pod, container)
	switch {
	case o.terminal && !has:
		o.terminal = false
		if !o.quiet {
			s.p.Errorf("error: Unable to use a TTY - container %s did not allocate one\n", container)
		}
	case has:
		o.terminal = true
	}
	raw := o.terminal && o.interactive && s.p.Stdin.Terminal() != nil
	if o.terminal && o.interactive && !raw && !o.quiet {
		s.p.Errorf("Unable to use a TTY - input is not a terminal or the right kind of file\n")
	}
	if !o.quiet {
		s.p.Errorf("All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n" +
			"If you don't see a command prompt, try pressing enter.\n")
	}
	if err := f.attached(s, pod, container, o, early); err != nil {
		return err
	}
	if raw && !o.quiet && pod.Spec.RestartPolicy == corev1.RestartPolicyAlways {
		if ephemeral(pod, container) {
			s.p.Printf("Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach %s -c %s -i -t' if it is still running\n", pod.Name, container)
		} else {
			s.p.Printf("Session ended, resume using 'kubectl attach %s -c %s -i -t' command when the pod is running\n", pod.Name, container)
		}
	}
	return nil
}

// terminalOf reports that a container of a pod has a terminal.
func terminalOf(pod *corev1.Pod, container string) bool {
	for _, c := range pod.Spec.Containers {
		if c.Name == container {
			return c.TTY
		}
	}
	for _, c := range pod.Spec.EphemeralContainers {
		if c.Name == container {
			return c.TTY
		}
	}
	return false
}

func ephemeral(pod *corev1.Pod, container string) bool {
	for _, c := range pod.Spec.EphemeralContainers {
		if c.Name == container {
			return true
		}
	}
	return false
}
