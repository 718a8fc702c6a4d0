package program

import (
	"fmt"
	"strconv"
	"strings"
)

// reply is an answer of redis: one of nil, int64, string, status, error, []reply.
type (
	reply      any
	redisState string // +OK
	redisError string // -ERR ...
)

// encodeReply writes an answer in redis's protocol (RESP2).
func encodeReply(r reply) string {
	switch v := r.(type) {
	case redisState:
		return "+" + string(v) + "\r\n"
	case redisError:
		return "-" + string(v) + "\r\n"
	case int64:
		return fmt.Sprintf(":%d\r\n", v)
	case string:
		return fmt.Sprintf("$%d\r\n%s\r\n", len(v), v)
	case []reply:
		var b strings.Builder
		fmt.Fprintf(&b, "*%d\r\n", len(v))
		for _, item := range v {
			b.WriteString(encodeReply(item))
		}
		return b.String()
	}
	return "$-1\r\n"
}

// encodeCommand writes a command in redis's protocol.
func encodeCommand(args []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return b.String()
}

// decodeReply reads one answer and returns what follows it; ok is false for what
// is no RESP.
func decodeReply(text string) (r reply, rest string, ok bool) {
	return decodeDeep(text, 0)
}

func decodeDeep(text string, depth int) (r reply, rest string, ok bool) {
	line, rest, found := strings.Cut(text, "\r\n")
	if !found || line == "" || depth > 8 {
		return nil, "", false
	}
	number, err := strconv.ParseInt(line[1:], 10, 64)
	switch line[0] {
	case '+':
		return redisState(line[1:]), rest, true
	case '-':
		return redisError(line[1:]), rest, true
	case ':':
		return number, rest, err == nil
	case '$':
		if err != nil || number > int64(len(rest))-2 {
			return nil, "", false
		}
		if number < 0 {
			return nil, rest, true
		}
		return rest[:number], rest[number+2:], true
	case '*':
		if err != nil || number > int64(len(rest)) {
			return nil, "", false
		}
		list := []reply{}
		for range max(number, 0) {
			var item reply
			if item, rest, ok = decodeDeep(rest, depth+1); !ok {
				return nil, "", false
			}
			list = append(list, item)
		}
		return list, rest, true
	}
	return nil, "", false
}

// decodeCommands reads what a client sent: RESP arrays, or lines of words as
// people type them into nc.
func decodeCommands(text string) [][]string {
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
		r, rest, ok := decodeReply(text)
		list, isList := r.([]reply)
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
