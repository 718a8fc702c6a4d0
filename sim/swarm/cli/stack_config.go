package cli

import (
	"errors"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"drydock/sim/compose/project"
	"drydock/sim/docker/cli"
)

func newStackConfig(c *client) *cobra.Command {
	var files []string
	var plain bool
	cmd := &cobra.Command{Use: "config [OPTIONS]", Short: "Outputs the final config file, after doing merges and interpolations", Args: cli.NoArgs, Annotations: cli.Offline()}
	f := cmd.Flags()
	f.StringSliceVarP(&files, "compose-file", "c", nil, `Path to a Compose file, or "-" to read from stdin`)
	f.BoolVar(&plain, "skip-interpolation", false, "Skip interpolation and output only merged config")
	cmd.RunE = func(*cobra.Command, []string) error {
		if len(files) == 0 {
			return errors.New("Specify a Compose file (with --compose-file)")
		}
		model, err := project.Model(c.Process, project.Options{Files: files, Name: "stack", NoNormalize: true, NoInterpolate: plain, All: true})
		if err != nil {
			return err
		}
		delete(model, "name")
		model["version"] = "3.13"
		enc := yaml.NewEncoder(c.Stdout)
		enc.SetIndent(2)
		return enc.Encode(ordered(model, []string{"version", "services", "networks", "volumes", "secrets", "configs"}))
	}
	return cmd
}

// ordered is a tree as YAML with the keys of each mapping in the order that docker
// has them: those that are named first, the others by name.
func ordered(v any, first []string) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, k := range orderKeys(v, first) {
			if sub, ok := v[k].(map[string]any); ok && len(sub) == 0 && k == "volume" {
				continue // what the loader adds to a mount
			}
			key, child := &yaml.Node{Kind: yaml.ScalarNode, Value: k}, v[k]
			if k == "published" {
				if text, ok := child.(string); ok {
					if i, err := strconv.Atoi(text); err == nil {
						child = i
					}
				}
			}
			value := ordered(child, []string{"mode", "type", "source", "target", "published", "protocol", "read_only", "replicas", "parallelism", "delay"})
			if child == nil {
				value = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
			}
			if k == "version" {
				value.Style = yaml.DoubleQuotedStyle
			}
			n.Content = append(n.Content, key, value)
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, item := range v {
			n.Content = append(n.Content, ordered(item, []string{"mode", "type", "source", "target", "published", "protocol"}))
		}
		return n
	}
	n := &yaml.Node{}
	_ = n.Encode(v) // scalars always can be
	return n
}

func orderKeys(m map[string]any, first []string) []string {
	var out []string
	for _, k := range first {
		if _, ok := m[k]; ok {
			out = append(out, k)
		}
	}
	for _, k := range keys(m) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}
