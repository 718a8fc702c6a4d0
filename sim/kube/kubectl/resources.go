package kubectl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// selection are the flags by which commands choose objects.
type selection struct {
	files         []string
	recursive     bool
	kustomize     string
	labels        string
	fields        string
	allNamespaces bool
	all           bool
}

func (o *selection) bindFiles(fs *pflag.FlagSet) {
	fs.StringSliceVarP(&o.files, "filename", "f", nil, "Filename, directory, or URL to files identifying the resource")
	fs.BoolVarP(&o.recursive, "recursive", "R", false, "Process the directory used in -f, --filename recursively.")
	fs.StringVarP(&o.kustomize, "kustomize", "k", "", "Process the kustomization directory.")
}

func (o *selection) bindSelectors(fs *pflag.FlagSet) {
	fs.StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.")
	fs.StringVar(&o.fields, "field-selector", "", "Selector (field query) to filter on, supports '=', '==', and '!='.")
	fs.BoolVarP(&o.allNamespaces, "all-namespaces", "A", false, "If present, list the requested object(s) across all namespaces.")
}

// target is one object that a command acts on.
type target struct {
	collection api.Collection
	namespace  string
	name       string
	object     store.Object
}

// String names the target in output: "deployment.apps/web".
func (t target) String() string { return qualified(t.collection.Type()) + "/" + t.name }

// qualified is the kind as output names it: "deployment.apps".
func qualified(k api.Kind) string {
	if k.Group == "" {
		return k.Singular()
	}
	return k.Singular() + "." + k.Group
}

// find finds a kind by what a person calls it, with or without version and group.
func (s *session) find(name string) (api.Collection, error) {
	if slices.Contains([]string{"events", "event", "ev", "events.events.k8s.io"}, name) {
		return s.guard(eventKind{server: s.server}), nil
	}
	if c := s.server.Find(name); c != nil {
		return s.guard(c), nil
	}
	if slices.Contains([]string{"componentstatuses", "componentstatus", "cs"}, name) {
		s.p.Errorf("Warning: v1 ComponentStatus is deprecated in v1.19+\n")
		return s.guard(componentKind{running: s.running}), nil
	}
	if err := lackingKind(name); err != nil {
		return nil, err
	}
	resource, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil, fmt.Errorf("the server doesn't have a resource type %q", name)
	}
	version, group, _ := strings.Cut(rest, ".")
	for _, c := range s.server.Collections() {
		k := c.Type()
		if version == k.Version && (group == k.Group || group == "") && s.server.Find(resource) == c {
			return s.guard(c), nil
		}
	}
	return nil, fmt.Errorf("the server doesn't have a resource type %q in group %q", resource, rest)
}

// kinds finds the kinds of a comma list such as "deploy,rs,all".
func (s *session) kinds(list string) ([]api.Collection, error) {
	var found []api.Collection
	for _, name := range strings.Split(list, ",") {
		if name == "all" {
			found = append(found, s.everyday()...)
			continue
		}
		c, err := s.find(name)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// everyday are the kinds of the category "all", as discovery lists them: by group,
// and in a group by name.
func (s *session) everyday() []api.Collection {
	var found []api.Collection
	for _, c := range s.server.Collections() {
		if c.Type().All {
			found = append(found, s.guard(c))
		}
	}
	slices.SortFunc(found, func(a, b api.Collection) int {
		return cmp.Or(cmp.Compare(a.Type().Group, b.Type().Group), cmp.Compare(a.Type().Resource, b.Type().Resource))
	})
	return found
}

// request is what arguments ask for: kinds to list, or objects by name.
type request struct {
	kinds []api.Collection
	named []target // without their objects
}

// parse reads TYPE[.GROUP][,...] [NAME...] or TYPE/NAME...
func (s *session) parse(args []string) (request, error) {
	var r request
	if len(args) == 0 {
		return r, nil
	}
	slash := func(a string) bool { return strings.Contains(a, "/") }
	if slices.ContainsFunc(args, slash) {
		if slices.ContainsFunc(args, func(a string) bool { return !slash(a) }) {
			return r, errors.New("there is no need to specify a resource type as a separate argument when passing arguments in resource/name form " +
				"(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'")
		}
		for _, a := range args {
			kind, name, _ := strings.Cut(a, "/")
			switch {
			case strings.Contains(name, "/"):
				return r, errors.New("arguments in resource/name form may not have more than one slash")
			case kind == "" || name == "" || strings.Contains(kind, ","):
				return r, errors.New("arguments in resource/name form must have a single resource and name")
			}
			c, err := s.find(kind)
			if err != nil {
				return r, err
			}
			r.named = append(r.named, s.target(c, name))
		}
		return r, nil
	}
	kinds, err := s.kinds(args[0])
	if err != nil {
		return r, err
	}
	r.kinds = kinds
	for _, c := range kinds {
		for _, name := range args[1:] {
			r.named = append(r.named, s.target(c, name))
		}
	}
	return r, nil
}

func (s *session) target(c api.Collection, name string) target {
	t := target{collection: s.guard(c), name: name}
	if c.Type().Namespaced {
		t.namespace = s.namespace
	}
	return t
}

// lookup finds a target's object, or says NotFound or Forbidden.
func (t target) lookup() (target, error) {
	if t.name == "" {
		return t, errors.New("resource name may not be empty")
	}
	if err := t.may("get", ""); err != nil {
		return t, err
	}
	obj, found := t.collection.GetObject(t.namespace, t.name)
	if !found {
		return t, apierrors.NewNotFound(t.collection.Type().GroupResource(), t.name)
	}
	t.object = obj
	return t, nil
}

// targets are the objects of arguments and selectors, in their order; missing has an
// error for each that does not exist.
func (s *session) targets(args []string, o selection) (found []target, missing []error, err error) {
	r, err := s.parse(args)
	if err != nil {
		return nil, nil, err
	}
	if slices.ContainsFunc(r.kinds, isEndpoints) || slices.ContainsFunc(r.named, func(t target) bool { return isEndpoints(t.collection) }) {
		s.p.Errorf("Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n")
	}
	if len(r.named) > 0 {
		if o.labels != "" || o.fields != "" {
			return nil, nil, errors.New("name cannot be provided when a selector is specified")
		}
		if o.allNamespaces {
			return nil, nil, errors.New("a resource cannot be retrieved by name across all namespaces")
		}
		for _, t := range r.named {
			if t, err := t.lookup(); err != nil {
				missing = append(missing, err)
			} else {
				found = append(found, t)
			}
		}
		return found, missing, nil
	}
	for _, c := range r.kinds {
		list, err := s.list(c, o)
		if err != nil {
			return nil, nil, err
		}
		found = append(found, list...)
	}
	return found, nil, nil
}

// isEndpoints says whether the server warns of a kind whenever it is asked for.
func isEndpoints(c api.Collection) bool { return c.Type().Kind == "Endpoints" }

// list lists the objects of a kind that the selectors choose.
func (s *session) list(c api.Collection, o selection) ([]target, error) {
	if strings.Contains(s.namespace, "/") {
		return nil, fmt.Errorf("invalid namespace %q: [may not contain '/']", s.namespace)
	}
	k := c.Type()
	match, err := o.matcher(k)
	if err != nil {
		return nil, err
	}
	namespace := ""
	if k.Namespaced && !o.allNamespaces {
		namespace = s.namespace
	}
	if err := mayList(c, namespace); err != nil {
		return nil, err
	}
	var list []target
	for _, obj := range c.ListObjects(namespace) {
		if match(obj) {
			list = append(list, target{collection: c, namespace: obj.GetNamespace(), name: obj.GetName(), object: obj})
		}
	}
	return list, nil
}

func (o *selection) matcher(k api.Kind) (func(store.Object) bool, error) {
	byLabels, err := labels.Parse(o.labels)
	if err != nil {
		return nil, o.badSelector(k, err)
	}
	byFields, err := fields.ParseSelector(o.fields)
	if err != nil {
		return nil, o.badSelector(k, err)
	}
	for _, r := range byFields.Requirements() {
		if !selectable(k, r.Field) {
			return nil, o.badSelector(k, fmt.Errorf("field label not supported: %s", r.Field))
		}
	}
	return func(obj store.Object) bool {
		return byLabels.Matches(labels.Set(obj.GetLabels())) && (byFields.Empty() || byFields.Matches(fieldsOf(obj)))
	}, nil
}

func (o *selection) badSelector(k api.Kind, err error) error {
	return apierrors.NewBadRequest(fmt.Sprintf("Unable to find \"%s/%s, Resource=%s\" that match label selector %q, field selector %q: %v",
		k.Group, k.Version, k.Resource, o.labels, o.fields, err))
}
