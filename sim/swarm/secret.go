package swarm

import (
	"io/fs"
	"regexp"
	"slices"
	"strconv"
)

// Secret is a secret or a config: a file that tasks get. The two differ in that
// nobody can read a secret back.
type Secret struct {
	Meta
	ID   string
	Spec SecretSpec

	kind string // "secret" or "config"
}

// SecretSpec is what a secret or config is.
type SecretSpec struct {
	Annotations
	Data   []byte  `json:",omitempty"`
	Driver *Driver `json:",omitempty"`
}

const maxSecret = 500 << 10

// Secrets lists the secrets, or the configs, in the order of creation.
func (c *Cluster) Secrets(kind string) []*Secret {
	return slices.Clone(*c.shelf(kind))
}

func (c *Cluster) shelf(kind string) *[]*Secret {
	if kind == "config" {
		return &c.configs
	}
	return &c.secrets
}

// FindSecret finds a secret or config by id, name, or the beginning of an id.
func (c *Cluster) FindSecret(kind, ref string) (*Secret, error) {
	return find(kind, ref, *c.shelf(kind), func(s *Secret) string { return s.ID }, func(s *Secret) string { return s.Spec.Name })
}

// secretName is what a secret or config may be called.
func secretName(name string) bool {
	return regexp.MustCompile(`^[a-zA-Z0-9]+(?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$`).MatchString(name)
}

// CreateSecret keeps a secret or config (swarmkit, controlapi/secret.go).
func (c *Cluster) CreateSecret(kind string, spec SecretSpec) (*Secret, error) {
	switch {
	case len(spec.Name) > 64 || !secretName(spec.Name):
		return nil, rpcError("InvalidArgument", "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]")
	case len(spec.Data) == 0 && spec.Driver == nil || len(spec.Data) >= maxSecret:
		return nil, rpcError("InvalidArgument", "%s data must be larger than 0 and less than %d bytes", kind, maxSecret)
	}
	for _, s := range *c.shelf(kind) {
		if s.Spec.Name == spec.Name {
			return nil, rpcError("AlreadyExists", "%s %s already exists", kind, spec.Name)
		}
	}
	s := &Secret{ID: c.fleet.newID(), Spec: spec, kind: kind}
	c.touch(&s.Meta)
	list := c.shelf(kind)
	*list = append(*list, s)
	c.emit(kind, spec.Name, "create", "the %s %s was created", kind, spec.Name)
	return s, nil
}

// RemoveSecret deletes a secret or config that no service uses.
func (c *Cluster) RemoveSecret(s *Secret) error {
	var users []string
	for _, svc := range c.services {
		cs := svc.Spec.TaskTemplate.ContainerSpec
		if slices.ContainsFunc(slices.Concat(cs.Secrets, cs.Configs), func(r *FileReference) bool { return r.SecretID == s.ID || r.ConfigID == s.ID }) {
			users = append(users, svc.Spec.Name)
		}
	}
	if len(users) > 0 {
		word := "service"
		if len(users) > 1 {
			word = "services"
		}
		return rpcError("InvalidArgument", "%s '%s' is in use by the following %s: %s", s.kind, s.Spec.Name, word, joinComma(users))
	}
	list := c.shelf(s.kind)
	*list = slices.DeleteFunc(*list, func(o *Secret) bool { return o == s })
	c.emit(s.kind, s.Spec.Name, "remove", "the %s %s was removed", s.kind, s.Spec.Name)
	return nil
}

func joinComma(words []string) string {
	slices.Sort(words)
	text := ""
	for i, w := range words {
		if i > 0 {
			text += ", "
		}
		text += w
	}
	return text
}

func fileMode(mode uint32) fs.FileMode { return fs.FileMode(mode) & fs.ModePerm }

// number reads a user or group id; anything else is root's.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// SecretInspect is a secret or config as the API shows it.
type SecretInspect struct {
	ID string
	Meta
	Spec SecretShown
}

// SecretShown is the spec; of a secret without its data, which nobody reads back.
type SecretShown struct {
	Name   string
	Labels map[string]string
	Data   []byte `json:",omitempty"`
}

// Inspect describes the secret or config.
func (s *Secret) Inspect() SecretInspect {
	v := SecretInspect{s.ID, s.Meta, SecretShown{Name: s.Spec.Name, Labels: s.Spec.Labels}}
	if s.kind == "config" {
		v.Spec.Data = s.Spec.Data
	}
	return v
}
