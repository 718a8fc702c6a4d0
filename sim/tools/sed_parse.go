package tools

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sedCommand is one command of a sed script with its addresses.
type sedCommand struct {
	from, to *sedAddress
	not      bool
	verb     byte
	rx       *regexp.Regexp
	text     string
	global   bool
	print    bool
	nth      int
	table    *strings.Replacer
	block    []*sedCommand
	active   bool // inside a range
	until    int
	inRange  bool
}

// sedAddress picks lines: a number, the last line, or a pattern.
type sedAddress struct {
	line int
	step int
	last bool
	rx   *regexp.Regexp
	plus bool // a count after the first address
}

func (a *sedAddress) matches(r *sedRun) bool {
	switch {
	case a.last:
		return !r.peek()
	case a.rx != nil:
		return a.rx.MatchString(r.space)
	case a.step > 0:
		return r.number >= a.line && (r.number-a.line)%a.step == 0
	}
	return r.number == a.line
}

// applies decides whether a command is for the present line.
func (c *sedCommand) applies(r *sedRun) bool {
	hit := true
	switch {
	case c.from == nil:
	case c.to == nil:
		hit = c.from.matches(r)
	default:
		hit = c.spans(r)
	}
	return hit != c.not
}

func (c *sedCommand) spans(r *sedRun) bool {
	if c.active {
		switch {
		case c.to.plus || c.to.rx == nil && !c.to.last:
			c.active = r.number < c.until
			if r.number > c.until {
				return false
			}
		default:
			c.active = !c.to.matches(r)
		}
		c.inRange = c.active && r.peek()
		return true
	}
	if c.from.line != 0 || c.from.rx != nil || c.from.last {
		if !c.from.matches(r) {
			return false
		}
	}
	c.active = true
	switch {
	case c.to.plus:
		c.until = r.number + c.to.line
		c.active = c.to.line > 0
	case c.to.rx == nil && !c.to.last:
		c.until = c.to.line
		c.active = r.number < c.to.line
	case c.from.line == 0 && c.from.rx == nil: // 0,/re/
		c.active = !c.to.matches(r)
	}
	c.inRange = c.active
	return true
}

// sedParser reads a script.
type sedParser struct {
	src      string
	extended bool
	lastRx   *regexp.Regexp
	depth    int
}

func parseSed(src string, extended bool) ([]*sedCommand, error) {
	p := &sedParser{src: src, extended: extended}
	list, err := p.list()
	if err == nil && p.src != "" {
		err = errors.New("unexpected `}'")
	}
	return list, err
}

func (p *sedParser) list() ([]*sedCommand, error) {
	if p.depth++; p.depth > 50 {
		return nil, errors.New("too many nested `{'")
	}
	defer func() { p.depth-- }()
	var list []*sedCommand
	for {
		p.src = strings.TrimLeft(p.src, " \t\n;")
		if p.src == "" || p.src[0] == '}' {
			return list, nil
		}
		if p.src[0] == '#' {
			_, p.src, _ = strings.Cut(p.src, "\n")
			continue
		}
		c, err := p.command()
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
}

func (p *sedParser) command() (*sedCommand, error) {
	c := &sedCommand{nth: 1}
	var err error
	if c.from, err = p.address(); err != nil {
		return nil, err
	}
	if c.from != nil && strings.HasPrefix(p.src, ",") {
		p.src = strings.TrimLeft(p.src[1:], " ")
		plus := strings.HasPrefix(p.src, "+")
		p.src = strings.TrimPrefix(p.src, "+")
		if c.to, err = p.address(); err != nil {
			return nil, err
		}
		if c.to == nil {
			return nil, errors.New("unexpected `,'")
		}
		c.to.plus = plus
	}
	p.src = strings.TrimLeft(p.src, " \t")
	for strings.HasPrefix(p.src, "!") {
		c.not = true
		p.src = strings.TrimLeft(p.src[1:], " \t")
	}
	if p.src == "" {
		return nil, errors.New("missing command")
	}
	c.verb, p.src = p.src[0], p.src[1:]
	return c, p.arguments(c)
}

func (p *sedParser) arguments(c *sedCommand) error {
	switch c.verb {
	case '{':
		var err error
		if c.block, err = p.list(); err != nil {
			return err
		}
		if !strings.HasPrefix(p.src, "}") {
			return errors.New("unmatched `{'")
		}
		p.src = p.src[1:]
		return nil
	case 's':
		return p.substitution(c)
	case 'y':
		return p.transliteration(c)
	case 'a', 'i', 'c':
		p.text(c)
		return nil
	case 'q', 'Q':
		c.text = p.digits()
	case 'p', 'd', '=', 'n', 'N', 'h', 'H', 'g', 'G', 'x', 'P':
	case 'b', 't', 'T', ':', 'D', 'r', 'w', 'l', 'e', 'R', 'W', 'F', 'z':
		return fmt.Errorf("command `%c' is part of sed, but this simulator does not have it", c.verb)
	default:
		return fmt.Errorf("unknown command: `%c'", c.verb)
	}
	p.src = strings.TrimLeft(p.src, " \t")
	if p.src != "" && strings.IndexByte(";\n}#", p.src[0]) < 0 {
		return errors.New("extra characters after command")
	}
	return nil
}

func (p *sedParser) digits() string {
	p.src = strings.TrimLeft(p.src, " \t")
	n := len(p.src) - len(strings.TrimLeft(p.src, "0123456789"))
	d := p.src[:n]
	p.src = p.src[n:]
	return d
}

func (p *sedParser) address() (*sedAddress, error) {
	switch {
	case p.src == "":
		return nil, nil
	case p.src[0] >= '0' && p.src[0] <= '9':
		n, err := strconv.Atoi(p.digits())
		if err != nil {
			return nil, errors.New("invalid usage of line address")
		}
		a := &sedAddress{line: n}
		if strings.HasPrefix(p.src, "~") {
			p.src = p.src[1:]
			a.step, _ = strconv.Atoi(p.digits())
		}
		return a, nil
	case p.src[0] == '$':
		p.src = p.src[1:]
		return &sedAddress{last: true}, nil
	case p.src[0] == '/' || p.src[0] == '\\' && len(p.src) > 1:
		if p.src[0] == '\\' {
			p.src = p.src[1:]
		}
		delim := p.src[0]
		expr, ok := p.part(delim, p.src[1:], true)
		if !ok {
			return nil, errors.New("unterminated address regex")
		}
		fold := strings.HasPrefix(p.src, "I")
		p.src = strings.TrimPrefix(p.src, "I")
		rx, err := p.compile(expr, fold)
		return &sedAddress{rx: rx}, err
	}
	return nil, nil
}

func (p *sedParser) compile(expr string, fold bool) (*regexp.Regexp, error) {
	if expr == "" && p.lastRx != nil {
		return p.lastRx, nil
	}
	kind := "basic"
	if p.extended {
		kind = "extended"
	}
	rx, err := compile(expr, kind, fold)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	p.lastRx = rx
	return rx, nil
}

// part reads up to a delimiter; a backslash before it takes its meaning away.
func (p *sedParser) part(delim byte, s string, isRegex bool) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			switch {
			case s[i] == delim && (isRegex || delim != '&'):
				b.WriteByte(delim)
			case s[i] == 'n' && isRegex:
				b.WriteByte('\n')
			default:
				b.WriteString(s[i-1 : i+1])
			}
		case s[i] == '[' && isRegex:
			n := bracket(s[i:])
			b.WriteString(s[i : i+n])
			i += n - 1
		case s[i] == delim:
			p.src = s[i+1:]
			return b.String(), true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", false
}

func (p *sedParser) substitution(c *sedCommand) error {
	if p.src == "" {
		return errSedEnd
	}
	delim := p.src[0]
	expr, ok := p.part(delim, p.src[1:], true)
	if !ok {
		return errSedEnd
	}
	if c.text, ok = p.part(delim, p.src, false); !ok {
		return errSedEnd
	}
	fold := false
	for p.src != "" && strings.IndexByte(" \t\n;}#", p.src[0]) < 0 {
		switch f := p.src[0]; {
		case f == 'g':
			c.global = true
		case f == 'p':
			c.print = true
		case f == 'i' || f == 'I':
			fold = true
		case f >= '1' && f <= '9':
			c.nth, _ = strconv.Atoi(p.digits())
			continue
		case f == 'w' || f == 'e' || f == 'm' || f == 'M':
			return fmt.Errorf("option `%c' of `s' is part of sed, but this simulator does not have it", f)
		default:
			return errors.New("unknown option to `s'")
		}
		p.src = p.src[1:]
	}
	var err error
	c.rx, err = p.compile(expr, fold)
	return err
}

func (p *sedParser) transliteration(c *sedCommand) error {
	if p.src == "" {
		return errors.New("unterminated `y' command")
	}
	delim := p.src[0]
	from, ok1 := p.part(delim, p.src[1:], false)
	if !ok1 {
		return errors.New("unterminated `y' command")
	}
	to, ok2 := p.part(delim, p.src, false)
	a, b := []rune(from), []rune(to)
	if !ok2 || len(a) != len(b) {
		return errors.New("strings for `y' command are different lengths")
	}
	var pairs []string
	for i := range a {
		pairs = append(pairs, string(a[i]), string(b[i]))
	}
	c.table = strings.NewReplacer(pairs...)
	return nil
}

// text reads what a, i and c add: the rest of the line, or the lines after a
// backslash.
func (p *sedParser) text(c *sedCommand) {
	p.src = strings.TrimLeft(p.src, " \t")
	if rest, ok := strings.CutPrefix(p.src, "\\"); ok {
		p.src = rest // GNU sed: blanks after "a\" belong to the text
		if below, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t"), "\n"); ok {
			p.src = below
		}
	}
	var lines []string
	for {
		line, rest, more := strings.Cut(p.src, "\n")
		p.src = rest
		cont := strings.HasSuffix(line, "\\")
		lines = append(lines, strings.TrimSuffix(line, "\\"))
		if !cont || !more {
			break
		}
	}
	c.text, _ = Escapes(strings.Join(lines, "\n"))
}
