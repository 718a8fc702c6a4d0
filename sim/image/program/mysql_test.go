package program

import (
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

func TestMysqlWithoutAPasswordSaysWhatItNeeds(t *testing.T) {
	for ref, want := range map[string]string{
		"mysql:8.4": "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified\n    You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD\n",
		"mariadb":   "\tYou need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, ",
	} {
		db := newHarbour(t).run("db", ref, nil, nil)
		if !db.process.Done() || db.process.Status() != 1 || !strings.Contains(db.out.String(), want) {
			t.Errorf("%s: done %v, status %d, said\n%s", ref, db.process.Done(), db.process.Status(), db.out.String())
		}
	}
}

func TestMysqlKeepsItsDataInAVolume(t *testing.T) {
	h := newHarbour(t)
	volume := h.volume()
	env := []string{"MYSQL_ROOT_PASSWORD=s", "MYSQL_DATABASE=app", "MYSQL_USER=u", "MYSQL_PASSWORD=pw"}
	db := h.run("db", "mysql:8.4", env, map[string]*vfs.FS{"/var/lib/mysql": volume})
	h.site.Clock.Advance(20 * time.Second)
	for _, want := range []string{"Switching to dedicated user 'mysql'", "Creating user u\n", "ready for connections. Version: '8.4.7'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306"} {
		if !strings.Contains(db.out.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, db.out.String())
		}
	}
	db.exec("mysql", "-uu", "-ppw", "app", "-e", "CREATE TABLE notes (id INT AUTO_INCREMENT PRIMARY KEY, body VARCHAR(20)); INSERT INTO notes (body) VALUES ('kept')")
	if status := db.stop(); status != 0 {
		t.Errorf("stopped with status %d", status)
	}
	again := h.run("again", "mysql:8.4", []string{"MYSQL_ROOT_PASSWORD=other"}, map[string]*vfs.FS{"/var/lib/mysql": volume})
	h.site.Clock.Advance(20 * time.Second)
	if strings.Contains(again.out.String(), "Initializing") {
		t.Errorf("it was initialised twice:\n%s", again.out.String())
	}
	const warning = "mysql: [Warning] Using a password on the command line interface can be insecure.\n"
	if got := again.exec("mysql", "-uroot", "-ps", "app", "-e", "SELECT * FROM notes"); got != warning+"id\tbody\n1\tkept\n" {
		t.Errorf("after the restart: %q", got)
	}
	if got := again.exec("mysql", "-uroot", "-pother", "-e", "SELECT 1"); !strings.Contains(got, "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)") {
		t.Errorf("the new password: %q", got)
	}
}

func TestMysqlIsKilledForWantOfMemory(t *testing.T) {
	h := newHarbour(t)
	b := h.run("db", "mysql:8.4", []string{"MYSQL_ROOT_PASSWORD=s"}, nil, "true")
	b.group = &machine.Group{Name: "small", MemoryLimit: 64 << 20}
	p := b.spawn([]string{"docker-entrypoint.sh", "mysqld"}, &b.out, machine.NoInput{})
	b.group.Init = p
	h.site.Clock.Advance(10 * time.Second)
	if !p.Done() || p.Status() != 137 || !b.group.OOMKilled {
		t.Errorf("done %v, status %d, OOMKilled %v", p.Done(), p.Status(), b.group.OOMKilled)
	}
}

func TestMysqladminPingFollowsTheServer(t *testing.T) {
	h := newHarbour(t)
	db := h.run("db", "mysql:8.4", []string{"MYSQL_ROOT_PASSWORD=s"}, nil)
	h.site.Clock.Advance(20 * time.Second)
	if got := db.exec("mysqladmin", "ping", "-ps"); !strings.HasSuffix(got, "mysqld is alive\n") {
		t.Errorf("after: %q", got)
	}
	other := h.run("other", "mysql:8.4", nil, nil, "true")
	if got := other.exec("mysqladmin", "ping"); !strings.Contains(got, "Can't connect to local MySQL server through socket") {
		t.Errorf("without a server: %q", got)
	}
	if got := other.exec("mysql", "-h", "db", "-uroot", "-ps", "-e", "SHOW DATABASES"); !strings.Contains(got, "performance_schema\n") {
		t.Errorf("from another container: %q", got)
	}
	if got := other.exec("mysql", "-h", "nodb", "-uroot", "-ps"); !strings.Contains(got, "ERROR 2005 (HY000): Unknown MySQL server host 'nodb' (-2)") {
		t.Errorf("to nobody: %q", got)
	}
}
