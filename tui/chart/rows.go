package chart

import (
	"fmt"
	"strings"

	"drydock/lessons"
	"drydock/tui/draw"
	"drydock/tui/theme"
	"drydock/tui/ui"
)

// listRow is a line of the list; lesson is -1 for a chapter's.
type listRow struct {
	text   string
	lesson int
}

// header is the title and how much of the course is done.
func (s *Screen) header(env *ui.Env, w int) []string {
	done, stars := 0, 0
	for _, l := range s.course.Lessons {
		best := env.Progress.Best(l.ID)
		stars += best.Count()
		if best.Finished {
			done++
		}
	}
	all := len(s.course.Lessons)
	sum := fmt.Sprintf("%d of %d lessons   %s %d of %d ", done, all, theme.StarFull, stars, 3*all)
	return []string{
		draw.Ends(" "+env.Theme.Title.Render("drydock")+env.Theme.Dim.Render("  the map"), env.Theme.Dim.Render(sum), w),
		env.Theme.Rule.Render(draw.Repeat(theme.Horizon, w)), "",
	}
}

// rows are all lines of the list: chapters, also those without lessons yet.
func (s *Screen) rows(env *ui.Env, w int) []listRow {
	var rows []listRow
	next := Next(env)
	empty := false // the chapter before has no lessons: such chapters stand together
	for _, c := range s.course.Chapters {
		if len(rows) > 0 && !empty {
			rows = append(rows, listRow{"", -1})
		}
		count := 0
		var inside []listRow
		for i, l := range s.course.Lessons {
			if l.Chapter == c.Number {
				inside = append(inside, listRow{s.lessonRow(env, l, i == s.at, l == next, w), i})
				count++
			}
		}
		title := fmt.Sprintf(" %d  %s", c.Number, c.Title)
		style := env.Theme.Strong
		empty = count == 0
		if empty {
			title, style = title+"  (not written yet)", env.Theme.Dim
		}
		rows = append(rows, listRow{style.Render(draw.Clip(title, w)), -1})
		rows = append(rows, inside...)
	}
	return rows
}

func (s *Screen) lessonRow(env *ui.Env, l *lessons.Lesson, selected, next bool, w int) string {
	t := env.Theme
	mark := "  "
	if next {
		mark = theme.Pointer + " "
	}
	left := fmt.Sprintf("  %s%-5s %s", mark, l.Number, l.Title)
	right := fmt.Sprintf("%2d min  %s ", l.Minutes, plainStars(env.Progress.Best(l.ID)))
	if selected {
		return t.Selected.Render(draw.Ends(draw.Clip(left, w-draw.Width(right)-1), right, w))
	}
	if next {
		left = t.Accent.Render("  "+mark) + strings.TrimPrefix(left, "  "+mark)
	}
	right = t.Dim.Render(fmt.Sprintf("%2d min  ", l.Minutes)) + t.Star.Render(plainStars(env.Progress.Best(l.ID))) + " "
	return draw.Ends(left, right, w)
}

// plainStars is a score as three glyphs.
func plainStars(best lessons.Stars) string {
	n := best.Count()
	return strings.Repeat(theme.StarFull, n) + strings.Repeat(theme.StarNone, 3-n)
}

// details are about the selected lesson.
func (s *Screen) details(env *ui.Env, w int) []string {
	l := s.selected()
	if l == nil || w < 10 {
		return nil
	}
	t := env.Theme
	lines := []string{t.Title.Render(l.Number + " " + l.Title)}
	lines = append(lines, draw.Wrap(l.Summary, w)...)
	lines = append(lines, "", t.Dim.Render(fmt.Sprintf("about %d minutes", l.Minutes)))
	lines = append(lines, s.standing(env, l)...)
	for _, id := range l.Requires {
		if r := s.course.Lesson(id); r != nil && !env.Progress.Best(id).Finished {
			lines = append(lines, draw.Hanging(t.Warn.Render(theme.Open+" "), "Better after "+r.Number+" "+r.Title+".", w)...)
		}
	}
	for _, c := range s.course.Chapters {
		if c.Number == l.Chapter && c.Pain != "" {
			lines = append(lines, "", t.Dim.Render("Why this chapter:"))
			lines = append(lines, draw.Wrap(c.Pain, w)...)
		}
	}
	return lines
}

// standing says how far the learner is with a lesson, star by star.
func (s *Screen) standing(env *ui.Env, l *lessons.Lesson) []string {
	t, best := env.Theme, env.Progress.Best(l.ID)
	if saved, ok := env.Progress.Saved(l.ID); ok && !saved.Passed && len(saved.Journal) > 0 {
		return []string{t.Accent.Render(fmt.Sprintf("%s begun: you are at step %d", theme.Pointer, saved.Step+1))}
	}
	if !best.Finished {
		return nil
	}
	star := func(has bool, text string) string {
		if has {
			return t.Star.Render(theme.StarFull) + " " + text
		}
		return t.Dim.Render(theme.StarNone + " " + text)
	}
	return []string{
		star(best.Finished, "finished"), star(best.Unaided, "without the solution"),
		star(best.WithinPar, fmt.Sprintf("within par (%d commands)", l.Par)),
	}
}
