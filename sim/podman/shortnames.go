package podman

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"drydock/sim/image"
)

// Places of the registries' configuration (containers-registries.conf(5)).
const (
	registriesConf = "/etc/containers/registries.conf"
	registriesDir  = "/etc/containers/registries.conf.d"
)

// registries is what the configuration says.
type registries struct {
	search   []string // unqualified-search-registries
	from     string   // the file that says so
	mode     string   // short-name-mode
	aliases  map[string]alias
	insecure []string // hosts that may speak plain HTTP
	blocked  []string
}

// alias is the full name behind a short one, and the file that says so.
type alias struct{ target, file string }

// loadRegistries reads the files in their order; later ones win.
func (c *client) loadRegistries() registries {
	r := registries{aliases: map[string]alias{}, from: registriesConf}
	main := registriesConf
	if own := path.Join(c.Env.Get("HOME"), ".config/containers/registries.conf"); c.store.Rootless() && c.FS.Exists(own) {
		main = own
	}
	files := []string{main}
	entries, _ := c.FS.ReadDir(registriesDir)
	for _, e := range entries {
		if strings.HasSuffix(e.Name, ".conf") {
			files = append(files, registriesDir+"/"+e.Name)
		}
	}
	for _, file := range files {
		if data, err := c.FS.ReadFile(file); err == nil {
			r.read(file, string(data))
		}
	}
	return r
}

// read takes one file in: the few keys of the format that matter here.
func (r *registries) read(file, text string) {
	table, location := "", ""
	for _, line := range logicalLines(text) {
		if strings.HasPrefix(line, "[") && !strings.Contains(line, "=") {
			table, location = strings.Trim(line, "[] "), ""
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.Trim(strings.TrimSpace(key), `"`), strings.TrimSpace(value)
		words := quoted(value)
		switch {
		case table == "aliases" && len(words) == 1:
			r.aliases[key] = alias{words[0], file}
		case table == "registry" && (key == "location" || key == "prefix") && len(words) == 1:
			location = words[0]
		case table == "registry" && key == "insecure" && value == "true":
			r.insecure = append(r.insecure, location)
		case table == "registry" && key == "blocked" && value == "true":
			r.blocked = append(r.blocked, location)
		case table == "" && key == "unqualified-search-registries":
			r.search, r.from = words, file
		case table == "" && key == "short-name-mode" && len(words) == 1:
			r.mode = words[0]
		}
	}
}

// logicalLines are the lines without comments; a list may go over several.
func logicalLines(text string) []string {
	var lines []string
	open := ""
	for _, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(open + " " + line)
		open = ""
		if strings.Count(line, "[") > strings.Count(line, "]") {
			open = line
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// quoted are the strings between double quotes.
func quoted(value string) []string {
	var words []string
	parts := strings.Split(value, `"`)
	for i := 1; i < len(parts); i += 2 {
		words = append(words, parts[i])
	}
	return words
}

// candidates are the full names that a name may mean, in the order in which they
// are tried, and the line that says how they were found.
func (c *client) candidates(name string) (refs []string, how string, err error) {
	ref, err := normalise(name)
	if err != nil {
		return nil, "", err
	}
	if qualified(name) {
		return []string{ref}, "", nil
	}
	r := c.loadRegistries()
	bare, tag := splitTag(name)
	if a, ok := r.aliases[bare]; ok {
		ref, err := normalise(a.target + tag)
		return []string{ref}, fmt.Sprintf("Resolved %q as an alias (%s)\n", bare, a.file), err
	}
	if len(r.search) == 0 {
		return nil, "", fmt.Errorf("short-name %q did not resolve to an alias and no unqualified-search registries are defined in %q", name, r.from)
	}
	if r.mode == "enforcing" && len(r.search) > 1 && c.Stdin.Terminal() == nil {
		return nil, "", errors.New("short-name resolution enforced but cannot prompt without a TTY")
	}
	for _, host := range r.search {
		ref, err := normalise(host + "/" + name)
		if err != nil {
			return nil, "", err
		}
		refs = append(refs, ref)
	}
	how = fmt.Sprintf("Resolving %q using unqualified-search registries (%s)\n", bare, r.from)
	return refs, how, nil
}

// splitTag takes ":tag" or "@digest" off a short name.
func splitTag(name string) (bare, tag string) {
	if i := strings.IndexAny(name, ":@"); i >= 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

// mayBeInsecure reports that the configuration allows plain HTTP for a host.
func (r registries) mayBeInsecure(ref string) bool {
	p := image.Split(ref)
	return slices.ContainsFunc(r.insecure, func(l string) bool { return l == p.Host || strings.HasPrefix(p.Name(), l+"/") })
}
