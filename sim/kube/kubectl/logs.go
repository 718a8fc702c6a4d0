package kubectl

import (
	"fmt"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"drydock/sim/docker"
)

type logsOptions struct {
	container, selector, since        string
	previous, follow, all, prefix, ts bool
	tail                              int
}

func (f *factory) logs() *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{Use: "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 && o.selector == "" {
			return helpError(cmd.CommandPath(), "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		pods, err := s.logged(args, &o)
		if err != nil {
			return err
		}
		if o.selector != "" && !cmd.Flags().Changed("tail") {
			o.tail = 10
		}
		for _, pod := range pods {
			if err := f.logsOfPod(s, pod, &o); err != nil {
				return err
			}
		}
		return nil
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.container, "container", "c", "", "Print the logs of this container")
	fs.StringVarP(&o.selector, "selector", "l", "", "Selector (label query) to filter on.")
	fs.StringVar(&o.since, "since", "0s", "Only return logs newer than a relative duration like 5s, 2m, or 3h.")
	fs.BoolVarP(&o.previous, "previous", "p", false, "If true, print the logs for the previous instance of the container in a pod if it exists.")
	fs.BoolVarP(&o.follow, "follow", "f", false, "Specify if the logs should be streamed.")
	fs.BoolVar(&o.all, "all-containers", false, "Get all containers' logs in the pod(s).")
	fs.BoolVar(&o.prefix, "prefix", false, "Prefix each log line with the log source (pod name and container name).")
	fs.BoolVar(&o.ts, "timestamps", false, "Include timestamps on each line in the log output.")
	fs.IntVar(&o.tail, "tail", -1, "Lines of recent log file to display.")
	return cmd
}

// logged are the pods whose logs are asked for.
func (s *session) logged(args []string, o *logsOptions) ([]*corev1.Pod, error) {
	if o.selector != "" {
		match, err := labels.Parse(o.selector)
		if err != nil {
			return nil, err
		}
		list := s.podsWith(s.namespace, match)
		if len(list) == 0 {
			s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
		}
		return list, nil
	}
	pod, count, err := s.podOf(args[0])
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("error from server (NotFound): %w in namespace %q", err, s.namespace)
	}
	if err != nil {
		return nil, err
	}
	if count > 1 {
		s.p.Errorf("Found %d pods, using pod/%s\n", count, pod.Name)
	}
	if len(args) > 1 && o.container == "" {
		o.container = args[1]
	}
	return []*corev1.Pod{pod}, nil
}

func (f *factory) logsOfPod(s *session, pod *corev1.Pod, o *logsOptions) error {
	var names []string
	if o.all {
		for _, c := range pod.Spec.InitContainers {
			names = append(names, c.Name)
		}
		for _, c := range pod.Spec.Containers {
			names = append(names, c.Name)
		}
	} else {
		name, err := s.containerOf(pod, o.container)
		if err != nil {
			return err
		}
		names = []string{name}
	}
	for _, name := range names {
		if err := f.logsOf(s, pod, name, o); err != nil {
			return err
		}
	}
	return nil
}

func (f *factory) logsOf(s *session, pod *corev1.Pod, name string, o *logsOptions) error {
	k, err := f.kubeletOf(pod)
	if err != nil {
		return err
	}
	if k == nil {
		return apierrors.NewBadRequest(fmt.Sprintf("pod %s does not have a host assigned", pod.Name))
	}
	c, err := k.Container(pod.Namespace, pod.Name, name, o.previous)
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	prefix := ""
	if o.prefix {
		prefix = "[pod/" + pod.Name + "/" + name + "] "
	}
	next := 0
	if o.tail >= 0 {
		next = max(0, c.LogEnd()-o.tail)
	}
	for {
		for _, line := range c.LogFrom(next) {
			s.logLine(line, prefix, o.ts)
		}
		next = c.LogEnd()
		if !o.follow || !c.Running() {
			return nil
		}
		s.p.Wait(c.Logged())
	}
}

func (s *session) logLine(line docker.LogLine, prefix string, stamp bool) {
	if stamp {
		prefix += line.Time.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " "
	}
	s.p.Printf("%s%s", prefix, line.Text)
}
