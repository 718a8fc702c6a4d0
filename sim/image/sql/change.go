package sql

import (
	"fmt"
	"slices"
)

func (s *Server) update(db *Database, database string, p *parser) (Result, error) {
	t, name, err := s.table(db, database, p)
	if err != nil {
		return Result{}, err
	}
	if err := p.expect("set"); err != nil {
		return Result{}, err
	}
	changes := map[int]*expression{}
	var order []int
	for {
		c, err := p.name()
		if err != nil {
			return Result{}, err
		}
		i := t.column(c)
		if i < 0 {
			return Result{}, s.noColumn(c, name)
		}
		if err := p.expect("="); err != nil {
			return Result{}, err
		}
		x, err := p.expr(0, 0)
		if err != nil {
			return Result{}, err
		}
		changes[i] = x
		order = append(order, i)
		if !p.accept(",") {
			break
		}
	}
	rows, err := s.filtered(t, p)
	if err != nil {
		return Result{}, err
	}
	for _, row := range rows {
		fresh := slices.Clone(row)
		for _, i := range order {
			if fresh[i], err = s.eval(changes[i], t, row); err != nil {
				return Result{}, err
			}
		}
		copy(row, fresh)
	}
	return Result{Tag: fmt.Sprintf("UPDATE %d", len(rows)), Count: len(rows), Changed: true}, p.atEnd()
}

func (s *Server) remove(db *Database, database string, p *parser) (Result, error) {
	t, _, err := s.table(db, database, p)
	if err != nil {
		return Result{}, err
	}
	gone, err := s.filtered(t, p)
	if err == nil {
		err = p.atEnd()
	}
	if err != nil {
		return Result{}, err
	}
	kept := t.Rows[:0:0]
	for _, row := range t.Rows {
		if !slices.ContainsFunc(gone, func(g []*string) bool { return len(g) > 0 && &g[0] == &row[0] }) {
			kept = append(kept, row)
		}
	}
	n := len(t.Rows) - len(kept)
	t.Rows = kept
	return Result{Tag: fmt.Sprintf("DELETE %d", n), Count: n, Changed: true}, nil
}
