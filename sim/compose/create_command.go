package compose

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// createOptions are the flags of up and create about making containers.
type createOptions struct {
	build, noBuild, force, keep, recreateDeps, fresh, removeOrphans, quietPull, quietBuild, yes bool
	pull                                                                                        string
	scale                                                                                       []string
	timeout                                                                                     int

	pullGiven, timeoutGiven bool
}

func (o *createOptions) declare(f *pflag.FlagSet, pullHelp string) {
	f.BoolVar(&o.build, "build", false, "Build images before starting containers")
	f.BoolVar(&o.noBuild, "no-build", false, "Don't build an image, even if it's policy")
	f.StringVar(&o.pull, "pull", "policy", pullHelp)
	f.BoolVar(&o.removeOrphans, "remove-orphans", false, "Remove containers for services not defined in the Compose file")
	f.StringArrayVar(&o.scale, "scale", nil, "Scale SERVICE to NUM instances. Overrides the `scale` setting in the Compose file if present.")
	f.BoolVar(&o.force, "force-recreate", false, "Recreate containers even if their configuration and image haven't changed")
	f.BoolVar(&o.keep, "no-recreate", false, "If containers already exist, don't recreate them. Incompatible with --force-recreate.")
	f.BoolVar(&o.quietPull, "quiet-pull", false, "Pull without printing progress information")
	f.BoolVarP(&o.yes, "yes", "y", false, `Assume "yes" as answer to all prompts and run non-interactively`)
}

func (o *createOptions) note(cmd *cobra.Command) {
	o.pullGiven, o.timeoutGiven = cmd.Flags().Changed("pull"), cmd.Flags().Changed("timeout")
}

func (o *createOptions) check() error {
	switch {
	case o.build && o.noBuild:
		return errors.New("--build and --no-build are incompatible")
	case o.fresh && o.keep:
		return errors.New("--no-recreate and --renew-anon-volumes are incompatible")
	case o.force && o.keep:
		return errors.New("--force-recreate and --no-recreate are incompatible")
	case o.recreateDeps && o.keep:
		return errors.New("--always-recreate-deps and --no-recreate are incompatible")
	}
	return nil
}

// apply changes the project as the flags say.
func (o *createOptions) apply(b *backend, pr *types.Project) error {
	if v, err := strconv.ParseBool(b.Env.Get("COMPOSE_REMOVE_ORPHANS")); err == nil && v {
		o.removeOrphans = true
	}
	if o.pullGiven {
		valid := []string{types.PullPolicyAlways, types.PullPolicyNever, types.PullPolicyBuild, types.PullPolicyMissing, types.PullPolicyIfNotPresent}
		if !slices.Contains(valid, o.pull) {
			return fmt.Errorf("invalid --pull option %q", o.pull)
		}
		for name, s := range pr.Services {
			s.PullPolicy = o.pull
			pr.Services[name] = s
		}
	}
	for name, s := range pr.Services {
		if o.build && s.Build != nil {
			s.PullPolicy = types.PullPolicyBuild
			pr.Services[name] = s
		}
	}
	for _, text := range o.scale {
		name, value, _ := strings.Cut(text, "=")
		if value == "" {
			return fmt.Errorf("invalid --scale option %q. Should be SERVICE=NUM", text)
		}
		n, err := strconv.Atoi(value)
		if err != nil {
			return err
		}
		if err := setScale(pr, name, n); err != nil {
			return err
		}
	}
	return nil
}

func setScale(pr *types.Project, name string, n int) error {
	s, err := pr.GetService(name)
	if err != nil {
		return err
	}
	s.SetScale(n)
	pr.Services[name] = s
	return nil
}

func (o *createOptions) grace() *time.Duration {
	if !o.timeoutGiven {
		return nil
	}
	d := time.Duration(o.timeout) * time.Second
	return &d
}

// create brings networks, volumes and containers to what the project wants.
func (b *backend) create(pr *types.Project, o *createOptions, services []string) error {
	if err := checkNames(pr); err != nil {
		return err
	}
	for _, name := range sortedServices(pr) {
		if err := checkSimulated(pr.Services[name]); err != nil {
			return err
		}
	}
	if err := b.ensureImages(b.Proc, pr, ensureOptions{build: !o.noBuild, quietPull: o.quietPull, quiet: o.quietBuild}); err != nil {
		return err
	}
	seen, err := b.observe(pr)
	if err != nil {
		return err
	}
	ignore, _ := strconv.ParseBool(pr.Environment["COMPOSE_IGNORE_ORPHANS"])
	if ignore && o.removeOrphans {
		return errors.New("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans")
	}
	if len(seen.orphans) > 0 && !ignore && !o.removeOrphans {
		b.warn(fmt.Sprintf("Found orphan containers (%s) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.", seen.orphanNames()))
	}
	r := reconcileOptions{services: services, fresh: o.fresh, timeout: o.grace(), orphans: o.removeOrphans}
	switch {
	case o.keep:
		r.recreate, r.recreateDeps = never, never
	case o.force || o.fresh:
		r.recreate = always
	}
	if o.recreateDeps {
		r.recreateDeps = always
	}
	pl, err := b.reconcile(pr, seen, r)
	if err != nil {
		return err
	}
	for _, name := range sortedServices(pr) {
		for _, c := range seen.containers[name] {
			if c.State.Status == "running" && !pl.touches(c) {
				b.tell(eventName(c), done, "Running")
			}
		}
	}
	return b.execute(b.Proc, pl)
}

// checkNames refuses two services with one container name.
func checkNames(pr *types.Project) error {
	seen := map[string]bool{}
	for _, name := range sortedServices(pr) {
		own := pr.Services[name].ContainerName
		if own != "" && seen[own] {
			return fmt.Errorf("services.%s: container name %q is already in use by service {}\"", name, own) // the words are Compose's
		}
		seen[own] = true
	}
	return nil
}

func newCreate(b *backend) *cobra.Command {
	o := &createOptions{}
	cmd := &cobra.Command{Use: "create [OPTIONS] [SERVICE...]", Short: "Creates containers for a service"}
	o.declare(cmd.Flags(), `Pull image before running ("always"|"missing"|"never"|"build")`)
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		o.note(cmd)
		return o.check()
	}
	cmd.RunE = func(_ *cobra.Command, services []string) error {
		pr, err := b.loadAll(services)
		if err != nil {
			return err
		}
		if err := o.apply(b, pr); err != nil {
			return err
		}
		return b.operation("create", func() error { return b.create(pr, o, services) })
	}
	return cmd
}

func newScale(b *backend) *cobra.Command {
	var noDeps bool
	cmd := &cobra.Command{Use: "scale [SERVICE=REPLICAS...]", Short: "Scale services ", Args: cobra.MinimumNArgs(1)}
	cmd.Flags().BoolVar(&noDeps, "no-deps", false, "Don't start linked services")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		var services []string
		counts := map[string]int{}
		for _, arg := range args {
			name, value, _ := strings.Cut(arg, "=")
			if name == "" || value == "" {
				return fmt.Errorf("invalid scale specifier: %s", arg)
			}
			n, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("invalid scale specifier: can't parse replica value as int: %v", arg)
			}
			services, counts[name] = append(services, name), n
		}
		pr, err := b.loadAll(services)
		if err != nil {
			return err
		}
		if noDeps {
			if pr, err = pr.WithSelectedServices(services, types.IgnoreDependencies); err != nil {
				return err
			}
		}
		for _, name := range services {
			if err := setScale(pr, name, counts[name]); err != nil {
				return err
			}
		}
		return b.operation("scale", func() error {
			if err := b.create(pr, &createOptions{noBuild: true}, services); err != nil {
				return err
			}
			return b.start(b.Proc, pr, startOptions{})
		})
	}
	return cmd
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }
