package node

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// collection is what a Map or Set holds, in the order of insertion.
type collection struct {
	keys   []any
	values map[any]any
}

func collectionClass(kind string) *object {
	return newFunction(kind, func(r *runtime, _ any, a []any) any {
		c := &collection{values: map[any]any{}}
		o := &object{class: kind, data: c}
		if !nullish(argument(a, 0)) {
			for _, e := range r.iterate(a[0]) {
				k, v := e, e
				if kind == "Map" {
					pair := r.iterate(e)
					k, v = argument(pair, 0), argument(pair, 1)
				}
				c.put(k, v)
			}
		}
		return o
	})
}

func (c *collection) put(k, v any) {
	if _, ok := c.values[k]; !ok {
		c.keys = append(c.keys, k)
	}
	c.values[k] = v
}

func collectionEntries(o *object, what string) []any {
	c, ok := o.data.(*collection)
	if !ok {
		return nil
	}
	var list []any
	for _, k := range c.keys {
		switch what {
		case "keys":
			list = append(list, k)
		case "values":
			list = append(list, c.values[k])
		default:
			list = append(list, newArray(k, c.values[k]))
		}
	}
	return list
}

func collectionMethod(o *object, name string) any {
	c, ok := o.data.(*collection)
	if !ok {
		return nil
	}
	var fn native
	switch name {
	case "size":
		return float64(len(c.keys))
	case "set":
		fn = func(_ *runtime, _ any, a []any) any { c.put(argument(a, 0), argument(a, 1)); return o }
	case "add":
		fn = func(_ *runtime, _ any, a []any) any { c.put(argument(a, 0), argument(a, 0)); return o }
	case "get":
		fn = func(_ *runtime, _ any, a []any) any { return c.values[argument(a, 0)] }
	case "has":
		fn = func(_ *runtime, _ any, a []any) any { _, ok := c.values[argument(a, 0)]; return ok }
	case "delete":
		fn = func(_ *runtime, _ any, a []any) any {
			_, ok := c.values[argument(a, 0)]
			delete(c.values, argument(a, 0))
			c.keys = slices.DeleteFunc(c.keys, func(k any) bool { return k == argument(a, 0) })
			return ok
		}
	case "clear":
		fn = func(*runtime, any, []any) any { c.keys, c.values = nil, map[any]any{}; return nil }
	case "keys", "values", "entries":
		fn = func(*runtime, any, []any) any { return newArray(collectionEntries(o, name)...) }
	case "forEach":
		fn = func(r *runtime, _ any, a []any) any {
			for _, k := range slices.Clone(c.keys) {
				r.apply(argument(a, 0), nil, []any{c.values[k], k, o})
			}
			return nil
		}
	default:
		return nil
	}
	return newFunction(name, fn)
}

// dateClass is Date; a date's data is its milliseconds since 1970.
func dateClass() *object {
	now := func(r *runtime) float64 { return float64(r.process.Now().UnixMilli()) }
	c := newFunction("Date", func(r *runtime, _ any, a []any) any {
		ms := now(r)
		switch v := argument(a, 0).(type) {
		case float64:
			ms = v
		case string:
			ms = math.NaN()
			for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05"} {
				if t, err := time.Parse(layout, v); err == nil {
					ms = float64(t.UnixMilli())
				}
			}
		}
		return &object{class: "Date", data: ms}
	})
	c.method("now", func(r *runtime, _ any, _ []any) any { return now(r) })
	return c
}

func dateTime(o *object) time.Time {
	ms, _ := o.data.(float64)
	return time.UnixMilli(int64(ms)).UTC()
}

func dateText(o *object) string {
	if ms, _ := o.data.(float64); math.IsNaN(ms) {
		return "Invalid Date"
	}
	return dateTime(o).Format("2006-01-02T15:04:05.000Z")
}

func dateMethod(o *object, name string) any {
	t := dateTime(o)
	values := map[string]any{"getTime": o.data, "valueOf": o.data, "getFullYear": float64(t.Year()), "getMonth": float64(t.Month() - 1), "getDate": float64(t.Day()),
		"getDay": float64(t.Weekday()), "getHours": float64(t.Hour()), "getMinutes": float64(t.Minute()), "getSeconds": float64(t.Second()),
		"getMilliseconds": float64(t.Nanosecond() / 1e6), "toISOString": dateText(o), "toJSON": dateText(o),
		"toString": t.Format("Mon Jan 02 2006 15:04:05 GMT+0000 (Coordinated Universal Time)"), "toLocaleTimeString": t.Format("3:04:05 PM"),
		"toLocaleString": t.Format("1/2/2006, 3:04:05 PM"), "toLocaleDateString": t.Format("1/2/2006"), "toUTCString": t.Format("Mon, 02 Jan 2006 15:04:05 GMT")}
	v, ok := values[name]
	if !ok {
		return nil
	}
	return newFunction(name, func(*runtime, any, []any) any { return v })
}

func (r *runtime) makeRegex(body, flags string) *object {
	prefix := ""
	if strings.Contains(flags, "i") {
		prefix = "(?i)"
	}
	if strings.Contains(flags, "m") {
		prefix += "(?m)"
	}
	re, err := regexp.Compile(prefix + body)
	if err != nil {
		r.throwf("SyntaxError", "Invalid regular expression: /%s/: %s", body, lacking("this regular expression"))
	}
	o := &object{class: "RegExp", data: re}
	o.hide("source", "/"+body+"/"+flags)
	o.hide("global", strings.Contains(flags, "g"))
	return o
}

func regexOf(v any) *regexp.Regexp {
	if o, ok := v.(*object); ok {
		re, _ := o.data.(*regexp.Regexp)
		return re
	}
	return nil
}

// literal is an expression for a text as it is.
func literal(text string) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(strings.ToValidUTF8(text, "\ufffd")))
}

func (r *runtime) regexMethod(o *object, name string) any {
	switch re := regexOf(o); name {
	case "test":
		return newFunction(name, func(_ *runtime, _ any, a []any) any { return re.MatchString(toText(argument(a, 0))) })
	case "exec":
		return newFunction(name, func(r *runtime, _ any, a []any) any { return r.matchText(o, toText(argument(a, 0))) })
	}
	return nil
}

func (r *runtime) matchText(pattern any, s string) any {
	re := regexOf(pattern)
	if re == nil {
		re = literal(toText(pattern))
	}
	out := newArray()
	if o, ok := pattern.(*object); ok && o.props["global"] == true {
		for _, m := range re.FindAllString(s, -1) {
			out.list = append(out.list, m)
		}
	} else {
		at := re.FindStringSubmatchIndex(s)
		for i := 0; i+1 < len(at); i += 2 {
			if at[i] < 0 {
				out.list = append(out.list, nil)
			} else {
				out.list = append(out.list, s[at[i]:at[i+1]])
			}
		}
	}
	if len(out.list) == 0 {
		return null{}
	}
	return out
}

// replaceText is replace and replaceAll; the new text may be a function.
func (r *runtime) replaceText(s string, a []any, all bool) any {
	re, to := regexOf(argument(a, 0)), argument(a, 1)
	if re == nil {
		re = literal(toText(argument(a, 0)))
	} else if o, ok := a[0].(*object); ok {
		all = all || o.props["global"] == true
	}
	n := 1
	if all {
		n = -1
	}
	var b strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(s, n) {
		b.WriteString(s[last:at[0]])
		last = at[1]
		if isFunction(to) {
			var groups []any
			for i := 0; i+1 < len(at); i += 2 {
				if at[i] >= 0 {
					groups = append(groups, s[at[i]:at[i+1]])
				} else {
					groups = append(groups, nil)
				}
			}
			b.WriteString(r.text(r.apply(to, nil, groups)))
			continue
		}
		b.Write(re.ExpandString(nil, regexp.MustCompile(`\$(\d)`).ReplaceAllString(toText(to), "$${$1}"), s, at))
		r.limit(b.Len())
	}
	return b.String() + s[last:]
}

func encodeURI(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func decodeURI(s string) string {
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}

// makeURL is new URL(text, base).
func makeURL(r *runtime, _ any, a []any) any {
	text := toText(argument(a, 0))
	u, err := url.Parse(text)
	if err == nil && argument(a, 1) != nil {
		var base *url.URL
		if base, err = url.Parse(toText(a[1])); err == nil {
			u = base.ResolveReference(u)
		}
	}
	if err != nil || u.Scheme == "" {
		r.throwf("TypeError", "Invalid URL")
	}
	o := &object{class: "URL"}
	for _, kv := range [][2]string{{"href", u.String()}, {"protocol", u.Scheme + ":"}, {"host", u.Host}, {"hostname", u.Hostname()}, {"port", u.Port()}, {"pathname", orSlash(u.EscapedPath())}} {
		o.set(kv[0], kv[1])
	}
	search := ""
	if u.RawQuery != "" {
		search = "?" + u.RawQuery
	}
	o.set("search", search)
	query := &object{class: "URLSearchParams"}
	query.method("get", func(_ *runtime, _ any, a []any) any {
		if v := u.Query()[toText(argument(a, 0))]; len(v) > 0 {
			return v[0]
		}
		return null{}
	})
	query.method("has", func(_ *runtime, _ any, a []any) any { return u.Query().Has(toText(argument(a, 0))) })
	o.hide("searchParams", query)
	o.method("toString", func(*runtime, any, []any) any { return u.String() })
	return o
}

func orSlash(s string) string {
	if s == "" {
		return "/"
	}
	return s
}

// bufferClass is Buffer as far as texts go.
func bufferClass() *object {
	b := newObject()
	b.method("from", func(_ *runtime, _ any, a []any) any { return bufferOf(toText(argument(a, 0))) })
	b.method("byteLength", func(_ *runtime, _ any, a []any) any { return float64(len(toText(argument(a, 0)))) })
	b.method("concat", func(r *runtime, _ any, a []any) any {
		text := ""
		for _, v := range r.iterate(argument(a, 0)) {
			text += toText(v)
		}
		return bufferOf(text)
	})
	return b
}

func bufferOf(text string) *object {
	o := &object{class: "Buffer", data: text}
	o.hide("length", float64(len(text)))
	return o
}
