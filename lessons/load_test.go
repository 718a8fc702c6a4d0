package lessons

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryMistakeIsReportedWithItsLine(t *testing.T) {
	_, err := Load(os.DirFS("testdata/broken"))
	golden(t, "testdata/broken.txt", fmt.Sprint(err)+"\n")
}

func TestALessonIsReadAsItWasWritten(t *testing.T) {
	course, err := Load(os.DirFS("testdata/good"))
	if err != nil {
		t.Fatal(err)
	}
	l := course.Lessons[0]
	if l.Intro != "Intro." || l.Debrief != "Done." || len(l.Steps) != 3 || course.Chapters[0].Number != 1 {
		t.Errorf("intro %q, debrief %q, %d steps, chapters %v", l.Intro, l.Debrief, len(l.Steps), course.Chapters)
	}
	prose := l.Steps[0].Prose
	if !strings.HasPrefix(prose, "Some prose.") || !strings.HasSuffix(prose, "More prose.") || strings.Contains(prose, "kind: do") {
		t.Errorf("the prose of the step is %q", prose)
	}
	if f := l.Scenario.Files; len(f) != 1 || f[0].Path != "note.txt" || f[0].Data != "hello\n" {
		t.Errorf("the home holds %v", f)
	}
}

func TestAHostilePackIsRefused(t *testing.T) {
	front := "---\nid: a\nnumber: \"1.1\"\ntitle: t\nsummary: s\nminutes: 1\n---\n"
	deep := strings.Repeat("d/", 20) + "lesson.md"
	cases := map[string]fstest.MapFS{
		"a link":           {"a/lesson.md": {Data: []byte(front)}, "a/files/passwd": {Mode: fs.ModeSymlink, Data: []byte("/etc/passwd")}},
		"at most 128 KiB":  {"a/lesson.md": {Data: []byte(front + strings.Repeat("x\n", maxLessonBytes))}},
		"deeper than":      {deep: {Data: []byte(front)}},
		"break it":         {"a/lesson.md": {Data: []byte(front + strings.Repeat(">", maxLine+1))}},
		"(U+001B)":         {"a/lesson.md": {Data: []byte(front + "\x1b[2J")}},
		"UTF-8":            {"a/lesson.md": {Data: []byte(front + "\xff\xfe")}},
		"at most 30 steps": {"a/lesson.md": {Data: []byte(front + strings.Repeat("## s\n\n```step\nkind: do\n```\n\n", 31))}},
		"at most 12 goals": {"a/lesson.md": {Data: []byte(front + "## s\n\n```step\nkind: do\ngoals:\n" + strings.Repeat("- {text: t, when: 'true', found: f}\n", 13) + "```\n")}},
		"nested deeper":    {"a/lesson.md": {Data: []byte(front + "## s\n\n```step\nkind: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n```\n")}},
		"no lesson here":   {},
	}
	for want, pack := range cases {
		_, err := Load(pack)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestFoundTextsKeepDockersBraces(t *testing.T) {
	f, err := compileFound(`run docker ps --format "{{.Names}}", {len(containers)} left {"}"}`)
	if err != nil {
		t.Fatal(err)
	}
	said, err := f.say(&view{})
	if want := `run docker ps --format "{{.Names}}", 0 left }`; said != want || err != nil {
		t.Errorf("said %q, %v; want %q", said, err, want)
	}
}

func FuzzLoad(f *testing.F) {
	for _, dir := range []string{"testdata/good", "testdata/broken", "course"} {
		_ = fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, _ error) error {
			if strings.HasSuffix(name, lessonFile) {
				data, _ := os.ReadFile(dir + "/" + name)
				f.Add(data)
			}
			return nil
		})
	}
	f.Add([]byte("---\n\r\r\r0\n---"))
	f.Fuzz(func(t *testing.T, data []byte) {
		course, err := Load(fstest.MapFS{"1.1-x/lesson.md": {Data: data}})
		lines := strings.Count(string(data), "\n") + 1
		if problems, ok := err.(Problems); ok {
			for _, p := range problems {
				if p.Line < 0 || p.Line > lines+1 || p.Message == "" {
					t.Errorf("%d lines, but %s", lines, p)
				}
			}
		}
		for _, l := range course.Lessons {
			if err == nil && len(l.Steps) == 0 {
				t.Error("a lesson without steps was accepted")
			}
		}
	})
}

func packOf(dir string) fs.FS { return os.DirFS(dir) }

// golden compares with a file, or writes it when UPDATE is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with UPDATE=1 and look at the change. Now:\n%s", name, got)
	}
}
