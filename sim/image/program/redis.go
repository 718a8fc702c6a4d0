package program

import (
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"time"

	"drydock/sim/image/resp"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// redisEntrypoint is docker-entrypoint.sh of the redis images: it gives the data
// directory to redis and drops root.
func redisEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && (strings.HasPrefix(args[0], "-") || strings.HasSuffix(args[0], ".conf")) {
		args = append([]string{"redis-server"}, args...)
	}
	if len(args) == 0 {
		return 0
	}
	if (args[0] == "redis-server" || args[0] == "valkey-server") && p.User.UID == 0 {
		if u, ok := lookupUser(p.FS, "redis"); ok {
			own(p, p.Abs("."), u)
			p.User = u
		}
	}
	return become(p, args)
}

// own gives a directory with all in it to a user, where it does not have it yet.
func own(p *machine.Process, dir string, u machine.User) {
	_ = p.FS.Walk(dir, func(name string, n *vfs.Node) error {
		if n.UID != u.UID {
			_ = p.FS.Change(name, func(n *vfs.Node) { n.UID, n.GID = u.UID, u.GID })
		}
		return nil
	})
}

// redis is a running redis-server.
type redis struct {
	version  string
	process  *machine.Process
	store    *redisStore
	settings map[string]string
	begun    time.Time
	commands int
}

// redisServer is redis-server.
func redisServer(version string) machine.Main {
	return func(p *machine.Process) int {
		r := &redis{version: version, process: p, store: newRedisStore(p.Now), begun: p.Now(), settings: map[string]string{
			"port": "6379", "dir": ".", "dbfilename": "dump.rdb", "appendonly": "no", "save": "3600 1 300 100 60 10000", "bind": "* -::*",
			"maxmemory": "0", "maxmemory-policy": "noeviction", "requirepass": "", "databases": "16", "loglevel": "notice", "protected-mode": "no",
		}}
		if len(p.Args) > 1 && (p.Args[1] == "--version" || p.Args[1] == "-v") {
			p.Printf("Redis server v=%s sha=00000000:1 malloc=libc bits=64 build=d5e1f2a37c90b8e4\n", version)
			return 0
		}
		hasFile, err := r.readArgs(p.Args[1:])
		if err != nil {
			p.Errorf("\n*** FATAL CONFIG FILE ERROR (Redis %s) ***\nReading the configuration file, at line 2\n>>> '%s'\nBad directive or wrong number of arguments\n", version, err)
			return 1
		}
		return r.serve(hasFile)
	}
}

// readArgs reads a configuration file and options: redis-server [FILE] [--name value...].
func (r *redis) readArgs(args []string) (hasFile bool, err error) {
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		data, err := r.process.ReadFile(args[0])
		if err != nil {
			return true, fmt.Errorf("can't open config file '%s': %w", args[0], err)
		}
		for _, line := range strings.Split(string(data), "\n") {
			words := strings.Fields(line)
			if len(words) > 0 && !strings.HasPrefix(words[0], "#") {
				r.settings[strings.ToLower(words[0])] = strings.Trim(strings.Join(words[1:], " "), `"`)
			}
		}
		hasFile, args = true, args[1:]
	}
	for i := 0; i < len(args); {
		name, ok := strings.CutPrefix(args[i], "--")
		if !ok {
			return hasFile, fmt.Errorf("%s", args[i])
		}
		i++
		var values []string
		for i < len(args) && !strings.HasPrefix(args[i], "--") {
			values = append(values, args[i])
			i++
		}
		r.settings[strings.ToLower(name)] = strings.Join(values, " ")
	}
	return hasFile, nil
}

func (r *redis) log(mark, format string, args ...any) {
	role := "M"
	if strings.HasPrefix(mark, "C") {
		role, mark = "C", mark[1:]
	}
	r.process.Printf("%d:%s %s %s "+format+"\n", append([]any{r.process.LocalPID, role, r.process.Now().UTC().Format("02 Jan 2006 15:04:05.000"), mark}, args...)...)
}

func (r *redis) serve(hasFile bool) int {
	p := r.process
	r.log("C*", "oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
	r.log("C*", "Redis version=%s, bits=64, commit=00000000, modified=0, pid=%d, just started", r.version, p.LocalPID)
	if hasFile {
		r.log("C*", "Configuration loaded")
	} else if len(p.Args) == 1 {
		r.log("C#", "Warning: no config file specified, using the default config. In order to specify a config file use %s /path/to/redis.conf", p.Args[0])
	}
	p.Use(9 << 20)
	p.Sleep(4 * time.Millisecond)
	port, err := strconv.Atoi(r.settings["port"])
	if err != nil || port < 1 || port > 65535 {
		port = 6379
	}
	addr := anyAddr()
	if bind := strings.Fields(r.settings["bind"]); len(bind) > 0 && !strings.HasPrefix(bind[0], "*") {
		if a, err := netip.ParseAddr(strings.TrimPrefix(bind[0], "-")); err == nil && a.Is4() {
			addr = a
		}
	}
	r.log("*", "monotonic clock: POSIX clock_gettime")
	if open(p, addr, port, "tcp", r.request) != nil {
		r.log("#", "Warning: Could not create server TCP listening socket *:%d: bind: Address in use", port)
		r.log("#", "Failed listening on port %d (tcp), aborting.", port)
		return 1
	}
	r.log("*", "Running mode=standalone, port=%d.", port)
	r.log("*", "Server initialized")
	r.restore()
	r.log("*", "Ready to accept connections tcp")
	p.Args = append([]string{p.Args[0], fmt.Sprintf("*:%d", port)}, nil...)
	p.OnSignal = r.signalled
	return r.keep()
}

func (r *redis) file() string {
	return path.Join(r.process.Abs(r.settings["dir"]), r.settings["dbfilename"])
}

func (r *redis) aof() string {
	return path.Join(r.process.Abs(r.settings["dir"]), "appendonlydir/appendonly.aof.1.incr.aof")
}

// restore reads what an earlier life left behind.
func (r *redis) restore() {
	file := r.file()
	if r.settings["appendonly"] == "yes" {
		file = r.aof()
	}
	data, err := r.process.ReadFile(file)
	if err != nil || !r.store.load(data) {
		if r.settings["appendonly"] == "yes" && err != nil {
			r.log("*", "Creating AOF base file appendonly.aof.1.base.rdb on server start")
			r.log("*", "Creating AOF incr file appendonly.aof.1.incr.aof on server start")
			_ = r.save()
		}
		return
	}
	n, _ := r.process.FS.Stat(file)
	r.log("*", "Loading RDB produced by version %s", r.version)
	r.log("*", "RDB age %d seconds", int(r.process.Now().Sub(n.ModTime).Seconds()))
	r.log("*", "RDB memory usage when created 0.90 Mb")
	r.log("*", "Done loading RDB, keys loaded: %d, keys expired: 0.", len(r.store.keys))
	r.log("*", "DB loaded from disk: 0.001 seconds")
}

// save writes the data to disk.
func (r *redis) save() error {
	file := r.file()
	if r.settings["appendonly"] == "yes" {
		file = r.aof()
		_ = r.process.FS.MkdirAll(path.Dir(file), 0o755, r.process.User.UID, r.process.User.GID)
	}
	err := r.process.WriteFile(file, r.store.dump())
	if err == nil {
		r.store.changes = 0
	}
	return err
}

// keep saves by redis's default rule: after an hour if anything changed, after
// five minutes if 100 keys did, after a minute if 10,000 did.
func (r *redis) keep() int {
	quiet := 0
	for {
		r.process.Sleep(time.Minute)
		if r.store.changes == 0 || r.settings["save"] == "" {
			quiet = 0
			continue
		}
		quiet++
		if quiet >= 60 || quiet >= 5 && r.store.changes >= 100 || r.store.changes >= 10000 {
			r.log("*", "%d changes in %d seconds. Saving...", r.store.changes, quiet*60)
			if err := r.save(); err != nil {
				r.log("#", "Failed opening the temp RDB file temp-1.rdb (in server root dir %s) for saving: %s", r.process.Dir, capital(err))
			} else {
				r.log("*", "DB saved on disk")
			}
			quiet = 0
		}
	}
}

func capital(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

func (r *redis) signalled(s machine.Signal) bool {
	if s != machine.SIGTERM && s != machine.SIGINT {
		return false
	}
	name := "SIGTERM"
	if s == machine.SIGINT {
		name = "SIGINT"
	}
	r.process.Printf("%d:signal-handler (%d) Received %s scheduling shutdown...\n", r.process.LocalPID, r.process.Now().Unix(), name)
	r.shutdown()
	return true
}

func (r *redis) shutdown() {
	r.log("*", "User requested shutdown...")
	if r.settings["save"] != "" || r.settings["appendonly"] == "yes" {
		r.log("*", "Saving the final RDB snapshot before exiting.")
		if err := r.save(); err != nil {
			r.log("#", "Failed opening the temp RDB file temp-1.rdb (in server root dir %s) for saving: %s", r.process.Dir, capital(err))
		} else {
			r.log("*", "DB saved on disk")
		}
	}
	r.log("#", "Redis is now ready to exit, bye bye...")
	r.process.Exit(0)
}

// request answers what came over the network. Each request is a connection of
// its own, so a password comes with the command (AUTH in front of it).
func (r *redis) request(q machine.Request) machine.Response {
	switch q.Proto {
	case "https":
		return machine.Response{Err: machine.ErrNoTLS}
	case "http":
		return machine.Response{Body: "-ERR wrong number of arguments for 'get' command\r\n"}
	}
	if q.Probe {
		return machine.Response{}
	}
	var answers strings.Builder
	trusted := r.settings["requirepass"] == ""
	for _, args := range resp.Commands(q.Body) {
		if len(args) == 0 {
			continue
		}
		answers.WriteString(resp.Encode(r.command(args, &trusted)))
	}
	if r.settings["appendonly"] == "yes" && r.store.changes > 0 {
		_ = r.save()
	}
	return machine.Response{Body: answers.String()}
}

func (r *redis) command(args []string, trusted *bool) resp.Reply {
	name, a := strings.ToLower(args[0]), args[1:]
	r.commands++
	if name == "auth" {
		switch {
		case r.settings["requirepass"] == "":
			return resp.Error("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?")
		case len(a) == 0 || a[len(a)-1] != r.settings["requirepass"]:
			return resp.Error("WRONGPASS invalid username-password pair or user is disabled.")
		}
		*trusted = true
		return resp.State("OK")
	}
	if !*trusted {
		return resp.Error("NOAUTH Authentication required.")
	}
	if answer, ok := r.store.run(name, a); ok {
		return answer
	}
	return r.administer(name, args)
}

// administer carries out the commands about the server itself.
func (r *redis) administer(name string, args []string) resp.Reply {
	a := args[1:]
	switch name {
	case "save", "bgsave":
		if err := r.save(); err != nil {
			return resp.Error("ERR " + capital(err))
		}
		r.log("*", "DB saved on disk")
		if name == "bgsave" {
			return resp.State("Background saving started")
		}
		return resp.State("OK")
	case "shutdown":
		r.process.Clock().After(0, r.shutdown)
		return nil
	case "info":
		return r.info()
	case "client", "quit", "hello", "command":
		return resp.State("OK")
	case "config":
		if len(a) >= 2 && strings.EqualFold(a[0], "get") {
			list := []resp.Reply{}
			if v, ok := r.settings[strings.ToLower(a[1])]; ok {
				list = append(list, strings.ToLower(a[1]), v)
			}
			return list
		}
		if len(a) >= 3 && strings.EqualFold(a[0], "set") {
			r.settings[strings.ToLower(a[1])] = a[2]
			return resp.State("OK")
		}
	}
	var quoted strings.Builder
	for _, word := range a {
		fmt.Fprintf(&quoted, "'%s' ", word)
	}
	return resp.Error(fmt.Sprintf("ERR unknown command '%s', with args beginning with: %s", args[0], quoted.String()))
}

func (r *redis) info() string {
	up := int(r.process.Now().Sub(r.begun).Seconds())
	text := fmt.Sprintf("# Server\r\nredis_version:%s\r\nredis_mode:standalone\r\nos:Linux "+machine.KernelRelease+" x86_64\r\nprocess_id:%d\r\ntcp_port:%s\r\nuptime_in_seconds:%d\r\n\r\n"+
		"# Clients\r\nconnected_clients:1\r\n\r\n# Memory\r\nused_memory_human:1.02M\r\nmaxmemory:%s\r\n\r\n# Stats\r\ntotal_commands_processed:%d\r\n\r\n"+
		"# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\n", r.version, r.process.LocalPID, r.settings["port"], up, r.settings["maxmemory"], r.commands)
	if n := len(r.store.sorted()); n > 0 {
		text += fmt.Sprintf("db0:keys=%d,expires=0,avg_ttl=0\r\n", n)
	}
	return text
}
