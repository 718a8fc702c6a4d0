package node

import (
	"slices"
	"strings"
)

// arrayMethod is a method of an array; nil if there is none of the name.
func (r *runtime) arrayMethod(o *object, name string) any {
	fn := arrayMethods()[name]
	if fn == nil {
		if fn = arrayWalks()[name]; fn == nil {
			return nil
		}
	}
	return newFunction(name, func(r *runtime, _ any, a []any) any { return fn(r, o, a) })
}

type arrayFunc = func(r *runtime, o *object, a []any) any

// arrayMethods are those without a callback.
func arrayMethods() map[string]arrayFunc {
	return map[string]arrayFunc{
		"push": func(r *runtime, o *object, a []any) any {
			o.list = append(o.list, a...)
			r.limit(len(o.list) * 16)
			return float64(len(o.list))
		},
		"pop": func(_ *runtime, o *object, _ []any) any {
			if len(o.list) == 0 {
				return nil
			}
			v := o.list[len(o.list)-1]
			o.list = o.list[:len(o.list)-1]
			return v
		},
		"shift": func(_ *runtime, o *object, _ []any) any {
			if len(o.list) == 0 {
				return nil
			}
			v := o.list[0]
			o.list = o.list[1:]
			return v
		},
		"unshift": func(_ *runtime, o *object, a []any) any {
			o.list = append(slices.Clone(a), o.list...)
			return float64(len(o.list))
		},
		"join": arrayJoin,
		"slice": func(_ *runtime, o *object, a []any) any {
			from, to := bounds(a, len(o.list))
			return newArray(slices.Clone(o.list[from:max(from, to)])...)
		},
		"splice": arraySplice,
		"concat": arrayConcat,
		"includes": func(_ *runtime, o *object, a []any) any {
			return slices.ContainsFunc(o.list, func(v any) bool { return strictEqual(v, argument(a, 0)) })
		},
		"indexOf": func(_ *runtime, o *object, a []any) any {
			return float64(slices.IndexFunc(o.list, func(v any) bool { return strictEqual(v, argument(a, 0)) }))
		},
		"reverse": func(_ *runtime, o *object, _ []any) any { slices.Reverse(o.list); return o },
		"at": func(_ *runtime, o *object, a []any) any {
			i := toInt(argument(a, 0))
			if i < 0 {
				i += len(o.list)
			}
			if i < 0 {
				return nil
			}
			return argument(o.list, i)
		},
		"fill": func(_ *runtime, o *object, a []any) any {
			for i := range o.list {
				o.list[i] = argument(a, 0)
			}
			return o
		},
		"keys":    func(_ *runtime, o *object, _ []any) any { return numbers(len(o.list)) },
		"entries": func(_ *runtime, o *object, _ []any) any { return entriesOf(o.list) },
		"values":  func(_ *runtime, o *object, _ []any) any { return newArray(slices.Clone(o.list)...) },
		"flat":    arrayFlat,
	}
}

func numbers(n int) *object {
	out := newArray()
	for i := range n {
		out.list = append(out.list, float64(i))
	}
	return out
}

func entriesOf(list []any) *object {
	out := newArray()
	for i, v := range list {
		out.list = append(out.list, newArray(float64(i), v))
	}
	return out
}

// walk calls a function for each element until it says stop.
func (r *runtime) walk(o *object, fn any, each func(i int, v, result any) bool) {
	for i := 0; i < len(o.list); i++ {
		v := o.list[i]
		if !each(i, v, r.apply(fn, nil, []any{v, float64(i), o})) {
			return
		}
	}
}

// arrayWalks are the methods with a callback.
func arrayWalks() map[string]arrayFunc {
	search := func(pick func(i int, v any) any, otherwise any) arrayFunc {
		return func(r *runtime, o *object, a []any) any {
			found := otherwise
			r.walk(o, argument(a, 0), func(i int, v, result any) bool {
				if truthy(result) {
					found = pick(i, v)
					return false
				}
				return true
			})
			return found
		}
	}
	return map[string]arrayFunc{
		"forEach": func(r *runtime, o *object, a []any) any {
			r.walk(o, argument(a, 0), func(int, any, any) bool { return true })
			return nil
		},
		"map": func(r *runtime, o *object, a []any) any {
			out := newArray()
			r.walk(o, argument(a, 0), func(_ int, _, result any) bool { out.list = append(out.list, result); return true })
			return out
		},
		"filter": func(r *runtime, o *object, a []any) any {
			out := newArray()
			r.walk(o, argument(a, 0), func(_ int, v, result any) bool {
				if truthy(result) {
					out.list = append(out.list, v)
				}
				return true
			})
			return out
		},
		"flatMap": func(r *runtime, o *object, a []any) any {
			out := newArray()
			r.walk(o, argument(a, 0), func(_ int, _, result any) bool { out.list = append(out.list, result); return true })
			return arrayFlat(r, out, nil)
		},
		"find":      search(func(_ int, v any) any { return v }, nil),
		"findIndex": search(func(i int, _ any) any { return float64(i) }, -1.0),
		"some":      search(func(int, any) any { return true }, false),
		"every": func(r *runtime, o *object, a []any) any {
			all := true
			r.walk(o, argument(a, 0), func(_ int, _, result any) bool { all = truthy(result); return all })
			return all
		},
		"reduce": arrayReduce,
		"sort": func(r *runtime, o *object, a []any) any {
			slices.SortStableFunc(o.list, func(x, y any) int {
				if fn := argument(a, 0); fn != nil {
					f := toNumber(r.apply(fn, nil, []any{x, y}))
					return map[bool]int{true: -1}[f < 0] + map[bool]int{true: 1}[f > 0]
				}
				return strings.Compare(toText(x), toText(y))
			})
			return o
		},
	}
}

// arrayJoin is Array.prototype.join.
func arrayJoin(_ *runtime, o *object, a []any) any {
	sep := ","
	if argument(a, 0) != nil {
		sep = toText(a[0])
	}
	var parts []string
	for _, v := range o.list {
		if nullish(v) {
			v = ""
		}
		parts = append(parts, toText(v))
	}
	return strings.Join(parts, sep)
}

// arraySplice is Array.prototype.splice: what is taken out is returned.
func arraySplice(_ *runtime, o *object, a []any) any {
	from, _ := bounds(a[:min(1, len(a))], len(o.list))
	n := len(o.list) - from
	if len(a) > 1 {
		n = max(0, min(n, toInt(a[1])))
	}
	gone := newArray(slices.Clone(o.list[from : from+n])...)
	o.list = append(append(slices.Clone(o.list[:from]), a[min(2, len(a)):]...), o.list[from+n:]...)
	return gone
}

// arrayConcat is Array.prototype.concat.
func arrayConcat(_ *runtime, o *object, a []any) any {
	out := newArray(slices.Clone(o.list)...)
	for _, v := range a {
		if more, ok := v.(*object); ok && more.class == "Array" {
			out.list = append(out.list, more.list...)
		} else {
			out.list = append(out.list, v)
		}
	}
	return out
}

// arrayFlat is Array.prototype.flat, one level deep.
func arrayFlat(_ *runtime, o *object, _ []any) any {
	out := newArray()
	for _, v := range o.list {
		if inner, ok := v.(*object); ok && inner.class == "Array" {
			out.list = append(out.list, inner.list...)
		} else {
			out.list = append(out.list, v)
		}
	}
	return out
}

// arrayReduce is Array.prototype.reduce.
func arrayReduce(r *runtime, o *object, a []any) any {
	list, sum := o.list, argument(a, 1)
	if len(a) < 2 {
		if len(list) == 0 {
			r.throwf("TypeError", "Reduce of empty array with no initial value")
		}
		sum, list = list[0], list[1:]
	}
	for i, v := range list {
		sum = r.apply(argument(a, 0), nil, []any{sum, v, float64(i + len(o.list) - len(list)), o})
	}
	return sum
}
