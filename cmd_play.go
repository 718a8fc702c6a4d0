package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"drydock/lessons"
	"drydock/lessons/progress"
	"drydock/tui"
	"drydock/tui/plain"
)

func playCommand(sys *system) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "play [LESSON]",
		Short: "Play; this is what drydock does without a command",
		Args:  atMost(1),
		RunE:  func(_ *cobra.Command, args []string) error { return play(sys, &o, args) },
	}
	cmd.ValidArgsFunction = o.completeLessons
	o.playFlags(cmd.Flags())
	return cmd
}

// play runs the game, from a lesson if one is named.
func play(sys *system, o *options, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	course, err := o.course()
	if err != nil {
		return err
	}
	first := ""
	if len(args) > 0 {
		lesson := course.Lesson(args[0])
		if lesson == nil {
			return usageError{noLesson(args[0])}
		}
		first = lesson.ID
	}
	return start(sys, o, course, first)
}

// start plays a course, from the lesson with that id if one is given.
func start(sys *system, o *options, course *lessons.Course, first string) error {
	defer collectRarely()()
	store, err := openProgress(o)
	if err != nil {
		fmt.Fprintf(sys.err, "drydock: %s: %v\n", o.stateDir(), err)
	}
	if sys.plain(o) {
		return plain.Run(plain.Options{Course: course, Progress: store, Start: first, In: sys.in, Out: sys.out, Echo: sys.piped})
	}
	return screen(sys, o, course, store, first)
}

// noLesson is the error for a name that is neither a lesson nor a command.
func noLesson(name string) error {
	return fmt.Errorf("there is no lesson (and no command) %q; `drydock lessons` lists them", name)
}

// screen runs the full-screen program.
func screen(sys *system, o *options, course *lessons.Course, store *progress.Store, first string) error {
	theme := o.theme
	if theme == "auto" {
		theme = ""
	}
	noColor := sys.getenv("NO_COLOR") != ""
	model := tui.New(tui.Options{
		Course: course, Progress: store, Theme: theme, NoColor: noColor, ReducedMotion: o.reducedMotion, Start: first,
	})
	settings := []tea.ProgramOption{tea.WithInput(sys.in), tea.WithOutput(sys.out), tea.WithFilter(model.Filter)}
	if noColor {
		settings = append(settings, tea.WithColorProfile(colorprofile.ASCII))
	}
	err := runProgram(tea.NewProgram(model, settings...), o)
	return errors.Join(err, store.Write())
}

// runProgram runs a program to its end. A terminal that goes away ends it like a
// quit, and a crash leaves the terminal usable and says where the progress is.
func runProgram(p *tea.Program, o *options) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer func() { signal.Stop(hangup); close(hangup) }()
	go func() {
		if _, ok := <-hangup; ok {
			p.Quit()
		}
	}()
	_, err := p.Run()
	switch {
	case errors.Is(err, tea.ErrInterrupted):
		return nil
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("drydock has crashed, which is its fault; your progress is kept in %s", o.stateDir())
	}
	return err
}

// plain reports that the game goes line by line: when asked for, for screen
// readers, and where there is no screen to draw on.
func (s *system) plain(o *options) bool {
	return o.plain || !s.terminal || s.getenv("ACCESSIBLE") == "1" || s.getenv("TERM") == "dumb"
}
