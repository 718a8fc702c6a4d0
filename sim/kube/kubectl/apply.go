package kubectl

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

func (f *factory) apply() *cobra.Command {
	var o selection
	var out outcome
	var server serverSide
	var prune bool
	var validate func() (string, error)
	cmd := &cobra.Command{Use: "apply (-f FILENAME | -k DIRECTORY)", RunE: func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return fmt.Errorf("Unexpected args: %v\nSee 'kubectl apply -h' for help and examples", args) //nolint:staticcheck // kubectl's words
		case prune:
			f.p.Errorf("kubectl: 'kubectl apply --prune' is part of kubectl, but this simulator does not have it\n")
			return exitStatus(1)
		}
		return f.applyFiles(o, out, server, validate)
	}}
	validate = validating(cmd.Flags())
	o.bindFiles(cmd.Flags())
	out.bind(cmd.Flags())
	cmd.Flags().StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	cmd.Flags().BoolVar(&server.on, "server-side", false, "If true, apply runs in the server instead of the client.")
	cmd.Flags().BoolVar(&server.force, "force-conflicts", false, "If true, server-side apply will force the changes against conflicts.")
	cmd.Flags().BoolVar(&prune, "prune", false, "Automatically delete resource objects, that do not appear in the configs.")
	cmd.AddCommand(f.viewLastApplied(), f.setLastApplied(), f.editLastApplied())
	return cmd
}

func (f *factory) applyFiles(o selection, out outcome, server serverSide, validate func() (string, error)) error {
	if err := cmp.Or(server.check(out), out.check(f)); err != nil {
		return err
	}
	if len(o.files) == 0 && o.kustomize == "" {
		return errors.New("must specify one of -f and -k")
	}
	for _, name := range o.files {
		if _, err := (&session{p: f.p}).manifestFiles(name, o.recursive); err != nil {
			return err
		}
	}
	s, err := f.session()
	if err != nil {
		return err
	}
	if s.validation, err = validate(); err != nil {
		return err
	}
	list, problems, err := s.manifests(o)
	if err != nil {
		return err
	}
	var whole []target
	for _, m := range list {
		obj, done, err := s.applyBy(server, m, out)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if f := out.print.format; f != "" && f != "name" {
			m.object = obj
			whole = append(whole, m.target)
			continue
		}
		if err := out.say(s, m.target, obj, done); err != nil {
			return err
		}
	}
	if len(whole) > 0 {
		value, err := document(whole, len(whole) == 1)
		if err != nil {
			return err
		}
		if list, is := value.(map[string]any); is && len(whole) > 1 {
			list["metadata"] = map[string]any{} // a list that no server made
		}
		if err := s.printValue(value, out.print); err != nil {
			return err
		}
	}
	if len(list)+len(problems) == 0 {
		return errors.New("no objects passed to apply")
	}
	return errors.Join(problems...)
}

// applyBy applies a manifest here or on the server.
func (s *session) applyBy(server serverSide, m manifest, out outcome) (store.Object, string, error) {
	if !server.on {
		return s.applyOne(m, out)
	}
	obj, err := s.applyOnServer(m, out, server.force)
	return obj, "serverside-applied", err
}

// applyOne makes the object or patches what is there by the three-way patch.
func (s *session) applyOne(m manifest, out outcome) (store.Object, string, error) {
	if m.name == "" {
		return nil, "", m.nameless()
	}
	full, value, err := s.annotated(m)
	if err != nil {
		return nil, "", err
	}
	live, err := m.lookup()
	if forbidden(err) {
		return nil, "", doing("retrieving current configuration of:\n"+m.described()+"\nfrom server for:", m.source, err)
	}
	if err != nil {
		if m.refused != nil && out.dryRun != "client" {
			return nil, "", doing("creating", m.source, m.refused)
		}
		annotate(m.object, patch.LastApplied, value)
		made, err := out.created(m.target, m.object)
		if err != nil {
			return nil, "", doing("creating", m.source, err)
		}
		return made, "created", nil
	}
	last := []byte(live.object.GetAnnotations()[patch.LastApplied])
	if len(last) == 0 {
		k := m.collection.Type()
		s.p.Errorf("Warning: resource %s/%s is missing the %s annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n",
			k.Resource, m.name, patch.LastApplied)
		last = nil
	}
	sent, changed, same, err := applied(live, last, full)
	if m.refused != nil && out.dryRun != "client" {
		err = doing("patching", m.source, m.refused)
	}
	switch {
	case err != nil:
		return nil, "", m.patching(sent, err)
	case same:
		return live.object, "unchanged", nil
	}
	stored, err := out.replaced(live, changed)
	if err != nil {
		return nil, "", m.patching(sent, doing("patching", m.source, err))
	}
	return stored, "configured", nil
}

// described names a manifest's object as resource.Info does.
func (m manifest) described() string {
	k := m.collection.Type()
	return fmt.Sprintf("Resource: %q, GroupVersionKind: %q\nName: %q, Namespace: %q", k.Group+"/"+k.Version+", Resource="+k.Resource, k.Group+"/"+k.Version+", Kind="+k.Kind, m.name, m.namespace)
}

// patching is a refused patch in apply's words.
func (m manifest) patching(sent []byte, err error) error {
	return doing(fmt.Sprintf("applying patch:\n%s\nto:\n%s\nfor:", sent, m.described()), m.source, err)
}

// nameless is why apply cannot do with a manifest that names nothing.
func (m manifest) nameless() error {
	if prefix := m.object.GetGenerateName(); prefix != "" {
		return fmt.Errorf("from %s: cannot use generate name with apply", prefix)
	}
	return fmt.Errorf("error when retrieving current configuration of:\n%s\nfrom server for: %q: resource name may not be empty", m.described(), m.source)
}

// annotated is the manifest as apply sends it: with its namespace and with itself in
// an annotation.
func (s *session) annotated(m manifest) ([]byte, string, error) {
	var doc map[string]any
	if err := json.Unmarshal(m.data, &doc); err != nil {
		return nil, "", err
	}
	if meta, ok := doc["metadata"].(map[string]any); ok && m.namespace != "" {
		meta["namespace"] = m.namespace
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return nil, "", err
	}
	return patch.Annotated(data)
}

// applied is the three-way patch and the object as it leaves it; same says it changes
// nothing.
func applied(live target, last, manifest []byte) (p []byte, obj store.Object, same bool, err error) {
	there, err := encode(live, live.object)
	if err != nil {
		return nil, nil, false, err
	}
	p, err = patch.ThreeWay(last, manifest, there, live.collection.New())
	if err != nil {
		return nil, nil, false, err
	}
	if patch.Empty(p) {
		return p, live.object, true, nil
	}
	obj, err = patch.Apply(live.object, live.collection.New(), patch.Strategic, p)
	if err != nil {
		return p, nil, false, err
	}
	after, err := encode(live, obj)
	return p, obj, bytes.Equal(there, after), err
}

// until waits till cond holds, looking again whenever an object of the kinds changes.
// A timeout of 0 waits for ever; false means it ran out.
func (s *session) until(kinds []target, timeout time.Duration, cond func() bool) bool {
	changed := s.p.Clock().NewSignal()
	for _, t := range kinds {
		defer t.collection.WatchObjects(func(store.ChangeType, store.Object) { changed.Broadcast() })()
	}
	deadline := s.p.Now().Add(timeout)
	for !cond() {
		if timeout == 0 {
			s.p.Wait(changed)
			continue
		}
		left := deadline.Sub(s.p.Now())
		if left <= 0 {
			return false
		}
		s.p.SleepUntil(left, changed)
	}
	return true
}
