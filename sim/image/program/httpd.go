package program

import "drydock/sim/machine"

// httpd is Apache's server program: it says its version and tests its
// configuration, and serves as its behaviour declares.
func httpd(version string) machine.Main {
	serve := declared("httpd", version)
	return func(p *machine.Process) int {
		for _, a := range p.Args[1:] {
			switch a {
			case "-v", "-V":
				p.Printf("Server version: Apache/%s (Unix)\nServer built:   Nov  4 2026 01:17:52\n", version)
				return 0
			case "-t", "configtest":
				p.Errorf("Syntax OK\n")
				return 0
			case "-M", "-l", "-S", "-k":
				p.Errorf("httpd: 'httpd %s' is part of Apache httpd, but this simulator does not have it\n", a)
				return 1
			}
		}
		return serve(p)
	}
}
