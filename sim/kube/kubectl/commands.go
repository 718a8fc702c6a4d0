package kubectl

// groups are the commands in the order of kubectl's overview (v1.37).
func groups() []group {
	return append([]group{
		{"Basic Commands (Beginner)", []entry{
			{"create", "Create a resource from a file or from stdin", (*factory).create},
			{"expose", "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service", (*factory).expose},
			{"run", "Run a particular image on the cluster", (*factory).run},
			{"set", "Set specific features on objects", (*factory).set},
		}},
		{"Basic Commands (Intermediate)", []entry{
			{"explain", "Get documentation for a resource", (*factory).explain},
			{"get", "Display one or many resources", (*factory).get},
			{"edit", "Edit a resource on the server", (*factory).edit},
			{"delete", "Delete resources by file names, stdin, resources and names, or by resources and label selector", (*factory).delete},
		}},
		{"Deploy Commands", []entry{
			{"rollout", "Manage the rollout of a resource", (*factory).rollout},
			{"scale", "Set a new size for a deployment, replica set, or replication controller", (*factory).scale},
			{"autoscale", "Auto-scale a deployment, replica set, stateful set, or replication controller", (*factory).autoscale},
		}},
		{"Cluster Management Commands", []entry{
			{"certificate", "Modify certificate resources", nil},
			{"cluster-info", "Display cluster information", (*factory).clusterInfo},
			{"top", "Display resource (CPU/memory) usage", (*factory).top},
			{"cordon", "Mark node as unschedulable", (*factory).cordon},
			{"uncordon", "Mark node as schedulable", (*factory).uncordon},
			{"drain", "Drain node in preparation for maintenance", (*factory).drain},
			{"taint", "Update the taints on one or more nodes", (*factory).taint},
		}},
	}, laterGroups()...)
}

func laterGroups() []group {
	return []group{
		{"Troubleshooting and Debugging Commands", []entry{
			{"describe", "Show details of a specific resource or group of resources", (*factory).describe},
			{"logs", "Print the logs for a container in a pod", (*factory).logs},
			{"attach", "Attach to a running container", (*factory).attach},
			{"exec", "Execute a command in a container", (*factory).exec},
			{"port-forward", "Forward one or more local ports to a pod", (*factory).portForward},
			{"proxy", "Run a proxy to the Kubernetes API server", nil},
			{"cp", "Copy files and directories to and from containers", (*factory).cp},
			{"auth", "Inspect authorization", (*factory).auth},
			{"debug", "Create debugging sessions for troubleshooting workloads and nodes", (*factory).debug},
			{"events", "List events", (*factory).events},
		}},
		{"Advanced Commands", []entry{
			{"diff", "Diff the live version against a would-be applied version", (*factory).diff},
			{"apply", "Apply a configuration to a resource by file name or stdin", (*factory).apply},
			{"patch", "Update fields of a resource", (*factory).patch},
			{"replace", "Replace a resource by file name or stdin", (*factory).replace},
			{"wait", "Wait for a specific condition on one or many resources", (*factory).wait},
			{"kustomize", "Build a kustomization target from a directory or URL", (*factory).kustomize},
		}},
		{"Settings Commands", []entry{
			{"label", "Update the labels on a resource", (*factory).label},
			{"annotate", "Update the annotations on a resource", (*factory).annotate},
			{"completion", "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)", (*factory).completion},
		}},
		{"Other Commands", []entry{
			{"api-resources", "Print the supported API resources on the server", (*factory).apiResources},
			{"api-versions", "Print the supported API versions on the server, in the form of \"group/version\"", (*factory).apiVersions},
			{"config", "Modify kubeconfig files", (*factory).config},
			{"kuberc", "Manage kuberc configuration files", nil},
			{"plugin", "Provides utilities for interacting with plugins", (*factory).plugin},
			{"version", "Print the client and server version information", (*factory).version},
		}},
	}
}
