package kubectl

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// plugin is kubectl plugin: the programs kubectl-NAME of the PATH.
func (f *factory) plugin() *cobra.Command {
	cmd := &cobra.Command{Use: "plugin"}
	namesOnly := false
	list := &cobra.Command{Use: "list", RunE: func(*cobra.Command, []string) error {
		found := f.plugins()
		if len(found) == 0 {
			return errors.New("unable to find any kubectl plugins in your PATH")
		}
		f.p.Printf("The following compatible plugins are available:\n\n")
		for _, file := range found {
			if namesOnly {
				file = path.Base(file)
			}
			f.p.Printf("%s\n", file)
		}
		return nil
	}}
	list.Flags().BoolVar(&namesOnly, "name-only", false, "If true, display only the binary name of each plugin, rather than its full path")
	cmd.AddCommand(list)
	return cmd
}

func (f *factory) plugins() []string {
	var found []string
	for _, dir := range strings.Split(f.p.Env.Get("PATH"), ":") {
		entries, err := f.p.FS.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name, "kubectl-") && !e.Node.IsDir() {
				found = append(found, path.Join(dir, e.Name))
			}
		}
	}
	return found
}

// completion is kubectl completion: the game's prompt completes kubectl by itself.
func (f *factory) completion() *cobra.Command {
	return &cobra.Command{Use: "completion SHELL", RunE: func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return helpError(cmd.CommandPath(), "Shell not specified.")
		case len(args) > 1:
			return helpError(cmd.CommandPath(), "Too many arguments. Expected only the shell type.")
		case !slices.Contains([]string{"bash", "zsh", "fish", "powershell"}, args[0]):
			return helpError(cmd.CommandPath(), fmt.Sprintf("Unsupported shell type %q.", args[0]))
		}
		f.p.Errorf("kubectl: 'kubectl completion %s' is part of kubectl, but this simulator does not have it\n", args[0])
		return exitStatus(1)
	}}
}
