package python

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"drydock/sim/image/resp"
	"drydock/sim/image/sql"
	"drydock/sim/machine"
)

// packageModules are packages that pip installs and that the simulator knows.
func (in *interp) packageModules(name string) map[string]any {
	switch name {
	case "flask":
		return flaskModule(in)
	case "fastapi":
		return fastapiModule(in)
	case "redis":
		return in.redisModule()
	case "redis.exceptions":
		return map[string]any{"ConnectionError": in.exceptions["RedisConnectionError"], "RedisError": in.exceptions["RedisError"], "ResponseError": in.exceptions["RedisResponseError"]}
	case "requests":
		return in.requestsModule()
	case "requests.exceptions":
		return map[string]any{"RequestException": in.exceptions["RequestException"], "ConnectionError": in.exceptions["RequestConnectionError"], "Timeout": in.exceptions["Timeout"]}
	case "psycopg2", "psycopg":
		return in.sqlModule("postgres", 5432, "postgres")
	case "mysql.connector", "pymysql":
		return in.sqlModule("mysql", 3306, "root")
	case "mysql":
		return map[string]any{}
	case "dotenv":
		return functions(map[string]func(*thread, args) (any, error){"load_dotenv": func(*thread, args) (any, error) { return true, nil }})
	}
	return nil
}

// redisClient is redis.Redis.
type redisClient struct {
	host     string
	port     int
	password string
	decode   bool
}

func (in *interp) redisModule() map[string]any {
	client := &class{name: "Redis", attrs: map[string]any{}, native: func(t *thread, _ *class, a args) (any, error) {
		return &redisClient{a.str(0, "host", "localhost"), int(a.integer(1, "port", 6379)), a.str(3, "password", ""), a.truth(-1, "decode_responses", false)}, nil
	}}
	client.attrs["from_url"] = fn("from_url", redisFromURL)
	exceptions := &module{name: "redis.exceptions", attrs: in.packageModules("redis.exceptions")}
	in.modules["redis.exceptions"] = exceptions
	return map[string]any{"Redis": client, "StrictRedis": client, "from_url": client.attrs["from_url"], "exceptions": exceptions,
		"ConnectionError": in.exceptions["RedisConnectionError"], "RedisError": in.exceptions["RedisError"]}
}

func redisFromURL(t *thread, a args) (any, error) {
	u, err := url.Parse(a.str(0, "url", ""))
	if err != nil || u.Scheme != "redis" {
		return nil, t.raise("ValueError", "Redis URL must specify one of the following schemes (redis://, rediss://, unix://)")
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = 6379
	}
	password, _ := u.User.Password()
	return &redisClient{u.Hostname(), port, password, a.truth(-1, "decode_responses", false)}, nil
}

func (c *redisClient) typeName() string { return "Redis" }

func (c *redisClient) attr(_ *thread, name string) (any, bool) {
	command := map[string]string{"delete": "del", "flushall": "flushall"}[name]
	if command == "" {
		command = name
	}
	if strings.HasPrefix(name, "_") || name == "close" || name == "pipeline" || name == "pubsub" {
		return nil, false
	}
	return fn(name, func(t *thread, a args) (any, error) {
		words := []string{command}
		for _, v := range a.pos {
			switch v := v.(type) {
			case bytesValue:
				words = append(words, string(v))
			case *dict:
				for _, e := range v.entries {
					words = append(words, toStr(t, e.key), toStr(t, e.value))
				}
			default:
				words = append(words, toStr(t, v))
			}
		}
		if ex, ok := a.kw["ex"]; ok && ex != nil {
			words = append(words, "EX", toStr(t, ex))
		}
		if (command == "incr" || command == "decr") && len(words) == 3 {
			words[0] += "by"
		}
		if m, ok := a.kw["mapping"].(*dict); ok {
			for _, e := range m.entries {
				words = append(words, toStr(t, e.key), toStr(t, e.value))
			}
		}
		return c.send(t, words)
	}), true
}

func (c *redisClient) send(t *thread, words []string) (any, error) {
	conn, err := t.dial(c.host, c.port, 0)
	if e, ok := err.(*raised); ok {
		text := toStr(t, e.value)
		text = strings.Replace(strings.Replace(text, "[Errno ", "Error ", 1), "] ", " connecting to "+c.host+":"+strconv.Itoa(c.port)+". ", 1)
		return nil, t.raise("RedisConnectionError", "%s.", text)
	}
	if err != nil {
		return nil, err
	}
	body := resp.Command(words)
	if c.password != "" {
		body = resp.Command([]string{"AUTH", c.password}) + body
	}
	answer := conn.Do(machine.Request{Proto: "redis", Method: words[0], Host: c.host, Body: body})
	if answer.Err != nil {
		return nil, t.raise("RedisConnectionError", "Connection closed by server.")
	}
	text := answer.Body
	if c.password != "" {
		_, text, _ = resp.Decode(text)
	}
	r, _, ok := resp.Decode(text)
	if !ok {
		return nil, t.raise("RedisConnectionError", "Protocol Error: %s", text)
	}
	if bad, ok := r.(resp.Error); ok {
		return nil, t.raise("RedisResponseError", "%s", strings.TrimPrefix(string(bad), "ERR "))
	}
	return c.value(r, words[0]), nil
}

func (c *redisClient) value(r resp.Reply, command string) any {
	switch v := r.(type) {
	case resp.State:
		if command == "type" {
			return string(v)
		}
		return true
	case int64:
		return v
	case string:
		if c.decode {
			return v
		}
		return bytesValue(v)
	case []resp.Reply:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = c.value(item, command)
		}
		if command == "hgetall" {
			d := newDict()
			for i := 0; i+1 < len(items); i += 2 {
				d.put(items[i], items[i+1])
			}
			return d
		}
		return &list{items}
	}
	return nil
}

func (in *interp) requestsModule() map[string]any {
	attrs := map[string]any{"RequestException": in.exceptions["RequestException"], "ConnectionError": in.exceptions["RequestConnectionError"], "Timeout": in.exceptions["Timeout"]}
	exceptions := &module{name: "requests.exceptions", attrs: in.packageModules("requests.exceptions")}
	in.modules["requests.exceptions"] = exceptions
	attrs["exceptions"] = exceptions
	for _, m := range []string{"get", "post", "put", "delete", "head", "patch"} {
		attrs[m] = fn(m, func(t *thread, a args) (any, error) {
			address := a.str(0, "url", "")
			body := a.str(1, "data", "")
			headers := []string{"User-Agent: python-requests/2.32.5"}
			if v, ok := a.kw["json"]; ok {
				text, err := t.dumps(v, "", "", false)
				if err != nil {
					return nil, err
				}
				body = text
				headers = append(headers, "Content-Type: application/json")
			}
			if d, ok := a.kw["headers"].(*dict); ok {
				for _, e := range d.entries {
					headers = append(headers, toStr(t, e.key)+": "+toStr(t, e.value))
				}
			}
			seconds, _ := asFloat(a.kw["timeout"])
			answer, err := t.fetch(strings.ToUpper(m), address, body, headers, time.Duration(seconds*float64(time.Second)))
			if e, ok := err.(*raised); ok && hasBase(e.value.class, "OSError") {
				u, _ := url.Parse(address)
				if e.value.class.name == "TimeoutError" {
					return nil, t.raise("Timeout", "HTTPConnectionPool(host='%s', port=%s): Read timed out.", u.Hostname(), orPort(u))
				}
				return nil, t.raise("RequestConnectionError", "HTTPConnectionPool(host='%s', port=%s): Max retries exceeded with url: %s (Caused by NewConnectionError('Failed to establish a new connection: %s'))",
					u.Hostname(), orPort(u), u.RequestURI(), toStr(t, e.value))
			}
			if err != nil {
				return nil, err
			}
			return &webAnswer{answer}, nil
		})
	}
	return attrs
}

func orPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Port()
	}
	return "80"
}

// sqlConn is a connection to a SQL server.
type sqlConn struct {
	proto, host, user, password, database string
	port                                  int
	conn                                  *machine.Conn
}

func (in *interp) sqlModule(proto string, port int64, user string) map[string]any {
	attrs := map[string]any{"Error": in.exceptions["DatabaseError"], "DatabaseError": in.exceptions["DatabaseError"],
		"OperationalError": in.exceptions["OperationalError"], "ProgrammingError": in.exceptions["ProgrammingError"]}
	attrs["connect"] = fn("connect", func(t *thread, a args) (any, error) {
		c := &sqlConn{proto: proto, host: a.str(-1, "host", "localhost"), port: int(a.integer(-1, "port", port)), user: a.str(-1, "user", user), password: a.str(-1, "password", "")}
		c.database = a.str(-1, "database", a.str(-1, "dbname", c.user))
		if len(a.pos) > 0 {
			c.readDSN(toStr(t, a.pos[0]))
		}
		conn, err := t.dial(c.host, c.port, 0)
		if e, ok := err.(*raised); ok {
			return nil, t.raise("OperationalError", "connection to server at \"%s\", port %d failed: %s\n\tIs the server running on that host and accepting TCP/IP connections?", c.host, c.port, toStr(t, e.value))
		}
		c.conn = conn
		if err == nil {
			_, err = c.query(t, "")
		}
		return c, err
	})
	return attrs
}

// readDSN reads "host=db dbname=app" or "postgresql://user:password@host/db".
func (c *sqlConn) readDSN(text string) {
	if u, err := url.Parse(text); err == nil && u.Scheme != "" && u.Host != "" {
		c.host, c.database = u.Hostname(), strings.TrimPrefix(u.Path, "/")
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
		if n, err := strconv.Atoi(u.Port()); err == nil {
			c.port = n
		}
		return
	}
	for _, word := range strings.Fields(text) {
		k, v, _ := strings.Cut(word, "=")
		switch k {
		case "host":
			c.host = v
		case "user":
			c.user = v
		case "password":
			c.password = v
		case "dbname":
			c.database = v
		case "port":
			c.port, _ = strconv.Atoi(v)
		}
	}
}

func (c *sqlConn) typeName() string { return "connection" }

// query sends SQL; an empty one only logs in.
func (c *sqlConn) query(t *thread, statement string) (*sql.Result, error) {
	answer := c.conn.Do(machine.Request{Proto: c.proto, Method: "query", Host: c.host, Path: c.database, Header: []string{"user: " + c.user, "password: " + c.password}, Body: statement})
	if answer.Err != nil {
		return nil, t.raise("OperationalError", "server closed the connection unexpectedly")
	}
	var r sql.Result
	if json.Unmarshal([]byte(answer.Body), &r) != nil {
		return nil, t.raise("OperationalError", "received invalid response to SSL negotiation")
	}
	if strings.HasPrefix(r.Error, "FATAL") || strings.Contains(r.Error, "Access denied") {
		return nil, t.raise("OperationalError", "%s", r.Error)
	}
	if r.Error != "" {
		return nil, t.raise("ProgrammingError", "%s", strings.TrimPrefix(r.Error, "ERROR:  "))
	}
	return &r, nil
}

func (c *sqlConn) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "cursor":
		return fn(name, func(*thread, args) (any, error) { return &cursor{c: c}, nil }), true
	case "commit", "rollback", "close", "__exit__":
		return fn(name, func(*thread, args) (any, error) { return nil, nil }), true
	case "__enter__":
		return fn(name, func(*thread, args) (any, error) { return c, nil }), true
	case "execute":
		cur := &cursor{c: c}
		return cur.attr(nil, name)
	}
	return nil, false
}

func (c *sqlConn) setAttr(*thread, string, any) error { return nil }

// cursor holds the result of the last query.
type cursor struct {
	c    *sqlConn
	rows []any
	n    int64
}

func (c *cursor) typeName() string { return "cursor" }

func (c *cursor) each(t *thread, fn func(any) (bool, error)) error { return t.each(&list{c.rows}, fn) }

func (c *cursor) attr(_ *thread, name string) (any, bool) {
	calls := map[string]func(*thread, args) (any, error){
		"execute": func(t *thread, a args) (any, error) {
			statement, err := t.placeholders(a.str(0, "query", ""), a)
			if err != nil {
				return nil, err
			}
			r, err := c.c.query(t, statement)
			if err != nil {
				return nil, err
			}
			c.rows, c.n = nil, int64(len(r.Rows))
			for _, row := range r.Rows {
				out := &tuple{}
				for i, cell := range row {
					out.items = append(out.items, cellValue(cell, i < len(r.Numeric) && r.Numeric[i]))
				}
				c.rows = append(c.rows, out)
			}
			return c, nil
		},
		"fetchall": func(*thread, args) (any, error) { rows := c.rows; c.rows = nil; return &list{rows}, nil },
		"fetchone": func(*thread, args) (any, error) {
			if len(c.rows) == 0 {
				return nil, nil
			}
			first := c.rows[0]
			c.rows = c.rows[1:]
			return first, nil
		},
		"close":     func(*thread, args) (any, error) { return nil, nil },
		"__enter__": func(*thread, args) (any, error) { return c, nil },
		"__exit__":  func(*thread, args) (any, error) { return nil, nil },
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	if name == "rowcount" {
		return c.n, true
	}
	return nil, false
}

func cellValue(cell *string, numeric bool) any {
	if cell == nil {
		return nil
	}
	if n, err := strconv.ParseInt(*cell, 10, 64); numeric && err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(*cell, 64); numeric && err == nil {
		return f
	}
	return *cell
}

// placeholders puts values in place of %s.
func (t *thread) placeholders(statement string, a args) (string, error) {
	v, ok := a.get(1, "vars")
	if !ok || v == nil {
		return statement, nil
	}
	values, err := t.items(v)
	if err != nil {
		return "", err
	}
	for _, value := range values {
		text := toStr(t, value)
		switch value.(type) {
		case nil:
			text = "NULL"
		case int64, float64, bool:
		default:
			text = "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
		statement = strings.Replace(statement, "%s", text, 1)
	}
	return statement, nil
}
