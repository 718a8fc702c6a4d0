package node

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	stringToken
	templateToken
	regexToken
	signToken
)

// token is a word of the source. Of a template, parts are the texts between the
// expressions, and inner the expressions' sources.
type token struct {
	kind    tokenKind
	text    string
	number  float64
	parts   []string
	inner   []string
	line    int
	col     int
	newline bool // a line ended in front of it
}

// syntaxError is a source that cannot be read.
type syntaxError struct {
	line, col int
	text      string
}

func (e *syntaxError) Error() string { return "SyntaxError: " + e.text }

type lexer struct {
	src   string
	pos   int
	line  int
	start int // of the line
	list  []token
}

// signs are the operators and brackets, longest first.
func signs() []string {
	return []string{">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=",
		"*=", "/=", "%=", "**", "<<", ">>", "&=", "|=", "^=", "{", "}", "(", ")", "[", "]", ";", ",", "<", ">", "+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "?", ":", "=", ".", "#", "@"}
}

func lex(src string, line int) (list []token, err error) {
	l := &lexer{src: src, line: line}
	if strings.HasPrefix(src, "#!") {
		for l.pos < len(src) && src[l.pos] != '\n' {
			l.pos++
		}
	}
	for {
		newline, err := l.space()
		if err != nil {
			return nil, err
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		t.newline = newline
		l.list = append(l.list, t)
		if t.kind == endToken {
			return l.list, nil
		}
	}
}

func (l *lexer) fail(text string) error {
	return &syntaxError{l.line, l.pos - l.start, text}
}

// space passes over blanks and comments.
func (l *lexer) space() (newline bool, err error) {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case rest[0] == '\n':
			l.pos++
			l.line, l.start, newline = l.line+1, l.pos, true
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r':
			l.pos++
		case strings.HasPrefix(rest, "\ufeff"):
			l.pos += len("\ufeff")
		case strings.HasPrefix(rest, "//"):
			for l.pos < len(l.src) && l.src[l.pos] != '\n' {
				l.pos++
			}
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return false, l.fail("Invalid or unexpected token")
			}
			for i := 0; i < end+4; i++ {
				if rest[i] == '\n' {
					l.line, l.start, newline = l.line+1, l.pos+i+1, true
				}
			}
			l.pos += end + 4
		default:
			return newline, nil
		}
	}
	return newline, nil
}

func isNameRune(r rune, first bool) bool {
	return r == '$' || r == '_' || unicode.IsLetter(r) || !first && unicode.IsDigit(r)
}

func (l *lexer) next() (token, error) {
	t := token{line: l.line, col: l.pos - l.start}
	if l.pos >= len(l.src) {
		return t, nil
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case isNameRune(r, true):
		start := l.pos
		for l.pos < len(l.src) {
			r, size := utf8.DecodeRuneInString(l.src[l.pos:])
			if !isNameRune(r, false) {
				break
			}
			l.pos += size
		}
		t.kind, t.text = nameToken, l.src[start:l.pos]
		return t, nil
	case r >= '0' && r <= '9' || r == '.' && l.pos+1 < len(l.src) && l.src[l.pos+1] >= '0' && l.src[l.pos+1] <= '9':
		return l.numeral(t)
	case r == '\'' || r == '"':
		return l.quoted(t, byte(r))
	case r == '`':
		return l.template(t)
	case r == '/' && l.regexHere():
		return l.regex(t)
	}
	for _, s := range signs() {
		if strings.HasPrefix(l.src[l.pos:], s) {
			if s == "?." && l.pos+2 < len(l.src) && l.src[l.pos+2] >= '0' && l.src[l.pos+2] <= '9' {
				continue
			}
			l.pos += len(s)
			t.kind, t.text = signToken, s
			return t, nil
		}
	}
	return t, l.fail("Invalid or unexpected token")
}

func (l *lexer) numeral(t token) (token, error) {
	start := l.pos
	for l.pos < len(l.src) && (isNameRune(rune(l.src[l.pos]), false) || l.src[l.pos] == '.' || (l.src[l.pos] == '-' || l.src[l.pos] == '+') && strings.ContainsAny(l.src[l.pos-1:l.pos], "eE") && !strings.HasPrefix(l.src[start:], "0x")) {
		l.pos++
	}
	text := strings.ReplaceAll(l.src[start:l.pos], "_", "")
	t.kind = numberToken
	if v, err := strconv.ParseInt(text, 0, 64); err == nil && (len(text) < 2 || text[0] != '0' || text[1] > '9') {
		t.number = float64(v)
		return t, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return t, l.fail("Invalid or unexpected token")
	}
	t.number = v
	return t, nil
}

// escape reads what follows a backslash.
func (l *lexer) escape(b *strings.Builder) {
	c := l.src[l.pos]
	l.pos++
	known := map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f", 'v': "\v", '0': "\x00", '\n': ""}
	digits := map[byte]int{'x': 2, 'u': 4}[c]
	switch {
	case c == 'u' && l.pos < len(l.src) && l.src[l.pos] == '{':
		if end := strings.IndexByte(l.src[l.pos:], '}'); end > 0 {
			if v, err := strconv.ParseInt(l.src[l.pos+1:l.pos+end], 16, 32); err == nil {
				b.WriteRune(rune(v))
			}
			l.pos += end + 1
		}
	case digits > 0 && l.pos+digits <= len(l.src):
		if v, err := strconv.ParseInt(l.src[l.pos:l.pos+digits], 16, 32); err == nil {
			b.WriteRune(rune(v))
			l.pos += digits
		}
	default:
		if s, ok := known[c]; ok {
			b.WriteString(s)
		} else {
			b.WriteByte(c)
		}
		if c == '\n' {
			l.line, l.start = l.line+1, l.pos
		}
	}
}

func (l *lexer) quoted(t token, quote byte) (token, error) {
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); {
		c := l.src[l.pos]
		l.pos++
		switch {
		case c == quote:
			t.kind, t.text = stringToken, b.String()
			return t, nil
		case c == '\n':
			l.pos = l.start + t.col
			return t, l.fail("Invalid or unexpected token")
		case c == '\\' && l.pos < len(l.src):
			l.escape(&b)
		default:
			b.WriteByte(c)
		}
	}
	l.pos = l.start + t.col
	return t, l.fail("Invalid or unexpected token")
}

// template reads a template string. Expressions in it are kept as source.
func (l *lexer) template(t token) (token, error) {
	var b strings.Builder
	for l.pos++; l.pos < len(l.src); {
		c := l.src[l.pos]
		l.pos++
		switch {
		case c == '`':
			t.kind = templateToken
			t.parts = append(t.parts, b.String())
			return t, nil
		case c == '\\' && l.pos < len(l.src):
			l.escape(&b)
		case c == '$' && l.pos < len(l.src) && l.src[l.pos] == '{':
			inner, ok := l.braces()
			if !ok {
				return t, l.fail("Unterminated template literal")
			}
			t.parts, t.inner = append(t.parts, b.String()), append(t.inner, inner)
			b.Reset()
		default:
			if c == '\n' {
				l.line, l.start = l.line+1, l.pos
			}
			b.WriteByte(c)
		}
	}
	return t, l.fail("Unterminated template literal")
}

// braces takes the source of one expression out of a template, from its opening
// brace on; quotes in it may hold braces.
func (l *lexer) braces() (string, bool) {
	start, depth, quote := l.pos+1, 0, byte(0)
	for ; l.pos < len(l.src); l.pos++ {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			l.line, l.start = l.line+1, l.pos+1
		case c == '\\':
			l.pos++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				l.pos++
				return l.src[start : l.pos-1], true
			}
		}
	}
	return "", false
}

// regexHere says whether a slash begins a regular expression here: where a value
// may stand.
func (l *lexer) regexHere() bool {
	if len(l.list) == 0 {
		return true
	}
	switch last := l.list[len(l.list)-1]; last.kind {
	case nameToken:
		return strings.Contains(" return typeof case in of delete void throw new else await ", " "+last.text+" ")
	case signToken:
		return last.text != ")" && last.text != "]" && last.text != "}"
	}
	return false
}

func (l *lexer) regex(t token) (token, error) {
	start, class := l.pos+1, false
	for l.pos++; l.pos < len(l.src) && l.src[l.pos] != '\n'; l.pos++ {
		switch c := l.src[l.pos]; {
		case c == '\\':
			l.pos++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			body := l.src[start:l.pos]
			for l.pos++; l.pos < len(l.src) && isNameRune(rune(l.src[l.pos]), false); l.pos++ {
				t.parts = append(t.parts, l.src[l.pos:l.pos+1])
			}
			t.kind, t.text = regexToken, body
			return t, nil
		}
	}
	l.pos = min(l.pos, len(l.src))
	return t, l.fail("Invalid regular expression: missing /")
}
