package lessons

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"drydock/sim"
)

// Limits on a pack of lessons, which may come from a stranger. They are far
// above what a good lesson needs.
const (
	maxPackFiles   = 4000
	maxPackBytes   = 32 << 20
	maxFileBytes   = 1 << 20
	maxLessonBytes = 128 << 10
	maxPackDepth   = 12
	maxLessons     = 300
	maxSteps       = 30
	maxGoals       = 12
	maxActions     = 20
	maxLines       = 60 // of a solution or a wrong way
	maxWrong       = 12
	maxAnswers     = 9 // a digit picks one
	maxFaults      = 20
	maxText        = 4000 // bytes of one line of a step
	maxLine        = 2000 // bytes of one line of a file
	maxStable      = 24 * time.Hour
)

// lessonFile is the name that makes a folder a lesson.
const lessonFile = "lesson.md"

// pack is the files of a course, looked through once.
type pack struct {
	fsys    fs.FS
	lessons []string // folders that hold a lesson, sorted
	files   []string // everything, sorted
}

// openPack walks a pack and refuses what could do harm: links, devices, too many
// or too large files.
func openPack(fsys fs.FS, c *collector) *pack {
	p := &pack{fsys: fsys}
	var total int64
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		c.file = name
		switch {
		case err != nil:
			c.add(0, "cannot be read: %s", cause(err))
			return nil
		case d.IsDir() && strings.Count(name, "/") >= maxPackDepth:
			c.add(0, "this folder lies deeper than %d levels; move it up", maxPackDepth)
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			c.add(0, "this is a link or a special file; a pack may only hold plain files and folders")
			return nil
		case len(p.files) >= maxPackFiles:
			c.add(0, "a pack may hold at most %d files; remove some", maxPackFiles)
			return fs.SkipAll
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		if total > maxPackBytes {
			c.add(0, "a pack may hold at most %d MiB; remove large files", maxPackBytes>>20)
			return fs.SkipAll
		}
		p.add(name)
		return nil
	})
	if err != nil {
		c.add(0, "cannot be read: %s", cause(err))
	}
	if len(p.lessons) > maxLessons {
		c.file = "."
		c.add(0, "a pack may hold at most %d lessons, not %d", maxLessons, len(p.lessons))
		p.lessons = p.lessons[:maxLessons]
	}
	return p
}

func (p *pack) add(name string) {
	p.files = append(p.files, name)
	if path.Base(name) == lessonFile {
		p.lessons = append(p.lessons, path.Dir(name))
	}
}

// cause is an error without the path in front, which the message names already.
func cause(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err.Error()
	}
	return err.Error()
}

// read returns a file of the pack, at most limit bytes of it.
func (p *pack) read(name string, limit int, c *collector) ([]byte, bool) {
	c.file = name
	f, err := p.fsys.Open(name)
	if err != nil {
		c.add(0, "cannot be read: %s", cause(err))
		return nil, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	switch {
	case err != nil:
		c.add(0, "cannot be read: %s", cause(err))
		return nil, false
	case len(data) > limit:
		c.add(0, "the file may have at most %d KiB; make it smaller", limit>>10)
		return nil, false
	}
	return data, true
}

// readText is read for text that people write: UTF-8, with any line ends.
func (p *pack) readText(name string, limit int, c *collector) ([]byte, bool) {
	data, ok := p.read(name, limit, c)
	if !ok {
		return nil, false
	}
	data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
	if !utf8.Valid(data) {
		c.add(0, "this is no text in UTF-8; save it as UTF-8")
		return nil, false
	}
	if i := indexUnwanted(data); i >= 0 {
		r, _ := utf8.DecodeRune(data[i:])
		c.add(1+bytes.Count(data[:i], []byte("\n")), "there is a control character (%U) here; take it out", r)
		return nil, false
	}
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(line) > maxLine {
			c.add(n+1, "a line may have at most %d characters; break it", maxLine)
			return nil, false
		}
	}
	return data, true
}

// indexUnwanted is where the first unwanted character stands, -1 without one. Nearly
// all of a lesson is ASCII, where a comparison will do.
func indexUnwanted(data []byte) int {
	for i := 0; i < len(data); {
		if b := data[i]; b < utf8.RuneSelf {
			if b < ' ' && b != '\n' && b != '\t' || b == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if unwanted(r) {
			return i
		}
		i += size
	}
	return -1
}

// unwanted reports characters that no text needs: controls, which could reach the
// terminal, and the separators that only some readers count as line ends.
func unwanted(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029')
}

// home reads a lesson's files/: the learner's home on the first machine.
func (p *pack) home(dir string, c *collector) []sim.File {
	prefix := path.Join(dir, "files") + "/"
	var out []sim.File
	from, _ := slices.BinarySearch(p.files, prefix)
	for _, name := range p.files[from:] {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			break
		}
		data, ok := p.read(name, maxFileBytes, c)
		if !ok {
			continue
		}
		f := sim.File{Path: rest, Data: string(data)}
		if bytes.HasPrefix(data, []byte("#!")) {
			f.Mode = 0o755 // embedding loses modes; a script is for running
		}
		out = append(out, f)
	}
	return out
}
