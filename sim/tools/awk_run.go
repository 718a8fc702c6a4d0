package tools

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"drydock/sim/machine"
)

func (r *awkRun) block(list []*awkNode) error {
	for _, n := range list {
		if err := r.exec(n); err != nil {
			return err
		}
	}
	return nil
}

func (r *awkRun) exec(n *awkNode) error {
	switch n.op {
	case "expr":
		_, err := r.eval(n.kids[0])
		return err
	case "block":
		return r.block(n.body)
	case "print":
		return r.output(n, false)
	case "printf":
		return r.output(n, true)
	case "next":
		return errAwkNext
	case "break":
		return errAwkBreak
	case "continue":
		return errAwkContinue
	case "exit":
		if len(n.kids) > 0 {
			v, err := r.eval(n.kids[0])
			if err != nil {
				return err
			}
			r.vars["\x00exit"] = awkNumber(v.number())
		}
		return errAwkExit
	case "delete":
		target := n.kids[0]
		if target.op == "var" {
			delete(r.arrays, target.text)
			delete(r.keys, target.text)
			return nil
		}
		key, err := r.key(target.kids)
		delete(r.arrays[target.text], key)
		r.keys[target.text] = slices.DeleteFunc(r.keys[target.text], func(k string) bool { return k == key })
		return err
	case "if":
		v, err := r.eval(n.kids[0])
		if err != nil {
			return err
		}
		if v.truth() {
			return r.block(n.body)
		}
		return r.block(n.or)
	}
	return r.loop(n)
}

func (r *awkRun) loop(n *awkNode) error {
	if n.op == "forin" {
		for _, key := range slices.Clone(r.keys[n.kids[0].text]) {
			r.vars[n.text] = awkValue{s: key, input: true}
			if stop, err := r.turn(n.body); stop {
				return err
			}
		}
		return nil
	}
	cond, post := n.kids[0], (*awkNode)(nil)
	if n.op == "for" {
		cond, post = n.kids[1], n.kids[2]
		if n.kids[0] != nil {
			if _, err := r.eval(n.kids[0]); err != nil {
				return err
			}
		}
	}
	for {
		if cond != nil {
			v, err := r.eval(cond)
			if err != nil || !v.truth() {
				return err
			}
		}
		if r.steps++; r.steps > maxAwkSteps {
			return fmt.Errorf("the program runs too long for this simulator")
		}
		if stop, err := r.turn(n.body); stop {
			return err
		}
		if post != nil {
			if _, err := r.eval(post); err != nil {
				return err
			}
		}
	}
}

// turn is one turn of a loop; stop ends it, with the error to pass on.
func (r *awkRun) turn(body []*awkNode) (stop bool, err error) {
	switch err := r.block(body); err {
	case nil, errAwkContinue:
		return false, nil
	case errAwkBreak:
		return true, nil
	default:
		return true, err
	}
}

// output is print and printf, to standard output or a file.
func (r *awkRun) output(n *awkNode, formatted bool) error {
	var list []awkValue
	for _, k := range n.kids {
		v, err := r.eval(k)
		if err != nil {
			return err
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		list = []awkValue{awkText(r.line)}
	}
	text := ""
	if formatted {
		text = awkFormat(list)
	} else {
		words := make([]string, len(list))
		for i, v := range list {
			words[i] = v.text()
		}
		text = strings.Join(words, r.vars["OFS"].text()) + r.vars["ORS"].text()
	}
	if n.text == "" {
		r.out.WriteString(text)
		if r.out.Len() > 4096 {
			r.flush()
		}
		return nil
	}
	name, err := r.eval(n.or[0])
	if err != nil {
		return err
	}
	return r.toFile(name.text(), text, n.text == ">>")
}

// toFile writes to a file that stays open: only the first > empties it.
func (r *awkRun) toFile(name, text string, add bool) error {
	if name == "/dev/stderr" {
		r.Errorf("%s", text)
		return nil
	}
	_, opened := r.vars["\x00file "+name]
	sink, err := r.Create(name, add || opened)
	if err != nil {
		return fmt.Errorf("can't redirect to `%s' (%s)", name, reason(err))
	}
	r.vars["\x00file "+name] = awkNumber(1)
	_, err = machine.NewOutput(r.Process, sink).Write([]byte(text))
	return err
}

func awkFormat(list []awkValue) string {
	words := make([]string, len(list)-1)
	for i, v := range list[1:] {
		words[i] = v.text()
	}
	f := formatter{args: words, lenient: true}
	f.once(list[0].text())
	return f.out.String()
}

// call is a built-in function.
func (r *awkRun) call(n *awkNode) (awkValue, error) {
	switch n.text {
	case "sub", "gsub":
		return r.replace(n)
	case "split":
		return r.splitInto(n)
	case "length":
		if len(n.kids) == 0 {
			return awkNumber(float64(len([]rune(r.line)))), nil
		}
		if k := n.kids[0]; k.op == "var" && r.arrays[k.text] != nil {
			return awkNumber(float64(len(r.arrays[k.text]))), nil
		}
	}
	var args []awkValue
	for _, k := range n.kids {
		if k.op == "re" {
			args = append(args, awkText(k.text))
			continue
		}
		v, err := r.eval(k)
		if err != nil {
			return v, err
		}
		args = append(args, v)
	}
	return r.builtin(n.text, args)
}

// builtin is a function whose arguments are plain values.
func (r *awkRun) builtin(name string, args []awkValue) (awkValue, error) {
	arg := func(i int) awkValue {
		if i < len(args) {
			return args[i]
		}
		return awkValue{}
	}
	switch name {
	case "length":
		return awkNumber(float64(len([]rune(arg(0).text())))), nil
	case "substr":
		return awkSubstr(arg(0).text(), arg(1).number(), arg(2).number(), len(args) > 2), nil
	case "index":
		return awkNumber(float64(strings.Index(arg(0).text(), arg(1).text()) + 1)), nil
	case "tolower":
		return awkText(strings.ToLower(arg(0).text())), nil
	case "toupper":
		return awkText(strings.ToUpper(arg(0).text())), nil
	case "int":
		return awkNumber(math.Trunc(arg(0).number())), nil
	case "sqrt":
		return awkNumber(math.Sqrt(arg(0).number())), nil
	case "sprintf":
		if len(args) == 0 {
			return awkText(""), nil
		}
		return awkText(awkFormat(args)), nil
	case "match":
		rx, err := compile(arg(1).text(), "extended", false)
		if err != nil {
			return awkValue{}, err
		}
		at := rx.FindStringIndex(arg(0).text())
		if at == nil {
			at = []int{-1, -2}
		}
		r.vars["RSTART"], r.vars["RLENGTH"] = awkNumber(float64(at[0]+1)), awkNumber(float64(at[1]-at[0]))
		return r.vars["RSTART"], nil
	}
	return awkValue{}, fmt.Errorf("function %s is not part of this simulator's awk", name)
}

func awkSubstr(s string, from, length float64, limited bool) awkValue {
	r := []rune(s)
	start := math.Round(from)
	end := float64(len(r)) + 1
	if limited {
		end = min(end, start+math.Round(length))
	}
	start = max(start, 1)
	if !(end > start) {
		return awkText("")
	}
	return awkText(string(r[int(start)-1 : int(end)-1]))
}

func (r *awkRun) replace(n *awkNode) (awkValue, error) {
	if len(n.kids) < 2 {
		return awkValue{}, fmt.Errorf("not enough arguments passed to %s", n.text)
	}
	expr := n.kids[0].text
	if n.kids[0].op != "re" {
		v, err := r.eval(n.kids[0])
		if err != nil {
			return v, err
		}
		expr = v.text()
	}
	form, err := r.eval(n.kids[1])
	if err != nil {
		return form, err
	}
	target := &awkNode{op: "field", kids: []*awkNode{{op: "num"}}}
	if len(n.kids) > 2 {
		target = n.kids[2]
	}
	old, err := r.eval(target)
	if err != nil {
		return old, err
	}
	rx, err := compile(expr, "extended", false)
	if err != nil {
		return old, err
	}
	var b strings.Builder
	at, count, src := 0, 0, old.text()
	for _, m := range rx.FindAllStringSubmatchIndex(src, -1) {
		if n.text == "sub" && count > 0 {
			break
		}
		count++
		b.WriteString(src[at:m[0]] + replacement(form.text(), src, m[:2]))
		at = m[1]
	}
	if count == 0 || b.Len() > maxLine {
		return awkNumber(0), nil
	}
	b.WriteString(src[at:])
	return awkNumber(float64(count)), r.store(target, awkText(b.String()))
}

func (r *awkRun) splitInto(n *awkNode) (awkValue, error) {
	if len(n.kids) < 2 {
		return awkValue{}, fmt.Errorf("not enough arguments passed to split")
	}
	text, err := r.eval(n.kids[0])
	if err != nil {
		return text, err
	}
	sep := r.vars["FS"].text()
	if len(n.kids) > 2 {
		if n.kids[2].op == "re" {
			sep = n.kids[2].text
		} else {
			v, err := r.eval(n.kids[2])
			if err != nil {
				return v, err
			}
			sep = v.text()
		}
	}
	name := n.kids[1].text
	r.arrays[name], r.keys[name] = map[string]awkValue{}, nil
	parts := r.split(text.text(), sep)
	for i, part := range parts {
		key := fmt.Sprint(i + 1)
		r.arrays[name][key] = awkValue{s: part, input: true}
		r.keys[name] = append(r.keys[name], key)
	}
	return awkNumber(float64(len(parts))), nil
}
