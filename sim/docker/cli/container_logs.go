package cli

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

type logsOptions struct {
	details, follow, timestamps bool
	since, until, tail          string
}

func newLogs(c *Client) *cobra.Command {
	o := &logsOptions{}
	cmd := &cobra.Command{
		Use: "logs [OPTIONS] CONTAINER", Short: "Fetch the logs of a container", Args: exactArgs(1),
		Annotations: map[string]string{"aliases": "docker container logs, docker logs"},
		RunE:        func(_ *cobra.Command, args []string) error { return c.logs(o, args[0]) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.details, "details", false, "Show extra details provided to logs")
	f.BoolVarP(&o.follow, "follow", "f", false, "Follow log output")
	f.StringVar(&o.since, "since", "", `Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)`)
	f.StringVarP(&o.tail, "tail", "n", "all", "Number of lines to show from the end of the logs")
	f.BoolVarP(&o.timestamps, "timestamps", "t", false, "Show timestamps")
	f.StringVar(&o.until, "until", "", `Show logs before a timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)`)
	return cmd
}

func (c *Client) logs(o *logsOptions, name string) error {
	ct, err := c.Engine.Container(name)
	if err != nil {
		return c.daemon(err)
	}
	if ct.Host.LogDriver == "none" {
		return c.daemon(fmt.Errorf("configured logging driver does not support reading"))
	}
	since, err := c.logTime("since", o.since)
	if err != nil {
		return err
	}
	until, err := c.logTime("until", o.until)
	if err != nil {
		return err
	}
	wanted := func(l docker.LogLine) bool {
		return (since.IsZero() || !l.Time.Before(since)) && (until.IsZero() || !l.Time.After(until))
	}
	var lines []docker.LogLine
	for _, l := range ct.Log {
		if wanted(l) {
			lines = append(lines, l)
		}
	}
	if n, err := strconv.Atoi(o.tail); err == nil && n >= 0 && n < len(lines) {
		lines = lines[len(lines)-n:]
	}
	for _, l := range lines {
		c.writeLog(o, ct, l)
	}
	if o.follow {
		c.follow(o, ct, wanted)
	}
	return nil
}

// logTime reads --since and --until.
func (c *Client) logTime(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, ok := moment(text, c.Now())
	if !ok {
		return t, fmt.Errorf("invalid value for %q: failed to parse value as time or duration: %q", flag, text)
	}
	return t, nil
}

func (c *Client) writeLog(o *logsOptions, ct *docker.Container, l docker.LogLine) {
	text := l.Text
	if o.timestamps {
		text = l.Time.UTC().Format("2006-01-02T15:04:05.000000000Z") + " " + text
	}
	var out machine.Sink = c.Stdout
	if l.Stderr && !ct.Host.TTY {
		out = c.Stderr
	}
	_, _ = out.Write([]byte(text)) // a reader that went away ends the process by itself
}

// follow prints what comes until the container's run ends.
func (c *Client) follow(o *logsOptions, ct *docker.Container, wanted func(docker.LogLine) bool) {
	next := ct.LogEnd()
	for {
		for _, l := range ct.LogFrom(next) {
			if wanted(l) {
				c.writeLog(o, ct, l)
			}
		}
		next = ct.LogEnd()
		if !ct.Running() && ct.State.Status != "restarting" {
			return
		}
		c.Wait(ct.Logged())
	}
}
