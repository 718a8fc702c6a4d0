package build

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"

	"drydock/sim/image"
)

// cloneConfig copies a configuration that is about to be changed.
func cloneConfig(c image.Config) image.Config {
	c.ExposedPorts, c.Env, c.Volumes = slices.Clone(c.ExposedPorts), slices.Clone(c.Env), slices.Clone(c.Volumes)
	c.Entrypoint, c.Cmd, c.Shell = slices.Clone(c.Entrypoint), slices.Clone(c.Cmd), slices.Clone(c.Shell)
	c.Labels = maps.Clone(c.Labels)
	return c
}

func (d *dispatcher) setEnv(c *instructions.EnvCommand) {
	lintLegacy(c, c.Env, d.lint)
	text := "ENV"
	for _, pair := range c.Env {
		lintSecret("ENV", pair.Key, c.Location(), d.lint)
		text += " " + pair.String()
		d.env.Set(pair.Key, pair.Value)
		d.config.Env = withVariable(d.config.Env, pair.Key, pair.Value)
	}
	d.note(text)
}

func withVariable(env []string, key, value string) []string {
	for i, v := range env {
		if name, _, _ := strings.Cut(v, "="); name == key {
			env[i] = key + "=" + value
			return env
		}
	}
	return append(env, key+"="+value)
}

// declare is ARG: a variable for the build only, though its value stays readable
// in the history of the image.
func (d *dispatcher) declare(c *instructions.ArgCommand) error {
	texts := make([]string, 0, len(c.Args))
	for _, arg := range c.Args {
		lintSecret("ARG", arg.Key, c.Location(), d.lint)
		if given, ok := d.build.req.Args[arg.Key]; ok {
			arg.Value = &given
		} else if arg.Value != nil {
			value, err := d.word(c, d.build.plan.lex, *arg.Value)
			if err != nil {
				return err
			}
			arg.Value = &value
		} else if global, ok := d.build.plan.globals.Get(arg.Key); ok {
			arg.Value = &global
		}
		text := arg.Key
		if arg.Value != nil {
			d.env.Set(arg.Key, *arg.Value)
			text += "=" + *arg.Value
		}
		d.args = append(d.args, arg)
		texts = append(texts, text)
	}
	d.note("ARG " + strings.Join(texts, " "))
	return nil
}

func (d *dispatcher) label(c *instructions.LabelCommand) {
	lintLegacy(c, c.Labels, d.lint)
	if d.config.Labels == nil {
		d.config.Labels = map[string]string{}
	}
	text := "LABEL"
	for _, pair := range c.Labels {
		d.config.Labels[pair.Key] = pair.Value
		text += " " + pair.String()
	}
	d.note(text)
}

func (d *dispatcher) volume(c *instructions.VolumeCommand) error {
	for _, v := range c.Volumes {
		if v == "" {
			return errors.New("VOLUME specified can not be an empty string")
		}
		if !slices.Contains(d.config.Volumes, v) {
			d.config.Volumes = append(d.config.Volumes, v)
		}
	}
	slices.Sort(d.config.Volumes)
	d.note(fmt.Sprintf("VOLUME %v", c.Volumes))
	return nil
}

// program is CMD, ENTRYPOINT and HEALTHCHECK.
func (d *dispatcher) program(c instructions.Command) {
	switch c := c.(type) {
	case *instructions.CmdCommand:
		d.cmd.mark(c, d.lint)
		d.config.Cmd = d.commandLine(c, c.ShellDependantCmdLine)
		d.config.ArgsEscaped = true
		d.note(fmt.Sprintf("CMD %q", d.config.Cmd))
	case *instructions.EntrypointCommand:
		d.entrypoint.mark(c, d.lint)
		d.config.Entrypoint = d.commandLine(c, c.ShellDependantCmdLine)
		if !d.cmd.set {
			d.config.Cmd = nil
		}
		d.note(fmt.Sprintf("ENTRYPOINT %q", d.config.Entrypoint))
	case *instructions.HealthCheckCommand:
		d.health.mark(c, d.lint)
		h := c.Health
		d.config.Healthcheck = &image.Healthcheck{
			Test: h.Test, Interval: h.Interval, Timeout: h.Timeout, StartPeriod: h.StartPeriod, StartInterval: h.StartInterval, Retries: h.Retries,
		}
		d.note(fmt.Sprintf("HEALTHCHECK %+v", *h))
	}
}

func (d *dispatcher) commandLine(c instructions.Command, line instructions.ShellDependantCmdLine) []string {
	if !line.PrependShell {
		return line.CmdLine
	}
	lintShellForm(c, d.config.Shell, d.lint)
	return d.withShell(line.CmdLine)
}

func (d *dispatcher) withShell(args []string) []string {
	shell := d.config.Shell
	if len(shell) == 0 {
		shell = []string{"/bin/sh", "-c"}
	}
	return append(slices.Clone(shell), strings.Join(args, " "))
}

func (d *dispatcher) expose(c *instructions.ExposeCommand) error {
	var ports []string
	for _, word := range c.Ports {
		words, err := d.build.plan.lex.ProcessWords(word, d.getter())
		if err != nil {
			return err
		}
		for _, w := range words {
			more, err := d.parsePort(c, w)
			if err != nil {
				return err
			}
			ports = append(ports, more...)
		}
	}
	d.config.ExposedPorts = append(d.config.ExposedPorts, ports...)
	slices.Sort(d.config.ExposedPorts)
	d.config.ExposedPorts = slices.Compact(d.config.ExposedPorts)
	d.note(fmt.Sprintf("EXPOSE %v", ports))
	return nil
}

// parsePort reads "80", "53/udp", "8000-8010/tcp"; a host port in front is
// allowed, useless, and linted.
func (d *dispatcher) parsePort(c *instructions.ExposeCommand, raw string) ([]string, error) {
	parts := strings.Split(raw, ":")
	ports, proto, _ := strings.Cut(parts[len(parts)-1], "/")
	if ports == "" {
		return nil, fmt.Errorf("invalid port: %q: no port specified", raw)
	}
	switch strings.ToLower(proto) {
	case "":
		proto = "tcp"
	case "tcp", "udp", "sctp":
	default:
		return nil, fmt.Errorf("invalid port: %q: invalid proto: %s", raw, proto)
	}
	if proto != strings.ToLower(proto) {
		d.lint.Run(&linter.RuleExposeProtoCasing, c.Location(), linter.RuleExposeProtoCasing.Format(raw))
	}
	if len(parts) > 1 {
		d.lint.Run(&linter.RuleExposeInvalidFormat, c.Location(), linter.RuleExposeInvalidFormat.Format(raw))
		if host := strings.Join(parts[:max(len(parts)-2, 0)], ":"); host != "" {
			if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err != nil {
				return nil, fmt.Errorf("invalid IP address: %s", host)
			}
		}
		if _, _, ok := portRange(parts[len(parts)-2]); parts[len(parts)-2] != "" && !ok {
			return nil, fmt.Errorf("invalid hostPort: %s", parts[len(parts)-2])
		}
	}
	first, last, ok := portRange(ports)
	if !ok {
		return nil, fmt.Errorf("invalid containerPort: %s", ports)
	}
	var all []string
	for n := first; n <= last; n++ {
		all = append(all, strconv.Itoa(n)+"/"+strings.ToLower(proto))
	}
	return all, nil
}

func portRange(text string) (first, last int, ok bool) {
	from, to, isRange := strings.Cut(text, "-")
	first, err := strconv.Atoi(from)
	last = first
	if err == nil && isRange {
		last, err = strconv.Atoi(to)
	}
	return first, last, err == nil && first >= 0 && first <= last && last <= 65535
}
