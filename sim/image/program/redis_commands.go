package program

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"drydock/sim/image/resp"
)

const wrongType = resp.Error("WRONGTYPE Operation against a key holding the wrong kind of value")

// redisArity is how many arguments each command takes, its name not counted:
// a negative number is at least that many.
func redisArity() map[string]int {
	return map[string]int{
		"ping": -0, "echo": 1, "set": -2, "get": 1, "getset": 2, "getdel": 1, "setnx": 2, "setex": 3, "mset": -2, "mget": -1, "del": -1, "unlink": -1,
		"exists": -1, "incr": 1, "decr": 1, "incrby": 2, "decrby": 2, "append": 2, "strlen": 1, "keys": 1, "scan": -1, "dbsize": 0, "flushall": -0,
		"flushdb": -0, "ttl": 1, "pttl": 1, "expire": -2, "persist": 1, "type": 1, "lpush": -2, "rpush": -2, "lpop": -1, "rpop": -1, "llen": 1,
		"lrange": 3, "hset": -3, "hget": 2, "hgetall": 1, "hdel": -2, "hlen": 1, "hkeys": 1, "hvals": 1, "hexists": 2, "hincrby": 3, "sadd": -2,
		"srem": -2, "smembers": 1, "scard": 1, "sismember": 2, "select": 1, "time": 0, "rename": 2, "publish": 2,
	}
}

// run carries out a command on the data. ok is false for commands that are not
// about data.
func (s *redisStore) run(name string, a []string) (resp.Reply, bool) {
	want, known := redisArity()[name]
	if !known {
		return nil, false
	}
	atLeast := want < 0 || slices.Contains([]string{"ping", "flushall", "flushdb"}, name)
	if len(a) < max(want, -want) || !atLeast && len(a) > want {
		return resp.Error("ERR wrong number of arguments for '" + name + "' command"), true
	}
	for _, family := range []func(string, []string) (resp.Reply, bool){s.runString, s.runKey, s.runList, s.runHash, s.runSet} {
		if r, ok := family(name, a); ok {
			return r, true
		}
	}
	return nil, false
}

func (s *redisStore) runString(name string, a []string) (resp.Reply, bool) {
	switch name {
	case "ping":
		if len(a) > 0 {
			return a[0], true
		}
		return resp.State("PONG"), true
	case "echo":
		return a[0], true
	case "select":
		return resp.State("OK"), true
	case "publish":
		return int64(0), true
	case "time":
		return []resp.Reply{strconv.FormatInt(s.now().Unix(), 10), strconv.Itoa(s.now().Nanosecond() / 1000)}, true
	case "get", "getdel", "strlen":
		return s.text(name, a[0]), true
	case "mget":
		list := []resp.Reply{}
		for _, k := range a {
			if v := s.get(k); v != nil && v.Kind == "string" {
				list = append(list, v.Text)
			} else {
				list = append(list, nil)
			}
		}
		return list, true
	case "set":
		return s.set(a), true
	case "setnx":
		if s.get(a[0]) != nil {
			return int64(0), true
		}
		s.putText(a[0], a[1])
		return int64(1), true
	case "setex":
		return s.set([]string{a[0], a[2], "EX", a[1]}), true
	case "getset":
		old, _ := s.runString("get", a[:1])
		s.putText(a[0], a[1])
		return old, true
	case "mset":
		if len(a)%2 != 0 {
			return resp.Error("ERR wrong number of arguments for 'mset' command"), true
		}
		for i := 0; i < len(a); i += 2 {
			s.putText(a[i], a[i+1])
		}
		return resp.State("OK"), true
	case "append":
		v := s.get(a[0])
		if v == nil {
			s.putText(a[0], a[1])
			return int64(len(a[1])), true
		}
		if v.Kind != "string" {
			return wrongType, true
		}
		v.Text += a[1]
		s.changes++
		return int64(len(v.Text)), true
	case "incr", "decr", "incrby", "decrby":
		return s.increment(name, a), true
	}
	return nil, false
}

// text is GET and its relatives.
func (s *redisStore) text(name, key string) resp.Reply {
	v := s.get(key)
	switch {
	case v == nil && name == "strlen":
		return int64(0)
	case v == nil:
		return nil
	case v.Kind != "string":
		return wrongType
	case name == "strlen":
		return int64(len(v.Text))
	case name == "getdel":
		s.remove(key)
	}
	return v.Text
}

func (s *redisStore) putText(key, text string) {
	s.keys[key] = &redisValue{Kind: "string", Text: text}
	s.changes++
}

func (s *redisStore) remove(key string) bool {
	if s.get(key) == nil {
		return false
	}
	delete(s.keys, key)
	s.changes++
	return true
}

func (s *redisStore) set(a []string) resp.Reply {
	v := &redisValue{Kind: "string", Text: a[1]}
	old := s.get(a[0])
	for i := 2; i < len(a); i++ {
		switch strings.ToUpper(a[i]) {
		case "NX":
			if old != nil {
				return nil
			}
		case "XX":
			if old == nil {
				return nil
			}
		case "KEEPTTL":
			if old != nil {
				v.Expires = old.Expires
			}
		case "EX", "PX":
			if i+1 >= len(a) {
				return resp.Error("ERR syntax error")
			}
			n, err := strconv.ParseInt(a[i+1], 10, 64)
			if err != nil {
				return resp.Error("ERR value is not an integer or out of range")
			}
			if n <= 0 || n > 1<<40 {
				return resp.Error("ERR invalid expire time in 'set' command")
			}
			unit := time.Second
			if strings.EqualFold(a[i], "PX") {
				unit = time.Millisecond
			}
			v.Expires = s.now().Add(time.Duration(min(n, 1<<33)) * unit)
			i++
		default:
			return resp.Error("ERR syntax error")
		}
	}
	s.keys[a[0]] = v
	s.changes++
	return resp.State("OK")
}

func (s *redisStore) increment(name string, a []string) resp.Reply {
	by := int64(1)
	if len(a) > 1 {
		n, err := strconv.ParseInt(a[1], 10, 64)
		if err != nil {
			return resp.Error("ERR value is not an integer or out of range")
		}
		by = n
	}
	if strings.HasPrefix(name, "decr") {
		by = -by
	}
	v := s.get(a[0])
	if v == nil {
		v = &redisValue{Kind: "string", Text: "0"}
		s.keys[a[0]] = v
	}
	if v.Kind != "string" {
		return wrongType
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		return resp.Error("ERR value is not an integer or out of range")
	}
	v.Text = strconv.FormatInt(n+by, 10)
	s.changes++
	return n + by
}

func (s *redisStore) runKey(name string, a []string) (resp.Reply, bool) {
	count := int64(0)
	switch name {
	case "del", "unlink":
		for _, k := range a {
			if s.remove(k) {
				count++
			}
		}
	case "exists":
		for _, k := range a {
			if s.get(k) != nil {
				count++
			}
		}
	case "dbsize":
		count = int64(len(s.sorted()))
	case "flushall", "flushdb":
		s.changes += len(s.keys) + 1
		clear(s.keys)
		return resp.State("OK"), true
	case "keys", "scan":
		found := []resp.Reply{}
		for _, k := range s.sorted() {
			if name == "scan" && (len(a) < 3 || !strings.EqualFold(a[1], "match") || globMatch(a[2], k)) || name == "keys" && globMatch(a[0], k) {
				found = append(found, k)
			}
		}
		if name == "scan" {
			return []resp.Reply{"0", found}, true
		}
		return found, true
	case "type":
		if v := s.get(a[0]); v != nil {
			return resp.State(v.Kind), true
		}
		return resp.State("none"), true
	case "rename":
		v := s.get(a[0])
		if v == nil {
			return resp.Error("ERR no such key"), true
		}
		delete(s.keys, a[0])
		s.keys[a[1]] = v
		s.changes++
		return resp.State("OK"), true
	case "ttl", "pttl", "expire", "persist":
		return s.expiry(name, a), true
	default:
		return nil, false
	}
	return count, true
}

func (s *redisStore) expiry(name string, a []string) resp.Reply {
	v := s.get(a[0])
	switch {
	case name == "expire" || name == "persist":
		if v == nil {
			return int64(0)
		}
		s.changes++
		if name == "persist" {
			v.Expires = time.Time{}
			return int64(1)
		}
		n, err := strconv.ParseInt(a[1], 10, 64)
		if err != nil {
			return resp.Error("ERR value is not an integer or out of range")
		}
		v.Expires = s.now().Add(time.Duration(min(max(n, -1), 1<<33)) * time.Second)
		return int64(1)
	case v == nil:
		return int64(-2)
	case v.Expires.IsZero():
		return int64(-1)
	}
	left := v.Expires.Sub(s.now())
	if name == "pttl" {
		return left.Milliseconds()
	}
	return int64((left + time.Second/2) / time.Second)
}

// value finds a key of a kind; make adds it where it is missing. A nil error and
// a nil value mean that there is none.
func (s *redisStore) value(key, kind string, make bool) (*redisValue, error) {
	v := s.get(key)
	if v == nil && make {
		v = &redisValue{Kind: kind, Hash: map[string]string{}}
		s.keys[key] = v
	}
	if v != nil && v.Kind != kind {
		return nil, fmt.Errorf("%s", wrongType)
	}
	return v, nil
}
