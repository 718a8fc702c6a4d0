package podman

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"drydock/sim/docker/formatter"
)

// table is a list as the tools print it: titles, and rows whose fields are known
// by name for --format.
type table struct {
	columns []column
	rows    []map[string]any
	// more are titles of fields that only a format shows.
	more map[string]string
}

type column struct{ field, title string }

// write prints the list: as a table, or in a format that was asked for.
func (c *client) write(t table, format string, noHeading bool) error {
	if format == "" {
		var fields []string
		for _, col := range t.columns {
			fields = append(fields, "{{."+col.field+"}}")
		}
		format = "table " + strings.Join(fields, `\t`)
	}
	if format == "json" {
		return c.printJSON(t.rows, "    ")
	}
	text, isTable := strings.CutPrefix(format, "table ")
	text = strings.NewReplacer(`\t`, "\t", `\n`, "\n").Replace(text)
	tmpl, err := formatter.Parse(text)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if isTable && !noHeading {
		if err := tmpl.Execute(&body, t.titles()); err != nil {
			return err
		}
		body.WriteByte('\n')
	}
	for _, row := range t.rows {
		if err := tmpl.Execute(&body, row); err != nil {
			return err
		}
		body.WriteByte('\n')
	}
	return c.align(body.Bytes(), isTable || strings.Contains(text, "\t"))
}

func (c *client) align(body []byte, columns bool) error {
	if !columns {
		_, err := c.Stdout.Write(body)
		return err
	}
	width, gap := 12, 2
	if c.tool == "buildah" {
		width, gap = 0, 3
	}
	w := tabwriter.NewWriter(c.Stdout, width, 2, gap, ' ', 0)
	if _, err := w.Write(body); err != nil {
		return err
	}
	return w.Flush()
}

func (t table) titles() map[string]any {
	titles := map[string]any{}
	for name, title := range t.more {
		titles[name] = title
	}
	for _, col := range t.columns {
		titles[col.field] = col.title
	}
	return titles
}

// ago is how long something has been, as the tables say it.
func (c *client) ago(t time.Time) string { return units.HumanDuration(c.Now().Sub(t)) + " ago" }

// size is a number of bytes as `podman images` shows it: "2.14 MB".
func size(n int64) string {
	return units.CustomSize("%.3g %s", float64(n), 1000, []string{"B", "kB", "MB", "GB", "TB", "PB"})
}

// wideSize is a number of bytes as summaries show it: "2.14MB".
func wideSize(n int64) string {
	return units.CustomSize("%.4g%s", float64(n), 1000, []string{"B", "kB", "MB", "GB", "TB", "PB"})
}

// cut shortens a text to n characters with dots at its end.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return text[:n-3] + "..."
}

// printTemplate prints an object in a format that was asked for.
func (c *client) printTemplate(format string, v any) error {
	// Podman puts a loop around the template, which its errors count in.
	tmpl, err := formatter.Parse("{{range .}}" + format + "{{end}}")
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := tmpl.Option("missingkey=error").Execute(&out, []any{v}); err != nil {
		text := regexp.MustCompile(`map has no entry for key "(.*)"$`).ReplaceAllString(err.Error(), "can't evaluate field $1 in type interface {}")
		text = strings.Replace(text, "template: :", "template: inspect:", 1)
		return errors.New(strings.Replace(text, `executing ""`, `executing "inspect"`, 1))
	}
	c.Printf("%s\n", out.String())
	return nil
}
