// Bare is the least that a program with Bubble Tea and Glamour does: it renders
// a page of Markdown and shows it. Others are measured against it.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/glamour/v2"
)

const page = "# A page\n\nSome *prose* with `code`, as a lesson has it.\n\n- one\n- two\n\n```sh\ndocker ps\n```\n"

type model struct {
	text          string
	width, height int
}

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		if r, err := glamour.NewTermRenderer(glamour.WithStandardStyle("dark"), glamour.WithWordWrap(msg.Width)); err == nil {
			m.text, _ = r.Render(page)
		}
	case tea.KeyPressMsg:
		return m, tea.Quit
	}
	return m, nil
}

func (m model) View() tea.View {
	v := tea.View{AltScreen: true}
	if m.height > 0 {
		lines := strings.Split(m.text, "\n")
		for len(lines) < m.height {
			lines = append(lines, strings.Repeat(".", m.width))
		}
		v.Content = strings.Join(lines[:m.height], "\n")
	}
	return v
}

func main() {
	if _, err := tea.NewProgram(model{}).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
