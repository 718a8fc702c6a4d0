package program

import (
	"path"
	"strings"
	"time"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// postgresEntrypoint is docker-entrypoint.sh of the postgres images.
func postgresEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = append([]string{"postgres"}, args...)
	}
	if len(args) == 0 {
		return 0
	}
	if args[0] != "postgres" {
		return become(p, args)
	}
	dir := p.Env.Get("PGDATA")
	if dir == "" {
		dir = "/var/lib/postgresql/data"
	}
	if p.User.UID == 0 {
		if u, ok := lookupUser(p.FS, "postgres"); ok {
			_ = p.FS.MkdirAll(dir, 0o700, u.UID, u.GID)
			own(p, dir, u)
			p.User = u
		}
	}
	if p.FS.Exists(path.Join(dir, "PG_VERSION")) {
		p.Printf("\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n")
	} else if status := postgresInit(p, dir); status != 0 {
		return status
	}
	return become(p, args)
}

// postgresInit sets up a new database cluster.
func postgresInit(p *machine.Process, dir string) int {
	password := secret(p, "POSTGRES_PASSWORD")
	trust := p.Env.Get("POSTGRES_HOST_AUTH_METHOD") == "trust"
	if password == "" && !trust {
		p.Errorf("%s", `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html
`)
		return 1
	}
	if entries, err := p.FS.ReadDir(dir); err == nil && len(entries) > 0 {
		p.Errorf("initdb: error: directory \"%s\" exists but is not empty\ninitdb: hint: If you want to create a new database system, either remove or empty the directory \"%s\" or run initdb with an argument other than \"%s\".\n", dir, dir, dir)
		return 1
	}
	version := programVersion(p, "postgres")
	s := newPostgres(p, version, dir)
	if err := p.MayChange(path.Join(dir, "PG_VERSION")); err != nil {
		p.Errorf("initdb: error: could not access directory \"%s\": %s\n", dir, capital(err))
		return 1
	}
	initdb(p, dir)
	s.create()
	user := orText(p.Env.Get("POSTGRES_USER"), "postgres")
	database := orText(p.Env.Get("POSTGRES_DB"), user)
	s.data.Roles[user] = password
	if err := s.write("PG_VERSION", major(version)+"\n"); err != nil {
		p.Errorf("initdb: error: could not write file \"%s/PG_VERSION\": %s\n", dir, capital(err))
		return 1
	}
	hba := "local all all trust\nhost all all 127.0.0.1/32 trust\nhost all all all " + map[bool]string{true: "trust", false: "scram-sha-256"}[trust] + "\n"
	for name, text := range map[string]string{"pg_hba.conf": hba, "postgresql.conf": "listen_addresses = '*'\nmax_connections = 100\n", "postgresql.auto.conf": "", "pg_ident.conf": ""} {
		_ = s.write(name, text)
	}
	_ = p.FS.MkdirAll(dir+"/base/1", 0o700, p.User.UID, p.User.GID)
	_ = p.FS.Put(dir+"/base/1/1259", &vfs.Node{Mode: 0o600, UID: p.User.UID, GID: p.User.GID, Bulk: 39_000_000})
	return s.prepare(database)
}

// initdb is what initdb prints.
func initdb(p *machine.Process, dir string) {
	p.Printf("The files belonging to this database system will be owned by user \"%s\".\nThis user must also own the server process.\n\n", p.User.Name)
	p.Printf("The database cluster will be initialized with locale \"en_US.utf8\".\nThe default database encoding has accordingly been set to \"UTF8\".\nThe default text search configuration will be set to \"english\".\n\nData page checksums are disabled.\n\n")
	p.Printf("fixing permissions on existing directory %s ... ok\n", dir)
	for _, step := range []string{"creating subdirectories ... ok", "selecting dynamic shared memory implementation ... posix", "selecting default \"max_connections\" ... 100",
		"selecting default \"shared_buffers\" ... 128MB", "selecting default time zone ... Etc/UTC", "creating configuration files ... ok", "running bootstrap script ... ok",
		"performing post-bootstrap initialization ... ok", "syncing data to disk ... ok"} {
		p.Sleep(80 * time.Millisecond)
		p.Printf("%s\n", step)
	}
	p.Printf("\n\nSuccess. You can now start the database server using:\n\n    pg_ctl -D %s -l logfile start\n\n", dir)
	p.Errorf("initdb: warning: enabling \"trust\" authentication for local connections\ninitdb: hint: You can change this by editing pg_hba.conf or using the option -A, or --auth-local and --auth-host, the next time you run initdb.\n")
}

// prepare starts the server for itself, makes the database, and runs the scripts
// of /docker-entrypoint-initdb.d.
func (s *sqlServer) prepare(database string) int {
	p := s.process
	p.Printf("waiting for server to start....")
	s.say(48, "starting PostgreSQL %s on x86_64-pc-linux-gnu, compiled by gcc, 64-bit", s.version)
	s.say(48, "listening on Unix socket \"/var/run/postgresql/.s.PGSQL.5432\"")
	s.say(51, "database system was shut down at %s", p.Now().UTC().Format("2006-01-02 15:04:05 MST"))
	s.say(48, "database system is ready to accept connections")
	socket := &machine.Listener{Addr: anyAddr(), Port: 5432, Proto: "unix", Process: p, Serve: s.serve(true)}
	_ = p.Net.Listen(socket)
	p.Sleep(150 * time.Millisecond)
	p.Printf(" done\nserver started\n")
	if s.data.Databases[database] == nil {
		s.data.Databases[database] = &sql.Database{Tables: map[string]*sql.Table{}}
		p.Printf("CREATE DATABASE\n\n")
	}
	_ = s.save()
	if status := s.initScripts(database); status != 0 {
		return status
	}
	p.Printf("\n")
	p.Printf("waiting for server to shut down...")
	s.say(48, "received fast shutdown request")
	s.say(48, "aborting any active transactions")
	s.say(48, "shutting down")
	s.say(48, "database system is shut down")
	p.Net.Close(socket)
	p.Sleep(150 * time.Millisecond)
	p.Printf(" done\nserver stopped\n\nPostgreSQL init process complete; ready for start up.\n\n")
	return 0
}

// initScripts runs what lies in /docker-entrypoint-initdb.d, in order.
func (s *sqlServer) initScripts(database string) int {
	p := s.process
	entries, _ := p.FS.ReadDir("/docker-entrypoint-initdb.d")
	for _, e := range entries {
		file := "/docker-entrypoint-initdb.d/" + e.Name
		switch path.Ext(e.Name) {
		case ".sql":
			p.Printf("/usr/local/bin/docker-entrypoint.sh: running %s\n", file)
			for _, statement := range sql.Split(string(e.Node.Data)) {
				r := s.run(database, statement)
				if r.Error != "" {
					p.Errorf("psql:%s:1: %s\n", file, r.Error)
					return 3
				}
				if r.Tag != "" {
					p.Printf("%s\n", r.Tag)
				}
			}
			p.Printf("\n\n")
		case ".sh":
			p.Printf("/usr/local/bin/docker-entrypoint.sh: running %s\n", file)
			if _, err := p.Run(machine.Spec{Args: []string{"sh", file}}); err != nil {
				p.Errorf("/usr/local/bin/docker-entrypoint.sh: %s: %s\n", file, capital(err))
			}
		default:
			p.Printf("/usr/local/bin/docker-entrypoint.sh: ignoring %s\n", file)
		}
	}
	return 0
}

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

// programVersion is the version of a program on the PATH, from its node.
func programVersion(p *machine.Process, name string) string {
	full, err := machine.LookPath(p.FS, p.Env, p.Dir, name)
	if err != nil {
		return ""
	}
	n, err := p.FS.Stat(full)
	if err != nil {
		return ""
	}
	_, version, _ := strings.Cut(n.Program, "@")
	return version
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func newPostgres(p *machine.Process, version, dir string) *sqlServer {
	s := &sqlServer{process: p, dir: dir, file: "base/16384/2619", proto: "postgres", version: version, port: 5432}
	s.log = func(_, format string, args ...any) { s.print(62, format, args...) }
	return s
}

// say writes a line of level LOG, as process number pid.
func (s *sqlServer) say(pid int, format string, args ...any) { s.print(pid, "LOG:  "+format, args...) }

func (s *sqlServer) print(pid int, format string, args ...any) {
	stamp := s.process.Now().UTC().Format("2006-01-02 15:04:05.000 MST")
	s.process.Errorf("%s [%d] ", stamp, pid)
	s.process.Errorf(strings.ReplaceAll(format, "\n%s", "\n"+stamp+" ["+itoa(pid)+"] %s")+"\n", args...)
}

// postgresMain is the postgres server.
func postgresMain(version string) machine.Main {
	return func(p *machine.Process) int {
		dir := orText(p.Env.Get("PGDATA"), "/var/lib/postgresql/data")
		s := newPostgres(p, version, dir)
		for i, a := range p.Args {
			switch {
			case a == "--version" || a == "-V":
				p.Printf("postgres (PostgreSQL) %s\n", version)
				return 0
			case a == "-D" && i+1 < len(p.Args):
				s.dir = p.Args[i+1]
			case a == "-p" && i+1 < len(p.Args):
				s.port = atoi(p.Args[i+1], 5432)
			}
		}
		if p.User.UID == 0 {
			p.Errorf("\"root\" execution of the PostgreSQL server is not permitted.\nThe server must be started under an unprivileged user ID to prevent\npossible system security compromise.  See the documentation for\nmore information on how to properly start the server.\n")
			return 1
		}
		return s.postgres()
	}
}

func atoi(s string, otherwise int) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1e6 {
			return otherwise
		}
		n = n*10 + int(c-'0')
	}
	if s == "" {
		return otherwise
	}
	return n
}

func (s *sqlServer) postgres() int {
	p := s.process
	made, err := p.FS.ReadFile(path.Join(s.dir, "PG_VERSION"))
	switch {
	case err != nil:
		p.Errorf("postgres: could not access the server configuration file \"%s/postgresql.conf\": No such file or directory\n", s.dir)
		return 2
	case strings.TrimSpace(string(made)) != major(s.version):
		s.print(1, "FATAL:  database files are incompatible with server")
		s.print(1, "DETAIL:  The data directory was initialized by PostgreSQL version %s, which is not compatible with this version %s.", strings.TrimSpace(string(made)), s.version)
		return 1
	}
	p.Use(24 << 20)
	hba, _ := p.FS.ReadFile(path.Join(s.dir, "pg_hba.conf"))
	s.open = strings.Contains(string(hba), "host all all all trust")
	s.say(1, "starting PostgreSQL %s on x86_64-pc-linux-gnu, compiled by gcc, 64-bit", s.version)
	if open(p, anyAddr(), s.port, "tcp", s.serve(false)) != nil {
		s.say(1, "could not bind IPv4 address \"0.0.0.0\": Address in use")
		s.print(1, "FATAL:  could not create any TCP/IP sockets")
		return 1
	}
	s.say(1, "listening on IPv4 address \"0.0.0.0\", port %d", s.port)
	s.say(1, "listening on IPv6 address \"::\", port %d", s.port)
	s.say(1, "listening on Unix socket \"/var/run/postgresql/.s.PGSQL.%d\"", s.port)
	pidFile := path.Join(s.dir, "postmaster.pid")
	if p.FS.Exists(pidFile) {
		s.print(29, "LOG:  database system was interrupted; last known up at %s", p.Now().UTC().Format("2006-01-02 15:04:05 MST"))
		s.print(29, "LOG:  database system was not properly shut down; automatic recovery in progress")
		p.Sleep(200 * time.Millisecond)
	} else {
		s.print(29, "LOG:  database system was shut down at %s", p.Now().UTC().Format("2006-01-02 15:04:05 MST"))
	}
	if !s.load() {
		s.print(1, "PANIC:  could not read file \"base/16384/2619\"")
		return 1
	}
	_ = s.write("postmaster.pid", "1\n")
	_ = p.Net.Listen(&machine.Listener{Addr: anyAddr(), Port: s.port, Proto: "unix", Process: p, Serve: s.serve(true)})
	for _, name := range []string{"checkpointer", "background writer", "walwriter", "autovacuum launcher", "logical replication launcher"} {
		_, _ = p.Spawn(machine.Spec{Args: []string{"postgres: " + name + " "}, Main: func(w *machine.Process) int { w.Use(4 << 20); return forever(w) }})
	}
	p.Sleep(30 * time.Millisecond)
	s.say(1, "database system is ready to accept connections")
	p.OnSignal = s.postgresSignal
	return forever(p)
}

// postgresSignal stops the server: INT at once but cleanly, TERM when nobody is
// connected any more, QUIT as if it crashed.
func (s *sqlServer) postgresSignal(sig machine.Signal) bool {
	request := map[machine.Signal]string{machine.SIGINT: "fast", machine.SIGTERM: "smart", machine.SIGQUIT: "immediate"}[sig]
	if request == "" {
		return sig == machine.SIGHUP
	}
	s.say(1, "received %s shutdown request", request)
	if request == "fast" {
		s.say(1, "aborting any active transactions")
	}
	if request != "immediate" {
		s.say(1, "background worker \"logical replication launcher\" (PID 34) exited with exit code 1")
		s.say(27, "shutting down")
		s.say(27, "checkpoint starting: shutdown immediate")
		s.say(27, "checkpoint complete: wrote 3 buffers (0.0%%); 0 WAL file(s) added, 0 removed, 0 recycled")
		_ = s.process.FS.Remove(path.Join(s.dir, "postmaster.pid"))
	}
	s.say(1, "database system is shut down")
	s.process.Exit(0)
	return true
}
