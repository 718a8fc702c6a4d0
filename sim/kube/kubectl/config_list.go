package kubectl

import (
	"slices"

	"github.com/spf13/cobra"
)

// getClusters is config get-clusters.
func (f *factory) getClusters() *cobra.Command {
	return f.configNames("get-clusters", func() ([]string, error) {
		c, err := f.readConfig()
		var list []string
		for _, n := range c.Clusters {
			list = append(list, n.Name)
		}
		return list, err
	})
}

// getUsers is config get-users.
func (f *factory) getUsers() *cobra.Command {
	return f.configNames("get-users", func() ([]string, error) {
		c, err := f.readConfig()
		var list []string
		for _, n := range c.AuthInfos {
			list = append(list, n.Name)
		}
		return list, err
	})
}

// configNames is a command that lists names of the kubeconfig file in their order.
func (f *factory) configNames(use string, read func() ([]string, error)) *cobra.Command {
	return &cobra.Command{Use: use, RunE: func(*cobra.Command, []string) error {
		list, err := read()
		if err != nil {
			return err
		}
		slices.Sort(list)
		f.p.Printf("NAME\n")
		for _, n := range list {
			f.p.Printf("%s\n", n)
		}
		return nil
	}}
}
