package program

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// pipRun is one run of pip.
type pipRun struct {
	process *machine.Process
	version string // pip's own
	python  string // "3.12"
	all     map[string]*softwarePackage
	quiet   bool
	target  string
	noCache bool
}

// pipMain is pip; its node's version is "PIP/PYTHON".
func pipMain(version string) machine.Main {
	return func(p *machine.Process) int {
		own, py, _ := strings.Cut(version, "/")
		all, err := readPackages("pip")
		if err != nil {
			p.Errorf("ERROR: %v\n", err)
			return 2
		}
		if py == "" {
			own, py = "25.0.1", pythonMinor(p)
		}
		r := &pipRun{process: p, version: own, python: py, all: all}
		r.target = "/usr/local/lib/python" + py + "/site-packages"
		if p.User.UID != 0 {
			r.target = p.User.Home + "/.local/lib/python" + py + "/site-packages"
		}
		return r.command(p.Args[1:])
	}
}

// pythonMinor finds the version of Python that is installed: "3.12".
func pythonMinor(p *machine.Process) string {
	for _, name := range []string{"/usr/local/bin/python3", "/usr/bin/python3"} {
		if n, err := p.FS.Stat(name); err == nil {
			_, v, _ := strings.Cut(n.Program, "@")
			if parts := strings.Split(v, "."); len(parts) >= 2 {
				return parts[0] + "." + parts[1]
			}
		}
	}
	return "3.12"
}

func (r *pipRun) command(words []string) int {
	p := r.process
	if len(words) == 0 {
		p.Printf("\nUsage:   \n  pip <command> [options]\n\nCommands:\n  install                     Install packages.\n  uninstall                   Uninstall packages.\n  freeze                      Output installed packages in requirements format.\n  list                        List installed packages.\n")
		return 0
	}
	switch words[0] {
	case "--version", "-V":
		p.Printf("pip %s from %s/pip (python %s)\n", r.version, r.target, r.python)
		return 0
	case "install":
		return r.install(words[1:])
	case "uninstall":
		return r.uninstall(words[1:])
	case "freeze", "list":
		return r.list(words[0])
	case "show":
		return r.show(words[1:])
	case "cache", "check", "config", "download", "wheel":
		p.Errorf("pip: 'pip %s' is part of pip, but this simulator does not have it\n", words[0])
		return 1
	}
	p.Errorf("ERROR: unknown command \"%s\"\n", words[0])
	return 1
}

// wanted is a requirement with where it came from.
type wanted struct{ name, spec, origin string }

// normal is a package's name as PyPI compares them.
func normal(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name)), "[")
	return name
}

func parseRequirement(text, origin string) (wanted, bool) {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, ";")
	text = strings.TrimSpace(text)
	if text == "" || strings.HasPrefix(text, "-") {
		return wanted{}, false
	}
	i := strings.IndexAny(text, "=<>!~ ")
	if i < 0 {
		return wanted{text, "", origin}, true
	}
	return wanted{text[:i], strings.ReplaceAll(text[i:], " ", ""), origin}, true
}

func (r *pipRun) install(words []string) int {
	p := r.process
	var list []wanted
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-r" || w == "--requirement":
			if i+1 >= len(words) {
				p.Errorf("\nUsage:   \n  pip install [options] <requirement specifier> [package-index-options] ...\n\n-r option requires 1 argument\n")
				return 2
			}
			i++
			data, err := p.ReadFile(words[i])
			if err != nil {
				p.Errorf("ERROR: Could not open requirements file: [Errno 2] No such file or directory: '%s'\n", words[i])
				return 1
			}
			for n, line := range strings.Split(string(data), "\n") {
				if req, ok := parseRequirement(line, fmt.Sprintf(" (from -r %s (line %d))", words[i], n+1)); ok {
					list = append(list, req)
				}
			}
		case w == "-q" || w == "--quiet":
			r.quiet = true
		case w == "--no-cache-dir":
			r.noCache = true
		case w == "-t" || w == "--target":
			i++
			r.target = p.Abs(words[min(i, len(words)-1)])
		case w == "--user":
			r.target = p.User.Home + "/.local/lib/python" + r.python + "/site-packages"
		case w == "--prefix":
			i++
			r.target = p.Abs(words[min(i, len(words)-1)]) + "/lib/python" + r.python + "/site-packages"
		case strings.HasPrefix(w, "-"):
			if w == "-i" || w == "--index-url" || w == "--extra-index-url" || w == "-c" || w == "--root-user-action" {
				i++
			}
		default:
			if req, ok := parseRequirement(w, ""); ok && w != "." {
				list = append(list, req)
			}
		}
	}
	if len(list) == 0 {
		if !slices.ContainsFunc(words, func(w string) bool { return w == "-r" || w == "--requirement" || w == "." }) {
			p.Errorf("ERROR: You must give at least one requirement to install (see \"pip help install\")\n")
			return 1
		}
		return 0
	}
	return r.resolve(list)
}

func (r *pipRun) say(format string, args ...any) {
	if !r.quiet {
		r.process.Printf(format, args...)
	}
}

// resolve finds the packages, and installs them.
func (r *pipRun) resolve(list []wanted) int {
	p := r.process
	p.Sleep(300 * time.Millisecond)
	var names []string
	for _, req := range list {
		name := normal(req.name)
		if v, ok := r.installedVersion(name); ok {
			r.say("Requirement already satisfied: %s%s in %s%s (%s)\n", req.name, req.spec, r.target, req.origin, v)
			continue
		}
		if reach(p, "pypi.org") != nil {
			return r.offline(req)
		}
		pkg := r.all[name]
		if pkg == nil {
			p.Errorf("ERROR: Could not find a version that satisfies the requirement %s%s (from versions: none)\nERROR: No matching distribution found for %s%s\n", req.name, req.spec, req.name, req.spec)
			return 1
		}
		if v, ok := strings.CutPrefix(req.spec, "=="); ok {
			if strings.Trim(v, "0123456789.abcrpostdev*") != "" || strings.HasPrefix(v, "99") {
				p.Errorf("ERROR: Could not find a version that satisfies the requirement %s%s (from versions: %s)\nERROR: No matching distribution found for %s%s\n", req.name, req.spec, pkg.Version, req.name, req.spec)
				return 1
			}
			pinned := *pkg
			pinned.Version = strings.TrimSuffix(v, ".*")
			r.all[name] = &pinned
			pkg = &pinned
		}
		r.collect(pkg, req.name+req.spec, req.origin)
		names = append(names, name)
	}
	packages, _ := withNeeds(r.all, names, func(n string) bool { _, ok := r.installedVersion(n); return ok })
	for _, pkg := range packages {
		if !slices.Contains(names, pkg.Name) {
			r.collect(pkg, pkg.Name, fmt.Sprintf(" (from %s)", names[0]))
		}
	}
	for _, pkg := range packages {
		r.say("Downloading %s-%s-py3-none-any.whl (%s)\n", strings.ReplaceAll(pkg.Name, "-", "_"), pkg.Version, kilobytes(pkg.bytes()*3/10))
		p.Sleep(downloadTime(pkg.bytes() * 3 / 10))
	}
	return r.place(packages)
}

func (r *pipRun) collect(pkg *softwarePackage, name, origin string) {
	r.say("Collecting %s%s\n  Downloading %s-%s-py3-none-any.whl.metadata (3.2 kB)\n", name, origin, strings.ReplaceAll(pkg.Name, "-", "_"), pkg.Version)
	r.process.Sleep(60 * time.Millisecond)
}

// offline is pip without a way to its index: it tries five times.
func (r *pipRun) offline(req wanted) int {
	for left := 4; left >= 0; left-- {
		r.process.Errorf("WARNING: Retrying (Retry(total=%d, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f5d1c2b3e90>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/%s/\n", left, normal(req.name))
		r.process.Sleep(time.Duration(4-left) * 500 * time.Millisecond)
	}
	r.process.Errorf("ERROR: Could not find a version that satisfies the requirement %s%s (from versions: none)\nERROR: No matching distribution found for %s%s\n", req.name, req.spec, req.name, req.spec)
	return 1
}

// place puts the packages into site-packages.
func (r *pipRun) place(packages []*softwarePackage) int {
	p := r.process
	if len(packages) == 0 {
		return r.farewell()
	}
	var names, done []string
	for _, pkg := range packages {
		names = append(names, pkg.Name)
		done = append(done, pkg.Name+"-"+pkg.Version)
	}
	r.say("Installing collected packages: %s\n", strings.Join(names, ", "))
	for _, pkg := range packages {
		if err := r.unpack(pkg); err != nil {
			p.Errorf("ERROR: Could not install packages due to an OSError: [Errno 28] %s\n\n", capital(err))
			return 1
		}
		p.Sleep(30*time.Millisecond + time.Duration(pkg.bytes()/50)*time.Microsecond)
	}
	slices.Sort(done)
	r.say("Successfully installed %s\n", strings.Join(done, " "))
	return r.farewell()
}

func (r *pipRun) farewell() int {
	if r.process.User.UID == 0 {
		r.process.Errorf("WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour with the system package manager, possibly rendering your system unusable. It is recommended to use a virtual environment instead: https://pip.pypa.io/warnings/venv. Use the --root-user-action option if you know what you are doing and want to suppress this warning.\n")
	}
	if latest := r.all["pip"]; latest != nil && latest.Version != r.version && !r.quiet {
		r.process.Errorf("\n[notice] A new release of pip is available: %s -> %s\n[notice] To update, run: pip install --upgrade pip\n", r.version, latest.Version)
	}
	return 0
}

func (r *pipRun) unpack(pkg *softwarePackage) error {
	f, u := r.process.FS, r.process.User
	module := pkg.Module
	if module == "" {
		module = strings.ReplaceAll(pkg.Name, "-", "_")
	}
	dir := path.Join(r.target, module)
	if err := f.MkdirAll(dir, 0o755, u.UID, u.GID); err != nil {
		return err
	}
	if err := f.Put(dir+"/__init__.py", &vfs.Node{Mode: 0o644, UID: u.UID, GID: u.GID, Bulk: pkg.bytes()}); err != nil {
		return err
	}
	info := path.Join(r.target, strings.ReplaceAll(pkg.Name, "-", "_")+"-"+pkg.Version+".dist-info")
	if err := f.MkdirAll(info, 0o755, u.UID, u.GID); err != nil {
		return err
	}
	if err := f.WriteFile(info+"/METADATA", []byte("Name: "+pkg.Name+"\nVersion: "+pkg.Version+"\n"), 0o644, u.UID, u.GID); err != nil {
		return err
	}
	if !r.noCache {
		cache := u.Home + "/.cache/pip/http-v2"
		_ = f.MkdirAll(cache, 0o755, u.UID, u.GID)
		_ = f.Put(cache+"/"+pkg.Name, &vfs.Node{Mode: 0o644, UID: u.UID, GID: u.GID, Bulk: pkg.bytes() * 3 / 10})
	}
	bin := path.Join(r.target, "../../../bin")
	for _, name := range slices.Sorted(mapKeys(pkg.Files)) {
		_ = f.MkdirAll(bin, 0o755, u.UID, u.GID)
		program := pkg.Files[name] + "@" + r.pythonVersion()
		if err := f.Put(path.Join(bin, name), vfs.Exec(program, 220)); err != nil {
			return err
		}
	}
	return nil
}

// pythonVersion is the full version of the interpreter, for the scripts it runs.
func (r *pipRun) pythonVersion() string {
	for _, name := range []string{"/usr/local/bin/python" + r.python, "/usr/bin/python3"} {
		if n, err := r.process.FS.Stat(name); err == nil {
			if _, v, ok := strings.Cut(n.Program, "@"); ok {
				return v
			}
		}
	}
	return r.python + ".0"
}

// records lists what is installed, by name.
func (r *pipRun) records() map[string]string {
	found := map[string]string{}
	entries, _ := r.process.FS.ReadDir(r.target)
	for _, e := range entries {
		if base, ok := strings.CutSuffix(e.Name, ".dist-info"); ok {
			name, version, _ := strings.Cut(base, "-")
			found[normal(name)] = version
		}
	}
	return found
}

func (r *pipRun) installedVersion(name string) (string, bool) {
	v, ok := r.records()[name]
	return v, ok
}

func (r *pipRun) list(how string) int {
	found := r.records()
	if how == "list" {
		found["pip"] = r.version
		r.process.Printf("%-18s %s\n%s %s\n", "Package", "Version", strings.Repeat("-", 18), strings.Repeat("-", 7))
	}
	for _, name := range slices.Sorted(mapKeys(found)) {
		if how == "list" {
			r.process.Printf("%-18s %s\n", name, found[name])
		} else {
			r.process.Printf("%s==%s\n", name, found[name])
		}
	}
	return 0
}

func (r *pipRun) show(words []string) int {
	for _, w := range words {
		v, ok := r.installedVersion(normal(w))
		if !ok {
			r.process.Errorf("WARNING: Package(s) not found: %s\n", w)
			return 1
		}
		r.process.Printf("Name: %s\nVersion: %s\nLocation: %s\n", w, v, r.target)
	}
	return 0
}

func (r *pipRun) uninstall(words []string) int {
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			continue
		}
		name := normal(w)
		v, ok := r.installedVersion(name)
		if !ok {
			r.process.Errorf("WARNING: Skipping %s as it is not installed.\n", w)
			continue
		}
		module := strings.ReplaceAll(name, "-", "_")
		if pkg := r.all[name]; pkg != nil && pkg.Module != "" {
			module = pkg.Module
		}
		_ = r.process.FS.RemoveAll(path.Join(r.target, module))
		_ = r.process.FS.RemoveAll(path.Join(r.target, strings.ReplaceAll(name, "-", "_")+"-"+v+".dist-info"))
		r.process.Printf("Found existing installation: %s %s\nUninstalling %s-%s:\n  Successfully uninstalled %s-%s\n", name, v, name, v, name, v)
	}
	return 0
}
