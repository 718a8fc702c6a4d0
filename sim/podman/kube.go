package podman

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
)

// newKubeGenerate is podman kube generate: a container or a pod as the Pod of a
// Kubernetes cluster.
func newKubeGenerate(c *client) *cobra.Command {
	var file string
	cmd := &cobra.Command{Use: "generate [options] CONTAINER...|POD...|VOLUME...", Args: atLeast(1)}
	cmd.Flags().StringVarP(&file, "filename", "f", "", "Write output to the specified path")
	cmd.Flags().BoolP("service", "s", false, "Generate YAML for a Kubernetes service object")
	cmd.Flags().StringP("type", "t", "pod", "Generate YAML for the given Kubernetes kind")
	lacking(cmd.Flags(), "service", "type")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return c.lacks("podman kube generate of several objects")
		}
		if file != "" && c.FS.Exists(c.Abs(file)) {
			return fmt.Errorf("cannot write to %q; file exists", file)
		}
		text, err := c.kubePod(args[0])
		if err != nil {
			return err
		}
		if file != "" {
			return c.WriteFile(file, []byte(text))
		}
		c.Printf("%s\n", text)
		return nil
	}
	return cmd
}

// kubePod is the YAML of the pod that a name means; a container alone becomes a
// pod of one.
func (c *client) kubePod(name string) (string, error) {
	var b strings.Builder
	b.WriteString("# Save the output of this file and use kubectl create -f to import\n# it into Kubernetes.\n#\n# Created with podman-" + Version + "\n")
	b.WriteString("apiVersion: v1\nkind: Pod\nmetadata:\n")
	var list []*docker.Container
	var ports []docker.PortBinding
	if pod := c.store.pod(name); pod != nil {
		list, ports, name = pod.containers, pod.infra.Host.PortBindings, pod.Name
		b.WriteString("  annotations:\n")
		names := make([]string, len(list))
		for i, ct := range list {
			names[i] = ct.Name
		}
		slices.Sort(names)
		for _, n := range names {
			fmt.Fprintf(&b, "    io.kubernetes.cri-o.SandboxID/%s: %s\n", n, pod.infra.ID)
		}
	} else {
		ct, err := c.store.Engine.Container(name)
		if err != nil {
			return "", fmt.Errorf("name or ID %q not found", name)
		}
		list, ports, name = []*docker.Container{ct}, ct.Host.PortBindings, ct.Name+"-pod"
	}
	fmt.Fprintf(&b, "  creationTimestamp: %q\n  labels:\n    app: %s\n  name: %s\nspec:\n  containers:\n", c.Now().UTC().Format(time.RFC3339), name, name)
	claims := []string{}
	for i, ct := range list {
		if i > 0 {
			ports = nil // the network is the pod's; its ports stand once
		}
		claims = append(claims, kubeContainer(&b, ct, ports)...)
	}
	if len(claims) > 0 {
		b.WriteString("  volumes:\n")
	}
	for _, v := range claims {
		fmt.Fprintf(&b, "  - name: %s-pvc\n    persistentVolumeClaim:\n      claimName: %s\n", v, v)
	}
	return b.String(), nil
}

// kubeContainer writes one container and returns the volumes that it needs.
func kubeContainer(b *strings.Builder, ct *docker.Container, ports []docker.PortBinding) (claims []string) {
	line := "  - "
	put := func(format string, args ...any) {
		b.WriteString(line + fmt.Sprintf(format, args...) + "\n")
		line = "    "
	}
	if len(ct.Config.Cmd) > 0 {
		put("args:")
		for _, word := range ct.Config.Cmd {
			put("- %s", plain(word))
		}
	}
	own := slices.DeleteFunc(slices.Clone(ct.Config.Env), func(v string) bool { return slices.Contains(ct.SourceImage().Config.Env, v) })
	if len(own) > 0 {
		put("env:")
	}
	for _, v := range own {
		key, value, _ := strings.Cut(v, "=")
		put("- name: %s", key)
		put("  value: %s", plain(value))
	}
	put("image: %s", ct.Image)
	put("name: %s", ct.Name)
	if len(ports) > 0 {
		put("ports:")
	}
	for _, p := range ports {
		put("- containerPort: %d", p.Port)
		put("  hostPort: %d", p.HostPort)
	}
	for _, m := range ct.Mounts {
		if m.Type != "volume" || m.Volume == "" {
			continue
		}
		if len(claims) == 0 {
			put("volumeMounts:")
		}
		put("- mountPath: %s", m.Target)
		put("  name: %s-pvc", m.Volume)
		claims = append(claims, m.Volume)
	}
	return claims
}

// plain is a word as YAML writes it: in quotes where it would mean something else.
func plain(word string) string {
	if word == "" || strings.ContainsAny(word, ":#{}[]&*!|>'\"%@`") || slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, word) ||
		strings.Trim(word, "0123456789.") == "" {
		return "'" + strings.ReplaceAll(word, "'", "''") + "'"
	}
	return word
}
