package image

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed catalogue
var catalogueFiles embed.FS

// Catalogue is the public images that the registries of a world offer without
// anybody having pushed them. Families are read when the first of their images
// is asked for, and an image is made once.
type Catalogue struct {
	files    map[string]string // normalised repository to file
	families map[string]*family
}

// family is a file of the catalogue that has been read.
type family struct {
	decl     *familyDecl
	variants map[string]*variant // by "docker.io/library/nginx:alpine"
	order    []*variant
}

// variant is one image of a family, made when it is needed.
type variant struct {
	decl    *imageDecl
	row     *strings.Replacer
	repo    string
	tags    []string
	image   *Image
	failure error
	busy    bool
}

// setsFile is the file of a set that families share: "alpine-etc" is in
// "sets-alpine.yaml".
func setsFile(set string) string {
	system, _, _ := strings.Cut(set, "-")
	return "sets-" + system + ".yaml"
}

// NewCatalogue opens the embedded catalogue. It reads only the first line of
// each file, which lists the repositories.
func NewCatalogue() *Catalogue {
	c := &Catalogue{files: map[string]string{}, families: map[string]*family{}}
	entries, _ := catalogueFiles.ReadDir("catalogue")
	for _, e := range entries {
		if path.Ext(e.Name()) != ".yaml" {
			continue
		}
		for _, repo := range firstLineRepositories(beginning("catalogue/" + e.Name())) {
			c.files[fullName(repo)] = e.Name()
		}
	}
	return c
}

// beginning reads the first bytes of an embedded file.
func beginning(name string) []byte {
	f, err := catalogueFiles.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data := make([]byte, 1000)
	n, _ := f.Read(data)
	return data[:n]
}

// firstLineRepositories reads "repositories: [a, b]", the first line of a file.
func firstLineRepositories(data []byte) []string {
	line, _, _ := strings.Cut(string(data[:min(len(data), 1000)]), "\n")
	list, ok := strings.CutPrefix(line, "repositories: [")
	if !ok {
		return nil
	}
	repos := strings.Split(strings.TrimSuffix(strings.TrimSpace(list), "]"), ",")
	for i := range repos {
		repos[i] = strings.TrimSpace(repos[i])
	}
	return repos
}

// fullName completes a repository of the catalogue, whose names are known to be
// valid: "nginx" is "docker.io/library/nginx".
func fullName(repo string) string {
	host, _, nested := strings.Cut(repo, "/")
	switch {
	case !nested:
		return DockerHub + "/library/" + repo
	case !strings.Contains(host, "."):
		return DockerHub + "/" + repo
	}
	return repo
}

// Repositories lists the repositories with their hosts, sorted.
func (c *Catalogue) Repositories() []string { return slices.Sorted(maps.Keys(c.files)) }

// Has reports whether the catalogue has a repository ("docker.io/library/nginx").
func (c *Catalogue) Has(repo string) bool { return c.files[repo] != "" }

// Tags lists the tags of a repository, sorted.
func (c *Catalogue) Tags(repo string) []string {
	f, err := c.family(repo)
	if err != nil {
		return nil
	}
	var tags []string
	for _, v := range f.order {
		if v.repo == repo {
			tags = append(tags, v.tags...)
		}
	}
	slices.Sort(tags)
	return tags
}

// Find returns the image of a repository and tag or digest; nil when there is none.
// Errors are faults of the catalogue itself.
func (c *Catalogue) Find(repo, version string) (*Image, error) {
	f, err := c.family(repo)
	if f == nil || err != nil {
		return nil, err
	}
	if strings.HasPrefix(version, "sha256:") {
		return c.findDigest(f, repo, version)
	}
	v := f.variants[repo+":"+version]
	if v == nil {
		return nil, nil
	}
	return c.make(f, v)
}

func (c *Catalogue) findDigest(f *family, repo, digest string) (*Image, error) {
	for _, v := range f.order {
		if v.repo != repo {
			continue
		}
		i, err := c.make(f, v)
		if err != nil || i.ID == digest {
			return i, err
		}
	}
	return nil, nil
}

// Check reads and makes everything, and returns the first fault.
func (c *Catalogue) Check() error {
	for _, repo := range c.Repositories() {
		f, err := c.family(repo)
		if err != nil {
			return err
		}
		for _, v := range f.order {
			if _, err := c.make(f, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// family reads the file that declares a repository.
func (c *Catalogue) family(repo string) (*family, error) {
	name := c.files[repo]
	if name == "" {
		return nil, nil
	}
	return c.load(name)
}

func (c *Catalogue) load(name string) (*family, error) {
	if f := c.families[name]; f != nil {
		return f, nil
	}
	data, err := catalogueFiles.ReadFile("catalogue/" + name)
	if err != nil {
		return nil, err
	}
	decl, err := parseFamily("catalogue/"+name, data)
	if err != nil {
		return nil, err
	}
	f := &family{decl: decl, variants: map[string]*variant{}}
	for i := range decl.Images {
		if err := f.add(&decl.Images[i]); err != nil {
			return nil, fmt.Errorf("catalogue/%s: %w", name, err)
		}
	}
	c.families[name] = f
	return f, nil
}

// add expands a declaration into its variants.
func (f *family) add(d *imageDecl) error {
	rows := d.Each
	if len(rows) == 0 {
		rows = []map[string]string{nil}
	}
	for _, row := range rows {
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(row)) {
			pairs = append(pairs, "{"+key+"}", row[key])
		}
		v := &variant{decl: d, row: strings.NewReplacer(pairs...), repo: fullName(d.Repository)}
		for _, pattern := range d.Tags {
			for _, tag := range strings.Fields(v.row.Replace(pattern)) {
				name := v.repo + ":" + tag
				if f.variants[name] != nil {
					return fmt.Errorf("the tag %s is there twice", name)
				}
				f.variants[name] = v
				v.tags = append(v.tags, tag)
			}
		}
		f.order = append(f.order, v)
	}
	return nil
}

// fileSet finds a set of files, the family's own first.
func (c *Catalogue) fileSet(f *family, name string) ([]setRow, error) {
	if rows, ok := f.decl.Sets[name]; ok {
		return rows, nil
	}
	shared, err := c.load(setsFile(name))
	if err != nil {
		return nil, fmt.Errorf("there is no set of files %q", name)
	}
	rows, ok := shared.decl.Sets[name]
	if !ok {
		return nil, fmt.Errorf("there is no set of files %q", name)
	}
	return rows, nil
}
