package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

func (f *factory) getContexts() *cobra.Command {
	output, noHeaders := "", false
	cmd := &cobra.Command{Use: "get-contexts", RunE: func(_ *cobra.Command, args []string) error {
		if output != "" && output != "name" {
			return fmt.Errorf("output must be one of '' or 'name': %s", output)
		}
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		chosen := c.Contexts
		var missing []error
		if len(args) > 0 {
			chosen = nil
		}
		for _, name := range args {
			if at := namedAt(c.Contexts, name, contextName); at >= 0 {
				chosen = append(chosen, c.Contexts[at])
			} else {
				missing = append(missing, fmt.Errorf("context %s not found", name))
			}
		}
		f.showContexts(joined(nil, chosen, contextName), c.CurrentContext, output, noHeaders)
		return errors.Join(missing...)
	}}
	cmd.Flags().StringVarP(&output, "output", "o", "", "Output format. One of: (name).")
	cmd.Flags().BoolVar(&noHeaders, "no-headers", false, "When using the default or custom-column output format, don't print headers (default print headers).")
	return cmd
}

func (f *factory) showContexts(list []clientcmd.NamedContext, current, output string, noHeaders bool) {
	g := grid{}
	if !noHeaders {
		g.rows = append(g.rows, []string{"CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"})
	}
	for _, n := range list {
		if output == "name" {
			f.p.Printf("%s\n", n.Name)
			continue
		}
		g.rows = append(g.rows, []string{map[bool]string{true: "*"}[n.Name == current], n.Name, n.Context.Cluster, n.Context.AuthInfo, n.Context.Namespace})
	}
	if output == "" {
		f.p.Printf("%s", g.text())
	}
}

// getClusters is config get-clusters.
func (f *factory) getClusters() *cobra.Command {
	return f.configNames("get-clusters", func(c clientcmd.Config) (list []string) {
		for _, n := range c.Clusters {
			list = append(list, n.Name)
		}
		return list
	})
}

// getUsers is config get-users.
func (f *factory) getUsers() *cobra.Command {
	return f.configNames("get-users", func(c clientcmd.Config) (list []string) {
		for _, n := range c.AuthInfos {
			list = append(list, n.Name)
		}
		return list
	})
}

// configNames is a command that lists names of the kubeconfig file in their order.
func (f *factory) configNames(use string, names func(clientcmd.Config) []string) *cobra.Command {
	return &cobra.Command{Use: use, RunE: func(*cobra.Command, []string) error {
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		f.p.Printf("NAME\n")
		for _, n := range names(c) {
			f.p.Printf("%s\n", n)
		}
		return nil
	}}
}
