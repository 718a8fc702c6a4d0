package node

import (
	"net/url"
	"path"
	"strings"
)

// layer is a handler of an express app or router, for a method and a path.
type layer struct {
	method  string // "" for use
	path    string
	handler any
	router  *router
}

type router struct{ layers []layer }

// expressModule is express().
func (r *runtime) expressModule() *object {
	e := newFunction("express", func(r *runtime, _ any, _ []any) any { return r.expressApp() })
	e.method("json", func(*runtime, any, []any) any { return newFunction("jsonParser", readBody) })
	e.method("urlencoded", func(*runtime, any, []any) any { return newFunction("urlencodedParser", readBody) })
	e.method("text", func(*runtime, any, []any) any { return newFunction("textParser", readBody) })
	e.method("static", func(_ *runtime, _ any, a []any) any { return staticFiles(toText(argument(a, 0))) })
	e.method("Router", func(r *runtime, _ any, _ []any) any {
		rt := &router{}
		o := newFunction("router", func(*runtime, any, []any) any { return nil })
		o.data = rt
		routes(o, rt)
		return o
	})
	return e
}

// routes adds get, post, use and the like.
func routes(o *object, rt *router) {
	for _, method := range []string{"get", "post", "put", "patch", "delete", "all", "use"} {
		o.method(method, func(_ *runtime, _ any, a []any) any {
			at := "/"
			if text, ok := argument(a, 0).(string); ok {
				at, a = text, a[1:]
				if method == "get" && len(a) == 0 {
					return nil // app.get("setting")
				}
			}
			for _, h := range a {
				l := layer{method: strings.ToUpper(method), path: at, handler: h}
				if method == "use" || method == "all" {
					l.method = map[string]string{"use": "", "all": "*"}[method]
				}
				if inner, ok := h.(*object); ok {
					l.router, _ = inner.data.(*router)
				}
				rt.layers = append(rt.layers, l)
			}
			return o
		})
	}
}

func (r *runtime) expressApp() *object {
	rt := &router{}
	app := newFunction("app", func(*runtime, any, []any) any { return nil })
	routes(app, rt)
	nothing := func(*runtime, any, []any) any { return app }
	app.method("set", nothing).method("disable", nothing).method("enable", nothing)
	app.hide("locals", newObject())
	app.method("listen", func(r *runtime, _ any, a []any) any {
		s := r.server(func(req, res *object, x *exchange) { r.express(rt, req, res, x) })
		return r.apply(s.props["listen"], s, a)
	})
	return app
}

// express answers a request with the layers that fit.
func (r *runtime) express(rt *router, req, res *object, x *exchange) {
	x.header("X-Powered-By", "Express")
	file, query, _ := strings.Cut(orSlash(x.in.Path), "?")
	req.set("path", file)
	req.set("originalUrl", orSlash(x.in.Path))
	req.set("hostname", strings.Split(x.in.Host, ":")[0])
	req.set("ip", "::ffff:"+x.in.From.String())
	q := newObject()
	if values, err := url.ParseQuery(query); err == nil {
		for _, part := range strings.Split(query, "&") {
			name, _, _ := strings.Cut(part, "=")
			name, _ = url.QueryUnescape(name)
			if len(values[name]) > 0 {
				q.set(name, values[name][0])
			}
		}
	}
	req.set("query", q)
	req.set("params", newObject())
	req.method("get", func(r *runtime, _ any, a []any) any {
		return r.get(req.props["headers"], strings.ToLower(toText(argument(a, 0))))
	})
	expressResponse(res, x)
	r.walkLayers(rt.layers, file, req, res, x, func(failure any) { expressEnd(r, failure, req, res, x) })
}

// walkLayers calls the layers one after the other; each goes on with next().
func (r *runtime) walkLayers(list []layer, file string, req, res *object, x *exchange, after func(failure any)) {
	var from func(i int, failure any)
	from = func(i int, failure any) {
		for ; i < len(list); i++ {
			l := list[i]
			params, rest, ok := fits(l, toText(req.props["method"]), file)
			if !ok {
				continue
			}
			if l.router != nil {
				next := i + 1
				r.walkLayers(l.router.layers, rest, req, res, x, func(f any) { from(next, f) })
				return
			}
			if takes := handlesErrors(l.handler); takes != (failure != nil) {
				continue
			}
			for k, v := range params {
				req.props["params"].(*object).set(k, v)
			}
			index := i + 1
			next := newFunction("next", func(_ *runtime, _ any, a []any) any { from(index, argument(a, 0)); return nil })
			args := []any{req, res, next}
			if failure != nil {
				args = append([]any{failure}, args...)
			}
			r.callLayer(l.handler, args, func(f any) { from(index, f) })
			return
		}
		after(failure)
	}
	from(0, nil)
}

// callLayer calls a handler; what it throws, now or later, goes to the next one
// that handles errors, as in express 5.
func (r *runtime) callLayer(handler any, args []any, fail func(any)) {
	_, v, failed := r.attempt(func() (done, any) { return normal, r.apply(handler, nil, args) })
	if failed != nil {
		fail(failed.value)
		return
	}
	if o, ok := v.(*object); ok {
		if s, ok := o.data.(*promise); ok {
			r.whenSettled(s, func() {
				if s.failed {
					fail(s.value)
				}
			})
		}
	}
}

func handlesErrors(handler any) bool {
	o, ok := handler.(*object)
	return ok && o.fn != nil && o.fn.tree != nil && len(o.fn.tree.list) == 4
}

// fits matches a layer's path; rest is what a router in it sees.
func fits(l layer, method, file string) (params map[string]string, rest string, ok bool) {
	if l.method == "" {
		prefix := strings.TrimSuffix(l.path, "/")
		if file == prefix || strings.HasPrefix(file, prefix+"/") {
			return nil, orSlash(strings.TrimPrefix(file, prefix)), true
		}
		return nil, "", false
	}
	if l.method != "*" && l.method != method && !(l.method == "GET" && method == "HEAD") {
		return nil, "", false
	}
	want, have := strings.Split(strings.Trim(l.path, "/"), "/"), strings.Split(strings.Trim(file, "/"), "/")
	params = map[string]string{}
	for i, part := range want {
		if strings.HasPrefix(part, "*") || strings.HasPrefix(part, "{*") {
			return params, "", true
		}
		switch {
		case i >= len(have):
			return nil, "", false
		case strings.HasPrefix(part, ":") && have[i] != "":
			params[part[1:]] = decodeURI(have[i])
		case part != have[i]:
			return nil, "", false
		}
	}
	return params, "", len(want) == len(have)
}

// expressResponse adds express's methods to a response.
func expressResponse(res *object, x *exchange) {
	end := func(r *runtime, body string) any {
		if _, ok := x.headers["content-type"]; !ok {
			x.header("Content-Type", "text/html; charset=utf-8")
		}
		return r.apply(res.props["end"], res, []any{body})
	}
	asJSON := func(r *runtime, _ any, a []any) any {
		x.header("Content-Type", "application/json; charset=utf-8")
		return end(r, r.stringify(argument(a, 0), "", 0))
	}
	res.method("json", asJSON)
	res.method("send", func(r *runtime, _ any, a []any) any {
		switch v := argument(a, 0).(type) {
		case string:
			return end(r, v)
		case nil:
			return end(r, "")
		case *object:
			if v.class == "Buffer" {
				x.header("Content-Type", "application/octet-stream")
				return end(r, toText(v))
			}
		}
		return asJSON(r, nil, a)
	})
	res.method("status", func(_ *runtime, _ any, a []any) any {
		res.set("statusCode", float64(toInt(argument(a, 0))))
		return res
	})
	res.method("sendStatus", func(r *runtime, _ any, a []any) any {
		res.set("statusCode", float64(toInt(argument(a, 0))))
		x.header("Content-Type", "text/plain; charset=utf-8")
		return end(r, statusText(toInt(argument(a, 0))))
	})
	set := func(_ *runtime, _ any, a []any) any {
		x.header(toText(argument(a, 0)), toText(argument(a, 1)))
		return res
	}
	res.method("set", set).method("header", set)
	res.method("type", func(_ *runtime, _ any, a []any) any {
		kind := toText(argument(a, 0))
		if !strings.Contains(kind, "/") {
			kind = contentType("x." + kind)
		}
		x.header("Content-Type", kind)
		return res
	})
	res.method("redirect", func(r *runtime, _ any, a []any) any {
		res.set("statusCode", 302.0)
		x.header("Location", toText(argument(a, len(a)-1)))
		return end(r, "<p>Found. Redirecting to "+toText(argument(a, len(a)-1))+"</p>")
	})
	res.method("sendFile", func(r *runtime, _ any, a []any) any {
		name := toText(argument(a, 0))
		data, err := r.process.ReadFile(name)
		if err != nil {
			r.throwFile(err, "stat", name)
		}
		x.header("Content-Type", contentType(name))
		return end(r, string(data))
	})
}

// expressEnd is what happens when no layer has answered.
func expressEnd(r *runtime, failure any, req, res *object, x *exchange) {
	if x.ended {
		return
	}
	text := "Cannot " + toText(req.props["method"]) + " " + toText(req.props["path"])
	res.set("statusCode", 404.0)
	if failure != nil {
		res.set("statusCode", 500.0)
		text = r.inspect(failure, 0)
		r.process.Errorf("%s\n", text)
		if r.process.Env.Get("NODE_ENV") == "production" {
			text = "Internal Server Error"
		}
		text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", "\n", "<br>", "    ", " &nbsp; &nbsp;").Replace(text)
	}
	x.header("Content-Security-Policy", "default-src 'none'")
	x.header("X-Content-Type-Options", "nosniff")
	x.header("Content-Type", "text/html; charset=utf-8")
	r.apply(res.props["end"], res, []any{"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>" + text + "</pre>\n</body>\n</html>\n"})
}

func statusText(code int) string {
	known := map[int]string{200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Internal Server Error", 503: "Service Unavailable"}
	if s := known[code]; s != "" {
		return s
	}
	return numberText(float64(code))
}

func contentType(name string) string {
	known := map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json; charset=utf-8",
		".txt": "text/plain; charset=utf-8", ".text": "text/plain; charset=utf-8", ".png": "image/png", ".svg": "image/svg+xml"}
	if t := known[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// readBody is express.json() and the like.
func readBody(r *runtime, _ any, a []any) any {
	req, _ := argument(a, 0).(*object)
	if body := requestBody(r, req); body != "" {
		kind := toText(r.get(req.props["headers"], "content-type"))
		switch {
		case strings.Contains(kind, "json"):
			req.set("body", jsonParse(r, nil, []any{body}))
		case strings.Contains(kind, "urlencoded"):
			o := newObject()
			for _, part := range strings.Split(body, "&") {
				name, value, _ := strings.Cut(part, "=")
				name, _ = url.QueryUnescape(name)
				value, _ = url.QueryUnescape(value)
				o.set(name, value)
			}
			req.set("body", o)
		default:
			req.set("body", body)
		}
	} else if req != nil {
		req.set("body", newObject())
	}
	return r.apply(argument(a, 2), nil, nil)
}

// requestBody takes the body out of a request's events.
func requestBody(r *runtime, req *object) string {
	if req == nil {
		return ""
	}
	body, jobs := "", r.jobs
	r.jobs = nil
	r.apply(req.props["on"], req, []any{"data", newFunction("", func(_ *runtime, _ any, a []any) any { body += toText(argument(a, 0)); return nil })})
	r.drain()
	r.jobs = jobs
	return body
}

// staticFiles is express.static.
func staticFiles(dir string) *object {
	return newFunction("serveStatic", func(r *runtime, _ any, a []any) any {
		req, _ := argument(a, 0).(*object)
		res, _ := argument(a, 1).(*object)
		if req == nil || res == nil {
			return nil
		}
		full := path.Join(r.process.Abs(dir), path.Clean("/"+toText(req.props["path"])))
		n, err := r.process.FS.Stat(full)
		if err == nil && n.IsDir() {
			full = path.Join(full, "index.html")
			n, err = r.process.FS.Stat(full)
		}
		if err != nil || n.IsDir() {
			return r.apply(argument(a, 2), nil, nil)
		}
		r.apply(res.props["set"], res, []any{"Content-Type", contentType(full)})
		return r.apply(res.props["end"], res, []any{string(n.Data)})
	})
}

// middlewareModule is cors, morgan and others whose effect is small: they let
// the request pass, morgan with a line in the log.
func (r *runtime) middlewareModule(name string) *object {
	pass := func(r *runtime, _ any, a []any) any {
		if res, ok := argument(a, 1).(*object); ok && name == "cors" {
			r.apply(res.props["set"], res, []any{"Access-Control-Allow-Origin", "*"})
		}
		if req, ok := argument(a, 0).(*object); ok && name == "morgan" {
			res, _ := argument(a, 1).(*object)
			r.apply(res.props["on"], res, []any{"finish", newFunction("", func(r *runtime, _ any, _ []any) any {
				r.process.Printf("%s %s %s 0.5 ms - -\n", toText(req.props["method"]), toText(req.props["originalUrl"]), toText(res.props["statusCode"]))
				return nil
			})})
		}
		return r.apply(argument(a, 2), nil, nil)
	}
	m := newFunction(name, func(*runtime, any, []any) any { return newFunction(name, pass) })
	if name == "body-parser" {
		for _, kind := range []string{"json", "urlencoded", "text"} {
			m.method(kind, func(*runtime, any, []any) any { return newFunction(kind, readBody) })
		}
	}
	return m
}
