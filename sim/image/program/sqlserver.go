package program

import (
	"encoding/json"
	"path"
	"strings"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// sqlServer is what postgres and mysqld have in common: data that is kept in
// files and a port where statements arrive.
type sqlServer struct {
	process *machine.Process
	data    *sql.Server
	dir     string // where the data is: PGDATA, /var/lib/mysql
	file    string // within dir
	proto   string // "postgres", "mysql"
	version string
	open    bool // connections over the network are trusted
	port    int
	log     func(level, format string, args ...any)
}

// load reads the data that an earlier life left; false if there is none.
func (s *sqlServer) load() bool {
	text, err := s.process.FS.ReadFile(path.Join(s.dir, s.file))
	if err != nil {
		return false
	}
	data := sql.NewServer(s.proto)
	if json.Unmarshal(text, data) != nil {
		return false
	}
	s.data = data
	s.data.Now, s.data.Version = s.process.Now, s.version
	return true
}

// create makes new data.
func (s *sqlServer) create() {
	s.data = sql.NewServer(s.proto)
	s.data.Now, s.data.Version = s.process.Now, s.version
}

// save writes the data.
func (s *sqlServer) save() error {
	text, err := json.Marshal(s.data)
	if err != nil {
		return err
	}
	return s.write(s.file, string(text))
}

// write puts a file into the data directory, owned by the server's user.
func (s *sqlServer) write(name, text string) error {
	u := s.process.User
	full := path.Join(s.dir, name)
	if err := s.process.FS.MkdirAll(path.Dir(full), 0o700, u.UID, u.GID); err != nil {
		return err
	}
	return s.process.FS.Put(full, &vfs.Node{Mode: 0o600, UID: u.UID, GID: u.GID, Data: []byte(text)})
}

// serve answers one request: statements for a database by a user.
func (s *sqlServer) serve(local bool) func(machine.Request) machine.Response {
	return func(r machine.Request) machine.Response {
		switch {
		case r.Proto == "http" || r.Proto == "https" || r.Proto == "tcp" && r.Body != "":
			return machine.Response{Err: machine.ErrReset}
		case r.Proto != s.proto:
			return machine.Response{}
		case r.Probe:
			return machine.Response{Body: "{}"}
		}
		if header(r.Header, "user") == "" {
			return reply(sql.Result{}) // pg_isready only knocks
		}
		user, password, database := header(r.Header, "user"), header(r.Header, "password"), r.Path
		if text := s.refuse(user, password, database, local, r.From.String()); text != "" {
			return reply(sql.Result{Error: text})
		}
		return reply(s.run(database, r.Body))
	}
}

func reply(r sql.Result) machine.Response {
	text, _ := json.Marshal(r)
	return machine.Response{Body: string(text)}
}

// refuse checks who connects to what; the text is the server's.
func (s *sqlServer) refuse(user, password, database string, local bool, from string) string {
	want, known := s.data.Roles[user]
	if s.proto == "mysql" {
		if !known || want != password {
			using := map[bool]string{true: "YES", false: "NO"}[password != ""]
			host := from
			if local {
				host = "localhost"
			}
			return "ERROR 1045 (28000): Access denied for user '" + user + "'@'" + host + "' (using password: " + using + ")"
		}
		if database != "" && s.data.Databases[database] == nil {
			return "ERROR 1049 (42000): Unknown database '" + database + "'"
		}
		return ""
	}
	text := ""
	switch {
	case !local && !s.open && (!known || want != password):
		text = `FATAL:  password authentication failed for user "` + user + `"`
		if password == "" {
			return "fe_sendauth: no password supplied"
		}
	case !known:
		text = `FATAL:  role "` + user + `" does not exist`
	case s.data.Databases[database] == nil:
		text = `FATAL:  database "` + database + `" does not exist`
	}
	if text != "" {
		s.log("", "%s", text)
	}
	return text
}

// catalogueQuery asks for the names of everything, which psql and mysql show with
// commands of their own.
const catalogueQuery = "\x00catalogue"

// catalogue is all names as JSON, without the rows.
func (s *sqlServer) catalogue() sql.Result {
	bare := sql.Server{Databases: map[string]*sql.Database{}, Roles: map[string]string{}}
	for name, db := range s.data.Databases {
		bare.Databases[name] = &sql.Database{Tables: map[string]*sql.Table{}}
		for t, table := range db.Tables {
			bare.Databases[name].Tables[t] = &sql.Table{Columns: table.Columns}
		}
	}
	for role := range s.data.Roles {
		bare.Roles[role] = ""
	}
	text, _ := json.Marshal(bare)
	cell := string(text)
	return sql.Result{Columns: []string{"catalogue"}, Rows: [][]*string{{&cell}}}
}

func catalogueOf(text string) *sql.Server {
	var s sql.Server
	if json.Unmarshal([]byte(text), &s) != nil {
		return nil
	}
	return &s
}

// run runs the statements of a script and gives the last result.
func (s *sqlServer) run(database, script string) sql.Result {
	var r sql.Result
	if script == catalogueQuery {
		return s.catalogue()
	}
	for _, statement := range sql.Split(script) {
		r = s.data.Execute(database, statement)
		if r.Changed {
			if err := s.save(); err != nil {
				r.Error = "ERROR:  could not extend file \"base/16384/2619\": No space left on device\nHINT:  Check free disk space."
			}
		}
		if r.Error != "" {
			first, _, _ := strings.Cut(r.Error, "\n")
			if s.proto == "postgres" {
				s.log("", "%s\n%s", first, "STATEMENT:  "+statement+";")
			}
			return r
		}
	}
	return r
}

// ask sends statements to a SQL server; local is the server's socket in the same
// container.
func ask(p *machine.Process, proto, host string, port int, user, password, database, script string) (sql.Result, error) {
	transport := "tcp"
	if host == "" {
		host, transport = "127.0.0.1", "unix"
	}
	conn, err := p.Net.Dial(host, port, transport)
	if err != nil {
		return sql.Result{}, err
	}
	answer := conn.Do(machine.Request{Proto: proto, Method: "query", Host: host, Path: database, Body: script,
		Header: []string{"user: " + user, "password: " + password}})
	if answer.Err != nil {
		return sql.Result{}, answer.Err
	}
	var r sql.Result
	if err := json.Unmarshal([]byte(answer.Body), &r); err != nil {
		return r, machine.ErrReset
	}
	return r, nil
}

// secret is a variable that may also be given as the path of a file, in NAME_FILE.
func secret(p *machine.Process, name string) string {
	if file := p.Env.Get(name + "_FILE"); file != "" {
		data, _ := p.ReadFile(file)
		return strings.TrimRight(string(data), "\n")
	}
	return p.Env.Get(name)
}
