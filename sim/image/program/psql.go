package program

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
)

// psqlRun is a run of psql.
type psqlRun struct {
	process                        *machine.Process
	version                        string
	host, user, password, database string
	port                           int
	bare, unaligned, quiet         bool
	separator                      string
}

// psql is PostgreSQL's client.
func psql(version string) machine.Main {
	return func(p *machine.Process) int {
		e := p.Env
		r := &psqlRun{process: p, version: version, host: e.Get("PGHOST"), user: e.Get("PGUSER"), password: e.Get("PGPASSWORD"), database: e.Get("PGDATABASE"),
			port: atoi(e.Get("PGPORT"), 5432), separator: "|"}
		commands, files, status := r.options(p.Args[1:])
		if status >= 0 {
			return status
		}
		if r.user == "" {
			r.user = p.User.Name
		}
		if r.database == "" {
			r.database = r.user
		}
		if r.host == "/var/run/postgresql" {
			r.host = ""
		}
		if r.password == "" && r.host != "" && p.Stdin.Terminal() != nil {
			p.Printf("Password for user %s: ", r.user)
			p.Stdin.Terminal().Secret = true
			r.password, _ = p.Stdin.ReadLine()
			p.Stdin.Terminal().Secret = false
			p.Printf("\n")
		}
		if _, ok := r.query(""); !ok {
			return 2
		}
		return r.work(commands, files)
	}
}

// options reads the command line; status is negative to go on.
func (r *psqlRun) options(words []string) (commands, files []string, status int) {
	f := pflag.NewFlagSet("psql", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.StringVarP(&r.host, "host", "h", r.host, "")
	f.StringVarP(&r.user, "username", "U", r.user, "")
	f.StringVarP(&r.separator, "field-separator", "F", r.separator, "")
	f.BoolVarP(&r.bare, "tuples-only", "t", false, "")
	f.BoolVarP(&r.unaligned, "no-align", "A", false, "")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "")
	port := f.StringP("port", "p", itoa(r.port), "")
	database := f.StringP("dbname", "d", "", "")
	list, version := f.BoolP("list", "l", false, ""), f.BoolP("version", "V", false, "")
	f.StringArrayVarP(&commands, "command", "c", nil, "")
	f.StringArrayVarP(&files, "file", "f", nil, "")
	f.StringArrayP("set", "v", nil, "")
	f.StringArrayP("pset", "P", nil, "")
	f.StringP("timeout", "", "", "") // of pg_isready, where -t is it
	for _, name := range []string{"no-psqlrc/X", "no-password/w", "password/W", "expanded/x", "single-transaction/1", "echo-all/a", "csv/"} {
		long, short, _ := strings.Cut(name, "/")
		f.BoolP(long, short, false, "")
	}
	if err := f.Parse(words); err != nil {
		r.process.Errorf("psql: %v\npsql: hint: Try \"psql --help\" for more information.\n", err)
		return nil, nil, 1
	}
	if *version {
		r.process.Printf("psql (PostgreSQL) %s\n", r.version)
		return nil, nil, 0
	}
	if *list {
		commands = append(commands, `\l`)
	}
	r.port = atoi(*port, 5432)
	names := f.Args()
	if *database != "" {
		names = append([]string{*database}, names...)
	}
	if len(names) > 0 {
		r.setDatabase(names[0])
	}
	if len(names) > 1 {
		r.user = names[1]
	}
	return commands, files, -1
}

func (r *psqlRun) setDatabase(value string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		r.database = value
		return
	}
	r.host, r.database, r.user = u.Hostname(), strings.TrimPrefix(u.Path, "/"), u.User.Username()
	r.password, _ = u.User.Password()
	r.port = atoi(u.Port(), 5432)
}

func (r *psqlRun) work(commands, files []string) int {
	p := r.process
	for _, file := range files {
		data, err := p.ReadFile(file)
		if err != nil {
			p.Errorf("psql: error: %s: No such file or directory\n", file)
			return 1
		}
		r.script(string(data))
	}
	status := 0
	for _, c := range commands {
		status = 0
		if !r.line(c) {
			status = 1
		}
	}
	if len(commands)+len(files) > 0 {
		return status
	}
	if p.Stdin.Terminal() == nil {
		data, _ := io.ReadAll(p.Stdin)
		r.script(string(data))
		return 0
	}
	return r.interactive()
}

// script runs statements one by one and goes on after errors, as psql does.
func (r *psqlRun) script(text string) {
	for _, statement := range sql.Split(text) {
		r.line(statement)
	}
}

func (r *psqlRun) interactive() int {
	p := r.process
	p.Printf("psql (%s)\nType \"help\" for help.\n\n", r.version)
	pending := ""
	for {
		mark := "="
		if pending != "" {
			mark = "-"
		}
		p.Printf("%s%s# ", r.database, mark)
		line, err := p.Stdin.ReadLine()
		trimmed := strings.TrimSpace(line)
		switch {
		case err != nil:
			p.Printf("\n")
			return 0
		case pending == "" && (trimmed == `\q` || trimmed == "exit" || trimmed == "quit"):
			return 0
		case pending == "" && strings.HasPrefix(trimmed, `\`):
			r.line(trimmed)
			continue
		}
		pending = strings.TrimSpace(pending + "\n" + line)
		if strings.HasSuffix(pending, ";") {
			r.script(pending)
			pending = ""
		}
	}
}

// query asks the server; ok is false when there was no connection.
func (r *psqlRun) query(statement string) (sql.Result, bool) {
	result, err := ask(r.process, "postgres", r.host, r.port, r.user, r.password, r.database, statement)
	where := fmt.Sprintf("connection to server on socket \"/var/run/postgresql/.s.PGSQL.%d\" failed: ", r.port)
	if r.host != "" {
		where = fmt.Sprintf("connection to server at \"%s\", port %d failed: ", r.host, r.port)
		if addrs, lookup := r.process.Net.LookupHost(r.host); lookup == nil && len(addrs) > 0 {
			where = fmt.Sprintf("connection to server at \"%s\" (%s), port %d failed: ", r.host, addrs[0], r.port)
		}
	}
	switch {
	case errors.Is(err, machine.ErrUnknownHost):
		r.process.Errorf("psql: error: could not translate host name \"%s\" to address: Name or service not known\n", r.host)
		return result, false
	case err != nil && r.host == "":
		r.process.Errorf("psql: error: %sNo such file or directory\n\tIs the server running locally and accepting connections on that socket?\n", where)
		return result, false
	case err != nil:
		r.process.Errorf("psql: error: %s%s\n\tIs the server running on that host and accepting TCP/IP connections?\n", where, capital(err))
		return result, false
	case strings.HasPrefix(result.Error, "FATAL") || strings.HasPrefix(result.Error, "fe_"):
		r.process.Errorf("psql: error: %s%s\n", where, result.Error)
		return result, false
	}
	return result, true
}

// line runs one -c: statements or a backslash command.
func (r *psqlRun) line(text string) bool {
	if strings.HasPrefix(strings.TrimSpace(text), `\`) {
		return r.meta(strings.Fields(strings.TrimSuffix(strings.TrimSpace(text), ";")))
	}
	for _, statement := range sql.Split(text) {
		result, ok := r.query(statement)
		if !ok {
			return false
		}
		if result.Error != "" {
			r.process.Errorf("%s\n", result.Error)
			return false
		}
		r.show(result, "")
	}
	return true
}

// show prints a result as psql does.
func (r *psqlRun) show(result sql.Result, title string) {
	p := r.process
	if len(result.Columns) == 0 {
		if result.Tag != "" && !r.quiet {
			p.Printf("%s\n", result.Tag)
		}
		return
	}
	cell := func(v *string) string {
		if v == nil {
			return ""
		}
		return *v
	}
	if r.unaligned {
		if !r.bare {
			p.Printf("%s\n", strings.Join(result.Columns, r.separator))
		}
		for _, row := range result.Rows {
			var cells []string
			for _, v := range row {
				cells = append(cells, cell(v))
			}
			p.Printf("%s\n", strings.Join(cells, r.separator))
		}
		if !r.bare {
			p.Printf("(%d row%s)\n", len(result.Rows), map[bool]string{true: "", false: "s"}[len(result.Rows) == 1])
		}
		return
	}
	widths := make([]int, len(result.Columns))
	for i, c := range result.Columns {
		widths[i] = utf8.RuneCountInString(c)
		for _, row := range result.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell(row[i])))
		}
	}
	p.Printf("%s", psqlTable(result, widths, title, r.bare, cell))
}

func psqlTable(result sql.Result, widths []int, title string, bare bool, cell func(*string) string) string {
	var b strings.Builder
	total := len(widths)*3 - 1
	for _, w := range widths {
		total += w
	}
	if title != "" {
		fmt.Fprintf(&b, "%*s%s\n", max(0, (total-len(title))/2), "", title)
	}
	if !bare {
		for i, c := range result.Columns {
			left := (widths[i] - utf8.RuneCountInString(c)) / 2
			line := strings.Repeat(" ", left) + c + strings.Repeat(" ", widths[i]-left-utf8.RuneCountInString(c))
			b.WriteString(" " + line + " ")
			if i < len(widths)-1 {
				b.WriteString("|")
			}
		}
		b.WriteString("\n")
		for i, w := range widths {
			if i > 0 {
				b.WriteString("+")
			}
			b.WriteString(strings.Repeat("-", w+2))
		}
		b.WriteString("\n")
	}
	for _, row := range result.Rows {
		for i, v := range row {
			text := cell(v)
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if i > 0 {
				b.WriteString("|")
			}
			switch {
			case i < len(result.Numeric) && result.Numeric[i]:
				b.WriteString(" " + gap + text)
				if i < len(row)-1 {
					b.WriteString(" ")
				}
			case i < len(row)-1:
				b.WriteString(" " + text + gap + " ")
			default:
				b.WriteString(" " + text)
			}
		}
		b.WriteString("\n")
	}
	if !bare {
		fmt.Fprintf(&b, "(%d row%s)\n", len(result.Rows), map[bool]string{true: "", false: "s"}[len(result.Rows) == 1])
	}
	return b.String() + "\n"
}

// meta is a backslash command.
func (r *psqlRun) meta(words []string) bool {
	p := r.process
	server := r.server()
	if server == nil {
		return false
	}
	text := func(s string) *string { return &s }
	switch words[0] {
	case `\l`, `\list`:
		result := sql.Result{Columns: []string{"Name", "Owner", "Encoding"}, Numeric: make([]bool, 3)}
		for _, name := range slices.Sorted(maps.Keys(server.Databases)) {
			result.Rows = append(result.Rows, []*string{text(name), text("postgres"), text("UTF8")})
		}
		r.show(result, "List of databases")
	case `\dt`, `\d`:
		db := server.Databases[r.database]
		if len(words) > 1 || db == nil {
			return r.describe(db, words[len(words)-1])
		}
		if len(db.Tables) == 0 {
			p.Errorf("Did not find any relations.\n")
			return true
		}
		result := sql.Result{Columns: []string{"Schema", "Name", "Type", "Owner"}, Numeric: make([]bool, 4)}
		for _, name := range slices.Sorted(maps.Keys(db.Tables)) {
			result.Rows = append(result.Rows, []*string{text("public"), text(name), text("table"), text(r.user)})
		}
		r.show(result, "List of relations")
	case `\du`:
		result := sql.Result{Columns: []string{"Role name", "Attributes"}, Numeric: make([]bool, 2)}
		for _, name := range slices.Sorted(maps.Keys(server.Roles)) {
			result.Rows = append(result.Rows, []*string{text(name), text("")})
		}
		r.show(result, "List of roles")
	case `\c`, `\connect`:
		if len(words) > 1 {
			before := r.database
			r.database = words[1]
			if _, ok := r.query(""); !ok {
				r.database = before
				p.Errorf("Previous connection kept\n")
				return false
			}
			p.Printf("You are now connected to database \"%s\" as user \"%s\".\n", r.database, r.user)
		}
	case `\conninfo`:
		p.Printf("You are connected to database \"%s\" as user \"%s\" via socket in \"/var/run/postgresql\" at port \"%d\".\n", r.database, r.user, r.port)
	default:
		p.Errorf("invalid command %s\nTry \\? for help.\n", words[0])
		return false
	}
	return true
}

func (r *psqlRun) describe(db *sql.Database, name string) bool {
	if db == nil || db.Tables[name] == nil {
		r.process.Errorf("Did not find any relation named \"%s\".\n", name)
		return false
	}
	text := func(s string) *string { return &s }
	result := sql.Result{Columns: []string{"Column", "Type", "Collation", "Nullable", "Default"}, Numeric: make([]bool, 5)}
	for _, c := range db.Tables[name].Columns {
		null, otherwise := "", ""
		if c.NotNull {
			null = "not null"
		}
		if c.Serial {
			otherwise = fmt.Sprintf("nextval('%s_%s_seq'::regclass)", name, c.Name)
		}
		result.Rows = append(result.Rows, []*string{text(c.Name), text(c.Type), text(""), text(null), text(otherwise)})
	}
	r.show(result, fmt.Sprintf("Table \"public.%s\"", name))
	return true
}

// server looks at the catalogue tables of the server that runs here or there:
// psql asks them with queries that this database cannot carry out.
func (r *psqlRun) server() *sql.Server {
	if _, ok := r.query(""); !ok {
		return nil
	}
	result, err := ask(r.process, "postgres", r.host, r.port, r.user, r.password, r.database, catalogueQuery)
	if err != nil || len(result.Rows) == 0 {
		return nil
	}
	return catalogueOf(*result.Rows[0][0])
}

// pgIsReady is pg_isready.
func pgIsReady(string) machine.Main {
	return func(p *machine.Process) int {
		r := &psqlRun{process: p, port: 5432, host: p.Env.Get("PGHOST")}
		_, _, _ = r.options(p.Args[1:])
		shown := "/var/run/postgresql"
		if r.host != "" {
			shown = r.host
		}
		if _, err := ask(p, "postgres", r.host, r.port, "", "", "", ""); err != nil {
			p.Printf("%s:%d - no response\n", shown, r.port)
			return 2
		}
		p.Printf("%s:%d - accepting connections\n", shown, r.port)
		return 0
	}
}
