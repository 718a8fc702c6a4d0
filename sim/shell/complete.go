package shell

import (
	"path"
	"slices"
	"strings"

	"drydock/sim/machine"
)

// complete offers completions for the word at the cursor: commands in front,
// then what the tool says, variables after a $, and files.
func (sh *interp) complete(line string, cursor int) (int, []machine.Completion) {
	cursor = min(max(cursor, 0), len(line))
	words, word, from := splitLine(line[:cursor])
	if i := strings.LastIndexByte(word, '$'); i >= 0 && !strings.ContainsAny(word[i:], "/()") {
		name := strings.TrimPrefix(word[i+1:], "{")
		lead := word[:len(word)-len(name)]
		var found []machine.Completion
		for _, n := range slices.Sorted(slices.Values(sh.names)) {
			if strings.HasPrefix(n, name) {
				found = append(found, machine.Completion{Text: lead + n})
			}
		}
		return from, found
	}
	for len(words) > 0 && (isAssignment(words[0]) || words[0] == "sudo" || words[0] == "time" || words[0] == "exec" || words[0] == "watch") {
		words = words[1:]
	}
	if len(words) == 0 && !strings.Contains(word, "/") {
		return from, sh.completeCommand(word)
	}
	if len(words) > 0 {
		if value, ok := sh.aliases[words[0]]; ok {
			words = append(strings.Fields(value), words[1:]...)
		}
		if site := sh.p.Machine.Site; site.Complete != nil && len(words) > 0 {
			if found := site.Complete(words[0], sh.p, words[1:], word); found != nil {
				return from, found
			}
		}
	}
	return from, sh.completeFile(word, len(words) > 0 && words[0] == "cd")
}

func isAssignment(w string) bool {
	name, _, ok := strings.Cut(w, "=")
	return ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789") == ""
}

// splitLine finds the words of the command that the cursor is in, without the
// last one, and where that begins.
func splitLine(line string) (words []string, word string, from int) {
	var quote byte
	start := -1
	end := func(i int) {
		if start >= 0 {
			words = append(words, strings.NewReplacer(`\`, "", `"`, "", `'`, "").Replace(line[start:i]))
		}
		start = -1
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\\':
			if start < 0 {
				start = i
			}
			i++
		case c == '\'' || c == '"':
			quote = c
			if start < 0 {
				start = i
			}
		case c == ' ' || c == '\t':
			end(i)
		case strings.IndexByte(";|&(\n`", c) >= 0:
			end(i)
			words = nil
		case c == '<' || c == '>':
			end(i)
		case start < 0:
			start = i
		}
	}
	if start < 0 {
		return words, "", len(line)
	}
	return words, line[start:], start
}

func (sh *interp) completeCommand(prefix string) []machine.Completion {
	names := map[string]bool{}
	for _, n := range builtinNames() {
		names[n] = strings.HasPrefix(n, prefix)
	}
	for n := range sh.aliases {
		names[n] = strings.HasPrefix(n, prefix)
	}
	for n := range sh.funcs {
		names[n] = strings.HasPrefix(n, prefix)
	}
	for _, dir := range strings.Split(sh.get("PATH"), ":") {
		entries, _ := sh.p.FS.ReadDir(dir)
		for _, e := range entries {
			names[e.Name] = strings.HasPrefix(e.Name, prefix)
		}
	}
	var list []string
	for n := range names {
		if names[n] {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	found := make([]machine.Completion, len(list))
	for i, n := range list {
		found[i] = machine.Completion{Text: n}
	}
	return found
}

func (sh *interp) completeFile(word string, dirsOnly bool) []machine.Completion {
	lead, base := path.Split(word)
	dir := lead
	if rest, ok := strings.CutPrefix(lead, "~/"); ok {
		dir = path.Join(sh.get("HOME"), rest)
	}
	if dir == "" {
		dir = "."
	}
	entries, err := sh.p.FS.ReadDir(sh.p.Abs(dir))
	if err != nil {
		return nil
	}
	var found []machine.Completion
	for _, e := range entries {
		if !strings.HasPrefix(e.Name, base) || strings.HasPrefix(e.Name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		n, err := sh.p.FS.Stat(path.Join(sh.p.Abs(dir), e.Name))
		isDir := err == nil && n.IsDir()
		if dirsOnly && !isDir {
			continue
		}
		text := lead + e.Name
		if isDir {
			text += "/"
		}
		found = append(found, machine.Completion{Text: text})
	}
	return found
}
