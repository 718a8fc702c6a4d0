package compose

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/clock"
	"drydock/sim/docker"
)

type logsOptions struct {
	follow, noColour, noPrefix, timestamps bool
	index                                  int
	since, until, tail                     string
}

func newLogs(b *backend) *cobra.Command {
	o := &logsOptions{}
	cmd := &cobra.Command{
		Use: "logs [OPTIONS] [SERVICE...]", Short: "View output from containers",
		PreRunE: func(_ *cobra.Command, args []string) error {
			if o.index > 0 && len(args) != 1 {
				return errors.New("--index requires one service to be selected")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, services []string) error { return b.logs(o, services) },
	}
	f := cmd.Flags()
	f.BoolVarP(&o.follow, "follow", "f", false, "Follow log output")
	f.IntVar(&o.index, "index", 0, "index of the container if service has multiple replicas")
	f.BoolVar(&o.noColour, "no-color", false, "Produce monochrome output")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "Don't print prefix in logs")
	f.StringVar(&o.since, "since", "", "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
	f.StringVarP(&o.tail, "tail", "n", "all", "Number of lines to show from the end of the logs for each container")
	f.BoolVarP(&o.timestamps, "timestamps", "t", false, "Show timestamps")
	f.StringVar(&o.until, "until", "", "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)")
	return cmd
}

func (b *backend) logs(o *logsOptions, services []string) error {
	pr, name, err := b.projectOrName(services...)
	if err != nil {
		return err
	}
	if pr != nil && len(services) == 0 {
		for _, s := range sortedServices(pr) {
			if attach := pr.Services[s].Attach; attach == nil || *attach {
				services = append(services, s)
			}
		}
	}
	list := b.containers(name, withoutOneOff, true, services...)
	if o.index > 0 {
		c, err := b.oneOf(name, services[0], o.index, withoutOneOff, true)
		if err != nil {
			return err
		}
		list = []*docker.Container{c}
	}
	l := &logReader{b: b, o: o, printer: b.newPrinter(!o.noColour, !o.noPrefix, false), project: name, services: services}
	if l.since, err = moment(o.since, b.Now()); err != nil {
		return err
	}
	if l.until, err = moment(o.until, b.Now()); err != nil {
		return err
	}
	byName(list)
	for _, c := range list {
		l.printer.register(b.shortName(c))
	}
	for _, c := range list {
		l.print(c)
	}
	if o.follow {
		l.followAll(list)
	}
	return nil
}

// logReader prints the logs of containers.
type logReader struct {
	b            *backend
	o            *logsOptions
	printer      *printer
	project      string
	services     []string
	since, until time.Time
}

// print prints what a container has logged so far.
func (l *logReader) print(c *docker.Container) {
	var wanted []docker.LogLine
	for _, line := range c.Log {
		if l.wanted(line) {
			wanted = append(wanted, line)
		}
	}
	if n, err := strconv.Atoi(l.o.tail); err == nil && n >= 0 && n < len(wanted) {
		wanted = wanted[len(wanted)-n:]
	}
	for _, line := range wanted {
		l.line(c, line)
	}
}

func (l *logReader) wanted(line docker.LogLine) bool {
	return (l.since.IsZero() || !line.Time.Before(l.since)) && (l.until.IsZero() || !line.Time.After(l.until))
}

func (l *logReader) line(c *docker.Container, line docker.LogLine) {
	text := strings.TrimSuffix(line.Text, "\n")
	if l.o.timestamps {
		text = stamp(line.Time) + " " + text
	}
	l.printer.line(l.b.Stdout, l.b.shortName(c), text)
}

// followAll prints what comes, also from containers that start later, until all
// have ended.
func (l *logReader) followAll(list []*docker.Container) {
	g := newGroup(l.b.Proc)
	next := map[*docker.Container]int{}
	following := map[*docker.Container]bool{}
	for _, c := range list {
		next[c] = c.LogEnd()
	}
	g.do("new containers", func(p *clock.Proc) error {
		for {
			active := false
			for _, c := range slices.Backward(l.b.containers(l.project, withoutOneOff, true, l.services...)) {
				alive := c.Running() || c.State.Status == "restarting"
				active = active || alive
				if alive && !following[c] {
					following[c] = true
					g.do("logs of "+c.Name, func(p *clock.Proc) error {
						next[c] = l.follow(p, c, next[c])
						following[c] = false
						return nil
					})
				}
			}
			if !active {
				return nil
			}
			p.Wait(l.b.Engine.Happened())
		}
	})
	_ = g.wait() // its tasks do not fail
}

// follow prints a container's lines from a number on until its run ends, and
// returns the number of the next.
func (l *logReader) follow(p *clock.Proc, c *docker.Container, next int) int {
	runs := c.Runs()
	for {
		for _, line := range c.LogFrom(next) {
			if l.wanted(line) {
				l.line(c, line)
			}
		}
		next = c.LogEnd()
		if c.Runs() > runs {
			runs = c.Runs()
			l.printer.status(l.b.shortName(c), fmt.Sprintf("exited with code %d", c.State.ExitCode))
		}
		if !c.Running() && c.State.Status != "restarting" {
			return next
		}
		p.Wait(c.Logged())
	}
}

// moment reads --since and --until: a time, seconds since 1970, or how long ago.
func moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(n, 0), nil
	}
	return time.Time{}, fmt.Errorf("Error response from daemon: invalid value for \"since\": failed to parse value as time or duration: %q", text)
}
