package node

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// install makes the global names.
func (r *runtime) install() {
	g := r.globals
	add := func(name string, v any) { g.declare(name, v, false) }
	add("undefined", nil)
	add("NaN", math.NaN())
	add("Infinity", math.Inf(1))
	add("console", r.console())
	add("Math", mathObject(r))
	add("JSON", newObject().method("stringify", jsonStringify).method("parse", jsonParse))
	add("Object", r.objectClass())
	add("Array", arrayClass())
	add("Promise", r.promiseClass())
	add("Map", collectionClass("Map"))
	add("Set", collectionClass("Set"))
	add("Date", dateClass())
	add("process", r.processObject())
	global := newObject()
	add("globalThis", global)
	add("global", global)
	for _, kind := range []string{"Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError"} {
		add(kind, r.errorClass(kind))
	}
	for name, fn := range conversions() {
		add(name, newFunction(name, fn))
	}
	number, _ := g.vars["Number"].value.(*object)
	number.method("isInteger", func(_ *runtime, _ any, a []any) any {
		f, ok := argument(a, 0).(float64)
		return ok && f == math.Trunc(f)
	}).method("isNaN", func(_ *runtime, _ any, a []any) any { f, ok := argument(a, 0).(float64); return ok && math.IsNaN(f) })
	for _, name := range []string{"parseInt", "parseFloat"} {
		number.hide(name, g.vars[name].value)
	}
	for name, fn := range timerFunctions() {
		add(name, newFunction(name, fn))
	}
	add("fetch", newFunction("fetch", fetch))
	add("URL", newFunction("URL", makeURL))
	add("Buffer", bufferClass())
}

func conversions() map[string]native {
	parse := func(text string, base int) any {
		text = strings.TrimSpace(text)
		end := 0
		for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[end] == '-' || text[end] == '+') || base == 16 && strings.IndexByte("abcdefABCDEF", text[end]) >= 0) {
			end++
		}
		n, err := strconv.ParseInt(text[:end], base, 64)
		if err != nil {
			return math.NaN()
		}
		return float64(n)
	}
	return map[string]native{
		"parseInt": func(_ *runtime, _ any, a []any) any {
			base := 10
			if argument(a, 1) != nil && toInt(a[1]) >= 2 && toInt(a[1]) <= 36 {
				base = toInt(a[1])
			}
			return parse(toText(argument(a, 0)), base)
		},
		"parseFloat": func(_ *runtime, _ any, a []any) any {
			text := strings.TrimSpace(toText(argument(a, 0)))
			for end := min(len(text), 40); end > 0; end-- {
				if f, err := strconv.ParseFloat(text[:end], 64); err == nil {
					return f
				}
			}
			return math.NaN()
		},
		"isNaN":  func(_ *runtime, _ any, a []any) any { return math.IsNaN(toNumber(argument(a, 0))) },
		"Number": func(_ *runtime, _ any, a []any) any { return toNumber(argument(append(a, 0.0), 0)) },
		"String": func(r *runtime, _ any, a []any) any { return r.text(argument(append(a, ""), 0)) },
		"Boolean": func(_ *runtime, _ any, a []any) any {
			return truthy(argument(a, 0))
		},
		"encodeURIComponent": func(_ *runtime, _ any, a []any) any { return encodeURI(toText(argument(a, 0))) },
		"decodeURIComponent": func(_ *runtime, _ any, a []any) any { return decodeURI(toText(argument(a, 0))) },
		"queueMicrotask": func(r *runtime, _ any, a []any) any {
			r.jobs = append(r.jobs, func() { r.apply(argument(a, 0), nil, nil) })
			return nil
		},
		"structuredClone": func(r *runtime, _ any, a []any) any {
			return jsonParse(r, nil, []any{r.stringify(argument(a, 0), "", 0)})
		},
	}
}

func timerFunctions() map[string]native {
	begin := func(every bool) native {
		return func(r *runtime, _ any, a []any) any {
			fn, rest := argument(a, 0), a[min(2, len(a)):]
			if !isFunction(fn) {
				r.throwf("TypeError", "The \"callback\" argument must be of type function. Received %s", r.inspect(fn, 0))
			}
			ms := toNumber(argument(a, 1))
			if math.IsNaN(ms) || ms > 1<<31 {
				ms = 1
			}
			t := r.start(time.Duration(ms*float64(time.Millisecond)), every, func() { r.apply(fn, nil, rest) })
			o := &object{class: "Timeout", data: t}
			o.method("unref", func(*runtime, any, []any) any { t.unref = true; return o })
			o.method("ref", func(*runtime, any, []any) any { t.unref = false; return o })
			return o
		}
	}
	end := func(r *runtime, _ any, a []any) any {
		if o, ok := argument(a, 0).(*object); ok {
			if t, ok := o.data.(*timer); ok {
				r.clear(t.id)
			}
		}
		return nil
	}
	return map[string]native{
		"setTimeout": begin(false), "setInterval": begin(true), "clearTimeout": end, "clearInterval": end,
		"setImmediate": func(r *runtime, _ any, a []any) any {
			return begin(false)(r, nil, append([]any{argument(a, 0), 0.0}, a[min(1, len(a)):]...))
		},
	}
}

func (r *runtime) console() *object {
	c := newObject()
	for _, name := range []string{"log", "info", "debug"} {
		c.method(name, func(r *runtime, _ any, a []any) any { r.process.Printf("%s\n", r.format(a)); return nil })
	}
	for _, name := range []string{"error", "warn", "trace"} {
		c.method(name, func(r *runtime, _ any, a []any) any { r.process.Errorf("%s\n", r.format(a)); return nil })
	}
	return c
}

func mathObject(r *runtime) *object {
	m := newObject()
	m.hide("PI", math.Pi)
	m.hide("E", math.E)
	one := map[string]func(float64) float64{"floor": math.Floor, "ceil": math.Ceil, "abs": math.Abs, "sqrt": math.Sqrt, "trunc": math.Trunc, "log": math.Log, "sin": math.Sin, "cos": math.Cos,
		"round": func(f float64) float64 { return math.Floor(f + 0.5) }, "log2": math.Log2, "log10": math.Log10,
		"sign": func(f float64) float64 { return map[bool]float64{true: 1}[f > 0] - map[bool]float64{true: 1}[f < 0] }}
	for name, fn := range one {
		m.method(name, func(_ *runtime, _ any, a []any) any { return fn(toNumber(argument(a, 0))) })
	}
	m.method("max", func(_ *runtime, _ any, a []any) any {
		best := math.Inf(-1)
		for _, v := range a {
			best = math.Max(best, toNumber(v))
		}
		return best
	})
	m.method("min", func(_ *runtime, _ any, a []any) any {
		best := math.Inf(1)
		for _, v := range a {
			best = math.Min(best, toNumber(v))
		}
		return best
	})
	m.method("pow", func(_ *runtime, _ any, a []any) any {
		return math.Pow(toNumber(argument(a, 0)), toNumber(argument(a, 1)))
	})
	m.method("random", func(r *runtime, _ any, _ []any) any { return r.process.Clock().Rand().Float64() })
	return m
}

func (r *runtime) errorClass(kind string) *object {
	proto := r.errorProto(kind)
	c := newFunction(kind, func(r *runtime, _ any, a []any) any {
		message := ""
		if argument(a, 0) != nil {
			message = r.text(a[0])
		}
		e := r.makeError(kind, message)
		if message == "" {
			e.hide("stack", kind+"\n"+r.stack())
		}
		if opts, ok := argument(a, 1).(*object); ok {
			if cause, ok := opts.own("cause"); ok {
				e.set("cause", cause)
			}
		}
		return e
	})
	c.hide("prototype", proto)
	if kind != "Error" {
		proto.proto = r.errorProto("Error")
	}
	c.method("captureStackTrace", func(*runtime, any, []any) any { return nil })
	return c
}

func (r *runtime) objectClass() *object {
	o := newFunction("Object", func(_ *runtime, _ any, a []any) any {
		if argument(a, 0) != nil {
			return a[0]
		}
		return newObject()
	})
	texts := func(r *runtime, v any) []any {
		var list []any
		for _, k := range r.keysOf(v) {
			list = append(list, k)
		}
		return list
	}
	o.method("keys", func(r *runtime, _ any, a []any) any { return newArray(texts(r, argument(a, 0))...) })
	o.method("values", func(r *runtime, _ any, a []any) any {
		out := newArray()
		for _, k := range r.keysOf(argument(a, 0)) {
			out.list = append(out.list, r.get(a[0], k))
		}
		return out
	})
	o.method("entries", func(r *runtime, _ any, a []any) any {
		out := newArray()
		for _, k := range r.keysOf(argument(a, 0)) {
			out.list = append(out.list, newArray(k, r.get(a[0], k)))
		}
		return out
	})
	o.method("assign", func(r *runtime, _ any, a []any) any {
		to, _ := argument(a, 0).(*object)
		for _, from := range a[min(1, len(a)):] {
			for _, k := range r.keysOf(from) {
				if to != nil {
					to.set(k, r.get(from, k))
				}
			}
		}
		return argument(a, 0)
	})
	o.method("freeze", func(_ *runtime, _ any, a []any) any { return argument(a, 0) })
	o.method("fromEntries", func(r *runtime, _ any, a []any) any {
		out := newObject()
		for _, e := range r.iterate(argument(a, 0)) {
			pair := r.iterate(e)
			out.set(toText(argument(pair, 0)), argument(pair, 1))
		}
		return out
	})
	return o
}

func arrayClass() *object {
	c := newFunction("Array", func(r *runtime, _ any, a []any) any {
		if n, ok := argument(a, 0).(float64); ok && len(a) == 1 {
			r.limit(int(n) * 16)
			return newArray(make([]any, max(0, int(n)))...)
		}
		return newArray(slices.Clone(a)...)
	})
	c.method("isArray", func(_ *runtime, _ any, a []any) any {
		o, ok := argument(a, 0).(*object)
		return ok && o.class == "Array"
	})
	c.method("of", func(_ *runtime, _ any, a []any) any { return newArray(slices.Clone(a)...) })
	c.method("from", func(r *runtime, _ any, a []any) any {
		var list []any
		if o, ok := argument(a, 0).(*object); ok && o.class == "Object" {
			n := toInt(o.props["length"])
			r.limit(n * 16)
			list = make([]any, max(0, n))
		} else {
			list = r.iterate(argument(a, 0))
		}
		if fn := argument(a, 1); fn != nil {
			for i, v := range list {
				list[i] = r.apply(fn, nil, []any{v, float64(i)})
			}
		}
		return newArray(list...)
	})
	return c
}
