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

// layerLines draws an image's layers one a line, the newest above. Those that do
// not fit into h lines are counted at the top; the base is always there.
func (m *Model) layerLines(t theme.Theme, i *sim.Image, w, h int) []string {
	layers := filled(i)
	var lines []string
	if h < 1 {
		return nil
	}
	if hidden := len(layers) - h; hidden > 0 {
		lines = append(lines, t.Dim.Render(draw.Clip(theme.Ellipsis+" "+plural(hidden+1, "layer")+" above", w)))
		layers = layers[:h-1]
	}
	for at := len(layers) - 1; at >= 0; at-- {
		l := layers[at]
		mark := t.Dim.Render(theme.Layer)
		name := t.Dim.Render(instruction(l.Created))
		if m.shared[i.Machine+l.Digest] > 1 {
			mark, name = t.Accent.Render(theme.Shared), t.Accent.Render("shared ")+name
		}
		lines = append(lines, draw.Ends(draw.Clip(mark+" "+name, w-9), draw.Spaces(1)+size(l.Size), w))
	}
	return lines
}

// instruction shortens what made a layer to what the Dockerfile says.
func instruction(created string) string {
	created = strings.TrimPrefix(created, "/bin/sh -c ")
	created = strings.TrimPrefix(strings.TrimSpace(created), "#(nop) ")
	created = strings.TrimSuffix(strings.TrimSpace(created), "# buildkit")
	return strings.Join(strings.Fields(created), " ")
}

const (
	stackRows  = 6  // the least height of a stack of layers with its frame
	stackWidth = 23 // and the least width
)

// stacks draws each image as a stack of its layers, the base at the bottom, so
// that what images share is at the same height. Images without room are counted.
func (m *Model) stacks(t theme.Theme, p *place, w, h int) block {
	n := min(len(p.images), max((w+1)/(stackWidth+1), 1))
	layers := 0
	for _, i := range p.images[:n] {
		layers = max(layers, len(filled(&m.state.Images[i])))
	}
	height := min(max(layers, 1)+2, h-1)
	title := "images"
	if rest := len(p.images) - n; rest > 0 {
		title += ", " + thousands(rest) + " more"
	}
	var out block
	out.line(t.Dim.Render(title))
	var line []block
	for k, width := range shares(w, n) {
		line = append(line, m.imageStack(t, &m.state.Images[p.images[k]], min(width, 46), height))
	}
	out.below(row(1, line...))
	return out
}

// imageStack draws one image.
func (m *Model) imageStack(t theme.Theme, i *sim.Image, w, h int) block {
	key := imageKey(i)
	border := t.Rule
	if m.fresh[key] != "" {
		border = t.Fresh
	}
	if key == m.selected {
		border = t.Accent
	}
	mark := t.Dim.Render(theme.Stopped)
	if i.InUse {
		mark = t.Good.Render(theme.Running)
	}
	lines := m.layerLines(t, i, w-4, h-2)
	for len(lines) < h-2 {
		lines = append([]string{""}, lines...)
	}
	for k := range lines {
		lines[k] = " " + lines[k]
	}
	f := draw.Frame{
		Title: mark + " " + m.styleOf(t, key, t.Text).Render(draw.Clip(imageName(i), w-6)), Foot: t.Dim.Render(size(i.Size)), Style: border,
	}
	var b block
	b.object(key, w, f.Around(lines, w, h)...)
	return b
}

// filled are the layers of an image that hold files.
func filled(i *sim.Image) []sim.Layer {
	var out []sim.Layer
	for _, l := range i.Layers {
		if l.Size > 0 {
			out = append(out, l)
		}
	}
	return out
}
