package tools

import (
	"bufio"
	"io"
	"strings"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// reader opens an operand: a file, or standard input for "-".
func (t *tool) reader(name string) (*machine.Input, error) {
	if name == "-" {
		return t.Stdin, nil
	}
	src, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	return machine.NewInput(t.Process, src), nil
}

// inputs calls fn for each operand, or for standard input when there is none.
// Files that cannot be opened are reported in the form that the tool uses for
// GNU and for busybox; %s are the name and the reason.
func (t *tool) inputs(names []string, gnu, busybox string, fn func(name string, in *machine.Input)) int {
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, name := range names {
		in, err := t.reader(name)
		if err != nil {
			form := gnu
			if t.busybox {
				form = busybox
			}
			if err == vfs.ErrIsDir {
				form = "%s: %s"
				if t.name == "cat" && t.busybox {
					t.failf("read error: Is a directory")
					status = 1
					continue
				}
			}
			t.failf(form, name, reason(err))
			status = 1
			continue
		}
		fn(name, in)
	}
	return status
}

// maxLine bounds a line that a tool keeps.
const maxLine = 4 << 20

// lines calls fn for each line with its end, until it returns false.
func lines(in io.Reader, fn func(line string) bool) {
	r := bufio.NewReader(in)
	for {
		var b strings.Builder
		var err error
		for b.Len() < maxLine {
			var part []byte
			part, err = r.ReadSlice('\n')
			b.Write(part)
			if err != bufio.ErrBufferFull {
				break
			}
		}
		if b.Len() > 0 && !fn(b.String()) {
			return
		}
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
	}
}

// all reads everything, up to maxInput bytes.
func all(in io.Reader) []byte {
	data, _ := io.ReadAll(io.LimitReader(in, maxInput))
	return data
}

// maxInput bounds what a tool such as sort keeps in memory.
const maxInput = 64 << 20

// write sends text to standard output and reports whether that worked.
func (t *tool) write(text string) bool {
	_, err := t.Stdout.Write([]byte(text))
	return err == nil
}
