package compose

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/compose/project"
	"drydock/sim/docker/cli"
)

// newRoot makes the tree `docker compose ...`.
func newRoot(b *backend) *cobra.Command {
	root := &cobra.Command{
		Use: "docker", SilenceUsage: true, SilenceErrors: true, TraverseChildren: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetOut(b.Stdout)
	root.SetErr(b.Stderr)
	root.SetIn(b.Stdin)
	setUpHelp(root, b)
	compose := &cobra.Command{
		Use: "compose", Short: "Docker Compose", Long: "Define and run multi-container applications with Docker",
		TraverseChildren: true, Args: cobra.ArbitraryArgs, DisableFlagsInUseLine: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return b.setUp(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && b.version:
				b.Printf("Docker Compose version v%s\n", project.Version)
				return nil
			case len(args) == 0:
				return cmd.Help()
			}
			_ = cmd.Help()
			return cli.StatusError{Status: fmt.Sprintf("unknown docker command: %q", "compose "+args[0]), StatusCode: 1}
		},
	}
	compose.Flags().SetInterspersed(false)
	b.declare(compose)
	compose.AddCommand(b.commands()...)
	for _, a := range absentCommands() {
		compose.AddCommand(b.absentCommand(a[0], a[1]))
	}
	for _, sub := range compose.Commands() {
		sub.DisableFlagsInUseLine = true
	}
	root.AddCommand(compose)
	return root
}

// commands are those that are simulated.
func (b *backend) commands() []*cobra.Command {
	return []*cobra.Command{
		newUp(b), newDown(b), newStart(b), newRestart(b), newStop(b), newPs(b), newLs(b), newLogs(b), newConfig(b), newKill(b), newRun(b),
		newRm(b), newExec(b), newAttach(b), newPause(b), newUnpause(b), newTop(b), newEvents(b), newPort(b), newImages(b), newVersion(b),
		newBuild(b), newPush(b), newPull(b), newCreate(b), newCp(b), newWait(b), newScale(b), newStats(b), newVolumes(b),
	}
}

// absentCommands are those of Compose that are not simulated, with their help.
func absentCommands() [][2]string {
	return [][2]string{
		{"bridge", "Convert compose files into another model"},
		{"commit", "Create a new image from a service container's changes"},
		{"export", "Export a service container's filesystem as a tar archive"},
		{"publish", "Publish compose application"},
		{"watch", "Watch build context for service and rebuild/refresh containers when files are updated"},
	}
}

func (b *backend) absentCommand(name, short string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return notSimulated(cmd.CommandPath()) },
	}
}

// notSimulated is what the simulator says about a part of Compose that it lacks.
func notSimulated(what string) error {
	return cli.StatusError{Status: fmt.Sprintf("docker: '%s' is part of docker, but this simulator does not have it", what), StatusCode: 1}
}

// declare adds the flags that stand before the command's name.
func (b *backend) declare(compose *cobra.Command) {
	f := compose.Flags()
	f.BoolVar(&b.all, "all-resources", false, "Include all resources, even those not used by services")
	f.StringVar(&b.ansi, "ansi", "auto", `Control when to print ANSI control characters ("never"|"always"|"auto")`)
	f.BoolVar(&b.compatible, "compatibility", false, "Run compose in backward compatibility mode")
	compose.PersistentFlags().BoolVar(&b.dryRun, "dry-run", false, "Execute command in dry run mode")
	f.StringArrayVar(&b.envFiles, "env-file", nil, "Specify an alternate environment file")
	f.StringArrayVarP(&b.files, "file", "f", nil, "Compose configuration files")
	f.IntVar(&b.parallel, "parallel", -1, "Control max parallelism, -1 for unlimited")
	f.StringArrayVar(&b.profiles, "profile", nil, "Specify a profile to enable")
	f.StringVar(&b.progress, "progress", b.Env.Get("COMPOSE_PROGRESS"), "Set type of progress output (auto, tty, plain, json, quiet)")
	f.StringVar(&b.dir, "project-directory", "", "Specify an alternate working directory\n(default: the path of the, first specified, Compose file)")
	f.StringVarP(&b.name, "project-name", "p", "", "Project name")
	f.BoolVarP(&b.version, "version", "v", false, "Show the Docker Compose version information")
	f.StringVar(&b.dir, "workdir", "", "DEPRECATED! USE --project-directory INSTEAD.")
	f.Bool("verbose", false, "Show more output")
	f.Bool("no-ansi", false, "Do not print ANSI control characters (DEPRECATED)")
	for _, name := range []string{"version", "workdir", "verbose", "no-ansi"} {
		_ = f.MarkHidden(name)
	}
}

// setUp chooses how events are shown, and refuses what is not simulated.
func (b *backend) setUp(cmd *cobra.Command) error {
	if err := refuseAbsent(cmd); err != nil {
		return err
	}
	if v, ok := b.Env.Lookup("COMPOSE_ANSI"); ok && b.ansi == "auto" {
		b.ansi = v
	}
	detached, _ := cmd.Flags().GetBool("detach")
	r, err := b.chooseReporter(detached)
	if err != nil {
		return err
	}
	b.report, b.command = r, cmd
	return nil
}

func (b *backend) chooseReporter(detached bool) (reporter, error) {
	tty := b.Stderr.Terminal()
	switch b.progress {
	case "", "auto":
		if tty == nil || b.ansi == "never" {
			return plain{b.Stderr}, nil
		}
		return newRows(b, detached), nil
	case "tty":
		if b.ansi == "never" {
			return nil, errors.New("can't use --progress tty while ANSI support is disabled")
		}
		return newRows(b, detached), nil
	case "plain":
		if b.ansi == "always" {
			return nil, errors.New("can't use --progress plain while ANSI support is forced")
		}
		return plain{b.Stderr}, nil
	case "quiet", "none":
		return silent{}, nil
	case "json":
		return jsonLines{b.Stderr}, nil
	}
	return nil, fmt.Errorf("unsupported --progress value %q", b.progress)
}

// offline marks commands that need no engine.
func offline() map[string]string { return map[string]string{"offline": "yes"} }
