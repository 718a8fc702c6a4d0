package kubectl

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"
)

// The output formats of kubectl v1.37: of get, and of the commands that change things.
const (
	changeFormats = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml"
	formats       = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml"
)

// printing is the output format of a run.
type printing struct {
	format, template string
	columns          []column
}

func (p printing) table() bool { return p.format == "" || p.format == "wide" }

// column is one of -o custom-columns.
type column struct{ header, path string }

// printing reads the flags -o and --template; allowed are the command's formats, with
// commas between (cli-runtime's PrintFlags).
func (f *factory) printing(output, argument, allowed string) (printing, error) {
	if output == "" && argument != "" {
		output = "go-template"
	}
	format, text, _ := strings.Cut(output, "=")
	p := printing{format, cmp.Or(text, argument), nil}
	known := format == "" || slices.Contains(strings.Split(allowed, ","), format)
	switch {
	case !known:
		return p, fmt.Errorf("unable to match a printer suitable for the output format %q, allowed formats are: %s", output, allowed)
	case format == "kyaml":
		return p, fmt.Errorf("kubectl: the output format %q is part of kubectl, but this simulator does not have it", format)
	case strings.HasPrefix(format, "custom-columns"):
		return f.columns(p)
	case strings.Contains(format, "template") || strings.HasPrefix(format, "jsonpath"):
		return f.template(p)
	}
	return p, nil
}

// template reads a template from its file and looks whether it can be parsed.
func (f *factory) template(p printing) (printing, error) {
	if p.template == "" {
		return p, errors.New("template format specified but no template given")
	}
	if strings.HasSuffix(p.format, "file") {
		text, err := f.p.ReadFile(p.template)
		if err != nil {
			return p, fmt.Errorf("error reading --template %s, open %s: no such file or directory", p.template, p.template)
		}
		p.template = string(text)
	}
	if strings.HasPrefix(p.format, "jsonpath") {
		if err := jsonpath.New("out").Parse(p.template); err != nil {
			return p, fmt.Errorf("error parsing jsonpath %s, %w", p.template, err)
		}
		return p, nil
	}
	if _, err := newTemplate(p.template); err != nil {
		return p, fmt.Errorf("error parsing template %s, %w", p.template, err)
	}
	return p, nil
}

// columns reads the spec of custom columns, or the file that has it in two lines.
func (f *factory) columns(p printing) (printing, error) {
	if p.template == "" {
		return p, errors.New("custom-columns format specified but no custom columns given")
	}
	var specs []string
	if p.format == "custom-columns-file" {
		text, err := f.p.ReadFile(p.template)
		if err != nil {
			return p, fmt.Errorf("error reading template %s, open %s: no such file or directory", p.template, p.template)
		}
		head, rest, _ := strings.Cut(string(text), "\n")
		line, _, _ := strings.Cut(rest, "\n")
		heads, paths := strings.Fields(head), strings.Fields(line)
		if len(heads) != len(paths) {
			return p, fmt.Errorf("number of headers (%d) and field specifications (%d) don't match", len(heads), len(paths))
		}
		for i := range heads {
			specs = append(specs, heads[i]+":"+paths[i])
		}
	} else {
		specs = strings.Split(p.template, ",")
	}
	for _, c := range specs {
		name, path, found := strings.Cut(c, ":")
		if !found {
			return p, fmt.Errorf("unexpected custom-columns spec: %s, expected <header>:<json-path-expr>", c)
		}
		path, err := relaxed(path)
		if err != nil {
			return p, err
		}
		p.columns = append(p.columns, column{name, path})
	}
	p.format = "custom-columns"
	return p, nil
}

// relaxed is a path as people write it, with or without braces and the first dot
// (kubectl's RelaxedJSONPathExpression).
func relaxed(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	m := regexp.MustCompile(`^\{\.?([^{}]+)\}$|^\.?([^{}]+)$`).FindStringSubmatch(path)
	if m == nil {
		return "", fmt.Errorf("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
	}
	return "{." + cmp.Or(m[1], m[2]) + "}", nil
}

// printValue prints an object or a list as a whole.
func (s *session) printValue(value any, p printing) error {
	switch p.format {
	case "json":
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetIndent("", "    ")
		err := e.Encode(value)
		s.p.Printf("%s", b.String())
		return err
	case "yaml":
		text, err := yaml.Marshal(value)
		s.p.Printf("%s", text)
		return err
	case "jsonpath", "jsonpath-file", "jsonpath-as-json":
		return s.jsonPath(value, p)
	}
	return s.goTemplate(value, p.template)
}

func (s *session) jsonPath(value any, p printing) error {
	j := jsonpath.New("out").AllowMissingKeys(true)
	if err := j.Parse(p.template); err != nil {
		return fmt.Errorf("error parsing jsonpath %s, %w", p.template, err)
	}
	j.EnableJSONOutput(p.format == "jsonpath-as-json")
	var b strings.Builder
	if err := j.Execute(&b, value); err != nil {
		s.p.Printf("%s", b.String())
		return fmt.Errorf("error executing jsonpath %q: Error executing template: %w. Printing more information for debugging the template:\n\ttemplate was:\n\t\t%s\n\tobject given to jsonpath engine was:\n\t\t%#v\n\n", p.template, err, p.template, value)
	}
	s.p.Printf("%s", b.String())
	return nil
}

// goTemplate prints a value by a Go template. When it fails, what may help to find out
// why goes to the output (cli-runtime's GoTemplatePrinter).
func (s *session) goTemplate(value any, text string) error {
	t, err := newTemplate(text)
	if err != nil {
		return fmt.Errorf("error parsing template %s, %w", text, err)
	}
	var b bytes.Buffer
	err = t.Execute(&b, value)
	s.p.Printf("%s", b.String())
	if err == nil {
		return nil
	}
	raw, _ := json.Marshal(value)
	s.p.Printf("Error executing template: %v. Printing more information for debugging the template:\n\ttemplate was:\n\t\t%s\n\traw data was:\n\t\t%s\n\tobject given to template engine was:\n\t\t%+v\n\n", err, text, raw, value)
	return fmt.Errorf("error executing template %q: %w", text, err)
}

// newTemplate parses a Go template with the functions that kubectl adds.
func newTemplate(text string) (*template.Template, error) {
	return template.New("output").Funcs(template.FuncMap{"base64decode": func(v string) (string, error) {
		data, err := base64.StdEncoding.DecodeString(v)
		if err != nil {
			return "", fmt.Errorf("base64 decode failed: %w", err)
		}
		return string(data), nil
	}}).Parse(text)
}

func (s *session) customColumns(found []target, columns []column, noHeaders bool) error {
	g := grid{}
	if !noHeaders {
		var head []string
		for _, c := range columns {
			head = append(head, c.header)
		}
		g.rows = append(g.rows, head)
	}
	for _, t := range found {
		value, err := t.generic()
		if err != nil {
			return err
		}
		var row []string
		for _, c := range columns {
			list, err := values(value, c.path)
			if err != nil {
				return err
			}
			row = append(row, cmp.Or(strings.Join(list, ","), "<none>"))
		}
		g.rows = append(g.rows, row)
	}
	s.p.Printf("%s", g.text())
	return nil
}
