package lessons

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"drydock/sim"
)

// frontBlock is the front matter of a lesson.
type frontBlock struct {
	ID       text      `yaml:"id"`
	Number   text      `yaml:"number"`
	Title    text      `yaml:"title"`
	Summary  text      `yaml:"summary"`
	Minutes  int       `yaml:"minutes"`
	Covers   lines     `yaml:"covers"`
	Requires lines     `yaml:"requires"`
	Par      int       `yaml:"par"`
	World    yaml.Node `yaml:"world"`
}

// readLesson reads a lesson's front matter. The rest waits for open.
func readLesson(p *pack, dir string, c *collector) *Lesson {
	name := lessonPath(dir)
	data, ok := p.readText(name, maxLessonBytes, c)
	if !ok {
		return nil
	}
	front, body, ok := splitFront(data)
	if !ok {
		c.add(1, "a lesson begins with a line ---, its front matter, and another line ---")
		return nil
	}
	var f frontBlock
	before := len(c.list)
	c.strict(2, front, &f)
	l := &Lesson{
		ID: f.ID.value, Number: f.Number.value, Title: f.Title.value, Summary: strings.TrimSpace(f.Summary.value), Minutes: f.Minutes,
		Covers: f.Covers.values(), Requires: f.Requires.values(), Par: f.Par, Source: name,
		pack: p, dir: dir, body: body, bodyLine: 3 + bytes.Count(front, []byte("\n")),
		lines: map[string]int{"id": f.ID.line, "number": f.Number.line, "par": keyLine(front, "par")},
	}
	if len(f.Requires) > 0 {
		l.lines["requires"] = f.Requires[0].line
	}
	if len(f.Covers) > 0 {
		l.lines["covers"] = f.Covers[0].line
	}
	if len(c.list) == before {
		c.checkFront(l, &f)
	}
	if l.Number == "" || l.ID == "" {
		return nil
	}
	l.worldLine, l.world = worldText(front, &f.World)
	return l
}

// keyLine is the line of the file on which a key of the front matter stands.
func keyLine(front []byte, key string) int {
	for n, line := range strings.Split(string(front), "\n") {
		if strings.HasPrefix(line, key+":") {
			return n + 2
		}
	}
	return 1
}

func (c *collector) checkFront(l *Lesson, f *frontBlock) {
	var err error
	if l.Chapter, l.place, err = parseNumber(l.Number); err != nil {
		c.add(max(f.Number.line, 1), "%s", err)
	}
	switch {
	case l.ID == "":
		c.add(1, "id is missing; progress is kept under it, for example id: first-container")
	case strings.Trim(l.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(l.ID) > 64:
		c.add(f.ID.line, "the id %q may hold small letters, digits and dashes, at most 64", l.ID)
	}
	for key, value := range map[string]string{"title": l.Title, "summary": l.Summary} {
		if strings.TrimSpace(value) == "" {
			c.add(1, "%s is missing", key)
		}
	}
	if l.Minutes < 1 || l.Minutes > 120 {
		c.add(1, "minutes is how long the lesson takes, 1 to 120")
	}
	if l.Par < 0 || l.Par > 500 {
		c.add(1, "par is the number of commands that a practised person needs, 0 to 500")
	}
	for _, claim := range f.Covers {
		if !isClaim(claim.value) {
			c.add(claim.line, "covers: %q is no claim; write C01, C02, ...", claim.value)
		}
	}
}

// splitFront cuts the front matter from the body.
func splitFront(data []byte) (front, body []byte, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte("---\n"))
	if !ok {
		return nil, nil, false
	}
	if body, ok = bytes.CutPrefix(rest, []byte("---\n")); ok {
		return nil, body, true
	}
	front, body, ok = bytes.Cut(rest, []byte("\n---\n"))
	if !ok {
		front, ok = bytes.CutSuffix(rest, []byte("\n---"))
	}
	return append(front, '\n'), body, ok
}

// worldText is the text of the world spec and the line of the file at which it
// begins: what is written under the key, so that the spec's own errors have the
// right lines.
func worldText(front []byte, n *yaml.Node) (line int, spec []byte) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			return n.Line + 1, []byte(n.Value)
		}
		return n.Line, []byte(n.Value)
	case yaml.MappingNode:
		all := strings.Split(string(front), "\n")
		from := n.Line - 2 // the front matter begins on line 2 of the file
		if from < 0 || from >= len(all) {
			return n.Line, nil
		}
		part := []string{strings.Repeat(" ", n.Column-1) + all[from][min(n.Column-1, len(all[from])):]}
		for _, l := range all[from+1:] {
			if l != "" && l[0] != ' ' && l[0] != '#' && l[0] != '}' {
				break
			}
			part = append(part, l)
		}
		return n.Line, []byte(strings.Join(part, "\n"))
	}
	return 2, nil
}

// readWorld makes the lesson's scenario.
func (l *Lesson) readWorld(c *collector) {
	text := append(bytes.Repeat([]byte("\n"), max(l.worldLine-1, 0)), l.world...)
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		c.yamlError(l.worldLine, err)
		return
	}
	before := len(c.list)
	c.tame(&root, 0)
	if len(c.list) > before {
		return
	}
	spec, err := sim.ParseSpec("world", text)
	if err != nil {
		c.specErrors(l.worldLine, strings.TrimPrefix(err.Error(), "world: "))
	}
	l.Scenario = sim.Scenario{Spec: spec, Files: l.pack.home(l.dir, c)}
	c.file = l.Source
}

// specErrors takes the spec reader's errors apart, one a line.
func (c *collector) specErrors(line int, message string) {
	for _, one := range strings.Split(strings.TrimPrefix(message, "unmarshal errors:\n"), "\n") {
		if one = strings.TrimSpace(one); one != "" {
			c.specError(line, one)
		}
	}
}
