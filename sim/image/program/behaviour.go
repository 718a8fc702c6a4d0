package program

import "drydock/sim/machine"

func declared(name, version string) machine.Main { return nil }

func declaredNames() []string { return nil }
