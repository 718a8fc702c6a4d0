package program

import (
	"net/netip"
	"strings"

	"drydock/sim/image/sql"
	"drydock/sim/machine"
)

// mysqladmin is mysqladmin and mariadb-admin: ping, status and shutdown.
func mysqladmin(maria bool) native {
	return func(version string) machine.Main {
		return func(p *machine.Process) int {
			c := newMysqlClient(p, version, maria)
			if c.name() == "healthcheck.sh" {
				return mariadbHealthcheck(version)(p)
			}
			if status := c.options(); status >= 0 {
				return status
			}
			if len(c.words) == 0 {
				p.Printf("%s  Ver %s for Linux on x86_64\nUsage: %s [OPTIONS] command command....\n", c.name(), version, c.name())
				return 1
			}
			r, err := c.ask("")
			if err != nil || r.Error != "" {
				return c.unreachable(r, err)
			}
			return c.administer(c.words[0])
		}
	}
}

// unreachable says why there is no connection. A server that refuses the user is
// alive, so ping ends with 0 even then.
func (c *mysqlClient) unreachable(r sql.Result, err error) int {
	p, text := c.process, c.failure(r, err)
	_, reason, _ := strings.Cut(text, ": ")
	where := orText(c.host, "localhost")
	p.Errorf("%s: connect to server at '%s' failed\nerror: '%s'\n", c.name(), where, reason)
	switch {
	case err == nil && c.words[0] == "ping":
		return 0
	case err != nil && c.host == "":
		p.Errorf("Check that %s is running and that the socket: '%s' exists!\n", map[bool]string{true: "mariadbd", false: "mysqld"}[c.maria], c.socket())
	case err != nil:
		p.Errorf("Check that %s is running on %s and that the port is %d.\nYou can check this by doing 'telnet %s %d'\n", map[bool]string{true: "mariadbd", false: "mysqld"}[c.maria], c.host, c.port, c.host, c.port)
	}
	return 1
}

func (c *mysqlClient) administer(command string) int {
	p := c.process
	switch command {
	case "ping":
		p.Printf("%s is alive\n", map[bool]string{true: "mysqld", false: "mysqld"}[c.maria])
	case "status":
		p.Printf("Uptime: %d  Threads: 2  Questions: 8  Slow queries: 0  Opens: 119  Flush tables: 3  Open tables: 38  Queries per second avg: 0.1\n", 60)
	case "version":
		p.Printf("%s  Ver %s for Linux on x86_64\n", c.name(), c.version)
	case "shutdown":
		l := p.Net.Listening(netip.MustParseAddr("127.0.0.1"), c.port, "tcp")
		if c.host != "" || l == nil {
			p.Errorf("%s: '%s shutdown' of another machine is part of MySQL, but this simulator does not have it\n", c.name(), c.name())
			return 1
		}
		l.Process.Signal(machine.SIGTERM)
	default:
		p.Errorf("%s: Unknown command: '%s'\n", c.name(), command)
		return 1
	}
	return 0
}

// mariadbHealthcheck is healthcheck.sh of the mariadb images: it connects over
// TCP, which the server does not offer while the image sets itself up.
func mariadbHealthcheck(version string) machine.Main {
	return func(p *machine.Process) int {
		if len(p.Args) < 2 {
			p.Errorf("healthcheck.sh: at least one of --connect and --innodb_initialized is needed\n")
			return 1
		}
		if _, err := ask(p, "mysql", "127.0.0.1", 3306, "", "", "", ""); err != nil {
			p.Errorf("ERROR 2002 (HY000): Can't connect to server on '127.0.0.1' (115)\nhealthcheck connect failed\n")
			return 1
		}
		return 0
	}
}
