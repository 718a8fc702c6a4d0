package node

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"drydock/sim/image/resp"
	"drydock/sim/image/sql"
	"drydock/sim/machine"
)

// redisModule is the package redis: createClient with its commands, which
// return promises.
func (r *runtime) redisModule() *object {
	m := newObject()
	m.method("createClient", func(r *runtime, _ any, a []any) any {
		c := &redisClient{runtime: r, host: "localhost", port: 6379}
		if o, ok := argument(a, 0).(*object); ok {
			c.configure(o)
		}
		return c.object()
	})
	return m
}

type redisClient struct {
	runtime  *runtime
	host     string
	port     int
	password string
	onError  any
	open     bool
}

func (c *redisClient) configure(o *object) {
	if text, ok := o.props["url"].(string); ok {
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			c.host = u.Hostname()
			if n, err := strconv.Atoi(u.Port()); err == nil {
				c.port = n
			}
			c.password, _ = u.User.Password()
		}
	}
	from := o
	if s, ok := o.props["socket"].(*object); ok {
		from = s
	}
	if h, ok := from.props["host"].(string); ok {
		c.host = h
	}
	if p, ok := from.props["port"]; ok {
		c.port = toInt(p)
	}
	if p, ok := o.props["password"].(string); ok {
		c.password = p
	}
}

// object is the client as the program sees it; any other name is a command.
func (c *redisClient) object() *object {
	o := &object{class: "RedisClient"}
	o.method("on", func(_ *runtime, _ any, a []any) any {
		if argument(a, 0) == "error" {
			c.onError = argument(a, 1)
		}
		return o
	})
	o.method("connect", func(r *runtime, _ any, _ []any) any {
		return r.later(func() any {
			c.call([]string{"PING"})
			c.open = true
			return o
		})
	})
	end := func(r *runtime, _ any, _ []any) any { c.open = false; return r.resolved(nil) }
	o.method("quit", end).method("disconnect", end).method("close", end)
	for _, name := range strings.Fields("get set incr incrBy decr del exists keys expire ttl lPush rPush lRange lLen hSet hGet hGetAll sAdd sMembers ping append flushAll publish") {
		o.method(name, func(r *runtime, _ any, a []any) any {
			return r.later(func() any {
				if !c.open {
					r.throwf("Error", "The client is closed")
				}
				words := []string{strings.ToUpper(name)}
				for _, v := range a {
					if list, ok := v.(*object); ok && list.class == "Array" {
						for _, e := range list.list {
							words = append(words, toText(e))
						}
					} else {
						words = append(words, toText(v))
					}
				}
				return c.value(name, c.call(words))
			})
		})
	}
	return o
}

// call sends a command; a failure is thrown, and told to the error handler.
func (c *redisClient) call(words []string) resp.Reply {
	r := c.runtime
	conn, err := r.process.Net.Dial(c.host, c.port, "tcp")
	body := resp.Command(words)
	if c.password != "" {
		body = resp.Command([]string{"AUTH", c.password}) + body
	}
	var answer machine.Response
	if err == nil {
		answer = conn.Do(machine.Request{Proto: "redis", Method: words[0], Host: c.host, Body: body})
		err = answer.Err
	}
	if err != nil {
		e := r.netError(err, c.host, c.port)
		if c.onError != nil {
			r.apply(c.onError, nil, []any{e})
		}
		panic(&thrown{e})
	}
	reply, rest, _ := resp.Decode(answer.Body)
	if bad, ok := reply.(resp.Error); !ok && c.password != "" {
		reply, _, _ = resp.Decode(rest)
	} else if ok {
		r.throwf("Error", "%s", string(bad))
	}
	if bad, ok := reply.(resp.Error); ok {
		r.throwf("Error", "%s", string(bad))
	}
	return reply
}

// value turns a reply into JavaScript's terms.
func (c *redisClient) value(name string, reply resp.Reply) any {
	switch v := reply.(type) {
	case nil:
		return null{}
	case resp.State:
		return string(v)
	case string:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case []resp.Reply:
		out := newArray()
		for _, e := range v {
			out.list = append(out.list, c.value("", e))
		}
		if name == "hGetAll" {
			o := newObject()
			for i := 0; i+1 < len(out.list); i += 2 {
				o.set(toText(out.list[i]), out.list[i+1])
			}
			return o
		}
		return out
	}
	return nil
}

// pgModule is the package pg: Pool and Client with query.
func (r *runtime) pgModule() *object {
	m := newObject()
	client := func(r *runtime, _ any, a []any) any {
		e := r.process.Env
		c := &pgClient{host: orText(e.Get("PGHOST"), "localhost"), user: orText(e.Get("PGUSER"), "root"), password: e.Get("PGPASSWORD"), database: e.Get("PGDATABASE"), port: 5432}
		if o, ok := argument(a, 0).(*object); ok {
			c.configure(o)
		}
		if c.database == "" {
			c.database = c.user
		}
		out := &object{class: "Pool"}
		out.method("on", func(*runtime, any, []any) any { return out })
		out.method("connect", func(r *runtime, _ any, _ []any) any {
			return r.later(func() any { c.query(r, "", nil); return out })
		})
		done := func(r *runtime, _ any, _ []any) any { return r.resolved(nil) }
		out.method("end", done).method("release", done)
		out.method("query", func(r *runtime, _ any, a []any) any {
			return r.later(func() any {
				var values []any
				if list, ok := argument(a, 1).(*object); ok {
					values = list.list
				}
				return c.query(r, toText(argument(a, 0)), values)
			})
		})
		return out
	}
	m.set("Pool", newFunction("Pool", client))
	m.set("Client", newFunction("Client", client))
	return m
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

type pgClient struct {
	host, user, password, database string
	port                           int
}

func (c *pgClient) configure(o *object) {
	if text, ok := o.props["connectionString"].(string); ok {
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			c.host, c.user, c.database = u.Hostname(), u.User.Username(), strings.TrimPrefix(u.Path, "/")
			c.password, _ = u.User.Password()
			if n, err := strconv.Atoi(u.Port()); err == nil {
				c.port = n
			}
		}
	}
	for name, to := range map[string]*string{"host": &c.host, "user": &c.user, "password": &c.password, "database": &c.database} {
		if v, ok := o.props[name].(string); ok {
			*to = v
		}
	}
	if p, ok := o.props["port"]; ok {
		c.port = toInt(p)
	}
}

// query sends a statement, with its values in place of $1, $2.
func (c *pgClient) query(r *runtime, statement string, values []any) any {
	for i := len(values); i > 0; i-- {
		text := "NULL"
		if v := values[i-1]; !nullish(v) {
			text = "'" + strings.ReplaceAll(toText(v), "'", "''") + "'"
			if _, ok := v.(float64); ok {
				text = toText(v)
			}
		}
		statement = strings.ReplaceAll(statement, "$"+strconv.Itoa(i), text)
	}
	conn, err := r.process.Net.Dial(c.host, c.port, "tcp")
	var answer machine.Response
	if err == nil {
		answer = conn.Do(machine.Request{Proto: "postgres", Method: "query", Host: c.host, Path: c.database, Body: statement,
			Header: []string{"user: " + c.user, "password: " + c.password}})
		err = answer.Err
	}
	var result sql.Result
	if err == nil && json.Unmarshal([]byte(answer.Body), &result) != nil {
		err = machine.ErrReset
	}
	if err != nil {
		panic(&thrown{r.netError(err, c.host, c.port)})
	}
	if result.Error != "" {
		text, _, _ := strings.Cut(result.Error, "\n")
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "ERROR:"), "FATAL:"))
		r.throwf("Error", "%s", text)
	}
	return rowsOf(result)
}

func rowsOf(result sql.Result) *object {
	rows := newArray()
	for _, row := range result.Rows {
		o := newObject()
		for i, v := range row {
			switch {
			case v == nil:
				o.set(result.Columns[i], null{})
			case i < len(result.Numeric) && result.Numeric[i] && result.Columns[i] != "count":
				o.set(result.Columns[i], toNumber(*v))
			default:
				o.set(result.Columns[i], *v)
			}
		}
		rows.list = append(rows.list, o)
	}
	out := &object{class: "Result"}
	out.set("rows", rows)
	out.set("rowCount", float64(max(result.Count, len(rows.list))))
	return out
}
