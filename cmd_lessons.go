package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"drydock/lessons"
)

// lessonEntry is a lesson in the list that other programs read.
type lessonEntry struct {
	Number  string   `json:"number"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Chapter int      `json:"chapter"`
	Covers  []string `json:"covers"`
	Minutes int      `json:"minutes"`
	Steps   int      `json:"steps"`
}

func lessonsCommand(sys *system) *cobra.Command {
	var o options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lessons",
		Short: "List the lessons",
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			course, err := o.course()
			if err != nil {
				return err
			}
			if asJSON {
				return listJSON(sys, course)
			}
			return list(sys, course)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	o.courseFlags(cmd.Flags())
	return cmd
}

func list(sys *system, course *lessons.Course) error {
	w := tabwriter.NewWriter(sys.out, 0, 8, 2, ' ', 0)
	chapter := -1
	for _, l := range course.Lessons {
		if l.Chapter != chapter {
			chapter = l.Chapter
			fmt.Fprintf(w, "%d\t%s\n", chapter, chapterTitle(course, chapter))
		}
		fmt.Fprintf(w, "  %s\t%s\t%d min\t%s\n", l.Number, l.Title, l.Minutes, l.ID)
	}
	return w.Flush()
}

func chapterTitle(course *lessons.Course, number int) string {
	for _, c := range course.Chapters {
		if c.Number == number {
			return c.Title
		}
	}
	return ""
}

func listJSON(sys *system, course *lessons.Course) error {
	all := []lessonEntry{}
	for _, l := range course.Lessons {
		if err := l.Open(); err != nil {
			return err
		}
		covers := append([]string{}, l.Covers...) // an array, also when it is empty
		all = append(all, lessonEntry{l.Number, l.ID, l.Title, l.Chapter, covers, l.Minutes, len(l.Steps)})
	}
	return printJSON(sys, all)
}

func printJSON(sys *system, v any) error {
	enc := json.NewEncoder(sys.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
