// Package formatter prints lists and objects as docker does: tables, Go
// templates, JSON (docker/cli 29.7.2, package cli/command/formatter). Compose and
// the orchestrators print with it too.
package formatter

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"text/template"
)

// Header gives the titles of a table's columns by the names of their fields.
type Header map[string]string

// Label is the title of a column that shows one label: its last part.
func (Header) Label(name string) string {
	parts := strings.Split(name, ".")
	return strings.ToUpper(strings.NewReplacer("-", " ", "_", " ").Replace(parts[len(parts)-1]))
}

// Row is embedded by what a list prints. The exported methods of a row that take
// nothing are its fields: {{.Names}} calls Names, and {{json .}} shows them all.
type Row struct{}

func (Row) isRow() {}

type rower interface{ isRow() }

// Format is what to print of each row: "table ...", "json", or a template.
type Format struct {
	text   string
	header Header
}

// New chooses the format: what was asked for, or the table if nothing or just
// "table" was. table is written as a template: "{{.ID}}\t{{.Names}}".
func New(asked, table string, header Header) Format {
	if asked == "" || asked == "table" {
		asked = "table " + table
	}
	return Format{text: asked, header: header}
}

// Write prints the rows. Its errors are the words that docker prints.
func (f Format) Write(out io.Writer, rows ...any) error {
	text, table := strings.CutPrefix(f.text, "table")
	if text == "json" {
		text = "{{json .}}"
	}
	text = strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(strings.Trim(text, " "))
	tmpl, err := Parse(text)
	if err != nil {
		return fmt.Errorf("template parsing error: %w", err)
	}
	var body bytes.Buffer
	for _, row := range rows {
		if err := tmpl.Execute(&body, row); err != nil {
			return fmt.Errorf("template parsing error: %w", err)
		}
		body.WriteByte('\n')
	}
	if !table {
		_, err := body.WriteTo(out)
		return err
	}
	return f.table(out, tmpl, &body)
}

// table puts the titles above the rows and lines the columns up.
func (f Format) table(out io.Writer, tmpl *template.Template, body *bytes.Buffer) error {
	w := tabwriter.NewWriter(out, 10, 1, 3, ' ', 0)
	var head bytes.Buffer
	if err := tmpl.Funcs(headerFuncs()).Execute(&head, f.header); err != nil {
		head.Reset()
	}
	head.WriteByte('\n')
	if _, err := head.WriteTo(w); err != nil {
		return err
	}
	if _, err := body.WriteTo(w); err != nil {
		return err
	}
	return w.Flush()
}
