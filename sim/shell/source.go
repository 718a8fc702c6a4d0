package shell

import (
	"errors"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxSource bounds a script, in bytes.
const maxSource = 1 << 20

// parse reads a text. It returns the statements before the first error too,
// because a shell has run those by then.
func parse(src string) (list []*syntax.Stmt, err error) {
	if len(src) > maxSource {
		return nil, shellError("script too long")
	}
	if n := nesting(src); n > maxNesting {
		return nil, shellError("expression recursion level exceeded")
	}
	list, err = guarded(func() ([]*syntax.Stmt, error) {
		var stmts []*syntax.Stmt
		for s, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).StmtsSeq(strings.NewReader(src)) {
			if err != nil {
				return stmts, err
			}
			stmts = append(stmts, s)
		}
		return stmts, nil
	})
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		for i, s := range list {
			if s.End().Line() >= pe.Pos.Line() {
				list = list[:i]
				break
			}
		}
	}
	return list, err
}

// maxNesting bounds brackets within brackets: the parser recurses for each.
const maxNesting = 400

func nesting(src string) int {
	depth, deepest := 0, 0
	for i := range len(src) {
		switch src[i] {
		case '(', '{', '[', '`':
			depth++
		case ')', '}', ']':
			depth--
		}
		deepest = max(deepest, depth, depth+strings.Count(src[max(i-2, 0):i], "!"))
		depth = max(depth, 0)
	}
	return deepest
}

// incomplete reports that more lines may still make sense of a text.
func incomplete(src string, err error) bool {
	if err == nil {
		line := strings.TrimSuffix(src, "\n")
		bare := strings.TrimRight(line, `\`)
		return (len(line)-len(bare))%2 == 1
	}
	if syntax.IsIncomplete(err) {
		return true
	}
	var pe syntax.ParseError
	return errors.As(err, &pe) && strings.HasPrefix(pe.Text, "unclosed here-document")
}

// eval parses and runs a text in this shell.
func (sh *interp) eval(src string) {
	list, err := parse(src)
	if delimiter := unclosed(err); delimiter != "" {
		if sh.flavour == bash {
			sh.p.Errorf("%swarning: here-document at line %d delimited by end-of-file (wanted `%s')\n", sh.prefix(), errorLine(err), delimiter)
		}
		list, err = parse(strings.TrimSuffix(src, "\n") + "\n" + delimiter + "\n")
	}
	base := sh.lineBase
	sh.stmts(list)
	if err != nil && !sh.leaving() {
		sh.syntaxError(src, err)
	}
	sh.lineBase = base
}

// unclosed returns the word that a here-document is waiting for.
func unclosed(err error) string {
	var pe syntax.ParseError
	if !errors.As(err, &pe) {
		return ""
	}
	word, ok := strings.CutPrefix(pe.Text, "unclosed here-document `")
	if !ok {
		return ""
	}
	return strings.Trim(strings.TrimSuffix(word, "`"), `'"\`)
}

func errorLine(err error) uint {
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return pe.Pos.Line()
	}
	return 1
}

// syntaxError prints what is wrong with a text, in this shell's words.
func (sh *interp) syntaxError(src string, err error) {
	sh.status = 2
	if !sh.prompts {
		sh.ctl = exiting
	}
	var pe syntax.ParseError
	if !errors.As(err, &pe) {
		sh.fail("%s", parseText(err))
		sh.status = 2
		return
	}
	sh.line = pe.Pos.Line() + sh.lineBase
	token, quote := culprit(src, pe)
	switch {
	case sh.flavour == bash:
		sh.bashSyntaxError(src, pe, token, quote)
	case quote != "" && sh.flavour == ash:
		sh.p.Errorf("%ssyntax error: unterminated quoted string\n", sh.prefix())
	case quote != "":
		sh.p.Errorf("%sSyntax error: Unterminated quoted string\n", sh.prefix())
	case token == "" && sh.flavour == ash:
		sh.p.Errorf("%ssyntax error: unexpected end of file%s\n", sh.prefix(), expecting(pe.Text))
	case token == "":
		sh.p.Errorf("%sSyntax error: end of file unexpected%s\n", sh.prefix(), expecting(pe.Text))
	case sh.flavour == ash && token == "newline":
		sh.p.Errorf("%ssyntax error: unexpected newline\n", sh.prefix())
	case sh.flavour == ash:
		sh.p.Errorf("%ssyntax error: unexpected \"%s\"\n", sh.prefix(), token)
	default:
		sh.p.Errorf("%sSyntax error: \"%s\" unexpected\n", sh.prefix(), token)
	}
}

func (sh *interp) bashSyntaxError(src string, pe syntax.ParseError, token, quote string) {
	prefix := sh.prefix()
	if !sh.prompts && isShellName(sh.name) {
		prefix = strings.Replace(prefix, ": line", ": -c: line", 1)
	}
	switch {
	case quote != "":
		sh.p.Errorf("%sunexpected EOF while looking for matching `%s'\n", prefix, quote)
	case token == "":
		last := uint(strings.Count(strings.TrimSuffix(src, "\n"), "\n")) + 2
		prefix = strings.Replace(prefix, "line "+itoa(sh.line), "line "+itoa(last+sh.lineBase), 1)
		sh.p.Errorf("%ssyntax error: unexpected end of file\n", prefix)
	default:
		sh.p.Errorf("%ssyntax error near unexpected token `%s'\n", prefix, token)
		lines := strings.Split(src, "\n")
		if at := int(pe.Pos.Line()) - 1; !sh.prompts && at >= 0 && at < len(lines) {
			sh.p.Errorf("%s`%s'\n", prefix, lines[at])
		}
	}
}

// unknownSyntax is a construct of bash in a shell that does not know it.
func (sh *interp) unknownSyntax(token string) {
	sh.status, sh.ctl = 2, exiting
	switch {
	case sh.flavour == dash:
		sh.p.Errorf("%sSyntax error: \"%s\" unexpected\n", sh.prefix(), token)
	case token == "redirection":
		sh.p.Errorf("%ssyntax error: unexpected redirection\n", sh.prefix())
	default:
		sh.p.Errorf("%ssyntax error: unexpected \"%s\"\n", sh.prefix(), token)
	}
}

func itoa(n uint) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// culprit finds the token that a shell would name, or the quote that is not
// closed. Both are empty at the end of the text.
func culprit(src string, pe syntax.ParseError) (token, quote string) {
	if rest, ok := strings.CutPrefix(pe.Text, "reached EOF without closing quote "); ok {
		return "", strings.Trim(rest, "`")
	}
	if rest, ok := strings.CutPrefix(pe.Text, "reached EOF without matching `"); ok {
		if strings.HasPrefix(rest, "$(") || strings.HasPrefix(rest, "${") {
			return "", strings.NewReplacer("(", ")", "{", "}").Replace(rest[1:2])
		}
		return "", ""
	}
	if syntax.IsIncomplete(pe) {
		return "", ""
	}
	if _, after, ok := strings.Cut(pe.Text, "encountered `"); ok {
		return strings.TrimSuffix(after, "`"), ""
	}
	at := min(int(pe.Pos.Offset()), len(src))
	first := ""
	if rest, ok := strings.CutPrefix(pe.Text, "`"); ok {
		first, _, _ = strings.Cut(rest, "`")
	}
	if strings.Contains(pe.Text, "must be followed by") {
		if strings.Contains(first, "<") {
			return closer(src[at:]), ""
		}
		return nextToken(src[min(at+len(first), len(src)):]), ""
	}
	if first != "" && strings.HasPrefix(src[at:], first) {
		return first, ""
	}
	return nextToken(src[at:]), ""
}

// closer is the first word that ends a construct: where one that lacks its
// middle part goes wrong.
func closer(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n;", r) }) {
		switch w {
		case "fi", "done", "esac", "else", "elif", "}", ")":
			return w
		}
	}
	return nextToken(s)
}

// nextToken is the first token of a text; "newline" for the end of a line.
func nextToken(s string) string {
	s = strings.TrimLeft(s, " \t")
	switch {
	case s == "":
		return ""
	case s[0] == '\n':
		return "newline"
	}
	for _, op := range []string{";;", "&&", "||", "|&", "<<", ">>", "((", "|", "&", ";", "(", ")", "<", ">"} {
		if strings.HasPrefix(s, op) {
			return op
		}
	}
	if i := strings.IndexAny(s, " \t\n;|&()<>"); i > 0 {
		return s[:i]
	}
	return s
}

// expecting is what ash and dash add at the end of a file.
func expecting(text string) string {
	for _, word := range []string{"then", "do", "fi", "esac", "done"} {
		if strings.Contains(text, "`"+word+"`") {
			return ` (expecting "` + word + `")`
		}
	}
	switch {
	case strings.Contains(text, "with `}`"), strings.Contains(text, "`{`"):
		return ` (expecting "}")`
	case strings.Contains(text, "with `)`"):
		return ` (expecting ")")`
	}
	return ""
}

// parseText is the library's reason without its position.
func parseText(err error) string {
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return pe.Text
	}
	var le syntax.LangError
	if errors.As(err, &le) {
		return "syntax error: " + strings.TrimPrefix(le.Error(), le.Pos.String()+": ")
	}
	return err.Error()
}
