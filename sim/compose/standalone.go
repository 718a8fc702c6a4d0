package compose

import (
	"strings"

	"drydock/sim/machine"
)

// Standalone is what is left of docker-compose, the program that Compose was
// before it became a plugin of docker: it says how to call it now, and ends as a
// command that is not there.
func Standalone(p *machine.Process) int {
	words := strings.Join(append([]string{"docker", "compose"}, p.Args[1:]...), " ")
	p.Errorf("docker-compose: command not found\nCompose is a plugin of docker now, written with a blank: %s\n", words)
	return 127
}
