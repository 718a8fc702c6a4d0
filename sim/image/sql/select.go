package sql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// selectRows runs SELECT after its first word.
func (s *Server) selectRows(db *Database, database string, p *parser) (Result, error) {
	p.accept("distinct")
	var columns []*expression
	var labels []string
	for {
		x, err := p.expr(0, 0)
		if err != nil {
			return Result{}, err
		}
		label := x.label(s.Dialect)
		if p.accept("as") || p.peek().kind == word && !slices.Contains(append(reserved(), "having", "offset"), p.peek().text) {
			if label, err = p.name(); err != nil {
				return Result{}, err
			}
		}
		columns, labels = append(columns, x), append(labels, label)
		if !p.accept(",") {
			break
		}
	}
	var t *Table
	if p.accept("from") {
		var err error
		if t, _, err = s.table(db, database, p); err != nil {
			return Result{}, err
		}
		if p.peek().kind == word && !slices.Contains(append(reserved(), "offset", "join", "inner", "left"), p.peek().text) {
			p.next() // an alias
		}
		if p.accept("join") || p.accept("inner", "join") || p.accept("left", "join") || p.accept(",") {
			return Result{}, failf("joins are part of SQL, but this simulator's database does not have them")
		}
	}
	rows, err := s.filtered(t, p)
	if err != nil {
		return Result{}, err
	}
	if p.accept("group", "by") {
		return Result{}, failf("GROUP BY is part of SQL, but this simulator's database does not have it")
	}
	if rows, err = s.ordered(t, rows, p); err != nil {
		return Result{}, err
	}
	r, err := s.project(t, rows, columns, labels)
	if err == nil {
		err = p.atEnd()
	}
	r.Tag = fmt.Sprintf("SELECT %d", len(r.Rows))
	return r, err
}

// filtered applies WHERE. A missing table is one empty row.
func (s *Server) filtered(t *Table, p *parser) ([][]*string, error) {
	rows := [][]*string{{}}
	if t != nil {
		rows = t.Rows
	}
	if !p.accept("where") {
		return rows, nil
	}
	x, err := p.expr(0, 0)
	if err != nil {
		return nil, err
	}
	if t != nil {
		if _, err := s.eval(x, t, make([]*string, len(t.Columns))); err != nil {
			return nil, err
		}
	}
	var kept [][]*string
	for _, row := range rows {
		v, err := s.eval(x, t, row)
		if err != nil {
			return nil, err
		}
		if isTrue(v) {
			kept = append(kept, row)
		}
	}
	return kept, nil
}

func isTrue(v *string) bool { return v != nil && (*v == "t" || *v == "true" || *v == "1") }

// ordered applies ORDER BY, LIMIT and OFFSET.
func (s *Server) ordered(t *Table, rows [][]*string, p *parser) ([][]*string, error) {
	if p.accept("order", "by") {
		rows = slices.Clone(rows)
		x, err := p.expr(0, 0)
		if err != nil {
			return nil, err
		}
		descending := p.accept("desc")
		p.accept("asc")
		if x.isNum && t != nil {
			if n, err := strconv.Atoi(x.text); err == nil && n >= 1 && n <= len(t.Columns) {
				x = &expression{op: "column", text: t.Columns[n-1].Name}
			}
		}
		if x.op == "column" && t != nil && t.column(x.text) < 0 {
			return nil, s.noColumn(x.text, "")
		}
		slices.SortStableFunc(rows, func(a, b []*string) int {
			va, _ := s.eval(x, t, a)
			vb, _ := s.eval(x, t, b)
			c := compare(va, vb)
			if descending {
				return -c
			}
			return c
		})
	}
	for _, w := range []string{"limit", "offset"} {
		if !p.accept(w) {
			continue
		}
		n, err := strconv.Atoi(p.next().text)
		if err != nil || n < 0 {
			p.pos--
			return nil, p.fail()
		}
		if w == "limit" {
			rows = rows[:min(n, len(rows))]
		} else {
			rows = rows[min(n, len(rows)):]
		}
	}
	return rows, nil
}

func compare(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	x, ok1 := numberOf(*a)
	y, ok2 := numberOf(*b)
	if ok1 && ok2 {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return strings.Compare(*a, *b)
}

// project computes the columns of the result.
func (s *Server) project(t *Table, rows [][]*string, columns []*expression, labels []string) (Result, error) {
	var r Result
	for i, x := range columns {
		if x.op != "all" {
			r.Columns, r.Numeric = append(r.Columns, labels[i]), append(r.Numeric, isNumeric(x, t))
			continue
		}
		if t == nil {
			return r, failf("SELECT * with no tables specified is not valid")
		}
		for _, c := range t.Columns {
			r.Columns, r.Numeric = append(r.Columns, c.Name), append(r.Numeric, c.numeric())
		}
	}
	if slices.ContainsFunc(columns, func(x *expression) bool { return x.aggregate() }) {
		var out []*string
		for _, x := range columns {
			v, err := s.total(x, t, rows)
			if err != nil {
				return r, err
			}
			out = append(out, v)
		}
		r.Rows = [][]*string{out}
		return r, nil
	}
	if t != nil {
		for _, x := range columns {
			if x.op == "column" && t.column(x.text) < 0 {
				return r, s.noColumn(x.text, "")
			}
		}
	}
	for _, row := range rows {
		var out []*string
		for _, x := range columns {
			if x.op == "all" {
				out = append(out, row...)
				continue
			}
			v, err := s.eval(x, t, row)
			if err != nil {
				return r, err
			}
			out = append(out, v)
		}
		r.Rows = append(r.Rows, out)
	}
	return r, nil
}

func (e *expression) aggregate() bool {
	return e.op == "call" && slices.Contains([]string{"count", "sum", "min", "max", "avg"}, e.text)
}

func isNumeric(x *expression, t *Table) bool {
	switch x.op {
	case "value":
		return x.isNum
	case "+", "-", "*", "/", "%":
		return true
	case "column":
		if t == nil {
			return false
		}
		i := t.column(x.text)
		return i >= 0 && t.Columns[i].numeric()
	case "call":
		return slices.Contains([]string{"count", "sum", "avg", "length"}, x.text) || (x.text == "min" || x.text == "max") && len(x.args) == 1 && isNumeric(x.args[0], t)
	}
	return false
}

// total computes an aggregate over all rows.
func (s *Server) total(x *expression, t *Table, rows [][]*string) (*string, error) {
	if !x.aggregate() {
		if x.op == "column" {
			return nil, failf("column \"%s\" must appear in the GROUP BY clause or be used in an aggregate function", x.text)
		}
		return s.eval(x, t, nil)
	}
	count, sum := 0, 0.0
	var best *string
	for _, row := range rows {
		if len(x.args) == 0 || x.args[0].op == "all" {
			count++
			continue
		}
		v, err := s.eval(x.args[0], t, row)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		count++
		n, _ := numberOf(*v)
		sum += n
		if best == nil || x.text == "min" && compare(v, best) < 0 || x.text == "max" && compare(v, best) > 0 {
			best = v
		}
	}
	switch {
	case x.text == "count":
		return str(strconv.Itoa(count)), nil
	case count == 0:
		return nil, nil
	case x.text == "sum":
		return str(strconv.FormatFloat(sum, 'f', -1, 64)), nil
	case x.text == "avg":
		return str(strconv.FormatFloat(sum/float64(count), 'f', 16, 64)), nil
	}
	return best, nil
}
