package tools

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// batch is how many lines an endless tool writes before a millisecond passes.
const batch = 10

func yes(t *tool) int {
	text := "y"
	if len(t.Args) > 1 {
		text = strings.Join(t.Args[1:], " ")
	}
	for i := 0; t.write(text + "\n"); i++ {
		if i%batch == batch-1 {
			t.Sleep(time.Millisecond)
		}
	}
	return 1
}

func seq(t *tool) int {
	o, ok := t.parse("+s:/separator w/equal-width f:", negatives(t.Args[1:]))
	if !ok {
		return 1
	}
	sep := "\n"
	if o.has("s") {
		sep = o.values["s"]
	}
	var nums []float64
	for _, a := range o.args {
		n, err := strconv.ParseFloat(a, 64)
		if err != nil {
			t.failf("invalid floating point argument: '%s'", a)
			return 1
		}
		nums = append(nums, n)
	}
	from, step, to := 1.0, 1.0, 0.0
	switch len(nums) {
	case 0:
		t.usage("missing operand")
		return 1
	case 1:
		to = nums[0]
	case 2:
		from, to = nums[0], nums[1]
	default:
		from, step, to = nums[0], nums[1], nums[2]
	}
	if step == 0 {
		t.failf("invalid Zero increment value: '0'")
		return 1
	}
	t.sequence(from, step, to, sep, o.has("w"))
	return 0
}

func (t *tool) sequence(from, step, to float64, sep string, equal bool) {
	width := 0
	if equal {
		width = max(len(number(from)), len(number(to)))
	}
	printed := false
	for i := 0; ; i++ {
		n := from + float64(i)*step
		if step > 0 && n > to+1e-9 || step < 0 && n < to-1e-9 {
			break
		}
		lead := ""
		if printed {
			lead = sep
		}
		printed = true
		if !t.write(lead + fmt.Sprintf("%0*s", width, number(n))) {
			return
		}
		if i%1000 == 999 {
			t.Sleep(time.Millisecond)
		}
	}
	if printed {
		t.write("\n")
	}
}

func number(n float64) string {
	return strconv.FormatFloat(float64(int64(n*1e9+sign(n)*0.5))/1e9, 'f', -1, 64)
}

func sign(n float64) float64 {
	if n < 0 {
		return -1
	}
	return 1
}

// negatives keeps numbers such as -5 from being read as options.
func negatives(args []string) []string {
	for i, a := range args {
		if len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			return append(append(append([]string(nil), args[:i]...), "--"), args[i:]...)
		}
	}
	return args
}
