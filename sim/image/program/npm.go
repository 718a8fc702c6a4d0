package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// npmPackage is a package.json as far as npm's commands here need it.
type npmPackage struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Scripts         map[string]string `json:"scripts"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
}

// npmRun is a run of npm.
type npmRun struct {
	process *machine.Process
	version string
	dir     string
	words   []string
	dev     bool // with the packages for development
	silent  bool
}

// npm is npm of a version ("10.9.4").
func npm(version string) machine.Main {
	return func(p *machine.Process) int {
		n := &npmRun{process: p, version: version, dir: p.Dir, dev: p.Env.Get("NODE_ENV") != "production"}
		for _, w := range p.Args[1:] {
			switch {
			case w == "-v" || w == "--version":
				p.Printf("%s\n", version)
				return 0
			case w == "--omit=dev" || w == "--production" || w == "--only=production":
				n.dev = false
			case w == "-s" || w == "--silent":
				n.silent = true
			case w == "--":
			case strings.HasPrefix(w, "-") && len(n.words) == 0 || strings.HasPrefix(w, "-") && n.words[0] != "run" && n.words[0] != "start":
			default:
				n.words = append(n.words, w)
			}
		}
		if len(n.words) == 0 {
			p.Printf("npm <command>\n\nUsage:\n\nnpm install        install all the dependencies in your project\nnpm install <foo>  add the <foo> dependency to your project\nnpm test           run this project's tests\nnpm run <foo>      run the script named <foo>\n\nnpm@%s /usr/local/lib/node_modules/npm\n", version)
			return 1
		}
		return n.command(n.words[0], n.words[1:])
	}
}

func (n *npmRun) command(verb string, rest []string) int {
	switch verb {
	case "install", "i", "add":
		return n.install(rest)
	case "ci", "clean-install":
		return n.clean()
	case "start", "test", "t", "stop", "restart":
		if verb == "t" {
			verb = "test"
		}
		return n.script(verb, rest)
	case "run", "run-script":
		if len(rest) == 0 {
			return n.listScripts()
		}
		return n.script(rest[0], rest[1:])
	case "init":
		return n.begin()
	case "ls", "list":
		return n.list()
	case "config", "set", "get":
		return 0
	case "audit", "fund":
		n.process.Printf("found 0 vulnerabilities\n")
		return 0
	case "cache":
		_ = n.process.FS.RemoveAll(n.process.User.Home + "/.npm/_cacache")
		return 0
	case "uninstall", "remove", "rm", "update", "outdated", "publish", "link", "view", "exec", "prune", "pack", "login", "search", "dedupe", "rebuild", "doctor":
		n.process.Errorf("npm: 'npm %s' is part of npm, but this simulator does not have it\n", verb)
		return 1
	}
	n.process.Errorf("Unknown command: %q\n\nTo see a list of supported npm commands, run:\n  npm help\n", verb)
	return 1
}

// read reads package.json; ok is false after an error was printed.
func (n *npmRun) read() (npmPackage, bool) {
	var pkg npmPackage
	file := path.Join(n.dir, "package.json")
	data, err := n.process.FS.ReadFile(file)
	if err != nil {
		n.fail("ENOENT", "syscall open", "path "+file, "errno -2", "enoent Could not read package.json: Error: ENOENT: no such file or directory, open '"+file+"'",
			"enoent This is related to npm not being able to find a file.", "enoent")
		return pkg, false
	}
	if err := json.Unmarshal(data, &pkg); err != nil {
		n.fail("EJSONPARSE", "path "+file, "JSON.parse "+err.Error(), "JSON.parse Failed to parse JSON data.", "JSON.parse Note: package.json must be actual JSON, not just JavaScript.")
		return pkg, false
	}
	return pkg, true
}

// fail prints an error as npm does.
func (n *npmRun) fail(code string, lines ...string) int {
	p := n.process
	if code != "" {
		p.Errorf("npm error code %s\n", code)
	}
	for _, line := range lines {
		p.Errorf("npm error %s\n", line)
	}
	stamp := strings.NewReplacer(":", "_", ".", "_").Replace(p.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	p.Errorf("npm error A complete log of this run can be found in: %s/.npm/_logs/%s-debug-0.log\n", p.User.Home, stamp)
	return 1
}

// wanted lists the packages of package.json, sorted.
func (n *npmRun) wanted(pkg npmPackage) []string {
	names := slices.Collect(mapKeys(pkg.Dependencies))
	if n.dev {
		names = append(names, slices.Collect(mapKeys(pkg.DevDependencies))...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// install installs what package.json asks for, and what is named, which it adds
// to package.json.
func (n *npmRun) install(rest []string) int {
	p := n.process
	var pkg npmPackage
	exists := p.FS.Exists(path.Join(n.dir, "package.json"))
	if exists || len(rest) == 0 {
		var ok bool
		if pkg, ok = n.read(); !ok {
			return 254
		}
	}
	all, err := readPackages("npm")
	if err != nil {
		return n.fail("", err.Error())
	}
	names := n.wanted(pkg)
	for _, w := range rest {
		name, _, _ := strings.Cut(strings.TrimPrefix(w, "@"), "@")
		if strings.HasPrefix(w, "@") {
			name = "@" + name
		}
		names = append(names, name)
	}
	if status := n.fetch(all, names, false); status != 0 {
		return status
	}
	if len(rest) > 0 {
		n.record(all, names[len(names)-len(rest):])
	}
	n.lock(pkg, all, names)
	return 0
}

// clean is npm ci: the packages of the lock file into a fresh node_modules.
func (n *npmRun) clean() int {
	p := n.process
	pkg, ok := n.read()
	if !ok {
		return 254
	}
	data, err := p.FS.ReadFile(path.Join(n.dir, "package-lock.json"))
	if err != nil {
		return n.fail("EUSAGE", "", "The `npm ci` command can only install with an existing package-lock.json or", "npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or",
			"later to generate a package-lock.json file, then try again.", "", "Clean install a project", "", "Usage:", "npm ci", "", "aliases: clean-install, ic, install-clean, isntall-clean", "", "Run \"npm help ci\" for more info")
	}
	names := n.wanted(pkg)
	for _, name := range names {
		if !bytes.Contains(data, []byte(`"node_modules/`+name+`"`)) && !bytes.Contains(data, []byte(`"`+name+`"`)) {
			return n.fail("EUSAGE", "", "`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.", "", "Missing: "+name+" from lock file", "")
		}
	}
	all, err := readPackages("npm")
	if err != nil {
		return n.fail("", err.Error())
	}
	_ = p.FS.RemoveAll(path.Join(n.dir, "node_modules"))
	return n.fetch(all, names, true)
}

// fetch downloads the packages that are not there yet.
func (n *npmRun) fetch(all map[string]*softwarePackage, names []string, clean bool) int {
	p := n.process
	var missing []*softwarePackage
	total := 0
	for _, name := range names {
		pkg := all[name]
		if pkg == nil {
			return n.fail("E404", "404 Not Found - GET https://registry.npmjs.org/"+strings.ReplaceAll(name, "/", "%2f")+" - Not found", "404", "404  '"+name+"@*' is not in this registry.", "404", "404 Note that you can also install from a", "404 tarball, folder, http url, or git folder.")
		}
		total += max(1, pkg.Count)
		if !p.FS.Exists(path.Join(n.dir, "node_modules", name)) {
			missing = append(missing, pkg)
		}
	}
	if err := p.MayChange(path.Join(n.dir, "node_modules")); err != nil && len(missing) > 0 {
		return n.fail("EACCES", "syscall mkdir", "path "+path.Join(n.dir, "node_modules"), "errno -13", "Error: EACCES: permission denied, mkdir '"+path.Join(n.dir, "node_modules")+"'")
	}
	begun := p.Now()
	if len(missing) > 0 && reach(p, "registry.npmjs.org") != nil {
		p.Sleep(60 * time.Second)
		return n.fail("EAI_AGAIN", "syscall getaddrinfo", "errno EAI_AGAIN", "request to https://registry.npmjs.org/"+missing[0].Name+" failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org")
	}
	added := 0
	for _, pkg := range missing {
		p.Sleep(downloadTime(pkg.bytes()) + time.Duration(pkg.Count)*10*time.Millisecond)
		if err := n.unpack(pkg); err != nil {
			return n.fail("ENOSPC", "syscall write", "errno -28", "nospc "+capital(err), "nospc There appears to be insufficient space on your system to finish.")
		}
		added += max(1, pkg.Count)
	}
	if n.silent {
		return 0
	}
	took := fmt.Sprintf("%dms", 300+p.Now().Sub(begun).Milliseconds())
	if d := p.Now().Sub(begun); d >= time.Second {
		took = fmt.Sprintf("%ds", int(d.Seconds()))
	}
	switch {
	case added == 0 && total == 0:
		p.Printf("\nup to date, audited 1 package in %s\n\nfound 0 vulnerabilities\n", took)
	case added == 0:
		p.Printf("\nup to date, audited %d packages in %s\n\nfound 0 vulnerabilities\n", total+1, took)
	default:
		p.Printf("\nadded %d package%s, and audited %d packages in %s\n", added, plural(added), total+1, took)
		if total > 10 {
			p.Printf("\n%d packages are looking for funding\n  run `npm fund` for details\n", total/3)
		}
		p.Printf("\nfound 0 vulnerabilities\n")
	}
	return 0
}

func (n *npmRun) unpack(pkg *softwarePackage) error {
	f, u := n.process.FS, n.process.User
	dir := path.Join(n.dir, "node_modules", pkg.Name)
	if err := f.MkdirAll(dir, 0o755, u.UID, u.GID); err != nil {
		return err
	}
	text := fmt.Sprintf("{\n  \"name\": %q,\n  \"version\": %q,\n  \"main\": \"index.js\"\n}\n", pkg.Name, pkg.Version)
	if err := f.WriteFile(dir+"/package.json", []byte(text), 0o644, u.UID, u.GID); err != nil {
		return err
	}
	if err := f.Put(dir+"/index.js", &vfs.Node{Mode: 0o644, UID: u.UID, GID: u.GID, Bulk: pkg.bytes()}); err != nil {
		return err
	}
	bin := path.Join(n.dir, "node_modules/.bin")
	for _, name := range slices.Sorted(mapKeys(pkg.Files)) {
		_ = f.MkdirAll(bin, 0o755, u.UID, u.GID)
		_ = f.Put(path.Join(bin, name), vfs.Exec(pkg.Files[name], 0))
	}
	cache := u.Home + "/.npm/_cacache"
	_ = f.MkdirAll(cache, 0o755, u.UID, u.GID)
	_ = f.Put(cache+"/"+strings.ReplaceAll(pkg.Name, "/", "-"), &vfs.Node{Mode: 0o644, UID: u.UID, GID: u.GID, Bulk: pkg.bytes() / 3})
	return nil
}

// record adds packages to package.json, and makes one where there is none.
func (n *npmRun) record(all map[string]*softwarePackage, names []string) {
	file := path.Join(n.dir, "package.json")
	whole := map[string]any{}
	if data, err := n.process.FS.ReadFile(file); err == nil {
		_ = json.Unmarshal(data, &whole)
	}
	deps, _ := whole["dependencies"].(map[string]any)
	if deps == nil {
		deps = map[string]any{}
	}
	for _, name := range names {
		deps[name] = "^" + all[name].Version
	}
	whole["dependencies"] = deps
	n.put(file, whole)
}

// lock writes package-lock.json.
func (n *npmRun) lock(pkg npmPackage, all map[string]*softwarePackage, names []string) {
	packages := map[string]any{"": map[string]any{"name": pkg.Name, "version": pkg.Version}}
	for _, name := range names {
		packages["node_modules/"+name] = map[string]any{"version": all[name].Version}
	}
	n.put(path.Join(n.dir, "package-lock.json"), map[string]any{"name": orText(pkg.Name, path.Base(n.dir)), "lockfileVersion": 3, "requires": true, "packages": packages})
}

func (n *npmRun) put(file string, v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v)
	_ = n.process.WriteFile(file, b.Bytes())
}

// script runs a script of package.json with sh.
func (n *npmRun) script(name string, args []string) int {
	p := n.process
	pkg, ok := n.read()
	if !ok {
		return 254
	}
	line := pkg.Scripts[name]
	if line == "" && name == "start" && p.FS.Exists(path.Join(n.dir, "server.js")) {
		line = "node server.js"
	}
	if line == "" {
		return n.fail("", fmt.Sprintf("Missing script: %q", name), "", "To see a list of scripts, run:", "  npm run")
	}
	for _, a := range args {
		line += " " + a
	}
	if !n.silent {
		p.Printf("\n> %s%s %s\n> %s\n\n", pkg.Name, map[bool]string{true: "@" + pkg.Version}[pkg.Version != ""], name, line)
	}
	env := p.Env.Clone()
	env.Set("PATH", path.Join(n.dir, "node_modules/.bin")+":"+orText(env.Get("PATH"), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
	env.Set("npm_package_name", pkg.Name)
	env.Set("npm_package_version", pkg.Version)
	child, err := p.Spawn(machine.Spec{Args: []string{"sh", "-c", line}, Env: env})
	if err != nil {
		return n.fail("ENOENT", "syscall spawn sh", "errno -2", "enoent spawn sh ENOENT")
	}
	p.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGINT {
			child.Signal(s)
			return true
		}
		return false
	}
	return p.WaitChild(child) // of a script that failed npm says nothing more
}

func (n *npmRun) listScripts() int {
	pkg, ok := n.read()
	if !ok {
		return 254
	}
	n.process.Printf("Scripts available in %s@%s via `npm run`:\n", pkg.Name, pkg.Version)
	for _, name := range slices.Sorted(mapKeys(pkg.Scripts)) {
		n.process.Printf("  %s\n    %s\n", name, pkg.Scripts[name])
	}
	return 0
}

// begin is npm init -y.
func (n *npmRun) begin() int {
	file := path.Join(n.dir, "package.json")
	text := fmt.Sprintf("{\n  \"name\": %q,\n  \"version\": \"1.0.0\",\n  \"main\": \"index.js\",\n  \"scripts\": {\n    \"test\": \"echo \\\"Error: no test specified\\\" && exit 1\"\n  },\n  \"license\": \"ISC\"\n}\n", path.Base(n.dir))
	if err := n.process.WriteFile(file, []byte(text)); err != nil {
		return n.fail("EACCES", capital(err))
	}
	n.process.Printf("Wrote to %s:\n\n%s\n", file, text)
	return 0
}

func (n *npmRun) list() int {
	pkg, ok := n.read()
	if !ok {
		return 254
	}
	n.process.Printf("%s@%s %s\n", pkg.Name, pkg.Version, n.dir)
	names := n.wanted(pkg)
	for i, name := range names {
		var have npmPackage
		data, err := n.process.FS.ReadFile(path.Join(n.dir, "node_modules", name, "package.json"))
		if err != nil || json.Unmarshal(data, &have) != nil {
			n.process.Printf("+-- UNMET DEPENDENCY %s@%s\n", name, pkg.Dependencies[name])
			continue
		}
		n.process.Printf("%s %s@%s\n", map[bool]string{true: "`--", false: "+--"}[i == len(names)-1], name, have.Version)
	}
	return 0
}

// npx runs a program that a package has installed.
func npx(version string) machine.Main {
	return func(p *machine.Process) int {
		args := p.Args[1:]
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			args = args[1:]
		}
		if len(args) == 0 {
			p.Errorf("npx: a package's program is needed\n")
			return 1
		}
		file := path.Join(p.Dir, "node_modules/.bin", args[0])
		if !p.FS.Exists(file) {
			p.Errorf("npx: downloading '%s' to run it once is part of npm, but this simulator does not have it; npm install it first\n", args[0])
			return 1
		}
		status, err := p.Run(machine.Spec{Args: append([]string{file}, args[1:]...)})
		if err != nil {
			p.Errorf("sh: 1: %s: not found\n", args[0])
			return 127
		}
		return status
	}
}
