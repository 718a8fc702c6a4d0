package kubectl

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

func (f *factory) deleteContext() *cobra.Command {
	return f.deleteEntry("context", func(c *clientcmd.Config, name string) bool {
		return dropped(&c.Contexts, name, contextName)
	})
}

func (f *factory) deleteCluster() *cobra.Command {
	return f.deleteEntry("cluster", func(c *clientcmd.Config, name string) bool {
		return dropped(&c.Clusters, name, clusterName)
	})
}

func (f *factory) deleteUser() *cobra.Command {
	return f.deleteEntry("user", func(c *clientcmd.Config, name string) bool {
		return dropped(&c.AuthInfos, name, userName)
	})
}

// dropped takes a name out of a list and says whether it was there.
func dropped[T any](list *[]T, want string, name func(T) string) bool {
	at := namedAt(*list, want, name)
	if at >= 0 {
		*list = slices.Delete(slices.Clone(*list), at, at+1)
	}
	return at >= 0
}

// deleteEntry is config delete-context, delete-cluster or delete-user.
func (f *factory) deleteEntry(what string, drop func(*clientcmd.Config, string) bool) *cobra.Command {
	return &cobra.Command{Use: "delete-" + what, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return cmd.Help()
		}
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		current, file := c.CurrentContext, f.changedPath()
		if !drop(&c, args[0]) {
			return fmt.Errorf("cannot delete %s %s, not in %s", what, args[0], file)
		}
		if what == "context" && current == args[0] {
			f.p.Errorf("warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n")
		}
		has := func(c *clientcmd.Config) bool { own := *c; return drop(&own, args[0]) }
		if err := f.changeConfig(has, func(c *clientcmd.Config) { drop(c, args[0]) }); err != nil {
			return err
		}
		f.p.Printf("deleted %s %s from %s\n", what, args[0], file)
		return nil
	}}
}
