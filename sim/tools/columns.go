package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// column is sort's key: fields from and to, counted from 1, and how to compare.
type column struct {
	from, to         int
	fromChar, toChar int
	flags            string
}

func sortCommand(t *tool) int {
	o, ok := t.parse("n/numeric-sort r/reverse u/unique k:/key t:/field-separator f/ignore-case b/ignore-leading-blanks h/human-numeric-sort V/version-sort "+
		"s/stable c/check o:/output M/month-sort d g/general-numeric-sort z R", t.Args[1:])
	if !ok {
		return 2
	}
	var list []string
	status := t.inputs(o.args, "cannot read: %s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, _ := cutNewline(line)
			list = append(list, text)
			return true
		})
	})
	if status != 0 {
		return 2
	}
	flags := ""
	for _, f := range []string{"n", "r", "f", "b", "h", "V", "M", "g"} {
		if o.has(f) {
			flags += f
		}
	}
	var keys []column
	for _, k := range values(t.Args[1:], "-k", "--key") {
		c, ok := parseKey(k, flags)
		if !ok {
			t.failf("invalid number at field start: invalid count at start of '%s'", k)
			return 2
		}
		keys = append(keys, c)
	}
	if len(keys) == 0 {
		keys = []column{{from: 1, flags: flags}}
	}
	order := func(a, b string) int { return compareKeys(a, b, keys, o.values["t"]) }
	slices.SortStableFunc(list, func(a, b string) int {
		if c := order(a, b); c != 0 || o.has("s") || o.has("u") {
			return c
		}
		c := cmp.Compare(a, b)
		if o.has("r") {
			return -c
		}
		return c
	})
	if o.has("u") {
		list = slices.CompactFunc(list, func(a, b string) bool { return order(a, b) == 0 })
	}
	return t.sorted(list, o)
}

func (t *tool) sorted(list []string, o *options) int {
	text := strings.Join(list, "\n")
	if len(list) > 0 {
		text += "\n"
	}
	if name := o.values["o"]; name != "" {
		if err := t.WriteFile(name, []byte(text)); err != nil {
			t.failf("open failed: %s: %s", name, reason(err))
			return 2
		}
		return 0
	}
	t.write(text)
	return 0
}

// parseKey reads -k 2,3n or -k 2.1nr.
func parseKey(s, flags string) (column, bool) {
	c := column{}
	own := ""
	read := func(part string) (field, char int, ok bool) {
		digits := strings.TrimRight(part, "bdfghinrMRV")
		own += part[len(digits):]
		f, ch, hasChar := strings.Cut(digits, ".")
		field, err := strconv.Atoi(f)
		if hasChar {
			char, _ = strconv.Atoi(ch)
		}
		return field, char, err == nil && field >= 0
	}
	first, second, two := strings.Cut(s, ",")
	var ok bool
	if c.from, c.fromChar, ok = read(first); !ok || c.from == 0 {
		return c, false
	}
	if two {
		if c.to, c.toChar, ok = read(second); !ok {
			return c, false
		}
	}
	c.flags = flags
	if own != "" {
		c.flags = own
	}
	return c, true
}

func compareKeys(a, b string, keys []column, sep string) int {
	for _, k := range keys {
		c := compareBy(keyOf(a, k, sep), keyOf(b, k, sep), k.flags)
		if strings.Contains(k.flags, "r") {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// keyOf cuts the part of a line that a key compares.
func keyOf(line string, k column, sep string) string {
	if k.from <= 1 && k.to == 0 && k.fromChar == 0 {
		return line
	}
	var fields []string
	if sep != "" {
		fields = strings.Split(line, sep)
	} else {
		fields = blankFields(line)
	}
	if k.from > len(fields) {
		return ""
	}
	to := len(fields)
	if k.to > 0 {
		to = min(k.to, len(fields))
	}
	if to < k.from {
		return ""
	}
	text := strings.Join(fields[k.from-1:to], sep)
	if k.fromChar > 1 && sep != "" {
		text = text[min(k.fromChar-1, len(text)):]
	}
	return text
}

// blankFields cuts a line where blanks follow non-blanks; the blanks stay at
// the front of the next field.
func blankFields(line string) []string {
	var fields []string
	start := 0
	for i := 1; i < len(line); i++ {
		if (line[i] == ' ' || line[i] == '\t') && line[i-1] != ' ' && line[i-1] != '\t' {
			fields = append(fields, line[start:i])
			start = i
		}
	}
	return append(fields, line[start:])
}

func compareBy(a, b, flags string) int {
	if strings.ContainsAny(flags, "nhgMVb") {
		a, b = strings.TrimLeft(a, " \t"), strings.TrimLeft(b, " \t")
	}
	switch {
	case strings.Contains(flags, "h"):
		return cmp.Compare(humanValue(a), humanValue(b))
	case strings.ContainsAny(flags, "ng"):
		return cmp.Compare(leadingNumber(a), leadingNumber(b))
	case strings.Contains(flags, "V"):
		return compareVersions(a, b)
	case strings.Contains(flags, "M"):
		months := "jan feb mar apr may jun jul aug sep oct nov dec"
		return cmp.Compare(strings.Index(months, strings.ToLower(a[:min(3, len(a))])), strings.Index(months, strings.ToLower(b[:min(3, len(b))])))
	case strings.Contains(flags, "f"):
		return cmp.Compare(strings.ToUpper(a), strings.ToUpper(b))
	}
	return cmp.Compare(a, b)
}

func leadingNumber(s string) float64 {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == '-' && end == 0) {
		end++
	}
	n, _ := strconv.ParseFloat(s[:end], 64)
	return n
}

func humanValue(s string) float64 {
	n := leadingNumber(s)
	rest := strings.TrimLeft(s, "-0123456789.")
	if rest != "" {
		if i := strings.IndexByte("KMGTPE", strings.ToUpper(rest)[0]); i >= 0 {
			for range i + 1 {
				n *= 1024
			}
		}
	}
	return n
}

func compareVersions(a, b string) int {
	for a != "" && b != "" {
		x, y := strings.TrimLeft(a, "0123456789"), strings.TrimLeft(b, "0123456789")
		if len(x) < len(a) && len(y) < len(b) {
			m, _ := strconv.Atoi(a[:len(a)-len(x)])
			n, _ := strconv.Atoi(b[:len(b)-len(y)])
			if m != n {
				return cmp.Compare(m, n)
			}
			a, b = x, y
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func uniq(t *tool) int {
	o, ok := t.parse("c/count d/repeated u/unique i/ignore-case f:/skip-fields", t.Args[1:])
	if !ok {
		return 1
	}
	previous, count, any := "", 0, false
	flush := func() {
		if !any || o.has("d") && count < 2 || o.has("u") && count > 1 {
			return
		}
		lead := ""
		if o.has("c") {
			lead = fmt.Sprintf("%7d ", count)
		}
		t.write(lead + previous + "\n")
	}
	if len(o.args) > 1 {
		o.args = o.args[:1]
	}
	status := t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, _ := cutNewline(line)
			if any && (text == previous || o.has("i") && strings.EqualFold(text, previous)) {
				count++
				return true
			}
			flush()
			previous, count, any = text, 1, true
			return true
		})
	})
	flush()
	return status
}

// span is a range of a list such as 1,3-5,7-; to 0 means to the end.
type span struct{ from, to int }

func parseSpans(s string) ([]span, bool) {
	var list []span
	for _, part := range strings.Split(s, ",") {
		a, b, isRange := strings.Cut(part, "-")
		from, to := 1, 0
		var err error
		if a != "" {
			if from, err = strconv.Atoi(a); err != nil || from < 1 {
				return nil, false
			}
		}
		switch {
		case !isRange:
			to = from
		case b != "":
			if to, err = strconv.Atoi(b); err != nil || to < from {
				return nil, false
			}
		case a == "":
			return nil, false
		}
		list = append(list, span{from, to})
	}
	return list, true
}

func within(list []span, n int) bool {
	return slices.ContainsFunc(list, func(s span) bool { return n >= s.from && (s.to == 0 || n <= s.to) })
}

func cut(t *tool) int {
	o, ok := t.parse("d:/delimiter f:/fields c:/characters b:/bytes s/only-delimited /output-delimiter: /complement n", t.Args[1:])
	if !ok {
		return 1
	}
	word := o.values["f"] + o.values["c"] + o.values["b"]
	if word == "" {
		if t.busybox {
			t.failf("expected a list of bytes, characters, or fields")
		} else {
			t.usage("you must specify a list of bytes, characters, or fields")
		}
		return 1
	}
	spans, ok := parseSpans(word)
	if !ok {
		t.usage("invalid field range")
		return 1
	}
	delim := "\t"
	if o.has("d") {
		delim = o.values["d"]
	}
	out := delim
	if o.has("output-delimiter") {
		out = o.values["output-delimiter"]
	}
	return t.inputs(o.args, "%s: %s", "%s: %s", func(_ string, in *machine.Input) {
		lines(in, func(line string) bool {
			text, _ := cutNewline(line)
			if o.has("f") {
				if !strings.Contains(text, delim) {
					return o.has("s") || t.write(text+"\n")
				}
				return t.write(strings.Join(chosen(strings.Split(text, delim), spans, o.has("complement")), out) + "\n")
			}
			return t.write(strings.Join(chosen(strings.Split(text, ""), spans, o.has("complement")), "") + "\n")
		})
	})
}

func chosen(parts []string, spans []span, not bool) []string {
	var kept []string
	for i, p := range parts {
		if within(spans, i+1) != not {
			kept = append(kept, p)
		}
	}
	return kept
}

func sortStrings(list []string) { slices.Sort(list) }
