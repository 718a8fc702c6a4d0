package ui

// Messages that the root sends to a screen.
type (
	// Entered is the first message that a screen gets.
	Entered struct{}
	// Repaint says that the theme changed: what was drawn and kept is stale.
	Repaint struct{}
)
