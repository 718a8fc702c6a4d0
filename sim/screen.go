package sim

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// screen is the part of a terminal that programs of the simulator use: lines of
// text with colours, carriage return, and moving up to write a line anew, which
// is how pulls and builds show their progress.
type screen struct {
	columns int
	rows    []row
	at      int // the row that is written to
	column  int // cell in that row
	command int
	pending string // an escape sequence that is not complete yet
	style   string // the SGR sequences in force
}

// row is one line: cells with the style that each was written in.
type row struct {
	cells []cell
	kind  LineKind
	cmd   int
	drawn string // text, kept while the cells do not change
}

type cell struct {
	r     rune
	style string
}

// maxRows is how much scroll-back is kept.
const maxRows = 5000

// Write implements io.Writer.
func (s *screen) Write(b []byte) (int, error) { s.write(string(b)); return len(b), nil }

func (s *screen) write(text string) {
	text = s.pending + text
	s.pending = ""
	for len(text) > 0 {
		if text[0] == 0x1b {
			n := escapeLength(text)
			if n == 0 {
				if len(text) < 32 {
					s.pending = text
					return
				}
				n = 1
			}
			s.escape(text[:n])
			text = text[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		text = text[n:]
		s.put(r)
	}
}

func (s *screen) put(r rune) {
	row := s.row()
	switch {
	case r == '\n':
		s.at++
		s.column = 0
		s.row()
	case r == '\r':
		s.column = 0
	case r == '\t':
		for next := s.column/8*8 + 8; s.column < next; {
			s.put(' ')
		}
	case r == '\b':
		s.column = max(s.column-1, 0)
	case r < ' ' || r == 0x7f:
	default:
		row.drawn = ""
		if row.cells == nil {
			row.cells = make([]cell, 0, 48)
		}
		for len(row.cells) <= s.column {
			row.cells = append(row.cells, cell{' ', ""})
		}
		row.cells[s.column] = cell{r, s.style}
		s.column++
	}
}

// row returns the row that is written to, making it if need be.
func (s *screen) row() *row {
	for len(s.rows) <= s.at {
		s.rows = append(s.rows, row{cmd: s.command})
	}
	if extra := len(s.rows) - maxRows; extra > 0 {
		s.rows = append(s.rows[:0:0], s.rows[extra:]...)
		s.at -= extra
	}
	return &s.rows[s.at]
}

// escapeLength is the length of the escape sequence at the start of text, or 0
// if it is not complete.
func escapeLength(text string) int {
	if len(text) < 2 {
		return 0
	}
	if text[1] != '[' {
		return 2
	}
	for i := 2; i < len(text); i++ {
		if text[i] >= 0x40 && text[i] <= 0x7e {
			return i + 1
		}
	}
	return 0
}

// escape carries out one sequence; those it does not know do nothing.
func (s *screen) escape(seq string) {
	if len(seq) < 3 || seq[1] != '[' {
		return
	}
	n, err := strconv.Atoi(seq[2 : len(seq)-1])
	if err != nil || n == 0 {
		n = 1
	}
	switch seq[len(seq)-1] {
	case 'm':
		s.colour(seq)
	case 'A', 'F':
		s.at = max(s.at-n, 0)
		if seq[len(seq)-1] == 'F' {
			s.column = 0
		}
	case 'B', 'E':
		s.at = min(s.at+n, max(len(s.rows)-1, 0))
		if seq[len(seq)-1] == 'E' {
			s.column = 0
		}
	case 'C':
		s.column += min(n, 500)
	case 'D':
		s.column = max(s.column-n, 0)
	case 'G':
		s.column = min(n, 500) - 1
	case 'K':
		s.eraseLine(seq)
	case 'J':
		s.erase(seq)
	case 'H':
		s.at, s.column = max(len(s.rows)-1, 0), 0
	}
}

func (s *screen) colour(seq string) {
	if seq == "\x1b[m" || seq == "\x1b[0m" {
		s.style = ""
		return
	}
	if len(s.style) < 64 {
		s.style += seq
	}
}

func (s *screen) eraseLine(seq string) {
	row := s.row()
	row.drawn = ""
	if seq == "\x1b[2K" || seq == "\x1b[1K" {
		row.cells = nil
		return
	}
	row.cells = row.cells[:min(s.column, len(row.cells))]
}

// erase is ED: from the cursor down, or everything (what `clear` does).
func (s *screen) erase(seq string) {
	if seq == "\x1b[2J" || seq == "\x1b[3J" {
		s.rows, s.at, s.column = nil, 0, 0
		return
	}
	s.eraseLine("\x1b[K")
	s.rows = s.rows[:s.at+1]
}

// typed shows a line that the learner typed after its prompt.
func (s *screen) typed(prompt, line string, command int, isCommand bool) {
	s.command = command
	if isCommand {
		s.fresh()
	}
	row := s.row()
	row.cmd = command
	if isCommand {
		row.kind = LineCommand
		s.style = ""
		s.write(prompt)
	}
	s.write(strings.ReplaceAll(line, "\x1b", "") + "\n")
}

// note shows a line of the game's own.
func (s *screen) note(text string) {
	s.fresh()
	s.row().kind = LineNote
	s.style = ""
	s.write(text + "\n")
}

// fresh goes to the start of an empty line below everything.
func (s *screen) fresh() {
	s.at = max(len(s.rows)-1, 0)
	if len(s.rows) > 0 && len(s.rows[s.at].cells) > 0 {
		s.at++
	}
	s.column = 0
}

// partial is the text of the line that is being written: a program's own prompt.
func (s *screen) partial() string {
	if s.at >= len(s.rows) {
		return ""
	}
	return s.rows[s.at].text()
}

// lines returns the scroll-back without the unfinished last line when that is a
// prompt's.
func (s *screen) lines() []ConsoleLine {
	rows := s.rows
	if n := len(rows); n > 0 && len(rows[n-1].cells) == 0 {
		rows = rows[:n-1]
	}
	out := make([]ConsoleLine, len(rows))
	for i := range rows {
		out[i] = ConsoleLine{Text: rows[i].text(), Kind: rows[i].kind, Command: rows[i].cmd}
	}
	return out
}

func (r *row) text() string {
	if r.drawn == "" {
		r.drawn = r.draw()
	}
	return r.drawn
}

func (r *row) draw() string {
	var b strings.Builder
	style := ""
	for _, c := range r.cells {
		if c.style != style {
			if style != "" {
				b.WriteString("\x1b[m")
			}
			b.WriteString(c.style)
			style = c.style
		}
		b.WriteRune(c.r)
	}
	if style != "" {
		b.WriteString("\x1b[m")
	}
	return b.String()
}
