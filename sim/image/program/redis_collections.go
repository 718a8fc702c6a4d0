package program

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/image/resp"
)

func (s *redisStore) runList(name string, a []string) (resp.Reply, bool) {
	if !slices.Contains([]string{"lpush", "rpush", "lpop", "rpop", "llen", "lrange"}, name) {
		return nil, false
	}
	v, err := s.value(a[0], "list", strings.HasSuffix(name, "push"))
	if err != nil {
		return wrongType, true
	}
	if v == nil {
		v = &redisValue{Kind: "list"}
	}
	switch name {
	case "lpush", "rpush":
		for _, item := range a[1:] {
			if name == "lpush" {
				v.List = append([]string{item}, v.List...)
			} else {
				v.List = append(v.List, item)
			}
		}
		s.changes++
	case "lpop", "rpop":
		if len(v.List) == 0 {
			return nil, true
		}
		at := 0
		if name == "rpop" {
			at = len(v.List) - 1
		}
		item := v.List[at]
		v.List = slices.Delete(v.List, at, at+1)
		s.changes++
		if len(v.List) == 0 {
			delete(s.keys, a[0])
		}
		return item, true
	case "lrange":
		from, err1 := strconv.Atoi(a[1])
		to, err2 := strconv.Atoi(a[2])
		if err1 != nil || err2 != nil {
			return resp.Error("ERR value is not an integer or out of range"), true
		}
		list := []resp.Reply{}
		for i := within(from, len(v.List)); i <= within(to, len(v.List)) && i < len(v.List); i++ {
			list = append(list, v.List[i])
		}
		return list, true
	}
	return int64(len(v.List)), true
}

// within turns an index that may count from the end into one from the start.
func within(i, n int) int {
	if i < 0 {
		i += n
	}
	return max(i, -1)
}

func (s *redisStore) runHash(name string, a []string) (resp.Reply, bool) {
	if name[0] != 'h' {
		return nil, false
	}
	v, err := s.value(a[0], "hash", name == "hset" || name == "hincrby")
	if err != nil {
		return wrongType, true
	}
	if v == nil {
		v = &redisValue{Kind: "hash"}
	}
	count := int64(0)
	switch name {
	case "hset":
		for i := 1; i+1 < len(a); i += 2 {
			if _, there := v.Hash[a[i]]; !there {
				count++
			}
			v.Hash[a[i]] = a[i+1]
		}
		s.changes++
	case "hincrby":
		n, _ := strconv.ParseInt(v.Hash[a[1]], 10, 64)
		by, err := strconv.ParseInt(a[2], 10, 64)
		if err != nil {
			return resp.Error("ERR value is not an integer or out of range"), true
		}
		v.Hash[a[1]] = strconv.FormatInt(n+by, 10)
		s.changes++
		return n + by, true
	case "hget":
		if text, ok := v.Hash[a[1]]; ok {
			return text, true
		}
		return nil, true
	case "hexists":
		if _, ok := v.Hash[a[1]]; ok {
			count = 1
		}
	case "hdel":
		for _, field := range a[1:] {
			if _, ok := v.Hash[field]; ok {
				delete(v.Hash, field)
				count++
			}
		}
		s.changes++
	case "hlen":
		count = int64(len(v.Hash))
	default:
		list := []resp.Reply{}
		for _, field := range slices.Sorted(maps.Keys(v.Hash)) {
			if name != "hvals" {
				list = append(list, field)
			}
			if name != "hkeys" {
				list = append(list, v.Hash[field])
			}
		}
		return list, true
	}
	return count, true
}

func (s *redisStore) runSet(name string, a []string) (resp.Reply, bool) {
	if !slices.Contains([]string{"sadd", "srem", "smembers", "scard", "sismember"}, name) {
		return nil, false
	}
	v, err := s.value(a[0], "set", name == "sadd")
	if err != nil {
		return wrongType, true
	}
	if v == nil {
		v = &redisValue{Kind: "set"}
	}
	count := int64(0)
	switch name {
	case "sadd", "srem":
		for _, m := range a[1:] {
			_, there := v.Hash[m]
			if there != (name == "sadd") {
				count++
			}
			if name == "sadd" {
				v.Hash[m] = ""
			} else {
				delete(v.Hash, m)
			}
		}
		s.changes++
	case "scard":
		count = int64(len(v.Hash))
	case "sismember":
		if _, ok := v.Hash[a[1]]; ok {
			count = 1
		}
	case "smembers":
		list := []resp.Reply{}
		for _, m := range slices.Sorted(maps.Keys(v.Hash)) {
			list = append(list, m)
		}
		return list, true
	}
	return count, true
}
