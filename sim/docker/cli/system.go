package cli

// systemShortcuts are the commands about the system right under docker.
func systemShortcuts() []Command { return nil }

// systemCommands are those of `docker system`.
func systemCommands() []Command { return nil }
