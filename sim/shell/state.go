package shell

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"drydock/sim/machine"
)

// flavour is which shell this is: it decides the wording of errors.
type flavour int

const (
	bash flavour = iota
	ash          // busybox
	dash         // Debian's /bin/sh
)

// options are what `set -e` and the like switch.
type options struct {
	errExit  bool // -e
	xTrace   bool // -x
	noUnset  bool // -u
	noGlob   bool // -f
	pipeFail bool
	verbose  bool // -v
	allEx    bool // -a
	noExec   bool // -n
}

// state is what a shell knows; a subshell works on a copy of it.
type state struct {
	vars    map[string]expand.Variable
	names   []string // in the order in which variables were first set
	params  []string // $1 and up
	name    string   // $0
	funcs   map[string]*syntax.Stmt
	aliases map[string]string
	opt     options
	status  int
	pid     int // $$, which a subshell keeps
	lastBg  int // $!
	traps   map[string]string
}

func newState() state {
	return state{
		vars: map[string]expand.Variable{}, funcs: map[string]*syntax.Stmt{},
		aliases: map[string]string{}, traps: map[string]string{},
	}
}

func (s *state) clone() state {
	c := *s
	c.vars, c.funcs, c.aliases = maps.Clone(s.vars), maps.Clone(s.funcs), maps.Clone(s.aliases)
	c.names, c.params = slices.Clone(s.names), slices.Clone(s.params)
	c.traps = map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.traps)) {
		if s.traps[name] == "" { // an ignored signal stays ignored
			c.traps[name] = ""
		}
	}
	return c
}

// importEnv takes the environment that the shell was started with as exported variables.
func (s *state) importEnv(env *machine.Env) {
	for _, v := range env.List() {
		name, value, _ := strings.Cut(v, "=")
		if syntax.ValidName(name) {
			s.put(name, expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value})
		}
	}
}

func (s *state) put(name string, v expand.Variable) {
	if _, known := s.vars[name]; !known {
		s.names = append(s.names, name)
	}
	s.vars[name] = v
}

func (s *state) drop(name string) {
	delete(s.vars, name)
	if i := slices.Index(s.names, name); i >= 0 {
		s.names = slices.Delete(s.names, i, i+1)
	}
}

// maxValue bounds a variable, so that a loop that doubles one cannot take all
// the memory there is.
const maxValue = 1 << 20

// errNoMemory ends a shell, as a failed allocation does.
const errNoMemory shellError = "xrealloc: cannot allocate memory"

// set gives a variable a text and keeps its attributes. It fails for a
// variable that is read-only.
func (s *state) set(name, value string) error {
	v := s.vars[name]
	if v.ReadOnly {
		return shellError(name + ": readonly variable")
	}
	if len(value) > maxValue {
		return errNoMemory
	}
	switch {
	case v.Kind == expand.Indexed && len(v.List) > 0:
		v.List = slices.Clone(v.List)
		v.List[0] = value
	default:
		v.Kind, v.Str, v.List, v.Map = expand.String, value, nil, nil
	}
	v.Set = true
	v.Exported = v.Exported || s.opt.allEx
	s.put(name, v)
	return nil
}

func (s *state) get(name string) string { return s.vars[name].String() }

// exported makes the environment of a child, in this shell's order.
func (s *state) exported(f flavour) *machine.Env {
	type variable struct {
		name, value string
		bucket      int
	}
	list := make([]variable, 0, len(s.names))
	for _, n := range s.names {
		if v := s.vars[n]; v.Exported && v.IsSet() && v.Kind == expand.String {
			list = append(list, variable{n, v.Str, bucket(n)})
		}
	}
	if f != bash {
		slices.SortStableFunc(list, func(a, b variable) int { return a.bucket - b.bucket })
	}
	env := machine.NewEnv()
	for _, v := range list {
		env.Set(v.name, v.value)
	}
	return env
}

// bucket is the place of a variable in the hash table of ash and dash (39
// chains, var.c), which decides the order in which children see them.
func bucket(name string) int {
	h := uint(0)
	for i := range len(name) {
		if i == 0 {
			h = uint(name[0]) << 4
		}
		h += uint(name[i])
	}
	return int(h % 39)
}

// shellError is an error whose text is what follows the shell's name and line.
type shellError string

func (e shellError) Error() string { return string(e) }
