package python

import (
	"fmt"
	"strings"
	"time"
)

// timeModules are time and datetime.
func (in *interp) timeModules(name string) map[string]any {
	now := func() time.Time { return in.process.Now().UTC() }
	seconds := func(*thread, args) (any, error) { return float64(now().UnixMicro()) / 1e6, nil }
	switch name {
	case "time":
		return functions(map[string]func(*thread, args) (any, error){
			"sleep": func(t *thread, a args) (any, error) {
				v, _ := a.get(0, "")
				f, ok := asFloat(v)
				if !ok {
					return nil, t.raise("TypeError", "'%s' object cannot be interpreted as an integer", typeName(v))
				}
				if f < 0 {
					return nil, t.raise("ValueError", "sleep length must be non-negative")
				}
				return nil, t.sleep(time.Duration(min(f, 1e9) * float64(time.Second)))
			},
			"time": seconds, "monotonic": seconds, "perf_counter": seconds, "process_time": seconds,
			"time_ns":   func(*thread, args) (any, error) { return now().UnixNano(), nil },
			"strftime":  func(_ *thread, a args) (any, error) { return strftime(a.str(0, "", ""), now()), nil },
			"ctime":     func(*thread, args) (any, error) { return now().Format("Mon Jan _2 15:04:05 2006"), nil },
			"localtime": func(*thread, args) (any, error) { return &dateTime{now()}, nil },
			"gmtime":    func(*thread, args) (any, error) { return &dateTime{now()}, nil },
		})
	case "datetime":
		current := fn("now", func(*thread, args) (any, error) { return &dateTime{now()}, nil })
		kind := &class{name: "datetime.datetime", attrs: map[string]any{"now": current, "utcnow": current, "today": current}, native: newDateTime}
		day := &class{name: "datetime.date", attrs: map[string]any{"today": current}, native: newDateTime}
		delta := &class{name: "datetime.timedelta", attrs: map[string]any{}, native: newDelta}
		zone := &class{name: "datetime.timezone", attrs: map[string]any{"utc": nil}}
		return map[string]any{"datetime": kind, "date": day, "timedelta": delta, "timezone": zone, "UTC": nil}
	}
	return nil
}

// dateTime is a datetime; all times are UTC, as in containers.
type dateTime struct{ at time.Time }

func newDateTime(_ *thread, _ *class, a args) (any, error) {
	n := func(i int, name string, otherwise int64) int { return int(a.integer(i, name, otherwise)) }
	return &dateTime{time.Date(n(0, "year", 1), time.Month(n(1, "month", 1)), n(2, "day", 1), n(3, "hour", 0), n(4, "minute", 0), n(5, "second", 0), 0, time.UTC)}, nil
}

func (d *dateTime) typeName() string { return "datetime.datetime" }

// String is str(): with microseconds when there are any.
func (d *dateTime) String() string {
	text := d.at.Format("2006-01-02 15:04:05")
	if us := d.at.Nanosecond() / 1000; us > 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	return text
}

func (d *dateTime) format(spec string) string { return strftime(spec, d.at) }

func (d *dateTime) order(other any) (int, bool) {
	o, ok := other.(*dateTime)
	if !ok {
		return 0, false
	}
	return d.at.Compare(o.at), true
}

func (d *dateTime) attr(_ *thread, name string) (any, bool) {
	numbers := map[string]int{"year": d.at.Year(), "month": int(d.at.Month()), "day": d.at.Day(), "hour": d.at.Hour(), "minute": d.at.Minute(),
		"second": d.at.Second(), "microsecond": d.at.Nanosecond() / 1000}
	if n, ok := numbers[name]; ok {
		return int64(n), true
	}
	calls := map[string]func(*thread, args) (any, error){
		"isoformat": func(_ *thread, a args) (any, error) {
			return strings.Replace(d.String(), " ", a.str(0, "sep", "T"), 1), nil
		},
		"strftime":  func(_ *thread, a args) (any, error) { return strftime(a.str(0, "", ""), d.at), nil },
		"timestamp": func(*thread, args) (any, error) { return float64(d.at.UnixMicro()) / 1e6, nil },
		"date":      func(*thread, args) (any, error) { return &dateTime{d.at.Truncate(24 * time.Hour)}, nil },
		"weekday":   func(*thread, args) (any, error) { return int64(d.at.Weekday()+6) % 7, nil },
	}
	if call := calls[name]; call != nil {
		return fn(name, call), true
	}
	return nil, false
}

// delta is a timedelta.
type delta struct{ d time.Duration }

func newDelta(_ *thread, _ *class, a args) (any, error) {
	total := 0.0
	for i, unit := range []struct {
		name    string
		seconds float64
	}{{"days", 86400}, {"seconds", 1}, {"microseconds", 1e-6}, {"milliseconds", 1e-3}, {"minutes", 60}, {"hours", 3600}, {"weeks", 604800}} {
		if v, ok := a.get(i, unit.name); ok {
			f, _ := asFloat(v)
			total += f * unit.seconds
		}
	}
	return &delta{time.Duration(total * float64(time.Second))}, nil
}

func (d *delta) typeName() string { return "datetime.timedelta" }

// String is str(), such as "1 day, 2:03:04".
func (d *delta) String() string {
	days := ""
	rest := d.d
	if n := int(rest / (24 * time.Hour)); n != 0 {
		days = fmt.Sprintf("%d day%s, ", n, plural(n))
		rest -= time.Duration(n) * 24 * time.Hour
	}
	text := fmt.Sprintf("%s%d:%02d:%02d", days, int(rest.Hours()), int(rest.Minutes())%60, int(rest.Seconds())%60)
	if us := int(rest.Microseconds()) % 1e6; us > 0 {
		text += fmt.Sprintf(".%06d", us)
	}
	return text
}

func (d *delta) attr(_ *thread, name string) (any, bool) {
	switch name {
	case "days":
		return int64(d.d / (24 * time.Hour)), true
	case "seconds":
		return int64(d.d%(24*time.Hour)) / int64(time.Second), true
	case "total_seconds":
		return fn(name, func(*thread, args) (any, error) { return d.d.Seconds(), nil }), true
	}
	return nil, false
}

func (d *delta) operate(t *thread, op string, right any) (any, error) {
	if o, ok := right.(*delta); ok && (op == "+" || op == "-") {
		if op == "-" {
			return &delta{d.d - o.d}, nil
		}
		return &delta{d.d + o.d}, nil
	}
	return nil, t.operandError(op, d, right)
}

func (d *dateTime) operate(t *thread, op string, right any) (any, error) {
	switch o := right.(type) {
	case *delta:
		if op == "-" {
			return &dateTime{d.at.Add(-o.d)}, nil
		}
		return &dateTime{d.at.Add(o.d)}, nil
	case *dateTime:
		if op == "-" {
			return &delta{d.at.Sub(o.at)}, nil
		}
	}
	return nil, t.operandError(op, d, right)
}

// strftime formats a time by C's codes.
func strftime(format string, at time.Time) string {
	codes := map[byte]string{'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'B': "January", 'b': "Jan", 'A': "Monday",
		'a': "Mon", 'I': "03", 'p': "PM", 'Z': "UTC", 'z': "-0700", 'F': "2006-01-02", 'T': "15:04:05", 'c': "Mon Jan _2 15:04:05 2006", 'D': "01/02/06", 'R': "15:04",
		'x': "01/02/06", 'X': "15:04:05"}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch layout, ok := codes[format[i]]; {
		case ok:
			b.WriteString(at.Format(layout))
		case format[i] == 'f':
			fmt.Fprintf(&b, "%06d", at.Nanosecond()/1000)
		case format[i] == 's':
			fmt.Fprintf(&b, "%d", at.Unix())
		case format[i] == 'j':
			fmt.Fprintf(&b, "%03d", at.YearDay())
		case format[i] == '%':
			b.WriteByte('%')
		default:
			b.WriteString(format[i-1 : i+1])
		}
	}
	return b.String()
}
