package kubectl

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/kube/api"
)

func (f *factory) auth() *cobra.Command {
	cmd := &cobra.Command{Use: "auth"}
	cmd.AddCommand(f.canI(), f.whoami())
	return cmd
}

// asker is who the API server takes the session's user for. The administrator of the
// kubeconfig file that kubeadm writes is in system:masters.
func (s *session) asker() api.User {
	u := api.User{Name: s.user, Groups: s.groups}
	if s.user == "kubernetes-admin" {
		u.Groups = append([]string{"system:masters"}, u.Groups...)
	}
	return u
}

func (f *factory) canI() *cobra.Command {
	var all, quiet, list bool
	var subresource string
	cmd := &cobra.Command{Use: "can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]", Short: "Check whether an action is allowed", RunE: func(_ *cobra.Command, args []string) error {
		if list {
			f.p.Errorf("kubectl: 'kubectl auth can-i --list' is part of kubectl, but this simulator does not have it\n")
			return exitStatus(1)
		}
		if len(args) != 2 {
			return errors.New("you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.")
		}
		s, err := f.session()
		if err != nil {
			return err
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
	return s.server.Authorize(s.asker(), verb, group, resource, subresource, namespace, name)
}

func inGroup(group string) string {
	if group == "" {
		return ""
	}
	return " in group '" + group + "'"
}

func (f *factory) whoami() *cobra.Command {
	return &cobra.Command{Use: "whoami", Short: "Experimental: Check self subject attributes", RunE: func(*cobra.Command, []string) error {
		s, err := f.session()
		if err != nil {
			return err
		}
		u := s.asker()
		s.p.Printf("%-12s%s\n%-12s%s\n%-12s[%s]\n", "ATTRIBUTE", "VALUE", "Username", u.Name, "Groups", strings.Join(u.AllGroups(), " "))
		return nil
	}}
}
