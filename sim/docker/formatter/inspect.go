package formatter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/template"
)

// ErrTemplate marks a --format that cannot be read at all: exit status 64.
var ErrTemplate = errors.New("template parsing error")

// Inspect prints one object for each reference, as JSON or by a template, and
// goes on after a reference that get does not know. Its error joins all that
// went wrong, to be printed after the output.
func Inspect(out io.Writer, format string, refs []string, get func(ref string) (any, error)) error {
	in := inspector{}
	if format != "" && format != "json" {
		tmpl, err := Parse(format)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrTemplate, err)
		}
		in.tmpl = tmpl
	}
	var errs []error
	for _, ref := range refs {
		v, err := get(ref)
		if err == nil {
			err = in.add(v)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	if err := in.flush(out, format); err != nil {
		return err
	}
	return errors.Join(errs...)
}

type inspector struct {
	tmpl     *template.Template
	text     bytes.Buffer
	elements []json.RawMessage
}

func (in *inspector) add(v any) error {
	raw, err := encode(v)
	if err != nil {
		return err
	}
	if in.tmpl == nil {
		in.elements = append(in.elements, raw)
		return nil
	}
	var line bytes.Buffer
	if err := in.tmpl.Execute(&line, v); err != nil {
		if err := in.addRaw(&line, raw); err != nil {
			return err
		}
	}
	line.WriteByte('\n')
	_, err = line.WriteTo(&in.text)
	return err
}

// addRaw looks the fields up by their JSON names, when Go's do not fit.
func (in *inspector) addRaw(line *bytes.Buffer, raw []byte) error {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return err
	}
	line.Reset()
	if err := in.tmpl.Option("missingkey=error").Execute(line, v); err != nil {
		return fmt.Errorf("template parsing error: %w", err)
	}
	return nil
}

func (in *inspector) flush(out io.Writer, format string) error {
	if in.tmpl != nil {
		if in.text.Len() == 0 {
			in.text.WriteByte('\n')
		}
		_, err := in.text.WriteTo(out)
		return err
	}
	if len(in.elements) == 0 {
		_, err := io.WriteString(out, "[]\n")
		return err
	}
	list, err := encode(in.elements)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if format == "json" {
		pretty.Write(list)
	} else if err := json.Indent(&pretty, list, "", "    "); err != nil {
		return err
	}
	pretty.WriteByte('\n')
	_, err = pretty.WriteTo(out)
	return err
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}
