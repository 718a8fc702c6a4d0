// Package sql is a small database: the few statements that people use to see
// whether their data is still there. Both database servers of the simulator
// (postgres, mysql) are built on it.
package sql

import (
	"fmt"
	"strings"
	"unicode"
)

type kind int

const (
	end kind = iota
	word
	number
	text
	symbol
)

type token struct {
	kind   kind
	text   string // words in lower case
	raw    string
	quoted bool // an identifier in double quotes or backticks
}

// SyntaxError is a statement that cannot be read.
type SyntaxError struct {
	Near string // where reading stopped; empty at the end
}

func (e *SyntaxError) Error() string {
	if e.Near == "" {
		return "syntax error at end of input"
	}
	return fmt.Sprintf("syntax error at or near %q", e.Near)
}

// lex splits a statement into tokens. In MySQL double quotes make texts, in
// PostgreSQL names.
func lex(src string, doubleIsText bool) ([]token, error) {
	var list []token
	runes := []rune(src)
	for i := 0; i < len(runes); {
		c := runes[i]
		switch {
		case unicode.IsSpace(c):
			i++
		case c == '-' && i+1 < len(runes) && runes[i+1] == '-' || c == '#':
			for i < len(runes) && runes[i] != '\n' {
				i++
			}
		case c == '_' || unicode.IsLetter(c):
			from := i
			for i < len(runes) && (runes[i] == '_' || unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i])) {
				i++
			}
			raw := string(runes[from:i])
			list = append(list, token{word, strings.ToLower(raw), raw, false})
		case unicode.IsDigit(c):
			from := i
			for i < len(runes) && (unicode.IsDigit(runes[i]) || runes[i] == '.') {
				i++
			}
			list = append(list, token{number, string(runes[from:i]), string(runes[from:i]), false})
		case c == '\'' || c == '"' || c == '`':
			from := i
			var b strings.Builder
			for i++; i < len(runes); i++ {
				if runes[i] == c {
					if i+1 < len(runes) && runes[i+1] == c {
						i++
					} else {
						break
					}
				}
				b.WriteRune(runes[i])
			}
			if i >= len(runes) {
				return nil, &SyntaxError{string(runes[from:])}
			}
			i++
			if c == '\'' || c == '"' && doubleIsText {
				list = append(list, token{text, b.String(), string(runes[from:i]), false})
			} else {
				list = append(list, token{word, b.String(), b.String(), true})
			}
		default:
			two := string(runes[i:min(i+2, len(runes))])
			if two == "<=" || two == ">=" || two == "<>" || two == "!=" || two == "||" || two == "::" {
				list = append(list, token{symbol, two, two, false})
				i += 2
				continue
			}
			list = append(list, token{symbol, string(c), string(c), false})
			i++
		}
	}
	return list, nil
}

// Split parts a script into statements at semicolons outside of quotes.
func Split(script string) []string {
	var list []string
	quote := rune(0)
	var b strings.Builder
	for _, c := range script {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == ';':
			if s := strings.TrimSpace(b.String()); s != "" {
				list = append(list, s)
			}
			b.Reset()
			continue
		}
		b.WriteRune(c)
	}
	if s := strings.TrimSpace(b.String()); s != "" {
		list = append(list, s)
	}
	return list
}
