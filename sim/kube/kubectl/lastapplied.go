package kubectl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/patch"
)

func (f *factory) viewLastApplied() *cobra.Command {
	var o selection
	var output string
	cmd := &cobra.Command{Use: "view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)", RunE: func(_ *cobra.Command, args []string) error {
		if output != "yaml" && output != "json" {
			return fmt.Errorf("Unexpected -o output mode: %s, the flag 'output' must be one of yaml|json\nSee 'kubectl apply view-last-applied -h' for help and examples", output) //nolint:staticcheck // kubectl's words
		}
		s, found, problems, err := f.chosenObjects(args, o, &outcome{dryRun: "none"})
		if err != nil {
			return err
		}
		for _, t := range found {
			value := t.object.GetAnnotations()[patch.LastApplied]
			if value == "" {
				problems = append(problems, fmt.Errorf("no last-applied-configuration annotation found on resource: %s\n", t.name)) //nolint:staticcheck // kubectl's words
				continue
			}
			text, err := yaml.JSONToYAML([]byte(value))
			if output == "json" {
				var b bytes.Buffer
				err = json.Indent(&b, []byte(value), "", "  ")
				text = b.Bytes()
			}
			if err != nil {
				return err
			}
			s.p.Printf("%s", text)
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	o.bindSelectors(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "yaml", `Output format. Must be one of (yaml, json)`)
	cmd.Flags().BoolVar(&o.all, "all", false, "Select all resources in the namespace of the specified resource types")
	return cmd
}

func (f *factory) setLastApplied() *cobra.Command {
	var o selection
	var out outcome
	var create bool
	cmd := &cobra.Command{Use: "set-last-applied -f FILENAME", RunE: func(_ *cobra.Command, _ []string) error {
		if err := out.check(f); err != nil {
			return err
		}
		if len(o.files) == 0 {
			return errors.New("must specify one of -f and -k")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		list, problems, err := s.manifests(o)
		if err != nil {
			return err
		}
		for _, m := range list {
			if err := s.setOne(m, out, create); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	out.bind(cmd.Flags())
	cmd.Flags().BoolVar(&create, "create-annotation", false, "Will create 'last-applied-configuration' annotations if current objects doesn't have one")
	return cmd
}

// setOne writes a manifest into the annotation of what is there, and nothing else.
func (s *session) setOne(m manifest, out outcome, create bool) error {
	live, err := m.lookup()
	if err != nil {
		return err
	}
	_, value, err := s.annotated(m)
	if err != nil {
		return err
	}
	had := live.object.GetAnnotations()[patch.LastApplied]
	switch {
	case had == "" && !create:
		return fmt.Errorf("no last-applied-configuration annotation found on resource: %s, to create the annotation, run the command with --create-annotation", m.name)
	case had == value:
		s.p.Printf("set-last-applied %s: no changes required.\n", m.name)
		return nil
	}
	return s.remember(live, value, out, "configured")
}

// remember gives an object another last-applied annotation.
func (s *session) remember(live target, value string, out outcome, done string) error {
	obj, err := live.editable()
	if err != nil {
		return err
	}
	annotate(obj, patch.LastApplied, value)
	stored, err := out.replaced(live, obj)
	if err != nil {
		return err
	}
	return out.say(s, live, stored, done)
}

func (f *factory) editLastApplied() *cobra.Command {
	var o selection
	var out outcome
	cmd := &cobra.Command{Use: "edit-last-applied (RESOURCE/NAME | -f FILENAME)", RunE: func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.editApplied(t, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	out.bind(cmd.Flags())
	return cmd
}

// editApplied opens what was applied last in an editor.
func (s *session) editApplied(t target, out outcome) error {
	value := t.object.GetAnnotations()[patch.LastApplied]
	if value == "" {
		return fmt.Errorf("no last-applied-configuration annotation found on resource: %s", t.name)
	}
	file, now, err := s.edited([]byte(value))
	switch {
	case err != nil || file == "":
		return err
	case now == nil:
		return s.unsaved(t, file)
	}
	_ = s.p.FS.Remove(file) // it was there a moment ago
	return s.remember(t, string(now)+"\n", out, "edited")
}
