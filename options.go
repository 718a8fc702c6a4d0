package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/lessons"
)

// options are the flags that several subcommands share.
type options struct {
	lessons       string
	state         string
	plain         bool
	theme         string
	reducedMotion bool
}

// courseFlags are those of everything that reads lessons and progress.
func (o *options) courseFlags(f *pflag.FlagSet) {
	f.StringVar(&o.lessons, "lessons", "", "the folder of a pack of lessons to use instead of the built-in course")
	f.StringVar(&o.state, "state", "", "the folder that progress is kept in (default "+filepath.Join("$XDG_STATE_HOME", "drydock")+")")
}

// playFlags are those of everything that is played on a screen.
func (o *options) playFlags(f *pflag.FlagSet) {
	o.courseFlags(f)
	f.BoolVar(&o.plain, "plain", false, "line by line instead of a full screen: for screen readers, logs and pipes")
	f.StringVar(&o.theme, "theme", "auto", "colours: auto, dark or light")
	f.BoolVar(&o.reducedMotion, "reduced-motion", false, "mark changes without movement")
}

// check finds what the flag reader cannot.
func (o *options) check() error {
	if !slices.Contains([]string{"auto", "dark", "light"}, o.theme) {
		return usageError{fmt.Errorf("--theme is auto, dark or light, not %q", o.theme)}
	}
	return nil
}

// stateDir is where progress is kept.
func (o *options) stateDir() string {
	if o.state != "" {
		return o.state
	}
	return filepath.Join(xdg.StateHome, "drydock")
}

// course is the outline of the lessons to play. A pack of one's own that has
// errors is refused, with what to run to see all of them.
func (o *options) course() (*lessons.Course, error) {
	if o.lessons == "" {
		return lessons.Builtin()
	}
	files, err := packFiles(o.lessons)
	if err != nil {
		return nil, err
	}
	course, err := lessons.Outline(files)
	if err != nil {
		first, _, more := strings.Cut(err.Error(), "\n")
		if more {
			first += "; and more, see `drydock check " + o.lessons + "`"
		}
		return nil, fmt.Errorf("%s", first)
	}
	return course, nil
}

// packFiles is a folder of lessons.
func packFiles(dir string) (fs.FS, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder; name the one that holds the lessons", dir)
	}
	return os.DirFS(dir), nil
}

// completeLessons offers lessons to the user's own shell.
func (o *options) completeLessons(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	course, err := o.course()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var all []string
	for _, l := range course.Lessons {
		all = append(all, l.ID+"\t"+l.Number+" "+l.Title)
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}
