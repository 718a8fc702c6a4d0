package kubectl

import (
	"strings"

	"drydock/sim/kube/printer"
)

// grid is a table of text; widths, when set, are at least those of earlier rows.
type grid struct {
	rows   [][]string
	widths []int
}

// text lays the rows out with three spaces between columns; the last is not padded.
func (g *grid) text() string {
	for _, r := range g.rows {
		for i, cell := range r {
			if i == len(g.widths) {
				g.widths = append(g.widths, 0)
			}
			g.widths[i] = max(g.widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, r := range g.rows {
		for i, cell := range r {
			b.WriteString(cell)
			if i < len(r)-1 {
				b.WriteString(strings.Repeat(" ", g.widths[i]-len([]rune(cell))+3))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// tables prints objects as tables, one a kind, in the order in which kinds come.
func (s *session) tables(found []target, o *getOptions) {
	prefix := o.types
	for _, t := range found {
		prefix = prefix || t.collection.Type().Kind != found[0].collection.Type().Kind
	}
	for from := 0; from < len(found); {
		kind, to := found[from].collection.Type(), from
		for to < len(found) && found[to].collection.Type().Kind == kind.Kind {
			to++
		}
		if from > 0 {
			s.p.Printf("\n")
		}
		g := grid{}
		if !o.noHeaders {
			g.rows = append(g.rows, header(kind.Kind, o))
		}
		for _, t := range found[from:to] {
			g.rows = append(g.rows, s.row(t, prefix, o))
		}
		s.p.Printf("%s", g.text())
		from = to
	}
}

func header(kind string, o *getOptions) []string {
	c := printer.ColumnsOf(kind)
	row := shown(c, c.Names, c.Wide, o)
	if o.plain {
		row = []string{"NAME", "AGE"}
	}
	if o.allNamespaces {
		row = append([]string{"NAMESPACE"}, row...)
	}
	for _, l := range o.columns {
		row = append(row, strings.ToUpper(l[strings.LastIndex(l, "/")+1:]))
	}
	if o.showLabels {
		row = append(row, "LABELS")
	}
	return row
}

// shown are the cells of a row in the width that was asked for.
func shown(c printer.Columns, plain, wide []string, o *getOptions) []string {
	switch {
	case o.output != "wide":
		return append([]string(nil), plain...)
	case c.WideFirst:
		return append([]string(nil), wide...)
	}
	return append(append([]string(nil), plain...), wide...)
}

func (s *session) row(t target, prefix bool, o *getOptions) []string {
	r := printer.RowOf(t.object, s.server.Clock.Now())
	c := printer.ColumnsOf(t.collection.Type().Kind)
	row := shown(c, r.Cells, r.Wide, o)
	if o.plain {
		row = []string{t.name, printer.Age(t.object.GetCreationTimestamp(), s.server.Clock.Now())}
	}
	if prefix && (c.Names[0] == "NAME" || o.plain) {
		row[0] = qualified(t.collection.Type()) + "/" + row[0]
	}
	if o.allNamespaces && t.collection.Type().Namespaced {
		row = append([]string{t.object.GetNamespace()}, row...)
	} else if o.allNamespaces {
		row = append([]string{""}, row...)
	}
	for _, l := range o.columns {
		row = append(row, t.object.GetLabels()[l])
	}
	if o.showLabels {
		row = append(row, printer.Labels(t.object))
	}
	return row
}
