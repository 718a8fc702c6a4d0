package lessons

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"
)

// section is a part of a lesson's body: the introduction, a step, the debrief.
type section struct {
	title string
	line  int // of its heading
	prose []byte
	fence []fence // its blocks named step
}

// fence is a fenced block named step.
type fence struct {
	line int // of the first line inside
	text []byte
	from int // where the block begins and ends in the body, fences included
	to   int
}

// body is a lesson's Markdown with its lines.
type body struct {
	text []byte
	line int // of its first line in the file
}

func (b *body) lineAt(offset int) int {
	return b.line + bytes.Count(b.text[:min(max(offset, 0), len(b.text))], []byte("\n"))
}

// parse finds the blocks of the Markdown and leaves what is inside paragraphs
// alone, which is where hostile text makes a Markdown parser slow.
func (b *body) parse() ast.Node {
	blocks := parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...))
	return blocks.Parse(gtext.NewReader(b.text))
}

// sections splits the body at its ## headings. A Markdown parser finds them, so
// that a ## or a fence inside a code block is left alone.
func (b *body) sections(c *collector) []section {
	doc := b.parse()
	out := []section{{line: b.line}}
	start := 0
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			from, to, ok := b.heading(n, c)
			if !ok {
				continue
			}
			b.close(&out[len(out)-1], start, from)
			out = append(out, section{title: strings.TrimSpace(string(n.Lines().Value(b.text))), line: b.lineAt(from)})
			start = to
		case *ast.FencedCodeBlock:
			if string(n.Language(b.text)) == "step" {
				last := &out[len(out)-1]
				last.fence = append(last.fence, b.fence(n))
			}
		}
	}
	b.close(&out[len(out)-1], start, len(b.text))
	return out
}

// heading says where the line of a ## heading begins and ends.
func (b *body) heading(n *ast.Heading, c *collector) (from, to int, ok bool) {
	if n.Level > 2 || n.Lines().Len() == 0 {
		return 0, 0, false
	}
	at := n.Lines().At(0)
	from = bytes.LastIndexByte(b.text[:at.Start], '\n') + 1
	to = len(b.text)
	if i := bytes.IndexByte(b.text[at.Stop:], '\n'); i >= 0 {
		to = at.Stop + i + 1
	}
	if n.Level == 1 {
		c.add(b.lineAt(from), "the title stands in the front matter; steps begin with ##, and smaller headings with ###")
		return 0, 0, false
	}
	if !bytes.HasPrefix(bytes.TrimLeft(b.text[from:], " "), []byte("##")) {
		c.add(b.lineAt(from), "a line of dashes makes the text above it a heading; write ## before it, or leave an empty line between")
		return 0, 0, false
	}
	return from, to, true
}

// fence finds a fenced block's text and where its fences begin and end.
func (b *body) fence(n *ast.FencedCodeBlock) fence {
	open := n.Info.Segment.Start
	f := fence{from: bytes.LastIndexByte(b.text[:open], '\n') + 1}
	inner := b.endOfLine(open)
	f.line, f.to = b.lineAt(inner), inner
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		f.text = append(f.text, line.Value(b.text)...)
		f.to = line.Stop
	}
	f.to = b.endOfLine(f.to)
	return f
}

// endOfLine is the offset after the line break at or after an offset.
func (b *body) endOfLine(offset int) int {
	if i := bytes.IndexByte(b.text[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(b.text)
}

// close gives a section its prose: its text without the step blocks.
func (b *body) close(s *section, from, to int) {
	for _, f := range s.fence {
		s.prose = append(s.prose, b.text[from:f.from]...)
		from = min(f.to, to)
	}
	s.prose = bytes.TrimSpace(append(s.prose, b.text[from:max(to, from)]...))
}
