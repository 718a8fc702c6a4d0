// Package resp reads and writes redis's protocol (RESP2): what redis-server,
// redis-cli and client libraries say to each other.
package resp

import (
	"fmt"
	"strconv"
	"strings"
)

// Reply is an answer of redis: one of nil, int64, string, State, Error, []Reply.
type (
	Reply any
	State string // +OK
	Error string // -ERR ...
)

// Encode writes an answer in redis's protocol (RESP2).
func Encode(r Reply) string {
	switch v := r.(type) {
	case State:
		return "+" + string(v) + "\r\n"
	case Error:
		return "-" + string(v) + "\r\n"
	case int64:
		return fmt.Sprintf(":%d\r\n", v)
	case string:
		return fmt.Sprintf("$%d\r\n%s\r\n", len(v), v)
	case []Reply:
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(v))
		for _, item := range v {
			b.WriteString(Encode(item))
		}
		return b.String()
	}
	return "$-1\r\n"
}

// Command writes a command in redis's protocol.
func Command(args []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b.String()
}

// Decode reads one answer and returns what follows it; ok is false for what
// is no RESP.
func Decode(text string) (r Reply, rest string, ok bool) {
	return decodeDeep(text, 0)
}

func decodeDeep(text string, depth int) (r Reply, rest string, ok bool) {
	line, rest, found := strings.Cut(text, "\r\n")
	if !found || line == "" || depth > 8 {
		return nil, "", false
	}
	number, err := strconv.ParseInt(line[1:], 10, 64)
	switch line[0] {
	case '+':
		return State(line[1:]), rest, true
	case '-':
		return Error(line[1:]), rest, true
	case ':':
		return number, rest, err == nil
	case '$':
		if err == nil && number < 0 {
			return nil, rest, true
		}
		if err != nil || number > int64(len(rest))-2 {
			return nil, "", false
		}
		return rest[:number], rest[number+2:], true
	case '*':
		if err != nil || number > int64(len(rest)) {
			return nil, "", false
		}
		list := []Reply{}
		for range max(number, 0) {
			var item Reply
			if item, rest, ok = decodeDeep(rest, depth+1); !ok {
				return nil, "", false
			}
			list = append(list, item)
		}
		return list, rest, true
	}
	return nil, "", false
}

// Commands reads what a client sent: RESP arrays, or lines of words as
// people type them into nc.
func Commands(text string) [][]string {
	var commands [][]string
	for text != "" {
		if text[0] != '*' {
			line, rest, _ := strings.Cut(text, "\n")
			if words := strings.Fields(line); len(words) > 0 {
				commands = append(commands, words)
			}
			text = rest
			continue
		}
		r, rest, ok := Decode(text)
		list, isList := r.([]Reply)
		if !ok || !isList {
			return commands
		}
		var args []string
		for _, item := range list {
			word, _ := item.(string)
			args = append(args, word)
		}
		commands = append(commands, args)
		text = rest
	}
	return commands
}
