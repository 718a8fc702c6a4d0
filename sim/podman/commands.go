package podman

import (
	"fmt"

	"github.com/spf13/cobra"
)

// podmanCommands are the commands of podman, in the order of its help.
func podmanCommands() []command {
	return append(podmanObjects(), podmanShortcuts()...)
}

// podmanObjects are the groups, and what is real but not simulated.
func podmanObjects() []command {
	return []command{
		{"artifact", nil, "Manage OCI artifacts", nil},
		{"auto-update", nil, "Auto update containers according to their auto-update policy", nil},
		group("buildx", "", nil, buildxCommands),
		{"compose", nil, "Run compose workloads via an external provider such as docker-compose or podman-compose", newCompose},
		group("container", "Manage containers", nil, containerCommands),
		group("context", "", nil, connectionCommands),
		{"farm", nil, "Farm out builds to remote machines", nil},
		group("generate", "Generate structured data based on containers, pods or volumes", nil, generateCommands),
		group("healthcheck", "Manage health checks on containers", nil, healthCommands),
		group("image", "Manage images", nil, imageCommands),
		group("kube", "Play containers, pods or volumes from a structured file", nil, kubeCommands),
		{"machine", nil, "Manage a virtual machine", newMachine},
		{"manifest", nil, "Manipulate manifest lists and image indexes", nil},
		group("network", "Manage networks", nil, networkCommands),
		{"play", nil, "", nil},
		group("pod", "Manage pods", nil, podCommands),
		group("secret", "Manage secrets", nil, secretCommands),
		group("system", "Manage podman", nil, systemCommands),
		group("volume", "Manage volumes", nil, volumeCommands),
	}
}

// podmanShortcuts are those that act on containers and images directly.
func podmanShortcuts() []command {
	return []command{
		{"attach", nil, "Attach to a running container", newAttach},
		{"build", nil, "Build an image using instructions from Containerfiles", newBuild},
		{"commit", nil, "Create new image based on the changed container", newContainerCommit},
		{"cp", nil, "Copy files/folders between a container and the local filesystem", newCp},
		{"create", nil, "Create but do not start a container", newCreate},
		{"diff", nil, "Display the changes to the object's file system", newDiff},
		{"events", nil, "Show podman system events", nil},
		{"exec", nil, "Run a process in a running container", newExec},
		{"export", nil, "Export container's filesystem contents as a tar archive", nil},
		{"history", nil, "Show history of a specified image", newHistory},
		{"images", nil, "List images in local storage", newImages},
		{"import", nil, "Import a tarball to create a filesystem image", nil},
		{"info", nil, "Display podman system information", newInfo},
		{"init", nil, "Initialize one or more containers", nil},
		{"inspect", nil, "Display the configuration of object denoted by ID", newInspect},
		{"kill", nil, "Kill one or more running containers with a specific signal", newKill},
		{"load", nil, "Load image(s) from a tar archive", newLoad},
		{"login", nil, "Log in to a container registry", newLogin},
		{"logout", nil, "Log out of a container registry", newLogout},
		{"logs", nil, "Fetch the logs of one or more containers", newLogs},
		{"mount", nil, "Mount a working container's root filesystem", newPodmanMount},
		{"pause", nil, "Pause all the processes in one or more containers", simple("pause", 125, running, pauseContainer)},
		{"port", nil, "List port mappings or a specific mapping for the container", newPort},
		{"ps", []string{"list"}, "List containers", newPs},
		{"pull", nil, "Pull an image from a registry", newPull},
		{"push", nil, "Push an image to a specified destination", newPush},
		{"rename", nil, "Rename an existing container", newRename},
		{"restart", nil, "Restart one or more containers", newRestart},
		{"rm", nil, "Remove one or more containers", newRm},
		{"rmi", nil, "Remove one or more images from local storage", newRmi},
		{"run", nil, "Run a command in a new container", newRun},
		{"save", nil, "Save image(s) to an archive", newSave},
		{"search", nil, "Search registry for image", newSearch},
		{"start", nil, "Start one or more containers", newStart},
		{"stats", nil, "Display a live stream of container resource usage statistics", nil},
		{"stop", nil, "Stop one or more containers", newStop},
		{"tag", nil, "Add an additional name to a local image", newTag},
		{"top", nil, "Display the running processes of a container", nil},
		{"unmount", []string{"umount"}, "Unmount working container's root filesystem", nil},
		{"unpause", nil, "Unpause the processes in one or more containers", simple("unpause", 125, nil, unpauseContainer)},
		{"unshare", nil, "Run a command in a modified user namespace", newUnshare},
		{"untag", nil, "Remove a name from a local image", newUntag},
		{"update", nil, "Update an existing container", nil},
		{"version", nil, "Display the Podman version information", newVersion},
		{"wait", nil, "Block on one or more containers", newWait},
	}
}

func containerCommands() []command {
	list := []command{
		{"exists", nil, "Check if a container exists in local storage", newContainerExists},
		{"inspect", nil, "Display the configuration of a container", newContainerInspect},
		{"ls", []string{"list", "ps"}, "List containers", newPs},
		{"prune", nil, "Remove all non running containers", newContainerPrune},
		{"checkpoint", nil, "Checkpoint one or more containers", nil},
		{"restore", nil, "Restore one or more containers from a checkpoint", nil},
	}
	return append(list, pickCommands("attach", "commit", "cp", "create", "diff", "exec", "export", "init", "kill", "logs", "mount", "pause", "port", "rename", "restart", "rm", "run", "start", "stats", "stop", "top", "unmount", "unpause", "update", "wait")...)
}

func imageCommands() []command {
	list := []command{
		{"exists", nil, "Check if an image exists in local storage", newImageExists},
		{"inspect", nil, "Display the configuration of an image", newImageInspect},
		{"ls", []string{"list"}, "List images in local storage", newImages},
		{"prune", nil, "Remove unused images", newImagePrune},
		{"rm", []string{"remove"}, "Remove one or more images from local storage", newRmi},
		{"tree", nil, "Print layer hierarchy of an image in a tree format", nil},
		{"scp", nil, "Securely copy images", nil},
		{"sign", nil, "Sign an image", nil},
	}
	return append(list, pickCommands("build", "diff", "history", "import", "load", "mount", "pull", "push", "save", "search", "tag", "unmount", "untag")...)
}

// pickCommands are those of podman itself that a group has too.
func pickCommands(names ...string) []command {
	var list []command
	for _, known := range podmanShortcuts() {
		for _, name := range names {
			if known.name == name {
				list = append(list, known)
			}
		}
	}
	return list
}

func buildxCommands() []command {
	return []command{
		{"build", nil, "Build an image using instructions from Containerfiles", newBuild},
		{"version", nil, "Display the version of Buildah", func(c *client) *cobra.Command {
			return &cobra.Command{Use: "version", RunE: func(*cobra.Command, []string) error {
				c.Printf("buildah %s\n", BuildahVersion)
				return nil
			}}
		}},
	}
}

func generateCommands() []command {
	return []command{
		{"kube", nil, "Generate Kubernetes YAML from containers, pods or volumes.", newKubeGenerate},
		{"spec", nil, "Generate Specgen JSON based on container or pod", nil},
		{"systemd", nil, "[DEPRECATED] Generate systemd units", nil},
	}
}

func kubeCommands() []command {
	return []command{
		{"apply", nil, "Deploy a podman container, pod, volume, or Kubernetes yaml to a Kubernetes cluster", nil},
		{"down", nil, "Remove pods based on Kubernetes YAML", nil},
		{"generate", nil, "Generate Kubernetes YAML from containers, pods or volumes.", newKubeGenerate},
		{"play", nil, "Play a pod or volume based on Kubernetes YAML", nil},
	}
}

func newMachine(c *client) *cobra.Command {
	return &cobra.Command{Use: "machine", DisableFlagParsing: true, RunE: func(_ *cobra.Command, args []string) error {
		if c.User.UID == 0 && len(args) > 0 {
			return fmt.Errorf("cannot run command %q as root", "podman machine "+args[0])
		}
		return c.lacks("podman machine")
	}}
}

func newPodmanMount(c *client) *cobra.Command {
	return &cobra.Command{Use: "mount [options] [CONTAINER...]", RunE: func(_ *cobra.Command, args []string) error {
		if c.store.Rootless() && c.User.UID != 0 {
			return fmt.Errorf("cannot run command %q in rootless mode, must execute `podman unshare` first", "podman mount")
		}
		if len(args) == 0 {
			return nil
		}
		return c.lacks("podman mount CONTAINER")
	}}
}
