package python

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// lab is a machine to run scripts on.
type lab struct {
	t    *testing.T
	site *machine.Site
	m    *machine.Machine
}

func newLab(t *testing.T, packages ...string) *lab {
	t.Helper()
	s := machine.NewSite(clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)))
	t.Cleanup(s.Clock.Close)
	s.Programs = func(string) machine.Main { return nil }
	base := vfs.NewLayer()
	base.Put("/app", vfs.Dir(0o755))
	for _, p := range packages {
		base.Put("/usr/local/lib/python3.12/site-packages/"+p, vfs.Dir(0o755))
	}
	return &lab{t, s, s.Add(machine.Config{Name: "laptop", Owner: machine.Root(), Base: []*vfs.Layer{base}})}
}

// start runs a source as /app/app.py and lets d pass.
func (l *lab) start(src string, d time.Duration, env ...string) (*machine.Process, *bytes.Buffer, *bytes.Buffer) {
	l.t.Helper()
	if err := l.m.FS.WriteFile("/app/app.py", []byte(src), 0o644, 0, 0); err != nil {
		l.t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p, err := l.m.Start(machine.Spec{Args: []string{"python", "app.py"}, Main: Main("3.12.12"), Dir: "/app", Stdout: &out, Stderr: &errs,
		Env: machine.NewEnv(append([]string{"PATH=/bin"}, env...)...)})
	if err != nil {
		l.t.Fatal(err)
	}
	l.site.Clock.Advance(d)
	return p, &out, &errs
}

func (l *lab) get(port int, path string) machine.Response {
	l.t.Helper()
	conn, err := l.m.Net.Dial("localhost", port, "tcp")
	if err != nil {
		l.t.Fatalf("connecting to port %d: %v", port, err)
	}
	return conn.Do(machine.Request{Proto: "http", Method: "GET", Host: "localhost", Path: path, Header: []string{"User-Agent: test"}})
}

func TestSmallScripts(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"printing":       {"x = 3\nprint('x is', x, sep=': ')\nprint(f'{x:>4}|{x*1.5:.2f}|{x!r}')", "x is: 3\n   3|4.50|3\n"},
		"loops":          {"for i in range(3):\n    if i == 1: continue\n    print(i)\nelse:\n    print('done')", "0\n2\ndone\n"},
		"functions":      {"def f(a, b=2, *args, **kw):\n    return a + b + len(args) + len(kw)\nprint(f(1), f(1, 3, 4, x=5))", "3 6\n"},
		"classes":        {"class A:\n    n = 0\n    def __init__(self, x):\n        self.x = x\n    def double(self):\n        return self.x * 2\nclass B(A):\n    def double(self):\n        return super().double() + 1\nprint(B(4).double(), A.n)", "9 0\n"},
		"dictionaries":   {"d = {'b': 1, 'a': 2}\nd['c'] = 3\nprint(d, sorted(d), d.get('x', 0), [k for k, v in d.items() if v > 1])", "{'b': 1, 'a': 2, 'c': 3} ['a', 'b', 'c'] 0 ['a', 'c']\n"},
		"exceptions":     {"try:\n    int('x')\nexcept ValueError as e:\n    print('no:', e)\nfinally:\n    print('end')", "no: invalid literal for int() with base 10: 'x'\nend\n"},
		"environment":    {"import os\nprint(os.environ.get('COLOR', 'none'), os.getenv('SIZE'), 'PATH' in os.environ)", "red None True\n"},
		"text":           {"s = 'Hello, World'\nprint(s.upper(), s[0:5], s[-1], s.split(', '), '-'.join(['a', 'b']), s.replace('l', 'L', 1))", "HELLO, WORLD Hello d ['Hello', 'World'] a-b HeLlo, World\n"},
		"json":           {"import json\nprint(json.dumps({'a': [1, None, True]}), json.loads('{\"x\": 1.5}')['x'])", "{\"a\": [1, null, true]} 1.5\n"},
		"unpacking":      {"a, *b = [1, 2, 3]\n(c, d), e = (4, 5), 6\na, c = c, a\nprint(a, b, c, d, e)", "4 [2, 3] 1 5 6\n"},
		"files":          {"with open('/app/x.txt', 'w') as f:\n    f.write('one\\ntwo\\n')\nfor line in open('/app/x.txt'):\n    print(line.strip())", "one\ntwo\n"},
		"globals":        {"n = 0\ndef up():\n    global n\n    n += 1\nup(); up()\nprint(n)", "2\n"},
		"closures":       {"def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up\nu = make(); u()\nprint(u())", "2\n"},
		"conditional":    {"x = None\nprint('none' if x is None else 'some', not x, 1 < 2 < 3, 2 in (1, 2))", "none True True True\n"},
		"division":       {"print(7 // 2, -7 // 2, 7 % -3, 2 ** 10, 1 / 4, 10 / 5)", "3 -4 -2 1024 0.25 2.0\n"},
		"percent":        {"print('%s has %d (%.1f%%)' % ('a', 3, 12.345))", "a has 3 (12.3%)\n"},
		"time":           {"import time, datetime\ntime.sleep(2)\nprint(datetime.datetime.now().strftime('%H:%M:%S'))", "08:00:02\n"},
		"main guard":     {"def main():\n    print('ran')\nif __name__ == '__main__':\n    main()", "ran\n"},
		"decorators":     {"def twice(f):\n    def inner(*a):\n        return f(*a) * 2\n    return inner\n@twice\ndef three():\n    return 3\nprint(three())", "6\n"},
		"sets and sorts": {"print(len({1, 2, 2}), sorted([3, 1, 2], key=lambda x: -x), max('abc'), sum([1, 2.5]))", "2 [3, 2, 1] c 3.5\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p, out, errs := newLab(t).start(c.src, 10*time.Second, "COLOR=red")
			if out.String() != c.want || errs.Len() > 0 || !p.Done() || p.Status() != 0 {
				t.Errorf("got %q and %q, status %d; want %q", out, errs, p.Status(), c.want)
			}
		})
	}
}

func TestScriptsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		src, want string
		status    int
	}{
		"a missing package": {"import flask\n", "Traceback (most recent call last):\n  File \"/app/app.py\", line 1, in <module>\n    import flask\nModuleNotFoundError: No module named 'flask'\n", 1},
		"division by zero":  {"x = 1\ny = x / 0\n", "Traceback (most recent call last):\n  File \"/app/app.py\", line 2, in <module>\n    y = x / 0\n        ^^^^^\nZeroDivisionError: division by zero\n", 1},
		"a missing key":     {"import os\nprint(os.environ['DB'])", "Traceback (most recent call last):\n  File \"/app/app.py\", line 2, in <module>\n    print(os.environ['DB'])\n          ^^^^^^^^^^^^^^^^\nKeyError: 'DB'\n", 1},
		"raise":             {"def f():\n    raise RuntimeError('boom')\nf()", "Traceback (most recent call last):\n  File \"/app/app.py\", line 3, in <module>\n    f()\n  File \"/app/app.py\", line 2, in f\n    raise RuntimeError('boom')\nRuntimeError: boom\n", 1},
		"a syntax error":    {"print 'x'\n", "  File \"/app/app.py\", line 1\n    print 'x'\n          ^^^\nSyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?\n", 1},
		"sys.exit":          {"import sys\nsys.exit(3)", "", 3},
		"exit with a text":  {"import sys\nsys.exit('no config')", "no config\n", 1},
		"beyond the subset": {"def f():\n    import subprocess\n    subprocess.run(['ls'])\nf()", "python: subprocess.run: Python has this, but this simulator does not (/app/app.py, line 3)\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, errs := newLab(t).start(c.src, 10*time.Second)
			if errs.String() != c.want || !p.Done() || p.Status() != c.status {
				t.Errorf("status %d (want %d), got\n%s\nwant\n%s", p.Status(), c.status, errs, c.want)
			}
		})
	}
}

func TestPrintedTextWaitsInTheBufferOfAPipe(t *testing.T) {
	src := "import time\nprint('starting')\nprint('now', flush=True)\nprint('later')\ntime.sleep(100)\n"
	_, out, _ := newLab(t).start("import time\nprint('starting')\ntime.sleep(100)\n", 10*time.Second)
	if out.Len() > 0 {
		t.Errorf("without flush something was printed: %q", out)
	}
	if _, out, _ = newLab(t).start(src, 10*time.Second); out.String() != "starting\nnow\n" {
		t.Errorf("with flush: %q", out)
	}
	if _, out, _ = newLab(t).start(src, 10*time.Second, "PYTHONUNBUFFERED=1"); out.String() != "starting\nnow\nlater\n" {
		t.Errorf("unbuffered: %q", out)
	}
}

func TestAServerOfTheStandardLibrary(t *testing.T) {
	l := newLab(t)
	p, out, errs := l.start(`
import os, socket
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{os.environ.get('GREETING')}!\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

print("listening on 8000", flush=True)
HTTPServer(("", 8000), Handler).serve_forever()
`, time.Second, "GREETING=Howdy")
	if r := l.get(8000, "/"); r.Status != 200 || r.Body != "Howdy!\n" {
		t.Errorf("answer: %+v (%s)", r, errs)
	}
	if out.String() != "listening on 8000\n" || !strings.Contains(errs.String(), `"GET / HTTP/1.1" 200 -`) {
		t.Errorf("printed %q and %q", out, errs)
	}
	p.Signal(machine.SIGINT)
	l.site.Clock.Advance(time.Second)
	if !p.Done() || !strings.Contains(errs.String(), "KeyboardInterrupt") {
		t.Errorf("after SIGINT: done %v, %s", p.Done(), errs)
	}
}

func TestAFlaskApplication(t *testing.T) {
	l := newLab(t, "flask")
	_, out, errs := l.start(`
from flask import Flask, jsonify, request
app = Flask(__name__)

@app.route("/")
def index():
    return "Hello"

@app.route("/users/<int:n>")
def user(n):
    return jsonify(id=n, name=request.args.get("name", "x"))

@app.route("/bad")
def bad():
    return 1 / 0

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000)
`, time.Second)
	if r := l.get(5000, "/"); r.Status != 200 || r.Body != "Hello" {
		t.Errorf("index: %+v\n%s", r, errs)
	}
	if r := l.get(5000, "/users/7?name=ada"); r.Body != "{\"id\":7,\"name\":\"ada\"}\n" {
		t.Errorf("user: %+v\n%s", r, errs)
	}
	if r := l.get(5000, "/nosuch"); r.Status != 404 || !strings.Contains(r.Body, "<h1>Not Found</h1>") {
		t.Errorf("missing page: %+v", r)
	}
	if r := l.get(5000, "/bad"); r.Status != 500 || !strings.Contains(errs.String(), "ZeroDivisionError: division by zero") {
		t.Errorf("failing page: %+v\n%s", r, errs)
	}
	if !strings.HasPrefix(out.String(), " * Serving Flask app 'app'\n * Debug mode: off\n") || !strings.Contains(errs.String(), " * Running on http://127.0.0.1:5000\n") {
		t.Errorf("start: %q %q", out, errs)
	}
}

func TestABusyLoopCostsLittle(t *testing.T) {
	l := newLab(t)
	p, _, _ := l.start("n = 0\nwhile True:\n    n += 1\n", time.Hour)
	if p.Done() {
		t.Error("the loop ended")
	}
}

func TestMemoryOfBigValuesCounts(t *testing.T) {
	l := newLab(t)
	group := &machine.Group{Name: "c", MemoryLimit: 64 << 20}
	if err := l.m.FS.WriteFile("/app/app.py", []byte("chunks = []\nwhile True:\n    chunks.append('x' * 10_000_000)\n    print(len(chunks), flush=True)\n"), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p, err := l.m.Start(machine.Spec{Args: []string{"python", "app.py"}, Main: Main("3.12.12"), Dir: "/app", Stdout: &out, Group: group})
	if err != nil {
		t.Fatal(err)
	}
	l.site.Clock.Advance(time.Minute)
	if !p.Done() || p.Status() != 137 || !group.OOMKilled {
		t.Errorf("done %v, status %d, OOM %v after %q", p.Done(), p.Status(), group.OOMKilled, out.String())
	}
}

func FuzzScripts(f *testing.F) {
	f.Add("print(1)\nfor i in range(3):\n  x = [i]*2\nprint(f'{x!r:>{3}}')")
	f.Add("class A(B):\n  def f(self, *a, **k): return lambda x: x[1:2]\ntry:\n  A()\nexcept (E, F) as e: raise\n")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 {
			return
		}
		l := newLab(t)
		l.start(src, time.Second)
	})
}
