package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// absentCommands are commands that docker 29.7.2 has and this simulator does
// not. What is built on docker may bring some of them.
func absentCommands() []Command {
	return []Command{
		{Name: "bake", Short: "Build from a file"},
		{Name: "checkpoint", Short: "Manage checkpoints", Hidden: true},
		{Name: "compose", Short: "Docker Compose"},
		{Name: "config", Short: "Manage Swarm configs"},
		{Name: "node", Short: "Manage Swarm nodes"},
		{Name: "plugin", Short: "Manage plugins"},
		{Name: "secret", Short: "Manage Swarm secrets"},
		{Name: "service", Short: "Manage Swarm services"},
		{Name: "stack", Short: "Manage Swarm stacks"},
		{Name: "swarm", Short: "Manage Swarm"},
		{Name: "trust", Short: "Manage trust on Docker images", Hidden: true},
	}
}

// mergeCommands puts commands together; of those with the same name the last stays.
func mergeCommands(lists ...[]Command) []Command {
	var all []Command
	for _, list := range lists {
		for _, c := range list {
			if i := slices.IndexFunc(all, func(k Command) bool { return k.Name == c.Name }); i >= 0 {
				all = slices.Delete(all, i, i+1)
			}
			all = append(all, c)
		}
	}
	return all
}

// helpSimulator lists what of docker is simulated and what is not, command by
// command, with the flags that are refused.
func (c *Client) helpSimulator(*cobra.Command) {
	c.Printf("This is docker %s on a simulated machine. It has these commands:\n\n", c.version())
	var missing []string
	for _, known := range mergeCommands(rootCommands(), c.extra) {
		c.listSimulated("docker", known, &missing)
	}
	slices.Sort(missing)
	c.Printf("\nPart of the real docker, but not of this simulator:\n\n")
	for _, name := range missing {
		c.Printf("  %s\n", name)
	}
}

// listSimulated prints a command that is there, or remembers one that is not.
func (c *Client) listSimulated(path string, known Command, missing *[]string) {
	full := path + " " + known.Name
	if path != "docker" && path != "docker context" && isShortcut(known.Name) {
		return // `docker container stop` is `docker stop`
	}
	switch {
	case known.Plugin != nil:
		c.Printf("  %-30s %s\n", full, known.Short)
		return
	case known.New == nil:
		*missing = append(*missing, full)
		return
	}
	for _, m := range managed() {
		if m.name == known.Name && path == "docker" {
			for _, sub := range m.commands() {
				c.listSimulated(full, sub, missing)
			}
			return
		}
	}
	c.Printf("  %-30s %s\n", full, known.Short)
	var flags []string
	known.New(c).Flags().VisitAll(func(f *pflag.Flag) {
		if f.Annotations[absentKey] != nil {
			flags = append(flags, "--"+f.Name)
		}
	})
	if len(flags) > 0 {
		*missing = append(*missing, fmt.Sprintf("%s %s", full, strings.Join(flags, " ")))
	}
}

// isShortcut reports that a command of a management command is right under docker too.
func isShortcut(name string) bool {
	return name != "inspect" && slices.ContainsFunc(rootCommands(), func(k Command) bool { return k.Name == name })
}

// managed are the management commands with what they hold.
func managed() []struct {
	name, short string
	commands    func() []Command
} {
	return []struct {
		name, short string
		commands    func() []Command
	}{
		{"container", "Manage containers", containerCommands},
		{"context", "Manage contexts", contextCommands},
		{"image", "Manage images", imageCommands},
		{"manifest", "Manage Docker image manifests and manifest lists", manifestCommands},
		{"network", "Manage networks", networkCommands},
		{"scout", "Docker Scout", scoutCommands},
		{"system", "Manage Docker", systemCommands},
		{"volume", "Manage volumes", volumeCommands},
	}
}
