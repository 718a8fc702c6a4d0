package program

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"regexp"
	"strings"

	"drydock/sim/machine"
)

// php is PHP's command line: php -v, php -r CODE, php FILE, and php -S, its
// development server. Of the language it knows echo with texts, constants and a
// few functions.
func php(version string) machine.Main {
	return func(p *machine.Process) int {
		args := p.Args[1:]
		switch {
		case len(args) == 0 || args[0] == "-a":
			p.Printf("Interactive shell\n\n")
			return 0
		case args[0] == "-v" || args[0] == "--version":
			p.Printf("PHP %s (cli) (built: Nov 20 2026 22:10:11) (NTS)\nCopyright (c) The PHP Group\nZend Engine v4.4.15, Copyright (c) Zend Technologies\n", version)
			return 0
		case args[0] == "-S" && len(args) > 1:
			return phpServer(p, version, args[1:])
		case args[0] == "-r" && len(args) > 1:
			return phpPrint(p, version, "<?php "+args[1])
		case strings.HasPrefix(args[0], "-"):
			p.Errorf("php: 'php %s' is part of PHP, but this simulator does not have it\n", args[0])
			return 1
		}
		data, err := p.ReadFile(args[0])
		if err != nil {
			p.Printf("Could not open input file: %s\n", args[0])
			return 1
		}
		return phpPrint(p, version, string(data))
	}
}

func phpPrint(p *machine.Process, version, source string) int {
	text, err := phpPage(p, version, source)
	p.Printf("%s", text)
	if err != nil {
		p.Errorf("php: %v\n", err)
		return 255
	}
	return 0
}

// phpServer is php -S ADDRESS:PORT [-t DIRECTORY].
func phpServer(p *machine.Process, version string, args []string) int {
	host, port, _ := net.SplitHostPort(args[0])
	root := p.Abs(".")
	if len(args) > 2 && args[1] == "-t" {
		root = p.Abs(args[2])
	}
	addr := anyAddr()
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		addr = a
	}
	say := func(format string, values ...any) {
		p.Errorf("[%s] "+format+"\n", append([]any{p.Now().UTC().Format("Mon Jan _2 15:04:05 2006")}, values...)...)
	}
	err := open(p, addr, atoi(port, 0), "tcp", httpOnly(func(r machine.Request) machine.Response {
		answer := phpAnswer(p, version, root, r)
		if !r.Probe {
			say("%s:40000 [%d]: %s %s", r.From, answer.Status, method(r), orText(r.Path, "/"))
		}
		return answer
	}))
	if err != nil {
		say("Failed to listen on %s (reason: Address already in use)", args[0])
		return 1
	}
	p.Use(18 << 20)
	say("PHP %s Development Server (http://%s) started", version, args[0])
	p.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGINT {
			p.Exit(0)
		}
		return s == machine.SIGINT
	}
	return forever(p)
}

// phpAnswer serves a file below root; .php files are run.
func phpAnswer(p *machine.Process, version, root string, r machine.Request) machine.Response {
	name, _, _ := strings.Cut(orText(r.Path, "/"), "?")
	full := path.Join(root, path.Clean("/"+name))
	n, err := p.FS.Stat(full)
	for _, index := range []string{"index.php", "index.html"} {
		if err == nil && n.IsDir() && p.FS.Exists(path.Join(full, index)) {
			full = path.Join(full, index)
			n, err = p.FS.Stat(full)
		}
	}
	status, mime, body := http.StatusOK, mimeType(full), ""
	switch {
	case err != nil || n.IsDir():
		status, mime = http.StatusNotFound, "text/html; charset=UTF-8"
		body = "<!doctype html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The requested resource <code class=\"url\">" + name + "</code> was not found on this server.</p></body></html>"
	case strings.HasSuffix(full, ".php"):
		mime = "text/html; charset=UTF-8"
		if body, err = phpPage(p, version, string(n.Data)); err != nil {
			p.Errorf("php: %v\n", err)
			status = http.StatusInternalServerError
		}
	default:
		body = string(n.Data)
	}
	return withLength(machine.Response{Status: status, Body: body, Header: []string{
		"Host: " + r.Host, "Date: " + httpDate(p.Now()), "Connection: close", "X-Powered-By: PHP/" + version, "Content-Type: " + mime}})
}

// phpPage runs the PHP in a page and returns what it prints.
func phpPage(p *machine.Process, version, source string) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(source, "<?")
		out.WriteString(before)
		if !ok {
			return out.String(), nil
		}
		code, after, _ := strings.Cut(rest, "?>")
		short, isEcho := strings.CutPrefix(code, "=")
		if isEcho {
			code = "echo " + short
		}
		code = strings.TrimPrefix(code, "php")
		for _, statement := range phpStatements(code) {
			text, err := phpStatement(p, version, statement)
			if err != nil {
				return out.String(), err
			}
			out.WriteString(text)
		}
		source = strings.TrimPrefix(after, "\n")
	}
}

// phpStatements splits code at semicolons outside of quotes, without comments.
func phpStatements(code string) []string {
	code = regexp.MustCompile(`(?m)(^|\s)(//|#).*$`).ReplaceAllString(code, "")
	var list []string
	quote, from := rune(0), 0
	for i, c := range code {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ';':
			list = append(list, strings.TrimSpace(code[from:i]))
			from = i + 1
		}
	}
	return append(list, strings.TrimSpace(code[from:]))
}

// phpStatement runs one statement: echo or print of values joined by dots or commas.
func phpStatement(p *machine.Process, version, statement string) (string, error) {
	if statement == "" {
		return "", nil
	}
	if statement == "phpinfo()" {
		return "phpinfo()\nPHP Version => " + version + "\n", nil
	}
	word, rest, _ := strings.Cut(statement, " ")
	if word != "echo" && word != "print" {
		return "", fmt.Errorf("PHP has %q, but this simulator knows only echo", word)
	}
	var out strings.Builder
	token := regexp.MustCompile(`^\s*[.,]?\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Z_]+)|([a-z_]+)\(\s*(?:["']([^"']*)["'])?\s*\))`)
	for rest = strings.TrimSpace(rest); rest != ""; {
		m := token.FindStringSubmatch(rest)
		if m == nil {
			return "", fmt.Errorf("PHP has %q, but this simulator does not", rest)
		}
		value, err := phpValue(p, version, m)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		rest = strings.TrimSpace(rest[len(m[0]):])
	}
	return out.String(), nil
}

func phpValue(p *machine.Process, version string, m []string) (string, error) {
	switch {
	case m[3] == "PHP_EOL":
		return "\n", nil
	case m[3] == "PHP_VERSION" || m[4] == "phpversion":
		return version, nil
	case m[3] != "":
		return "", fmt.Errorf("PHP has the constant %s, but this simulator does not", m[3])
	}
	switch m[4] {
	case "":
		return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\"`, `"`, `\\`, `\`).Replace(m[1]) + m[2], nil
	case "gethostname":
		return p.Host, nil
	case "getenv":
		return p.Env.Get(m[5]), nil
	case "date":
		layout := strings.NewReplacer("Y", "2006", "m", "01", "d", "02", "H", "15", "i", "04", "s", "05").Replace(m[5])
		return p.Now().UTC().Format(layout), nil
	}
	return "", fmt.Errorf("PHP has the function %s, but this simulator does not", m[4])
}
