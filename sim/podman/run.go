package podman

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/docker/cli"
	"drydock/sim/image"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// runOptions are the flags of run and create.
type runOptions struct {
	cli.ContainerFlags
	transferOptions
	detach, replace bool
	pod, userns     string
	secrets         []string
	flags           *pflag.FlagSet
}

func (o *runOptions) declare(cmd *cobra.Command) {
	f := cmd.Flags()
	o.flags = f
	o.ContainerFlags.Declare(f)
	f.BoolVar(&o.tlsVerify, "tls-verify", true, "Require HTTPS and verify certificates when contacting registries for pulling images")
	f.StringVar(&o.authfile, "authfile", "", "Path of the authentication file")
	f.BoolVar(&o.replace, "replace", false, "If a container with the same name exists, replace it")
	f.StringVar(&o.pod, "pod", "", "Run container in an existing pod")
	f.StringVar(&o.userns, "userns", "", "User namespace to use")
	f.StringArrayVar(&o.secrets, "secret", nil, "Add secret to container")
	ignoredFlags(f, "annotation", "cgroups", "cgroupns", "shm-size-systemd", "uts", "oom-score-adj", "sysctl", "systemd", "umask", "tz", "sdnotify", "security-label")
	lackingFlags(f, "device", "gpus", "gidmap", "uidmap", "subuidname", "rootfs", "env-host", "pod-id-file", "group-entry", "passwd-entry")
}

func newRun(c *client) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{Use: "run [options] IMAGE [COMMAND [ARG...]]", Args: atLeast(1)}
	o.declare(cmd)
	cmd.Flags().BoolVarP(&o.detach, "detach", "d", false, "Run container in background and print container ID")
	cmd.Flags().SetInterspersed(false)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.create(o, args)
		if err != nil {
			return err
		}
		return c.run(o, ct)
	}
	return cmd
}

func newCreate(c *client) *cobra.Command {
	o := &runOptions{}
	cmd := &cobra.Command{Use: "create [options] IMAGE [COMMAND [ARG...]]", Args: atLeast(1)}
	o.declare(cmd)
	cmd.Flags().SetInterspersed(false)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.create(o, args)
		if err == nil {
			c.Printf("%s\n", ct.ID)
		}
		return err
	}
	return cmd
}

// create makes a container, pulling the image when it is not there.
func (c *client) create(o *runOptions, args []string) (*docker.Container, error) {
	spec, err := o.Spec(c.Process, c.store.Engine, o.flags, args)
	if err != nil {
		return nil, flagWords(err)
	}
	img, ref, err := c.imageFor(args[0], o.Pull(), &o.transferOptions)
	if err != nil {
		return nil, err
	}
	if err := c.checkSpec(o, &spec); err != nil {
		return nil, err
	}
	spec.Image = c.store.imageName(img, ref)
	pod, err := c.joinPod(o, &spec)
	if err != nil {
		return nil, err
	}
	c.store.keep(img)
	ct, err := c.store.Engine.Create(c.Proc, spec)
	if err != nil {
		return nil, createWords(err)
	}
	if err := c.mountSecrets(ct, o.secrets); err != nil {
		return nil, err
	}
	if o.userns == "keep-id" && ct.Config.User == "" {
		ct.Config.User = fmt.Sprintf("%d:%d", c.User.UID, c.User.GID)
		c.addUser(ct)
	}
	if pod != nil {
		pod.containers = append(pod.containers, ct)
	}
	return ct, nil
}

// addUser makes the user of the machine known in a container, for --userns=keep-id.
func (c *client) addUser(ct *docker.Container) {
	u := c.User
	add := func(name, line string) {
		_ = ct.FS.Append(name, []byte(line), 0o644, 0, 0)
	}
	add("/etc/passwd", fmt.Sprintf("%s:*:%d:%d:%s:/:/bin/sh\n", u.Name, u.UID, u.GID, u.Name))
	add("/etc/group", fmt.Sprintf("%s:x:%d:%s\n", u.Name, u.GID, u.Name))
}

// flagWords takes docker's words off an error about flags.
func flagWords(err error) error {
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	text, _, _ = strings.Cut(text, "\n\nUsage:")
	return errors.New(text)
}

// createWords takes docker's words off what the engine refuses.
func createWords(err error) error {
	if text := err.Error(); strings.Contains(text, "no command specified") {
		return errors.New("no command or entrypoint provided, and no CMD or ENTRYPOINT from image")
	}
	return err
}

// imageFor finds the image of a new container according to --pull.
func (c *client) imageFor(name, policy string, o *transferOptions) (*image.Image, string, error) {
	if _, err := normalise(name); err != nil {
		if img, ref := c.store.find(name); img != nil {
			return img, ref, nil
		}
		return nil, "", err
	}
	img, ref := c.store.find(name)
	switch {
	case policy == "never" && img == nil:
		return nil, "", fmt.Errorf("%s: image not known", name)
	case policy == "always" || policy == "newer" || img == nil:
		if transport(name) {
			return nil, "", c.lacks("podman run " + name)
		}
		return c.pull(name, o)
	}
	return img, ref, nil
}

// checkSpec finds what Podman refuses before it creates anything.
func (c *client) checkSpec(o *runOptions, spec *docker.ContainerSpec) error {
	e := c.store.Engine
	if ct, err := e.Container(spec.Name); err == nil && spec.Name != "" && ct.Name == spec.Name {
		if !o.replace {
			return fmt.Errorf("creating container storage: the container name %q is already in use by %s. You have to remove that container to be able to reuse that name: that name is already in use, or use --replace to instruct Podman to do so.", ct.Name, ct.ID)
		}
		if err := e.Remove(c.Proc, ct, true, true); err != nil {
			return err
		}
	}
	for _, n := range spec.Networks {
		kind, _, _ := strings.Cut(n.Network, ":")
		if _, err := e.Network(n.Network); err != nil && kind != "container" && kind != "pasta" && kind != "slirp4netns" && kind != "bridge" {
			return fmt.Errorf("unable to find network with name or ID %s: network not found", n.Network)
		}
	}
	for i, m := range spec.Host.Mounts {
		spec.Host.Mounts[i].CreateSource = false
		if m.Type == "bind" && !c.Machine.FS.Exists(m.Source) {
			return fmt.Errorf("statfs %s: no such file or directory", m.Source)
		}
	}
	if c.store.Rootless() && (spec.Host.Memory > 0 || spec.Host.NanoCPUs > 0) {
		c.Errorf("Resource limits are not supported and ignored on cgroups V1 rootless systems\n")
		spec.Host.Memory, spec.Host.NanoCPUs = 0, 0
	}
	return c.checkNetworks(spec)
}

// checkNetworks translates Podman's names of network modes.
func (c *client) checkNetworks(spec *docker.ContainerSpec) error {
	for i, n := range spec.Networks {
		kind, _, _ := strings.Cut(n.Network, ":")
		if kind == "bridge" || kind == "pasta" || kind == "slirp4netns" || kind == "private" {
			spec.Networks[i].Network = defaultNetwork
		}
	}
	switch kind, _, _ := strings.Cut(spec.Host.NetworkMode, ":"); kind {
	case "bridge", "pasta", "slirp4netns", "private":
		spec.Host.NetworkMode = defaultNetwork
	}
	return nil
}

// run starts a new container and stays with it unless it is detached.
func (c *client) run(o *runOptions, ct *docker.Container) error {
	if o.detach {
		if err := c.start(ct); err != nil {
			return err
		}
		c.Printf("%s\n", ct.ID)
		return nil
	}
	if err := c.checkPorts(ct); err != nil {
		return err
	}
	status, err := cli.RunAttached(c.Process, c.store.Engine, ct, ct.Host.OpenStdin)
	if err != nil {
		return c.startError(err)
	}
	return exitStatus(status)
}

// start starts a container in the background.
func (c *client) start(ct *docker.Container) error {
	if ct.Running() {
		return nil
	}
	if err := c.startPod(ct); err != nil {
		return err
	}
	if err := c.checkPorts(ct); err != nil {
		return err
	}
	err := c.store.Engine.Do(c.Proc, func(p *clock.Proc) error { return c.store.Engine.Start(p, ct, docker.Streams{}) })
	if err != nil {
		return c.startError(err)
	}
	return nil
}

// firstOpenPort is the lowest port that a user without privileges may open
// (net.ipv4.ip_unprivileged_port_start).
const firstOpenPort = 1024

// checkPorts finds a port that cannot be opened on the machine.
func (c *client) checkPorts(ct *docker.Container) error {
	for _, b := range ct.Host.PortBindings {
		addr, err := netip.ParseAddr(b.HostIP)
		if err != nil {
			addr = netip.IPv4Unspecified()
		}
		why := ""
		switch {
		case c.store.Rootless() && b.HostPort > 0 && b.HostPort < firstOpenPort:
			why = "Permission denied"
		case b.HostPort > 0 && c.Machine.Net.Listening(addr, b.HostPort, b.Proto) != nil:
			why = "Address already in use"
		default:
			continue
		}
		return c.portError(b, why)
	}
	return nil
}

func (c *client) portError(b docker.PortBinding, why string) error {
	if c.store.Rootless() {
		return fail(126, "pasta failed with exit code 1:\nFailed to bind port %d (%s) for option '-%s %d-%d:%d-%d'\n",
			b.HostPort, why, b.Proto[:1], b.HostPort, b.HostPort, b.Port, b.Port)
	}
	return fail(126, "cannot listen on the TCP port: listen tcp4 %s:%d: bind: %s", b.HostIP, b.HostPort, strings.ToLower(why))
}

// startError words why the runtime did not start a program, as crun 1.21 does.
func (c *client) startError(err error) error {
	var failed *docker.StartError
	if !errors.As(err, &failed) {
		return fail(126, "%s", err)
	}
	name := failed.Text
	if i := strings.Index(name, `exec: "`); i >= 0 {
		name, _, _ = strings.Cut(name[i+len(`exec: "`):], `"`)
	}
	switch {
	case failed.Status == 127 && strings.Contains(failed.Text, "executable file not found"):
		return fail(127, "crun: executable file `%s` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found", name)
	case failed.Status == 127:
		return fail(127, "crun: executable file `%s` not found: No such file or directory: OCI runtime attempted to invoke a command that was not found", name)
	case strings.Contains(failed.Text, "unable to find user"):
		_, who, _ := strings.Cut(failed.Text, "unable to find user ")
		who, _, _ = strings.Cut(who, ":")
		return fail(126, "unable to find user %s: no matching entries in passwd file", who)
	}
	return fail(126, "crun: open executable: Permission denied: OCI permission denied")
}

// secret is a secret of the store.
type secret struct {
	id, name string
	data     []byte
	created  int64 // seconds since the epoch
}

// mountSecrets shows secrets to a container under /run/secrets.
func (c *client) mountSecrets(ct *docker.Container, names []string) error {
	for _, text := range names {
		name, _, _ := strings.Cut(text, ",")
		s := c.store.secret(name)
		if s == nil {
			_ = c.store.Engine.Remove(c.Proc, ct, true, true)
			return fmt.Errorf("no secret with name or id %q: no such secret", name)
		}
		files := vfs.New(c.Now, nil)
		_ = files.WriteFile("/"+s.name, s.data, 0o444, 0, 0)
		ct.FS.Mount(vfs.Mount{At: "/run/secrets/" + s.name, From: files, Sub: "/" + s.name})
	}
	return nil
}

func newExec(c *client) *cobra.Command {
	var detach, interactive, tty, privileged bool
	var env []string
	var user, dir string
	cmd := &cobra.Command{Use: "exec [options] CONTAINER COMMAND [ARG...]", Args: atLeast(2)}
	f := cmd.Flags()
	f.SetInterspersed(false)
	f.BoolVarP(&detach, "detach", "d", false, "Run the exec session in detached mode (backgrounded)")
	f.BoolVarP(&interactive, "interactive", "i", false, "Make STDIN available to the contained process")
	f.BoolVarP(&tty, "tty", "t", false, "Allocate a pseudo-TTY. The default is false")
	f.BoolVar(&privileged, "privileged", false, "Give the process extended Linux capabilities inside the container.  The default is false")
	f.StringArrayVarP(&env, "env", "e", nil, "Set environment variables")
	f.StringVarP(&user, "user", "u", "", "Sets the username or UID used and optionally the groupname or GID for the specified command")
	f.StringVarP(&dir, "workdir", "w", "", "Working directory inside the container")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ct, err := c.store.container(args[0], 125)
		if err != nil {
			return err
		}
		if ct.State.Status != "running" {
			return fmt.Errorf("can only create exec sessions on running containers: container state improper")
		}
		spec := docker.ExecSpec{Cmd: args[1:], Env: env, User: user, WorkingDir: dir, TTY: tty, Privileged: privileged}
		if !detach {
			spec.Stdout, spec.Stderr = c.Stdout.Sink(), c.Stderr.Sink()
			if interactive {
				spec.Stdin, spec.Terminal = c.Stdin.Source(), c.Stdin.Terminal()
			}
		}
		return c.exec(ct, spec, detach)
	}
	return cmd
}

func (c *client) exec(ct *docker.Container, spec docker.ExecSpec, detach bool) error {
	c.Sleep(docker.ExecTime)
	x, err := c.store.Engine.Exec(ct, spec)
	if err != nil {
		return c.startError(err)
	}
	if detach {
		c.Printf("%s\n", x.ID)
		return nil
	}
	c.OnSignal = func(sig machine.Signal) bool {
		if sig != machine.SIGINT && sig != machine.SIGTERM {
			return false
		}
		x.Process.Signal(sig)
		return true
	}
	c.WaitFor(x.Process.Exited(), x.Process.Done)
	return exitStatus(x.Process.Status())
}
