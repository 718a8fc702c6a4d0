package golang

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// world is a machine with the go command and a main.go in its home.
func world(t testing.TB, source string) *machine.Machine {
	t.Helper()
	site := machine.NewSite(clock.New(1, time.Unix(0, 0).UTC()))
	t.Cleanup(site.Clock.Close)
	programs := map[string]machine.Main{"go": Command("1.26.8"), BinaryProgram: Binary}
	site.Programs = func(name string) machine.Main { return programs[name] }
	base := vfs.NewLayer()
	base.Put("/usr/bin/go", vfs.Exec("go", 0))
	base.Put("/root/main.go", vfs.File(source, 0o644))
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

func program(body string, imports ...string) string {
	text := "package main\n"
	for _, im := range imports {
		text += "import \"" + im + "\"\n"
	}
	return text + "func main() {\n" + body + "\n}\n"
}

func TestProgramsDoWhatGoDoes(t *testing.T) {
	for _, tc := range []struct{ name, source, want string }{
		{"hello", program(`fmt.Println("hello", 1+2*3, 7/2, 7.0/2)`, "fmt"), "hello 7 3 3.5\n"},
		{"loop and branch", program(`for i := 0; i < 5; i++ { if i == 1 { continue }; if i > 3 { break }; fmt.Print(i, " ") }`, "fmt"), "0 2 3 "},
		{"range", program(`for i, s := range []string{"a", "b"} { fmt.Printf("%d=%s;", i, s) }; for i := range 3 { fmt.Print(i) }`, "fmt"), "0=a;1=b;012"},
		{"functions and closures", "package main\nimport \"fmt\"\nvar n = 2\nfunc twice(x int) int { return x * n }\nfunc main() { add := func(a, b int) int { return a + b }; fmt.Println(add(twice(3), 1)) }", "7\n"},
		{"two results", program(`n, err := strconv.Atoi("x1"); if err != nil { fmt.Println(n, err.Error()) }`, "fmt", "strconv"), "0 strconv.Atoi: parsing \"x1\": invalid syntax\n"},
		{"switch", program(`switch s := "b"; s { case "a": fmt.Print(1); case "b", "c": fmt.Print(2); default: fmt.Print(3) }`, "fmt"), "2"},
	} {
		out, status := do(t, world(t, tc.source), "go", "run", "main.go")
		if out != tc.want || status != 0 {
			t.Errorf("%s: %q, status %d, want %q", tc.name, out, status, tc.want)
		}
	}
}

func TestBuildSaysWhatIsWrongOrBeyondIt(t *testing.T) {
	for _, tc := range []struct{ source, says string }{
		{program(`fmt.Println("a"`, "fmt"), "./main.go:4:16: syntax error:"},
		{program(`println("x")`, "fmt"), `./main.go:2:8: "fmt" imported and not used`},
		{program(`go func() {}()`), "a goroutine is Go, but this simulator's go cannot build it"},
		{program(`_ = gin.New()`, "github.com/gin-gonic/gin"), "no required module provides package github.com/gin-gonic/gin"},
	} {
		out, status := do(t, world(t, tc.source), "go", "build", "main.go")
		if status != 1 || !strings.Contains(out, tc.says) {
			t.Errorf("%s\nstatus %d, printed %q, want %q", tc.source, status, out, tc.says)
		}
	}
}

func TestBuiltServerAnswersWithoutItsSource(t *testing.T) {
	m := world(t, program(`
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "at %s", r.URL.Path) })
	http.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { http.Error(w, "gone", http.StatusNotFound) })
	log.Fatal(http.ListenAndServe(":8080", nil))`, "fmt", "log", "net/http"))
	if out, status := do(t, m, "go", "build", "-o", "/app", "main.go"); status != 0 {
		t.Fatalf("build: %s", out)
	}
	if err := m.FS.Remove("/root/main.go"); err != nil {
		t.Fatal(err)
	}
	server, err := m.Start(machine.Spec{Args: []string{"/app"}})
	if err != nil {
		t.Fatal(err)
	}
	m.Site.Clock.Run()
	for path, want := range map[string]string{"/x": "at /x", "/gone": "gone\n"} {
		conn, err := m.Net.Dial("localhost", 8080, "tcp")
		if err != nil {
			t.Fatal(err)
		}
		if got := conn.Do(machine.Request{Proto: "http", Method: "GET", Path: path}); got.Body != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if out, status := do(t, m, "/app"); status != 1 || !strings.Contains(out, "bind: address already in use") {
		t.Errorf("a second one: %q, status %d", out, status)
	}
	server.Signal(machine.SIGTERM)
	m.Site.Clock.Run()
	if server.Status() != 2 {
		t.Errorf("after TERM: status %d", server.Status())
	}
}

func TestEndlessLoopLetsTimePass(t *testing.T) {
	m := world(t, program("for { }"))
	before := m.Site.Clock.Elapsed()
	do(t, m, "go", "run", "main.go")
	if m.Site.Clock.Elapsed()-before < time.Minute {
		t.Fatal("the loop held the clock")
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(program(`fmt.Println("hello")`, "fmt"))
	f.Add("package main\nfunc main() { for i := range 3 { switch i { case 1: break } } }")
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 2000 {
			return
		}
		m := world(t, source)
		var out bytes.Buffer
		p, err := m.Start(machine.Spec{Args: []string{"go", "run", "main.go"}, Stdout: &out, Stderr: &out})
		if err == nil {
			m.Site.Clock.RunUntil(6*time.Second, p.Done)
		}
	})
}
