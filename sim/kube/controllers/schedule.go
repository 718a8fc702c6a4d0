package controllers

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Schedule is when a CronJob is due: for each of the five fields the values allowed.
type Schedule struct {
	fields  [5]uint64
	anyDay  bool // of the month
	anyWeek bool // day of the week
}

// limits are the least and greatest value of minute, hour, day, month or weekday.
func limits(field int) (low, high int) {
	all := [5][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}
	return all[field][0], all[field][1]
}

// macros is the schedule that a name such as @daily stands for.
func macros(name string) string {
	switch name {
	case "@yearly", "@annually":
		return "0 0 1 1 *"
	case "@monthly":
		return "0 0 1 * *"
	case "@weekly":
		return "0 0 * * 0"
	case "@daily", "@midnight":
		return "0 0 * * *"
	case "@hourly":
		return "0 * * * *"
	}
	return name
}

// ParseSchedule reads the five fields of a cron schedule or a name such as @daily.
func ParseSchedule(text string) (*Schedule, error) {
	parts := strings.Fields(macros(text))
	if len(parts) != 5 {
		return nil, fmt.Errorf("expected exactly 5 fields, found %d: %v", len(parts), parts)
	}
	s := &Schedule{anyDay: star(parts[2]), anyWeek: star(parts[4])}
	for i, part := range parts {
		for _, item := range strings.Split(part, ",") {
			set, err := values(item, i)
			if err != nil {
				return nil, err
			}
			s.fields[i] |= set
		}
	}
	if s.fields[4]&(1<<7) != 0 {
		s.fields[4] |= 1
	}
	return s, nil
}

func star(part string) bool { return strings.HasPrefix(part, "*") || strings.HasPrefix(part, "?") }

// values is the set of one item of a field: *, 5, 1-5, each with a /step.
func values(item string, field int) (uint64, error) {
	body, stepText, stepped := strings.Cut(item, "/")
	least, most := limits(field)
	low, high := least, most
	var err error
	if !star(body) {
		from, to, ranged := strings.Cut(body, "-")
		if low, err = value(from, field); err != nil {
			return 0, err
		}
		switch {
		case ranged:
			if high, err = value(to, field); err != nil {
				return 0, err
			}
		case !stepped:
			high = low
		}
	} else if field == 4 {
		high = 6
	}
	step := 1
	if stepped {
		if step, err = strconv.Atoi(stepText); err != nil || step <= 0 {
			return 0, fmt.Errorf("failed to parse int from %s: strconv.Atoi: parsing %q: invalid syntax", stepText, stepText)
		}
	}
	switch {
	case low < least:
		return 0, fmt.Errorf("beginning of range (%d) below minimum (%d): %s", low, least, item)
	case high > most:
		return 0, fmt.Errorf("end of range (%d) above maximum (%d): %s", high, most, item)
	case low > high:
		return 0, fmt.Errorf("beginning of range (%d) beyond end of range (%d): %s", low, high, item)
	}
	set := uint64(0)
	for n := low; n <= high; n += step {
		set |= 1 << n
	}
	return set, nil
}

// value reads a number, or the name of a month or a weekday.
func value(text string, field int) (int, error) {
	least, _ := limits(field)
	names := map[int]string{3: "jan feb mar apr may jun jul aug sep oct nov dec", 4: "sun mon tue wed thu fri sat"}[field]
	for i, n := range strings.Fields(names) {
		if strings.EqualFold(n, text) {
			return i + least, nil
		}
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("failed to parse int from %s: %w", text, err)
	}
	return n, nil
}

// Next is the first time after t at which the schedule is due; zero when there is
// none within five years.
func (s *Schedule) Next(t time.Time) time.Time {
	t = t.Truncate(time.Minute).Add(time.Minute)
	for end := t.AddDate(5, 0, 0); t.Before(end); {
		switch {
		case s.fields[3]&(1<<int(t.Month())) == 0:
			t = time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, t.Location())
		case !s.day(t):
			t = time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
		case s.fields[1]&(1<<t.Hour()) == 0:
			t = t.Truncate(time.Hour).Add(time.Hour)
		case s.fields[0]&(1<<t.Minute()) == 0:
			t = t.Add(time.Minute)
		default:
			return t
		}
	}
	return time.Time{}
}

// day reports that a day is due: by either field when both are given.
func (s *Schedule) day(t time.Time) bool {
	month, week := s.fields[2]&(1<<t.Day()) != 0, s.fields[4]&(1<<int(t.Weekday())) != 0
	if s.anyDay || s.anyWeek {
		return month && week
	}
	return month || week
}
