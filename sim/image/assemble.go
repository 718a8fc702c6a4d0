package image

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"drydock/sim/vfs"
)

// BuildkitComment marks history lines that BuildKit wrote.
const BuildkitComment = "buildkit.dockerfile.v0"

// make returns the image of a variant, assembling it the first time.
func (c *Catalogue) make(f *family, v *variant) (*Image, error) {
	if v.image != nil || v.failure != nil {
		return v.image, v.failure
	}
	if v.busy {
		return nil, fmt.Errorf("%s:%s is made from itself", v.repo, v.tags[0])
	}
	v.busy = true
	v.image, v.failure = c.assemble(f, v)
	if v.failure != nil {
		v.failure = fmt.Errorf("catalogue: %s:%s: %w", v.repo, v.tags[0], v.failure)
	}
	return v.image, v.failure
}

func (c *Catalogue) assemble(f *family, v *variant) (*Image, error) {
	img := &Image{Schema2: true, Platforms: v.decl.Platforms, Created: time.Time(v.decl.Created)}
	if len(img.Platforms) == 0 {
		img.Platforms = f.decl.Platforms
	}
	if v.decl.From != "" {
		base, err := c.base(v.row.Replace(v.decl.From))
		if err != nil {
			return nil, err
		}
		img.Layers, img.History = slices.Clone(base.Layers), slices.Clone(base.History)
		img.Config = base.Config.Clone()
		img.Vulnerabilities = slices.Clone(base.Vulnerabilities)
		if len(img.Platforms) == 0 {
			img.Platforms = base.Platforms
		}
	}
	for _, w := range v.decl.Vulnerabilities {
		w.Version = v.row.Replace(w.Version)
		img.Vulnerabilities = append(img.Vulnerabilities, w)
	}
	if img.Config.WorkingDir == "" {
		img.Config.WorkingDir = "/" // as BuildKit begins every image
	}
	a := assembly{catalogue: c, family: f, row: v.row, image: img}
	for i := range v.decl.Steps {
		if err := a.step(&v.decl.Steps[i]); err != nil {
			return nil, err
		}
	}
	return img.Seal(), nil
}

func (c *Catalogue) base(name string) (*Image, error) {
	ref, err := Normalise(name)
	if err != nil {
		return nil, err
	}
	parts := Split(ref)
	base, err := c.Find(parts.Name(), parts.Version())
	if base == nil && err == nil {
		err = fmt.Errorf("its base %s is not in the catalogue", name)
	}
	return base, err
}

// assembly is an image in the making.
type assembly struct {
	catalogue *Catalogue
	family    *family
	row       *strings.Replacer
	image     *Image
	hasCmd    bool
}

func (a *assembly) step(s *stepDecl) error {
	text := a.row.Replace(s.Step)
	word, rest, _ := strings.Cut(text, " ")
	line, err := a.apply(word, strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	h := History{Created: a.image.Created, CreatedBy: line, Comment: BuildkitComment, Empty: true}
	switch s.Comment {
	case "":
	case "none":
		h.Comment = ""
	default:
		h.Comment = s.Comment
	}
	if word == "RUN" || word == "COPY" || word == "ADD" || word == "RAW" {
		l, err := a.layer(s, line)
		if err != nil {
			return err
		}
		a.image.Layers = append(a.image.Layers, l)
		h.Empty = false
	}
	a.image.History = append(a.image.History, h)
	return nil
}

// apply changes the configuration as the instruction does and returns its line
// in `docker history` (the words of BuildKit 0.34).
func (a *assembly) apply(word, rest string) (string, error) {
	c := &a.image.Config
	switch word {
	case "RUN":
		return "RUN /bin/sh -c " + rest + " # buildkit", nil
	case "COPY", "ADD":
		return word + " " + rest + " # buildkit", nil
	case "RAW":
		return rest, nil
	case "ARG":
	case "ENV":
		c.SetEnv(rest)
	case "LABEL":
		name, value, _ := strings.Cut(rest, "=")
		if c.Labels == nil {
			c.Labels = map[string]string{}
		}
		c.Labels[name] = value
	case "EXPOSE":
		ports := strings.Fields(rest)
		for _, p := range ports {
			if !slices.Contains(c.ExposedPorts, p) {
				c.ExposedPorts = append(c.ExposedPorts, p)
			}
		}
		slices.Sort(c.ExposedPorts)
		return fmt.Sprintf("EXPOSE %v", ports), nil
	case "VOLUME":
		c.Volumes = append(c.Volumes, strings.Fields(rest)...)
		slices.Sort(c.Volumes)
		return fmt.Sprintf("VOLUME %v", strings.Fields(rest)), nil
	case "WORKDIR":
		c.WorkingDir = rest
	case "USER":
		c.User = rest
	case "STOPSIGNAL":
		c.StopSignal = rest
	case "HEALTHCHECK":
		c.Healthcheck = &Healthcheck{Test: []string{"CMD-SHELL", strings.TrimPrefix(rest, "CMD ")}}
	case "CMD", "ENTRYPOINT":
		return a.command(word, rest)
	default:
		return "", fmt.Errorf("%q is no instruction of a step", word)
	}
	return word + " " + rest, nil
}

func (a *assembly) command(word, rest string) (string, error) {
	args := []string{"/bin/sh", "-c", rest}
	if strings.HasPrefix(rest, "[") {
		args = nil
		if err := json.Unmarshal([]byte(rest), &args); err != nil {
			return "", fmt.Errorf("%s %s: %w", word, rest, err)
		}
	}
	if word == "CMD" {
		a.image.Config.Cmd, a.hasCmd, a.image.Config.ArgsEscaped = args, true, true
	} else {
		a.image.Config.Entrypoint = args
		if !a.hasCmd {
			a.image.Config.Cmd = nil
		}
	}
	return fmt.Sprintf("%s %q", word, args), nil
}

// layer makes the layer of a step: its files, and a size that stands for all
// that is not listed.
func (a *assembly) layer(s *stepDecl, line string) (*Layer, error) {
	files := vfs.NewLayer()
	for _, set := range s.Sets {
		rows, err := a.catalogue.fileSet(a.family, a.row.Replace(set))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			for _, name := range strings.Fields(r.Names) {
				a.put(files, a.row.Replace(r.Dir)+"/"+name, vfs.Exec(r.Program+name, 0))
			}
			a.putAll(files, r.Files)
		}
	}
	a.putAll(files, s.Files)
	l := NewLayer(files)
	if s.Size > 0 {
		l.Size = int64(s.Size)
		l.Compressed = l.Size * 2 / 5
	}
	if s.Compressed > 0 {
		l.Compressed = int64(s.Compressed)
	}
	text := fmt.Sprintf("%s %s %d %d", l.Digest, line, l.Size, l.Compressed)
	l.Digest, l.Blob = Digest(text), Digest("gzip "+text)
	return l, nil
}

func (a *assembly) putAll(files *vfs.Layer, decls map[string]fileDecl) {
	for _, name := range slices.Sorted(maps.Keys(decls)) {
		d := decls[name]
		a.put(files, a.row.Replace(name), d.node(a.row))
	}
}

func (a *assembly) put(files *vfs.Layer, name string, n *vfs.Node) {
	n.ModTime = a.image.Created
	files.Put(name, n)
}

// node makes the file that is declared.
func (d fileDecl) node(row *strings.Replacer) *vfs.Node {
	n := &vfs.Node{
		Mode: d.Mode, UID: d.Owner, GID: d.Owner, Data: []byte(row.Replace(d.Text)), Bulk: int64(d.Size),
		Program: row.Replace(d.Program), Target: row.Replace(d.Link),
	}
	switch {
	case d.Link != "":
		n.Mode = fs.ModeSymlink | 0o777
	case d.Dir:
		n.Mode |= fs.ModeDir
		if d.Mode == 0 {
			n.Mode |= 0o755
		}
	case d.Mode != 0:
	case d.Program != "":
		n.Mode = 0o755
	default:
		n.Mode = 0o644
	}
	return n
}

// Clone copies a configuration, so that the copy can be changed.
func (c Config) Clone() Config {
	c.ExposedPorts, c.Env = slices.Clone(c.ExposedPorts), slices.Clone(c.Env)
	c.Entrypoint, c.Cmd = slices.Clone(c.Entrypoint), slices.Clone(c.Cmd)
	c.Volumes, c.Labels = slices.Clone(c.Volumes), maps.Clone(c.Labels)
	c.Shell, c.OnBuild = slices.Clone(c.Shell), slices.Clone(c.OnBuild)
	if c.Healthcheck != nil {
		h := *c.Healthcheck
		h.Test = slices.Clone(h.Test)
		c.Healthcheck = &h
	}
	return c
}

// SetEnv sets a variable, NAME=value; one that is there keeps its place.
func (c *Config) SetEnv(assignment string) {
	name, _, _ := strings.Cut(assignment, "=")
	for i, v := range c.Env {
		if strings.HasPrefix(v, name+"=") {
			c.Env[i] = assignment
			return
		}
	}
	c.Env = append(c.Env, assignment)
}
