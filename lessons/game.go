package lessons

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"drydock/sim"
)

// gameLine is a line that is for the game and not for the simulated shell. It
// begins with @, so that solutions, actions and answers can let time pass, take
// something back or break something:
//
//	@wait 30s     @settle     @undo     @redo     @hint     @interrupt     @eof
//	@switch MACHINE           @write PATH (its content in the lines below)
//	@power off node-3         (or any other fault)
type gameLine struct {
	verb  string
	arg   string
	wait  time.Duration
	input sim.Input
}

// parseGame reads a game line; nil for a line of the shell.
func parseGame(line string) (*gameLine, error) {
	rest, ok := strings.CutPrefix(line, "@")
	if !ok {
		return nil, nil
	}
	first, below, _ := strings.Cut(rest, "\n")
	verb, arg, _ := strings.Cut(strings.TrimSpace(first), " ")
	g := &gameLine{verb: verb, arg: strings.TrimSpace(arg)}
	var err error
	switch verb {
	case "settle", "undo", "redo", "hint":
	case "wait":
		if g.wait, err = time.ParseDuration(g.arg); err != nil || g.wait <= 0 || g.wait > maxStable {
			return nil, fmt.Errorf("%q: write how long to wait, for example @wait 30s", first)
		}
	case "interrupt":
		g.input = sim.Input{Kind: sim.InputInterrupt}
	case "eof":
		g.input = sim.Input{Kind: sim.InputEOF}
	case "switch":
		g.input = sim.Input{Kind: sim.InputSwitch, Machine: g.arg}
	case "write":
		g.input = sim.Input{Kind: sim.InputEdit, Path: g.arg, Text: below}
	default:
		if _, err := sim.ParseFault(rest); err != nil {
			return nil, fmt.Errorf("%q is neither a line of the game (%s) nor a fault (%s)", "@"+first,
				"@wait 30s, @settle, @undo, @redo, @hint, @interrupt, @eof, @switch MACHINE, @write PATH", strings.Join(sim.FaultNames(), ", "))
		}
		g.input = sim.Input{Kind: sim.InputFault, Text: rest}
	}
	if g.arg == "" && slices.Contains([]string{"switch", "write"}, verb) {
		return nil, fmt.Errorf("%q needs a name after it", "@"+first)
	}
	return g, nil
}
