package cli

import (
	"strings"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// Systemctl is systemctl as far as the docker service goes: start, stop, restart,
// status, is-active.
func Systemctl(engineOf func(p *machine.Process) *docker.Engine) machine.Main {
	return func(p *machine.Process) int {
		var words []string
		for _, w := range p.Args[1:] {
			if !strings.HasPrefix(w, "-") {
				words = append(words, strings.TrimSuffix(w, ".service"))
			}
		}
		e := engineOf(p)
		switch {
		case len(words) < 2:
			p.Errorf("systemctl: this simulator has it for one service: systemctl start|stop|restart|status|is-active docker\n")
			return 1
		case words[1] != "docker" || e == nil:
			p.Errorf("Unit %s.service could not be found.\n", words[1])
			return 4
		}
		return systemctl(p, e, words[0])
	}
}

func systemctl(p *machine.Process, e *docker.Engine, verb string) int {
	switch verb {
	case "stop":
		e.SetDaemon(false)
	case "start", "restart":
		if verb == "restart" {
			e.SetDaemon(false)
		}
		if e.SetDaemon(true); !e.Up {
			p.Errorf("Job for docker.service failed because the control process exited with error code.\n" +
				"See \"systemctl status docker.service\" and \"journalctl -xeu docker.service\" for details.\n")
			return 1
		}
		e.Ready(p.Proc)
	case "is-active":
		if !e.Up {
			p.Printf("inactive\n")
			return 3
		}
		p.Printf("active\n")
	case "status":
		return systemctlStatus(p, e)
	default:
		p.Errorf("systemctl: 'systemctl %s' is part of systemd, but this simulator does not have it\n", verb)
		return 1
	}
	return 0
}

func systemctlStatus(p *machine.Process, e *docker.Engine) int {
	mark, state := "●", "active (running)"
	if !e.Up {
		mark, state = "○", "inactive (dead)"
	}
	p.Printf("%s docker.service - Docker Application Container Engine\n     Loaded: loaded (/usr/lib/systemd/system/docker.service; enabled; preset: enabled)\n"+
		"     Active: %s\nTriggeredBy: %s docker.socket\n       Docs: https://docs.docker.com\n", mark, state, mark)
	if reason := e.StartError(); !e.Up && reason != "" {
		p.Printf("\ndockerd: unable to configure the Docker daemon with file /etc/docker/daemon.json: %s\n", reason)
	}
	if !e.Up {
		return 3
	}
	return 0
}
