package kubectl

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

// property is a place in a kubeconfig file as config set names it, such as
// "contexts.dev.namespace". A name may have dots of its own; a field has none.
type property struct{ list, name, field string }

func readProperty(path string) (property, error) {
	if path == "current-context" {
		return property{list: path}, nil
	}
	list, rest, _ := strings.Cut(path, ".")
	switch list {
	case "clusters", "contexts", "users":
		name, field := rest, ""
		if dot := strings.LastIndex(rest, "."); dot >= 0 {
			name, field = rest[:dot], rest[dot+1:]
		}
		if _, known := fieldsOfEntry(list)[field]; !known && field != "" {
			name, field = rest, ""
		}
		return property{list, name, field}, nil
	}
	return property{}, fmt.Errorf("unable to parse %v after %v at %v", path, []string{}, "api.Config")
}

// fieldsOfEntry are the fields that an entry of a list can have, by their names in the
// file.
func fieldsOfEntry(list string) map[string]reflect.Kind {
	t := map[string]reflect.Type{
		"clusters": reflect.TypeFor[clientcmd.Cluster](), "contexts": reflect.TypeFor[clientcmd.Context](), "users": reflect.TypeFor[clientcmd.AuthInfo](),
	}[list]
	fields := map[string]reflect.Kind{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		fields[name] = t.Field(i).Type.Kind()
	}
	return fields
}

// value is a field's value as the file has it.
func (p property) value(text string, raw bool) (any, error) {
	switch fieldsOfEntry(p.list)[p.field] {
	case reflect.String:
		return text, nil
	case reflect.Bool:
		on, err := strconv.ParseBool(text)
		return on, err
	case reflect.Slice:
		if !strings.HasSuffix(p.field, "-data") {
			return strings.Split(text, ","), nil
		}
		if raw {
			return base64.StdEncoding.EncodeToString([]byte(text)), nil
		}
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			return nil, fmt.Errorf("error decoding base64: %w", err)
		}
		return text, nil
	}
	return nil, fmt.Errorf("unable to parse %v after %v at %v", p.field, []string{p.list, p.name}, "api."+p.list)
}

func (f *factory) configSet() *cobra.Command {
	raw := false
	cmd := &cobra.Command{Use: "set", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return unexpected(cmd, args)
		}
		p, err := readProperty(args[0])
		if err != nil {
			return err
		}
		if p.list == "current-context" {
			err = f.changeConfig(hasCurrent, func(c *clientcmd.Config) { c.CurrentContext = args[1] })
		} else {
			var v any
			if v, err = p.value(args[1], raw); err == nil {
				err = f.changeProperty(p, func(fields map[string]any) { fields[p.field] = v })
			}
		}
		if err == nil {
			f.p.Printf("Property %q set.\n", args[0])
		}
		return err
	}}
	cmd.Flags().BoolVar(&raw, "set-raw-bytes", false, "When writing a []byte PROPERTY_VALUE, write the given string directly without base64 decoding.")
	return cmd
}

func (f *factory) configUnset() *cobra.Command {
	return &cobra.Command{Use: "unset", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return unexpected(cmd, args)
		}
		p, err := readProperty(args[0])
		if err != nil {
			return err
		}
		switch {
		case p.list == "current-context":
			err = f.changeConfig(hasCurrent, func(c *clientcmd.Config) { c.CurrentContext = "" })
		case p.field == "":
			err = f.unsetEntry(p)
		default:
			err = f.changeProperty(p, func(fields map[string]any) { delete(fields, p.field) })
		}
		if err == nil {
			f.p.Printf("Property %q unset.\n", args[0])
		}
		return err
	}}
}

// changeProperty changes the fields of one entry; one that is not there is made.
func (f *factory) changeProperty(p property, do func(map[string]any)) error {
	var problem error
	err := f.changeConfig(p.exists, func(c *clientcmd.Config) {
		switch p.list {
		case "clusters":
			problem = edited(&c.Clusters, p.name, clusterName, func(n *clientcmd.NamedCluster) any { n.Name = p.name; return &n.Cluster }, do)
		case "contexts":
			problem = edited(&c.Contexts, p.name, contextName, func(n *clientcmd.NamedContext) any { n.Name = p.name; return &n.Context }, do)
		default:
			problem = edited(&c.AuthInfos, p.name, userName, func(n *clientcmd.NamedAuthInfo) any { n.Name = p.name; return &n.AuthInfo }, do)
		}
	})
	return errors.Join(err, problem)
}

// edited changes an entry of a list through its fields' names.
func edited[T any](list *[]T, want string, name func(T) string, inside func(*T) any, do func(map[string]any)) error {
	at := namedAt(*list, want, name)
	var n T
	if at >= 0 {
		n = (*list)[at]
	}
	data, err := json.Marshal(inside(&n))
	if err != nil {
		return err
	}
	fields := map[string]any{}
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	do(fields)
	if data, err = json.Marshal(fields); err != nil {
		return err
	}
	var fresh T
	if err := json.Unmarshal(data, inside(&fresh)); err != nil {
		return err
	}
	if at < 0 {
		*list = append(*list, fresh)
	} else {
		(*list)[at] = fresh
	}
	return nil
}

func (p property) exists(c *clientcmd.Config) bool {
	switch p.list {
	case "clusters":
		return namedAt(c.Clusters, p.name, clusterName) >= 0
	case "contexts":
		return namedAt(c.Contexts, p.name, contextName) >= 0
	}
	return namedAt(c.AuthInfos, p.name, userName) >= 0
}

// unsetEntry takes a whole entry away.
func (f *factory) unsetEntry(p property) error {
	c, err := f.readConfig()
	if err != nil {
		return err
	}
	if !p.exists(&c) {
		return fmt.Errorf("current map key `%v` is invalid", p.name)
	}
	return f.changeConfig(p.exists, func(c *clientcmd.Config) {
		switch p.list {
		case "clusters":
			dropped(&c.Clusters, p.name, clusterName)
		case "contexts":
			dropped(&c.Contexts, p.name, contextName)
		default:
			dropped(&c.AuthInfos, p.name, userName)
		}
	})
}
