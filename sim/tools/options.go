package tools

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// options are what a command line holds besides its operands.
type options struct {
	head   string // what diff prints above a difference
	on     map[string]bool
	values map[string]string
	order  []string // letters in the order given
	args   []string // operands
}

func (o *options) has(letter string) bool { return o.on[letter] }

// parse reads options. spec lists them, separated by spaces: "a", "n:" with a
// value, "l/long" or "n:/lines" with long names, "/color:" with only that. A
// spec that begins with "+" stops at the first operand.
func (t *tool) parse(spec string, args []string) (*options, bool) {
	o := &options{on: map[string]bool{}, values: map[string]string{}}
	rest, stop := strings.CutPrefix(spec, "+")
	known, long := t.optionTable(rest)
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			o.args = append(o.args, args[i+1:]...)
			return o, true
		case strings.HasPrefix(a, "--"):
			name, value, given := strings.Cut(a[2:], "=")
			letter, ok := findLong(long, name)
			if !ok {
				return o, t.usage("unrecognized option '--%s'", name)
			}
			if known[letter] && !given {
				if i++; i >= len(args) {
					return o, t.usage("option '--%s' requires an argument", name)
				}
				value = args[i]
			}
			o.add(letter, value)
		case len(a) > 1 && a[0] == '-':
			took, ok := t.letters(o, known, a[1:], args[i+1:])
			if !ok {
				return o, false
			}
			i += took
		default:
			o.args = append(o.args, a)
			if stop {
				o.args = append(o.args, args[i+1:]...)
				return o, true
			}
		}
	}
	return o, true
}

// letters reads a group such as -la or -n5; it tells how many further words it took.
func (t *tool) letters(o *options, known map[string]bool, group string, rest []string) (int, bool) {
	for i := range len(group) {
		letter := group[i : i+1]
		takes, ok := known[letter]
		if !ok {
			if t.busybox {
				return 0, t.usage("unrecognized option: %s", letter)
			}
			return 0, t.usage("invalid option -- '%s'", letter)
		}
		if !takes {
			o.add(letter, "")
			continue
		}
		if value := group[i+1:]; value != "" {
			o.add(letter, value)
			return 0, true
		}
		if len(rest) == 0 {
			if t.busybox {
				return 0, t.usage("option requires an argument: %s", letter)
			}
			return 0, t.usage("option requires an argument -- '%s'", letter)
		}
		o.add(letter, rest[0])
		return 1, true
	}
	return 0, true
}

func (o *options) add(letter, value string) {
	o.on[letter] = true
	o.values[letter] = value
	o.order = append(o.order, letter)
}

// optionTable is readOptions once a session.
func (t *tool) optionTable(spec string) (known map[string]bool, long map[string]string) {
	type table struct {
		known map[string]bool
		long  map[string]string
	}
	memo := t.Machine.Site.Memo
	if made, found := memo.Get("options " + spec); found {
		if o, ok := made.(table); ok {
			return o.known, o.long
		}
	}
	known, long = readOptions(spec)
	memo.Keep("options "+spec, table{known, long})
	return known, long
}

// readOptions reads a spec: which letters there are and whether they take a
// value, and the letters behind long names.
func readOptions(spec string) (known map[string]bool, long map[string]string) {
	known, long = map[string]bool{}, map[string]string{}
	for _, word := range strings.Fields(spec) {
		names := strings.Split(word, "/")
		letter, takes := strings.CutSuffix(names[0], ":")
		for _, name := range names[1:] {
			bare, value := strings.CutSuffix(name, ":")
			if letter == "" {
				letter = bare
			}
			takes = takes || value
			long[bare] = letter
		}
		known[letter] = takes
	}
	return known, long
}

// findLong finds a long option by its name or the start of it.
func findLong(long map[string]string, name string) (string, bool) {
	if l, ok := long[name]; ok {
		return l, true
	}
	found := ""
	for full, l := range long {
		if strings.HasPrefix(full, name) && name != "" {
			if found != "" && found != l {
				return "", false
			}
			found = l
		}
	}
	return found, found != ""
}

// usage prints an error about the command line; it returns false for parse.
func (t *tool) usage(format string, args ...any) bool {
	switch {
	case t.name == "curl":
		text := fmt.Sprintf(format, args...)
		if _, option, ok := strings.Cut(text, "'"); ok {
			option = strings.TrimSuffix(option, "'")
			if len(option) == 1 {
				option = "-" + option
			}
			text = "option " + option + ": is unknown"
			if strings.Contains(format, "requires") {
				text = "option " + strings.TrimSuffix(option, "' requires an argument") + ": requires parameter"
			}
		}
		t.Errorf("curl: %s\ncurl: try 'curl --help' or 'curl --manual' for more information\n", text)
	case t.busybox:
		t.failf(format, args...)
		t.Errorf("%s\n\nUsage: %s [OPTIONS]\n", busyboxVersion, t.name)
	case t.name == "grep":
		t.failf(format, args...)
		t.Errorf("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
	default:
		t.failf(format, args...)
		t.Errorf("Try '%s --help' for more information.\n", t.name)
	}
	return false
}

// help answers --help, for tools whose arguments are their own.
func (t *tool) help() bool {
	for _, name := range []string{"echo", "printf", "expr", "env", "xargs", "timeout", "nohup", "nice", "setsid", "time", "watch", "find", "awk", "kill", "sudo", "su", "true", "false", "ping", "ip", "ps", "jq"} {
		if t.name == name {
			return false
		}
	}
	for _, a := range t.Args[1:] {
		if a == "--" {
			return false
		}
		if a == "--help" {
			if t.busybox {
				t.Errorf("%s\n\n", busyboxVersion)
			}
			t.write("Usage: " + t.name + " [OPTION]... [FILE]...\nThis is the simulator's " + t.name + ": it has the options of everyday use and says when it lacks one.\n")
			return true
		}
	}
	return false
}

// lacks says that the real tool has something that the simulator has not.
func (t *tool) lacks(what string) int {
	t.failf("'%s %s' is part of %s, but this simulator does not have it", t.name, what, t.name)
	return 1
}

// reason is the system's text for an error, with its capital.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	text := fmt.Sprint(err)
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
