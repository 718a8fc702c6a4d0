package podman

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

// kernel is the machines' kernel.
const kernel = "6.8.0"

func (c *client) printVersion() {
	if c.tool == "buildah" {
		c.Printf("buildah version %s (image-spec 1.1.0, runtime-spec 1.2.0)\n", BuildahVersion)
		return
	}
	c.Printf("podman version %s\n", Version)
}

func newVersion(c *client) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "version [options]", Args: cobra.NoArgs}
	cmd.Flags().StringVarP(&format, "format", "f", "", "Change the output format to JSON or a Go template")
	cmd.RunE = func(*cobra.Command, []string) error {
		if c.tool == "buildah" {
			c.Printf("Version:         %s\nGo Version:      go1.24.4\nImage Spec:      1.1.0\nRuntime Spec:    1.2.0\nCNI Spec:        1.0.0\nlibcni Version:  \nimage Version:   5.34.2\nGit Commit:      \nBuilt:           Thu Jan  1 00:00:00 1970\nOS/Arch:         linux/amd64\nBuildPlatform:   linux/amd64\n", BuildahVersion)
			return nil
		}
		v := map[string]any{"Version": Version, "APIVersion": Version, "GoVersion": "go1.24.4", "BuiltTime": "Sun Dec 21 16:42:01 2025", "OsArch": "linux/amd64", "Os": "linux"}
		if format != "" {
			return c.printTemplate(format, map[string]any{"Client": v, "Server": nil})
		}
		c.Printf("Client:        Podman Engine\nVersion:       %s\nAPI Version:   %s\nGo Version:    go1.24.4\nBuilt:         Sun Dec 21 16:42:01 2025\nBuild Origin:  Debian\nOS/Arch:       linux/amd64\n", Version, Version)
		return nil
	}
	return cmd
}

// info is what `podman info` knows; the fields have the names of its templates.
func (c *client) info() map[string]any {
	s := c.store
	counts := map[string]any{"Number": len(s.Engine.Containers())}
	for name, states := range map[string][]string{"Running": {"running"}, "Paused": {"paused"}, "Stopped": {"exited", "created"}} {
		counts[name] = len(slices.DeleteFunc(s.Engine.Containers(), func(ct *docker.Container) bool { return !slices.Contains(states, ct.State.Status) }))
	}
	return map[string]any{
		"Host": map[string]any{
			"Arch": "amd64", "BuildahVersion": BuildahVersion, "CPUs": c.Machine.CPUs, "CgroupManager": "cgroupfs", "CgroupsVersion": "v2",
			"Hostname": c.Machine.Name, "Kernel": kernel, "OS": "linux", "MemTotal": c.Machine.Memory, "NetworkBackend": "netavark",
			"OCIRuntime": map[string]any{"Name": "crun", "Path": "/usr/bin/crun"}, "RootlessNetworkCmd": "pasta", "ServiceIsRemote": false,
			"Security": map[string]any{"Rootless": s.Rootless(), "SELinuxEnabled": false, "SECCOMPEnabled": true, "AppArmorEnabled": false},
		},
		"Store": map[string]any{
			"GraphDriverName": "overlay", "GraphRoot": s.Root(), "RunRoot": s.runRoot(), "VolumePath": s.Root() + "/volumes",
			"ConfigFile": s.configFile(), "ImageStore": map[string]any{"Number": len(s.all())}, "ContainerStore": counts,
		},
		"Registries": map[string]any{"search": c.loadRegistries().search},
		"Version":    map[string]any{"APIVersion": Version, "Version": Version, "GoVersion": "go1.24.4", "OsArch": "linux/amd64"},
	}
}

func (s *Store) configFile() string {
	if s.Rootless() {
		return s.User.Home + "/.config/containers/storage.conf"
	}
	return "/usr/share/containers/storage.conf"
}

func newInfo(c *client) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "info [options]", Args: cobra.NoArgs}
	cmd.Flags().StringVarP(&format, "format", "f", "", "Change the output format to JSON or a Go template")
	cmd.RunE = func(*cobra.Command, []string) error {
		switch format {
		case "":
			c.printInfo()
			return nil
		case "json":
			return c.printJSON(c.info(), "  ")
		}
		return c.printTemplate(format, c.info())
	}
	return cmd
}

// printInfo is the part of `podman info` that lessons and people look at.
func (c *client) printInfo() {
	s := c.store
	counts := map[string]int{}
	for _, ct := range s.Engine.Containers() {
		counts[ct.State.Status]++
	}
	c.Printf("host:\n  arch: amd64\n  buildahVersion: %s\n  cgroupManager: cgroupfs\n  cgroupVersion: v2\n  cpus: %d\n", BuildahVersion, c.Machine.CPUs)
	c.Printf("  databaseBackend: sqlite\n  distribution:\n    codename: trixie\n    distribution: debian\n    version: \"13\"\n  eventLogger: file\n  hostname: %s\n  kernel: %s\n", c.Machine.Name, kernel)
	c.Printf("  logDriver: k8s-file\n  memTotal: %d\n  networkBackend: netavark\n  ociRuntime:\n    name: crun\n    package: crun_1.21-1_amd64\n    path: /usr/bin/crun\n  os: linux\n", c.Machine.Memory)
	c.Printf("  rootlessNetworkCmd: pasta\n  security:\n    apparmorEnabled: false\n    rootless: %t\n    seccompEnabled: true\n    selinuxEnabled: false\n  serviceIsRemote: false\n", s.Rootless())
	if search := c.loadRegistries().search; len(search) > 0 {
		c.Printf("registries:\n  search:\n  - %s\n", strings.Join(search, "\n  - "))
	} else {
		c.Printf("registries: {}\n")
	}
	c.Printf("store:\n  configFile: %s\n  containerStore:\n    number: %d\n    paused: %d\n    running: %d\n    stopped: %d\n", s.configFile(), len(s.Engine.Containers()), counts["paused"], counts["running"], counts["exited"]+counts["created"])
	c.Printf("  graphDriverName: overlay\n  graphOptions: {}\n  graphRoot: %s\n  imageStore:\n    number: %d\n  runRoot: %s\n  volumePath: %s\n", s.Root(), len(s.all()), s.runRoot(), s.Root()+"/volumes")
	c.Printf("version:\n  APIVersion: %s\n  BuildOrigin: Debian\n  GoVersion: go1.24.4\n  OsArch: linux/amd64\n  Version: %s\n\n", Version, Version)
}

func newBuildahInfo(c *client) *cobra.Command {
	return &cobra.Command{Use: "info [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return c.printJSON(map[string]any{
			"host":  map[string]any{"OCIRuntime": "crun", "arch": "amd64", "cpus": c.Machine.CPUs, "hostname": c.Machine.Name, "kernel": kernel, "os": "linux", "rootless": c.store.Rootless()},
			"store": map[string]any{"ContainerStore": map[string]any{"number": len(c.store.working)}, "GraphDriverName": "overlay", "GraphRoot": c.store.Root()},
		}, "    ")
	}}
}

func systemCommands() []command {
	return []command{
		group("connection", "Manage remote API service destinations", nil, connectionCommands),
		{"check", nil, "Check storage consistency", nil},
		{"df", nil, "Show podman disk usage", newSystemDf},
		{"events", nil, "Show podman system events", nil},
		{"info", nil, "Display podman system information", newInfo},
		{"migrate", nil, "Migrate containers", nil},
		{"prune", nil, "Remove unused data", newSystemPrune},
		{"renumber", nil, "Migrate lock numbers", nil},
		{"reset", nil, "Reset podman storage", nil},
		{"service", nil, "Run API service", nil},
	}
}

func connectionCommands() []command {
	return []command{
		{"add", nil, "Record destination for the Podman service", nil},
		{"list", []string{"ls"}, "List destination for the Podman service(s)", newConnectionList},
	}
}

func newConnectionList(c *client) *cobra.Command {
	return &cobra.Command{Use: "list", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return c.write(table{columns: []column{{"Name", "Name"}, {"URI", "URI"}, {"Identity", "Identity"}, {"Default", "Default"}, {"ReadWrite", "ReadWrite"}}}, "", false)
	}}
}

func newSystemDf(c *client) *cobra.Command {
	return &cobra.Command{Use: "df [options]", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		e := c.store.Engine
		t := table{columns: []column{{"Type", "TYPE"}, {"Total", "TOTAL"}, {"Active", "ACTIVE"}, {"Size", "SIZE"}, {"Reclaimable", "RECLAIMABLE"}}}
		row := func(kind string, total, active int, size, free int64) {
			percent := 0
			if size > 0 {
				percent = int(100*float64(free)/float64(size) + 0.5)
			}
			t.rows = append(t.rows, map[string]any{"Type": kind, "Total": total, "Active": active, "Size": wideSize(size), "Reclaimable": fmt.Sprintf("%s (%d%%)", wideSize(free), percent)})
		}
		var size, free int64
		active := 0
		for _, i := range e.Images.Images() {
			size += i.Size()
			if len(e.ImageUsers(i.ID)) > 0 {
				active++
			} else {
				free += i.Size()
			}
		}
		row("Images", len(e.Images.Images()), active, size, free)
		size, free, active = 0, 0, 0
		for _, ct := range e.Containers() {
			n := ct.FS.Upper().Size()
			size += n
			if ct.Running() {
				active++
			} else {
				free += n
			}
		}
		row("Containers", len(e.Containers()), active, size, free)
		size, free, active = 0, 0, 0
		for _, v := range e.Volumes() {
			_, n := v.Content()
			size += n
			if len(e.VolumeUsers(v)) > 0 {
				active++
			} else {
				free += n
			}
		}
		row("Local Volumes", len(e.Volumes()), active, size, free)
		return c.write(t, "", false)
	}}
}

func newSystemPrune(c *client) *cobra.Command {
	var all, force, volumes bool
	cmd := &cobra.Command{Use: "prune [options]", Args: cobra.NoArgs}
	f := cmd.Flags()
	f.BoolVarP(&all, "all", "a", false, "Remove all unused data")
	f.BoolVarP(&force, "force", "f", false, "Do not prompt for confirmation")
	f.BoolVar(&volumes, "volumes", false, "Prune volumes")
	cmd.RunE = func(*cobra.Command, []string) error {
		if !force {
			return c.lacks("podman system prune without --force")
		}
		return c.systemPrune(all)
	}
	return cmd
}

func (c *client) systemPrune(all bool) error {
	e := c.store.Engine
	head := func(title string, n *int) {
		if *n++; *n == 1 {
			c.Printf("Deleted %s\n", title)
		}
	}
	n, before := 0, e.LayersSize()
	for _, ct := range e.Containers() {
		if !ct.Running() && c.store.podOf(ct) == nil {
			head("Containers", &n)
			if err := e.Remove(c.Proc, ct, false, true); err != nil {
				return err
			}
			c.Printf("%s\n", ct.ID)
		}
	}
	n = 0
	for _, i := range c.store.all() {
		if len(c.users(i)) == 0 && !c.store.isParent(i) && (all || len(e.Images.Refs(i.ID)) == 0) {
			head("Images", &n)
			for _, ref := range e.Images.Refs(i.ID) {
				e.Images.Untag(ref)
			}
			if err := c.drop(i, false); err != nil {
				return err
			}
			c.Printf("%s\n", id(i))
		}
	}
	n = 0
	for _, name := range e.PruneNetworks(nil) {
		head("Networks", &n)
		c.Printf("%s\n", name)
	}
	c.Printf("Total reclaimed space: %s\n", wideSize(before-e.LayersSize()))
	return nil
}

func newUnshare(c *client) *cobra.Command {
	cmd := &cobra.Command{Use: "unshare [options] [COMMAND [ARG...]]"}
	cmd.Flags().SetInterspersed(false)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if !c.store.Rootless() {
			return errors.New("please use unshare with rootless")
		}
		if len(args) == 0 {
			args = []string{"bash"}
		}
		root := machine.Root()
		root.Home = c.User.Home
		env := c.Env.Clone()
		env.Set(usernsKey, fmt.Sprint(c.store.User.UID))
		status, err := c.Run(machine.Spec{Args: args, Env: env, User: &root})
		if err != nil {
			return fail(127, "exec: %q: executable file not found in $PATH", args[0])
		}
		return exitStatus(status)
	}
	return cmd
}

// usernsKey is the variable by which the tools know that they are root only in a
// user namespace, and whose.
const usernsKey = "_CONTAINERS_ROOTLESS_UID"

func newSearch(c *client) *cobra.Command {
	var listTags bool
	o := &transferOptions{}
	cmd := &cobra.Command{Use: "search [options] TERM", Args: exactly(1)}
	o.declare(cmd.Flags())
	cmd.Flags().BoolVar(&listTags, "list-tags", false, "List the tags of the input registry")
	cmd.Flags().Int("limit", 0, "Limit the number of results")
	lacking(cmd.Flags(), "list-tags", "limit")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(c.loadRegistries().search) == 0 && !qualified(args[0]) {
			return errors.New("couldn't search registries: no registries to search")
		}
		term := strings.TrimPrefix(args[0], "docker.io/")
		results, err := c.store.Engine.Search(c.Proc, term)
		if err != nil {
			return fmt.Errorf("1 error occurred:\n\t* couldn't search registry \"docker.io\": pinging container registry index.docker.io: Get \"https://index.docker.io/v2/\": dial tcp: lookup index.docker.io on %s:53: no such host\n\n", c.Machine.Site.LAN.Gateway)
		}
		t := table{columns: []column{{"Name", "NAME"}, {"Description", "DESCRIPTION"}}}
		for _, r := range results {
			name := "docker.io/" + r.Name
			if !strings.Contains(r.Name, "/") {
				name = "docker.io/library/" + r.Name
			}
			t.rows = append(t.rows, map[string]any{"Name": name, "Description": cut(r.Description, 44)})
		}
		return c.write(t, "", false)
	}
	return cmd
}

func newCompose(c *client) *cobra.Command {
	return &cobra.Command{Use: "compose [options]", DisableFlagParsing: true, RunE: func(*cobra.Command, []string) error {
		const tool = "docker-compose"
		text := "looking up compose provider failed\n7 errors occurred:\n"
		for _, dir := range []string{c.Env.Get("HOME") + "/.docker", "/usr/local/lib/docker", "/usr/local/libexec/docker", "/usr/lib/docker", "/usr/libexec/docker"} {
			file := dir + "/cli-plugins/" + tool
			text += fmt.Sprintf("\t* exec: %q: stat %s: no such file or directory\n", file, file)
		}
		return errors.New(text + "\t* exec: \"docker-compose\": executable file not found in $PATH\n\t* exec: \"podman-compose\": executable file not found in $PATH\n")
	}}
}
