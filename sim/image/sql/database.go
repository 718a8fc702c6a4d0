package sql

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Server is all databases of one server. It is written to disk as JSON.
type Server struct {
	Databases map[string]*Database `json:"databases"`
	Roles     map[string]string    `json:"roles"` // name and password
	// Dialect is "postgres" or "mysql".
	Dialect string `json:"dialect"`
	// Version is the server's, for SELECT version().
	Version string           `json:"-"`
	Now     func() time.Time `json:"-"`
}

// Database is a set of tables.
type Database struct {
	Tables map[string]*Table `json:"tables"`
	Order  []string          `json:"order,omitempty"` // of creation
}

// Table is rows of nullable texts.
type Table struct {
	Columns []Column    `json:"columns"`
	Rows    [][]*string `json:"rows"`
	Serial  int64       `json:"serial"` // the last number given out
}

// Column is a column of a table.
type Column struct {
	Name    string  `json:"name"`
	Type    string  `json:"type"` // "integer", "text"
	Serial  bool    `json:"serial,omitempty"`
	NotNull bool    `json:"notNull,omitempty"`
	Unique  bool    `json:"unique,omitempty"`
	Default *string `json:"default,omitempty"`
}

// Result is the answer to a statement.
type Result struct {
	Columns []string    `json:"columns,omitempty"`
	Rows    [][]*string `json:"rows,omitempty"`
	Numeric []bool      `json:"numeric,omitempty"`
	Tag     string      `json:"tag,omitempty"` // "INSERT 0 1", "CREATE TABLE"
	Count   int         `json:"count"`         // rows changed
	Error   string      `json:"error,omitempty"`
	Changed bool        `json:"-"` // the data must be saved
}

// NewServer makes a server with the databases that every new one has.
func NewServer(dialect string) *Server {
	s := &Server{Databases: map[string]*Database{}, Roles: map[string]string{}, Dialect: dialect}
	names := []string{"postgres", "template0", "template1"}
	if dialect == "mysql" {
		names = []string{"information_schema", "mysql", "performance_schema", "sys"}
	}
	for _, n := range names {
		s.Databases[n] = &Database{Tables: map[string]*Table{}}
	}
	return s
}

// Error is a statement that was understood and refused, in the server's words.
type Error struct{ Text string }

func (e *Error) Error() string { return e.Text }

func failf(format string, args ...any) error { return &Error{fmt.Sprintf(format, args...)} }

func str(s string) *string { return &s }

func (t *Table) column(name string) int {
	for i, c := range t.Columns {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// numeric reports whether a column holds numbers, which are shown to the right.
func (c Column) numeric() bool {
	switch c.Type {
	case "integer", "bigint", "smallint", "numeric", "real", "double precision", "int", "decimal", "float", "double", "tinyint":
		return true
	}
	return false
}

// number reads a text as a number.
func numberOf(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
