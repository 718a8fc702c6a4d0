package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"drydock/sim/replay"
)

func replayCommand(sys *system) *cobra.Command {
	return &cobra.Command{
		Use:   "replay [FILE]",
		Short: "Re-enact a recording of real tools in the simulator",
		Long: "Re-enact a recording of real tools in the simulator and print the same form with the simulator's outputs.\n" +
			"Without FILE, or with -, the recording is read from standard input.",
		Args: atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "-" {
				return replayFrom("standard input", sys.in, sys.out)
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			return replayFrom(args[0], f, sys.out)
		},
	}
}

func replayFrom(name string, r io.Reader, w io.Writer) error { return replay.Run(name, r, w) }
