package editor

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/docker/go-units"

	"drydock/tui/dialog"
	"drydock/tui/ui"
)

// NewBrowser lists the files of a machine; the one that is chosen is edited.
func NewBrowser(b ui.Browse) ui.Screen {
	items := make([]dialog.Item, 0, len(b.Files))
	for _, f := range b.Files {
		item := dialog.Item{Text: f.Path, Tell: ui.Chosen{Path: f.Path}}
		if !f.Text {
			item.Off = units.HumanSize(float64(f.Size)) + ", not a text that can be shown"
		}
		items = append(items, item)
	}
	intro := "Enter opens a file in the editor."
	if len(items) == 0 {
		intro = "There are no files in the home directory."
	}
	return dialog.NewList("Files on "+b.Machine, intro, items)
}

func plain() lipgloss.Style { return lipgloss.NewStyle() }

func splitLines(text string) []string { return strings.Split(text, "\n") }
