package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"drydock/lessons"
	"drydock/lessons/progress"
)

func progressCommand(sys *system) *cobra.Command {
	var o options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "progress",
		Short: "Show what has been learned",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			store, err := openProgress(&o)
			if err != nil {
				return err
			}
			if asJSON {
				return store.Export(sys.out)
			}
			course, err := o.course()
			if err != nil {
				return err
			}
			return showProgress(sys, course, store)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	o.courseFlags(cmd.PersistentFlags())
	cmd.AddCommand(exportCommand(sys, &o), importCommand(sys, &o), resetCommand(sys, &o))
	return cmd
}

// openProgress reads what is kept. A file that cannot be used is a failure here;
// the game only mentions it.
func openProgress(o *options) (*progress.Store, error) {
	return progress.Open(o.stateDir(), time.Now)
}

func showProgress(sys *system, course *lessons.Course, store *progress.Store) error {
	w := tabwriter.NewWriter(sys.out, 0, 8, 2, ' ', 0)
	stars, finished := 0, 0
	for _, l := range course.Lessons {
		best := store.Best(l.ID)
		word := "not begun"
		if _, under := store.Saved(l.ID); under {
			word = "under way"
		}
		if best.Finished {
			word, finished = "finished", finished+1
		}
		stars += best.Count()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Number, l.Title, starWord(best.Count()), word)
	}
	fmt.Fprintf(w, "\t\t%d of %d\t%d of %d lessons\n", stars, 3*len(course.Lessons), finished, len(course.Lessons))
	return w.Flush()
}

func starWord(n int) string { return strings.Repeat("*", n) + strings.Repeat("-", 3-n) }

func exportCommand(sys *system, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print everything that is kept, to import it elsewhere",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			store, err := openProgress(o)
			if err != nil {
				return err
			}
			return store.Export(sys.out)
		},
	}
}

func importCommand(sys *system, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "import [FILE]",
		Short: "Add what was exported elsewhere; no star is lost",
		Args:  atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			store, err := openProgress(o)
			if err != nil {
				return err
			}
			in := sys.in
			if len(args) > 0 && args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer f.Close()
				in = f
			}
			return store.Import(in)
		},
	}
}

func resetCommand(sys *system, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "reset",
		Short: "Forget everything; the old file is kept beside",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			store, err := openProgress(o)
			if err != nil {
				return err
			}
			aside, err := store.Reset()
			if err != nil {
				return err
			}
			if aside == "" {
				fmt.Fprintln(sys.out, "There was nothing to forget.")
				return nil
			}
			fmt.Fprintln(sys.out, "All progress is forgotten. What there was is in "+aside)
			return nil
		},
	}
}
