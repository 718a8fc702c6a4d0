package python

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// dataModules are json, random, math and other modules that only compute.
func (in *interp) dataModules(name string) map[string]any {
	switch name {
	case "json":
		return in.jsonModule()
	case "random", "secrets":
		return in.randomModule()
	case "math":
		return mathModule()
	case "hashlib":
		return hashModule()
	case "base64":
		return base64Module()
	case "uuid":
		r := in.process.Clock().Rand()
		return functions(map[string]func(*thread, args) (any, error){"uuid4": func(*thread, args) (any, error) {
			return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.Uint32()&0xffff, r.Uint32()&0xfff, r.Uint32()&0xfff, r.Uint64()&0xffffffffffff), nil
		}})
	case "string":
		return map[string]any{"ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789",
			"ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "punctuation": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}
	}
	return nil
}

// jsonModule is json, with its own exception.
func (in *interp) jsonModule() map[string]any {
	attrs := functions(map[string]func(*thread, args) (any, error){
		"dumps": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "obj")
			return t.dumps(v, jsonIndent(a), "", a.truth(-1, "sort_keys", false))
		},
		"loads": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "s")
			if b, ok := v.(bytesValue); ok {
				return t.loads(string(b))
			}
			return t.loads(toStr(t, v))
		},
		"load": func(t *thread, a args) (any, error) {
			f, _ := a.get(0, "fp")
			text, err := t.callMethod(f, "read", args{})
			if err != nil {
				return nil, err
			}
			return t.loads(toStr(t, text))
		},
		"dump": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "obj")
			f, _ := a.get(1, "fp")
			text, err := t.dumps(v, jsonIndent(a), "", false)
			if err != nil {
				return nil, err
			}
			return t.callMethod(f, "write", args{pos: []any{text}})
		},
	})
	attrs["JSONDecodeError"] = in.exceptions["JSONDecodeError"]
	return attrs
}

// base64Module is base64.
func base64Module() map[string]any {
	return functions(map[string]func(*thread, args) (any, error){
		"b64encode": func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			b, _ := v.(bytesValue)
			return bytesValue(base64.StdEncoding.EncodeToString([]byte(b))), nil
		},
		"b64decode": func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			text := toStr(t, v)
			if b, ok := v.(bytesValue); ok {
				text = string(b)
			}
			out, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return nil, t.raise("ValueError", "Incorrect padding")
			}
			return bytesValue(out), nil
		},
	})
}

func jsonIndent(a args) string {
	v, ok := a.kw["indent"]
	if !ok || v == nil {
		return ""
	}
	if s, ok := v.(string); ok {
		return s
	}
	n, _ := asInt(v)
	return strings.Repeat(" ", int(min(max(n, 0), 16)))
}

// dumps writes a value as JSON in Python's spacing.
func (t *thread) dumps(v any, indent, before string, sortKeys bool) (string, error) {
	if len(before) > 400 {
		return "", t.raise("ValueError", "Circular reference detected")
	}
	inner := before + indent
	if indent == "" {
		inner = before + " "
	}
	wrap := func(open, end string, parts []string) string {
		switch {
		case len(parts) == 0:
			return open + end
		case indent == "":
			return open + strings.Join(parts, ", ") + end
		}
		return open + "\n" + inner + strings.Join(parts, ",\n"+inner) + "\n" + before + end
	}
	switch v := v.(type) {
	case nil:
		return "null", nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64, float64:
		return toStr(t, v), nil
	case string:
		return jsonString(v), nil
	case *list, *tuple:
		items, _ := t.items(v)
		parts := make([]string, len(items))
		for i, item := range items {
			text, err := t.dumps(item, indent, inner, sortKeys)
			if err != nil {
				return "", err
			}
			parts[i] = text
		}
		return wrap("[", "]", parts), nil
	case *dict:
		d := v
		if sortKeys {
			keys, err := t.sorted(v.keys(), args{})
			if err != nil {
				return "", err
			}
			d = newDict()
			for _, k := range keys {
				value, _ := v.get(k)
				d.put(k, value)
			}
		}
		parts := make([]string, len(d.entries))
		for i, e := range d.entries {
			text, err := t.dumps(e.value, indent, inner, sortKeys)
			if err != nil {
				return "", err
			}
			key := toStr(t, e.key)
			if e.key == nil {
				key = "null"
			}
			parts[i] = jsonString(key) + ": " + text
		}
		return wrap("{", "}", parts), nil
	case interface{ asDict() *dict }:
		return t.dumps(v.asDict(), indent, before, sortKeys)
	}
	return "", t.raise("TypeError", "Object of type %s is not JSON serializable", typeName(v))
}

// jsonString quotes a text as Python does: everything beyond ASCII is escaped.
func jsonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case r < ' ' || r > '~':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// loads reads JSON.
func (t *thread) loads(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := decodeJSON(dec, 0)
	if err != nil || dec.More() {
		return nil, t.raise("JSONDecodeError", "Expecting value: line 1 column 1 (char 0)")
	}
	return v, nil
}

func decodeJSON(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if depth > 100 {
		return nil, fmt.Errorf("too deep")
	}
	switch tok := tok.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(tok.String(), 10, 64); err == nil {
			return n, nil
		}
		return tok.Float64()
	case json.Delim:
		if tok == '[' {
			l := &list{}
			for dec.More() {
				v, err := decodeJSON(dec, depth+1)
				if err != nil {
					return nil, err
				}
				l.items = append(l.items, v)
			}
			_, err = dec.Token()
			return l, err
		}
		d := newDict()
		for dec.More() {
			k, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			d.put(k, v)
		}
		_, err = dec.Token()
		return d, err
	}
	return tok, nil
}

func (in *interp) randomModule() map[string]any {
	r := in.process.Clock().Rand()
	between := func(_ *thread, a args) (any, error) {
		low, high := a.integer(0, "a", 0), a.integer(1, "b", 0)
		if high < low {
			low, high = high, low
		}
		return low + r.Int64N(high-low+1), nil
	}
	pick := func(t *thread, a args) (any, error) {
		items, err := a.items(t)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return nil, t.raise("IndexError", "Cannot choose from an empty sequence")
		}
		return items[r.IntN(len(items))], nil
	}
	hexToken := func(_ *thread, a args) (any, error) {
		var b strings.Builder
		for range min(a.integer(0, "", 16), 1024) {
			fmt.Fprintf(&b, "%02x", r.Uint32()&0xff)
		}
		return b.String(), nil
	}
	return functions(map[string]func(*thread, args) (any, error){
		"random": func(*thread, args) (any, error) { return r.Float64(), nil }, "randint": between,
		"randrange": func(t *thread, a args) (any, error) {
			low, high := int64(0), a.integer(0, "", 1)
			if len(a.pos) > 1 {
				low, high = high, a.integer(1, "", 1)
			}
			if high <= low {
				return nil, t.raise("ValueError", "empty range in randrange(%d, %d)", low, high)
			}
			return low + r.Int64N(high-low), nil
		},
		"choice": pick, "seed": func(*thread, args) (any, error) { return nil, nil },
		"uniform": func(_ *thread, a args) (any, error) {
			x, _ := asFloat(a.pos[0])
			y, _ := asFloat(a.pos[len(a.pos)-1])
			return x + (y-x)*r.Float64(), nil
		},
		"shuffle": func(_ *thread, a args) (any, error) {
			if l, ok := a.pos[0].(*list); ok {
				r.Shuffle(len(l.items), func(i, j int) { l.items[i], l.items[j] = l.items[j], l.items[i] })
			}
			return nil, nil
		},
		"token_hex": hexToken, "token_urlsafe": hexToken,
	})
}

func mathModule() map[string]any {
	one := func(f func(float64) float64) func(*thread, args) (any, error) {
		return func(t *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			x, ok := asFloat(v)
			if !ok {
				return nil, t.raise("TypeError", "must be real number, not %s", typeName(v))
			}
			y := f(x)
			if math.IsNaN(y) && !math.IsNaN(x) {
				return nil, t.raise("ValueError", "math domain error")
			}
			return y, nil
		}
	}
	whole := func(f func(float64) float64) func(*thread, args) (any, error) {
		return func(t *thread, a args) (any, error) {
			v, err := one(f)(t, a)
			if y, ok := v.(float64); ok {
				return int64(y), err
			}
			return v, err
		}
	}
	attrs := functions(map[string]func(*thread, args) (any, error){
		"sqrt": one(math.Sqrt), "sin": one(math.Sin), "cos": one(math.Cos), "tan": one(math.Tan), "exp": one(math.Exp), "log10": one(math.Log10),
		"log2": one(math.Log2), "log": one(math.Log), "floor": whole(math.Floor), "ceil": whole(math.Ceil), "trunc": whole(math.Trunc), "fabs": one(math.Abs),
		"factorial": func(t *thread, a args) (any, error) {
			n, f := a.integer(0, "", 0), int64(1)
			if n > 20 {
				return nil, lacks("integers beyond 64 bits")
			}
			for i := int64(2); i <= n; i++ {
				f *= i
			}
			return f, nil
		},
		"pow": func(_ *thread, a args) (any, error) {
			x, _ := asFloat(a.pos[0])
			y, _ := asFloat(a.pos[len(a.pos)-1])
			return math.Pow(x, y), nil
		},
	})
	attrs["pi"], attrs["e"], attrs["inf"] = math.Pi, math.E, math.Inf(1)
	return attrs
}

// digest is a hash object of hashlib.
type digest struct {
	kind string
	data string
}

func (d *digest) typeName() string { return "_hashlib.HASH" }

func (d *digest) sum() string {
	switch d.kind {
	case "md5":
		s := md5.Sum([]byte(d.data))
		return string(s[:])
	case "sha1":
		s := sha1.Sum([]byte(d.data))
		return string(s[:])
	}
	s := sha256.Sum256([]byte(d.data))
	return string(s[:])
}

func (d *digest) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "hexdigest":
		return fn(name, func(*thread, args) (any, error) { return hexText(d.sum()), nil }), true
	case "digest":
		return fn(name, func(*thread, args) (any, error) { return bytesValue(d.sum()), nil }), true
	case "update":
		return fn(name, func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			b, _ := v.(bytesValue)
			d.data += string(b)
			return nil, nil
		}), true
	}
	return nil, false
}

func hashModule() map[string]any {
	attrs := map[string]any{}
	for _, kind := range []string{"md5", "sha1", "sha256"} {
		attrs[kind] = fn(kind, func(_ *thread, a args) (any, error) {
			v, _ := a.get(0, "")
			b, _ := v.(bytesValue)
			return &digest{kind, string(b)}, nil
		})
	}
	return attrs
}
