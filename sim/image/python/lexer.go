// Package python runs a subset of Python 3 on a simulated machine: what small
// scripts and web servers use. Where the subset ends it says so on standard
// error instead of guessing.
package python

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a place in a source file; columns are counted in bytes from 0.
type span struct{ line, col, endLine, endCol int }

type kind int

const (
	endOfFile kind = iota
	newline
	indent
	dedent
	nameToken
	numberToken
	stringToken // text is the decoded value; prefix tells f and b
	opToken
)

type token struct {
	kind   kind
	text   string
	prefix string // of a string, in lower case, without u
	inner  int    // columns from the token's start to a string's text
	at     span
}

// syntaxError is a fault in the source, found before anything runs.
type syntaxError struct {
	what string // "SyntaxError", "IndentationError"
	text string
	at   span
}

func (e *syntaxError) Error() string { return e.what + ": " + e.text }

type lexer struct {
	src     string
	pos     int
	line    int
	start   int // of the line
	parens  int
	indents []int
	tokens  []token
}

// maxSource bounds what is read, in bytes; a learner's script is far below.
const maxSource = 1 << 20

// lex splits a source into tokens.
func lex(src string) ([]token, error) {
	if len(src) > maxSource {
		return nil, &syntaxError{"SyntaxError", "the source is too long for this simulator", span{line: 1}}
	}
	l := &lexer{src: strings.ReplaceAll(src, "\r\n", "\n"), line: 1, indents: []int{0}}
	for {
		more, err := l.logicalLine()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	for len(l.indents) > 1 {
		l.indents = l.indents[:len(l.indents)-1]
		l.emit(dedent, "", l.pos)
	}
	l.emit(endOfFile, "", l.pos)
	return l.tokens, nil
}

func (l *lexer) emit(k kind, text string, from int) *token {
	l.tokens = append(l.tokens, token{kind: k, text: text, at: span{l.line, from - l.start, l.line, l.pos - l.start}})
	return &l.tokens[len(l.tokens)-1]
}

func (l *lexer) fail(what, text string) error {
	return &syntaxError{what, text, span{l.line, l.pos - l.start, l.line, l.pos - l.start + 1}}
}

func (l *lexer) nextLine() {
	l.pos++
	l.line++
	l.start = l.pos
}

// logicalLine reads one line of code, which brackets or a backslash may continue.
func (l *lexer) logicalLine() (more bool, err error) {
	width := 0
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ':
			width++
		case '\t':
			width += 8 - width%8
		case '\f':
		default:
			goto measured
		}
		l.pos++
	}
measured:
	switch {
	case l.pos >= len(l.src):
		return false, nil
	case l.src[l.pos] == '\n':
		l.nextLine()
		return true, nil
	case l.src[l.pos] == '#':
		l.skipComment()
		return true, nil
	}
	if err := l.indentation(width); err != nil {
		return false, err
	}
	return true, l.codeLine()
}

func (l *lexer) skipComment() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		l.pos++
	}
}

func (l *lexer) indentation(width int) error {
	top := l.indents[len(l.indents)-1]
	if width > top {
		l.indents = append(l.indents, width)
		l.emit(indent, "", l.pos)
		return nil
	}
	for width < l.indents[len(l.indents)-1] {
		l.indents = l.indents[:len(l.indents)-1]
		l.emit(dedent, "", l.pos)
	}
	if width != l.indents[len(l.indents)-1] {
		return l.fail("IndentationError", "unindent does not match any outer indentation level")
	}
	return nil
}

func (l *lexer) codeLine() error {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			if l.parens > 0 {
				l.nextLine()
				continue
			}
			l.emit(newline, "", l.pos)
			l.nextLine()
			return nil
		case c == ' ' || c == '\t' || c == '\f':
			l.pos++
		case c == '#':
			l.skipComment()
		case c == '\\' && l.pos+1 < len(l.src) && l.src[l.pos+1] == '\n':
			l.pos++
			l.nextLine()
		default:
			if err := l.token(); err != nil {
				return err
			}
		}
	}
	if l.parens > 0 {
		return l.fail("SyntaxError", "'(' was never closed")
	}
	l.emit(newline, "", l.pos)
	return nil
}

func (l *lexer) token() error {
	c := l.src[l.pos]
	r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case c >= '0' && c <= '9' || c == '.' && l.pos+1 < len(l.src) && isDigit(l.src[l.pos+1]):
		from := l.pos
		for l.pos < len(l.src) && (isDigit(l.src[l.pos]) || unicode.IsLetter(rune(l.src[l.pos])) || strings.IndexByte("._", l.src[l.pos]) >= 0 ||
			strings.IndexByte("+-", l.src[l.pos]) >= 0 && strings.IndexByte("eE", l.src[l.pos-1]) >= 0 && !strings.HasPrefix(l.src[from:], "0x")) {
			l.pos++
		}
		l.emit(numberToken, strings.ReplaceAll(l.src[from:l.pos], "_", ""), from)
		return nil
	case c == '"' || c == '\'':
		return l.str("", l.pos)
	case c == '_' || unicode.IsLetter(r):
		from := l.pos
		for l.pos < len(l.src) {
			r, size := utf8.DecodeRuneInString(l.src[l.pos:])
			if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				break
			}
			l.pos += size
		}
		word := l.src[from:l.pos]
		if l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'') && len(word) <= 2 && strings.Trim(strings.ToLower(word), "rbfu") == "" {
			return l.str(strings.ToLower(word), from)
		}
		l.emit(nameToken, word, from)
		return nil
	}
	return l.operator()
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// operators in the order in which they must be tried.
func operators() []string {
	return []string{"**=", "//=", ">>=", "<<=", "...", "!=", "<=", ">=", "==", "->", ":=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "//",
		">>", "<<", "+", "-", "*", "/", "%", "@", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=", "<", ">", "&", "|", "^", "~"}
}

func (l *lexer) operator() error {
	for _, op := range operators() {
		if !strings.HasPrefix(l.src[l.pos:], op) {
			continue
		}
		switch op {
		case "(", "[", "{":
			l.parens++
		case ")", "]", "}":
			if l.parens == 0 {
				return l.fail("SyntaxError", "unmatched '"+op+"'")
			}
			l.parens--
		}
		from := l.pos
		l.pos += len(op)
		l.emit(opToken, op, from)
		return nil
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
	if r == '!' || r == '$' || r == '?' || r == '`' {
		return l.fail("SyntaxError", "invalid syntax")
	}
	return l.fail("SyntaxError", fmt.Sprintf("invalid character '%c' (U+%04X)", r, r))
}

// str reads a string literal whose prefix has been read.
func (l *lexer) str(prefix string, from int) error {
	quote := l.src[l.pos : l.pos+1]
	triple := strings.HasPrefix(l.src[l.pos:], quote+quote+quote)
	if triple {
		quote += quote + quote
	}
	at := span{line: l.line, col: from - l.start}
	l.pos += len(quote)
	begin := l.pos
	for {
		switch {
		case l.pos >= len(l.src) || !triple && l.src[l.pos] == '\n':
			text := "unterminated string literal (detected at line %d)"
			if triple {
				text = "unterminated triple-quoted string literal (detected at line %d)"
			}
			return &syntaxError{"SyntaxError", fmt.Sprintf(text, l.line), span{at.line, at.col, at.line, at.col + 1}}
		case l.src[l.pos] == '\\' && l.pos+1 < len(l.src):
			l.pos++
			if l.src[l.pos] == '\n' {
				l.nextLine()
				continue
			}
			l.pos++
			continue
		case strings.HasPrefix(l.src[l.pos:], quote):
			raw := l.src[begin:l.pos]
			l.pos += len(quote)
			t := l.emit(stringToken, raw, from)
			t.prefix = strings.ReplaceAll(prefix, "u", "")
			t.at.line, t.at.col = at.line, at.col
			t.inner = len(prefix) + len(quote)
			if !strings.Contains(prefix, "r") && !strings.Contains(prefix, "f") {
				t.text = unescape(raw, strings.Contains(prefix, "b"))
			}
			return nil
		case l.src[l.pos] == '\n':
			l.nextLine()
			continue
		}
		l.pos++
	}
}

// unescape decodes the backslash sequences of a string or bytes literal.
func unescape(raw string, bytes bool) string {
	if !strings.Contains(raw, "\\") {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 >= len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		i++
		plain := map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': "\\", '\'': "'", '"': "\"", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\n': "", '0': "\x00"}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[i]]
		switch text, ok := plain[raw[i]]; {
		case ok && !(raw[i] == '0' && strings.HasPrefix(raw[i:], "033")):
			b.WriteString(text)
		case strings.HasPrefix(raw[i:], "033"):
			b.WriteByte(0x1b)
			i += 2
		case digits > 0 && i+digits < len(raw):
			var code rune
			if _, err := fmt.Sscanf(raw[i+1:i+1+digits], "%x", &code); err != nil {
				b.WriteString(raw[i-1 : i+1])
				continue
			}
			if bytes || digits == 2 && code < 0x80 {
				b.WriteByte(byte(code))
			} else {
				b.WriteRune(code)
			}
			i += digits
		default:
			b.WriteByte('\\')
			b.WriteByte(raw[i])
		}
	}
	return b.String()
}
