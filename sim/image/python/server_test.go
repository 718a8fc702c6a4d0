package python

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/machine"
)

func TestTheFirstProcessOfAContainerNeedsAHandlerToStop(t *testing.T) {
	for name, c := range map[string]struct {
		src    string
		status int
	}{
		"without": {"import time\nwhile True:\n    time.sleep(1)\n", -1},
		"with":    {"import signal, sys, time\ndef stop(number, frame):\n    print('stopping', number, flush=True)\n    sys.exit(0)\nsignal.signal(signal.SIGTERM, stop)\nwhile True:\n    time.sleep(60)\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			if err := l.m.FS.WriteFile("/app/app.py", []byte(c.src), 0o644, 0, 0); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			p, err := l.m.Start(machine.Spec{Args: []string{"python", "app.py"}, Main: Main("3.12.12"), Dir: "/app", Stdout: &out, Group: &machine.Group{}})
			if err != nil {
				t.Fatal(err)
			}
			l.site.Clock.Advance(3 * time.Second)
			p.Signal(machine.SIGTERM)
			l.site.Clock.Advance(3 * time.Second)
			if p.Done() != (c.status >= 0) || p.Done() && (p.Status() != c.status || out.String() != "stopping 15\n") {
				t.Errorf("done %v, status %d, %q", p.Done(), p.Status(), out.String())
			}
		})
	}
}

func TestPlacesInsideFStringsAreMarked(t *testing.T) {
	_, _, errs := newLab(t).start("name = 'x'\nprint(f'hi {name} {nosuch()}!')\n", time.Second)
	want := "    print(f'hi {name} {nosuch()}!')\n                       ^^^^^^\nNameError: name 'nosuch' is not defined\n"
	if !strings.HasSuffix(errs.String(), want) {
		t.Errorf("got\n%s\nwant the end\n%s", errs, want)
	}
}

func TestFastAPIUnderUvicorn(t *testing.T) {
	l := newLab(t, "fastapi", "uvicorn")
	src := "from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\nasync def root():\n    return {'message': 'Hello World'}\n\n@app.get('/items/{item_id}')\ndef item(item_id: int, q: str = None):\n    return {'item_id': item_id, 'q': q}\n"
	if err := l.m.FS.WriteFile("/app/main.py", []byte(src), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p, err := l.m.Start(machine.Spec{Args: []string{"uvicorn", "main:app", "--host", "0.0.0.0", "--port", "80"}, Main: Script("uvicorn", "3.12.12"), Dir: "/app", Stdout: &out, Stderr: &errs})
	if err != nil {
		t.Fatal(err)
	}
	l.site.Clock.Advance(time.Second)
	if r := l.get(80, "/"); r.Status != 200 || r.Body != `{"message":"Hello World"}` {
		t.Errorf("root: %+v\n%s", r, errs.String())
	}
	if r := l.get(80, "/items/5?q=x"); r.Body != `{"item_id":5,"q":"x"}` {
		t.Errorf("item: %+v\n%s", r, errs.String())
	}
	p.Signal(machine.SIGTERM)
	l.site.Clock.Advance(time.Second)
	if !p.Done() || !strings.Contains(errs.String(), "Application shutdown complete.") {
		t.Errorf("after TERM: %v\n%s", p.Done(), errs.String())
	}
}

func TestThreadsShareTheScriptsValues(t *testing.T) {
	src := "import threading, time\nseen = []\ndef work(n):\n    time.sleep(n)\n    seen.append(n)\nthreads = [threading.Thread(target=work, args=(n,)) for n in (2, 1)]\nfor t in threads:\n    t.start()\nfor t in threads:\n    t.join()\nprint(seen)\n"
	_, out, errs := newLab(t).start(src, 10*time.Second)
	if out.String() != "[1, 2]\n" || errs.Len() > 0 {
		t.Errorf("got %q %q", out, errs)
	}
}

func TestAServersSlowHandlerDelaysItsAnswerOnly(t *testing.T) {
	l := newLab(t, "flask")
	l.start("import time\nfrom flask import Flask\napp = Flask(__name__)\n@app.route('/slow')\ndef slow():\n    time.sleep(3)\n    return 'done'\napp.run(port=5000)\n", time.Second)
	if r := l.get(5000, "/slow"); r.Body != "done" || r.Delay != 3*time.Second {
		t.Errorf("answer: %+v", r)
	}
}
