package sql

import (
	"slices"
	"strconv"
	"strings"
)

// eval computes an expression for a row; nil is NULL.
func (s *Server) eval(x *expression, t *Table, row []*string) (*string, error) {
	switch x.op {
	case "value":
		if x.text == "true" && !x.isNum {
			return str("t"), nil
		}
		if x.text == "false" && !x.isNum {
			return str("f"), nil
		}
		return str(x.text), nil
	case "null":
		return nil, nil
	case "all":
		return nil, &SyntaxError{"*"}
	case "column":
		return s.columnValue(x, t, row)
	case "call":
		return s.function(x, t, row)
	}
	args := make([]*string, len(x.args))
	for i, a := range x.args {
		v, err := s.eval(a, t, row)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return operate(x.op, args)
}

func (s *Server) columnValue(x *expression, t *Table, row []*string) (*string, error) {
	switch x.text {
	case "current_user", "user":
		return str("postgres"), nil
	case "current_timestamp", "current_date":
		return str(s.Now().UTC().Format("2006-01-02 15:04:05")), nil
	}
	if t == nil {
		return nil, s.noColumn(x.text, "")
	}
	i := t.column(x.text)
	if i < 0 {
		return nil, s.noColumn(x.text, "")
	}
	if i >= len(row) {
		return nil, nil
	}
	return row[i], nil
}

func operate(op string, a []*string) (*string, error) {
	truth := func(b bool) (*string, error) { return str(map[bool]string{true: "t", false: "f"}[b]), nil }
	switch op {
	case "is null":
		return truth(a[0] == nil)
	case "is not null":
		return truth(a[0] != nil)
	case "not":
		return truth(!isTrue(a[0]))
	case "and":
		return truth(isTrue(a[0]) && isTrue(a[1]))
	case "or":
		return truth(isTrue(a[0]) || isTrue(a[1]))
	case "in":
		return truth(slices.ContainsFunc(a[1:], func(v *string) bool { return v != nil && a[0] != nil && compare(v, a[0]) == 0 }))
	}
	if slices.Contains(a, nil) {
		return nil, nil
	}
	c := compare(a[0], a[1])
	switch op {
	case "=":
		return truth(c == 0)
	case "<>", "!=":
		return truth(c != 0)
	case "<":
		return truth(c < 0)
	case ">":
		return truth(c > 0)
	case "<=":
		return truth(c <= 0)
	case ">=":
		return truth(c >= 0)
	case "between":
		return truth(c >= 0 && compare(a[0], a[2]) <= 0)
	case "like":
		return truth(like(*a[1], *a[0]))
	case "ilike":
		return truth(like(strings.ToLower(*a[1]), strings.ToLower(*a[0])))
	case "||":
		return str(*a[0] + *a[1]), nil
	}
	return arithmetic(op, *a[0], *a[1])
}

// like matches a pattern with % and _.
func like(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	if pattern[0] == '%' {
		for i := 0; i <= len(text); i++ {
			if like(pattern[1:], text[i:]) {
				return true
			}
		}
		return false
	}
	return text != "" && (pattern[0] == '_' || pattern[0] == text[0]) && like(pattern[1:], text[1:])
}

func arithmetic(op, left, right string) (*string, error) {
	x, ok1 := numberOf(left)
	y, ok2 := numberOf(right)
	if !ok1 || !ok2 {
		return nil, failf("invalid input syntax for type integer: \"%s\"", left)
	}
	whole := !strings.Contains(left, ".") && !strings.Contains(right, ".")
	if (op == "/" || op == "%") && y == 0 {
		return nil, failf("division by zero")
	}
	v := map[string]float64{"+": x + y, "-": x - y, "*": x * y}[op]
	switch {
	case op == "%":
		v = float64(int64(x) % max(int64(y), 1))
	case op == "/" && whole:
		v = float64(int64(x) / int64(y))
	case op == "/":
		v = x / y
	}
	return str(strconv.FormatFloat(v, 'f', -1, 64)), nil
}

func (s *Server) function(x *expression, t *Table, row []*string) (*string, error) {
	var args []*string
	for _, a := range x.args {
		v, err := s.eval(a, t, row)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	switch x.text {
	case "version":
		if s.Dialect == "mysql" {
			return str(s.Version), nil
		}
		return str("PostgreSQL " + s.Version + " on x86_64-pc-linux-gnu, compiled by gcc, 64-bit"), nil
	case "now":
		return str(s.Now().UTC().Format("2006-01-02 15:04:05")), nil
	case "current_database", "database":
		return str("postgres"), nil
	case "upper", "lower", "length":
		if len(args) != 1 || args[0] == nil {
			return nil, nil
		}
		switch x.text {
		case "upper":
			return str(strings.ToUpper(*args[0])), nil
		case "lower":
			return str(strings.ToLower(*args[0])), nil
		}
		return str(strconv.Itoa(len([]rune(*args[0])))), nil
	case "coalesce":
		for _, a := range args {
			if a != nil {
				return a, nil
			}
		}
		return nil, nil
	case "concat":
		out := ""
		for _, a := range args {
			if a != nil {
				out += *a
			}
		}
		return &out, nil
	}
	if s.Dialect == "mysql" {
		return nil, failf("ERROR 1305 (42000) at line 1: FUNCTION %s does not exist", x.text)
	}
	return nil, failf("function %s() does not exist\nHINT:  No function matches the given name and argument types. You might need to add explicit type casts.", x.text)
}
