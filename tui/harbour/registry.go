package harbour

import (
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

// registries draws each registry that matters as one line, at most h of them.
func (m *Model) registries(t theme.Theme, w, h int) block {
	var out block
	for i := range m.state.Registries {
		r := &m.state.Registries[i]
		if out.height() >= h {
			break
		}
		if len(r.Repos) == 0 && r.Up && r.Host == "docker.io" {
			continue // it is always there; it matters once something came from it
		}
		key := Key{"registry", "", r.Host}
		mark, style := theme.Running, t.Good
		if !r.Up {
			mark, style = theme.Died, t.Bad
		}
		line := " " + style.Render(mark) + t.Dim.Render(" registry ") + m.styleOf(t, key, t.Strong).Render(r.Host)
		if !r.Up {
			line += t.Bad.Render(" is down")
		}
		out.object(key, w, draw.Fit(line+"  "+repositories(t, r, w-draw.Width(line)-2)+m.news(t, key), w))
	}
	return out
}

// repositories names what a registry holds, as far as it fits.
func repositories(t theme.Theme, r *sim.Registry, w int) string {
	var parts []string
	used := 0
	for i, repo := range r.Repos {
		text := strings.TrimPrefix(repo.Name, "library/") + ":" + strings.Join(repo.Tags, ",")
		if repo.Private {
			text = theme.Lock + " " + text
		}
		if used += draw.Width(text) + 2; used > w-8 && i > 0 {
			parts = append(parts, "+"+thousands(len(r.Repos)-i))
			break
		}
		parts = append(parts, text)
	}
	return t.Dim.Render(strings.Join(parts, "  "))
}
