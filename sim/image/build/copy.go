package build

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
)

// copyStep is a COPY or ADD instruction, ready to be carried out.
type copyStep struct {
	paths    []string // absolute in the source, wildcards and all
	contents []instructions.SourceContent
	urls     []string // ADD only
	dest     string   // absolute; ends in a slash when it must be a directory
	chown    string
	chmod    string
	exclude  []string
	parents  bool
	add      bool
	from     *op    // another stage or image; nil for the context
	context  string // whose context it is
	scratch  bool   // copies from a stage that holds nothing
}

// copyParams are what COPY and ADD have in common.
type copyParams struct {
	command instructions.Command
	instructions.SourcesAndDest
	chown, chmod  string
	exclude       []string
	parents, link bool
	add           bool
	from          *stage
}

func (d *dispatcher) copy(c copyParams) error {
	name := "COPY"
	if c.add {
		name = "ADD"
	}
	step := &copyStep{
		dest: d.destination(c.DestPath), contents: slices.Clone(c.SourceContents), chown: c.chown, chmod: c.chmod,
		exclude: c.exclude, parents: c.parents, add: c.add, context: d.build.req.Context.Name,
	}
	if c.link && c.chown != "" && strings.Trim(c.chown, "0123456789:") != "" {
		return fmt.Errorf("--chown=%s: user and group names can't be resolved when used with --link, use numeric uid[:gid] instead", c.chown)
	}
	if _, err := parseChmod(c.chmod); err != nil {
		return err
	}
	if c.from != nil {
		step.from, step.context = c.from.result.head, ""
		step.scratch = step.from == nil
	}
	shown := d.stepName(fmt.Sprint(c.command))
	history := name
	for _, f := range []struct{ flag, value string }{{"--chown=", c.chown}, {"--chmod=", c.chmod}} {
		if f.value != "" {
			history += " " + f.flag + f.value
		}
	}
	for _, src := range c.SourcePaths {
		history += " " + src
		if err := d.addSource(step, c, src); err != nil {
			return err
		}
	}
	for _, content := range c.SourceContents {
		history += " <<" + content.Path
	}
	o := d.op(opCopy, d.title(shown), c.command.Location())
	o.copy = step
	d.step(d.build.share(o), history+" "+c.DestPath+" # buildkit")
	return nil
}

func (d *dispatcher) addSource(step *copyStep, c copyParams, src string) error {
	if strings.HasPrefix(src, "http://") || strings.HasPrefix(src, "https://") {
		if !c.add {
			return errors.New("source can't be a URL for COPY")
		}
		step.urls = append(step.urls, src)
		return nil
	}
	if strings.HasPrefix(src, "git@") || strings.HasPrefix(src, "git://") {
		if !c.add {
			return errors.New("source can't be a git ref for COPY")
		}
		return errors.New("ADD from a git repository is part of docker, but this simulator does not have it")
	}
	if c.from == nil {
		kind := "Copy"
		if c.add {
			kind = "Add"
		}
		lintIgnored(d.build.ignore, kind, src, c.command.Location(), d.lint)
	}
	step.paths = append(step.paths, path.Join("/", src))
	return nil
}

// destination makes the target of a COPY absolute; "." and paths with a slash at
// the end are directories.
func (d *dispatcher) destination(dest string) string {
	dir := strings.HasSuffix(dest, "/") || dest == "" || path.Base(dest) == "."
	full := path.Join("/", d.config.WorkingDir, dest)
	if path.IsAbs(dest) {
		full = path.Clean(dest)
	}
	if dir && full != "/" {
		full += "/"
	}
	return full
}

// chmod changes permission bits.
type chmod func(bits uint32, isDir bool) uint32

// parseChmod reads --chmod: octal digits or letters such as "u+x,go-w". Empty
// gives nil.
func parseChmod(text string) (chmod, error) {
	if text == "" {
		return nil, nil
	}
	wrong := fmt.Errorf("invalid chmod parameter: '%v'. it should be octal string and between 0 and 07777", text)
	if n, err := strconv.ParseUint(text, 8, 32); err == nil {
		if n > 0o7777 {
			return nil, wrong
		}
		return func(uint32, bool) uint32 { return uint32(n) }, nil
	}
	if text[0] >= '0' && text[0] <= '9' {
		return nil, wrong
	}
	var changes []chmod
	for _, clause := range strings.Split(text, ",") {
		change := symbolic(clause)
		if change == nil {
			return nil, fmt.Errorf("invalid mode: %q", text)
		}
		changes = append(changes, change)
	}
	return func(bits uint32, isDir bool) uint32 {
		for _, change := range changes {
			bits = change(bits, isDir)
		}
		return bits
	}, nil
}

// symbolic reads one clause of a mode in letters, or returns nil.
func symbolic(clause string) chmod {
	at := strings.IndexAny(clause, "+-=")
	if at < 0 || strings.Trim(clause[:at], "ugoa") != "" || strings.Trim(clause[at+1:], "rwxX") != "" {
		return nil
	}
	who, sign, what := clause[:at], clause[at], clause[at+1:]
	if who == "" || strings.Contains(who, "a") {
		who = "ugo"
	}
	return func(bits uint32, isDir bool) uint32 {
		var one uint32
		for _, letter := range what {
			switch {
			case letter == 'r':
				one |= 4
			case letter == 'w':
				one |= 2
			case letter == 'x' || isDir || bits&0o111 != 0:
				one |= 1
			}
		}
		for _, class := range who {
			shift := map[rune]uint{'u': 6, 'g': 3, 'o': 0}[class]
			switch sign {
			case '+':
				bits |= one << shift
			case '-':
				bits &^= one << shift
			default:
				bits = bits&^(7<<shift) | one<<shift
			}
		}
		return bits
	}
}
