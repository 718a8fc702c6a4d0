package dialog

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"drydock/tui/draw"
	"drydock/tui/ui"
)

// Item is an entry of a list: what it is, a few words about it, and the message
// that the screen beneath gets when it is chosen.
type Item struct {
	Text string
	Help string
	Off  string // why it cannot be chosen now
	Tell tea.Msg
}

// List lets the learner choose one of several things.
type List struct {
	title string
	intro []string
	items []Item
	at    int
	width int
}

// NewList makes a list. The intro stands above the entries.
func NewList(title, intro string, items []Item) *List {
	d := &List{title: title, items: items}
	if intro != "" {
		d.intro = append(draw.Wrap(intro, 66), "")
	}
	for _, line := range d.intro {
		d.width = max(d.width, draw.Width(line))
	}
	for _, item := range items {
		d.width = max(d.width, draw.Width(item.Text)+6, draw.Width(item.Help)+8)
	}
	return d
}

// Ask is a question with two answers; yes is told when it is agreed to.
func Ask(title, question, yes, no string, tell tea.Msg) *List {
	return NewList(title, question, []Item{{Text: no}, {Text: yes, Tell: tell}})
}

// Update moves, chooses or closes.
func (d *List) Update(env *ui.Env, msg tea.Msg) (ui.Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if n, err := strconv.Atoi(msg.String()); err == nil && n >= 1 && n <= len(d.items) {
			return d.choose(n - 1), nil
		}
		do, cmd, _ := ui.Dispatch(d.Commands(env), msg)
		return do, cmd
	case tea.MouseWheelMsg:
		d.move(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[msg.Button])
	case tea.MouseClickMsg:
		if i, ok := d.itemAt(env, msg.Y); ok {
			return d.choose(i), nil
		}
	}
	return nil, nil
}

func (d *List) choose(i int) ui.Action {
	d.at = i
	if off := d.items[i].Off; off != "" {
		return ui.Notice(off)
	}
	return ui.Close{Tell: d.items[i].Tell}
}

func (d *List) move(by int) { d.at = min(max(d.at+by, 0), max(len(d.items)-1, 0)) }

// Commands are the keys of a list.
func (d *List) Commands(env *ui.Env) []ui.Group {
	k := env.Keys
	by := func(n int) func() (ui.Action, tea.Cmd) {
		return func() (ui.Action, tea.Cmd) { d.move(n); return nil, nil }
	}
	choose := func() (ui.Action, tea.Cmd) {
		if len(d.items) == 0 {
			return ui.Close{}, nil
		}
		return d.choose(d.at), nil
	}
	return []ui.Group{{Title: d.title, Commands: []ui.Command{
		{Key: k.Accept, Foot: true, Run: choose}, {Key: ui.With(k.Cancel, "q", "ctrl+c"), Foot: true, Run: ui.Act(ui.Close{})},
		{Key: ui.With(k.Up, "shift+tab"), Foot: true, Run: by(-1)}, {Key: ui.With(k.Down, "tab"), Foot: true, Run: by(1)},
		{Key: k.PageUp, Run: by(-8)}, {Key: k.PageDown, Run: by(8)},
	}}}
}

// rows draws all entries; each knows its lines by the index of its item.
func (d *List) rows(env *ui.Env, w int) (lines []string, owner []int) {
	t := env.Theme
	for i, item := range d.items {
		number := "  "
		if i < 9 {
			number = strconv.Itoa(i+1) + " "
		}
		text := draw.Fit(" "+number+" "+item.Text, w)
		switch {
		case i == d.at:
			text = t.Selected.Render(text)
		case item.Off != "":
			text = t.Dim.Render(text)
		}
		lines, owner = append(lines, text), append(owner, i)
		help := item.Help
		if item.Off != "" {
			help = item.Off
		}
		if help != "" {
			for _, line := range draw.Wrap(help, w-5) {
				lines, owner = append(lines, "    "+t.Dim.Render(line)), append(owner, i)
			}
		}
	}
	return lines, owner
}

// window is which lines of the entries are shown.
func (d *List) window(env *ui.Env, w, h int) (lines []string, owner []int, top, columns, rows int) {
	columns = min(max(d.width, draw.Width(d.title)+4, 24), w-8, 76)
	lines, owner = d.rows(env, columns)
	rows = max(min(len(lines), h-4-len(d.intro)), 1)
	for i, o := range owner {
		if o == d.at && i >= top+rows {
			top = i - rows + 1
		}
	}
	return lines, owner, top, columns, rows
}

// View draws the list.
func (d *List) View(env *ui.Env, w, h int) ui.Frame {
	lines, _, top, columns, rows := d.window(env, w, h)
	var body []string
	for _, line := range d.intro {
		body = append(body, " "+line)
	}
	for i := top; i < min(top+rows, len(lines)); i++ {
		body = append(body, " "+lines[i])
	}
	return ui.Frame{Lines: frame(env, d.title, more(top, rows, len(lines))).Around(body, columns+4, len(body)+2)}
}

// itemAt is the entry in a line of the dialog.
func (d *List) itemAt(env *ui.Env, y int) (int, bool) {
	_, owner, top, _, rows := d.window(env, env.Width, env.Height-1)
	i := y - 1 - len(d.intro)
	if i < 0 || i >= rows || top+i >= len(owner) {
		return 0, false
	}
	return owner[top+i], true
}
