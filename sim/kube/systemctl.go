package kube

import (
	"strings"

	"drydock/sim/machine"
)

// Systemctl is systemctl on machines that are nodes, for the services kubelet and
// containerd: start, stop, restart, status, is-active. All else is for other.
func (c *Cluster) Systemctl(other machine.Main) machine.Main {
	return func(p *machine.Process) int {
		var words []string
		for _, w := range p.Args[1:] {
			if !strings.HasPrefix(w, "-") {
				words = append(words, strings.TrimSuffix(w, ".service"))
			}
		}
		if len(words) != 2 || words[1] != kubeletProgram && words[1] != containerd || c.pool.Node(p.Machine.Name) == nil {
			return other(p)
		}
		return c.service(p, words[0], words[1])
	}
}

func (c *Cluster) service(p *machine.Process, verb, unit string) int {
	k := c.pool.Node(p.Machine.Name)
	runs := !k.Component().Stopped()
	if unit == containerd {
		runs = k.RuntimeRuns()
	}
	switch verb {
	case "stop", "start":
		c.setOnNode(unit, p.Machine.Name, verb == "start")
		return 0
	case "restart":
		c.setOnNode(unit, p.Machine.Name, false)
		c.setOnNode(unit, p.Machine.Name, true)
		return 0
	case "is-active", "status":
		word, mark, status := "active", "● ", 0
		if !runs {
			word, mark, status = "inactive", "○ ", 3
		}
		if verb == "is-active" {
			p.Printf("%s\n", word)
			return status
		}
		about := map[string]string{kubeletProgram: "kubelet: The Kubernetes Node Agent", containerd: "containerd container runtime"}[unit]
		state := map[bool]string{true: "active (running)", false: "inactive (dead)"}[runs]
		p.Printf("%s%s.service - %s\n     Loaded: loaded (/usr/lib/systemd/system/%s.service; enabled; preset: enabled)\n     Active: %s\n", mark, unit, about, unit, state)
		return status
	}
	p.Errorf("systemctl: 'systemctl %s' is part of systemd, but this simulator does not have it\n", verb)
	return 1
}
