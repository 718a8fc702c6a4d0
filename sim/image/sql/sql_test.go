package sql

import (
	"strings"
	"testing"
	"time"
)

func server(dialect string) *Server {
	s := NewServer(dialect)
	s.Now = func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }
	s.Databases["app"] = &Database{Tables: map[string]*Table{}}
	return s
}

// rows runs a script and shows the last result, cells separated by bars.
func rows(t *testing.T, s *Server, script string) string {
	t.Helper()
	var r Result
	for _, statement := range Split(script) {
		if r = s.Execute("app", statement); r.Error != "" {
			return r.Error
		}
	}
	lines := []string{}
	for _, row := range r.Rows {
		var cells []string
		for _, c := range row {
			if c == nil {
				cells = append(cells, "NULL")
			} else {
				cells = append(cells, *c)
			}
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	if len(lines) == 0 {
		return r.Tag
	}
	return strings.Join(lines, "\n")
}

func TestStatements(t *testing.T) {
	setUp := "CREATE TABLE notes (id serial PRIMARY KEY, body text NOT NULL, stars int DEFAULT 0); INSERT INTO notes (body, stars) VALUES ('one', 3), ('two', 1), ('it''s', 2);"
	for query, want := range map[string]string{
		"SELECT * FROM notes": "1|one|3\n2|two|1\n3|it's|2", "SELECT count(*) FROM notes WHERE stars > 1": "2",
		"SELECT body FROM notes ORDER BY stars DESC LIMIT 2": "one\nit's", "SELECT 1 + 2 * 3, 'a' || 'b'": "7|ab",
		"UPDATE notes SET stars = stars + 1 WHERE id = 2": "UPDATE 1", "DELETE FROM notes WHERE body LIKE 't%'": "DELETE 1",
		"DROP TABLE notes": "DROP TABLE", "INSERT INTO notes (body) VALUES ('x')": "INSERT 0 1", "SELECT max(stars), min(body) FROM notes": "3|it's",
		"SELECT id FROM notes WHERE body IN ('one', 'two') AND NOT stars = 1": "1",
		"SELECT * FROM nosuch":                     `ERROR:  relation "nosuch" does not exist`,
		"SELECT nosuch FROM notes":                 `ERROR:  column "nosuch" does not exist`,
		"SELEC 1":                                  "ERROR:  syntax error at or near \"SELEC\"\nLINE 1: SELEC 1;\n        ^",
		"INSERT INTO notes (body) VALUES (NULL)":   `ERROR:  null value in column "body" of relation "notes" violates not-null constraint`,
		"INSERT INTO notes VALUES (1, 'again', 0)": "ERROR:  duplicate key value violates unique constraint \"notes_pkey\"\nDETAIL:  Key (id)=(1) already exists.",
	} {
		if got := rows(t, server("postgres"), setUp+query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func TestMysqlHasItsOwnWords(t *testing.T) {
	for query, want := range map[string]string{
		"SHOW TABLES; CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, n VARCHAR(20)); INSERT INTO a (n) VALUES ('x'); SELECT * FROM a": "1|x",
		"SELECT * FROM nosuch":                 "ERROR 1146 (42S02) at line 1: Table 'app.nosuch' doesn't exist",
		"CREATE TABLE a (id int); SHOW TABLES": "a",
		"CREATE TABLE a (id int); INSERT INTO app.a VALUES (1); SELECT * FROM app.a": "1",
		"SELECT * FROM nodb.a": "ERROR 1049 (42000) at line 1: Unknown database 'nodb'",
	} {
		if got := rows(t, server("mysql"), query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}

func FuzzExecute(f *testing.F) {
	f.Add("CREATE TABLE a (id serial, b text DEFAULT 'x'); INSERT INTO a (b) VALUES ('y'); SELECT *, count(b) FROM a WHERE id BETWEEN 1 AND 2 ORDER BY 1")
	f.Add("UPDATE a SET b = NULL WHERE b IS NOT NULL; DELETE FROM a; SHOW TABLES; DESCRIBE a")
	f.Fuzz(func(t *testing.T, script string) {
		s := server("postgres")
		for _, statement := range Split(script) {
			s.Execute("app", statement)
		}
	})
}
