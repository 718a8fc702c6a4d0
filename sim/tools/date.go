package tools

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func date(t *tool) int {
	o, ok := t.parse("u/utc/universal d:/date R/rfc-email /iso: s:/set r:/reference", isoArgs(t.Args[1:]))
	if !ok {
		return 1
	}
	at := t.Now().UTC()
	if o.has("s") {
		t.failf("cannot set date: Operation not permitted")
		return 1
	}
	if o.has("d") {
		if at, ok = parseDate(o.values["d"], at); !ok {
			t.failf("invalid date '%s'", o.values["d"])
			return 1
		}
	}
	format := "%a %b %e %H:%M:%S UTC %Y"
	if !t.busybox {
		format = "%a %b %e %H:%M:%S %Z %Y"
	}
	switch {
	case o.has("R"):
		format = "%a, %d %b %Y %H:%M:%S +0000"
	case o.has("iso"):
		format = isoFormat(o.values["iso"])
	}
	if len(o.args) > 0 {
		if !strings.HasPrefix(o.args[0], "+") {
			t.failf("invalid date '%s'", o.args[0])
			return 1
		}
		format = o.args[0][1:]
	}
	t.write(Strftime(format, at) + "\n")
	return 0
}

// isoArgs turns -I, -Iseconds and --iso-8601=... into one form.
func isoArgs(args []string) []string {
	var out []string
	for _, a := range args {
		switch rest, short := strings.CutPrefix(a, "-I"); {
		case short:
			out = append(out, "--iso="+rest)
		case strings.HasPrefix(a, "--iso-8601"):
			out = append(out, "--iso="+strings.TrimPrefix(strings.TrimPrefix(a, "--iso-8601"), "="))
		default:
			out = append(out, a)
		}
	}
	return out
}

func isoFormat(precision string) string {
	switch {
	case strings.HasPrefix(precision, "s"):
		return "%Y-%m-%dT%H:%M:%S+00:00"
	case strings.HasPrefix(precision, "m"):
		return "%Y-%m-%dT%H:%M+00:00"
	case strings.HasPrefix(precision, "h"):
		return "%Y-%m-%dT%H+00:00"
	}
	return "%Y-%m-%d"
}

// Strftime writes a time by a format of date(1).
func Strftime(format string, at time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 >= len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		pad := byte(0)
		if strings.IndexByte("-_0^", format[i]) >= 0 && i+1 < len(format) {
			pad = format[i]
			i++
		}
		width := 9
		if format[i] >= '1' && format[i] <= '9' && i+1 < len(format) && format[i+1] == 'N' {
			width = int(format[i] - '0')
			i++
		}
		b.WriteString(padded(field(format[i], at, width), pad))
	}
	return b.String()
}

func padded(s string, pad byte) string {
	switch pad {
	case '-':
		if t := strings.TrimLeft(s, "0 "); t != "" {
			return t
		}
		return "0"
	case '_':
		t := strings.TrimLeft(s, "0")
		return strings.Repeat(" ", len(s)-len(t)) + t
	case '^':
		return strings.ToUpper(s)
	}
	return s
}

// field is one directive of a date format.
func field(c byte, at time.Time, width int) string {
	if layout, ok := map[byte]string{
		'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan", 'c': "Mon Jan _2 15:04:05 2006", 'd': "02", 'D': "01/02/06",
		'e': "_2", 'F': "2006-01-02", 'H': "15", 'I': "03", 'm': "01", 'M': "04", 'p': "PM", 'r': "03:04:05 PM", 'R': "15:04", 'S': "05",
		'T': "15:04:05", 'x': "01/02/06", 'X': "15:04:05", 'y': "06", 'Y': "2006", 'z': "-0700", 'Z': "MST",
	}[c]; ok {
		return at.Format(layout)
	}
	year, week := at.ISOWeek()
	switch c {
	case '%':
		return "%"
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 's':
		return strconv.FormatInt(at.Unix(), 10)
	case 'N':
		return fmt.Sprintf("%09d", at.Nanosecond())[:width]
	case 'j':
		return fmt.Sprintf("%03d", at.YearDay())
	case 'k':
		return fmt.Sprintf("%2d", at.Hour())
	case 'l':
		return fmt.Sprintf("%2d", (at.Hour()+11)%12+1)
	case 'u':
		return strconv.Itoa((int(at.Weekday())+6)%7 + 1)
	case 'w':
		return strconv.Itoa(int(at.Weekday()))
	case 'V':
		return fmt.Sprintf("%02d", week)
	case 'G':
		return strconv.Itoa(year)
	case 'U':
		return fmt.Sprintf("%02d", (at.YearDay()+6-int(at.Weekday()))/7)
	case 'q':
		return strconv.Itoa((int(at.Month())-1)/3 + 1)
	case 'C':
		return fmt.Sprintf("%02d", at.Year()/100)
	}
	return "%" + string(c)
}
