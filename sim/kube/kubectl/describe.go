package kubectl

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/describe"
	"drydock/sim/kube/explain"
)

func (f *factory) describe() *cobra.Command {
	var o selection
	events := true
	cmd := &cobra.Command{Use: "describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 0 && len(o.files) == 0 && o.kustomize == "" {
			return errors.New("You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.\n") //nolint:staticcheck // kubectl's words
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		found, missing, err := s.wanted(args, &getOptions{selection: o})
		if err != nil {
			return err
		}
		if len(found) == 0 && len(missing) == 1 && len(args) == 2 {
			return s.describePrefix(args, missing[0])
		}
		var texts []string
		for _, t := range found {
			texts = append(texts, s.describeOne(t, events && len(found) == 1))
		}
		s.p.Printf("%s", strings.Join(texts, "\n\n"))
		if len(found) == 0 && len(missing) == 0 {
			return s.noneDescribed(o)
		}
		return errors.Join(missing...)
	}}
	o.bindFiles(cmd.Flags())
	o.bindSelectors(cmd.Flags())
	cmd.Flags().BoolVar(&events, "show-events", true, "If true, display events related to the described object.")
	return cmd
}

// noneDescribed says that no object was found, where kubectl looked.
func (s *session) noneDescribed(o selection) error {
	if o.allNamespaces {
		s.p.Errorf("No resources found\n")
		return nil
	}
	s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
	return nil
}

// describePrefix describes the objects whose names begin so, as kubectl does where
// none has exactly that name; it leaves out their events (v1.37).
func (s *session) describePrefix(args []string, missing error) error {
	list, _, err := s.targets(args[:1], selection{})
	if err != nil || !apierrors.IsNotFound(missing) {
		return missing
	}
	any := false
	for _, t := range list {
		if strings.HasPrefix(t.name, args[1]) {
			s.p.Printf("%s\n", s.describeOne(t, false))
			any = true
		}
	}
	if !any {
		return missing
	}
	return nil
}

// describeOne is the text about one object. Its events are those about its uid.
func (s *session) describeOne(t target, events bool) string {
	var list []*corev1.Event
	if events {
		list = s.server.EventsAbout(t.object.GetUID())
	}
	return describe.Describe(s.server, t.object, list, s.server.Clock.Now())
}

func (f *factory) explain() *cobra.Command {
	recursive := false
	cmd := &cobra.Command{Use: "explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errors.New("You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources.") //nolint:staticcheck // kubectl's words
		}
		if len(args) > 1 {
			return helpError("kubectl explain", "We accept only this format: explain RESOURCE")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		path := strings.Split(args[0], ".")
		collection, err := s.find(path[0])
		if err != nil {
			return plainError(err.Error())
		}
		text, err := explain.Explain(collection, path[1:], recursive)
		s.p.Printf("%s", text)
		return err
	}}
	cmd.Flags().BoolVarP(&recursive, "recursive", "R", false, "When true, print the name of all the fields recursively. Otherwise, print the available fields with their description.")
	return cmd
}
