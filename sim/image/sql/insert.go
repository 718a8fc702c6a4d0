package sql

import (
	"strconv"
)

func (s *Server) insert(db *Database, database string, p *parser) (Result, error) {
	t, name, err := s.table(db, database, p)
	if err != nil {
		return Result{}, err
	}
	var at []int
	if p.accept("(") {
		for {
			c, err := p.name()
			if err != nil {
				return Result{}, err
			}
			i := t.column(c)
			if i < 0 {
				return Result{}, s.noColumn(c, name)
			}
			at = append(at, i)
			if !p.accept(",") {
				break
			}
		}
		if err := p.expect(")"); err != nil {
			return Result{}, err
		}
	} else {
		for i := range t.Columns {
			at = append(at, i)
		}
	}
	if err := p.expect("values"); err != nil {
		return Result{}, err
	}
	var rows [][]*string
	for {
		row, err := s.values(t, at, name, p)
		if err != nil {
			return Result{}, err
		}
		rows = append(rows, row)
		if !p.accept(",") {
			break
		}
	}
	returning := p.accept("returning")
	r := Result{Tag: "INSERT 0 " + strconv.Itoa(len(rows)), Count: len(rows), Changed: true}
	for _, row := range rows {
		if err := s.add(t, name, row); err != nil {
			return Result{Changed: true}, err
		}
	}
	if returning {
		x, err := p.expr(0, 0)
		if err != nil {
			return r, err
		}
		r.Columns, r.Numeric = []string{x.label(s.Dialect)}, []bool{true}
		for _, row := range rows {
			v, err := s.eval(x, t, row)
			if err != nil {
				return r, err
			}
			r.Rows = append(r.Rows, []*string{v})
		}
		return r, nil
	}
	return r, p.atEnd()
}

func (s *Server) noColumn(column, table string) error {
	if s.Dialect == "mysql" {
		return failf("ERROR 1054 (42S22) at line 1: Unknown column '%s' in 'field list'", column)
	}
	if table == "" {
		return failf("column \"%s\" does not exist", column)
	}
	return failf("column \"%s\" of relation \"%s\" does not exist", column, table)
}

// values reads one row of VALUES.
func (s *Server) values(t *Table, at []int, name string, p *parser) ([]*string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	row := make([]*string, len(t.Columns))
	given := map[int]bool{}
	for i := 0; ; i++ {
		isDefault := p.accept("default")
		var v *string
		if !isDefault {
			x, err := p.expr(0, 0)
			if err != nil {
				return nil, err
			}
			if x.op == "column" {
				return nil, failf("column \"%s\" does not exist", x.text)
			}
			if v, err = s.eval(x, nil, nil); err != nil {
				return nil, err
			}
		}
		if i >= len(at) {
			if s.Dialect == "mysql" {
				return nil, failf("ERROR 1136 (21S01) at line 1: Column count doesn't match value count at row 1")
			}
			return nil, failf("INSERT has more expressions than target columns")
		}
		if !isDefault {
			row[at[i]], given[at[i]] = v, true
		}
		if !p.accept(",") {
			break
		}
	}
	for i, c := range t.Columns {
		switch {
		case given[i]:
		case c.Serial:
			t.Serial++
			row[i] = str(strconv.FormatInt(t.Serial, 10))
		case c.Default != nil && *c.Default == "\x00now":
			row[i] = str(s.Now().UTC().Format("2006-01-02 15:04:05"))
		case c.Default != nil:
			row[i] = c.Default
		}
	}
	return row, p.expect(")")
}

// add checks a row and appends it.
func (s *Server) add(t *Table, name string, row []*string) error {
	for i, c := range t.Columns {
		switch {
		case row[i] == nil && c.NotNull:
			if s.Dialect == "mysql" {
				return failf("ERROR 1048 (23000) at line 1: Column '%s' cannot be null", c.Name)
			}
			return failf("null value in column \"%s\" of relation \"%s\" violates not-null constraint", c.Name, name)
		case row[i] != nil && c.Type == "integer":
			if _, ok := numberOf(*row[i]); !ok {
				return failf("invalid input syntax for type integer: \"%s\"", *row[i])
			}
		}
		if !c.Unique || row[i] == nil {
			continue
		}
		for _, other := range t.Rows {
			if other[i] != nil && *other[i] == *row[i] {
				if s.Dialect == "mysql" {
					return failf("ERROR 1062 (23000) at line 1: Duplicate entry '%s' for key '%s.PRIMARY'", *row[i], name)
				}
				return failf("duplicate key value violates unique constraint \"%s_pkey\"\nDETAIL:  Key (%s)=(%s) already exists.", name, c.Name, *row[i])
			}
		}
	}
	if len(t.Rows) > 100000 {
		return failf("this simulator's database has at most 100000 rows in a table")
	}
	t.Rows = append(t.Rows, row)
	return nil
}
