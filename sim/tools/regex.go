package tools

import (
	"regexp"
	"strings"
)

// basic turns a POSIX basic regular expression, with GNU's \+ \? and \|, into
// Go's syntax; extended and perl ones need only little.
func basic(expr string) string {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '[':
			end := bracket(expr[i:])
			b.WriteString(goBracket(expr[i : i+end]))
			i += end - 1
		case c == '\\' && i+1 < len(expr):
			i++
			switch n := expr[i]; {
			case strings.IndexByte("(){}|+?", n) >= 0:
				b.WriteByte(n)
			case n == '<' || n == '>':
				b.WriteString(`\b`)
			default:
				b.WriteString(`\` + string(n))
			}
		case strings.IndexByte("(){}|+?", c) >= 0:
			b.WriteString(`\` + string(c))
		case c == '*' && (i == 0 || strings.HasSuffix(expr[:i], `\(`) || strings.HasSuffix(expr[:i], `\|`) || expr[:i] == "^"):
			b.WriteString(`\*`)
		case c == '^' && i > 0 && !strings.HasSuffix(expr[:i], `\(`) && !strings.HasSuffix(expr[:i], `\|`):
			b.WriteString(`\^`)
		case c == '$' && i+1 < len(expr) && !strings.HasPrefix(expr[i+1:], `\)`) && !strings.HasPrefix(expr[i+1:], `\|`):
			b.WriteString(`\$`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// extended turns a POSIX extended expression into Go's syntax.
func extended(expr string) string {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		c := expr[i]
		switch {
		case c == '[':
			end := bracket(expr[i:])
			b.WriteString(goBracket(expr[i : i+end]))
			i += end - 1
		case c == '\\' && i+1 < len(expr):
			i++
			if expr[i] == '<' || expr[i] == '>' {
				b.WriteString(`\b`)
			} else {
				b.WriteString(expr[i-1 : i+1])
			}
		case c == '{' && (i+1 >= len(expr) || expr[i+1] < '0' || expr[i+1] > '9') && (i+1 >= len(expr) || expr[i+1] != ','):
			b.WriteString(`\{`)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// bracket is the length of the [...] at the start of a text.
func bracket(s string) int {
	i := 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for i < len(s) {
		switch {
		case strings.HasPrefix(s[i:], "[:"):
			if end := strings.Index(s[i:], ":]"); end > 0 {
				i += end + 2
				continue
			}
			i++
		case s[i] == ']':
			return i + 1
		default:
			i++
		}
	}
	return len(s)
}

// goBracket escapes what Go reads differently inside brackets.
func goBracket(s string) string {
	if len(s) < 2 || s[len(s)-1] != ']' {
		return s
	}
	lead, body := "[", s[1:len(s)-1]
	if rest, ok := strings.CutPrefix(body, "^"); ok {
		lead, body = "[^", rest
	}
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		if strings.HasPrefix(body[i:], "[:") {
			if end := strings.Index(body[i:], ":]"); end > 0 {
				b.WriteString(body[i : i+end+2])
				i += end + 1
				continue
			}
		}
		if strings.IndexByte(`\[]^`, body[i]) >= 0 && !(body[i] == '\\' && i+1 < len(body) && strings.IndexByte(`dwstn.\-`, body[i+1]) >= 0) {
			b.WriteByte('\\')
		}
		b.WriteByte(body[i])
	}
	return lead + b.String() + "]"
}

// compile reads an expression in one of the kinds "basic", "extended", "perl"
// or "fixed".
func compile(expr, kind string, fold bool) (*regexp.Regexp, error) {
	switch kind {
	case "basic":
		expr = basic(expr)
	case "extended":
		expr = extended(expr)
	case "fixed":
		expr = regexp.QuoteMeta(expr)
	}
	flags := "(?s)"
	if fold {
		flags = "(?si)"
	}
	return regexp.Compile(flags + expr)
}
