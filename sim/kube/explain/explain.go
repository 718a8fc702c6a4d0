// Package explain writes what kubectl explain prints: the documentation of a kind's
// fields, taken from the Go types of the API (kubectl v1.37).
package explain

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"drydock/sim/kube/api"
)

// Error is a path that leads to no field. Text holds what is printed before it.
type Error struct{ Text, Field string }

// Error is the line that kubectl ends with.
func (e *Error) Error() string { return fmt.Sprintf("field %q does not exist", e.Field) }

// Explain is the text about a field of a kind, found by its path ("spec", "replicas"),
// or about the kind itself when the path is empty. With recursive it is the tree of
// the field names below. The error is an *Error.
func Explain(c api.Collection, path []string, recursive bool) (string, error) {
	kind := c.Type()
	w := &writer{}
	if kind.Group != "" {
		w.printf("GROUP:      %s\n", kind.Group)
	}
	w.printf("KIND:       %s\nVERSION:    %s\n\n", kind.Kind, kind.Version)
	at := &field{typ: reflect.TypeOf(c.New()).Elem()}
	for _, name := range path {
		next := find(at.inner(), name)
		if next == nil {
			return w.out.String(), &Error{Text: w.out.String(), Field: name}
		}
		at = next
	}
	if at.name != "" {
		w.printf("FIELD: %s <%s>\n", at.name, typeName(at.typ))
		w.enum(at)
		if len(enums(at.scalar())) == 0 {
			w.printf("\n")
		}
		w.printf("\n")
	}
	w.printf("DESCRIPTION:\n")
	w.description(at)
	if fields := fieldsOf(at.inner()); len(fields) > 0 {
		w.printf("FIELDS:\n")
		w.fields(fields, recursive, 1, nil)
	}
	w.printf("\n")
	return w.out.String(), nil
}

type writer struct{ out strings.Builder }

func (w *writer) printf(format string, args ...any) {
	// A strings.Builder takes everything, so there is no error to handle.
	_, _ = fmt.Fprintf(&w.out, format, args...)
}

// description writes what the field says about itself and then what its type does.
func (w *writer) description(f *field) {
	texts := []string{f.doc}
	if doc := typeDoc(f.inner()); doc != "" && doc != f.doc {
		texts = append(texts, doc)
	}
	written := false
	for _, text := range texts {
		if text != "" {
			w.paragraphs(text, "    ")
			written = true
		}
	}
	if !written {
		w.printf("    <empty>\n")
	}
	if values := enums(f.scalar()); len(values) > 0 && f.name != "" {
		w.printf("    \n")
		w.possible(values, "    ")
	}
	w.printf("    \n")
}

func (w *writer) enum(f *field) {
	values := enums(f.scalar())
	if len(values) == 0 {
		return
	}
	w.printf("ENUM:\n")
	for _, v := range values {
		w.printf("    %s\n", v.name)
	}
}

func (w *writer) possible(values []value, indent string) {
	w.printf("%sPossible enum values:\n", indent)
	for _, v := range values {
		text := " - `\"" + v.name + "\"`"
		if v.meaning != "" {
			text += " " + v.meaning
		}
		w.paragraphs(text, indent)
	}
}

// fields writes a list of fields; seen keeps types that hold themselves from going
// on for ever.
func (w *writer) fields(list []*field, recursive bool, level int, seen []reflect.Type) {
	indent := strings.Repeat("  ", level)
	for _, f := range list {
		w.printf("%s%s\t<%s>%s\n", indent, f.name, typeName(f.typ), f.mark())
		if values := enums(f.scalar()); len(values) > 0 {
			var names []string
			for _, v := range values {
				names = append(names, v.name)
			}
			w.printf("%senum: %s\n", indent, strings.Join(names, ", "))
		}
		if recursive {
			if in := f.inner(); !slices.Contains(seen, in) {
				w.fields(fieldsOf(in), true, level+1, append(slices.Clone(seen), in))
			}
			continue
		}
		inner := indent + "  "
		if f.doc == "" {
			w.printf("%s<no description>\n", inner)
		} else {
			w.paragraphs(f.doc, inner)
		}
		if values := enums(f.scalar()); len(values) > 0 {
			w.printf("%s\n", inner)
			w.possible(values, inner)
		}
		w.printf("\n")
	}
}

// lineWidth is how long the lines of a description become without their indent.
const lineWidth = 76

// paragraphs writes a text in lines of at most lineWidth.
func (w *writer) paragraphs(text, indent string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, l := range wrap(paragraph, lineWidth) {
			w.printf("%s%s\n", indent, l)
		}
	}
}

// wrap breaks a line at blanks; the blanks inside a line stay as they are.
func wrap(text string, width int) []string {
	var lines []string
	line, gap := "", ""
	for text != "" {
		word := text
		if at := strings.IndexByte(text, ' '); at >= 0 {
			word = text[:at]
		}
		text = text[len(word):]
		if line != "" && strings.TrimSpace(line) != "" && len(line)+len(gap)+len(word) > width {
			lines = append(lines, line)
			line, gap = "", ""
		}
		line += gap + word
		rest := strings.TrimLeft(text, " ")
		gap, text = text[:len(text)-len(rest)], rest
	}
	return append(lines, line)
}
