package tools

import (
	"strconv"
	"strings"
	"time"
)

// parseDate reads the dates that touch -d and date -d take.
func parseDate(s string, now time.Time) (time.Time, bool) {
	switch s {
	case "now", "today":
		return now, true
	case "yesterday":
		return now.AddDate(0, 0, -1), true
	case "tomorrow":
		return now.AddDate(0, 0, 1), true
	}
	if rest, ok := strings.CutPrefix(s, "@"); ok {
		n, err := strconv.ParseInt(rest, 10, 64)
		return time.Unix(n, 0).UTC(), err == nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "15:04:05", "15:04", time.RFC1123, time.UnixDate} {
		if at, err := time.Parse(layout, s); err == nil {
			if at.Year() == 0 {
				at = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
			}
			return at, true
		}
	}
	return relativeDate(s, now)
}

// relativeDate reads "2 hours ago", "+3 days", "1 week".
func relativeDate(s string, now time.Time) (time.Time, bool) {
	words := strings.Fields(s)
	back := len(words) > 0 && words[len(words)-1] == "ago"
	if back {
		words = words[:len(words)-1]
	}
	if len(words) != 2 {
		return now, false
	}
	n, err := strconv.Atoi(strings.TrimPrefix(words[0], "+"))
	if err != nil || n > 100000 || n < -100000 {
		return now, false
	}
	if back {
		n = -n
	}
	switch strings.TrimSuffix(words[1], "s") {
	case "second", "sec":
		return now.Add(time.Duration(n) * time.Second), true
	case "minute", "min":
		return now.Add(time.Duration(n) * time.Minute), true
	case "hour":
		return now.Add(time.Duration(n) * time.Hour), true
	case "day":
		return now.AddDate(0, 0, n), true
	case "week":
		return now.AddDate(0, 0, 7*n), true
	case "month":
		return now.AddDate(0, n, 0), true
	case "year":
		return now.AddDate(n, 0, 0), true
	}
	return now, false
}
