package main

import (
	"io/fs"
	"runtime/debug"

	"github.com/spf13/cobra"

	"drydock/lessons"
)

func checkCommand(sys *system) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [DIR [LESSON...]]",
		Short: "Prove lessons: the built-in course, or a pack of your own",
		Long: "Prove lessons: that they can be read, that every step can be solved and only by what its goals ask for,\n" +
			"and that every hint, action and answer is in order. Without DIR it is the built-in course.\n" +
			"The exit status is 1 when there are errors.",
		RunE: func(_ *cobra.Command, args []string) error {
			files, only := lessons.Files(), []string(nil)
			if len(args) > 0 {
				dir, err := packFiles(args[0])
				if err != nil {
					return err
				}
				files, only = dir, args[1:]
			}
			return check(sys, files, only, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func check(sys *system, files fs.FS, only []string, asJSON bool) error {
	course, err := lessons.Load(files)
	if course == nil {
		return err
	}
	for _, name := range only {
		if course.Lesson(name) == nil {
			return usageError{noLesson(name)}
		}
	}
	defer collectRarely()()
	report := lessons.Check(course, lessons.Options{Only: only})
	if asJSON {
		err = report.JSON(sys.out)
	} else {
		report.Print(sys.out)
		err = nil
	}
	if err == nil && !report.OK() {
		return exitStatus(exitFailure)
	}
	return err
}

// collectRarely makes garbage collections rarer until what it returns is called. A
// lesson's worlds are small, and proofs and undo make and drop many of them: it takes a
// quarter off an undo and costs some tens of megabytes, some hundred for a proof.
func collectRarely() (undo func()) {
	before := debug.SetGCPercent(400)
	return func() { debug.SetGCPercent(before) }
}
