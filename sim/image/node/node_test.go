package node

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// world is a machine with node and the given files, by path.
func world(t testing.TB, files map[string]string) *machine.Machine {
	t.Helper()
	site := machine.NewSite(clock.New(1, time.Unix(0, 0).UTC()))
	t.Cleanup(site.Clock.Close)
	site.Programs = func(name string) machine.Main { return map[string]machine.Main{"node": Main("22.21.1")}[name] }
	base := vfs.NewLayer()
	base.Put("/usr/bin/node", vfs.Exec("node", 0))
	for name, text := range files {
		base.Put(name, vfs.File(text, 0o644))
	}
	return site.Add(machine.Config{Name: "laptop", Base: []*vfs.Layer{base}, Owner: machine.Root()})
}

// do runs a command and returns both outputs and its status; it waits a minute.
func do(t testing.TB, m *machine.Machine, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	p, err := m.Start(machine.Spec{Args: args, Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	m.Site.Clock.RunUntil(time.Minute, p.Done)
	return out.String(), p.Status()
}

func TestProgramsDoWhatNodeDoes(t *testing.T) {
	for source, want := range map[string]string{
		"console.log(1 + 2 * 3, 7 / 2, 2 ** 10, 'a' + 1, `x${1 + 1}y`)":                                                                                     "7 3.5 1024 a1 x2y\n",
		"console.log([1, 'b', { c: null }], { a: 1, 'b-c': [] }, undefined, new Set([1]))":                                                                  "[ 1, 'b', { c: null } ] { a: 1, 'b-c': [] } undefined Set(1) { 1 }\n",
		"const f = (a, b = 2, ...c) => a + b + c.length; console.log(f(1), f(1, 1, 1, 1))":                                                                  "3 4\n",
		"const { a, b: { c = 5 }, ...d } = { a: 1, b: {}, e: 2 }; const [x, , y] = [1, 2, 3]; console.log(a, c, d, x, y)":                                   "1 5 { e: 2 } 1 3\n",
		"class A { n = 1; up() { return ++this.n } } class B extends A { up() { return super.up() * 10 } } console.log(new B().up(), new B() instanceof A)": "20 true\n",
		"let s = 0; for (let i = 0; i < 5; i++) { if (i == 1) continue; if (i > 3) break; s += i } console.log(s)":                                          "5\n",
		"const fs = []; for (let i = 0; i < 3; i++) fs.push(() => i); console.log(fs.map(f => f()).join())":                                                 "0,1,2\n",
		"try { null.x } catch (e) { console.log(e.name, e.message) } finally { console.log('end') }":                                                        "TypeError Cannot read properties of null (reading 'x')\nend\n",
		"console.log(JSON.stringify({ a: [1, 'x', null], b: undefined }), JSON.parse('{\"z\":1,\"a\":2}'))":                                                 "{\"a\":[1,\"x\",null]} { z: 1, a: 2 }\n",
		"console.log('a-b_c'.split(/[-_]/), 'x1y2'.replace(/\\d/g, d => d * 2), /^\\d+$/.test('12'))":                                                       "[ 'a', 'b', 'c' ] x2y4 true\n",
		"const o = null; console.log(o?.a?.b, o ?? 'none', typeof o, typeof nosuch)":                                                                        "undefined none object undefined\n",
		"switch (2) { case 1: console.log(1); case 2: console.log(2); case 3: console.log(3); break; default: console.log(4) }":                             "2\n3\n",
	} {
		if out, status := do(t, world(t, nil), "node", "-e", source); out != want || status != 0 {
			t.Errorf("%s\n got %q, status %d\nwant %q", source, out, status, want)
		}
	}
}

func TestAsyncFunctionsTakeTurns(t *testing.T) {
	out, status := do(t, world(t, nil), "node", "-e", `
const sleep = ms => new Promise(done => setTimeout(done, ms))
async function work(name, ms) { console.log(name, 1); await sleep(ms); console.log(name, 2); return name }
Promise.all([work('a', 200), work('b', 100)]).then(v => console.log(v))
work('c', 50).then(() => { throw new Error('late') }).catch(e => console.log(e.message))
let n = 0; const id = setInterval(() => { if (++n == 3) clearInterval(id); console.log('tick') }, 1000)
console.log('sync')`)
	want := "a 1\nb 1\nc 1\nsync\nc 2\nlate\nb 2\na 2\n[ 'a', 'b' ]\ntick\ntick\ntick\n"
	if out != want || status != 0 {
		t.Errorf("status %d, printed\n%swant\n%s", status, out, want)
	}
}

func TestFailuresHaveNodesWords(t *testing.T) {
	for source, says := range map[string][]string{
		"const express = require('express')":              {"node:internal/modules/cjs/loader:1404\n  throw err;", "Error: Cannot find module 'express'\nRequire stack:\n- /app.js\n", "code: 'MODULE_NOT_FOUND'", "\nNode.js v22.21.1\n"},
		"let a = 1\nconst = 5":                            {"/app.js:2\nconst = 5\n      ^\n\nSyntaxError: Unexpected token '='\n"},
		"function f() {\n  throw new Error('no')\n}\nf()": {"/app.js:2\n  throw new Error('no')\n", "Error: no\n    at f (/app.js:2:", "    at Object.<anonymous> (/app.js:4:1)\n"},
		"Promise.reject(new Error('unheard'))":            {"Error: unheard\n"},
		"x = y + 1":                                       {"ReferenceError: y is not defined\n"},
		"const a = 1; a = 2":                              {"TypeError: Assignment to constant variable.\n"},
		"function* g() {}":                                {"SyntaxError: drydock: a generator is part of JavaScript or Node.js, but this simulator's node does not have it\n"},
		"require('zlib')":                                 {"the module 'zlib' is part of JavaScript or Node.js, but this simulator's node does not have it"},
		"function f() { return f() } f()":                 {"RangeError: Maximum call stack size exceeded\n"},
	} {
		out, status := do(t, world(t, map[string]string{"/app.js": source}), "node", "/app.js")
		if status != 1 {
			t.Errorf("%s: status %d", source, status)
		}
		for _, want := range says {
			if !strings.Contains(out, want) {
				t.Errorf("%s printed\n%s\nwithout %q", source, out, want)
			}
		}
	}
}

const expressApp = `
const express = require('express')
const app = express()
app.use(express.json())
app.use((req, res, next) => { req.seen = true; next() })
app.get('/', (req, res) => res.send('home ' + req.seen))
app.get('/users/:id', async (req, res) => { await new Promise(r => setTimeout(r, 500)); res.json({ id: req.params.id, q: req.query.q }) })
app.post('/echo', (req, res) => res.status(201).json(req.body))
app.get('/boom', () => { throw new Error('boom') })
app.use((err, req, res, next) => res.status(500).send('caught ' + err.message))
app.get('/crash', () => process.exit(3))
app.listen(process.env.PORT || 3000, () => console.log('ready'))
`

func TestExpressAnswers(t *testing.T) {
	m := world(t, map[string]string{"/app.js": expressApp, "/node_modules/express/index.js": ""})
	server, err := m.Start(machine.Spec{Args: []string{"node", "/app.js"}})
	if err != nil {
		t.Fatal(err)
	}
	m.Site.Clock.Run()
	ask := func(method, path, body string) machine.Response {
		conn, err := m.Net.Dial("localhost", 3000, "tcp")
		if err != nil {
			t.Fatal(err)
		}
		return conn.Do(machine.Request{Proto: "http", Method: method, Path: path, Body: body, Header: []string{"Content-Type: application/json"}})
	}
	for _, tc := range []struct {
		method, path, body, want string
		status                   int
		delay                    time.Duration
	}{
		{"GET", "/", "", "home true", 200, 0},
		{"GET", "/users/7?q=x", "", `{"id":"7","q":"x"}`, 200, 500 * time.Millisecond},
		{"POST", "/echo", `{"a":[1]}`, `{"a":[1]}`, 201, 0},
		{"GET", "/boom", "", "caught boom", 500, 0},
	} {
		if got := ask(tc.method, tc.path, tc.body); got.Body != tc.want || got.Status != tc.status || got.Delay != tc.delay {
			t.Errorf("%s %s: %+v", tc.method, tc.path, got)
		}
	}
	if got := ask("GET", "/nope", ""); got.Status != 404 || !strings.Contains(got.Body, "Cannot GET /nope") {
		t.Errorf("no such page: %+v", got)
	}
	if got := ask("GET", "/crash", ""); got.Err == nil || !server.Done() || server.Status() != 3 {
		m.Site.Clock.Run()
		if !server.Done() || server.Status() != 3 {
			t.Errorf("process.exit: %+v, done %v, status %d", got, server.Done(), server.Status())
		}
	}
}

func TestEndlessLoopLetsTimePass(t *testing.T) {
	m := world(t, nil)
	before := m.Site.Clock.Elapsed()
	do(t, m, "node", "-e", "while (true) {}")
	if m.Site.Clock.Elapsed()-before < time.Minute {
		t.Fatal("the loop held the clock")
	}
}

func FuzzRun(f *testing.F) {
	f.Add("const a = [1, 2].map(x => x * 2); console.log(`${a}`, { a, ...{ b: 1 } })")
	f.Add("class A extends Error { constructor() { super('x') } } try { throw new A() } catch ({ message }) { console.log(message) }")
	f.Add("async function f() { for (const x of [1]) await x } f(); setTimeout(() => process.exit(2), 10)")
	f.Add(expressApp)
	f.Add("'abc'.replace(/(b)/g, '[$1]').padStart(9).split('')[0]?.at(-1) ?? 1")
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 2000 {
			return
		}
		m := world(t, map[string]string{"/app.js": source, "/node_modules/express/index.js": ""})
		var out bytes.Buffer
		p, err := m.Start(machine.Spec{Args: []string{"node", "/app.js"}, Stdout: &out, Stderr: &out})
		if err == nil {
			m.Site.Clock.RunUntil(3*time.Second, p.Done)
		}
	})
}
