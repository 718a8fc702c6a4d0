package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/kube/api"
)

func (f *factory) replace() *cobra.Command {
	var o selection
	var out outcome
	var force bool
	var validate func() (string, error)
	cmd := &cobra.Command{Use: "replace -f FILENAME", RunE: func(*cobra.Command, []string) error {
		if err := out.check(f); err != nil {
			return err
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		s.change = "update"
		if s.validation, err = validate(); err != nil {
			return err
		}
		list, problems, err := s.manifests(o)
		if err != nil {
			return err
		}
		if force && !out.dry() {
			problems = append(problems, s.removeFirst(list)...)
		}
		for _, m := range list {
			if err := s.replaceOne(m, force, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	o.bindFiles(cmd.Flags())
	out.bind(cmd.Flags())
	validate = validating(cmd.Flags())
	cmd.Flags().BoolVar(&force, "force", false, "If true, immediately remove resources from API and bypass graceful deletion.")
	return cmd
}

// removeFirst deletes what replace --force makes anew, and waits till all of it is gone.
func (s *session) removeFirst(list []manifest) (problems []error) {
	var gone []target
	for _, m := range list {
		t, err := m.lookup()
		if err != nil {
			continue
		}
		if _, err := t.collection.DeleteObject(t.namespace, t.name, api.DeleteOptions{}); err != nil {
			problems = append(problems, doing("deleting", m.source, err))
			continue
		}
		(&deletion{grace: -1}).say(s, t)
		gone = append(gone, t)
	}
	if err := s.gone(gone, 0); err != nil {
		problems = append(problems, err)
	}
	return problems
}

func (s *session) replaceOne(m manifest, force bool, out outcome) error {
	if m.refused != nil && out.dryRun != "client" {
		return doing("replacing", m.source, m.refused)
	}
	t, err := m.lookup()
	if force {
		made, err := out.created(m.target, m.object)
		if err != nil {
			return doing("creating", m.source, err)
		}
		return out.say(s, m.target, made, "replaced")
	}
	if err != nil && m.name == "" {
		return fmt.Errorf("error when replacing %q: %w", m.source, err)
	}
	if err != nil {
		return doing("replacing", m.source, err)
	}
	m.object.SetUID(t.object.GetUID())
	m.object.SetCreationTimestamp(t.object.GetCreationTimestamp())
	m.object.SetGeneration(t.object.GetGeneration())
	stored, err := out.replaced(m.target, m.object)
	if err != nil {
		return doing("replacing", m.source, err)
	}
	return out.say(s, m.target, stored, "replaced")
}
