package python

import (
	"fmt"
	"strings"
)

// raised is an exception on its way up.
type raised struct {
	value *object
	trace []traceEntry // innermost first
	// place is where it happened in the frame that is being left.
	place   span
	located bool
}

type traceEntry struct {
	file string
	name string
	at   span
}

func (r *raised) Error() string { return r.value.class.name }

// unsupported means that a script uses what the subset does not have. It cannot
// be caught by the script.
type unsupported struct {
	what string
	at   span
}

func (u *unsupported) Error() string { return u.what }

// exceptionNames are the built-in exceptions, each after its base.
func exceptionNames() [][2]string {
	return [][2]string{
		{"BaseException", ""}, {"Exception", "BaseException"}, {"SystemExit", "BaseException"}, {"KeyboardInterrupt", "BaseException"},
		{"ArithmeticError", "Exception"}, {"ZeroDivisionError", "ArithmeticError"}, {"OverflowError", "ArithmeticError"}, {"LookupError", "Exception"},
		{"IndexError", "LookupError"}, {"KeyError", "LookupError"}, {"NameError", "Exception"}, {"UnboundLocalError", "NameError"}, {"TypeError", "Exception"},
		{"ValueError", "Exception"}, {"UnicodeDecodeError", "ValueError"}, {"JSONDecodeError", "ValueError"}, {"AttributeError", "Exception"},
		{"ImportError", "Exception"}, {"ModuleNotFoundError", "ImportError"}, {"OSError", "Exception"}, {"FileNotFoundError", "OSError"},
		{"PermissionError", "OSError"}, {"FileExistsError", "OSError"}, {"IsADirectoryError", "OSError"}, {"NotADirectoryError", "OSError"},
		{"ConnectionError", "OSError"}, {"ConnectionRefusedError", "ConnectionError"}, {"ConnectionResetError", "ConnectionError"},
		{"BrokenPipeError", "ConnectionError"}, {"TimeoutError", "OSError"}, {"gaierror", "OSError"}, {"RuntimeError", "Exception"},
		{"NotImplementedError", "RuntimeError"}, {"RecursionError", "RuntimeError"}, {"StopIteration", "Exception"}, {"AssertionError", "Exception"},
		{"EOFError", "Exception"}, {"MemoryError", "Exception"}, {"SyntaxError", "Exception"}, {"IndentationError", "SyntaxError"},
		{"URLError", "OSError"}, {"HTTPError", "URLError"}, {"RequestException", "OSError"}, {"RequestConnectionError", "RequestException"},
		{"Timeout", "RequestException"}, {"RedisError", "Exception"}, {"RedisConnectionError", "RedisError"}, {"RedisResponseError", "RedisError"},
		{"DatabaseError", "Exception"}, {"OperationalError", "DatabaseError"}, {"ProgrammingError", "DatabaseError"},
	}
}

func makeExceptions() map[string]*class {
	list := map[string]*class{}
	for _, pair := range exceptionNames() {
		c := &class{name: pair[0], attrs: map[string]any{}, native: newException}
		if base := list[pair[1]]; base != nil {
			c.bases = []*class{base}
		}
		list[pair[0]] = c
	}
	return list
}

func newException(_ *thread, c *class, a args) (any, error) {
	return &object{class: c, attrs: map[string]any{"args": &tuple{a.pos}}}, nil
}

func (c *class) isException() bool {
	for c.name != "BaseException" || len(c.bases) > 0 {
		if len(c.bases) == 0 {
			return false
		}
		c = c.bases[0]
	}
	return true
}

func (o *object) exceptionArgs() []any {
	if t, ok := o.attrs["args"].(*tuple); ok {
		return t.items
	}
	return nil
}

// exceptionText is str(e).
func (o *object) exceptionText(t *thread) string {
	a := o.exceptionArgs()
	switch {
	case len(a) == 0:
		return ""
	case len(a) == 2 && hasBase(o.class, "OSError"):
		text := fmt.Sprintf("[Errno %s] %s", toStr(t, a[0]), toStr(t, a[1]))
		if name, ok := o.attrs["filename"]; ok && name != nil {
			text += ": " + repr(t, name)
		}
		return text
	case len(a) == 1 && o.class.name == "KeyError":
		return repr(t, a[0])
	case len(a) == 1:
		return toStr(t, a[0])
	}
	return repr(t, &tuple{a})
}

func hasBase(c *class, name string) bool {
	if c.name == name {
		return true
	}
	for _, b := range c.bases {
		if hasBase(b, name) {
			return true
		}
	}
	return false
}

// raise makes a built-in exception.
func (t *thread) raise(name, format string, values ...any) error {
	o := &object{class: t.in.exceptions[name], attrs: map[string]any{"args": newTuple(fmt.Sprintf(format, values...))}}
	return &raised{value: o}
}

// raiseOS makes an OSError with its number.
func (t *thread) raiseOS(name string, number int, text string, file any) error {
	o := &object{class: t.in.exceptions[name], attrs: map[string]any{"args": newTuple(int64(number), text), "filename": file, "errno": int64(number), "strerror": text}}
	return &raised{value: o}
}

// lacks says that the subset ends here.
func lacks(format string, values ...any) error {
	return &unsupported{what: fmt.Sprintf(format, values...)}
}

// traceback is the report of an exception that nobody caught.
func (t *thread) traceback(r *raised) string {
	var b strings.Builder
	if len(r.trace) > 0 {
		b.WriteString("Traceback (most recent call last):\n")
	}
	for i := len(r.trace) - 1; i >= 0; i-- {
		e := r.trace[i]
		fmt.Fprintf(&b, "  File \"%s\", line %d, in %s\n", e.file, e.at.line, e.name)
		line := t.in.sourceLine(e.file, e.at.line)
		if e.file == "<string>" && olderThan(t.in.version, 13) {
			continue // Python shows the code of -c since 3.13
		}
		trimmed := strings.TrimLeft(line, " \t")
		if trimmed == "" {
			continue
		}
		fmt.Fprintf(&b, "    %s\n", strings.TrimRight(trimmed, " \t"))
		cut := len(line) - len(trimmed)
		from, to := e.at.col-cut, e.at.endCol-cut
		if e.at.endLine != e.at.line || from < 0 || to > len(trimmed) || from >= to || from == 0 && to >= len(strings.TrimRight(trimmed, " \t")) {
			continue
		}
		fmt.Fprintf(&b, "    %s%s\n", strings.Repeat(" ", from), strings.Repeat("^", to-from))
	}
	name := r.value.class.name
	name = map[string]string{
		"gaierror": "socket.gaierror", "JSONDecodeError": "json.decoder.JSONDecodeError", "URLError": "urllib.error.URLError",
		"HTTPError": "urllib.error.HTTPError", "RequestConnectionError": "requests.exceptions.ConnectionError", "Timeout": "requests.exceptions.Timeout",
		"RedisConnectionError": "redis.exceptions.ConnectionError", "RedisResponseError": "redis.exceptions.ResponseError",
		"OperationalError": "psycopg2.OperationalError", "ProgrammingError": "psycopg2.errors.UndefinedTable",
	}[name]
	if name == "" {
		name = r.value.class.name
		if r.value.class.native == nil {
			name = "__main__." + name
			if t.in.exceptions[r.value.class.name] == nil {
				name = r.value.class.name
			}
		}
	}
	if text := toStr(t, r.value); text != "" {
		name += ": " + text
	}
	return b.String() + name + "\n"
}

// olderThan compares the minor version of Python 3.
func olderThan(version string, minor int) bool {
	var n int
	_, err := fmt.Sscanf(version, "3.%d", &n)
	return err == nil && n < minor
}

// syntaxReport is how CPython reports a fault in the source.
func syntaxReport(file, src string, e *syntaxError) string {
	lines := strings.Split(src, "\n")
	var b strings.Builder
	fmt.Fprintf(&b, "  File \"%s\", line %d\n", file, e.at.line)
	if e.at.line >= 1 && e.at.line <= len(lines) {
		line := lines[e.at.line-1]
		trimmed := strings.TrimLeft(line, " \t")
		col := min(max(e.at.col-(len(line)-len(trimmed)), 0), len(trimmed))
		width := 1
		if e.at.endLine == e.at.line {
			width = max(1, e.at.endCol-e.at.col)
		}
		fmt.Fprintf(&b, "    %s\n    %s%s\n", trimmed, strings.Repeat(" ", col), strings.Repeat("^", width))
	}
	return b.String() + e.what + ": " + e.text + "\n"
}
