package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/formatter"
	"drydock/sim/image"
)

const (
	defaultContext = "default"
	defaultSocket  = "unix:///var/run/docker.sock"
)

// contextMeta is what docker keeps of a context under ~/.docker/contexts/meta.
type contextMeta struct {
	Name     string
	Metadata struct {
		Description string `json:",omitempty"`
	}
	Endpoints map[string]contextEndpoint
}

type contextEndpoint struct {
	Host          string
	SkipTLSVerify bool
}

// currentContext is the context that commands go to.
func (c *Client) currentContext() string {
	if c.Env.Get("DOCKER_HOST") != "" {
		return defaultContext
	}
	if name := c.Env.Get("DOCKER_CONTEXT"); name != "" {
		return name
	}
	if name := docker.LoadConfig(c.Process).Get("currentContext"); name != "" {
		return name
	}
	return defaultContext
}

// contexts are all contexts by name; default is not kept in a file.
func (c *Client) contexts() map[string]contextMeta {
	host := c.Env.Get("DOCKER_HOST")
	if host == "" {
		host = defaultSocket
	}
	d := contextMeta{Name: defaultContext, Endpoints: map[string]contextEndpoint{"docker": {Host: host}}}
	d.Metadata.Description = "Current DOCKER_HOST based configuration"
	all := map[string]contextMeta{defaultContext: d}
	dir := path.Join(docker.ConfigDir(c.Process), "contexts/meta")
	entries, _ := c.FS.ReadDir(dir)
	for _, e := range entries {
		var m contextMeta
		if data, err := c.FS.ReadFile(path.Join(dir, e.Name, "meta.json")); err == nil && json.Unmarshal(data, &m) == nil && m.Name != "" {
			all[m.Name] = m
		}
	}
	return all
}

func contextPath(dir, name string) string {
	return path.Join(dir, "contexts/meta", image.Digest(name)[len("sha256:"):])
}

// contextCommands are those of `docker context`.
func contextCommands() []Command {
	return []Command{
		{Name: "create", Short: "Create new context", New: newContextCreate},
		{Name: "export", Short: "Export a context to a tar archive FILE or a tar stream on STDOUT."},
		{Name: "import", Short: "Import a context from a tar or zip file"},
		{Name: "inspect", Short: "Display detailed information on one or more contexts", New: newContextInspect},
		{Name: "ls", Aliases: []string{"list"}, Short: "List contexts", New: newContextLs},
		{Name: "rm", Aliases: []string{"remove"}, Short: "Remove one or more contexts", New: newContextRm},
		{Name: "show", Short: "Print the name of the current context", New: newContextShow},
		{Name: "update", Short: "Update a context"},
		{Name: "use", Short: "Set the current docker context", New: newContextUse},
	}
}

// contextRow is a line of `docker context ls`.
type contextRow struct {
	formatter.Row
	m       contextMeta
	current bool
}

// Name marks the current context with an asterisk.
func (r contextRow) Name() string {
	if r.current {
		return r.m.Name + " *"
	}
	return r.m.Name
}

// Description is what the context was said to be for.
func (r contextRow) Description() string { return formatter.Ellipsis(r.m.Metadata.Description, 60) }

// DockerEndpoint is the daemon's address.
func (r contextRow) DockerEndpoint() string { return r.m.Endpoints["docker"].Host }

// Error is why a context cannot be read; never, here.
func (contextRow) Error() string { return "" }

// Current reports the context in use.
func (r contextRow) Current() bool { return r.current }

func newContextLs(c *Client) *cobra.Command {
	var format string
	var quiet bool
	cmd := &cobra.Command{Use: "ls [OPTIONS]", Short: "List contexts", Args: noArgs, Annotations: offline()}
	cmd.Flags().StringVar(&format, "format", "", formatHelp)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "Only show context names")
	cmd.RunE = func(*cobra.Command, []string) error {
		all := c.contexts()
		var rows []any
		for _, name := range slices.Sorted(maps.Keys(all)) {
			rows = append(rows, contextRow{m: all[name], current: !quiet && name == c.currentContext()})
		}
		if quiet && format == "" {
			format = "{{.Name}}"
		}
		header := formatter.Header{"Name": "NAME", "Description": "DESCRIPTION", "DockerEndpoint": "DOCKER ENDPOINT", "Error": "ERROR"}
		return formatter.New(format, "{{.Name}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}", header).Write(c.Stdout, rows...)
	}
	return cmd
}

func newContextShow(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Print the name of the current context", Args: noArgs, Annotations: offline(),
		RunE: func(*cobra.Command, []string) error { c.Printf("%s\n", c.currentContext()); return nil },
	}
}

func newContextUse(c *Client) *cobra.Command {
	return &cobra.Command{
		Use: "use CONTEXT", Short: "Set the current docker context", Args: exactArgs(1), Annotations: offline(),
		RunE: func(_ *cobra.Command, args []string) error {
			if _, ok := c.contexts()[args[0]]; !ok {
				return errNoContext(args[0])
			}
			config := docker.LoadConfig(c.Process)
			value := args[0]
			if value == defaultContext {
				value = ""
			}
			config.Set("currentContext", value)
			if err := config.Save(); err != nil {
				return err
			}
			c.Printf("%s\n", args[0])
			c.Errorf("Current context is now %q\n", args[0])
			if host := c.Env.Get("DOCKER_HOST"); host != "" {
				c.Errorf("Warning: DOCKER_HOST environment variable overrides the active context. To use %q, either set the global --context flag, or unset DOCKER_HOST environment variable.\n", args[0])
			}
			return nil
		},
	}
}

func errNoContext(name string) error {
	return fmt.Errorf("context %q: context not found: open /.docker/contexts/meta/%s/meta.json: no such file or directory", name, image.Digest(name)[len("sha256:"):])
}

func newContextCreate(c *Client) *cobra.Command {
	var description, from string
	endpoint := pairsOfCommas{}
	cmd := &cobra.Command{Use: "create [OPTIONS] CONTEXT", Short: "Create new context", Args: exactArgs(1), Annotations: offline()}
	f := cmd.Flags()
	f.StringVar(&description, "description", "", "Description of the context")
	f.Var(&endpoint, "docker", "set the docker endpoint")
	f.StringVar(&from, "from", "", "create context from a named context")
	absent(f, "from")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		name := args[0]
		switch _, exists := c.contexts()[name]; {
		case name == defaultContext:
			return errors.New(`"default" is a reserved context name`)
		case exists:
			return fmt.Errorf("context %q already exists", name)
		case endpoint.values == nil:
			return errors.New("docker endpoint configuration is required")
		}
		m := contextMeta{Name: name, Endpoints: map[string]contextEndpoint{"docker": {Host: endpoint.values["host"]}}}
		m.Metadata.Description = description
		if err := c.saveContext(m); err != nil {
			return err
		}
		c.Printf("%s\n", name)
		c.Errorf("Successfully created context %q\n", name)
		return nil
	}
	return cmd
}

func (c *Client) saveContext(m contextMeta) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	dir := contextPath(docker.ConfigDir(c.Process), m.Name)
	if err := c.FS.MkdirAll(dir, 0o755, c.User.UID, c.User.GID); err != nil {
		return err
	}
	return c.FS.WriteFile(path.Join(dir, "meta.json"), data, 0o644, c.User.UID, c.User.GID)
}

func newContextRm(c *Client) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "rm CONTEXT [CONTEXT...]", Short: "Remove one or more contexts", Args: requiresMinArgs(1), Annotations: offline(),
		RunE: func(_ *cobra.Command, args []string) error {
			var errs []error
			for _, name := range args {
				if err := c.removeContext(name, force); err != nil {
					errs = append(errs, err)
					continue
				}
				c.Printf("%s\n", name)
			}
			return errors.Join(errs...)
		},
	}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force the removal of a context in use")
	return cmd
}

func (c *Client) removeContext(name string, force bool) error {
	_, exists := c.contexts()[name]
	switch {
	case name == defaultContext:
		return errors.New(`context "default" cannot be removed`)
	case !exists:
		return errNoContext(name)
	case name == c.currentContext() && !force:
		return fmt.Errorf("context %q is in use, set -f flag to force remove", name)
	case name == c.currentContext():
		config := docker.LoadConfig(c.Process)
		config.Set("currentContext", "")
		if err := config.Save(); err != nil {
			return err
		}
	}
	return c.FS.RemoveAll(contextPath(docker.ConfigDir(c.Process), name))
}
