package kubectl

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
)

// deletion are the flags of delete.
type deletion struct {
	selection
	out                     outcome
	cascade                 string
	grace                   int
	now, force, wait, quiet bool
	timeout                 time.Duration
}

func (f *factory) delete() *cobra.Command {
	var d deletion
	cmd := &cobra.Command{Use: "delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])", RunE: func(_ *cobra.Command, args []string) error {
		return f.runDelete(d, args)
	}}
	fs := cmd.Flags()
	d.bindFiles(fs)
	d.bindSelectors(fs)
	d.out.bind(fs)
	fs.BoolVar(&d.all, "all", false, "Delete all resources, in the namespace of the specified resource types.")
	fs.StringVar(&d.cascade, "cascade", "background", `Must be "background", "orphan", or "foreground".`)
	fs.IntVar(&d.grace, "grace-period", -1, "Period of time in seconds given to the resource to terminate gracefully.")
	fs.BoolVar(&d.now, "now", false, "If true, resources are signaled for immediate shutdown (same as --grace-period=1).")
	fs.BoolVar(&d.force, "force", false, "If true, immediately remove resources from API and bypass graceful deletion.")
	fs.BoolVar(&d.wait, "wait", true, "If true, wait for resources to be gone before returning.")
	fs.BoolVar(&d.quiet, "ignore-not-found", false, "Treat \"resource not found\" as a successful delete.")
	fs.DurationVar(&d.timeout, "timeout", 0, "The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object")
	return cmd
}

func (d *deletion) options() (api.DeleteOptions, error) {
	var o api.DeleteOptions
	switch d.cascade {
	case "background", "true":
		o.Propagation = metav1.DeletePropagationBackground
	case "foreground":
		o.Propagation = metav1.DeletePropagationForeground
	case "orphan", "false":
		o.Propagation = metav1.DeletePropagationOrphan
	default:
		return o, fmt.Errorf(`invalid cascade value (%s). Must be "background", "foreground", or "orphan"`, d.cascade)
	}
	switch {
	case d.now && d.grace != -1:
		return o, errors.New("--now and --grace-period cannot be specified together")
	case d.now:
		d.grace = 1
	case d.force && d.grace < 0:
		d.grace = 0
	case d.grace == 0 && !d.force:
		d.grace = 1
	case d.force && d.grace > 0:
		return o, errors.New("--force and --grace-period greater than 0 cannot be specified together")
	}
	if d.grace >= 0 {
		seconds := int64(d.grace)
		o.GraceSeconds = &seconds
	}
	if d.out.output != "" && d.out.output != "name" {
		return o, fmt.Errorf("unexpected -o output mode: %v. We only support '-o name'", d.out.output)
	}
	return o, d.out.dryRunKnown()
}

func (f *factory) runDelete(d deletion, args []string) error {
	o, err := d.options()
	if err != nil {
		return err
	}
	if len(args) == 0 && len(d.files) == 0 && d.kustomize == "" {
		return errors.New("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'") //nolint:staticcheck // kubectl's words
	}
	s, err := f.session()
	if err != nil {
		return err
	}
	found, problems, err := d.victims(s, args)
	if err != nil {
		return err
	}
	if d.force {
		s.p.Errorf("Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n")
	}
	var gone []target
	for _, t := range found {
		if !d.out.dry() {
			if _, err := t.collection.DeleteObject(t.namespace, t.name, o); err != nil {
				problems = append(problems, err)
				continue
			}
		}
		d.say(s, t)
		gone = append(gone, t)
	}
	if len(found)+len(problems) == 0 {
		s.p.Printf("No resources found\n")
	}
	if d.wait && !d.out.dry() && !(d.force && d.grace == 0) {
		if err := s.gone(gone, d.timeout); err != nil {
			return err
		}
	}
	return errors.Join(problems...)
}

// victims are the objects to delete.
func (d *deletion) victims(s *session, args []string) (found []target, problems []error, err error) {
	if len(d.files) > 0 || d.kustomize != "" {
		list, wrong, err := s.manifests(d.selection)
		if err != nil {
			return nil, nil, err
		}
		problems = wrong
		for _, m := range list {
			t, err := m.doomed()
			switch {
			case err == nil:
				found = append(found, t)
			case !d.quiet:
				problems = append(problems, doing("deleting", m.source, err))
			}
		}
		return found, problems, nil
	}
	r, err := s.parse(args)
	if err != nil {
		return nil, nil, err
	}
	if len(r.named) == 0 && d.labels == "" && d.fields == "" && !d.all {
		return nil, nil, errors.New("resource(s) were provided, but no name was specified")
	}
	if len(r.named) == 0 || d.labels+d.fields != "" || d.allNamespaces {
		return s.targets(args, d.selection)
	}
	for _, n := range r.named {
		t, err := n.doomed()
		switch {
		case err == nil:
			found = append(found, t)
		case !d.quiet || !isNotFound(err):
			problems = append(problems, err)
		}
	}
	return found, problems, nil
}

// doomed finds an object that is to be deleted: a deletion by name is one request,
// which nobody needs to read the object for.
func (t target) doomed() (target, error) {
	if err := t.may("delete", ""); err != nil {
		return t, err
	}
	c := t.collection
	if g, is := c.(api.Guarded); is {
		c = g.Collection
	}
	obj, found := c.GetObject(t.namespace, t.name)
	if !found {
		return t, notFound(t)
	}
	t.object = obj
	return t, nil
}

func (d *deletion) say(s *session, t target) {
	if d.out.output == "name" {
		s.p.Printf("%s\n", t)
		return
	}
	done := "deleted"
	if d.force && d.grace == 0 {
		done = "force deleted"
	}
	if t.namespace != "" {
		done += " from " + t.namespace + " namespace"
	}
	suffix := map[string]string{"client": " (dry run)", "server": " (server dry run)"}[d.out.dryRun]
	s.p.Printf("%s %q %s%s\n", qualified(t.collection.Type()), t.name, done, suffix)
}

// gone waits until each object is gone, or another has its name.
func (s *session) gone(list []target, timeout time.Duration) error {
	deadline := s.p.Now().Add(timeout)
	for _, t := range list {
		left := time.Duration(0)
		if timeout > 0 {
			left = max(deadline.Sub(s.p.Now()), 1)
		}
		ok := s.until([]target{t}, left, func() bool {
			obj, found := t.collection.GetObject(t.namespace, t.name)
			return !found || obj.GetUID() != t.object.GetUID()
		})
		if !ok {
			return fmt.Errorf("timed out waiting for the condition on %s/%s", t.collection.Type().Resource, t.name)
		}
	}
	return nil
}
