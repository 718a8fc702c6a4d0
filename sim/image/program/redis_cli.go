package program

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"drydock/sim/image/resp"
	"drydock/sim/machine"
)

// redisClient is a run of redis-cli.
type redisClient struct {
	process  *machine.Process
	host     string
	port     int
	password string
	raw      bool
	repeat   int
}

// redisCLI is redis-cli.
func redisCLI(version string) machine.Main {
	return func(p *machine.Process) int {
		c := &redisClient{process: p, host: "127.0.0.1", port: 6379, password: p.Env.Get("REDISCLI_AUTH"), raw: p.Stdout.Terminal() == nil, repeat: 1}
		args := p.Args[1:]
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			value := ""
			if len(args) > 1 {
				value = args[1]
			}
			switch args[0] {
			case "-h":
				c.host, args = value, args[1:]
			case "-p":
				c.port, _ = strconv.Atoi(value)
				args = args[1:]
			case "-a", "--pass":
				c.password, args = value, args[1:]
				p.Errorf("Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n")
			case "-n", "-i":
				args = args[1:]
			case "-r":
				c.repeat, _ = strconv.Atoi(value)
				args = args[1:]
			case "--raw":
				c.raw = true
			case "--no-raw":
				c.raw = false
			case "--no-auth-warning":
			case "-v", "--version":
				p.Printf("redis-cli %s\n", version)
				return 0
			default:
				p.Errorf("redis-cli: 'redis-cli %s' is part of redis-cli, but this simulator does not have it\n", args[0])
				return 1
			}
			args = args[min(1, len(args)):]
		}
		if len(args) == 0 {
			return c.interactive()
		}
		for range max(c.repeat, 1) {
			answer, err := c.send(args)
			if err != nil {
				p.Printf("%s\n", err)
				return 1
			}
			c.print(answer, false)
			if _, bad := answer.(resp.Error); bad {
				return 1
			}
		}
		return 0
	}
}

// send sends one command and waits for the answer.
func (c *redisClient) send(args []string) (resp.Reply, error) {
	return redisCall(c.process, c.host, c.port, c.password, args)
}

// redisCall is one command to a redis somewhere; errors have redis-cli's words.
func redisCall(p *machine.Process, host string, port int, password string, args []string) (resp.Reply, error) {
	conn, err := p.Net.Dial(host, port, "tcp")
	if err != nil {
		reason := capital(err)
		if errors.Is(err, machine.ErrUnknownHost) {
			reason = "Name or service not known"
			if p.FS.Exists("/etc/alpine-release") {
				reason = "Name does not resolve"
			}
		}
		return nil, fmt.Errorf("Could not connect to Redis at %s:%d: %s", host, port, reason)
	}
	body := resp.Command(args)
	if password != "" {
		body = resp.Command([]string{"AUTH", password}) + body
	}
	answer := conn.Do(machine.Request{Proto: "redis", Method: args[0], Host: host, Body: body})
	if answer.Err != nil {
		return nil, fmt.Errorf("Error: Server closed the connection")
	}
	if password != "" {
		first, rest, _ := resp.Decode(answer.Body)
		if bad, ok := first.(resp.Error); ok {
			return nil, fmt.Errorf("AUTH failed: %s", string(bad))
		}
		answer.Body = rest
	}
	r, _, ok := resp.Decode(answer.Body)
	if !ok {
		return nil, fmt.Errorf("Error: Protocol error, got %q as reply type byte", answer.Body[:min(1, len(answer.Body))])
	}
	return r, nil
}

// interactive reads commands from standard input, with a prompt on a terminal.
func (c *redisClient) interactive() int {
	p := c.process
	tty := p.Stdin.Terminal() != nil
	prompt := fmt.Sprintf("%s:%d> ", c.host, c.port)
	if tty {
		if _, err := c.send([]string{"ping"}); err != nil && strings.HasPrefix(err.Error(), "Could not") {
			p.Errorf("%s\n", err)
			prompt = "not connected> "
		}
	}
	for {
		if tty {
			p.Printf("%s", prompt)
		}
		line, err := p.Stdin.ReadLine()
		if err != nil {
			return 0
		}
		args := splitWords(line)
		switch {
		case len(args) == 0:
			continue
		case args[0] == "exit" || args[0] == "quit":
			return 0
		}
		answer, err := c.send(args)
		if err != nil {
			p.Errorf("%s\n", err)
			if !tty {
				return 1
			}
			continue
		}
		c.print(answer, false)
	}
}

// print shows an answer as redis-cli does: dressed on a terminal, bare in a pipe.
func (c *redisClient) print(r resp.Reply, nested bool) {
	p := c.process
	switch v := r.(type) {
	case resp.State:
		p.Printf("%s\n", string(v))
	case resp.Error:
		if c.raw {
			p.Printf("%s\n\n", string(v))
		} else {
			p.Printf("(error) %s\n", string(v))
		}
	case int64:
		if c.raw {
			p.Printf("%d\n", v)
		} else {
			p.Printf("(integer) %d\n", v)
		}
	case string:
		if c.raw || strings.Contains(v, "\r\n") {
			p.Printf("%s\n", v)
		} else {
			p.Printf("%q\n", v)
		}
	case []resp.Reply:
		c.printList(v, nested)
	default:
		if c.raw {
			p.Printf("\n")
		} else {
			p.Printf("(nil)\n")
		}
	}
}

func (c *redisClient) printList(list []resp.Reply, nested bool) {
	if len(list) == 0 {
		if c.raw {
			c.process.Printf("\n")
		} else {
			c.process.Printf("(empty array)\n")
		}
		return
	}
	for i, item := range list {
		if !c.raw {
			if nested && i > 0 {
				c.process.Printf("   ")
			}
			c.process.Printf("%d) ", i+1)
		}
		c.print(item, true)
	}
}

// splitWords splits a line into words with double or single quotes.
func splitWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, inWord := rune(0), false
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, inWord = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r'):
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// redisBenchmark is redis-benchmark -q for SET and GET: figures of an ordinary
// machine, not measured here.
func redisBenchmark(p *machine.Process) int {
	host, tests := "127.0.0.1", []string{"PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "LPUSH", "RPUSH", "LPOP"}
	for i, a := range p.Args {
		if a == "-h" && i+1 < len(p.Args) {
			host = p.Args[i+1]
		}
	}
	if _, err := redisCall(p, host, 6379, "", []string{"PING"}); err != nil {
		p.Errorf("%s\n", err)
		return 1
	}
	for _, t := range tests {
		rate := 95000 + float64(p.Clock().Rand().IntN(2000000))/100
		p.Printf("%s: %.2f requests per second, p50=0.2%d msec\n", t, rate, p.Clock().Rand().IntN(90)+10)
	}
	return 0
}
