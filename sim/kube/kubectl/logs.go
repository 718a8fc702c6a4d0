package kubectl

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
)

type logsOptions struct {
	container, selector, sinceTime               string
	previous, follow, all, prefix, stamp, ignore bool
	allPods                                      bool
	since                                        time.Duration
	tail, most                                   int
	limit                                        int64
}

func (f *factory) logs() *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{Use: "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 && o.selector == "" || len(args) > 2 {
			return helpError(cmd.CommandPath(), "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command")
		}
		if err := o.check(args); err != nil {
			return err
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		pods, err := s.logged(args, &o)
		if err != nil {
			return err
		}
		if o.selector != "" && !cmd.Flags().Changed("tail") && !o.follow {
			o.tail = 10
		}
		return f.logsOfPods(s, pods, &o)
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.container, "container", "c", "", "Print the logs of this container")
	fs.StringVarP(&o.selector, "selector", "l", "", "Selector (label query) to filter on.")
	fs.DurationVar(&o.since, "since", 0, "Only return logs newer than a relative duration like 5s, 2m, or 3h.")
	fs.BoolVarP(&o.previous, "previous", "p", false, "If true, print the logs for the previous instance of the container in a pod if it exists.")
	fs.BoolVarP(&o.follow, "follow", "f", false, "Specify if the logs should be streamed.")
	fs.BoolVar(&o.all, "all-containers", false, "Get all containers' logs in the pod(s).")
	fs.BoolVar(&o.prefix, "prefix", false, "Prefix each log line with the log source (pod name and container name).")
	fs.BoolVar(&o.stamp, "timestamps", false, "Include timestamps on each line in the log output.")
	fs.StringVar(&o.sinceTime, "since-time", "", "Only return logs after a specific date (RFC3339).")
	fs.BoolVar(&o.ignore, "ignore-errors", false, "If watching / following pod logs, allow for any errors that occur to be non-fatal.")
	fs.BoolVar(&o.allPods, "all-pods", false, "Get logs from all pod(s). Sets prefix to true.")
	fs.Int64Var(&o.limit, "limit-bytes", 0, "Maximum bytes of logs to return. Defaults to no limit.")
	fs.IntVar(&o.most, "max-log-requests", 5, "Specify maximum number of concurrent logs to follow when using by a selector.")
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
		list, err := s.podsWith(s.namespace, match)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
		}
		return list, nil
	}
	name := args[0]
	if o.allPods && strings.Contains(name, "/") {
		o.prefix = true
		return s.allPodsOf(name)
	}
	pod, count, err := s.podOf(name)
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

// logsOfPods prints the logs of pods, in the order of the pods, or follows them.
func (f *factory) logsOfPods(s *session, pods []*corev1.Pod, o *logsOptions) error {
	var list []logStream
	for _, pod := range pods {
		streams, err := f.streamsOf(s, pod, o)
		if err != nil && !o.ignore {
			if !o.follow {
				s.printLogs(append(list, streams...), o)
			}
			return err
		}
		if err != nil {
			s.p.Errorf("%s", complaint(err))
		}
		list = append(list, streams...)
	}
	if o.follow && len(list) > o.most && o.most > 0 {
		return fmt.Errorf("you are attempting to follow %d log streams, but maximum allowed concurrency is %d, use --max-log-requests to increase the limit", len(list), o.most)
	}
	s.printLogs(list, o)
	return nil
}
