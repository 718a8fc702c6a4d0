package cli

import (
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// Complete offers words for the one at the cursor of a docker command line; args
// are the words before it, without "docker".
func Complete(e *docker.Engine, args []string, word string) []machine.Completion { return nil }
