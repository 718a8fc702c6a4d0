package lessons

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// courseFile is course.yaml at the top of a pack. A pack may do without.
type courseFile struct {
	Chapters []chapterBlock  `yaml:"chapters"`
	Claims   map[string]text `yaml:"claims"`
}

type chapterBlock struct {
	Number int    `yaml:"number"`
	Title  string `yaml:"title"`
	Pain   string `yaml:"pain"`
}

// courseName is the file that lists a pack's chapters.
const courseName = "course.yaml"

// Outline reads a pack's chapters and the front matter of its lessons, which is
// all that a map of the course needs. The steps of a lesson are read by
// Lesson.Open, which Start calls. The error is Problems; what could be read is
// returned beside it.
func Outline(fsys fs.FS) (*Course, error) {
	course, problems := outline(fsys)
	return course, problems.err()
}

// Load reads a pack completely and strictly. All that is wrong is reported at
// once, as Problems.
func Load(fsys fs.FS) (*Course, error) {
	course, problems := load(fsys)
	return course, problems.err()
}

func load(fsys fs.FS) (*Course, Problems) {
	course, problems := outline(fsys)
	for _, l := range course.Lessons {
		problems = append(problems, l.open()...)
	}
	return course, problems.sort()
}

func outline(fsys fs.FS) (*Course, Problems) {
	c := &collector{check: "load"}
	p := openPack(fsys, c)
	course := &Course{}
	course.readChapters(p, c)
	course.readLessons(p, c)
	if len(p.lessons) == 0 {
		c.file = "."
		c.add(0, "there is no lesson here; a lesson is a folder with a file %s in it", lessonFile)
	}
	slices.SortStableFunc(course.Lessons, func(a, b *Lesson) int {
		return cmp.Or(cmp.Compare(a.Chapter, b.Chapter), cmp.Compare(a.place, b.place), cmp.Compare(a.Source, b.Source))
	})
	course.findTwins(c)
	course.findRequired(c)
	course.addChapters(c)
	course.problems = c.list.sort()
	return course, course.problems
}

// readLessons reads the front matter of all lessons, side by side: the first screen
// waits for it.
func (course *Course) readLessons(p *pack, c *collector) {
	read := make([]*Lesson, len(p.lessons))
	found := make([]collector, len(p.lessons))
	var done sync.WaitGroup
	next := make(chan int, len(p.lessons))
	for i := range p.lessons {
		next <- i
	}
	close(next)
	for range min(runtime.NumCPU(), len(p.lessons)) {
		done.Go(func() {
			for i := range next {
				found[i] = collector{file: c.file, check: c.check}
				read[i] = readLesson(p, p.lessons[i], &found[i])
			}
		})
	}
	done.Wait()
	for i, l := range read {
		c.list = append(c.list, found[i].list...)
		if l != nil {
			course.Lessons = append(course.Lessons, l)
		}
	}
}

func (course *Course) readChapters(p *pack, c *collector) {
	if !slices.Contains(p.files, courseName) {
		return
	}
	data, ok := p.readText(courseName, maxLessonBytes, c)
	var f courseFile
	if !ok || !c.strict(1, data, &f) {
		return
	}
	course.listed = true
	seen := map[int]bool{}
	for _, ch := range f.Chapters {
		switch {
		case seen[ch.Number]:
			c.add(0, "chapter %d is listed twice; give each its own number", ch.Number)
		case ch.Title == "":
			c.add(0, "chapter %d has no title", ch.Number)
		}
		seen[ch.Number] = true
		course.Chapters = append(course.Chapters, Chapter(ch))
	}
	course.claims = f.Claims
	for claim, planned := range f.Claims {
		if _, _, err := parseNumber(planned.value); err != nil || !isClaim(claim) {
			c.add(planned.line, "write a claim and the lesson that is to show it, for example C01: \"1.1\"")
		}
	}
}

// addChapters gives every lesson a chapter to be in, and puts them in order. In a
// pack that lists its chapters a lesson outside them is a mistake.
func (course *Course) addChapters(c *collector) {
	for _, l := range course.Lessons {
		if slices.ContainsFunc(course.Chapters, func(ch Chapter) bool { return ch.Number == l.Chapter }) {
			continue
		}
		if course.listed {
			c.file = l.Source
			c.add(l.lines["number"], "there is no chapter %d in %s; list it there or change the number", l.Chapter, courseName)
		}
		course.Chapters = append(course.Chapters, Chapter{Number: l.Chapter, Title: "Chapter " + strconv.Itoa(l.Chapter)})
	}
	slices.SortStableFunc(course.Chapters, func(a, b Chapter) int { return cmp.Compare(a.Number, b.Number) })
}

// findTwins reports ids and numbers that are used twice.
func (course *Course) findTwins(c *collector) {
	for _, key := range []string{"id", "number"} {
		first := map[string]*Lesson{}
		for _, l := range course.Lessons {
			value := l.ID
			if key == "number" {
				value = l.Number
			}
			if other := first[value]; other != nil {
				c.file = l.Source
				c.add(l.lines[key], "the %s %q is that of %s too; choose another", key, value, other.Source)
				continue
			}
			first[value] = l
		}
	}
}

// findRequired reports required lessons that do not exist, or that come later. A
// pack without a list of chapters may lean on lessons of another.
func (course *Course) findRequired(c *collector) {
	for _, l := range course.Lessons {
		c.file = l.Source
		for _, id := range l.Requires {
			at := slices.IndexFunc(course.Lessons, func(o *Lesson) bool { return o.ID == id })
			switch {
			case at < 0 && !course.listed:
				c.note(l.lines["requires"], "requires: there is no lesson with the id %q in this pack", id)
			case at < 0:
				c.add(l.lines["requires"], "requires: there is no lesson with the id %q", id)
			case course.Lessons[at] == l:
				c.add(l.lines["requires"], "requires: a lesson cannot require itself")
			case at > slices.Index(course.Lessons, l):
				c.add(l.lines["requires"], "requires: %q comes after this lesson", id)
			}
		}
	}
}

// Lesson finds a lesson by its id or number, or returns nil.
func (course *Course) Lesson(name string) *Lesson {
	for _, l := range course.Lessons {
		if l.ID == name || l.Number == name {
			return l
		}
	}
	return nil
}

// parseNumber reads "1.10": chapter and place.
func parseNumber(s string) (chapter, place int, err error) {
	a, b, ok := strings.Cut(s, ".")
	if ok {
		chapter, err = strconv.Atoi(a)
	}
	if ok && err == nil {
		place, err = strconv.Atoi(b)
	}
	if !ok || err != nil || chapter < 0 || place < 1 || chapter > 99 || place > 999 || s != fmt.Sprintf("%d.%d", chapter, place) {
		return 0, 0, fmt.Errorf("%q is no lesson number; write chapter and place in quotes, such as \"1.10\"", s)
	}
	return chapter, place, nil
}

func isClaim(s string) bool {
	return len(s) == 3 && s[0] == 'C' && strings.Trim(s[1:], "0123456789") == ""
}

// lessonPath is where a lesson's text lies.
func lessonPath(dir string) string { return path.Join(dir, lessonFile) }
