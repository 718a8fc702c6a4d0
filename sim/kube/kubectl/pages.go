package kubectl

import (
	"embed"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// pages are the commands' help texts and true flags, one file a command; flags.txt
// has the flags that several commands share, options.txt those of all commands.
//
//go:embed help
var pages embed.FS

// Annotations of a flag: its default as kubectl shows it, and that it is real but not
// simulated.
const (
	shownKey  = "shown"
	absentKey = "absent"
)

// page is what kubectl v1.37 has to say about one command.
type page struct {
	use, short, aliases, long, examples string
	commands                            []string // its subcommands
	flags                               []string // a line each, as readFlag reads it
}

// pageFlag is one flag of a command, with its default as help shows it.
type pageFlag struct{ short, name, value, usage string }

// readPage reads a command's page; false when there is none.
func readPage(name string) (page, bool) {
	text, err := pages.ReadFile("help/" + name + ".txt")
	if err != nil {
		return page{}, false
	}
	return parsePage(string(text)), true
}

func parsePage(text string) page {
	var p page
	parts := map[string][]string{}
	section := ""
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if title, found := strings.CutPrefix(line, "== "); found {
			section = title
			continue
		}
		parts[section] = append(parts[section], line)
	}
	for _, line := range parts[""] {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "use":
			p.use = value
		case "short":
			p.short = value
		case "aliases":
			p.aliases = value
		case "commands":
			p.commands = strings.Fields(value)
		}
	}
	p.long, p.examples, p.flags = strings.Join(parts["long"], "\n"), strings.Join(parts["examples"], "\n"), parts["flags"]
	return p
}

// readFlag reads "-s, --name=default: usage", or "+name" for a shared flag.
func readFlag(line string) (pageFlag, bool) {
	if name, shared := strings.CutPrefix(line, "+"); shared {
		text, err := pages.ReadFile("help/flags.txt")
		if err != nil {
			return pageFlag{}, false
		}
		for _, l := range strings.Split(string(text), "\n") {
			if strings.Contains(l, "--"+name+"=") {
				if f, ok := readFlag(l); ok && f.name == name {
					return f, true
				}
			}
		}
		return pageFlag{}, false
	}
	short, rest, found := strings.Cut(line, "--")
	name, rest, named := strings.Cut(rest, "=")
	value, usage, whole := strings.Cut(rest, ": ")
	return pageFlag{short: strings.Trim(short, "-, "), name: name, value: value, usage: strings.ReplaceAll(usage, `\n`, "\n")}, found && named && whole
}

// dress gives a command and those below it what their pages say.
func (f *factory) dress(cmd *cobra.Command) {
	if !cmd.HasParent() {
		return
	}
	for _, sub := range cmd.Commands() {
		if p, ok := readPage(pageName(sub)); ok && p.short != "" {
			sub.Short = p.short
		}
	}
	p, ok := readPage(pageName(cmd))
	if !ok {
		return
	}
	cmd.Use, cmd.Long, cmd.Example = p.use, p.long, p.examples
	if p.short != "" {
		cmd.Short = p.short
	}
	if p.aliases != "" {
		cmd.Aliases = strings.Split(p.aliases, ", ")[1:]
	}
	if !cmd.DisableFlagParsing || len(p.flags) > 0 {
		f.dressFlags(cmd.Flags(), p.flags)
		refuseAbsent(cmd, f)
	}
}

// addAbsent adds the subcommands that kubectl has and the simulator does not.
func (f *factory) addAbsent(cmd *cobra.Command) {
	if p, ok := readPage(pageName(cmd)); ok {
		for _, name := range p.commands {
			if !slices.ContainsFunc(cmd.Commands(), func(sub *cobra.Command) bool { return sub.Name() == name }) {
				cmd.AddCommand(f.lacking(name, cmd.CommandPath()+" "+name))
			}
		}
	}
	for _, sub := range cmd.Commands() {
		f.addAbsent(sub)
	}
}

// lacking is a command that is real but not simulated.
func (f *factory) lacking(name, path string) *cobra.Command {
	return &cobra.Command{Use: name, DisableFlagParsing: true, RunE: func(cmd *cobra.Command, args []string) error {
		if slices.Contains(args, "--help") || slices.Contains(args, "-h") {
			return cmd.Help()
		}
		f.p.Errorf("kubectl: '%s' is part of kubectl, but this simulator does not have it\n", path)
		return exitStatus(1)
	}}
}

func pageName(cmd *cobra.Command) string {
	return strings.ReplaceAll(strings.TrimPrefix(cmd.CommandPath(), "kubectl "), " ", "-")
}

// dressFlags gives flags their true texts, and adds those that are not simulated.
func (f *factory) dressFlags(fs *pflag.FlagSet, lines []string) {
	fs.VisitAll(func(flag *pflag.Flag) { flag.Hidden = true })
	for _, line := range lines {
		known, ok := readFlag(line)
		if !ok {
			continue
		}
		flag := fs.Lookup(known.name)
		if flag == nil {
			flag = &pflag.Flag{Name: known.name, Value: &absentValue{shown: known.value}}
			if known.value == "true" || known.value == "false" {
				flag.NoOptDefVal = "true"
			}
			if fs.ShorthandLookup(known.short) == nil {
				flag.Shorthand = known.short
			}
			if !harmless(known.name) {
				flag.Annotations = map[string][]string{absentKey: {"true"}}
			}
			fs.AddFlag(flag)
		}
		flag.Usage, flag.Hidden = known.usage, false
		if flag.Annotations == nil {
			flag.Annotations = map[string][]string{}
		}
		flag.Annotations[shownKey] = []string{strings.ReplaceAll(known.value, "$HOME", f.p.User.Home)}
	}
}

// harmless says that a flag changes nothing that can be seen of a simulated run.
func harmless(name string) bool {
	return slices.Contains([]string{
		"allow-missing-template-keys", "cache-dir", "chunk-size", "disable-compression", "field-manager", "log-flush-frequency",
		"match-server-version", "openapi-patch", "profile", "server-print", "vmodule", "windows-line-endings", "detach-keys",
		"insecure-skip-tls-verify-backend", "max-log-requests", "disallow-recursive",
	}, name)
}

// absentValue is the value of a flag that the simulator only knows by name.
type absentValue struct{ shown, given string }

// String is what was given, or nothing.
func (v *absentValue) String() string { return v.given }

// Set takes any value.
func (v *absentValue) Set(s string) error {
	v.given = s
	return nil
}

// Type is the sort of value, which the default shows.
func (v *absentValue) Type() string {
	switch {
	case v.shown == "true" || v.shown == "false":
		return "bool"
	case strings.HasPrefix(v.shown, "'"):
		return "string"
	}
	return "value"
}

// whole says that a command prints objects whole, with what manages their fields.
func whole(cmd *cobra.Command) bool {
	output := cmd.Flags().Lookup("output")
	return output != nil && slices.Contains([]string{"yaml", "json", "kyaml"}, output.Value.String())
}

// refuseAbsent makes a command end when it is given a flag that is not simulated with
// another value than its default.
func refuseAbsent(cmd *cobra.Command, f *factory) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		var err error
		cmd.Flags().Visit(func(flag *pflag.Flag) {
			v, ok := flag.Value.(*absentValue)
			ok = ok && (flag.Name != "show-managed-fields" || whole(cmd))
			if ok && err == nil && flag.Annotations[absentKey] != nil && v.given != strings.Trim(v.shown, "'") {
				f.p.Errorf("kubectl: '%s --%s' is part of kubectl, but this simulator does not have it\n", cmd.CommandPath(), flag.Name)
				err = exitStatus(1)
			}
		})
		return err
	}
}
