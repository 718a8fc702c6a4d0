package golang

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Command is the go command of a version ("1.26.3").
func Command(version string) machine.Main {
	return func(p *machine.Process) int {
		if len(p.Args) < 2 {
			p.Errorf("Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n")
			return 2
		}
		switch verb := p.Args[1]; verb {
		case "version":
			p.Printf("go version go%s linux/amd64\n", version)
			return 0
		case "env":
			return env(p, version)
		case "build":
			return build(p)
		case "run":
			return run(p)
		case "mod":
			return mod(p, version)
		case "vet", "fmt":
			return 0
		case "test", "get", "install", "generate", "list", "doc", "tool", "work", "clean", "fix", "bug", "telemetry":
			p.Errorf("go: 'go %s' is part of Go, but this simulator does not have it\n", verb)
			return 1
		default:
			p.Errorf("go %s: unknown command\nRun 'go help' for usage.\n", verb)
			return 2
		}
	}
}

func env(p *machine.Process, version string) int {
	known := [][2]string{{"GOARCH", "amd64"}, {"GOOS", "linux"}, {"GOPATH", "/go"}, {"GOROOT", "/usr/local/go"}, {"GOVERSION", "go" + version}, {"CGO_ENABLED", "1"}}
	for _, kv := range known {
		value := kv[1]
		if v, ok := p.Env.Lookup(kv[0]); ok {
			value = v
		}
		if len(p.Args) > 2 {
			if p.Args[2] == kv[0] {
				p.Printf("%s\n", value)
			}
			continue
		}
		p.Printf("%s='%s'\n", kv[0], value)
	}
	return 0
}

// request is what go build and go run are asked for.
type request struct {
	out   string
	files []string // as named on the command line
	args  []string // for go run
}

func parseRequest(p *machine.Process) (request, bool) {
	var r request
	words := p.Args[2:]
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-o" && i+1 < len(words):
			i++
			r.out = words[i]
		case strings.HasPrefix(w, "-o="):
			r.out = w[3:]
		case (w == "-ldflags" || w == "-tags" || w == "-mod" || w == "-gcflags" || w == "-p") && i+1 < len(words):
			i++
		case strings.HasPrefix(w, "-"):
		case strings.HasSuffix(w, ".go"):
			r.files = append(r.files, w)
		case p.Args[1] == "run" && len(r.files) > 0:
			r.args = append(r.args, w)
		default:
			r.files = append(r.files, w)
		}
	}
	return r, true
}

// sources reads the files that a request means, by base name, and the name that
// the program gets.
func sources(p *machine.Process, r request) (map[string]string, string, error) {
	dir, module := p.Dir, ""
	if len(r.files) == 0 || !strings.HasSuffix(r.files[0], ".go") {
		if len(r.files) > 0 {
			dir = p.Abs(strings.TrimSuffix(r.files[0], "/..."))
		}
		text, err := p.FS.ReadFile(path.Join(p.Dir, "go.mod"))
		if err != nil {
			return nil, "", fmt.Errorf("go: go.mod file not found in current directory or any parent directory; see 'go help modules'")
		}
		for _, line := range strings.Split(string(text), "\n") {
			if name, ok := strings.CutPrefix(line, "module "); ok {
				module = strings.TrimSpace(name)
			}
		}
		return readDir(p, dir, path.Base(orDot(module)))
	}
	files := map[string]string{}
	for _, name := range r.files {
		data, err := p.FS.ReadFile(p.Abs(name))
		if err != nil {
			return nil, "", fmt.Errorf("no required module provides package %s; to add it:\n\tgo get %s", name, name)
		}
		files[path.Base(name)] = string(data)
	}
	return files, strings.TrimSuffix(path.Base(r.files[0]), ".go"), nil
}

func orDot(s string) string {
	if s == "" {
		return "main"
	}
	return s
}

func readDir(p *machine.Process, dir, name string) (map[string]string, string, error) {
	entries, err := p.FS.ReadDir(dir)
	if err != nil {
		return nil, "", fmt.Errorf("stat %s: directory not found", dir)
	}
	files := map[string]string{}
	for _, e := range entries {
		if strings.HasSuffix(e.Name, ".go") && !strings.HasSuffix(e.Name, "_test.go") && !e.Node.IsDir() {
			files[e.Name] = string(e.Node.Data)
		}
	}
	if len(files) == 0 {
		return nil, "", fmt.Errorf("no Go files in %s", dir)
	}
	return files, name, nil
}

// compiled takes the time that a compiler takes and prints its errors.
func compiled(p *machine.Process, files map[string]string) (*Program, bool) {
	p.Use(250 << 20)
	p.Sleep(4 * time.Second)
	prog, errs := Compile(files)
	p.Use(20 << 20)
	if len(errs) == 0 {
		return prog, true
	}
	p.Errorf("# command-line-arguments\n")
	for i, e := range errs {
		if i == maxErrors {
			p.Errorf("%s: too many errors\n", strings.SplitN(e, ": ", 2)[0])
			break
		}
		p.Errorf("%s\n", e)
	}
	return nil, false
}

func build(p *machine.Process) int {
	r, _ := parseRequest(p)
	files, name, err := sources(p, r)
	if err != nil {
		p.Errorf("%s\n", err)
		return 1
	}
	if _, ok := compiled(p, files); !ok {
		return 1
	}
	out := p.Abs(name)
	if r.out != "" {
		out = p.Abs(r.out)
		if n, err := p.FS.Stat(out); err == nil && n.IsDir() {
			out = path.Join(out, name)
		}
	}
	data, err := json.Marshal(binary{files})
	if err == nil {
		err = p.FS.Put(out, &vfs.Node{Mode: 0o755, UID: p.User.UID, GID: p.User.GID, Data: data, Program: BinaryProgram, Bulk: binarySize})
	}
	if err != nil {
		p.Errorf("go: open %s: %s\n", out, err)
		return 1
	}
	return 0
}

func run(p *machine.Process) int {
	r, _ := parseRequest(p)
	files, _, err := sources(p, r)
	if err != nil {
		p.Errorf("%s\n", err)
		return 1
	}
	prog, ok := compiled(p, files)
	if !ok {
		return 1
	}
	p.Args = append([]string{"/tmp/go-build/main"}, r.args...)
	status := prog.Run(p)
	if status != 0 {
		p.Errorf("exit status %d\n", status)
		return 1
	}
	return 0
}

func mod(p *machine.Process, version string) int {
	verb := ""
	if len(p.Args) > 2 {
		verb = p.Args[2]
	}
	switch verb {
	case "init":
		if len(p.Args) < 4 {
			p.Errorf("go: cannot determine module path for source directory %s (outside GOPATH, module path must be specified)\n", p.Dir)
			return 1
		}
		text := "module " + p.Args[3] + "\n\ngo " + version + "\n"
		if err := p.FS.WriteFile(p.Abs("go.mod"), []byte(text), 0o644, p.User.UID, p.User.GID); err != nil {
			p.Errorf("go: %s\n", err)
			return 1
		}
		p.Errorf("go: creating new go.mod: module %s\n", p.Args[3])
		return 0
	case "download", "tidy", "verify":
		if !p.FS.Exists(p.Abs("go.mod")) {
			p.Errorf("go: go.mod file not found in current directory or any parent directory; see 'go help modules'\n")
			return 1
		}
		p.Sleep(300 * time.Millisecond)
		return 0
	}
	p.Errorf("go mod %s: unknown command\nRun 'go help mod' for usage.\n", verb)
	return 2
}
