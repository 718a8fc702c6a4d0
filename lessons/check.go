package lessons

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Options say how a course is checked.
type Options struct {
	// Only are ids or numbers of lessons; empty for all.
	Only []string
	// Workers is how many lessons are proved at a time; 0 for one a processor.
	Workers int
	// Timeout is how much real time one lesson may take; 0 for 20 s. A lesson that
	// takes longer is given up, which keeps a hostile one from holding a CI job.
	Timeout time.Duration
}

// Report is what Check found. It is the same for the same course.
type Report struct {
	Lessons  int      `json:"lessons"`
	Steps    int      `json:"steps"`
	Goals    int      `json:"goals"`
	Problems Problems `json:"problems"`
}

// OK reports that nothing but notes was found.
func (r Report) OK() bool { return r.Problems.Errors() == 0 }

// Print writes the report for people: a line a problem, and a summary.
func (r Report) Print(w io.Writer) {
	for i := range r.Problems {
		fmt.Fprintln(w, r.Problems[i].String())
	}
	fmt.Fprintf(w, "%d lessons, %d steps, %d goals: %d errors, %d notes\n",
		r.Lessons, r.Steps, r.Goals, r.Problems.Errors(), len(r.Problems)-r.Problems.Errors())
}

// JSON writes the report for programs.
func (r Report) JSON(w io.Writer) error {
	if r.Problems == nil {
		r.Problems = Problems{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// check is one thing that is proved of a lesson, without playing it.
type check struct {
	name string
	run  func(*Lesson, *collector)
}

// checks are those of a lesson's text, in the order in which they are reported.
func checks() []check {
	return []check{
		{"hints", checkHints},
		{"answers", checkAnswers},
		{"width", checkWidth},
		{"play", checkPlay},
	}
}

// Check proves a course: that it can be read, that every step can be solved and
// only by what its goals ask for, and that every hint, action and answer is in
// order. The lessons are proved side by side, each in worlds of its own.
func Check(course *Course, o Options) Report {
	var chosen []*Lesson
	for _, l := range course.Lessons {
		if len(o.Only) == 0 || slices.Contains(o.Only, l.ID) || slices.Contains(o.Only, l.Number) {
			chosen = append(chosen, l)
		}
	}
	report := Report{Lessons: len(chosen)}
	for _, p := range course.problems {
		if len(o.Only) == 0 || slices.ContainsFunc(chosen, func(l *Lesson) bool { return l.Source == p.File }) {
			report.Problems = append(report.Problems, p)
		}
	}
	for _, found := range proveAll(chosen, o) {
		report.Problems = append(report.Problems, found...)
	}
	for _, l := range chosen {
		report.Steps += len(l.Steps)
		for i := range l.Steps {
			report.Goals += len(l.Steps[i].Goals)
		}
	}
	if len(o.Only) == 0 {
		report.Problems = append(report.Problems, checkClaims(course)...)
	}
	report.Problems = report.Problems.sort()
	return report
}

// proveAll proves lessons with a few workers. Each lesson's problems keep its
// place, so that the order in which the workers finish does not show.
func proveAll(all []*Lesson, o Options) []Problems {
	workers, timeout := o.Workers, o.Timeout
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	if timeout <= 0 {
		timeout = time.Minute
	}
	found := make([]Problems, len(all))
	next := make(chan int)
	var done sync.WaitGroup
	for range min(workers, len(all)) {
		done.Go(func() {
			for i := range next {
				found[i] = proveInTime(all[i], timeout)
			}
		})
	}
	for i := range slices.Backward(all) { // later lessons take longer: the last to end should be short
		next <- i
	}
	close(next)
	done.Wait()
	return found
}

// proveInTime gives a lesson up that takes too long.
func proveInTime(l *Lesson, timeout time.Duration) Problems {
	result := make(chan Problems, 1)
	go func() { result <- prove(l) }()
	select {
	case p := <-result:
		return p
	case <-time.After(timeout):
		return Problems{{File: l.Source, Check: "time", Message: fmt.Sprintf("the lesson takes more than %s to prove; a loop may never end", timeout)}}
	}
}

// prove runs all checks on one lesson.
func prove(l *Lesson) (found Problems) {
	found = append(found, l.open()...)
	if found.Errors() > 0 {
		return found // what cannot be read cannot be played
	}
	for _, ch := range checks() {
		c := &collector{file: l.Source, check: ch.name}
		func() {
			defer func() {
				if r := recover(); r != nil {
					c.add(0, "the simulator failed on this lesson, which is a fault of drydock: %v", r)
				}
			}()
			ch.run(l, c)
		}()
		found = append(found, c.list...)
	}
	return found
}
