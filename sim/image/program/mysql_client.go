package program

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
)

// mysqlClient is a run of mysql, mysqladmin or one of MariaDB's clients.
type mysqlClient struct {
	process              *machine.Process
	maria                bool
	version              string
	host, user, password string
	port                 int
	database, execute    string
	noNames, table       bool
	asks, given          bool // for a password; on the command line
	words                []string
}

// newMysqlClient is a client as its image carries it; a version may end in
// "-MariaDB", which says whose it is.
func newMysqlClient(p *machine.Process, version string, maria bool) *mysqlClient {
	version, suffixed := strings.CutSuffix(version, "-MariaDB")
	return &mysqlClient{process: p, maria: maria || suffixed, version: version, port: 3306, user: p.User.Name}
}

// mysql is the command line client of the mysql and mariadb images.
func mysql(maria bool) native {
	return func(version string) machine.Main {
		return func(p *machine.Process) int {
			c := newMysqlClient(p, version, maria)
			if status := c.options(); status >= 0 {
				return status
			}
			if len(c.words) > 0 {
				c.database = c.words[0]
			}
			if r, err := c.ask(""); err != nil || r.Error != "" {
				p.Errorf("%s\n", c.failure(r, err))
				return 1
			}
			if c.execute != "" {
				return c.script(c.execute)
			}
			if p.Stdin.Terminal() == nil {
				data, _ := io.ReadAll(p.Stdin)
				return c.script(string(data))
			}
			return c.interactive()
		}
	}
}

// mysqlLetters are the short options with a value.
func mysqlLetters() map[byte]string {
	return map[byte]string{'u': "--user", 'h': "--host", 'P': "--port", 'D': "--database", 'e': "--execute", 'S': "--socket"}
}

// options reads the command line; a status of 0 or more ends the program.
func (c *mysqlClient) options() int {
	p, args := c.process, c.process.Args[1:]
	c.password = p.Env.Get("MYSQL_PWD")
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if len(args[i]) > 1 && args[i][0] == '-' && args[i][1] != '-' {
			name, value, joined = mysqlLetters()[args[i][1]], args[i][2:], len(args[i]) > 2
			if name == "" {
				name = args[i]
			}
		}
		switch name {
		case "--user", "--host", "--port", "--database", "--execute", "--socket", "--protocol":
			if !joined {
				if i++; i >= len(args) {
					p.Errorf("%s: [ERROR] %s: option '%s' requires an argument.\n", c.name(), c.name(), name)
					return 2
				}
				value = args[i]
			}
			c.set(name, value)
		case "--version", "-V":
			if c.maria {
				p.Printf("%s from %s-MariaDB, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper\n", c.name(), c.version)
			} else {
				p.Printf("%s  Ver %s for Linux on x86_64 (MySQL Community Server - GPL)\n", c.name(), c.version)
			}
			return 0
		case "--skip-column-names", "-N", "-sN", "-Ns":
			c.noNames = true
		case "--table", "-t":
			c.table = true
		default:
			if !c.other(args[i], name, value, joined) {
				p.Errorf("%s: [ERROR] unknown option '%s'.\n", c.name(), args[i])
				return 2
			}
		}
	}
	return c.secret()
}

// other reads passwords, options without effect here, and plain words.
func (c *mysqlClient) other(arg, name, value string, joined bool) bool {
	switch {
	case strings.HasPrefix(arg, "-p"):
		c.password, c.given, c.asks = arg[2:], len(arg) > 2, len(arg) == 2
	case name == "--password":
		c.password, c.given, c.asks = value, joined, !joined
	case !strings.HasPrefix(arg, "-"):
		c.words = append(c.words, arg)
	case strings.HasPrefix(arg, "--"):
		return strings.HasPrefix(name, "--ssl") || strings.HasPrefix(name, "--skip-") || strings.HasPrefix(name, "--default-") || strings.HasPrefix(name, "--connect") ||
			strings.Contains(" --silent --batch --raw --get-server-public-key --no-tablespaces --single-transaction --quick --wait --no-defaults ", " "+name+" ")
	default:
		return strings.Trim(arg[1:], "BsrAqfvwn") == ""
	}
	return true
}

func (c *mysqlClient) set(name, value string) {
	switch name {
	case "--user":
		c.user = value
	case "--host":
		c.host = value
	case "--port":
		c.port = atoi(value, 3306)
	case "--database":
		c.words = []string{value}
	case "--execute":
		c.execute = value
	case "--protocol":
		if strings.EqualFold(value, "tcp") && c.host == "" {
			c.host = "127.0.0.1"
		}
	}
}

// secret asks for the password if it must, and warns of one that others can read.
func (c *mysqlClient) secret() int {
	p := c.process
	if c.host == "localhost" {
		c.host = ""
	}
	if c.given && !c.maria {
		p.Errorf("%s: [Warning] Using a password on the command line interface can be insecure.\n", c.name())
	}
	if c.asks {
		p.Errorf("Enter password: ")
		if t := p.Stdin.Terminal(); t != nil {
			t.Secret = true
			defer func() { t.Secret = false }()
		}
		c.password, _ = p.Stdin.ReadLine()
		p.Errorf("\n")
	}
	return -1
}

func (c *mysqlClient) name() string {
	name := c.process.Args[0]
	return name[strings.LastIndexByte(name, '/')+1:]
}

func (c *mysqlClient) ask(script string) (sql.Result, error) {
	return ask(c.process, "mysql", c.host, c.port, c.user, c.password, c.database, script)
}

// failure words why there is no connection.
func (c *mysqlClient) failure(r sql.Result, err error) string {
	product := map[bool]string{true: "", false: "MySQL "}[c.maria]
	switch {
	case err == nil:
		return r.Error
	case errors.Is(err, machine.ErrUnknownHost):
		return fmt.Sprintf("ERROR 2005 (HY000): Unknown %sserver host '%s' (-2)", product, c.host)
	case c.host == "":
		return fmt.Sprintf("ERROR 2002 (HY000): Can't connect to local %sserver through socket '%s' (2)", product, c.socket())
	}
	code := map[bool]int{true: 110, false: 111}[errors.Is(err, machine.ErrTimeout)]
	if c.maria {
		return fmt.Sprintf("ERROR 2002 (HY000): Can't connect to server on '%s' (%d)", c.host, map[bool]int{true: 110, false: 115}[code == 110])
	}
	return fmt.Sprintf("ERROR 2003 (HY000): Can't connect to MySQL server on '%s:%d' (%d)", c.host, c.port, code)
}

func (c *mysqlClient) socket() string {
	if c.maria {
		return "/run/mysqld/mysqld.sock"
	}
	return "/var/run/mysqld/mysqld.sock"
}

// use carries out USE, which is the client's own; ok says that it was one.
func (c *mysqlClient) use(statement string) bool {
	words := strings.Fields(strings.TrimSuffix(statement, ";"))
	if len(words) != 2 || !strings.EqualFold(words[0], "use") {
		return false
	}
	c.database = strings.Trim(words[1], "`")
	return true
}

// script runs statements until one fails, as mysql does in batches.
func (c *mysqlClient) script(text string) int {
	for _, statement := range sql.Split(text) {
		before := c.database
		question := statement
		if c.use(statement) {
			question = ""
		}
		r, err := c.ask(question)
		if err != nil || r.Error != "" {
			c.process.Errorf("%s\n", c.failure(r, err))
			c.database = before
			return 1
		}
		c.show(r, false)
	}
	return 0
}

func (c *mysqlClient) interactive() int {
	p, prompt := c.process, "mysql> "
	if c.maria {
		p.Printf("Welcome to the MariaDB monitor.  Commands end with ; or \\g.\nYour MariaDB connection id is 3\nServer version: %s-MariaDB-ubu2404 mariadb.org binary distribution\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n", c.version)
	} else {
		p.Printf("Welcome to the MySQL monitor.  Commands end with ; or \\g.\nYour MySQL connection id is 8\nServer version: %s MySQL Community Server - GPL\n\nType 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.\n\n", c.version)
	}
	pending := ""
	for {
		if c.maria {
			prompt = "MariaDB [" + orText(c.database, "(none)") + "]> "
		}
		if pending != "" {
			p.Printf("    -> ")
		} else {
			p.Printf("%s", prompt)
		}
		line, err := p.Stdin.ReadLine()
		word := strings.ToLower(strings.TrimRight(strings.TrimSpace(line), ";"))
		switch {
		case err != nil || pending == "" && (word == "exit" || word == "quit" || word == `\q`):
			p.Printf("Bye\n")
			return 0
		case pending == "" && word == "":
			continue
		}
		pending = strings.TrimSpace(pending + "\n" + line)
		if !strings.HasSuffix(pending, ";") && !strings.HasPrefix(strings.ToLower(pending), "use ") {
			continue
		}
		c.talk(pending)
		pending = ""
	}
}

// talk runs what was typed.
func (c *mysqlClient) talk(text string) {
	for _, statement := range sql.Split(text) {
		before := c.database
		if c.use(statement) {
			if r, err := c.ask(""); err != nil || r.Error != "" {
				c.process.Printf("%s\n", c.failure(r, err))
				c.database = before
				continue
			}
			c.process.Printf("Database changed\n")
			continue
		}
		r, err := c.ask(statement)
		if err != nil || r.Error != "" {
			c.process.Printf("%s\n", strings.Replace(c.failure(r, err), " at line 1:", ":", 1))
			continue
		}
		c.show(r, true)
	}
}

// show prints a result: tabs between columns into a pipe, a table on a terminal.
func (c *mysqlClient) show(r sql.Result, chatty bool) {
	p := c.process
	if len(r.Columns) == 0 {
		if chatty {
			p.Printf("Query OK, %d row%s affected (0.01 sec)\n\n", r.Count, plural(r.Count))
		}
		return
	}
	if chatty && len(r.Rows) == 0 {
		p.Printf("Empty set (0.00 sec)\n\n")
		return
	}
	if chatty || c.table || p.Stdout.Terminal() != nil {
		p.Printf("%s", mysqlTable(r, c.noNames))
	} else {
		if !c.noNames && len(r.Rows) > 0 {
			p.Printf("%s\n", strings.Join(r.Columns, "\t"))
		}
		for _, row := range r.Rows {
			var cells []string
			for _, v := range row {
				cells = append(cells, cellText(v))
			}
			p.Printf("%s\n", strings.Join(cells, "\t"))
		}
	}
	if chatty {
		p.Printf("%d row%s in set (0.00 sec)\n\n", len(r.Rows), plural(len(r.Rows)))
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func cellText(v *string) string {
	if v == nil {
		return "NULL"
	}
	return *v
}

// mysqlTable draws a result in a frame of dashes.
func mysqlTable(r sql.Result, noNames bool) string {
	if len(r.Rows) == 0 {
		return ""
	}
	widths := make([]int, len(r.Columns))
	rule := "+"
	for i, name := range r.Columns {
		if !noNames {
			widths[i] = utf8.RuneCountInString(name)
		}
		for _, row := range r.Rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(cellText(row[i])))
		}
		rule += strings.Repeat("-", widths[i]+2) + "+"
	}
	var b strings.Builder
	line := func(cells []string, right func(int) bool) {
		for i, text := range cells {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
			if right(i) {
				text, gap = gap, text
			}
			b.WriteString("| " + text + gap + " ")
		}
		b.WriteString("|\n")
	}
	b.WriteString(rule + "\n")
	if !noNames {
		line(r.Columns, func(int) bool { return false })
		b.WriteString(rule + "\n")
	}
	for _, row := range r.Rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, cellText(v))
		}
		line(cells, func(i int) bool { return i < len(r.Numeric) && r.Numeric[i] })
	}
	return b.String() + rule + "\n"
}
