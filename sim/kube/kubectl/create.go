package kubectl

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/generate"
	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

func notFound(t target) error {
	return apierrors.NewNotFound(t.collection.Type().GroupResource(), t.name)
}

// creation is one `kubectl create KIND`.
type creation struct {
	kind    string
	aliases []string
	failed  string // before the server's message; "" leaves it as it is
	need    []string
	// flags binds the kind's own; make builds the object when they are read.
	flags func(*pflag.FlagSet) (build func(s *session, name string, command []string) (store.Object, error))
}

func (f *factory) create() *cobra.Command {
	var o selection
	var out outcome
	var save bool
	var validate func() (string, error)
	cmd := &cobra.Command{Use: "create -f FILENAME", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("Unexpected args: %v\nSee 'kubectl create -h' for help and examples", args) //nolint:staticcheck // kubectl's words
		}
		return f.createFiles(o, out, save, validate)
	}}
	validate = validating(cmd.Flags())
	o.bindFiles(cmd.Flags())
	out.bind(cmd.Flags())
	cmd.Flags().BoolVar(&save, "save-config", false, "If true, the configuration of current object will be saved in its annotation.")
	service := &cobra.Command{Use: "service", Aliases: []string{"svc"}, Short: "Create a service using a specified subcommand"}
	for _, c := range serviceCreations() {
		service.AddCommand(f.createKind(c, "kubectl create service"))
	}
	secret := &cobra.Command{Use: "secret", Short: "Create a secret using a specified subcommand"}
	for _, c := range secretCreations() {
		secret.AddCommand(f.createKind(c, "kubectl create secret"))
	}
	cmd.AddCommand(service, secret, f.createToken())
	for _, c := range append(workloadCreations(), policyCreations()...) {
		cmd.AddCommand(f.createKind(c, "kubectl create"))
	}
	return cmd
}

func (f *factory) createFiles(o selection, out outcome, save bool, validate func() (string, error)) error {
	if err := out.check(f); err != nil {
		return err
	}
	if len(o.files) == 0 && o.kustomize == "" {
		return errors.New("must specify one of -f and -k")
	}
	s, err := f.session()
	if err != nil {
		return err
	}
	if s.validation, err = validate(); err != nil {
		return err
	}
	list, problems, err := s.manifests(o)
	if err != nil {
		return err
	}
	if len(list)+len(problems) == 0 {
		return errors.New("no objects passed to create")
	}
	for _, m := range list {
		if m.refused != nil && out.dryRun != "client" {
			problems = append(problems, doing("creating", m.source, m.refused))
			continue
		}
		if save {
			if _, value, err := patch.Annotated(m.data); err == nil {
				annotate(m.object, patch.LastApplied, value)
			}
		}
		obj, err := out.created(m.target, m.object)
		if err != nil {
			problems = append(problems, doing("creating", m.source, err))
			continue
		}
		m.name = obj.GetName()
		if err := out.say(s, m.target, obj, "created"); err != nil {
			return err
		}
	}
	return errors.Join(problems...)
}

func annotate(obj metav1.Object, key, value string) {
	all := map[string]string{}
	for k, v := range obj.GetAnnotations() {
		all[k] = v
	}
	all[key] = value
	obj.SetAnnotations(all)
}

func (f *factory) createKind(c creation, path string) *cobra.Command {
	var out outcome
	cmd := &cobra.Command{Use: c.kind + " NAME", Aliases: c.aliases}
	build := c.flags(cmd.Flags())
	out.bind(cmd.Flags())
	for _, n := range c.need {
		_ = cmd.MarkFlagRequired(n)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		names, command := args, []string(nil)
		if at := cmd.ArgsLenAtDash(); at >= 0 {
			names, command = args[:at], args[at:]
		}
		if len(names) != 1 {
			return helpError(path+" "+c.kind, fmt.Sprintf("exactly one NAME is required, got %d", len(names)))
		}
		if err := out.check(f); err != nil {
			return err
		}
		return f.createBuilt(c, out, names[0], command, build)
	}
	return cmd
}

func (f *factory) createBuilt(c creation, out outcome, name string, command []string, build func(*session, string, []string) (store.Object, error)) error {
	s, unreachable := f.direct()
	if s == nil {
		return unreachable
	}
	obj, err := build(s, name, command)
	if err != nil {
		return err
	}
	gvk := obj.GetObjectKind().GroupVersionKind()
	if unreachable != nil {
		s.server = f.backend.Server // kubectl knows the kinds that it builds
	}
	t := s.target(s.server.Of(gvk.GroupVersion().String(), gvk.Kind), name)
	if unreachable != nil && out.dryRun != "client" {
		return posting(unreachable, c.failed, t)
	}
	obj.SetNamespace(t.namespace)
	made, err := out.created(t, obj)
	switch {
	case err != nil && c.failed != "":
		return fmt.Errorf("%s: %w", c.failed, err)
	case err != nil:
		return err
	}
	return out.say(s, t, out.unsent(s, made), "created")
}

// files gives generate the process's files.
func (s *session) files() generate.Files {
	return generate.Files{Read: s.p.ReadFile, List: func(name string) ([]string, bool) {
		entries, err := s.p.FS.ReadDir(s.p.Abs(name))
		if err != nil {
			return nil, false
		}
		var names []string
		for _, e := range entries {
			if !e.Node.IsDir() {
				names = append(names, e.Name)
			}
		}
		return names, true
	}}
}
