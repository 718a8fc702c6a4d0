package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"drydock/lessons"
	"drydock/sim"
)

//go:embed worlds/*.yaml
var worlds embed.FS // read-only by nature

func sandboxCommand(sys *system) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "sandbox [WORLD]",
		Short: "A world without a lesson: do what you like, break what you like",
		Long:  "A world without a lesson: do what you like, break what you like. WORLD is a file with a world spec, or one of:\n" + worldList(),
		Args:  atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			name := "laptop"
			if len(args) > 0 {
				name = args[0]
			}
			scenario, err := readyMade(name)
			if err != nil {
				return err
			}
			course := sandbox(name, scenario)
			return start(sys, &o, course, course.Lessons[0].ID)
		},
		ValidArgs: worldNames(),
	}
	o.playFlags(cmd.Flags())
	_ = cmd.Flags().MarkHidden("lessons")
	return cmd
}

// worldNames lists the ready-made worlds.
func worldNames() []string {
	files, _ := fs.Glob(worlds, "worlds/*.yaml")
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".yaml")
	}
	return files
}

// worldList says what each ready-made world is: the comment that it begins with.
func worldList() string {
	var list strings.Builder
	for _, name := range worldNames() {
		text, _ := worlds.ReadFile("worlds/" + name + ".yaml")
		first, _, _ := strings.Cut(string(text), "\n")
		fmt.Fprintf(&list, "  %-14s %s\n", name, strings.TrimPrefix(first, "# "))
	}
	return strings.TrimSuffix(list.String(), "\n")
}

// readyMade is the scenario of a ready-made world, or of a file.
func readyMade(name string) (sim.Scenario, error) {
	if text, err := worlds.ReadFile("worlds/" + name + ".yaml"); err == nil {
		spec, err := sim.ParseSpec(name, text)
		return sim.Scenario{Spec: spec}, err
	}
	if _, err := os.Stat(name); err != nil {
		return sim.Scenario{}, usageError{fmt.Errorf("there is no world and no file %q; the worlds are %s", name, strings.Join(worldNames(), ", "))}
	}
	return worldFrom(name)
}

// sandbox is a course of one lesson that asks for nothing.
func sandbox(name string, scenario sim.Scenario) *lessons.Course {
	return &lessons.Course{
		Chapters: []lessons.Chapter{{Title: "Sandbox"}},
		Lessons: []*lessons.Lesson{{
			ID: "sandbox-" + filepath.Base(name), Number: "0.0", Title: "Sandbox", Summary: "A world without a lesson.", Scenario: scenario,
			Steps: []lessons.Step{{
				Title: "The world " + filepath.Base(name), Kind: lessons.Do,
				Prose: "Nothing is asked of you here. Type any command, look at the harbour, break something and see what it does.\n",
				Goals: []lessons.Goal{{Text: "Whatever you like", When: "false"}},
			}},
		}},
	}
}
