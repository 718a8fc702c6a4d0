package program

import "testing"

func TestStressReadsNumbersWithSuffixes(t *testing.T) {
	for text, want := range map[string]int64{"150M": 150 << 20, "10s": 10, "2m": 120, "7": 7, "1G": 1 << 30} {
		if n, ok := stressNumber(text); !ok || n != want {
			t.Errorf("%s is %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "M", "-1", "1.5G", "99999999999G"} {
		if n, ok := stressNumber(text); ok {
			t.Errorf("%q was taken for %d", text, n)
		}
	}
}
