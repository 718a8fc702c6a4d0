package sql

import (
	"maps"
	"slices"
	"strings"
)

// Execute runs one statement in a database. Errors are in the result, in the
// words of the dialect's server.
func (s *Server) Execute(database, statement string) Result {
	r, err := s.execute(database, statement)
	if err != nil {
		r.Error = s.word(err, statement)
	}
	return r
}

// word puts an error into the server's form.
func (s *Server) word(err error, statement string) string {
	syntax, isSyntax := err.(*SyntaxError)
	if s.Dialect == "mysql" {
		if isSyntax {
			near := syntax.Near
			if i := strings.Index(statement, near); i >= 0 && near != "" {
				near = statement[i:]
			}
			return "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '" + near + "' at line 1"
		}
		return err.Error()
	}
	text := "ERROR:  " + err.Error()
	if isSyntax && syntax.Near != "" {
		if i := strings.Index(statement, syntax.Near); i >= 0 && !strings.Contains(statement, "\n") {
			text += "\nLINE 1: " + statement + ";\n        " + strings.Repeat(" ", i) + "^"
		}
	}
	return text
}

func (s *Server) execute(database, statement string) (Result, error) {
	list, err := lex(statement, s.Dialect == "mysql")
	if err != nil {
		return Result{}, err
	}
	if len(list) == 0 {
		return Result{}, nil
	}
	p := &parser{list: list}
	db := s.Databases[database]
	if db == nil {
		if s.Dialect == "postgres" {
			return Result{}, failf("database \"%s\" does not exist", database)
		}
		db = &Database{Tables: map[string]*Table{}}
	}
	switch {
	case p.accept("select"):
		return s.selectRows(db, database, p)
	case p.accept("insert", "into"):
		return s.insert(db, database, p)
	case p.accept("update"):
		return s.update(db, database, p)
	case p.accept("delete", "from"):
		return s.remove(db, database, p)
	case p.accept("create"):
		return s.create(db, database, p)
	case p.accept("drop"):
		return s.drop(db, p)
	case p.accept("truncate"):
		p.accept("table")
		t, _, err := s.table(db, database, p)
		if err != nil {
			return Result{}, err
		}
		t.Rows = nil
		return Result{Tag: "TRUNCATE TABLE", Changed: true}, p.atEnd()
	case p.accept("show"), p.accept("describe"), p.accept("desc"):
		p.pos = 0
		return s.show(db, database, p)
	}
	for _, w := range []string{"begin", "commit", "rollback", "set", "use", "grant", "flush", "alter", "explain", "vacuum", "analyze"} {
		if p.accept(w) {
			if w == "alter" || w == "explain" {
				return Result{}, failf("%s is part of SQL, but this simulator's database does not have it", strings.ToUpper(w))
			}
			return Result{Tag: strings.ToUpper(w)}, nil
		}
	}
	return Result{}, p.fail()
}

// table reads a table's name and finds it.
func (s *Server) table(db *Database, database string, p *parser) (*Table, string, error) {
	if at := p.pos; s.Dialect == "mysql" && at+1 < len(p.list) && p.list[at].kind == word && p.list[at+1].text == "." {
		database, db = p.list[at].text, s.Databases[p.list[at].text] // the table of another database
	}
	name, err := p.name()
	if err != nil {
		return nil, "", err
	}
	if db == nil {
		return nil, name, failf("ERROR 1049 (42000) at line 1: Unknown database '%s'", database)
	}
	t := db.Tables[name]
	if t != nil {
		return t, name, nil
	}
	if s.Dialect == "mysql" {
		if database == "" {
			return nil, name, failf("ERROR 1046 (3D000) at line 1: No database selected")
		}
		return nil, name, failf("ERROR 1146 (42S02) at line 1: Table '%s.%s' doesn't exist", database, name)
	}
	return nil, name, failf("relation \"%s\" does not exist", name)
}

func (s *Server) create(db *Database, database string, p *parser) (Result, error) {
	switch {
	case p.accept("database"), p.accept("schema"):
		exists := p.accept("if", "not", "exists")
		name, err := p.name()
		if err != nil {
			return Result{}, err
		}
		if s.Databases[name] != nil && !exists {
			if s.Dialect == "mysql" {
				return Result{}, failf("ERROR 1007 (HY000) at line 1: Can't create database '%s'; database exists", name)
			}
			return Result{}, failf("database \"%s\" already exists", name)
		}
		if s.Databases[name] == nil {
			s.Databases[name] = &Database{Tables: map[string]*Table{}}
		}
		return Result{Tag: "CREATE DATABASE", Count: 1, Changed: true}, nil
	case p.accept("user"), p.accept("role"):
		p.accept("if", "not", "exists")
		t := p.next()
		password := ""
		for p.pos < len(p.list) {
			if p.accept("password") || p.accept("by") {
				password = p.peek().text
			}
			p.next()
		}
		s.Roles[t.text] = password
		return Result{Tag: "CREATE ROLE", Changed: true}, nil
	case p.accept("index"), p.accept("unique", "index"), p.accept("extension"):
		return Result{Tag: "CREATE INDEX"}, nil
	case p.accept("table"):
		return s.createTable(db, database, p)
	}
	return Result{}, p.fail()
}

func (s *Server) createTable(db *Database, database string, p *parser) (Result, error) {
	exists := p.accept("if", "not", "exists")
	name, err := p.name()
	if err != nil {
		return Result{}, err
	}
	t := &Table{}
	if err := p.expect("("); err != nil {
		return Result{}, err
	}
	for {
		if p.accept("primary", "key") || p.accept("constraint") || p.accept("unique") || p.accept("foreign", "key") {
			skipColumn(p)
		} else {
			c, err := column(p)
			if err != nil {
				return Result{}, err
			}
			t.Columns = append(t.Columns, c)
		}
		if p.accept(",") {
			continue
		}
		if err := p.expect(")"); err != nil {
			return Result{}, err
		}
		break
	}
	switch {
	case s.Dialect == "mysql" && s.Databases[database] == nil:
		return Result{}, failf("ERROR 1046 (3D000) at line 1: No database selected")
	case db.Tables[name] != nil && exists:
		return Result{Tag: "CREATE TABLE"}, nil
	case db.Tables[name] != nil && s.Dialect == "mysql":
		return Result{}, failf("ERROR 1050 (42S01) at line 1: Table '%s' already exists", name)
	case db.Tables[name] != nil:
		return Result{}, failf("relation \"%s\" already exists", name)
	case len(db.Tables) > 500:
		return Result{}, failf("this simulator's database has at most 500 tables")
	}
	db.Tables[name] = t
	db.Order = append(db.Order, name)
	return Result{Tag: "CREATE TABLE", Changed: true}, nil
}

// column reads a column's definition.
func column(p *parser) (Column, error) {
	name, err := p.name()
	if err != nil {
		return Column{}, err
	}
	kind, err := p.name()
	if err != nil {
		return Column{}, err
	}
	c := Column{Name: name, Type: kind}
	switch kind {
	case "int", "int4":
		c.Type = "integer"
	case "serial", "bigserial":
		c.Type, c.Serial = "integer", true
	case "varchar":
		c.Type = "character varying"
	case "bool":
		c.Type = "boolean"
	}
	depth := 0
	for p.pos < len(p.list) {
		switch {
		case depth == 0 && (p.peek().text == "," || p.peek().text == ")") && p.peek().kind == symbol:
			return c, nil
		case p.accept("("):
			depth++
			continue
		case p.accept(")"):
			depth--
			continue
		case p.accept("not", "null"):
			c.NotNull = true
			continue
		case p.accept("primary", "key"):
			c.NotNull, c.Unique = true, true
			continue
		case p.accept("unique"):
			c.Unique = true
			continue
		case p.accept("auto_increment"), p.accept("generated"):
			c.Serial = true
			continue
		case p.accept("default"):
			if t := p.peek(); t.kind == text || t.kind == number || t.text == "true" || t.text == "false" {
				c.Default = str(t.text)
			} else if t.text == "now" || t.text == "current_timestamp" {
				c.Default = str("\x00now")
			}
		}
		p.next()
	}
	return c, p.fail()
}

// skipColumn passes over a table constraint.
func skipColumn(p *parser) {
	depth := 0
	for p.pos < len(p.list) {
		t := p.peek()
		if depth == 0 && t.kind == symbol && (t.text == "," || t.text == ")") {
			return
		}
		if t.kind == symbol && t.text == "(" {
			depth++
		}
		if t.kind == symbol && t.text == ")" {
			depth--
		}
		p.next()
	}
}

func (s *Server) drop(db *Database, p *parser) (Result, error) {
	switch {
	case p.accept("table"):
		exists := p.accept("if", "exists")
		name, err := p.name()
		if err != nil {
			return Result{}, err
		}
		if db.Tables[name] == nil && !exists {
			if s.Dialect == "mysql" {
				return Result{}, failf("ERROR 1051 (42S02) at line 1: Unknown table '%s'", name)
			}
			return Result{}, failf("table \"%s\" does not exist", name)
		}
		delete(db.Tables, name)
		db.Order = slices.DeleteFunc(db.Order, func(n string) bool { return n == name })
		return Result{Tag: "DROP TABLE", Changed: true}, nil
	case p.accept("database"):
		exists := p.accept("if", "exists")
		name, err := p.name()
		if err != nil {
			return Result{}, err
		}
		if s.Databases[name] == nil && !exists {
			if s.Dialect == "mysql" {
				return Result{}, failf("ERROR 1008 (HY000) at line 1: Can't drop database '%s'; database doesn't exist", name)
			}
			return Result{}, failf("database \"%s\" does not exist", name)
		}
		delete(s.Databases, name)
		return Result{Tag: "DROP DATABASE", Changed: true}, nil
	}
	return Result{}, p.fail()
}

// show answers mysql's SHOW and DESCRIBE.
func (s *Server) show(db *Database, database string, p *parser) (Result, error) {
	list := func(heading string, names []string) Result {
		r := Result{Columns: []string{heading}, Numeric: []bool{false}}
		for _, n := range names {
			r.Rows = append(r.Rows, []*string{str(n)})
		}
		return r
	}
	switch {
	case p.accept("show", "databases"):
		return list("Database", slices.Sorted(maps.Keys(s.Databases))), nil
	case p.accept("show", "tables"):
		if s.Databases[database] == nil {
			return Result{}, failf("ERROR 1046 (3D000) at line 1: No database selected")
		}
		return list("Tables_in_"+database, slices.Sorted(maps.Keys(db.Tables))), nil
	case p.accept("describe"), p.accept("desc"):
		t, _, err := s.table(db, database, p)
		if err != nil {
			return Result{}, err
		}
		r := Result{Columns: []string{"Field", "Type", "Null"}, Numeric: make([]bool, 3)}
		for _, c := range t.Columns {
			r.Rows = append(r.Rows, []*string{str(c.Name), str(c.Type), str(map[bool]string{true: "NO", false: "YES"}[c.NotNull])})
		}
		return r, nil
	case p.accept("show", "server_version"):
		return list("server_version", []string{s.Version}), nil
	}
	p.accept("show")
	return Result{}, p.fail()
}
