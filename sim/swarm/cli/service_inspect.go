package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"drydock/sim/docker/cli"
	"drydock/sim/docker/formatter"
	"drydock/sim/swarm"
)

func newServiceInspect(c *client) *cobra.Command {
	var format string
	var pretty bool
	cmd := &cobra.Command{Use: "inspect [OPTIONS] SERVICE [SERVICE...]", Short: "Display detailed information on one or more services", Args: cli.RequiresMinArgs(1)}
	f := cmd.Flags()
	f.StringVarP(&format, "format", "f", "", cli.InspectFormatHelp())
	f.BoolVar(&pretty, "pretty", false, "Print the information in a human friendly format")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if pretty && format != "" {
			return fmt.Errorf("--format is incompatible with human friendly format")
		}
		find := func(ref string) (*swarm.Cluster, *swarm.Service, error) {
			cluster, err := c.control()
			if err != nil {
				return nil, nil, err
			}
			s, err := cluster.FindService(ref)
			if err != nil {
				text := "no such service: " + ref
				if c.old() {
					text = "Error: " + text
				}
				return nil, nil, fmt.Errorf("%s", text)
			}
			return cluster, s, nil
		}
		if !pretty {
			return c.Inspect(format, args, func(ref string) (any, error) {
				cluster, s, err := find(ref)
				if err != nil {
					return nil, err
				}
				return cluster.InspectService(s), nil
			})
		}
		return each(args, func(ref string) error {
			_, s, err := find(ref)
			if err == nil {
				p := prettyService{c.Stdout, c.Now(), s}
				p.write()
			}
			return err
		})
	}
	return cmd
}

// prettyService is `docker service inspect --pretty` (docker/cli, command/service/formatter.go).
type prettyService struct {
	out io.Writer
	now time.Time
	s   *swarm.Service
}

func (p prettyService) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

func (p prettyService) write() {
	s := &p.s.Spec
	p.line("\nID:\t\t%s\nName:\t\t%s", p.s.ID, s.Name)
	if len(s.Labels) > 0 {
		p.line("Labels:")
		for _, l := range strings.Split(formatter.JoinLabels(s.Labels), ",") {
			p.line(" %s", l)
		}
	}
	p.line("Service Mode:\t%s", modeTitle(p.s.Mode()))
	switch {
	case s.Mode.Replicated != nil:
		p.line(" Replicas:\t%d", p.s.Replicas())
	case s.Mode.ReplicatedJob != nil:
		p.line(" Max Concurrent Jobs:\t%d\n Total Completions:\t%d", *s.Mode.ReplicatedJob.MaxConcurrent, *s.Mode.ReplicatedJob.TotalCompletions)
	}
	p.status()
	p.placement(s.TaskTemplate.Placement)
	p.config("UpdateConfig", "Update", s.UpdateConfig)
	p.config("RollbackConfig", "Rollback", s.RollbackConfig)
	p.container(s.TaskTemplate.ContainerSpec)
	p.resources(s.TaskTemplate.Resources)
	p.networks()
	p.line("Endpoint Mode:\t%s", p.s.Endpoint.Spec.Mode)
	if len(p.s.Endpoint.Ports) > 0 {
		p.line("Ports:")
		for _, port := range p.s.Endpoint.Ports {
			p.line(" PublishedPort = %d\n  Protocol = %s\n  TargetPort = %d\n  PublishMode = %s ", port.PublishedPort, port.Protocol, port.TargetPort, port.PublishMode)
		}
	}
	p.line("")
}

func modeTitle(mode string) string {
	words := strings.Split(mode, " ")
	for i, w := range words {
		words[i] = title(w)
	}
	return strings.Join(words, " ")
}

func (p prettyService) status() {
	u := p.s.UpdateStatus
	if u == nil || u.State == "" {
		return
	}
	ago := func(t *time.Time) string { return strings.ToLower(units.HumanDuration(p.now.Sub(*t))) + " ago" }
	p.line("UpdateStatus:\n State:\t\t%s", u.State)
	if u.StartedAt != nil {
		p.line(" Started:\t%s", ago(u.StartedAt))
	}
	if strings.HasSuffix(u.State, "completed") && u.CompletedAt != nil {
		p.line(" Completed:\t%s", ago(u.CompletedAt))
	}
	p.line(" Message:\t%s", u.Message)
}

func (p prettyService) placement(pl *swarm.Placement) {
	p.line("Placement:")
	if pl == nil {
		return
	}
	if len(pl.Constraints) > 0 {
		p.line(" Constraints:\t[%s]", strings.Join(pl.Constraints, " "))
	}
	if len(pl.Preferences) > 0 {
		var words []string
		for _, pref := range pl.Preferences {
			if pref.Spread != nil {
				words = append(words, "spread="+pref.Spread.SpreadDescriptor)
			}
		}
		p.line(" Preferences:\t[%s]", strings.Join(words, ", "))
	}
	if pl.MaxReplicas > 0 {
		p.line(" Max Replicas Per Node:\t%d", pl.MaxReplicas)
	}
}

func (p prettyService) config(name, word string, u *swarm.UpdateConfig) {
	if u == nil {
		return
	}
	p.line("%s:\n Parallelism:\t%d", name, u.Parallelism)
	if u.Delay > 0 {
		p.line(" Delay:\t\t%s", u.Delay)
	}
	p.line(" On failure:\t%s", u.FailureAction)
	if u.Monitor > 0 {
		p.line(" Monitoring Period: %s", u.Monitor)
	}
	p.line(" Max failure ratio: %g\n %-19s%s", u.MaxFailureRatio, word+" order:", u.Order)
}

func (p prettyService) container(cs *swarm.ContainerSpec) {
	p.line("ContainerSpec:\n Image:\t\t%s", cs.Image)
	list := func(name string, words []string) {
		if len(words) > 0 {
			p.line(" %s\t\t%s ", name, strings.Join(words, " "))
		}
	}
	list("Command:", cs.Command)
	list("Args:", cs.Args)
	list("Env:", cs.Env)
	if cs.Dir != "" {
		p.line(" Dir:\t\t%s", cs.Dir)
	}
	if cs.Init != nil {
		p.line(" Init:\t\t%t", *cs.Init)
	}
	if cs.User != "" {
		p.line(" User:\t\t%s", cs.User)
	}
	if len(cs.Mounts) > 0 {
		p.line("Mounts:")
		for _, m := range cs.Mounts {
			p.line(" Target:\t%s\n  Source:\t%s\n  ReadOnly:\t%t\n  Type:\t\t%s", m.Target, m.Source, m.ReadOnly, m.Type)
		}
	}
	p.files("Configs", cs.Configs)
	p.files("Secrets", cs.Secrets)
}

func (p prettyService) files(name string, refs []*swarm.FileReference) {
	if len(refs) == 0 {
		return
	}
	p.line("%s:", name)
	for _, r := range refs {
		p.line(" Target:\t%s\n  Source:\t%s", r.File.Name, r.SecretName+r.ConfigName)
	}
}

func (p prettyService) resources(r *swarm.Resources) {
	if r == nil {
		return
	}
	some := func(l *swarm.Limit) bool { return l != nil && (l.NanoCPUs != 0 || l.MemoryBytes != 0 || l.Pids != 0) }
	p.line("Resources:")
	for _, part := range []struct {
		name  string
		limit *swarm.Limit
	}{{"Reservations", r.Reservations}, {"Limits", r.Limits}} {
		if !some(part.limit) {
			continue
		}
		p.line(" %s:", part.name)
		if part.limit.NanoCPUs != 0 {
			p.line("  CPU:\t\t%g", float64(part.limit.NanoCPUs)/1e9)
		}
		if part.limit.MemoryBytes != 0 {
			p.line("  Memory:\t%s", units.BytesSize(float64(part.limit.MemoryBytes)))
		}
	}
}

func (p prettyService) networks() {
	nets := p.s.NetworkNames()
	if len(nets) > 0 {
		p.line("Networks: %s ", strings.Join(nets, " "))
	}
}
