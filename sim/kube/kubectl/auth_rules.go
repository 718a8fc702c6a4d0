package kubectl

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/kube/api"
)

// allowed prints what the session's user may do in its namespace, as `auth can-i
// --list` shows the server's review of rules.
func (s *session) allowed(noHeaders bool) {
	g := grid{}
	if !noHeaders {
		g.rows = append(g.rows, []string{"Resources", "Non-Resource URLs", "Resource Names", "Verbs"})
	}
	rules, _ := s.server.Rules(s.user, s.namespace)
	for _, r := range api.Simplified(rules) {
		what := ""
		if len(r.Resources) > 0 {
			resource, sub, is := strings.Cut(r.Resources[0], "/")
			what = resource
			if r.APIGroups[0] != "" {
				what += "." + r.APIGroups[0]
			}
			if is {
				what += "/" + sub
			}
		}
		g.rows = append(g.rows, []string{what, fmt.Sprint(r.NonResourceURLs), fmt.Sprint(r.ResourceNames), fmt.Sprint(r.Verbs)})
	}
	s.p.Printf("%s", g.text())
}

func (f *factory) whoami() *cobra.Command {
	return &cobra.Command{Use: "whoami", Short: "Experimental: Check self subject attributes", RunE: func(*cobra.Command, []string) error {
		s, err := f.session()
		if err != nil {
			return err
		}
		g := grid{rows: [][]string{{"ATTRIBUTE", "VALUE"}, {"Username", s.user.Name}}}
		if s.user.UID != "" {
			g.rows = append(g.rows, []string{"UID", s.user.UID})
		}
		g.rows = append(g.rows, []string{"Groups", fmt.Sprint(s.user.AllGroups())})
		for _, e := range s.user.Extra {
			g.rows = append(g.rows, []string{"Extra: " + e.Key, fmt.Sprint(e.Values)})
		}
		s.p.Printf("%s", g.text())
		return nil
	}}
}
