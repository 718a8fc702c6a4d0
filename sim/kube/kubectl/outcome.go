package kubectl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

func bufioReader(text []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(text)) }

// outcome is how a command that changes something reports it, and whether it only
// pretends.
type outcome struct {
	dryRun, output, template string
	print                    printing // what output and template ask for
	manager                  patch.Manager
}

func (o *outcome) bind(fs *pflag.FlagSet) {
	fs.StringVar(&o.dryRun, "dry-run", "none", `Must be "none", "server", or "client".`)
	fs.Lookup("dry-run").NoOptDefVal = "client"
	fs.StringVarP(&o.output, "output", "o", "", "Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).")
	if fs.Lookup("template") == nil {
		fs.StringVar(&o.template, "template", "", "Template string or path to template file to use when -o=go-template, -o=go-template-file.")
	}
}

// check looks at the flags before anything is sent.
func (o *outcome) check(f *factory) error {
	if err := o.dryRunKnown(); err != nil {
		return err
	}
	o.manager = managerOf(f.p.Args)
	var err error
	o.print, err = f.printing(o.output, o.template, changeFormats)
	return err
}

func (o *outcome) dryRunKnown() error {
	switch o.dryRun {
	case "none", "client", "server":
		return nil
	}
	return fmt.Errorf("invalid dry-run value (%s). Must be %q, %q, or %q", o.dryRun, "none", "server", "client")
}

func (o *outcome) dry() bool { return o.dryRun != "none" }

// say reports what was done to an object.
func (o *outcome) say(s *session, t target, obj store.Object, done string) error {
	suffix := map[string]string{"client": " (dry run)", "server": " (server dry run)"}[o.dryRun]
	switch o.print.format {
	case "name":
		s.p.Printf("%s\n", t)
	case "yaml", "json":
		return s.write(t, obj, o.print.format)
	case "":
		s.p.Printf("%s %s%s\n", t, done, suffix)
	default:
		t.object = obj
		value, err := t.generic()
		if err != nil {
			return err
		}
		return s.printValue(value, o.print)
	}
	return nil
}

// write prints an object whole.
func (s *session) write(t target, obj store.Object, format string) error {
	data, err := encode(t, obj)
	if err != nil {
		return err
	}
	if format == "json" {
		var b bytes.Buffer
		if err := json.Indent(&b, data, "", "    "); err != nil {
			return err
		}
		s.p.Printf("%s\n", b.String())
		return nil
	}
	text, err := yaml.JSONToYAML(data)
	if err != nil {
		return err
	}
	if s.printed++; s.printed > 1 {
		s.p.Printf("---\n")
	}
	s.p.Printf("%s", text)
	return nil
}

// encode is an object in JSON with its kind.
func encode(t target, obj store.Object) ([]byte, error) {
	k := t.collection.Type()
	c, ok := obj.DeepCopyObject().(store.Object)
	if !ok {
		return nil, errors.New("the object cannot be copied")
	}
	c.GetObjectKind().SetGroupVersionKind(k.WithKind(k.Kind))
	c.SetManagedFields(nil)
	return json.Marshal(c)
}

// editable is a deep copy of a target's object.
func (t target) editable() (store.Object, error) {
	c, ok := t.object.DeepCopyObject().(store.Object)
	if !ok {
		return nil, errors.New("the object cannot be copied")
	}
	return c, nil
}

// replaced stores a changed object unless the run only pretends.
func (o *outcome) replaced(t target, obj store.Object) (store.Object, error) {
	switch o.dryRun {
	case "client":
		return obj, nil
	case "server":
		return t.collection.TryUpdate(obj)
	}
	o.note(t, obj, t.object)
	return t.collection.UpdateObject(obj)
}

// unsent is an object that a generator made as a client's dry run prints it: without
// the namespace, which only the request would have named.
func (o *outcome) unsent(s *session, obj store.Object) store.Object {
	if o.dryRun == "client" && !s.explicit {
		obj.SetNamespace("")
	}
	return obj
}

// created makes a new object unless the run only pretends.
func (o *outcome) created(t target, obj store.Object) (store.Object, error) {
	if o.dryRun == "client" {
		return obj, nil
	}
	if o.dryRun == "server" {
		return t.collection.TryCreate(obj)
	}
	o.note(t, obj, nil)
	return t.collection.CreateObject(obj)
}

// plainError is printed as it is, without "error: ".
type plainError string

func (e plainError) Error() string { return string(e) }
