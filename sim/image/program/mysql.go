package program

import (
	"path"
	"slices"
	"strings"
	"time"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

const (
	mysqlDir = "/var/lib/mysql"
	// What the servers have resident with their default settings, in bytes: MySQL
	// 8.4 as `docker stats` shows it after the start, MariaDB 11.8 likewise.
	mysqlMemory   = 380 << 20
	mariadbMemory = 92 << 20
)

// mysqlServer is mysqld or mariadbd with its data.
type mysqlServer struct {
	*sqlServer
	maria bool
	pid   int
}

func newMysql(p *machine.Process, version string, maria bool) *mysqlServer {
	s := &mysqlServer{sqlServer: &sqlServer{process: p, dir: mysqlDir, file: "ibdata1", proto: "mysql", version: version, port: 3306}, maria: maria, pid: 1}
	s.log = func(level, format string, args ...any) {}
	return s
}

// mysqlEntrypoint is docker-entrypoint.sh of the mysql images, and of mariadb's,
// which grew out of it.
func mysqlEntrypoint(maria bool) machine.Main {
	return func(p *machine.Process) int {
		args, server := p.Args[1:], map[bool]string{true: "mariadbd", false: "mysqld"}[maria]
		if len(args) > 0 && strings.HasPrefix(args[0], "-") {
			args = append([]string{server}, args...)
		}
		if len(args) == 0 {
			return 0
		}
		if args[0] != server && args[0] != "mysqld" || slices.Contains(args, "--help") || slices.Contains(args, "--version") {
			return become(p, args)
		}
		e := &mysqlSetup{process: p, server: newMysql(p, programVersion(p, server), maria)}
		if status := e.run(); status != 0 {
			return status
		}
		return become(p, args)
	}
}

// mysqlSetup is the entrypoint at work.
type mysqlSetup struct {
	process *machine.Process
	server  *mysqlServer
}

func (e *mysqlSetup) note(format string, args ...any) {
	e.process.Printf("%s [Note] [Entrypoint]: "+format+"\n", append([]any{e.stamp()}, args...)...)
}

func (e *mysqlSetup) stamp() string { return e.process.Now().UTC().Format("2006-01-02 15:04:05+00:00") }

func (e *mysqlSetup) run() int {
	p, s := e.process, e.server
	product := "MySQL Server " + p.Env.Get("MYSQL_VERSION")
	if s.maria {
		product = "MariaDB Server " + p.Env.Get("MARIADB_VERSION")
	}
	e.note("Entrypoint script for %s started.", product)
	if p.User.UID == 0 {
		if u, ok := lookupUser(p.FS, "mysql"); ok {
			e.note("Switching to dedicated user 'mysql'")
			own(p, s.dir, u)
			p.User = u
			e.note("Entrypoint script for %s started.", product)
		}
	}
	if p.FS.Exists(path.Join(s.dir, "mysql")) {
		return 0
	}
	return e.initialise()
}

// setting is a variable of the entrypoint, which mariadb's knows by two names.
func (e *mysqlSetup) setting(name string) string {
	if e.server.maria {
		if v := secret(e.process, "MARIADB_"+name); v != "" {
			return v
		}
	}
	return secret(e.process, "MYSQL_"+name)
}

// initialise makes a new data directory with the users and databases that the
// environment asks for.
func (e *mysqlSetup) initialise() int {
	p, s := e.process, e.server
	password := e.setting("ROOT_PASSWORD")
	empty := e.setting("ALLOW_EMPTY_PASSWORD") != "" || e.setting("ALLOW_EMPTY_ROOT_PASSWORD") != ""
	random := e.setting("RANDOM_ROOT_PASSWORD") != ""
	if password == "" && !empty && !random {
		hint := "    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n    - MYSQL_ALLOW_EMPTY_PASSWORD\n    - MYSQL_RANDOM_ROOT_PASSWORD"
		if s.maria {
			hint = "\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD"
		}
		p.Errorf("%s [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n%s\n", e.stamp(), hint)
		return 1
	}
	e.note("Initializing database files")
	if status := s.initFiles(); status != 0 {
		return status
	}
	if random {
		password = "oHt3ga-rbOUr7-dR9d0ck"
	}
	s.data.Roles["root"] = password
	e.note("Database files initialized")
	e.note("Starting temporary server")
	socket, status := s.temporary()
	if status != 0 {
		return status
	}
	e.note("Temporary server started.")
	if random {
		e.note("GENERATED ROOT PASSWORD: %s", password)
	}
	e.accounts()
	if err := s.save(); err != nil {
		p.Errorf("%s [ERROR] [Entrypoint]: Unable to write the data directory: %s\n", e.stamp(), capital(err))
		return 1
	}
	if status := e.scripts(orText(e.setting("DATABASE"), "")); status != 0 {
		return status
	}
	e.note("Stopping temporary server")
	s.stopLines("root")
	p.Net.Close(socket)
	p.Sleep(time.Second)
	e.note("Temporary server stopped")
	p.Printf("\n")
	e.note("%s init process done. Ready for start up.", map[bool]string{true: "MariaDB", false: "MySQL"}[s.maria])
	p.Printf("\n")
	return 0
}

// accounts makes the database and the user that the environment asks for.
func (e *mysqlSetup) accounts() {
	s, database, user := e.server, e.setting("DATABASE"), e.setting("USER")
	if database != "" {
		e.note("Creating database %s", database)
		if s.data.Databases[database] == nil {
			s.data.Databases[database] = &sql.Database{Tables: map[string]*sql.Table{}}
		}
	}
	if user == "" || e.setting("PASSWORD") == "" {
		return
	}
	e.note("Creating user %s", user)
	s.data.Roles[user] = e.setting("PASSWORD")
	if database != "" {
		e.note("Giving user %s access to schema %s", user, database)
	}
}

// scripts runs what lies in /docker-entrypoint-initdb.d.
func (e *mysqlSetup) scripts(database string) int {
	p := e.process
	entries, _ := p.FS.ReadDir("/docker-entrypoint-initdb.d")
	for _, entry := range entries {
		file := "/docker-entrypoint-initdb.d/" + entry.Name
		p.Printf("\n")
		switch path.Ext(entry.Name) {
		case ".sql":
			e.note("/usr/local/bin/docker-entrypoint.sh: running %s", file)
			c := &mysqlClient{process: p, database: database, maria: e.server.maria}
			for _, statement := range sql.Split(string(entry.Node.Data)) {
				if c.use(statement) {
					continue
				}
				if r := e.server.run(c.database, statement); r.Error != "" {
					p.Errorf("%s\n", r.Error)
					return 1
				}
			}
		case ".sh":
			e.note("/usr/local/bin/docker-entrypoint.sh: running %s", file)
			if _, err := p.Run(machine.Spec{Args: []string{"bash", file}}); err != nil {
				p.Errorf("/usr/local/bin/docker-entrypoint.sh: %s: %s\n", file, capital(err))
			}
		default:
			e.note("/usr/local/bin/docker-entrypoint.sh: ignoring %s", file)
		}
	}
	p.Printf("\n")
	return 0
}

// initFiles is mysqld --initialize-insecure, or mariadb-install-db: the files of
// a server without databases of its own.
func (s *mysqlServer) initFiles() int {
	p := s.process
	if entries, err := p.FS.ReadDir(s.dir); err == nil && len(entries) > 0 && !s.maria {
		s.line(0, "ERROR", "MY-010457", "Server", "--initialize specified but the data directory has files in it. Aborting.")
		s.line(0, "ERROR", "MY-010119", "Server", "Aborting")
		return 1
	}
	if err := p.MayChange(path.Join(s.dir, "mysql")); err != nil {
		p.Errorf("mysqld: Can't create/write to file '%s/is_writable' (OS errno 13 - Permission denied)\n", s.dir)
		return 1
	}
	if !s.maria {
		s.pid = 80
		s.newer(0, "MY-015017", "MySQL Server Initialization - start.")
		s.line(0, "System", "MY-013169", "Server", "/usr/sbin/mysqld (mysqld "+s.version+") initializing of server in progress as process 80")
		s.innodb()
		p.Use(mysqlMemory)
		p.Sleep(1500 * time.Millisecond)
		s.line(6, "Warning", "MY-010453", "Server", "root@localhost is created with an empty password ! Please consider switching off the --initialize-insecure option.")
		p.Sleep(1200 * time.Millisecond)
		s.newer(0, "MY-015018", "MySQL Server Initialization - end.")
	} else {
		p.Use(mariadbMemory)
		p.Sleep(1200 * time.Millisecond)
	}
	s.create()
	u := p.User
	for name, size := range map[string]int64{"mysql/db.frm": 120_000, "ib_logfile0": 50_331_648, "undo_001": 16_777_216, "mysql.ibd": 28_000_000} {
		_ = p.FS.MkdirAll(path.Dir(path.Join(s.dir, name)), 0o750, u.UID, u.GID)
		if err := p.FS.Put(path.Join(s.dir, name), &vfs.Node{Mode: 0o640, UID: u.UID, GID: u.GID, Bulk: size}); err != nil {
			p.Errorf("mysqld: %s\n", capital(err))
			return 1
		}
	}
	return 0
}

// temporary starts a server that only the socket in the container reaches.
func (s *mysqlServer) temporary() (*machine.Listener, int) {
	s.pid = 121
	s.startLines()
	s.readyLine(0)
	l := &machine.Listener{Addr: anyAddr(), Port: 3306, Proto: "unix", Process: s.process, Serve: s.serve(true)}
	if s.process.Net.Listen(l) != nil {
		return nil, 1
	}
	s.process.Sleep(1200 * time.Millisecond)
	return l, 0
}
