package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/machine"
	"drydock/sim/swarm"
)

// logsOptions are the flags of `docker service logs`.
type logsOptions struct {
	details, follow, noResolve, noTrunc, noTaskIDs, raw, timestamps bool
	since, tail                                                     string
}

func newServiceLogs(c *client) *cobra.Command {
	o := &logsOptions{}
	cmd := &cobra.Command{Use: "logs [OPTIONS] SERVICE|TASK", Short: "Fetch the logs of a service or task", Args: cli.ExactArgs(1)}
	f := cmd.Flags()
	f.BoolVar(&o.details, "details", false, "Show extra details provided to logs")
	f.BoolVarP(&o.follow, "follow", "f", false, "Follow log output")
	f.BoolVar(&o.noResolve, "no-resolve", false, "Do not map IDs to Names in output")
	f.BoolVar(&o.noTrunc, "no-trunc", false, "Do not truncate output")
	f.BoolVar(&o.noTaskIDs, "no-task-ids", false, "Do not include task IDs in output")
	f.BoolVar(&o.raw, "raw", false, "Do not neatly format logs")
	f.StringVar(&o.since, "since", "", `Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)`)
	f.StringVarP(&o.tail, "tail", "n", "all", "Number of lines to show from the end of the logs")
	f.BoolVarP(&o.timestamps, "timestamps", "t", false, "Show timestamps")
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.serviceLogs(o, args[0]) }
	return cmd
}

// entry is a line of a task's log.
type entry struct {
	task *swarm.Task
	line docker.LogLine
}

func (c *client) serviceLogs(o *logsOptions, ref string) error {
	cluster, err := c.control()
	if err != nil {
		return err
	}
	s, err := cluster.FindService(ref)
	var only *swarm.Task
	if err != nil {
		if only = cluster.FindTask(ref); only == nil {
			return fmt.Errorf("no such task or service: %s", ref)
		}
		s = only.Service()
	}
	since := time.Time{}
	if o.since != "" {
		t, ok := cli.Moment(o.since, c.Now())
		if !ok {
			return fmt.Errorf("invalid value for \"since\": failed to parse value as time or duration: %q", o.since)
		}
		since = t
	}
	w := &logWriter{c: c, o: o, cluster: cluster, width: digits(s)}
	read := map[*swarm.Task]int{}
	for _, e := range w.gather(s, only, since, read) {
		w.write(e)
	}
	for o.follow {
		c.SleepUntil(500*time.Millisecond, s.Changed())
		for _, e := range w.gather(s, only, since, read) {
			w.write(e)
		}
	}
	return nil
}

// digits is the width of the highest slot's number.
func digits(s *swarm.Service) int {
	return len(strconv.Itoa(int(max(s.Replicas(), 1))))
}

// logWriter prints lines of several tasks.
type logWriter struct {
	c       *client
	o       *logsOptions
	cluster *swarm.Cluster
	width   int // of the slots' numbers
}

// gather takes what the tasks have logged since the last time, by time. --tail
// counts for each task.
func (w *logWriter) gather(s *swarm.Service, only *swarm.Task, since time.Time, read map[*swarm.Task]int) []entry {
	var all []entry
	for _, t := range s.Tasks() {
		n := t.Node()
		if only != nil && t != only || n == nil || !w.cluster.Answers(n) {
			continue
		}
		ct, err := t.Container()
		if err != nil {
			continue
		}
		lines := slices.DeleteFunc(ct.LogFrom(read[t]), func(l docker.LogLine) bool { return l.Time.Before(since) })
		if tail, err := strconv.Atoi(w.o.tail); err == nil && tail >= 0 && read[t] == 0 {
			lines = lines[max(len(lines)-tail, 0):]
		}
		read[t] = ct.LogEnd()
		for _, l := range lines {
			all = append(all, entry{t, l})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.line.Time.Compare(b.line.Time) })
	return all
}

// write prints one line, with the task and its node before it unless raw.
func (w *logWriter) write(e entry) {
	text := e.line.Text
	if w.o.timestamps {
		text = e.line.Time.UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + text
	}
	if !w.o.raw {
		name := e.task.Name()
		if !w.o.noTaskIDs {
			name += "." + short(e.task.ID, w.o.noTrunc)
		}
		name += "@" + nodeName(w.cluster, e.task, w.o.noResolve)
		pad := max(w.width-len(strconv.Itoa(e.task.Slot)), 0)
		text = name + strings.Repeat(" ", pad) + "    | " + text
	}
	var out machine.Sink = w.c.Stdout
	if e.line.Stderr {
		out = w.c.Stderr
	}
	_, _ = out.Write([]byte(text)) // a reader that went away ends the process by itself
}
