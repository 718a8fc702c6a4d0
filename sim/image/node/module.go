package node

import (
	"path"
	"strings"
)

// builtins are the modules that node itself has and the simulator, too.
func (r *runtime) builtin(name string) *object {
	switch strings.TrimPrefix(name, "node:") {
	case "http":
		return r.httpModule()
	case "fs":
		return fsModule(false)
	case "fs/promises":
		return fsModule(true)
	case "os":
		return osModule(r)
	case "path":
		return pathModule()
	case "process":
		o, _ := r.globals.vars["process"].value.(*object)
		return o
	case "url":
		o := newObject()
		o.set("URL", r.globals.vars["URL"].value)
		o.method("fileURLToPath", func(_ *runtime, _ any, a []any) any { return strings.TrimPrefix(toText(argument(a, 0)), "file://") })
		return o
	case "util":
		o := newObject()
		o.method("inspect", func(r *runtime, _ any, a []any) any { return r.inspect(argument(a, 0), 0) })
		o.method("format", func(r *runtime, _ any, a []any) any { return r.format(a) })
		return o
	case "timers/promises":
		o := newObject()
		o.method("setTimeout", func(r *runtime, _ any, a []any) any {
			out, s := newPromise()
			timerFunctions()["setTimeout"](r, nil, []any{newFunction("", func(r *runtime, _ any, _ []any) any { r.settle(s, argument(a, 1), false); return nil }), argument(a, 0)})
			return out
		})
		return o
	case "crypto":
		o := newObject()
		o.method("randomUUID", func(r *runtime, _ any, _ []any) any { return randomUUID(r.process.Clock().Rand().Uint64) })
		return o
	}
	return nil
}

func randomUUID(next func() uint64) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	for i := range 36 {
		switch i {
		case 8, 13, 18, 23:
			b.WriteByte('-')
		case 14:
			b.WriteByte('4')
		case 19:
			b.WriteByte(hex[8+next()%4])
		default:
			b.WriteByte(hex[next()%16])
		}
	}
	return b.String()
}

func known(name string) bool {
	return strings.Contains(" assert async_hooks buffer child_process cluster dgram dns events https http2 inspector module net perf_hooks punycode querystring readline repl stream string_decoder test tls tty v8 vm worker_threads zlib ", " "+strings.TrimPrefix(name, "node:")+" ")
}

// exposeModules gives -e and the REPL the built-in modules and require.
func (r *runtime) exposeModules() {
	r.globals.declare("require", r.requireFrom(path.Join(r.process.Dir, "[eval]")), false)
	for _, name := range []string{"fs", "os", "path", "http"} {
		r.globals.declare(name, r.builtin(name), false)
	}
}

func (r *runtime) requireFrom(file string) *object {
	return newFunction("require", func(r *runtime, _ any, a []any) any { return r.require(toText(argument(a, 0)), file) })
}

// require loads a module for a file.
func (r *runtime) require(name, from string) any {
	if m := r.builtin(name); m != nil {
		return m
	}
	if known(name) {
		r.throwf("Error", "%s", lacking("the module '"+name+"'"))
	}
	if strings.HasPrefix(name, ".") || path.IsAbs(name) {
		full := name
		if !path.IsAbs(name) {
			full = path.Join(path.Dir(from), name)
		}
		if found := r.resolveFile(full); found != "" {
			return r.loadFile(found)
		}
		panic(&thrown{r.missing(name, from)})
	}
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		full := path.Join(dir, "node_modules", name)
		if r.process.FS.Exists(full) {
			return r.loadPackage(name, full)
		}
		if dir == "/" || dir == "." {
			panic(&thrown{r.missing(name, from)})
		}
	}
}

// loadPackage loads what npm installed: a package that the simulator has made
// itself, or one whose source lies there.
func (r *runtime) loadPackage(name, dir string) any {
	switch name {
	case "express":
		return r.expressModule()
	case "redis":
		return r.redisModule()
	case "pg":
		return r.pgModule()
	case "dotenv":
		return newObject().method("config", func(r *runtime, _ any, _ []any) any { r.readDotenv(); return newObject() })
	case "cors", "morgan", "body-parser", "helmet", "compression":
		return r.middlewareModule(name)
	}
	if n, err := r.process.FS.Stat(path.Join(dir, "index.js")); err == nil && n.Bulk == 0 {
		return r.loadFile(path.Join(dir, "index.js"))
	}
	if p, ok := r.packageOf(dir); ok && p.Main != "" {
		if found := r.resolveFile(path.Join(dir, p.Main)); found != "" {
			return r.loadFile(found)
		}
	}
	r.throwf("Error", "%s", lacking("the package '"+name+"'"))
	return nil
}

func (r *runtime) readDotenv() {
	data, _ := r.process.ReadFile(".env")
	for _, line := range strings.Split(string(data), "\n") {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if _, there := r.process.Env.Lookup(name); ok && !there && !strings.HasPrefix(name, "#") {
			r.process.Env.Set(name, strings.Trim(value, `"'`))
		}
	}
}

// resolveFile finds a file as require does: with .js, .json, or index.js in it.
func (r *runtime) resolveFile(full string) string {
	for _, end := range []string{"", ".js", ".json", ".cjs", ".mjs", "/index.js"} {
		if n, err := r.process.FS.Stat(full + end); err == nil && !n.IsDir() {
			return full + end
		}
	}
	if p, ok := r.packageOf(full); ok && p.Main != "" && p.Main != "." {
		if n, err := r.process.FS.Stat(path.Join(full, p.Main)); err == nil && !n.IsDir() {
			return path.Join(full, p.Main)
		}
	}
	return ""
}

// missing is the error of a module that is not there.
func (r *runtime) missing(name, from string) *object {
	text, stack := "Cannot find module '"+name+"'", newArray()
	if from != "" {
		text += "\nRequire stack:\n- " + from
		stack.list = append(stack.list, from)
	}
	e := r.makeError("Error", text)
	calls := `    at Function._resolveFilename (node:internal/modules/cjs/loader:1401:15)
    at defaultResolveImpl (node:internal/modules/cjs/loader:1057:19)
    at resolveForCJSWithHooks (node:internal/modules/cjs/loader:1062:22)
    at Function._load (node:internal/modules/cjs/loader:1211:37)
    at TracingChannel.traceSync (node:diagnostics_channel:322:14)
    at wrapModuleLoad (node:internal/modules/cjs/loader:235:24)
`
	tail := "    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)\n    at node:internal/main/run_main_module:36:49"
	if from != "" {
		tail = "    at Module.require (node:internal/modules/cjs/loader:1487:12)\n    at require (node:internal/modules/helpers:135:16)\n" + r.stack()
	}
	e.hide("stack", "Error: "+text+"\n"+calls+tail)
	e.data = frame{file: "node:internal/modules/cjs/loader:1404"}
	e.set("code", "MODULE_NOT_FOUND")
	e.set("requireStack", stack)
	return e
}

// loadFile runs a module's file once and returns what it exports.
func (r *runtime) loadFile(file string) any {
	if m := r.modules[file]; m != nil {
		return m.props["exports"]
	}
	module, exports := newObject(), newObject()
	module.set("exports", exports)
	r.modules[file] = module
	data, err := r.process.ReadFile(file)
	if err != nil {
		r.throwFile(err, "open", file)
	}
	if strings.HasSuffix(file, ".json") {
		module.set("exports", jsonParse(r, nil, []any{string(data)}))
		return module.props["exports"]
	}
	s := &scope{outer: r.globals, fn: true, this: exports, file: file, vars: map[string]*binding{}}
	for name, v := range map[string]any{"module": module, "exports": exports, "require": r.requireFrom(file), "__filename": file, "__dirname": path.Dir(file)} {
		s.declare(name, v, false)
	}
	r.runSource(file, string(data), s, false)
	return module.props["exports"]
}

// runSource runs a source; last asks for the value of its last expression.
func (r *runtime) runSource(file, src string, s *scope, last bool) any {
	t, err := parse(src)
	if err != nil {
		bad, _ := err.(*syntaxError)
		e := r.makeError("SyntaxError", bad.text)
		e.data = frame{file: file, line: bad.line, col: bad.col}
		e.hide("stack", "SyntaxError: "+bad.text+"\n    at wrapSafe (node:internal/modules/cjs/loader:1638:18)\n    at Module._compile (node:internal/modules/cjs/loader:1680:20)\n    at Object..js (node:internal/modules/cjs/loader:1895:10)\n    at Module.load (node:internal/modules/cjs/loader:1465:32)\n    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:171:5)\n    at node:internal/main/run_main_module:36:49")
		panic(&thrown{e})
	}
	outer, line, col := r.file0, r.line, r.col
	if s.file == "" {
		s.file = file
	}
	defer func() { r.file0, r.line, r.col = outer, line, col }()
	if n := len(t.list); last && n > 0 && t.list[n-1].kind == "expression" {
		r.runBlock(t.list[:n-1], s)
		return r.eval1(t.list[n-1].a, s)
	}
	r.runBlock(t.list, s)
	return nil
}

// importNames is the import statement.
func (r *runtime) importNames(t *tree, s *scope) {
	m := r.require(t.text, s.file)
	o, _ := m.(*object)
	for _, n := range t.list {
		var v any
		switch n.kind {
		case "*":
			v = m
		case "default":
			v = m
			if o != nil {
				if d, ok := o.own("default"); ok {
					v = d
				}
			}
		default:
			if !nullish(m) {
				v = r.get(m, n.kind)
			}
			if v == nil {
				r.throwf("SyntaxError", "The requested module '%s' does not provide an export named '%s'", t.text, n.kind)
			}
		}
		s.declare(n.text, v, false)
	}
}

// imported is import(...).
func (r *runtime) imported(a []any, s *scope) any {
	return r.later(func() any {
		m := r.require(toText(argument(a, 0)), s.file)
		if o, ok := m.(*object); ok {
			if _, ok := o.own("default"); !ok {
				o.hide("default", o)
			}
		}
		return m
	})
}

func (r *runtime) export(t *tree, s *scope) {
	b := s.find("exports")
	if b == nil {
		r.throwf("SyntaxError", "Unexpected token 'export'")
	}
	to, _ := b.value.(*object)
	if t.text == "default" {
		to.set("default", r.eval1(t.a, s))
		return
	}
	if t.a != nil {
		r.exec(t.a, s)
		if t.a.kind == "var" {
			for _, d := range t.a.list {
				to.set(d.a.text, s.find(d.a.text).value)
			}
		} else {
			to.set(t.a.text, s.find(t.a.text).value)
		}
	}
	for _, n := range t.list {
		if b := s.find(n.kind); b != nil {
			to.set(n.text, b.value)
		}
	}
}
