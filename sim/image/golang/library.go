package golang

import (
	"fmt"
	"go/ast"
	"strconv"
	"strings"
	"time"
)

// duration is a time.Duration; failure is an error value.
type (
	duration = time.Duration
	failure  string
)

// library is a function of the standard library.
type library func(f *frame, args []any) any

// packages are the import paths of which something is known.
func packages() []string {
	return []string{"fmt", "log", "net/http", "os", "strconv", "strings", "time"}
}

// values are the constants of packages.
func values() map[string]any {
	return map[string]any{
		"time.Second": time.Second, "time.Millisecond": time.Millisecond, "time.Minute": time.Minute, "time.Hour": time.Hour,
		"os.Stdout": "stdout", "os.Stderr": "stderr",
		"http.StatusOK": 200, "http.StatusCreated": 201, "http.StatusBadRequest": 400, "http.StatusForbidden": 403,
		"http.StatusNotFound": 404, "http.StatusMethodNotAllowed": 405, "http.StatusInternalServerError": 500,
		"http.StatusServiceUnavailable": 503, "http.MethodGet": "GET", "http.MethodPost": "POST",
	}
}

// functions are the functions of packages.
func functions() map[string]library {
	return map[string]library{
		"fmt.Println":  func(f *frame, a []any) any { f.process.Printf("%s", line(a)); return nil },
		"fmt.Print":    func(f *frame, a []any) any { f.process.Printf("%s", join(a, "")); return nil },
		"fmt.Printf":   func(f *frame, a []any) any { f.process.Printf("%s", format(a)); return nil },
		"fmt.Sprint":   func(_ *frame, a []any) any { return join(a, "") },
		"fmt.Sprintln": func(_ *frame, a []any) any { return line(a) },
		"fmt.Sprintf":  func(_ *frame, a []any) any { return format(a) },
		"fmt.Errorf":   func(_ *frame, a []any) any { return failure(format(a)) },
		"fmt.Fprintln": func(f *frame, a []any) any { f.writeTo(first(a), line(rest(a))); return nil },
		"fmt.Fprint":   func(f *frame, a []any) any { f.writeTo(first(a), join(rest(a), "")); return nil },
		"fmt.Fprintf":  func(f *frame, a []any) any { f.writeTo(first(a), format(rest(a))); return nil },

		"log.Println": func(f *frame, a []any) any { f.log(line(a)); return nil },
		"log.Print":   func(f *frame, a []any) any { f.log(join(a, "")); return nil },
		"log.Printf":  func(f *frame, a []any) any { f.log(format(a)); return nil },
		"log.Fatal":   func(f *frame, a []any) any { f.log(join(a, "")); panic(quit{1}) },
		"log.Fatalln": func(f *frame, a []any) any { f.log(line(a)); panic(quit{1}) },
		"log.Fatalf":  func(f *frame, a []any) any { f.log(format(a)); panic(quit{1}) },

		"os.Getenv":    func(f *frame, a []any) any { return f.process.Env.Get(text(first(a))) },
		"os.LookupEnv": func(f *frame, a []any) any { v, ok := f.process.Env.Lookup(text(first(a))); return tuple{v, ok} },
		"os.Hostname":  func(f *frame, _ []any) any { return tuple{f.process.Host, nil} },
		"os.Exit":      func(_ *frame, a []any) any { n, _ := first(a).(int); panic(quit{n}) },
		"os.Getpid":    func(f *frame, _ []any) any { return f.process.LocalPID },
		"os.Getuid":    func(f *frame, _ []any) any { return f.process.User.UID },
		"os.ReadFile":  readFile,
		"os.WriteFile": writeFile,

		"strings.ToUpper":   func(_ *frame, a []any) any { return strings.ToUpper(text(first(a))) },
		"strings.ToLower":   func(_ *frame, a []any) any { return strings.ToLower(text(first(a))) },
		"strings.TrimSpace": func(_ *frame, a []any) any { return strings.TrimSpace(text(first(a))) },
		"strings.Repeat": func(_ *frame, a []any) any {
			n, _ := first(rest(a)).(int)
			return strings.Repeat(text(first(a)), max(min(n, 10000), 0))
		},
		"strings.Contains":  func(_ *frame, a []any) any { return strings.Contains(text(first(a)), text(first(rest(a)))) },
		"strings.HasPrefix": func(_ *frame, a []any) any { return strings.HasPrefix(text(first(a)), text(first(rest(a)))) },
		"strconv.Itoa":      func(_ *frame, a []any) any { return text(first(a)) },
		"strconv.Atoi":      atoi,

		"time.Sleep": func(f *frame, a []any) any { f.sleep(first(a)); return nil },

		"http.HandleFunc":     handleFunc,
		"http.ListenAndServe": listenAndServe,
		"http.Error":          httpError,
	}
}

func first(a []any) any {
	if len(a) == 0 {
		return nil
	}
	return a[0]
}

func rest(a []any) []any {
	if len(a) == 0 {
		return nil
	}
	return a[1:]
}

func line(a []any) string { return join(a, " ") + "\n" }

func join(a []any, with string) string {
	words := make([]string, len(a))
	for i, v := range a {
		words[i] = text(v)
	}
	return strings.Join(words, with)
}

// format is Sprintf over the interpreter's values.
func format(a []any) string {
	args := make([]any, 0, len(a))
	for _, v := range rest(a) {
		switch v := v.(type) {
		case nil, []any, failure:
			args = append(args, text(v))
		default:
			args = append(args, v)
		}
	}
	return fmt.Sprintf(text(first(a)), args...)
}

func atoi(_ *frame, a []any) any {
	n, err := strconv.Atoi(text(first(a)))
	if err != nil {
		return tuple{0, failure(err.Error())}
	}
	return tuple{n, nil}
}

func readFile(f *frame, a []any) any {
	name := text(first(a))
	data, err := f.process.FS.ReadFile(f.process.Abs(name))
	if err != nil {
		return tuple{"", failure("open " + name + ": " + err.Error())}
	}
	return tuple{string(data), nil}
}

func writeFile(f *frame, a []any) any {
	name, p := text(first(a)), f.process
	if err := p.FS.WriteFile(p.Abs(name), []byte(text(first(rest(a)))), 0o644, p.User.UID, p.User.GID); err != nil {
		return failure("open " + name + ": " + err.Error())
	}
	return nil
}

// log writes a line as package log does: to standard error, with the time.
func (f *frame) log(text string) {
	f.process.Errorf("%s %s\n", f.process.Now().Format("2006/01/02 15:04:05"), strings.TrimSuffix(text, "\n"))
}

func (f *frame) sleep(v any) {
	var d time.Duration
	switch v := v.(type) {
	case time.Duration:
		d = v
	case int:
		d = time.Duration(v)
	}
	if f.request != nil {
		f.request.delay += d
		return
	}
	f.process.Sleep(d)
}

// selector compiles package members and the fields of a request.
func (c *compiler) selector(e *ast.SelectorExpr) expr {
	if id, ok := e.X.(*ast.Ident); ok {
		if im := c.imports[id.Name]; im != nil {
			im.used = true
			full := packageName(im.path) + "." + e.Sel.Name
			if v, ok := values()[full]; ok {
				return constant(v)
			}
			if fn, ok := functions()[full]; ok {
				return constant(fn)
			}
			if full == "os.Args" {
				return func(f *frame) any { return list(f.process.Args) }
			}
			c.beyond(e, full)
			return constant(nil)
		}
	}
	x, name := c.expr(e.X), e.Sel.Name
	return func(f *frame) any { return field(x(f), name) }
}

func packageName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func list(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

// callExpr compiles a call: of the library, of a builtin, of a method that is
// known, or of the program's own functions.
func (c *compiler) callExpr(e *ast.CallExpr) expr {
	var args []expr
	for _, a := range e.Args {
		if _, isType := a.(*ast.ArrayType); isType {
			continue
		}
		args = append(args, c.expr(a))
	}
	values := func(f *frame) []any {
		out := make([]any, len(args))
		for i, a := range args {
			out[i] = a(f)
		}
		return out
	}
	switch fun := e.Fun.(type) {
	case *ast.ArrayType:
		return args[0] // []byte("text") stays a text
	case *ast.Ident:
		if b := builtin(fun.Name); b != nil && c.prog.funcs[fun.Name] == nil {
			return func(f *frame) any { return b(f, values(f)) }
		}
	case *ast.SelectorExpr:
		if id, ok := fun.X.(*ast.Ident); !ok || c.imports[id.Name] == nil {
			x, name := c.expr(fun.X), fun.Sel.Name
			return func(f *frame) any { return method(f, x(f), name, values(f)) }
		}
	}
	callee := c.expr(e.Fun)
	return func(f *frame) any {
		switch fn := callee(f).(type) {
		case library:
			return fn(f, values(f))
		case *function:
			return f.apply(fn, values(f))
		}
		f.panic("runtime error: invalid memory address or nil pointer dereference")
		return nil
	}
}

func builtin(name string) library {
	switch name {
	case "len":
		return func(_ *frame, a []any) any {
			switch v := first(a).(type) {
			case string:
				return len(v)
			case []any:
				return len(v)
			}
			return 0
		}
	case "append":
		return func(_ *frame, a []any) any {
			old, _ := first(a).([]any)
			return append(append([]any{}, old...), rest(a)...)
		}
	case "panic":
		return func(f *frame, a []any) any { f.panic(text(first(a))); return nil }
	case "string":
		return func(_ *frame, a []any) any { return text(first(a)) }
	case "println", "print":
		return func(f *frame, a []any) any { f.process.Errorf("%s", line(a)); return nil }
	case "int":
		return func(_ *frame, a []any) any { n, _ := number(first(a)); return int(n) }
	case "float64":
		return func(_ *frame, a []any) any { n, _ := number(first(a)); return n }
	}
	return nil
}
