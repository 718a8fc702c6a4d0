package machine

import (
	"slices"
	"strings"
)

// Env is a process's environment. It keeps the order in which variables were
// set, because `env` and `docker inspect` show it.
type Env struct{ vars []string }

// NewEnv makes an environment from NAME=value strings; later ones win.
func NewEnv(vars ...string) *Env {
	e := &Env{}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		e.Set(name, value)
	}
	return e
}

// Clone copies the environment, for a child.
func (e *Env) Clone() *Env { return &Env{slices.Clone(e.vars)} }

// Lookup returns a variable and whether it is set.
func (e *Env) Lookup(name string) (string, bool) {
	if i := e.find(name); i >= 0 {
		return e.vars[i][len(name)+1:], true
	}
	return "", false
}

// Get returns a variable, or "" if it is not set.
func (e *Env) Get(name string) string { v, _ := e.Lookup(name); return v }

// Set sets a variable; one that is there keeps its place.
func (e *Env) Set(name, value string) {
	if i := e.find(name); i >= 0 {
		e.vars[i] = name + "=" + value
		return
	}
	e.vars = append(e.vars, name+"="+value)
}

// Unset removes a variable.
func (e *Env) Unset(name string) {
	if i := e.find(name); i >= 0 {
		e.vars = slices.Delete(e.vars, i, i+1)
	}
}

// List returns all variables as NAME=value, in order.
func (e *Env) List() []string { return slices.Clone(e.vars) }

func (e *Env) find(name string) int {
	return slices.IndexFunc(e.vars, func(v string) bool {
		return len(v) > len(name) && v[len(name)] == '=' && v[:len(name)] == name
	})
}
