package theme

// palette is the colours of a theme; an empty one is the terminal's own
// foreground, told apart by weight instead.
type palette struct {
	dim, rule, accent, good, warn, bad, fresh, command, selected, star, ground, text string
}

func paletteOf(kind Kind) palette {
	switch kind {
	case Dark:
		return palette{
			dim: "#8a94a6", rule: "#465062", accent: "#7cb7ff", good: "#86c994", warn: "#e3b565", bad: "#f27a7a",
			fresh: "#d9b8ff", command: "#9fd6e8", selected: "#3a4258", star: "#e8c170",
			ground: "#12161f", text: "#dcdfe4",
		}
	case Light:
		return palette{
			dim: "#5d6776", rule: "#b4bcc8", accent: "#0b57b0", good: "#19722f", warn: "#8a5a00", bad: "#b3261e",
			fresh: "#7a2fb5", command: "#0b6177", selected: "#d3e3f8", star: "#946200",
			ground: "#ffffff", text: "#1c2128",
		}
	case Sixteen:
		return palette{accent: "4", good: "2", warn: "3", bad: "1", fresh: "5", command: "6", star: "3"}
	}
	return palette{}
}

// Palette is the colours of a theme by role, for libraries that make their own
// styles of them; an empty one is the terminal's own.
type Palette struct{ Accent, Command, Dim, Rule string }

// Colours is the palette of a kind of theme.
func Colours(kind Kind) Palette {
	p := paletteOf(kind)
	return Palette{Accent: p.accent, Command: p.command, Dim: p.dim, Rule: p.rule}
}
