package compose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"
)

type upOptions struct {
	createOptions
	detach, noStart, noDeps, stopOnExit, stopOnFailure, noColour, noPrefix bool
	attachDeps, timestamps, wait, watch, menu                              bool
	exitCodeFrom                                                           string
	attach, noAttach                                                       []string
	waitTimeout                                                            int
}

func newUp(b *backend) *cobra.Command {
	o := &upOptions{}
	cmd := &cobra.Command{Use: "up [OPTIONS] [SERVICE...]", Short: "Create and start containers"}
	f := cmd.Flags()
	o.declare(f, `Pull image before running ("always"|"missing"|"never")`)
	f.BoolVarP(&o.detach, "detach", "d", false, "Detached mode: Run containers in the background")
	f.BoolVar(&o.noColour, "no-color", false, "Produce monochrome output")
	f.BoolVar(&o.noPrefix, "no-log-prefix", false, "Don't print prefix in logs")
	f.BoolVar(&o.noStart, "no-start", false, "Don't start the services after creating them")
	f.BoolVar(&o.stopOnExit, "abort-on-container-exit", false, "Stops all containers if any container was stopped. Incompatible with -d")
	f.BoolVar(&o.stopOnFailure, "abort-on-container-failure", false, "Stops all containers if any container exited with failure. Incompatible with -d")
	f.StringVar(&o.exitCodeFrom, "exit-code-from", "", "Return the exit code of the selected service container. Implies --abort-on-container-exit")
	f.IntVarP(&o.timeout, "timeout", "t", 0, "Use this timeout in seconds for container shutdown when attached or when containers are already running")
	f.BoolVar(&o.timestamps, "timestamps", false, "Show timestamps")
	f.BoolVar(&o.noDeps, "no-deps", false, "Don't start linked services")
	f.BoolVar(&o.recreateDeps, "always-recreate-deps", false, "Recreate dependent containers. Incompatible with --no-recreate.")
	f.BoolVarP(&o.fresh, "renew-anon-volumes", "V", false, "Recreate anonymous volumes instead of retrieving data from the previous containers")
	f.BoolVar(&o.quietBuild, "quiet-build", false, "Suppress the build output")
	f.StringArrayVar(&o.attach, "attach", nil, "Restrict attaching to the specified services. Incompatible with --attach-dependencies.")
	f.StringArrayVar(&o.noAttach, "no-attach", nil, "Do not attach (stream logs) to the specified services")
	f.BoolVar(&o.attachDeps, "attach-dependencies", false, "Automatically attach to log output of dependent services")
	f.BoolVar(&o.wait, "wait", false, "Wait for services to be running|healthy. Implies detached mode.")
	f.IntVar(&o.waitTimeout, "wait-timeout", 0, "Maximum duration in seconds to wait for the project to be running|healthy")
	f.BoolVarP(&o.watch, "watch", "w", false, "Watch source code and rebuild/refresh containers when files are updated.")
	f.BoolVar(&o.menu, "menu", false, "Enable interactive shortcuts when running attached. Incompatible with --detach. Can also be enable/disable by setting COMPOSE_MENU environment var.")
	absent(f, "watch", "menu")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		o.note(cmd)
		return o.check()
	}
	cmd.RunE = func(_ *cobra.Command, services []string) error { return b.up(o, services) }
	return cmd
}

// check refuses flags that do not go together.
func (o *upOptions) check() error {
	if o.exitCodeFrom != "" && !o.stopOnFailure {
		o.stopOnExit = true
	}
	switch attached := o.attachDeps || o.stopOnExit || o.stopOnFailure || len(o.attach) > 0; {
	case o.waitTimeout < 0:
		return errors.New("--wait-timeout must be a non-negative integer")
	case o.stopOnExit && o.stopOnFailure:
		return errors.New("--abort-on-container-failure cannot be combined with --abort-on-container-exit")
	case o.wait && (o.attachDeps || o.stopOnExit || len(o.attach) > 0):
		return errors.New("--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies")
	case o.detach && attached:
		return errors.New("--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch")
	case len(o.attach) > 0 && o.attachDeps:
		return errors.New("cannot combine --attach and --attach-dependencies")
	}
	o.detach = o.detach || o.wait
	return o.createOptions.check()
}

func (b *backend) up(o *upOptions, services []string) error {
	pr, err := b.loadAll(services)
	if err != nil {
		return err
	}
	if !b.all && len(pr.Services) == 0 {
		return errors.New("no service selected")
	}
	if err := o.apply(b, pr); err != nil {
		return err
	}
	if o.noDeps {
		if pr, err = pr.WithSelectedServices(services, types.IgnoreDependencies); err != nil {
			return err
		}
	}
	if o.exitCodeFrom != "" {
		if _, err := pr.GetService(o.exitCodeFrom); err != nil {
			return err
		}
	}
	if o.noStart {
		return b.operation("create", func() error { return b.create(pr, &o.createOptions, services) })
	}
	attached, err := o.attachTo(pr, services)
	if err != nil {
		return err
	}
	err = b.operation("up", func() error {
		if err := b.create(pr, &o.createOptions, services); err != nil || !o.detach {
			return err
		}
		return b.start(b.Proc, pr, startOptions{wait: o.wait, timeout: time.Duration(o.waitTimeout) * time.Second})
	})
	if err != nil || o.detach {
		return err
	}
	if b.dryRun {
		b.Printf("end of 'compose up' output, interactive run is not supported in dry-run mode\n")
		return nil
	}
	return b.foreground(pr, o, services, attached)
}

// attachTo are the services whose output is shown.
func (o *upOptions) attachTo(pr *types.Project, services []string) ([]string, error) {
	var list, wrong []string
	for _, name := range o.attach {
		if _, ok := pr.Services[name]; !ok {
			wrong = append(wrong, name)
		}
		list = append(list, name)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("cannot attach to services not included in up: %s", strings.Join(wrong, ", "))
	}
	if len(o.attach) == 0 {
		for _, name := range sortedServices(pr) {
			s := pr.Services[name]
			named := len(services) == 0 || o.attachDeps || slices.Contains(services, name)
			if named && (s.Attach == nil || *s.Attach) {
				list = append(list, name)
			}
		}
	}
	return slices.DeleteFunc(list, func(name string) bool { return slices.Contains(o.noAttach, name) }), nil
}
