package program

import (
	"path"
	"strings"
	"time"

	"drydock/sim/machine"
)

// mysqld is the server of the mysql and mariadb images.
func mysqld(maria bool) native {
	return func(version string) machine.Main {
		return func(p *machine.Process) int {
			s := newMysql(p, version, maria)
			for i, a := range p.Args[1:] {
				name, value, _ := strings.Cut(a, "=")
				switch name {
				case "--version", "-V":
					p.Printf("%s  Ver %s for Linux on x86_64 (%s)\n", p.Path, s.full(), s.product())
					return 0
				case "--port", "-P":
					if value == "" && i+2 < len(p.Args) {
						value = p.Args[i+2]
					}
					s.port = atoi(value, 3306)
				case "--datadir":
					s.dir = orText(value, s.dir)
				}
			}
			return s.live()
		}
	}
}

func (s *mysqlServer) full() string {
	if s.maria {
		return s.version + "-MariaDB-ubu2404"
	}
	return s.version
}

func (s *mysqlServer) product() string {
	if s.maria {
		return "mariadb.org binary distribution"
	}
	return "MySQL Community Server - GPL"
}

// live serves until the process is told to stop.
func (s *mysqlServer) live() int {
	p := s.process
	s.pid = p.LocalPID
	if !p.FS.Exists(path.Join(s.dir, "mysql")) || !s.load() {
		if s.maria {
			s.line(0, "ERROR", "", "", "Could not open mysql.plugin table: \"Table 'mysql.plugin' doesn't exist\". Some plugins may be not loaded")
			s.line(0, "ERROR", "", "", "Fatal error: Can't open and lock privilege tables: Table 'mysql.db' doesn't exist")
			return 1
		}
		s.line(0, "ERROR", "MY-010187", "Server", "Could not open file '"+s.dir+"/mysql.ibd' for data directory: No such file or directory")
		s.line(0, "ERROR", "MY-010119", "Server", "Aborting")
		return 1
	}
	s.data.Version = s.full()
	s.startLines()
	socket := &machine.Listener{Addr: anyAddr(), Port: s.port, Proto: "unix", Process: p, Serve: s.serve(true)}
	if err := open(p, anyAddr(), s.port, "tcp", s.serve(false)); err != nil || p.Net.Listen(socket) != nil {
		s.line(0, "ERROR", "MY-010262", "Server", "Can't start server: Bind on TCP/IP port: Address already in use")
		s.line(0, "ERROR", "MY-010119", "Server", "Aborting")
		return 1
	}
	s.readyLine(s.port)
	p.OnSignal = func(sig machine.Signal) bool {
		switch sig {
		case machine.SIGTERM, machine.SIGQUIT:
			s.stopLines("<via user signal>")
			p.Clock().After(900*time.Millisecond, func() { p.Exit(0) })
			return true
		}
		return sig == machine.SIGHUP || sig == machine.SIGINT
	}
	return forever(p)
}

// line writes a line of the error log in the server's form.
func (s *mysqlServer) line(thread int, level, code, part, text string) {
	now := s.process.Now().UTC()
	if s.maria {
		s.process.Errorf("%s %d [%s] %s\n", now.Format("2006-01-02 15:04:05"), thread, level, text)
		return
	}
	s.process.Errorf("%s %d [%s] [%s] [%s] %s\n", now.Format("2006-01-02T15:04:05.000000Z"), thread, level, code, part, text)
}

// newer writes a line that MySQL has since 8.4.
func (s *mysqlServer) newer(thread int, code, text string) {
	if !strings.HasPrefix(s.version, "8.0") && !strings.HasPrefix(s.version, "5.") {
		s.line(thread, "System", code, "Server", text)
	}
}

// innodb is the storage engine coming up.
func (s *mysqlServer) innodb() {
	s.line(1, "System", "MY-013576", "InnoDB", "InnoDB initialization has started.")
	s.process.Sleep(300 * time.Millisecond)
	s.process.Use(max(s.process.Memory(), mysqlMemory/2))
	s.process.Sleep(400 * time.Millisecond)
	s.line(1, "System", "MY-013577", "InnoDB", "InnoDB initialization has ended.")
}

// startLines is the start up to the open port. The memory is taken on the way,
// so that a container with too little of it is killed before it is ready.
func (s *mysqlServer) startLines() {
	p := s.process
	if s.maria {
		s.line(0, "Note", "", "", "Starting MariaDB "+s.full()+" source revision d1f8d8b2a3bd1e2ba8a7c7a2f0b9b7e1a2c3d4e5 server_uid 7Uu0yq1cJ0wZ0nXn0l9h3l8pG0I= as process "+itoa(s.pid))
		p.Use(mariadbMemory / 2)
		for _, text := range []string{"InnoDB: Compressed tables use zlib 1.3.1", "InnoDB: Number of transaction pools: 1", "InnoDB: Using crc32 + pclmulqdq instructions",
			"InnoDB: Initializing buffer pool, total size = 128.000MiB, chunk size = 2.000MiB", "InnoDB: Completed initialization of buffer pool", "InnoDB: End of log at LSN=47763",
			"InnoDB: log sequence number 47763; transaction id 15", "Plugin 'FEEDBACK' is disabled."} {
			s.line(0, "Note", "", "", text)
			p.Sleep(40 * time.Millisecond)
		}
		p.Use(mariadbMemory)
		return
	}
	s.newer(0, "MY-015015", "MySQL Server - start.")
	s.line(0, "System", "MY-010116", "Server", "/usr/sbin/mysqld (mysqld "+s.version+") starting as process "+itoa(s.pid))
	s.innodb()
	p.Use(mysqlMemory)
	p.Sleep(400 * time.Millisecond)
	s.line(0, "Warning", "MY-010068", "Server", "CA certificate ca.pem is self signed.")
	s.line(0, "System", "MY-013602", "Server", "Channel mysql_main configured to support TLS. Encrypted connections are now supported for this channel.")
	s.line(0, "Warning", "MY-011810", "Server", "Insecure configuration for --pid-file: Location '/var/run/mysqld' in the path is accessible to all OS users. Consider choosing a different directory.")
}

// readyLine is the line that says the server is there; port 0 is the socket alone.
func (s *mysqlServer) readyLine(port int) {
	if s.maria {
		if port > 0 {
			s.line(0, "Note", "", "", "Server socket created on IP: '0.0.0.0'.")
		}
		s.line(0, "Note", "", "", "mariadbd: ready for connections.")
		s.process.Errorf("Version: '%s'  socket: '/run/mysqld/mysqld.sock'  port: %d  %s\n", s.full(), port, s.product())
		return
	}
	address := ""
	if port > 0 {
		address = " Bind-address: '::' port: 33060, socket: /var/run/mysqld/mysqlx.sock"
	} else {
		address = " Socket: /var/run/mysqld/mysqlx.sock"
	}
	s.line(0, "System", "MY-011323", "Server", "X Plugin ready for connections."+address)
	s.line(0, "System", "MY-010931", "Server", "/usr/sbin/mysqld: ready for connections. Version: '"+s.version+"'  socket: '/var/run/mysqld/mysqld.sock'  port: "+itoa(port)+"  "+s.product()+".")
}

func (s *mysqlServer) stopLines(who string) {
	if s.maria {
		if who == "root" {
			who = "localhost"
		}
		s.line(0, "Note", "", "", "mariadbd (initiated by: "+map[bool]string{true: "unknown", false: "root[root] @ localhost []"}[who != "localhost"]+"): Normal shutdown")
		s.line(0, "Note", "", "", "InnoDB: FTS optimize thread exiting.")
		s.line(0, "Note", "", "", "InnoDB: Starting shutdown...")
		s.line(0, "Note", "", "", "InnoDB: Shutdown completed; log sequence number 47763; transaction id 16")
		s.line(0, "Note", "", "", "mariadbd: Shutdown complete")
		return
	}
	s.line(0, "System", "MY-013172", "Server", "Received SHUTDOWN from user "+who+". Shutting down mysqld (Version: "+s.version+").")
	s.line(0, "System", "MY-010910", "Server", "/usr/sbin/mysqld: Shutdown complete (mysqld "+s.version+")  "+s.product()+".")
	s.newer(0, "MY-015016", "MySQL Server - end.")
}
