package harbour

import (
	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// building draws the newest build while it is under way, in at most h lines.
func (m *Model) building(t theme.Theme, w, h int) block {
	n := len(m.state.Builds)
	if n == 0 || h <= 0 || m.state.Builds[n-1].Done {
		return block{}
	}
	b := &m.state.Builds[n-1]
	tag := b.Tag
	if tag == "" {
		tag = "an image"
	}
	var out block
	done := 0
	for _, s := range b.Steps {
		if s.State == "done" || s.State == "cached" {
			done++
		}
	}
	out.line(draw.Ends(" "+t.Accent.Render(theme.Play+" building ")+t.Strong.Render(tag), bar(t, done, len(b.Steps), 10)+" ", w))
	from := max(min(done-(h-1)/2, len(b.Steps)-(h-1)), 0)
	for _, s := range b.Steps[from:min(from+max(h-1, 0), len(b.Steps))] {
		out.line(draw.Clip("   "+buildStep(t, s), w))
	}
	return out
}

func buildStep(t theme.Theme, s sim.BuildStep) string {
	switch s.State {
	case "done":
		return t.Good.Render(theme.Met) + " " + s.Name
	case "cached":
		return t.Accent.Render(theme.Shared+" CACHED") + " " + s.Name
	case "running":
		return t.Warn.Render(theme.Starting) + " " + t.Strong.Render(s.Name)
	case "error":
		return t.Bad.Render(theme.Died + " " + s.Name)
	}
	return t.Dim.Render(theme.Stopped + " " + s.Name)
}

// bar is a progress bar of w cells.
func bar(t theme.Theme, done, all, w int) string {
	full := 0
	if all > 0 {
		full = done * w / all
	}
	return t.Good.Render(draw.Repeat(theme.Fill, full)) + t.Rule.Render(draw.Repeat(theme.Empty, w-full))
}
