package kubectl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

	"drydock/sim/kube/store"
)

// marking is label or annotate: what sets key=value pairs on objects.
type marking struct {
	command, one string // "label", "labels"
	overwrite    bool
	list         bool
	get          func(store.Object) map[string]string
	set          func(store.Object, map[string]string)
}

func (f *factory) label() *cobra.Command {
	return f.marker(&marking{command: "label", one: "labels", get: store.Object.GetLabels, set: store.Object.SetLabels})
}

func (f *factory) annotate() *cobra.Command {
	return f.marker(&marking{command: "annotate", one: "annotations", get: store.Object.GetAnnotations, set: store.Object.SetAnnotations})
}

func (f *factory) marker(m *marking) *cobra.Command {
	var o selection
	var out outcome
	cmd := &cobra.Command{Use: m.command + " [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N", RunE: func(_ *cobra.Command, args []string) error {
		return f.mark(m, o, out, args)
	}}
	fs := cmd.Flags()
	o.bindFiles(fs)
	o.bindSelectors(fs)
	out.bind(fs)
	fs.BoolVar(&o.all, "all", false, "Select all resources, in the namespace of the specified resource types")
	fs.BoolVar(&m.overwrite, "overwrite", false, "If true, allow "+m.one+" to be overwritten, otherwise reject "+m.command+" updates that overwrite existing "+m.one+".")
	fs.BoolVar(&m.list, "list", false, "If true, display the "+m.one+" for a given resource.")
	return cmd
}

// changes are the pairs to set and the keys to remove.
type changes struct {
	set    map[string]string
	order  []string
	remove []string
}

// split parts arguments into what names objects and what changes them.
func split(args []string, what string) (resources []string, c changes, err error) {
	c.set = map[string]string{}
	for i, a := range args {
		k, v, found := strings.Cut(a, "=")
		switch {
		case found && k != "":
			c.set[k] = v
			c.order = append(c.order, k)
		case strings.HasSuffix(a, "-") && i > 0:
			c.remove = append(c.remove, strings.TrimSuffix(a, "-"))
		case len(c.order)+len(c.remove) > 0:
			return nil, c, fmt.Errorf("all resources must be specified before %s changes: %s", what, a)
		default:
			resources = append(resources, a)
		}
	}
	return resources, c, nil
}

// errNoResources is that a command which changes objects was given none.
func errNoResources() error {
	return errors.New("one or more resources must be specified as <resource> <name> or <resource>/<name>")
}

func (f *factory) mark(m *marking, o selection, out outcome, args []string) error {
	resources, c, err := split(args, map[string]string{"label": "label", "annotate": "annotation"}[m.command])
	if err != nil {
		return err
	}
	if len(resources) == 0 && len(o.files) == 0 {
		return errNoResources()
	}
	for _, k := range c.remove {
		if _, found := c.set[k]; found {
			return fmt.Errorf("can not both modify and remove %s in the same command", map[string]string{"label": "a label", "annotate": "an annotation"}[m.command])
		}
	}
	if len(c.order)+len(c.remove) == 0 && !m.list {
		return fmt.Errorf("at least one %s update is required", map[string]string{"label": "label", "annotate": "annotation"}[m.command])
	}
	if m.command == "label" {
		for _, k := range c.order {
			if problems := validation.IsValidLabelValue(c.set[k]); len(problems) > 0 {
				return fmt.Errorf("invalid label value: %q: %s", k+"="+c.set[k], strings.Join(problems, ";"))
			}
		}
	}
	s, found, problems, err := f.chosenObjects(resources, o, &out)
	if err != nil {
		return err
	}
	refused := false
	for _, t := range found {
		switch done, err := m.apply(s, t, c, out); {
		case errors.Is(err, errTaken):
			refused = true
			s.p.Errorf("%s\n", done)
		case err != nil:
			problems = append(problems, err)
		}
	}
	if refused {
		problems = append(problems, exitStatus(1))
	}
	return errors.Join(problems...)
}

// errTaken is that a label has another value and may not be overwritten.
var errTaken = errors.New("already has a value")

func (m *marking) apply(s *session, t target, c changes, out outcome) (string, error) {
	had := m.get(t.object)
	if m.list {
		for _, k := range slices.Sorted(maps.Keys(had)) {
			s.p.Printf("%s=%s\n", k, had[k])
		}
		return "", nil
	}
	var taken []string
	if !m.overwrite {
		for _, k := range c.order {
			if v, found := had[k]; found && v != c.set[k] {
				taken = append(taken, fmt.Sprintf("'%s' already has a value (%s)", k, v))
			}
		}
	}
	switch {
	case len(taken) > 0 && m.command == "label":
		return strings.Join(taken, "; ") + ", and --overwrite is false", errTaken
	case len(taken) > 0:
		return "", fmt.Errorf("--overwrite is false but found the following declared annotation(s): %s", strings.Join(taken, "; "))
	}
	now := map[string]string{}
	maps.Copy(now, had)
	maps.Copy(now, c.set)
	for _, k := range c.remove {
		if _, found := had[k]; !found && m.command == "label" {
			s.p.Printf("label %q not found.\n", k)
		}
		delete(now, k)
	}
	obj, err := t.editable()
	if err != nil {
		return "", err
	}
	m.set(obj, now)
	done := m.done(had, now, c)
	if !maps.Equal(had, now) {
		if obj, err = out.replaced(t, obj); err != nil {
			return "", err
		}
	}
	return "", out.say(s, t, obj, done)
}

// done is the word for what happened.
func (m *marking) done(had, now map[string]string, c changes) string {
	switch {
	case m.command == "annotate":
		return "annotated"
	case maps.Equal(had, now):
		return "not labeled"
	case len(c.order) == 0:
		return "unlabeled"
	}
	return "labeled"
}
