package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim"
)

// maxScript is how much `drydock shell` reads from a pipe, in bytes.
const maxScript = 1 << 20

func shellCommand(sys *system) *cobra.Command {
	var world, line string
	cmd := &cobra.Command{
		Use:   "shell [-c COMMAND]",
		Short: "Run commands on a fresh simulated machine",
		Long: "Run commands on a fresh simulated machine with Docker: those given with -c, or those on standard input.\n" +
			"The exit status is that of the last command. Nothing is kept.",
		Args: atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			scenario, err := worldFrom(world)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("command") {
				if !sys.piped {
					return interact(sys, scenario)
				}
				if line, err = readScript(sys); err != nil {
					return err
				}
			}
			return execShell(sys, scenario, line)
		},
	}
	cmd.Flags().StringVarP(&line, "command", "c", "", "the command line to run")
	cmd.Flags().StringVar(&world, "world", "", "a world spec (YAML) to start from; the default is one laptop")
	return cmd
}

// worldFrom reads a world spec; without a name it is one laptop with Docker.
func worldFrom(name string) (sim.Scenario, error) {
	var data []byte
	if name != "" {
		var err error
		if data, err = os.ReadFile(name); err != nil {
			return sim.Scenario{}, err
		}
	}
	spec, err := sim.ParseSpec(name, data)
	if err != nil {
		err = errors.New(oneLine(err.Error()))
	}
	return sim.Scenario{Spec: spec}, err
}

// oneLine joins the lines of the YAML reader's errors and takes Go out of them.
func oneLine(text string) string {
	text = regexp.MustCompile(`unmarshal errors:\s*`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`field (\S+) not found in type \S+`).ReplaceAllString(text, `there is no key "$1"`)
	return regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(strings.TrimSpace(text), "; ")
}

func readScript(sys *system) (string, error) {
	data, err := io.ReadAll(io.LimitReader(sys.in, maxScript+1))
	if err == nil && len(data) > maxScript {
		err = fmt.Errorf("standard input: a script may have at most %d bytes", maxScript)
	}
	return string(data), err
}

// execShell runs a script in a world of its own.
func execShell(sys *system, scenario sim.Scenario, script string) error {
	session, err := sim.Open(scenario)
	if err != nil {
		return err
	}
	defer session.Close()
	result := session.Exec(scenario.Spec.Machines[0].Name, script)
	for _, c := range result.Chunks {
		if c.Stderr {
			fmt.Fprint(sys.err, c.Text)
		} else {
			fmt.Fprint(sys.out, c.Text)
		}
	}
	if result.TimedOut {
		return fmt.Errorf("the command had not ended after %s of simulated time", sim.ExecLimit)
	}
	if result.Status != 0 {
		return exitStatus(result.Status)
	}
	return nil
}
