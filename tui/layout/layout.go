// Package layout decides where everything on the lesson screen is. It is one
// pure function: drawing and mouse hits use the same rectangles.
package layout

import "image"

// The smallest window in which a lesson can be played.
const (
	MinWidth  = 60
	MinHeight = 18
)

// Fits reports whether a window is large enough to play in.
func Fits(w, h int) bool { return w >= MinWidth && h >= MinHeight }

// Shape is how the panes are arranged.
type Shape int

// The shapes.
const (
	Narrow Shape = iota // one pane at a time, with tabs
	Medium              // lesson and harbour side by side above the terminal
	Wide                // lesson at the left; harbour above the terminal at the right
)

// ShapeOf is the shape for a width.
func ShapeOf(w int) Shape {
	switch {
	case w >= 110:
		return Wide
	case w >= 80:
		return Medium
	}
	return Narrow
}

// Pane is a part of the lesson screen that can have the focus.
type Pane int

// The panes.
const (
	None Pane = iota
	Lesson
	Harbour
	Terminal
)

// Layout is where everything is. A pane's rectangle holds its title line and
// its content; an empty one is not drawn.
type Layout struct {
	Shape   Shape
	Header  image.Rectangle
	Tabs    image.Rectangle // narrow: the names of the panes
	Goal    image.Rectangle // narrow: the goals in one line, while the lesson is hidden
	Lesson  image.Rectangle
	Harbour image.Rectangle
	// Rule is the line between the panes beside each other.
	Rule     image.Rectangle
	Terminal image.Rectangle
	Actions  image.Rectangle // empty where the lesson pane lists the actions
}

// View is what the layout depends on besides the size.
type View struct {
	Zoom Pane // this pane takes the room of all; None for none
	Tab  Pane // the one that the narrow shape shows
	// Reading is how many lines the lesson would like: a step has just begun and
	// the terminal has little to show yet. 0 is as usual.
	Reading int
}

// Of lays out w × h cells.
func Of(w, h int, v View) Layout {
	l := Layout{Shape: ShapeOf(w), Header: image.Rect(0, 0, w, 1)}
	body := image.Rect(0, 1, w, h-1)
	l.Actions = image.Rect(0, h-1, w, h)
	switch {
	case l.Shape == Narrow:
		l.narrow(body, v.Tab)
	case v.Zoom != None:
		l.only(v.Zoom, body)
	case l.Shape == Medium:
		l.medium(body, v.Reading)
	default:
		body.Max.Y, l.Actions = h, image.Rectangle{}
		l.wide(body)
	}
	return l
}

func (l *Layout) only(pane Pane, r image.Rectangle) {
	switch pane {
	case Lesson:
		l.Lesson = r
	case Harbour:
		l.Harbour = r
	default:
		l.Terminal = r
	}
}

func (l *Layout) narrow(body image.Rectangle, tab Pane) {
	l.Tabs = image.Rect(body.Min.X, body.Min.Y, body.Max.X, body.Min.Y+1)
	body.Min.Y++
	if tab != Lesson {
		l.Goal = image.Rect(body.Min.X, body.Min.Y, body.Max.X, body.Min.Y+1)
		body.Min.Y++
	}
	l.only(tab, body)
}

func (l *Layout) medium(body image.Rectangle, reading int) {
	w, h := body.Dx(), body.Dy()
	top := min(max(h*53/100, 9), h-7)
	if reading > 0 {
		top = max(top, min(h-leastTerminal, reading+1))
	}
	left := (w - 1) * 53 / 100
	y := body.Min.Y + top
	l.Lesson = image.Rect(0, body.Min.Y, left, y)
	l.Rule = image.Rect(left, body.Min.Y, left+1, y)
	l.Harbour = image.Rect(left+1, body.Min.Y, w, y)
	l.Terminal = image.Rect(0, y, w, body.Max.Y)
}

// leastTerminal is the height that the terminal keeps while a long text is read.
const leastTerminal = 5

// Readable reports that the medium shape has room for so many lines of a lesson
// at once, in a screen that is h high.
func Readable(h, lines int) bool { return lines+1 <= h-2-leastTerminal }

func (l *Layout) wide(body image.Rectangle) {
	w, h := body.Dx(), body.Dy()
	left := min(max(w*36/100, 40), 58)
	y := body.Min.Y + h*50/100
	l.Lesson = image.Rect(0, body.Min.Y, left, body.Max.Y)
	l.Rule = image.Rect(left, body.Min.Y, left+1, body.Max.Y)
	l.Harbour = image.Rect(left+1, body.Min.Y, w, y)
	l.Terminal = image.Rect(left+1, y, w, body.Max.Y)
}

// PaneAt is the pane at a cell.
func (l Layout) PaneAt(x, y int) Pane {
	p := image.Pt(x, y)
	switch {
	case p.In(l.Lesson):
		return Lesson
	case p.In(l.Harbour):
		return Harbour
	case p.In(l.Terminal):
		return Terminal
	}
	return None
}

// Rect is the rectangle of a pane.
func (l Layout) Rect(pane Pane) image.Rectangle {
	switch pane {
	case Lesson:
		return l.Lesson
	case Harbour:
		return l.Harbour
	case Terminal:
		return l.Terminal
	}
	return image.Rectangle{}
}

// Content is a pane's rectangle without its title line.
func Content(pane image.Rectangle) image.Rectangle {
	if !pane.Empty() {
		pane.Min.Y++
	}
	return pane
}

// Tab is the name of a pane in the narrow shape.
type Tab struct {
	Name string
	Pane Pane
	Rect image.Rectangle
}

// TabList is the tabs of the narrow shape, none in the others.
func (l Layout) TabList() []Tab {
	if l.Tabs.Empty() {
		return nil
	}
	tabs := []Tab{{Name: "Lesson", Pane: Lesson}, {Name: "Harbour", Pane: Harbour}, {Name: "Terminal", Pane: Terminal}}
	x := l.Tabs.Min.X
	for i := range tabs {
		w := len(tabs[i].Name) + 2
		tabs[i].Rect = image.Rect(x, l.Tabs.Min.Y, x+w, l.Tabs.Max.Y)
		x += w + 1
	}
	return tabs
}

// TabAt is the pane whose tab is at a cell.
func (l Layout) TabAt(x, y int) (Pane, bool) {
	for _, tab := range l.TabList() {
		if image.Pt(x, y).In(tab.Rect) {
			return tab.Pane, true
		}
	}
	return None, false
}
