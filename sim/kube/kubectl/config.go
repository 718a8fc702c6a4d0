package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

func (f *factory) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config"}
	cmd.AddCommand(f.currentContext(), f.getContexts(), f.useContext(), f.setContext(), f.renameContext(), f.deleteContext(),
		f.getClusters(), f.setCluster(), f.deleteCluster(), f.getUsers(), f.setCredentials(), f.deleteUser(),
		f.configSet(), f.configUnset(), f.configView())
	return cmd
}

// unexpected shows a command's help before it complains of its arguments (cmd/config).
func unexpected(cmd *cobra.Command, args []string) error {
	if err := cmd.Help(); err != nil {
		return err
	}
	return fmt.Errorf("Unexpected args: %v", args) //nolint:staticcheck // kubectl's words
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

func (f *factory) useContext() *cobra.Command {
	return &cobra.Command{Use: "use-context", Aliases: []string{"use"}, RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return unexpected(cmd, args)
		}
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		if namedAt(c.Contexts, args[0], contextName) < 0 {
			return fmt.Errorf("no context exists with the name: %q", args[0])
		}
		if err := f.changeConfig(hasCurrent, func(c *clientcmd.Config) { c.CurrentContext = args[0] }); err != nil {
			return err
		}
		f.p.Printf("Switched to context %q.\n", args[0])
		return nil
	}}
}

func hasCurrent(c *clientcmd.Config) bool { return c.CurrentContext != "" }

func hasContext(name string) func(*clientcmd.Config) bool {
	return func(c *clientcmd.Config) bool { return namedAt(c.Contexts, name, contextName) >= 0 }
}

func (f *factory) setContext() *cobra.Command {
	current := false
	cmd := &cobra.Command{Use: "set-context", RunE: func(cmd *cobra.Command, args []string) error {
		name, err := f.contextToSet(cmd, args, current)
		if err != nil {
			return err
		}
		c, err := f.readConfig()
		if err != nil && f.flags.kubeconfig == "" {
			return err
		}
		done := "created"
		if namedAt(c.Contexts, name, contextName) >= 0 {
			done = "modified"
		}
		if err := f.changeConfig(hasContext(name), func(c *clientcmd.Config) { f.fillContext(c, name) }); err != nil {
			return err
		}
		f.p.Printf("Context %q %s.\n", name, done)
		return nil
	}}
	cmd.Flags().BoolVar(&current, "current", false, "Modify the current context")
	return cmd
}

func (f *factory) contextToSet(cmd *cobra.Command, args []string, current bool) (string, error) {
	switch {
	case len(args) > 1:
		return "", unexpected(cmd, args)
	case len(args) == 1 && current:
		return "", errors.New("you cannot specify both a context name and --current")
	case len(args) == 1 && args[0] != "":
		return args[0], nil
	case !current:
		return "", errors.New("you must specify a non-empty context name or --current")
	}
	c, err := f.readConfig()
	if err == nil && c.CurrentContext == "" {
		err = errors.New("no current context is set")
	}
	return c.CurrentContext, err
}

// fillContext gives a context what the flags say.
func (f *factory) fillContext(c *clientcmd.Config, name string) {
	at := namedAt(c.Contexts, name, contextName)
	if at < 0 {
		c.Contexts, at = append(c.Contexts, clientcmd.NamedContext{Name: name}), len(c.Contexts)
	}
	to := &c.Contexts[at].Context
	for _, v := range []struct {
		name, flag string
		to         *string
	}{{"cluster", f.flags.cluster, &to.Cluster}, {"user", f.flags.user, &to.AuthInfo}, {"namespace", f.flags.namespace, &to.Namespace}} {
		if f.given(v.name) {
			*v.to = v.flag
		}
	}
}

// given reports that a flag of all commands is on the command line.
func (f *factory) given(name string) bool {
	flag := f.global.Lookup(name)
	return flag != nil && flag.Changed
}

func (f *factory) renameContext() *cobra.Command {
	return &cobra.Command{Use: "rename-context", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return unexpected(cmd, args)
		}
		from, to := args[0], args[1]
		c, err := f.readConfig()
		switch {
		case err != nil:
			return err
		case namedAt(c.Contexts, from, contextName) < 0:
			return fmt.Errorf("cannot rename the context %q, it's not in %s", from, f.changedPath())
		case namedAt(c.Contexts, to, contextName) >= 0:
			return fmt.Errorf("cannot rename the context %q, the context %q already exists in %s", from, to, f.changedPath())
		}
		if err := f.changeConfig(hasContext(from), func(c *clientcmd.Config) { c.Contexts[namedAt(c.Contexts, from, contextName)].Name = to }); err != nil {
			return err
		}
		if c.CurrentContext == from {
			if err := f.changeConfig(hasCurrent, func(c *clientcmd.Config) { c.CurrentContext = to }); err != nil {
				return err
			}
		}
		f.p.Printf("Context %q renamed to %q.\n", from, to)
		return nil
	}}
}
