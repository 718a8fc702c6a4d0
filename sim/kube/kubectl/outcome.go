package kubectl

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/store"
)

func bufioReader(text []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(text)) }

// outcome is how a command that changes something reports it, and whether it only
// pretends.
type outcome struct{ dryRun, output string }

func (o *outcome) bind(fs *pflag.FlagSet) {
	fs.StringVar(&o.dryRun, "dry-run", "none", `Must be "none", "server", or "client".`)
	fs.Lookup("dry-run").NoOptDefVal = "client"
	fs.StringVarP(&o.output, "output", "o", "", "Output format. One of: (json, yaml, name).")
}

func (o *outcome) check() error {
	switch o.dryRun {
	case "none", "client", "server":
	default:
		return fmt.Errorf("invalid dry-run value (%s). Must be %q, %q, or %q", o.dryRun, "none", "server", "client")
	}
	switch o.output {
	case "", "name", "yaml", "json":
		return nil
	}
	return fmt.Errorf("unable to match a printer suitable for the output format %q, allowed formats are: json,name,yaml", o.output)
}

func (o *outcome) dry() bool { return o.dryRun != "none" }

// say reports what was done to an object.
func (o *outcome) say(s *session, t target, obj store.Object, done string) error {
	suffix := map[string]string{"client": " (dry run)", "server": " (server dry run)"}[o.dryRun]
	switch o.output {
	case "name":
		s.p.Printf("%s\n", t)
	case "yaml", "json":
		return s.write(t, obj, o.output)
	default:
		s.p.Printf("%s %s%s\n", t, done, suffix)
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
	return t.collection.UpdateObject(obj)
}

// created makes a new object unless the run only pretends.
func (o *outcome) created(t target, obj store.Object) (store.Object, error) {
	if o.dryRun == "client" {
		return obj, nil
	}
	if o.dryRun == "server" {
		return t.collection.TryCreate(obj)
	}
	return t.collection.CreateObject(obj)
}

// plainError is printed as it is, without "error: ".
type plainError string

func (e plainError) Error() string { return string(e) }
