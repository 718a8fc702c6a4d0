package compose

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/compose/project"
	"drydock/sim/docker/cli"
	"drydock/sim/machine"
)

// complete offers words for the one at the cursor, from the same tree that runs
// the commands. args are the words after "compose".
func complete(c *cli.Client, args []string, word string) []machine.Completion {
	c.Stdin, c.Stdout, c.Stderr = machine.NewInput(c.Process, machine.NoInput{}), machine.NewOutput(c.Process, machine.Discard()), machine.NewOutput(c.Process, machine.Discard())
	b := &backend{Client: c, report: silent{}}
	root := newRoot(b)
	at, _, _ := root.Find([]string{"compose"})
	var value *pflag.Flag
	operands := 0
	for i, a := range args {
		switch {
		case value != nil:
			b.remember(value.Name, a)
			value = nil
		case strings.HasPrefix(a, "-") && a != "-":
			value = flagWithValue(at, a)
		default:
			if sub := child(at, a); sub != nil && operands == 0 {
				at = sub
				continue
			}
			operands += min(1, len(args[i]))
		}
	}
	return slices.DeleteFunc(b.candidates(at, value, word, operands), func(m machine.Completion) bool { return !strings.HasPrefix(m.Text, word) })
}

// remember keeps the flags that say which project is meant.
func (b *backend) remember(flag, value string) {
	switch flag {
	case "file":
		b.files = append(b.files, value)
	case "project-name":
		b.name = value
	case "project-directory":
		b.dir = value
	case "profile":
		b.profiles = append(b.profiles, value)
	}
}

func child(cmd *cobra.Command, name string) *cobra.Command {
	for _, sub := range cmd.Commands() {
		if sub.Name() == name {
			return sub
		}
	}
	return nil
}

func flagWithValue(cmd *cobra.Command, word string) *pflag.Flag {
	if strings.Contains(word, "=") {
		return nil
	}
	var f *pflag.Flag
	if name, ok := strings.CutPrefix(word, "--"); ok {
		f = cmd.Flags().Lookup(name)
	} else {
		f = cmd.Flags().ShorthandLookup(word[len(word)-1:])
	}
	if f == nil || f.NoOptDefVal != "" {
		return nil
	}
	return f
}

func (b *backend) candidates(at *cobra.Command, value *pflag.Flag, word string, operands int) []machine.Completion {
	var list []machine.Completion
	switch {
	case value != nil:
		return b.flagValues(value.Name)
	case strings.HasPrefix(word, "-"):
		at.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Annotations[absentKey] == nil {
				help, _, _ := strings.Cut(f.Usage, "\n")
				list = append(list, machine.Completion{Text: "--" + f.Name, Help: help})
			}
		})
		return append(list, machine.Completion{Text: "--help", Help: "Print usage"})
	case at.HasSubCommands():
		for _, sub := range at.Commands() {
			if sub.IsAvailableCommand() {
				list = append(list, machine.Completion{Text: sub.Name(), Help: sub.Short})
			}
		}
		return list
	case operands > 0 && (at.Name() == "exec" || at.Name() == "run"):
		return nil
	}
	return b.serviceNames(at.Name() == "scale")
}

// serviceNames are those of the project, with what they run.
func (b *backend) serviceNames(scale bool) []machine.Completion {
	o := b.projectOptions(nil)
	o.Warn = nil
	pr, err := project.Load(b.Process, o)
	if err != nil {
		return nil
	}
	var list []machine.Completion
	for _, name := range sortedKeys(pr.AllServices()) {
		text := name
		if scale {
			text += "="
		}
		list = append(list, machine.Completion{Text: text, Help: b.imageName(pr.AllServices()[name], pr.Name)})
	}
	return list
}

func (b *backend) flagValues(flag string) []machine.Completion {
	var words []string
	switch flag {
	case "project-name":
		for _, s := range b.stacks(true) {
			words = append(words, s.Name)
		}
	case "progress":
		words = []string{"auto", "tty", "plain", "json", "quiet"}
	case "ansi":
		words = []string{"never", "always", "auto"}
	case "pull":
		words = []string{"always", "missing", "never"}
	case "rmi":
		words = []string{"local", "all"}
	case "scale":
		return b.serviceNames(true)
	case "exit-code-from", "attach", "no-attach":
		return b.serviceNames(false)
	case "profile":
		o := b.projectOptions(nil)
		o.Warn = nil
		if pr, err := project.Load(b.Process, o); err == nil {
			for _, s := range pr.AllServices() {
				words = append(words, s.Profiles...)
			}
		}
	}
	slices.Sort(words)
	var list []machine.Completion
	for _, w := range slices.Compact(words) {
		list = append(list, machine.Completion{Text: w})
	}
	return list
}
