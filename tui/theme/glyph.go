package theme

// Glyphs of the screen, each one cell wide in every terminal: no emoji, nothing
// with a variation selector.
const (
	Running   = "●"
	Starting  = "◐"
	Died      = "✗"
	Stopped   = "○"
	Paused    = "‖"
	Restarts  = "↻"
	Met       = "✓"
	Open      = "○"
	StarFull  = "★"
	StarNone  = "☆"
	Play      = "▶"
	Pointer   = "▸"
	Opened    = "▾"
	Arrow     = "→"
	Ellipsis  = "…"
	Layer     = "▤"
	Shared    = "▥"
	Disk      = "▣"
	Wire      = "┄"
	Lock      = "◆"
	Fill      = "█"
	Empty     = "░"
	Horizon   = "─"
	Heavy     = "━"
	Vertical  = "│"
	Dot       = "·"
	Up        = "↑"
	Down      = "↓"
	ScrollBar = "┃"
)

// Glyphs lists all of them, for the test that each takes one cell.
func Glyphs() []string {
	return []string{Running, Starting, Died, Stopped, Paused, Restarts, Met, Open, StarFull, StarNone, Play, Pointer, Opened, Arrow,
		Ellipsis, Layer, Shared, Disk, Wire, Lock, Fill, Empty, Horizon, Heavy, Vertical, Dot, Up, Down, ScrollBar,
		"╭", "╮", "╰", "╯", "├", "┤", "┬", "┴", "┼", "┷"}
}

// Title is the name of the window while a screen is shown.
func Title(screen string) string { return "drydock: " + screen }
