package program

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// redisValue is one key of a redis store. Which field counts follows from Kind.
type redisValue struct {
	Kind    string            `json:"kind"` // string, list, hash, set
	Text    string            `json:"text,omitempty"`
	List    []string          `json:"list,omitempty"`
	Hash    map[string]string `json:"hash,omitempty"` // a set's members are its keys
	Expires time.Time         `json:"expires,omitzero"`
}

// redisStore is what redis keeps in memory.
type redisStore struct {
	keys    map[string]*redisValue
	now     func() time.Time
	changes int // since the last save
}

func newRedisStore(now func() time.Time) *redisStore {
	return &redisStore{keys: map[string]*redisValue{}, now: now}
}

// get finds a key that has not expired.
func (s *redisStore) get(key string) *redisValue {
	v := s.keys[key]
	if v == nil || !v.Expires.IsZero() && !s.now().Before(v.Expires) {
		return nil
	}
	return v
}

// sorted lists the live keys in order.
func (s *redisStore) sorted() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.keys)), func(k string) bool { return s.get(k) == nil })
}

// rdbMagic begins a dump file, as in the real format; what follows is not it.
const rdbMagic = "REDIS0012"

// dump is the store as a file.
func (s *redisStore) dump() []byte {
	live := map[string]*redisValue{}
	for _, k := range s.sorted() {
		live[k] = s.keys[k]
	}
	text, _ := json.Marshal(live)
	return append([]byte(rdbMagic), text...)
}

// load reads a dump; false if it is none.
func (s *redisStore) load(data []byte) bool {
	text, ok := strings.CutPrefix(string(data), rdbMagic)
	if !ok {
		return false
	}
	keys := map[string]*redisValue{}
	if json.Unmarshal([]byte(text), &keys) != nil {
		return false
	}
	maps.DeleteFunc(keys, func(_ string, v *redisValue) bool { return v == nil })
	s.keys = keys
	return true
}

// globMatch is redis's KEYS pattern.
func globMatch(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '*':
		for i := 0; i <= len(text); i++ {
			if globMatch(pattern[1:], text[i:]) {
				return true
			}
		}
		return false
	case '?':
		return text != "" && globMatch(pattern[1:], text[1:])
	case '[':
		end := strings.IndexByte(pattern, ']')
		if end < 0 || text == "" || !strings.Contains(pattern[1:end], text[:1]) {
			return false
		}
		return globMatch(pattern[end+1:], text[1:])
	}
	return text != "" && pattern[0] == text[0] && globMatch(pattern[1:], text[1:])
}
