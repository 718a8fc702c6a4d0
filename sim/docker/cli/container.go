package cli

// containerShortcuts are the container commands right under docker.
func containerShortcuts() []Command {
	return []Command{
		{Name: "ps", Short: "List containers", New: newPs},
	}
}

// containerCommands are those of `docker container`.
func containerCommands() []Command {
	return []Command{
		{Name: "ls", Aliases: []string{"ps", "list"}, Short: "List containers", New: newPs},
	}
}
