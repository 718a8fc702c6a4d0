package kubectl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

func (f *factory) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config"}
	cmd.AddCommand(f.currentContext(), f.getContexts(), f.useContext(), f.setContext(), f.getClusters(), f.getUsers())
	return cmd
}

func (f *factory) currentContext() *cobra.Command {
	return &cobra.Command{Use: "current-context", RunE: func(*cobra.Command, []string) error {
		c, err := f.readConfig()
		if err == nil && c.CurrentContext == "" {
			err = errors.New("current-context is not set")
		}
		if err == nil {
			f.p.Printf("%s\n", c.CurrentContext)
		}
		return err
	}}
}

func (f *factory) getContexts() *cobra.Command {
	output := ""
	cmd := &cobra.Command{Use: "get-contexts", RunE: func(*cobra.Command, []string) error {
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		slices.SortFunc(c.Contexts, func(a, b clientcmd.NamedContext) int { return strings.Compare(a.Name, b.Name) })
		g := grid{rows: [][]string{{"CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"}}}
		for _, n := range c.Contexts {
			if output == "name" {
				f.p.Printf("%s\n", n.Name)
				continue
			}
			g.rows = append(g.rows, []string{map[bool]string{true: "*"}[n.Name == c.CurrentContext], n.Name, n.Context.Cluster, n.Context.AuthInfo, n.Context.Namespace})
		}
		if output != "name" {
			f.p.Printf("%s", g.text())
		}
		return nil
	}}
	cmd.Flags().StringVarP(&output, "output", "o", "", "Output format. One of: (name).")
	return cmd
}

func (f *factory) useContext() *cobra.Command {
	return &cobra.Command{Use: "use-context", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(c.Contexts, func(n clientcmd.NamedContext) bool { return n.Name == args[0] }) {
			return fmt.Errorf("no context exists with the name: %q", args[0])
		}
		c.CurrentContext = args[0]
		f.p.Printf("Switched to context %q.\n", args[0])
		return f.p.WriteFile(f.configPath(), marshalConfig(c))
	}}
}

func (f *factory) setContext() *cobra.Command {
	current := false
	cmd := &cobra.Command{Use: "set-context", Args: cobra.MaximumNArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		name := c.CurrentContext
		if !current && len(args) == 1 {
			name = args[0]
		}
		at := slices.IndexFunc(c.Contexts, func(n clientcmd.NamedContext) bool { return n.Name == name })
		done := "modified"
		if at < 0 {
			c.Contexts, at, done = append(c.Contexts, clientcmd.NamedContext{Name: name}), len(c.Contexts), "created"
		}
		for _, v := range []struct {
			flag string
			to   *string
		}{{f.flags.cluster, &c.Contexts[at].Context.Cluster}, {f.flags.user, &c.Contexts[at].Context.AuthInfo}, {f.flags.namespace, &c.Contexts[at].Context.Namespace}} {
			if v.flag != "" {
				*v.to = v.flag
			}
		}
		f.p.Printf("Context %q %s.\n", name, done)
		return f.p.WriteFile(f.configPath(), marshalConfig(c))
	}}
	cmd.Flags().BoolVar(&current, "current", false, "Modify the current context")
	return cmd
}
