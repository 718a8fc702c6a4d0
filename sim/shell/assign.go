package shell

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

func (sh *interp) assignAll(list []*syntax.Assign) {
	for _, a := range list {
		if !sh.assign(a, false) {
			return
		}
	}
}

// assign carries out NAME=value, NAME+=value, NAME[i]=value or NAME=(...).
func (sh *interp) assign(a *syntax.Assign, export bool) bool {
	name := a.Name.Value
	v := sh.vars[name]
	if v.ReadOnly {
		sh.fail("%s: readonly variable", name)
		if !sh.prompts {
			sh.ctl = exiting
		}
		return false
	}
	var err error
	switch {
	case a.Array != nil && sh.flavour != bash:
		sh.unknownSyntax("(")
		return false
	case a.Array != nil:
		err = sh.assignArray(name, a)
	case a.Index != nil:
		err = sh.assignIndex(name, a)
	default:
		var value string
		if value, err = sh.literal(a.Value); err == nil {
			if a.Append {
				value = v.String() + value
			}
			err = sh.set(name, value)
		}
		if sh.opt.xTrace && err == nil {
			sh.p.Errorf("+ %s=%s\n", name, quoted(value))
		}
	}
	if err != nil {
		sh.expansionFailed(err)
		return false
	}
	if export {
		v = sh.vars[name]
		v.Exported = true
		sh.put(name, v)
	}
	return true
}

func (sh *interp) assignArray(name string, a *syntax.Assign) error {
	v := sh.vars[name]
	if v.Kind == expand.Associative {
		m := map[string]string{}
		for _, e := range a.Array.Elems {
			w, ok := e.Index.(*syntax.Word)
			if !ok {
				continue
			}
			key, err := sh.literal(w)
			if err != nil {
				return err
			}
			if m[key], err = sh.literal(e.Value); err != nil {
				return err
			}
		}
		v.Map, v.Set = m, true
		sh.put(name, v)
		return nil
	}
	var list []string
	if a.Append {
		list = slices.Clone(v.List)
	}
	for _, e := range a.Array.Elems {
		if e.Value == nil {
			continue
		}
		words, err := sh.fields(e.Value)
		if err != nil {
			return err
		}
		list = append(list, words...)
	}
	sh.put(name, expand.Variable{Set: true, Exported: v.Exported, Kind: expand.Indexed, List: list})
	return nil
}

// maxIndex bounds an array's index.
const maxIndex = 1 << 16

func (sh *interp) assignIndex(name string, a *syntax.Assign) error {
	value, err := sh.literal(a.Value)
	if err != nil {
		return err
	}
	v := sh.vars[name]
	if v.Kind == expand.Associative {
		key := printed(a.Index)
		if w, ok := a.Index.(*syntax.Word); ok {
			if key, err = sh.literal(w); err != nil {
				return err
			}
		}
		m := map[string]string{}
		for k := range v.Map {
			m[k] = v.Map[k]
		}
		if a.Append {
			value = m[key] + value
		}
		m[key] = value
		v.Map, v.Set = m, true
		sh.put(name, v)
		return nil
	}
	i, err := sh.arithmetic(a.Index)
	if err != nil {
		return err
	}
	list := slices.Clone(v.List)
	if v.Kind == expand.String && v.Set {
		list = []string{v.Str}
	}
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i > maxIndex {
		return shellError(name + "[" + strconv.Itoa(i) + "]: bad array subscript")
	}
	for len(list) <= i {
		list = append(list, "")
	}
	if a.Append {
		value = list[i] + value
	}
	list[i] = value
	sh.put(name, expand.Variable{Set: true, Exported: v.Exported, Kind: expand.Indexed, List: list})
	return nil
}

// declare is export, local, readonly, declare and typeset with their arguments
// as the parser sees them.
func (sh *interp) declare(c *syntax.DeclClause) {
	if lookupBuiltin(c.Variant.Value, sh.flavour) == nil {
		sh.fail("%s: not found", c.Variant.Value)
		sh.status = 127
		return
	}
	sh.status = 0
	var flags []string
	var words []string
	sh.unsub = 0
	for _, a := range c.Args {
		switch {
		case a.Naked && a.Name == nil:
			fields, err := sh.fields(a.Value)
			if err != nil {
				sh.expansionFailed(err)
				return
			}
			for _, f := range fields {
				if strings.HasPrefix(f, "-") && len(f) > 1 || strings.HasPrefix(f, "+") && len(f) > 1 {
					flags = append(flags, f)
				} else {
					words = append(words, f)
				}
			}
		case a.Naked:
			words = append(words, a.Name.Value)
		default:
			sh.declareOne(c.Variant.Value, flags, a.Name.Value, a)
			if sh.leaving() {
				return
			}
		}
	}
	for _, w := range words {
		sh.declareWord(c.Variant.Value, flags, w)
	}
	if len(words) == 0 && len(c.Args) == len(flags) {
		sh.listVariables(c.Variant.Value, flags)
	}
}

// declareWord handles an argument that only expansion showed: NAME or NAME=value.
func (sh *interp) declareWord(verb string, flags []string, word string) {
	name, value, has := strings.Cut(word, "=")
	if !syntax.ValidName(name) {
		if slices.Contains(flags, "-f") {
			return
		}
		switch sh.flavour {
		case bash:
			sh.complain(verb, "`%s': not a valid identifier", word)
		case ash:
			sh.fail("%s: %s: bad variable name", verb, name)
		default:
			sh.fail("%s: %s: bad variable name", verb, name)
		}
		return
	}
	var a *syntax.Assign
	if has {
		a = &syntax.Assign{Name: &syntax.Lit{Value: name}, Value: &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: value}}}}
	}
	sh.declareOne(verb, flags, name, a)
}

func (sh *interp) declareOne(verb string, flags []string, name string, a *syntax.Assign) {
	all := strings.Join(flags, "")
	local := verb == "local" || (verb == "declare" || verb == "typeset") && sh.calls > 0 && !strings.Contains(all, "g")
	if local {
		if len(sh.scopes) == 0 {
			if verb == "local" {
				sh.complain("local", "can only be used in a function")
			}
			return
		}
		top := sh.scopes[len(sh.scopes)-1]
		if _, done := top[name]; !done {
			top[name] = sh.save(name)
			if verb == "local" && sh.flavour == bash || verb != "local" {
				sh.drop(name)
			}
		}
	}
	v := sh.vars[name]
	if strings.Contains(all, "A") && v.Kind != expand.Associative {
		v.Kind, v.Map = expand.Associative, map[string]string{}
	}
	if strings.Contains(all, "a") && v.Kind == expand.Unknown {
		v.Kind = expand.Indexed
	}
	sh.put(name, v)
	if a != nil && !sh.assign(a, false) {
		return
	}
	v = sh.vars[name]
	switch {
	case verb == "export" && strings.Contains(all, "n"):
		v.Exported = false
	case verb == "export" || strings.Contains(all, "x"):
		v.Exported = true
	}
	if verb == "readonly" || strings.Contains(all, "r") {
		v.ReadOnly = true
	}
	sh.put(name, v)
}

// listVariables is `export -p`, `readonly` and `declare` without names.
func (sh *interp) listVariables(verb string, flags []string) {
	names := slices.Clone(sh.names)
	slices.Sort(names)
	for _, n := range names {
		v := sh.vars[n]
		if verb == "export" && !v.Exported || verb == "readonly" && !v.ReadOnly || verb == "local" {
			continue
		}
		switch {
		case sh.flavour != bash:
			sh.p.Printf("%s %s=%s\n", verb, n, singleQuoted(v.String()))
		case verb == "export" || verb == "readonly" || slices.Contains(flags, "-p"):
			attr := v.Flags()
			if attr == "" {
				attr = "-"
			}
			sh.p.Printf("declare -%s %s=%s\n", attr, n, doubleQuoted(v.String()))
		default:
			sh.p.Printf("%s=%s\n", n, quoted(v.String()))
		}
	}
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'" }

func doubleQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(s) + `"`
}
