package kubectl

import (
	"errors"

	"github.com/spf13/cobra"

	"drydock/sim/kube/api"
)

func (f *factory) replace() *cobra.Command {
	var o selection
	var out outcome
	var force bool
	cmd := &cobra.Command{Use: "replace -f FILENAME", RunE: func(*cobra.Command, []string) error {
		if err := out.check(f); err != nil {
			return err
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		s.change = "update"
		list, problems, err := s.manifests(o)
		if err != nil {
			return err
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
	cmd.Flags().BoolVar(&force, "force", false, "If true, immediately remove resources from API and bypass graceful deletion.")
	return cmd
}

func (s *session) replaceOne(m manifest, force bool, out outcome) error {
	t, err := m.lookup()
	if force {
		if err == nil && !out.dry() {
			if _, err := t.collection.DeleteObject(t.namespace, t.name, api.DeleteOptions{}); err != nil {
				return doing("deleting", m.source, err)
			}
			(&deletion{out: out, grace: -1}).say(s, t)
			if err := s.gone([]target{t}, 0); err != nil {
				return err
			}
		}
		made, err := out.created(m.target, m.object)
		if err != nil {
			return doing("creating", m.source, err)
		}
		return out.say(s, m.target, made, "replaced")
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
