package kubectl

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

func (f *factory) auth() *cobra.Command {
	cmd := &cobra.Command{Use: "auth"}
	cmd.AddCommand(f.canI(), f.whoami())
	return cmd
}

func (f *factory) canI() *cobra.Command {
	var all, quiet, list, noHeaders bool
	var subresource string
	cmd := &cobra.Command{Use: "can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]", Short: "Check whether an action is allowed", RunE: func(_ *cobra.Command, args []string) error {
		if !list && len(args) != 2 {
			return errors.New("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.")
		}
		s, err := f.session()
		if err != nil {
			return err
		}
		if list {
			s.allowed(noHeaders)
			return nil
		}
		answer := "yes"
		denied := s.may(args[0], args[1], subresource, all)
		if denied != nil {
			answer = "no"
		}
		if !quiet {
			s.p.Printf("%s\n", answer)
		}
		if denied != nil {
			return exitStatus(1)
		}
		return nil
	}}
	fs := cmd.Flags()
	fs.BoolVarP(&all, "all-namespaces", "A", false, "If true, check the specified action in all namespaces.")
	fs.BoolVarP(&quiet, "quiet", "q", false, "If true, suppress output and just return the exit code.")
	fs.BoolVar(&list, "list", false, "If true, prints all allowed actions.")
	fs.BoolVar(&noHeaders, "no-headers", false, "If true, prints allowed actions without headers")
	fs.StringVar(&subresource, "subresource", "", "SubResource such as pod/log or deployment/scale")
	return cmd
}

// may asks the API server whether the session's user may do something with a kind,
// or one object of it; a kind that is not there is asked about as it is written.
func (s *session) may(verb, what, subresource string, all bool) error {
	resource, name, _ := strings.Cut(what, "/")
	resource, group, _ := strings.Cut(resource, ".")
	namespace := s.namespace
	if c, err := s.find(strings.TrimSuffix(resource+"."+group, ".")); err == nil {
		k := c.Type()
		resource, group = k.Resource, k.Group
		if !k.Namespaced {
			s.p.Errorf("Warning: resource '%s' is not namespace scoped%s\n\n", k.Resource, inGroup(k.Group))
			namespace = ""
		}
	} else if resource != "*" {
		s.p.Errorf("Warning: the server doesn't have a resource type '%s'%s\n\n", resource, inGroup(group))
	}
	if all {
		namespace = ""
	}
	return s.server.Authorize(s.user, verb, group, resource, subresource, namespace, name)
}

func inGroup(group string) string {
	if group == "" {
		return ""
	}
	return " in group '" + group + "'"
}
