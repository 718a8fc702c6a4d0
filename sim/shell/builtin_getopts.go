package shell

import (
	"strconv"
	"strings"
)

// builtinGetopts is getopts OPTSTRING NAME [ARG...]. Where it stands within a
// group such as -abc is kept in a variable of its own.
func builtinGetopts(sh *interp, args []string) int {
	if len(args) < 3 {
		sh.complain("getopts", "usage: getopts optstring name [arg ...]")
		return 2
	}
	words := sh.params
	if len(args) > 3 {
		words = args[3:]
	}
	g := &getopts{sh: sh, options: args[1], name: args[2], words: words}
	g.ind, _ = strconv.Atoi(sh.get("OPTIND"))
	g.at, _ = strconv.Atoi(sh.get("_OPTAT"))
	g.ind, g.at = max(g.ind, 1), max(g.at, 1)
	return g.next()
}

// getopts is one call: the word and the letter in it that come next.
type getopts struct {
	sh            *interp
	options, name string
	words         []string
	ind, at       int
}

func (g *getopts) next() int {
	if g.ind > len(g.words) {
		return g.end()
	}
	word := g.words[g.ind-1]
	if word == "--" {
		g.ind++
		return g.end()
	}
	if len(word) < 2 || word[0] != '-' || g.at >= len(word) {
		return g.end()
	}
	letter := word[g.at]
	g.at++
	i := strings.IndexByte(g.options, letter)
	known := i >= 0 && letter != ':'
	value, missing := "", false
	if known && i+1 < len(g.options) && g.options[i+1] == ':' {
		value, missing = g.argument(word)
	}
	if g.at >= len(word) {
		g.ind, g.at = g.ind+1, 1
	}
	g.result(letter, value, known, missing)
	return 0
}

// argument takes an option's value: the rest of its word or the next one.
func (g *getopts) argument(word string) (value string, missing bool) {
	value = word[g.at:]
	g.at = len(word)
	if value != "" {
		return value, false
	}
	if g.ind >= len(g.words) {
		return "", true
	}
	value = g.words[g.ind]
	g.ind++
	return value, false
}

func (g *getopts) result(letter byte, value string, known, missing bool) {
	silent := strings.HasPrefix(g.options, ":")
	found := string(letter)
	switch {
	case !known:
		found = "?"
		if value = ""; silent {
			value = string(letter)
		} else {
			g.sh.p.Errorf("%s: illegal option -- %c\n", g.sh.name, letter)
		}
	case missing && silent:
		found, value = ":", string(letter)
	case missing:
		found = "?"
		g.sh.p.Errorf("%s: option requires an argument -- %c\n", g.sh.name, letter)
	}
	_ = g.sh.set(g.name, found)
	_ = g.sh.set("OPTARG", value)
	_ = g.sh.set("OPTIND", strconv.Itoa(g.ind))
	_ = g.sh.set("_OPTAT", strconv.Itoa(g.at))
}

func (g *getopts) end() int {
	_ = g.sh.set(g.name, "?")
	_ = g.sh.set("OPTIND", strconv.Itoa(g.ind))
	_ = g.sh.set("_OPTAT", "1")
	return 1
}
