package kubectl

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
	"drydock/sim/machine"
)

func (f *factory) diff() *cobra.Command {
	var o selection
	var serverSide, force, prune bool
	cmd := &cobra.Command{Use: "diff -f FILENAME", RunE: func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return helpError("kubectl diff", fmt.Sprintf("Unexpected args: %v", args))
		case prune:
			f.p.Errorf("kubectl: 'kubectl diff --prune' is part of kubectl, but this simulator does not have it\n")
			return exitStatus(1)
		}
		err := f.runDiff(o)
		if status := exitStatus(0); err == nil || errors.As(err, &status) {
			return err
		}
		f.p.Errorf("%s", complaint(err))
		return exitStatus(2) // 1 is a difference
	}}
	fs := cmd.Flags()
	o.bindFiles(fs)
	fs.StringVarP(&o.labels, "selector", "l", "", "Selector (label query) to filter on")
	fs.BoolVar(&serverSide, "server-side", false, "If true, apply runs in the server instead of the client.")
	fs.BoolVar(&force, "force-conflicts", false, "If true, server-side apply will force the changes against conflicts.")
	fs.BoolVar(&prune, "prune", false, "Include resources that would be deleted by pruning.")
	return cmd
}

// runDiff writes what is there and what apply would make of it into two directories
// and compares them with the program diff, or that of KUBECTL_EXTERNAL_DIFF. Its
// status is the command's: 1 is a difference.
func (f *factory) runDiff(o selection) error {
	s, err := f.session()
	if err != nil {
		return err
	}
	list, problems, err := s.manifests(o)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return problems[0]
	}
	for _, m := range list {
		if m.refused != nil {
			return m.refused
		}
	}
	random := s.p.Clock().Rand()
	live, merged := fmt.Sprintf("/tmp/LIVE-%d", random.Uint32()), fmt.Sprintf("/tmp/MERGED-%d", random.Uint32())
	for _, dir := range []string{live, merged} {
		if err := s.p.FS.MkdirAll(dir, 0o700, s.p.User.UID, s.p.User.GID); err != nil {
			return err
		}
	}
	defer func() { _, _ = s.p.FS.RemoveAll(live), s.p.FS.RemoveAll(merged) }()
	for _, m := range list {
		if err := s.diffOne(m, live, merged); err != nil {
			return err
		}
	}
	program := strings.Fields(cmp.Or(s.p.Env.Get("KUBECTL_EXTERNAL_DIFF"), "diff -u -N"))
	status, err := s.p.Run(machine.Spec{Args: append(program, live, merged)})
	switch {
	case err != nil:
		return fmt.Errorf("failed to run %q: executable file not found in $PATH", program[0])
	case status != 0:
		return exitStatus(status)
	}
	return nil
}

// diffOne writes an object as it is and as it would be.
func (s *session) diffOne(m manifest, live, merged string) error {
	k := m.collection.Type()
	name := fmt.Sprintf("%s.%s.%s.%s", k.Version, k.Kind, m.namespace, m.name)
	if k.Group != "" {
		name = k.Group + "." + name
	}
	there, err := m.lookup()
	if err != nil {
		made, err := m.collection.TryCreate(m.object)
		if err != nil {
			return doing("creating", m.source, err)
		}
		return s.writeDiff(path.Join(merged, name), m.target, made, nil)
	}
	sent, _, err := s.annotated(m)
	if err != nil {
		return err
	}
	last := []byte(there.object.GetAnnotations()[patch.LastApplied])
	_, obj, same, err := applied(there, last, sent)
	if err != nil {
		return err
	}
	if !same {
		annotate(obj, patch.LastApplied, string(last)) // a server's dry run does not send the annotation
		if len(last) == 0 {
			annotations := obj.GetAnnotations()
			delete(annotations, patch.LastApplied)
			obj.SetAnnotations(annotations)
		}
		if obj, err = there.collection.TryUpdate(obj); err != nil {
			return doing("applying patch to", m.source, err)
		}
	}
	if err := s.writeDiff(path.Join(live, name), there, there.object, obj); err != nil {
		return err
	}
	return s.writeDiff(path.Join(merged, name), there, obj, there.object)
}

// writeDiff writes an object's YAML; the values of a Secret are masked, so that only
// whether they differ is seen.
func (s *session) writeDiff(file string, t target, obj, other store.Object) error {
	data, err := encode(t, obj)
	if err != nil {
		return err
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return err
	}
	if t.collection.Type().Kind == "Secret" {
		var second map[string]any
		if other != nil {
			if data, err = encode(t, other); err == nil {
				_ = json.Unmarshal(data, &second) // what has just been encoded
			}
		}
		mask(doc, second, strings.HasPrefix(file, "/tmp/LIVE"))
	}
	text, err := yaml.Marshal(doc)
	if err != nil {
		return err
	}
	return s.p.WriteFile(file, text)
}

func mask(doc, other map[string]any, before bool) {
	data, _ := doc["data"].(map[string]any)
	second, _ := other["data"].(map[string]any)
	for key, value := range data {
		was, both := second[key]
		switch {
		case !both || was == value:
			data[key] = "***"
		case before:
			data[key] = "*** (before)"
		default:
			data[key] = "*** (after)"
		}
	}
}
