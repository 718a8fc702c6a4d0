package formatter

import (
	"errors"
	"strings"
	"testing"
)

type row struct {
	Row
	name, label string
}

func (r row) Name() string          { return r.name }
func (r row) Label(k string) string { return r.label + k }

func write(t *testing.T, format string) string {
	t.Helper()
	var out strings.Builder
	f := New(format, `{{.Name}}\t{{.Label "x"}}`, Header{"Name": "NAME"})
	if err := f.Write(&out, row{name: "web", label: "a"}, row{name: "database-1", label: "b"}); err != nil {
		return "error: " + err.Error()
	}
	return out.String()
}

func TestFormats(t *testing.T) {
	for format, want := range map[string]string{
		"":                                 "NAME         X\nweb          ax\ndatabase-1   bx\n",
		"table":                            "NAME         X\nweb          ax\ndatabase-1   bx\n",
		"table {{.Name}}":                  "NAME\nweb\ndatabase-1\n",
		`table {{upper .Name}}\t{{.Name}}`: "NAME         NAME\nWEB          web\nDATABASE-1   database-1\n",
		`{{.Name}}\tx`:                     "web\tx\ndatabase-1\tx\n",
		"json":                             "{\"Name\":\"web\"}\n{\"Name\":\"database-1\"}\n",
		`{{join (split .Name "-") "+"}}`:   "web\ndatabase+1\n",
		`{{pad .Name 1 1}}|{{truncate .Name 2}}|{{title .Name}}`: " web |we|Web\n database-1 |da|Database-1\n",
		"{{.Nope}}": `error: template parsing error: template: :1:2: executing "" at <.Nope>: can't evaluate field Nope in type formatter.row`,
		"{{.Name":   "error: template parsing error: template: :1: unclosed action",
	} {
		if got := write(t, format); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", format, got, want)
		}
	}
}

func TestInspectGoesOnAfterWhatIsMissing(t *testing.T) {
	type object struct {
		ID string `json:"Id"`
	}
	get := func(ref string) (any, error) {
		if ref == "none" {
			return nil, errors.New("no such object: none")
		}
		return object{ref}, nil
	}
	for format, want := range map[string]string{
		"": "[\n    {\n        \"Id\": \"a\"\n    }\n]\n|no such object: none", "{{.ID}}": "a\n|no such object: none", "{{.Id}}": "a\n|no such object: none",
		"{{.X}}": "\n|no such object: none\ntemplate parsing error: template: :1:2: executing \"\" at <.X>: map has no entry for key \"X\"",
	} {
		var out strings.Builder
		err := Inspect(&out, format, []string{"none", "a"}, get)
		if got := out.String() + "|" + err.Error(); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", format, got, want)
		}
	}
	if err := Inspect(&strings.Builder{}, "{{.ID", nil, get); !errors.Is(err, ErrTemplate) {
		t.Errorf("a template that cannot be read: %v", err)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("table {{.Name}}\\t{{json .}}")
	f.Add("{{range .Name}}{{pad . 99999999 1}}{{end}}")
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		_ = New(text, "{{.Name}}", Header{"Name": "NAME"}).Write(&out, row{name: "web"})
	})
}
