package cli

import (
	"fmt"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// StatusError is an error with an exit status of its own; an empty Status prints
// nothing.
type StatusError struct {
	Status     string
	StatusCode int
}

// Error is what is printed.
func (e StatusError) Error() string { return e.Status }

// flagError words what pflag says about a flag.
func flagError(cmd *cobra.Command, err error) error {
	if err == nil {
		return nil
	}
	return StatusError{
		Status:     fmt.Sprintf("%s\n\nUsage:  %s\n\nRun '%s --help' for more information", err, cmd.UseLine(), cmd.CommandPath()),
		StatusCode: 125,
	}
}

// withHelp is how run and create word every error.
func withHelp(err error, command string) string {
	return fmt.Sprintf("docker: %s\n\nRun 'docker %s --help' for more information", err, command)
}

// runError gives an error of `docker run` its exit status: 127 when the program is
// not there, 126 when it cannot be executed, 125 for everything else.
func runError(err error) error {
	text := err.Error()
	status := 125
	switch {
	case strings.Contains(text, "executable file not found") || strings.Contains(text, "no such file or directory"):
		status = 127
	case strings.Contains(text, syscall.EACCES.Error()) || strings.Contains(text, syscall.EISDIR.Error()):
		status = 126
	}
	return StatusError{withHelp(err, "run"), status}
}

// notSimulated is what the simulator says about a real part of docker that it lacks.
func notSimulated(what string) error {
	return StatusError{fmt.Sprintf("docker: '%s' is part of docker, but this simulator does not have it", what), 1}
}
