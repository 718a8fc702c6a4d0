package python

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// webApp is a Flask or FastAPI application.
type webApp struct {
	in      *interp
	kind    string // "flask", "fastapi"
	name    string
	routes  []webRoute
	config  *dict
	current *machine.Request
	errors  map[int64]any // error handlers
	before  []any
	target  string // what `flask run` was told to serve; empty for app.run()
	failure error  // why its files could not be run after a change
}

type webRoute struct {
	rule    string
	methods []string
	pattern *regexp.Regexp
	ints    []string
	fn      any
	status  int64
}

func flaskModule(in *interp) map[string]any {
	app := &class{name: "Flask", attrs: map[string]any{}, native: func(t *thread, _ *class, a args) (any, error) {
		w := &webApp{in: in, kind: "flask", name: a.str(0, "import_name", "app"), config: newDict(), errors: map[int64]any{}}
		in.modules["flask"].attrs["request"].(*webRequest).app = w
		return w, nil
	}}
	attrs := functions(map[string]func(*thread, args) (any, error){
		"jsonify": func(t *thread, a args) (any, error) {
			var v any
			switch {
			case len(a.pos) == 1:
				v = a.pos[0]
			case len(a.pos) > 1:
				v = &list{a.pos}
			default:
				v, _ = toDict(t, args{kw: a.kw})
			}
			text, err := t.dumps(v, "", "", false)
			return &webReply{status: 200, body: strings.ReplaceAll(strings.ReplaceAll(text, ": ", ":"), ", ", ",") + "\n", kind: "application/json"}, err
		},
		"make_response": func(t *thread, a args) (any, error) { v, _ := a.get(0, ""); return t.reply(v) },
		"redirect": func(_ *thread, a args) (any, error) {
			return &webReply{status: int(a.integer(1, "code", 302)), kind: "text/html; charset=utf-8", header: []string{"Location: " + a.str(0, "location", "/")}}, nil
		},
		"abort": func(t *thread, a args) (any, error) {
			return nil, &raised{value: &object{class: t.in.exceptions["HTTPError"], attrs: map[string]any{"args": newTuple(a.integer(0, "", 500)), "status": a.integer(0, "", 500)}}}
		},
		"render_template_string": func(t *thread, a args) (any, error) { return render(t, a.str(0, "", ""), a.kw), nil },
		"render_template": func(t *thread, a args) (any, error) {
			name := a.str(0, "", "")
			data, err := t.in.process.ReadFile(path.Join(path.Dir(t.in.script), "templates", name))
			if err != nil {
				return nil, t.raise("RuntimeError", "jinja2.exceptions.TemplateNotFound: %s", name)
			}
			if strings.Contains(string(data), "{%") {
				return nil, lacks("statements in templates ({%% ... %%})")
			}
			return render(t, string(data), a.kw), nil
		},
		"url_for": func(_ *thread, a args) (any, error) { return "/" + a.str(0, "", ""), nil },
		"escape":  func(_ *thread, a args) (any, error) { return a.str(0, "", ""), nil },
	})
	attrs["Flask"] = app
	attrs["request"] = &webRequest{}
	attrs["Response"] = fn("Response", func(t *thread, a args) (any, error) {
		r := &webReply{status: int(a.integer(1, "status", 200)), body: a.str(0, "response", ""), kind: a.str(-1, "mimetype", "text/html; charset=utf-8")}
		r.kind = a.str(-1, "content_type", r.kind)
		return r, nil
	})
	attrs["__version__"] = "3.1.2"
	return attrs
}

func fastapiModule(in *interp) map[string]any {
	attrs := map[string]any{"__version__": "0.121.3"}
	attrs["FastAPI"] = &class{name: "FastAPI", attrs: map[string]any{}, native: func(*thread, *class, args) (any, error) {
		return &webApp{in: in, kind: "fastapi", config: newDict(), errors: map[int64]any{}}, nil
	}}
	attrs["HTTPException"] = fn("HTTPException", func(t *thread, a args) (any, error) {
		return &object{class: t.in.exceptions["HTTPError"], attrs: map[string]any{"args": newTuple(a.str(1, "detail", "")), "status": a.integer(0, "status_code", 500), "detail": a.str(1, "detail", "")}}, nil
	})
	return attrs
}

// render puts values into a template's {{ name }} fields.
func render(t *thread, text string, values map[string]any) string {
	field := regexp.MustCompile(`\{\{\s*([A-Za-z_][A-Za-z_0-9]*)\s*(\|[^}]*)?\}\}`)
	return field.ReplaceAllStringFunc(text, func(m string) string {
		if v, ok := values[field.FindStringSubmatch(m)[1]]; ok {
			return toStr(t, v)
		}
		return ""
	})
}

func (w *webApp) typeName() string {
	return map[string]string{"flask": "Flask", "fastapi": "FastAPI"}[w.kind]
}

func (w *webApp) attr(_ *thread, name string) (any, bool) {
	methods := map[string][]string{"route": {"GET"}, "get": {"GET"}, "post": {"POST"}, "put": {"PUT"}, "delete": {"DELETE"}, "patch": {"PATCH"}}
	if m := methods[name]; m != nil {
		return fn(name, func(t *thread, a args) (any, error) {
			if v, ok := a.kw["methods"]; ok {
				items, err := t.items(v)
				if err != nil {
					return nil, err
				}
				m = nil
				for _, item := range items {
					m = append(m, strings.ToUpper(toStr(t, item)))
				}
			}
			return w.decorator(a.str(0, "rule", "/"), m, a.integer(-1, "status_code", 200)), nil
		}), true
	}
	switch name {
	case "run":
		return fn(name, w.run), true
	case "config":
		return w.config, true
	case "logger":
		return &logger{name: "app"}, true
	case "name":
		return w.name, true
	case "errorhandler":
		return fn(name, func(_ *thread, a args) (any, error) {
			code := a.integer(0, "", 500)
			return fn("decorator", func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); w.errors[code] = v; return v, nil }), nil
		}), true
	case "before_request", "before_first_request", "on_event", "middleware", "after_request", "teardown_appcontext":
		return fn(name, func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			if name == "before_request" {
				w.before = append(w.before, v)
			}
			if s, ok := v.(string); ok {
				_ = s
				return fn("decorator", func(_ *thread, a args) (any, error) { v, _ := a.get(0, ""); return v, nil }), nil
			}
			return v, nil
		}), true
	}
	return nil, false
}

// decorator registers the function that it is applied to.
func (w *webApp) decorator(rule string, methods []string, status int64) any {
	r := webRoute{rule: rule, methods: methods, status: status}
	names := regexp.MustCompile(`\\?<(?:([a-z]+):)?([A-Za-z_0-9]+)\\?>|\\?\{([A-Za-z_0-9]+)(?::([a-z]+))?\\?\}`)
	pattern := names.ReplaceAllStringFunc(regexp.QuoteMeta(rule), func(m string) string {
		g := names.FindStringSubmatch(m)
		name, kind := g[2]+g[3], g[1]+g[4]
		switch kind {
		case "int":
			r.ints = append(r.ints, name)
			return `(?P<` + name + `>[0-9]+)`
		case "path":
			return `(?P<` + name + `>.+)`
		}
		return `(?P<` + name + `>[^/]+)`
	})
	re, err := regexp.Compile("^" + pattern + "$")
	if err != nil {
		re = regexp.MustCompile("^" + regexp.QuoteMeta(rule) + "$")
	}
	r.pattern = re
	return fn("decorator", func(_ *thread, a args) (any, error) {
		r.fn, _ = a.get(0, "")
		w.routes = append(w.routes, r)
		return r.fn, nil
	})
}

// run is app.run(): werkzeug's development server.
func (w *webApp) run(t *thread, a args) (any, error) {
	host, port := a.str(0, "host", "127.0.0.1"), int(a.integer(1, "port", 5000))
	if t.in.again {
		t.in.served = w
		return nil, nil
	}
	return nil, w.develop(t, host, port, a.truth(2, "debug", false))
}

func (w *webApp) develop(t *thread, host string, port int, debug bool) error {
	t.in.write(fmt.Sprintf(" * Serving Flask app '%s'\n * Debug mode: %s\n", w.title(), map[bool]string{true: "on", false: "off"}[debug]))
	t.in.flush()
	p := t.in.process
	live := w
	serve := func(r machine.Request) machine.Response {
		if debug {
			live = live.upToDate()
		}
		return live.serve(r, live.flaskLog)
	}
	if err := t.listen(host, port, serve); err != nil {
		if e, ok := err.(*raised); ok && hasBase(e.value.class, "OSError") {
			p.Errorf("Address already in use\nPort %d is in use by another program. Either identify and stop that program, or start the server with a different port.\n", port)
			return t.raise("SystemExit", "1")
		}
		return err
	}
	p.Use(baseMemory + 24<<20)
	p.Errorf("WARNING: This is a development server. Do not use it in a production deployment. Use a production WSGI server instead.\n")
	if host == "0.0.0.0" {
		p.Errorf(" * Running on all addresses (0.0.0.0)\n * Running on http://127.0.0.1:%d\n", port)
		for _, i := range p.Net.Interfaces() {
			p.Errorf(" * Running on http://%s:%d\n", i.Addr, port)
		}
	} else {
		p.Errorf(" * Running on http://%s:%d\n", host, port)
	}
	p.Errorf("Press CTRL+C to quit\n")
	if debug {
		w.debugger()
	}
	err := t.serveForever()
	if e, ok := err.(*raised); ok && e.value.class.name == "KeyboardInterrupt" {
		return nil
	}
	return err
}

func (w *webApp) title() string {
	if w.name == "__main__" {
		return strings.TrimSuffix(path.Base(w.in.script), ".py")
	}
	return w.name
}

func (w *webApp) flaskLog(r machine.Request, status int) {
	w.in.process.Errorf("%s - - [%s] \"%s %s HTTP/1.1\" %d -\n", r.From, w.in.process.Now().UTC().Format("02/Jan/2006 15:04:05"), verb(r), orSlash(r.Path), status)
}

// serve answers one request and lets log write its line.
func (w *webApp) serve(r machine.Request, log func(machine.Request, int)) machine.Response {
	var reply *webReply
	delay, err := w.in.handle(func(t *thread) (err error) {
		w.current = &r
		if w.failure != nil {
			return w.failure
		}
		reply, err = w.dispatch(t, r)
		return err
	})
	if err != nil {
		reply = w.failed(r, err)
	}
	server := "Werkzeug/3.1.3 Python/" + w.in.version
	if w.kind == "fastapi" {
		server = "uvicorn"
	}
	h := append([]string{"Server: " + server, "Date: " + w.in.process.Now().UTC().Format(http.TimeFormat), "Content-Type: " + reply.kind,
		"Content-Length: " + strconv.Itoa(len(reply.body))}, reply.header...)
	if w.kind == "flask" {
		h = append(h, "Connection: close")
	}
	log(r, reply.status)
	return machine.Response{Status: reply.status, Header: h, Body: reply.body, Delay: delay}
}

// failed is the answer when the application raised an exception.
func (w *webApp) failed(r machine.Request, err error) *webReply {
	t := &thread{in: w.in}
	e, ok := err.(*raised)
	if !ok {
		t.report(err)
		return w.errorPage(http.StatusInternalServerError, "")
	}
	if code, ok := e.value.attrs["status"].(int64); ok {
		detail, _ := e.value.attrs["detail"].(string)
		return w.errorPage(int(code), detail)
	}
	if w.kind == "flask" {
		w.in.process.Errorf("[%s] ERROR in app: Exception on %s [%s]\n%s", w.in.process.Now().UTC().Format("2006-01-02 15:04:05,000"), orSlash(r.Path), verb(r), t.traceback(e))
	} else {
		w.in.process.Errorf("ERROR:    Exception in ASGI application\n%s", t.traceback(e))
	}
	return w.errorPage(http.StatusInternalServerError, "")
}

func (w *webApp) errorPage(status int, detail string) *webReply {
	if h := w.errors[int64(status)]; h != nil {
		var reply *webReply
		_, err := w.in.handle(func(t *thread) error {
			v, err := t.call(h, args{pos: []any{http.StatusText(status)}})
			if err == nil {
				reply, err = t.reply(v)
			}
			return err
		})
		if err == nil {
			if reply.status == http.StatusOK {
				reply.status = status
			}
			return reply
		}
	}
	if w.kind == "fastapi" {
		if detail == "" {
			detail = http.StatusText(status)
		}
		if status == http.StatusInternalServerError {
			return &webReply{status: status, body: "Internal Server Error", kind: "text/plain; charset=utf-8"}
		}
		return &webReply{status: status, body: `{"detail":` + jsonString(detail) + `}`, kind: "application/json"}
	}
	why := map[int]string{
		404: "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
		405: "The method is not allowed for the requested URL.",
		500: "The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.",
	}[status]
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return &webReply{status: status, kind: "text/html; charset=utf-8",
		body: "<!doctype html>\n<html lang=en>\n<title>" + title + "</title>\n<h1>" + http.StatusText(status) + "</h1>\n<p>" + why + "</p>\n"}
}

// dispatch finds the route and calls its function.
func (w *webApp) dispatch(t *thread, r machine.Request) (*webReply, error) {
	file, query, _ := strings.Cut(orSlash(r.Path), "?")
	for _, h := range w.before {
		if _, err := t.call(h, args{}); err != nil {
			return nil, err
		}
	}
	wrongMethod := false
	for _, route := range w.routes {
		m := route.pattern.FindStringSubmatch(file)
		if m == nil {
			continue
		}
		if !slices.Contains(route.methods, verb(r)) && !(verb(r) == "HEAD" && slices.Contains(route.methods, "GET")) {
			wrongMethod = true
			continue
		}
		a := args{kw: map[string]any{}}
		for i, name := range route.pattern.SubexpNames() {
			if name != "" {
				a.kw[name] = routeValue(m[i], slices.Contains(route.ints, name))
			}
		}
		if w.kind == "fastapi" {
			w.fastArguments(route, query, &a)
		}
		v, err := t.call(route.fn, a)
		if err != nil {
			return nil, err
		}
		if w.kind == "fastapi" {
			return w.fastReply(t, v, route.status)
		}
		return t.reply(v)
	}
	if wrongMethod {
		return w.errorPage(http.StatusMethodNotAllowed, ""), nil
	}
	return w.errorPage(http.StatusNotFound, ""), nil
}

func routeValue(text string, asNumber bool) any {
	if n, err := strconv.ParseInt(text, 10, 64); asNumber && err == nil {
		return n
	}
	return text
}

// fastArguments gives a FastAPI function its query parameters.
func (w *webApp) fastArguments(route webRoute, query string, a *args) {
	f, ok := route.fn.(*function)
	if !ok {
		return
	}
	values, _ := url.ParseQuery(query)
	for _, p := range f.code.params {
		if v := values.Get(p.name); v != "" {
			a.kw[p.name] = v
		}
		if text, ok := a.kw[p.name].(string); ok && (p.hint == "int" || p.hint == "float") {
			a.kw[p.name] = cellValue(&text, true)
		}
	}
}

func (w *webApp) fastReply(t *thread, v any, status int64) (*webReply, error) {
	if r, ok := v.(*webReply); ok {
		return r, nil
	}
	text, err := t.dumps(v, "", "", false)
	return &webReply{status: int(status), body: strings.ReplaceAll(strings.ReplaceAll(text, `": `, `":`), ", ", ","), kind: "application/json"}, err
}
