package kubectl

import (
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/docker"
)

// logStream is the log of one run of a container, as far as it is not printed yet.
type logStream struct {
	from   *docker.Container
	next   int
	prefix string
}

// streamsOf opens the logs of a pod that are asked for.
func (f *factory) streamsOf(s *session, pod *corev1.Pod, o *logsOptions) ([]logStream, error) {
	names := []string{}
	if o.all {
		for _, c := range pod.Spec.InitContainers {
			names = append(names, c.Name)
		}
		for _, c := range pod.Spec.Containers {
			names = append(names, c.Name)
		}
		for _, c := range pod.Spec.EphemeralContainers {
			names = append(names, c.Name)
		}
	} else {
		name, err := s.containerOf(pod, o.container)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	k, err := f.reach(s, pod, "get", "log")
	if err != nil {
		return nil, err
	}
	var list []logStream
	for _, name := range names {
		c, err := k.Container(pod.Namespace, pod.Name, name, o.previous)
		if err != nil {
			return list, apierrors.NewBadRequest(err.Error())
		}
		l := logStream{from: c}
		if o.prefix {
			l.prefix = "[pod/" + pod.Name + "/" + name + "] "
		}
		if o.tail >= 0 {
			l.next = max(0, c.LogEnd()-o.tail)
		}
		list = append(list, l)
	}
	return list, nil
}

// printLogs prints logs one after the other, or, to follow them, as lines come. It
// ends when all containers have ended.
func (s *session) printLogs(list []logStream, o *logsOptions) {
	since := o.begin(s.p.Now())
	left := o.limit
	more := s.p.Clock().NewSignal()
	if o.follow {
		for _, l := range list {
			l.from.Logged().Watch(more.Broadcast)
		}
	}
	for {
		running, fresh := false, false
		for i := range list {
			l := &list[i]
			running = running || l.from.Running()
			lines := l.from.LogFrom(l.next)
			l.next = l.from.LogEnd()
			for _, line := range lines {
				fresh = true
				if !line.Time.Before(since) {
					s.logLine(line, l.prefix, o, &left)
				}
			}
		}
		if !o.follow || !running && !fresh || o.limit > 0 && left <= 0 {
			return
		}
		if running && !fresh {
			s.p.Wait(more)
		}
	}
}

func (s *session) logLine(line docker.LogLine, prefix string, o *logsOptions, left *int64) {
	text := line.Text
	if o.stamp {
		text = line.Time.UTC().Format(time.RFC3339Nano) + " " + text
	}
	text = prefix + text
	if o.limit > 0 {
		text = text[:min(int64(len(text)), *left)]
		*left -= int64(len(text))
	}
	_, _ = io.WriteString(s.p.Stdout, text)
}

// begin is the time of the first lines that are wanted.
func (o *logsOptions) begin(now time.Time) time.Time {
	switch {
	case o.sinceTime != "":
		t, _ := time.Parse(time.RFC3339, o.sinceTime)
		return t
	case o.since > 0:
		return now.Add(-o.since)
	}
	return time.Time{}
}

// check refuses flags that do not go together.
func (o *logsOptions) check(args []string) error {
	if o.sinceTime != "" && o.since > 0 {
		return fmt.Errorf("only one of --since-time or --since may be used")
	}
	if _, err := time.Parse(time.RFC3339, o.sinceTime); o.sinceTime != "" && err != nil {
		return err
	}
	switch {
	case o.since < 0:
		return fmt.Errorf("--since must be greater than 0")
	case o.limit < 0:
		return fmt.Errorf("--limit-bytes must be greater than 0")
	case o.tail < -1:
		return fmt.Errorf("--tail must be greater than or equal to -1")
	case o.selector != "" && len(args) > 0:
		return fmt.Errorf("only a selector (-l) or a POD name is allowed")
	case o.all && o.container != "" && len(args) > 0:
		return fmt.Errorf("--all-containers=true should not be specified with container name %s", o.container)
	}
	return nil
}
