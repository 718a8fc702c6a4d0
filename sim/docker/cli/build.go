package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker"
)

// buildShortcuts are the ways to the build plugin right under docker: buildx
// itself (0.36.1), and the older names that docker forwards to it.
func buildShortcuts() []Command {
	return []Command{
		buildAlias(),
		{Name: "builder", Short: "Manage builds", Plugin: buildx, CompletePlugin: completeBuildx},
		{Name: "buildx", Short: "Docker Buildx", Plugin: buildx, CompletePlugin: completeBuildx},
	}
}

// buildAlias is `build` under docker and under docker image.
func buildAlias() Command {
	return Command{
		Name: "build", Short: "Build an image from a Dockerfile",
		Plugin: func(c *Client, args []string) int { return buildx(c, append([]string{"build"}, args...)) },
		CompletePlugin: func(c *Client, args []string, word string) []machineCompletion {
			return completeBuildx(c, append([]string{"build"}, args...), word)
		},
	}
}

// buildx is the plugin's own command line.
func buildx(c *Client, args []string) int {
	root := newBuildxRoot(c)
	root.SetArgs(append([]string{"buildx"}, args...))
	err := root.Execute()
	var status StatusError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		if status.Status != "" {
			c.Errorf("%s\n", status.Status)
		}
		return status.StatusCode
	}
	c.Errorf("ERROR: %s\n", err)
	return 1
}

func newBuildxRoot(c *Client) *cobra.Command {
	root := &cobra.Command{
		Use: "docker", SilenceUsage: true, SilenceErrors: true, DisableFlagsInUseLine: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetIn(c.Stdin)
	root.SetFlagErrorFunc(flagError)
	setUpHelp(root, c)
	plugin := &cobra.Command{
		Use: "buildx", Short: "Extended build capabilities with BuildKit", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return StatusError{fmt.Sprintf("docker: unknown command: docker buildx %s\n\nRun 'docker buildx --help' for more information", args[0]), 1}
			}
			c.writeHelp(c.Stdout, cmd)
			return nil
		},
	}
	plugin.AddCommand(newBuild(c), newBuilderPrune(c), newBuilderUsage(c), newBuilderList(c), newBuildxVersion(c))
	for _, known := range []struct{ name, short string }{
		{"bake", "Build from a file"}, {"create", "Create a new builder instance"}, {"dial-stdio", "Proxy current stdio streams to builder instance"},
		{"history", "Commands to work on build records"}, {"imagetools", "Commands to work on images in registry"}, {"inspect", "Inspect current builder instance"},
		{"rm", "Remove one or more builder instances"}, {"stop", "Stop builder instance"}, {"use", "Set the current builder instance"},
	} {
		plugin.AddCommand(&cobra.Command{
			Use: known.name, Short: known.short, DisableFlagParsing: true,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return StatusError{notSimulated(cmd.CommandPath()).Error(), 1}
			},
		})
	}
	root.AddCommand(plugin)
	return root
}

// buildOptions are the flags of `docker build`.
type buildOptions struct {
	file, target, network, platform, progress, idFile, call string
	tags, args, labels, secrets, hosts, noCacheStages       []string
	outputs                                                 []string
	noCache, pull, quiet, push, load, check, debug          bool
}

func newBuild(c *Client) *cobra.Command {
	o := &buildOptions{}
	cmd := &cobra.Command{
		Use: "build [OPTIONS] PATH | URL | -", Aliases: []string{"b"}, Short: "Start a build", Args: exactArgs(1), DisableFlagsInUseLine: true,
		Annotations: map[string]string{"aliases": "docker build, docker builder build, docker image build, docker buildx b"},
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseAbsent(cmd); err != nil {
				return StatusError{err.Error(), 1}
			}
			if c.Env.Get("DOCKER_BUILDKIT") == "0" {
				return StatusError{notSimulated("DOCKER_BUILDKIT=0 docker build").Error(), 1}
			}
			return c.connect(cmd)
		},
		RunE: func(_ *cobra.Command, args []string) error { return c.runBuild(o, args[0]) },
	}
	f := cmd.Flags()
	o.declare(f)
	for _, flag := range absentBuildFlags() {
		f.StringArrayP(flag.name, flag.letter, nil, flag.help)
		absent(f, flag.name)
	}
	for _, name := range []string{"rm", "force-rm", "compress"} {
		f.Bool(name, false, "")
		_ = f.MarkHidden(name)
	}
	return cmd
}

func (o *buildOptions) declare(f *pflag.FlagSet) {
	f.StringSliceVar(&o.hosts, "add-host", nil, `Add a custom host-to-IP mapping (format: "host:ip")`)
	f.StringArrayVar(&o.args, "build-arg", nil, "Set build-time variables")
	f.String("builder", "", "Override the configured builder instance")
	f.StringVar(&o.call, "call", "build", `Set method for evaluating build ("check", "outline", "targets")`)
	f.BoolVar(&o.check, "check", false, `Shorthand for "--call=check"`)
	f.BoolVarP(&o.debug, "debug", "D", false, "Enable debug logging")
	f.StringVarP(&o.file, "file", "f", "", `Name of the Dockerfile (default: "PATH/Dockerfile")`)
	f.StringVar(&o.idFile, "iidfile", "", "Write the image ID to a file")
	f.StringArrayVar(&o.labels, "label", nil, "Set metadata for an image")
	f.BoolVar(&o.load, "load", false, `Shorthand for "--output=type=docker"`)
	f.StringVar(&o.network, "network", "default", `Set the networking mode for the "RUN" instructions during build`)
	f.BoolVar(&o.noCache, "no-cache", false, "Do not use cache when building the image")
	f.StringArrayVar(&o.noCacheStages, "no-cache-filter", nil, "Do not cache specified stages")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, `Output destination (format: "type=local,dest=path")`)
	f.StringVar(&o.platform, "platform", "", "Set target platform for build")
	f.StringVar(&o.progress, "progress", "auto", `Set type of progress output ("auto", "none", "plain", "quiet", "rawjson", "tty"). Use plain to show container output`)
	f.BoolVar(&o.pull, "pull", false, "Always attempt to pull all referenced images")
	f.BoolVar(&o.push, "push", false, `Shorthand for "--output=type=registry,unpack=false"`)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Suppress the build output and print image ID on success")
	f.StringArrayVar(&o.secrets, "secret", nil, `Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")`)
	f.StringArrayVarP(&o.tags, "tag", "t", nil, `Image identifier (format: "[registry/]repository[:tag]")`)
	f.StringVar(&o.target, "target", "", "Set the target build stage to build")
}

type buildFlag struct{ name, letter, help string }

// absentBuildFlags are flags of buildx that the simulator does not have.
func absentBuildFlags() []buildFlag {
	return []buildFlag{
		{"allow", "", `Allow extra privileged entitlement (e.g., "network.host", "security.insecure", "device")`},
		{"annotation", "", "Add annotation to the image"},
		{"attest", "", `Attestation parameters (format: "type=sbom,generator=image")`},
		{"build-context", "", "Additional build contexts (e.g., name=path)"},
		{"cache-from", "", `External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")`},
		{"cache-to", "", `Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")`},
		{"cgroup-parent", "", `Set the parent cgroup for the "RUN" instructions during build`},
		{"metadata-file", "", "Write build result metadata to a file"},
		{"provenance", "", `Shorthand for "--attest=type=provenance"`},
		{"sbom", "", `Shorthand for "--attest=type=sbom"`},
		{"shm-size", "", "Shared memory size for build containers"},
		{"ssh", "", `SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")`},
		{"ulimit", "", "Ulimit options"},
	}
}

// refuseAbsent finds flags that are docker's but not the simulator's.
func refuseAbsent(cmd *cobra.Command) error {
	var missing error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[absentKey] != nil && missing == nil {
			missing = notSimulated("docker build --" + f.Name)
		}
	})
	return missing
}

// outputs reads --output: images go to the engine or to a registry.
func (o *buildOptions) readOutputs() error {
	for _, out := range o.outputs {
		switch {
		case out == "type=docker" || out == "type=image" || strings.HasPrefix(out, "type=image,"):
			o.push = o.push || slices.Contains(strings.Split(out, ","), "push=true")
		case out == "type=registry":
			o.push = true
		default:
			return StatusError{notSimulated("docker build --output " + out).Error(), 1}
		}
	}
	return nil
}

func completeBuildx(c *Client, args []string, word string) []machineCompletion {
	root := newBuildxRoot(c)
	cmd, _, err := root.Find(append([]string{"buildx"}, args...))
	if err != nil {
		return nil
	}
	var found []machineCompletion
	if strings.HasPrefix(word, "-") {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && strings.HasPrefix("--"+f.Name, word) {
				found = append(found, machineCompletion{Text: "--" + f.Name, Help: f.Usage})
			}
		})
		return found
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && strings.HasPrefix(sub.Name(), word) {
			found = append(found, machineCompletion{Text: sub.Name(), Help: sub.Short})
		}
	}
	return found
}

// recordsOf are the entries of the build cache.
func recordsOf(c *Client) []docker.CacheRecord { return c.Engine.CacheRecords() }
