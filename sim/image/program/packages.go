package program

import (
	"embed"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"go.yaml.in/yaml/v3"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

//go:embed packages/*.yaml
var packageFiles embed.FS

// softwarePackage is a package of one of the package managers.
type softwarePackage struct {
	Name    string            `yaml:"-"`
	Version string            `yaml:"version"`
	Size    string            `yaml:"size"` // installed
	Needs   string            `yaml:"needs"`
	Module  string            `yaml:"module"` // Python's import name, where it is not the package's
	Count   int               `yaml:"count"`  // npm: packages that come with it, itself included
	Files   map[string]string `yaml:"files"`  // programs by path
}

// bytes is the installed size.
func (p *softwarePackage) bytes() int64 {
	n, _ := units.FromHumanSize(p.Size)
	return n
}

// readPackages reads the packages of a manager: "apk", "apt", "pip", "npm".
func readPackages(manager string) (map[string]*softwarePackage, error) {
	name := "packages/" + manager + ".yaml"
	data, err := packageFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	list := map[string]*softwarePackage{}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for key, p := range list {
		p.Name = key
	}
	return list, nil
}

// withNeeds lists packages with all that they need, those needed first; already
// installed ones are left out. missing names what does not exist.
func withNeeds(all map[string]*softwarePackage, names []string, installed func(string) bool) (list []*softwarePackage, missing []string) {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] || installed(name) {
			return
		}
		seen[name] = true
		p := all[name]
		if p == nil {
			missing = append(missing, name)
			return
		}
		for _, need := range strings.Fields(p.Needs) {
			visit(need)
		}
		list = append(list, p)
	}
	for _, name := range names {
		visit(name)
	}
	return list, missing
}

// reach tries to get to a host of the internet; the time of a failing look-up passes.
func reach(p *machine.Process, host string) error {
	_, err := p.Net.Dial(host, 443, "tcp")
	if err != nil {
		p.Sleep(2 * time.Second)
	}
	return err
}

// downloadTime is how long n bytes take on an ordinary line.
func downloadTime(n int64) time.Duration {
	return 80*time.Millisecond + time.Duration(float64(n)/20e6*float64(time.Second))
}

// installFiles puts a package's programs and bulk on the file system.
func installFiles(p *machine.Process, pkg *softwarePackage, bulk string) error {
	f := p.FS
	for _, name := range slices.Sorted(mapKeys(pkg.Files)) {
		if err := f.MkdirAll(path.Dir(name), 0o755, 0, 0); err != nil {
			return err
		}
		if err := f.Put(name, vfs.Exec(pkg.Files[name], 0)); err != nil {
			return err
		}
	}
	if err := f.MkdirAll(path.Dir(bulk), 0o755, 0, 0); err != nil {
		return err
	}
	return f.Put(bulk, &vfs.Node{Mode: 0o644, Bulk: pkg.bytes()})
}

func mapKeys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// kilobytes writes a size as pip and apt do: "103 kB", "2.1 MB".
func kilobytes(n int64) string {
	if n >= 1e6 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d kB", int64(math.Ceil(float64(n)/1e3)))
}

// addLine appends a line to a file that keeps a package manager's records.
func addLine(p *machine.Process, name, line string) {
	_ = p.FS.MkdirAll(path.Dir(name), 0o755, 0, 0)
	_ = p.FS.Append(name, []byte(line+"\n"), 0o644, 0, 0)
}

// hasLine reports whether a record file has a line.
func hasLine(p *machine.Process, name, line string) bool {
	data, _ := p.FS.ReadFile(name)
	return slices.Contains(strings.Split(string(data), "\n"), line)
}

// dropLine removes a line from a record file.
func dropLine(p *machine.Process, name, line string) {
	data, _ := p.FS.ReadFile(name)
	lines := slices.DeleteFunc(strings.Split(string(data), "\n"), func(l string) bool { return l == line })
	_ = p.FS.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644, 0, 0)
}
