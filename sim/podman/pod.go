package podman

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/image"
)

// Pod is containers that share a network: an infra container holds it.
type Pod struct {
	ID, Name   string
	Created    time.Time
	infra      *docker.Container
	containers []*docker.Container
}

// pauseImage is the image of infra containers; Podman builds it when it is needed.
const pauseImage = "localhost/podman-pause:5.4.2-1766335321"

func podCommands() []command {
	podStart := podSimple("start", (*client).startAll)
	return []command{
		{"create", nil, "Create a new empty pod", newPodCreate},
		{"exists", nil, "Check if a pod exists in local storage", newPodExists},
		{"inspect", nil, "Display a pod configuration", nil},
		{"kill", nil, "Send the specified signal or SIGKILL to containers in pod", nil},
		{"logs", nil, "Fetch logs for pod with one or more containers", nil},
		{"pause", nil, "Pause one or more pods", nil},
		{"prune", nil, "Remove all stopped pods and their containers", nil},
		{"ps", []string{"ls", "list"}, "List pods", newPodPs},
		{"restart", nil, "Restart one or more pods", nil},
		{"rm", nil, "Remove one or more pods", newPodRm},
		{"start", nil, "Start one or more pods", podStart},
		{"stats", nil, "Display a live stream of resource usage statistics for the containers in one or more pods", nil},
		{"stop", nil, "Stop one or more pods", podSimple("stop", (*client).stopAll)},
		{"top", nil, "Display the running processes of containers in a pod", nil},
		{"unpause", nil, "Unpause one or more pods", nil},
	}
}

func (s *Store) pod(name string) *Pod {
	i := slices.IndexFunc(s.pods, func(p *Pod) bool { return p.Name == name || name != "" && strings.HasPrefix(p.ID, name) })
	if i < 0 {
		return nil
	}
	return s.pods[i]
}

// podOf is the pod of a container, or nil.
func (s *Store) podOf(ct *docker.Container) *Pod {
	for _, p := range s.pods {
		if p.infra == ct || slices.Contains(p.containers, ct) {
			return p
		}
	}
	return nil
}

func (s *Store) leavePod(ct *docker.Container) {
	for _, p := range s.pods {
		p.containers = slices.DeleteFunc(p.containers, func(o *docker.Container) bool { return o == ct })
	}
}

// infraImage is the image of infra containers.
func (c *client) infraImage() *image.Image {
	if i := c.store.Engine.Images.ByRef(pauseImage); i != nil {
		return i
	}
	base, err := c.hub.Image("registry.k8s.io/pause:3.10")
	if err != nil {
		return nil
	}
	img := &image.Image{Config: base.Config.Clone(), Layers: base.Layers, Created: c.Now(), Local: true}
	sealPlain(img, "oci")
	if c.store.Engine.AddImage(img, pauseImage) != nil {
		return nil
	}
	return img
}

func newPodCreate(c *client) *cobra.Command {
	flags := &cli.ContainerFlags{}
	cmd := &cobra.Command{Use: "create [options] [NAME]", Args: cobra.MaximumNArgs(1)}
	f := cmd.Flags()
	flags.Declare(f)
	f.SetInterspersed(true)
	ignoredFlags(f, "share", "infra-name", "exit-policy")
	lackingFlags(f, "infra", "infra-image", "userns")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		spec, err := flags.Spec(c.Process, c.store.Engine, f, []string{pauseImage})
		if err != nil {
			return flagWords(err)
		}
		name := spec.Name
		if len(args) == 1 {
			name = args[0]
		}
		if name == "" {
			name = "pod-" + c.hexID()[:12]
		}
		if c.store.pod(name) != nil {
			return fmt.Errorf("adding pod to state: name %q is in use: pod already exists", name)
		}
		if c.infraImage() == nil {
			return c.lacks("podman pod create without an image for the infra container")
		}
		pod := &Pod{ID: c.hexID(), Name: name, Created: c.Now()}
		spec.Name, spec.Image, spec.Host.Hostname = pod.ID[:12]+"-infra", pauseImage, name
		if pod.infra, err = c.store.Engine.Create(c.Proc, spec); err != nil {
			return err
		}
		c.store.pods = append(c.store.pods, pod)
		c.Printf("%s\n", pod.ID)
		return nil
	}
	return cmd
}

// joinPod makes a new container share the network of --pod's infra container.
// "new:NAME" makes the pod first.
func (c *client) joinPod(o *runOptions, spec *docker.ContainerSpec) (*Pod, error) {
	if o.pod == "" {
		return nil, nil
	}
	if strings.HasPrefix(o.pod, "new:") {
		return nil, c.lacks("podman run --pod new:")
	}
	pod := c.store.pod(o.pod)
	if pod == nil {
		return nil, fmt.Errorf("no pod with name or ID %s found: no such pod", o.pod)
	}
	if len(spec.Host.PortBindings) > 0 {
		return nil, fmt.Errorf("invalid config provided: published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod")
	}
	spec.Host.NetworkMode, spec.Networks = "container:"+pod.infra.ID, nil
	return pod, nil
}

// startPod starts the infra container before one that shares its network.
func (c *client) startPod(ct *docker.Container) error {
	pod := c.store.podOf(ct)
	if pod == nil || pod.infra == ct || pod.infra.Running() {
		return nil
	}
	return c.start(pod.infra)
}

// status is the STATUS of podman pod ps.
func (p *Pod) status() string {
	running, stopped := 0, 0
	for _, ct := range append([]*docker.Container{p.infra}, p.containers...) {
		switch {
		case ct.Running():
			running++
		case ct.State.Status == "exited":
			stopped++
		}
	}
	switch {
	case running == 1+len(p.containers):
		return "Running"
	case running > 0:
		return "Degraded"
	case stopped > 0:
		return "Exited"
	}
	return "Created"
}

func newPodPs(c *client) *cobra.Command {
	var quiet, noHeading bool
	var format string
	cmd := &cobra.Command{Use: "ps [options]", Args: cobra.NoArgs}
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "Print the numeric IDs of the pods only")
	cmd.Flags().BoolVarP(&noHeading, "noheading", "n", false, "Do not print headers")
	cmd.Flags().StringVar(&format, "format", "", "Pretty-print pods to JSON or using a Go template")
	cmd.RunE = func(*cobra.Command, []string) error {
		t := table{columns: []column{{"ID", "POD ID"}, {"Name", "NAME"}, {"Status", "STATUS"}, {"Created", "CREATED"}, {"InfraID", "INFRA ID"}, {"NumberOfContainers", "# OF CONTAINERS"}}}
		for _, p := range slices.Backward(c.store.pods) {
			if quiet {
				c.Printf("%s\n", short(p.ID))
			}
			t.rows = append(t.rows, map[string]any{
				"ID": short(p.ID), "Name": p.Name, "Status": p.status(), "Created": c.ago(p.Created), "InfraID": short(p.infra.ID),
				"NumberOfContainers": 1 + len(p.containers), "InfraId": short(p.infra.ID),
			})
		}
		if quiet {
			return nil
		}
		return c.write(t, format, noHeading)
	}
	return cmd
}

func (c *client) findPod(name string) (*Pod, error) {
	if p := c.store.pod(name); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no pod with name or ID %s found: no such pod", name)
}

func podSimple(word string, do func(c *client, p *Pod) error) func(c *client) *cobra.Command {
	return func(c *client) *cobra.Command {
		cmd := &cobra.Command{Use: word + " [options] POD [POD...]", Args: atLeast(1)}
		cmd.Flags().IntP("time", "t", 10, "Seconds to wait for pod stop before killing the container")
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			return c.each(args, func(name string) error {
				p, err := c.findPod(name)
				if err == nil {
					err = do(c, p)
				}
				if err == nil {
					c.Printf("%s\n", p.ID)
				}
				return err
			})
		}
		return cmd
	}
}

func (c *client) startAll(p *Pod) error {
	for _, ct := range append([]*docker.Container{p.infra}, p.containers...) {
		if err := c.start(ct); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) stopAll(p *Pod) error {
	for _, ct := range append(slices.Clone(p.containers), p.infra) {
		if err := c.stop(ct, ct.Grace()); err != nil {
			return err
		}
	}
	return nil
}

func newPodRm(c *client) *cobra.Command {
	var force, all bool
	cmd := &cobra.Command{Use: "rm [options] POD [POD...]"}
	cmd.Flags().BoolVarP(&force, "force", "f", false, "Force removal of a running pod by first stopping all containers, then removing all containers in the pod.  The default is false")
	cmd.Flags().BoolVarP(&all, "all", "a", false, "Remove all running pods")
	cmd.Flags().IntP("time", "t", 10, "Seconds to wait for pod stop before killing the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if all {
			args = nil
			for _, p := range c.store.pods {
				args = append(args, p.ID)
			}
		}
		return c.each(args, func(name string) error { return c.removePod(name, force) })
	}
	return cmd
}

func (c *client) removePod(name string, force bool) error {
	p := c.store.pod(name)
	if p == nil {
		if force {
			return nil
		}
		return fail(1, "no pod with name or ID %s found: no such pod", name)
	}
	all := append(slices.Clone(p.containers), p.infra)
	for _, ct := range all {
		if ct.Running() && !force {
			return fmt.Errorf("not all containers could be removed from pod %s: removing pod containers", p.ID)
		}
	}
	for _, ct := range all {
		if err := c.store.Engine.Remove(c.Proc, ct, true, true); err != nil {
			return err
		}
	}
	c.store.pods = slices.DeleteFunc(c.store.pods, func(o *Pod) bool { return o == p })
	c.Printf("%s\n", p.ID)
	return nil
}

func newPodExists(c *client) *cobra.Command {
	return &cobra.Command{Use: "exists POD", Args: exactly(1), RunE: func(_ *cobra.Command, args []string) error {
		if c.store.pod(args[0]) == nil {
			return exitStatus(1)
		}
		return nil
	}}
}
