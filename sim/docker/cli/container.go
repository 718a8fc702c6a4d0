package cli

// containerShortcuts are the container commands right under docker.
func containerShortcuts() []Command {
	return []Command{
		{Name: "attach", Short: "Attach local standard input, output, and error streams to a running container", New: newAttach},
		{Name: "commit", Short: "Create a new image from a container's changes", New: newCommit},
		{Name: "cp", Short: "Copy files/folders between a container and the local filesystem", New: newCopy},
		{Name: "create", Short: "Create a new container", New: newCreate},
		{Name: "diff", Short: "Inspect changes to files or directories on a container's filesystem", New: newDiff},
		{Name: "exec", Short: "Execute a command in a running container", New: newExec},
		{Name: "export", Short: "Export a container's filesystem as a tar archive", New: newExport},
		{Name: "kill", Short: "Kill one or more running containers", New: newKill},
		{Name: "logs", Short: "Fetch the logs of a container", New: newLogs},
		{Name: "pause", Short: "Pause all processes within one or more containers", New: newPause},
		{Name: "port", Short: "List port mappings or a specific mapping for the container", New: newPort},
		{Name: "ps", Short: "List containers", New: newPs},
		{Name: "rename", Short: "Rename a container", New: newRename},
		{Name: "restart", Short: "Restart one or more containers", New: newRestart},
		{Name: "rm", Short: "Remove one or more containers", New: newRm},
		{Name: "run", Short: "Create and run a new container from an image", New: newRun},
		{Name: "start", Short: "Start one or more stopped containers", New: newStart},
		{Name: "stats", Short: "Display a live stream of container(s) resource usage statistics", New: newStats},
		{Name: "stop", Short: "Stop one or more running containers", New: newStop},
		{Name: "top", Short: "Display the running processes of a container", New: newTop},
		{Name: "unpause", Short: "Unpause all processes within one or more containers", New: newUnpause},
		{Name: "update", Short: "Update configuration of one or more containers", New: newUpdate},
		{Name: "wait", Short: "Block until one or more containers stop, then print their exit codes", New: newWait},
	}
}

// containerCommands are those of `docker container`.
func containerCommands() []Command {
	list := []Command{
		{Name: "inspect", Short: "Display detailed information on one or more containers", New: newContainerInspect},
		{Name: "prune", Short: "Remove all stopped containers", New: newContainerPrune},
	}
	for _, known := range containerShortcuts() {
		switch known.Name {
		case "ps":
			known.Name, known.Aliases = "ls", []string{"ps", "list"}
		case "rm":
			known.Aliases = []string{"remove"}
		}
		list = append(list, known)
	}
	return list
}
