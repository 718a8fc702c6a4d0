package harbour

import (
	"strings"

	"drydock/sim"
	"drydock/tui/draw"
	"drydock/tui/theme"
)

func imageKey(i *sim.Image) Key { return Key{"image", i.Machine, i.ID} }

// imageName is the name that a person calls an image, or the start of its id.
func imageName(i *sim.Image) string {
	if len(i.Names) > 0 {
		return i.Names[0]
	}
	return "<none> " + shortID(i.ID)
}

func shortID(id string) string {
	id = strings.TrimPrefix(id, "sha256:")
	return id[:min(12, len(id))]
}

// imageItem draws an image: name, its stack of layers, size. Layers that another
// image on the machine has too are drawn differently.
func (m *Model) imageItem(t theme.Theme, i *sim.Image, w int, brief bool) (Key, string) {
	key := imageKey(i)
	name := imageName(i)
	if len(i.Names) > 1 {
		name += " +" + thousands(len(i.Names)-1)
	}
	mark := t.Dim.Render(theme.Stopped)
	if i.InUse {
		mark = t.Good.Render(theme.Running)
	}
	if brief {
		return key, m.styleOf(t, key, t.Text).Render(draw.Clip(name, max(w-1, 1))) + m.news(t, key)
	}
	right := m.stack(t, i, max(w/4, 3)) + " " + draw.Spaces(7-draw.Width(size(i.Size))) + size(i.Size)
	left := mark + " " + m.styleOf(t, key, t.Text).Render(draw.Clip(name, max(w-draw.Width(right)-3, 6))) + m.news(t, key)
	return key, draw.Ends(left, right, w)
}

// stack draws the layers of an image that hold files, the base at the left.
func (m *Model) stack(t theme.Theme, i *sim.Image, w int) string {
	var own, shared int
	for _, l := range i.Layers {
		switch {
		case l.Size == 0:
		case m.shared[i.Machine+l.Digest] > 1:
			shared++
		default:
			own++
		}
	}
	for own+shared > w {
		if shared >= own {
			shared--
		} else {
			own--
		}
	}
	return t.Accent.Render(draw.Repeat(theme.Shared, shared)) + t.Dim.Render(draw.Repeat(theme.Layer, own))
}

// layerLines draws an image's layers one a line, the newest above, as many as fit.
func (m *Model) layerLines(t theme.Theme, i *sim.Image, w, h int) []string {
	var lines []string
	for at := len(i.Layers) - 1; at >= 0 && len(lines) < h; at-- {
		l := i.Layers[at]
		if l.Size == 0 {
			continue
		}
		mark, note := t.Dim.Render(theme.Layer), ""
		if m.shared[i.Machine+l.Digest] > 1 {
			mark, note = t.Accent.Render(theme.Shared), " shared"
		}
		lines = append(lines, draw.Ends(" "+mark+" "+t.Dim.Render(l.Created), size(l.Size)+t.Accent.Render(note), w))
	}
	return lines
}
