package compose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"

	"drydock/sim/compose/project"
)

type configOptions struct {
	format, output, hash                                                         string
	quiet, services, volumes, networks, models, profiles, images                 bool
	variables, environment                                                       bool
	noInterpolate, noNormalize, noPaths, noConsistency, noEnv, digests, lockOnly bool
}

func newConfig(b *backend) *cobra.Command {
	o := &configOptions{}
	cmd := &cobra.Command{
		Use: "config [OPTIONS] [SERVICE...]", Short: "Parse, resolve and render compose file in canonical format", Annotations: offline(),
		RunE: func(_ *cobra.Command, services []string) error { return b.config(o, services) },
	}
	f := cmd.Flags()
	f.BoolVar(&o.environment, "environment", false, "Print environment used for interpolation.")
	f.StringVar(&o.format, "format", "", "Format the output. Values: [yaml | json]")
	f.StringVar(&o.hash, "hash", "", "Print the service config hash, one per line.")
	f.BoolVar(&o.images, "images", false, "Print the image names, one per line.")
	f.BoolVar(&o.lockOnly, "lock-image-digests", false, "Produces an override file with image digests")
	f.BoolVar(&o.models, "models", false, "Print the model names, one per line.")
	f.BoolVar(&o.networks, "networks", false, "Print the network names, one per line.")
	f.BoolVar(&o.noConsistency, "no-consistency", false, "Don't check model consistency - warning: may produce invalid Compose output")
	f.BoolVar(&o.noEnv, "no-env-resolution", false, "Don't resolve service env files")
	f.BoolVar(&o.noInterpolate, "no-interpolate", false, "Don't interpolate environment variables")
	f.BoolVar(&o.noNormalize, "no-normalize", false, "Don't normalize compose model")
	f.BoolVar(&o.noPaths, "no-path-resolution", false, "Don't resolve file paths")
	f.StringVarP(&o.output, "output", "o", "", "Save to file (default to stdout)")
	f.BoolVar(&o.profiles, "profiles", false, "Print the profile names, one per line.")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "Only validate the configuration, don't print anything")
	f.BoolVar(&o.digests, "resolve-image-digests", false, "Pin image tags to digests")
	f.BoolVar(&o.services, "services", false, "Print the service names, one per line.")
	f.BoolVar(&o.variables, "variables", false, "Print model variables and default values.")
	f.BoolVar(&o.volumes, "volumes", false, "Print the volume names, one per line.")
	absent(f, "lock-image-digests", "models", "resolve-image-digests")
	return cmd
}

// relaxed leaves out what the flags say.
func (o *configOptions) relaxed(p *project.Options) {
	p.NoInterpolate, p.NoNormalize, p.NoResolvePaths, p.NoConsistency = o.noInterpolate, o.noNormalize, o.noPaths, o.noConsistency
}

func (b *backend) config(o *configOptions, services []string) error {
	switch {
	case o.variables:
		return b.configVariables(o)
	case o.services || o.volumes || o.networks || o.profiles || o.images || o.hash != "" || o.environment:
		return b.configNames(o, services)
	}
	text, err := b.configText(o, services)
	switch {
	case err != nil || o.quiet:
		return err
	case o.output != "":
		return b.WriteFile(o.output, text)
	}
	b.Printf("%s", text)
	return nil
}

// configText is the project as one canonical file.
func (b *backend) configText(o *configOptions, services []string) ([]byte, error) {
	if o.format != "" && o.format != "yaml" && o.format != "json" {
		return nil, fmt.Errorf("unsupported format %q", o.format)
	}
	if o.noInterpolate {
		return b.modelText(o, services)
	}
	pr, err := b.load(services, o.relaxed)
	if err != nil {
		return nil, err
	}
	if !o.noEnv {
		if err := project.ResolveEnvironment(b.Process, pr); err != nil {
			return nil, err
		}
	}
	if err := checkNames(pr); err != nil && !o.noConsistency {
		return nil, err
	}
	var text []byte
	if o.format == "json" {
		if text, err = pr.MarshalJSON(); err == nil {
			text, err = sortServicesJSON(text)
		}
	} else {
		text, err = pr.MarshalYAML()
		text = sortServices(text)
	}
	return bytes.ReplaceAll(text, []byte("$"), []byte("$$")), err
}

// modelText is the file with its variables left alone.
func (b *backend) modelText(o *configOptions, services []string) ([]byte, error) {
	if len(services) > 0 {
		b.warn("service filtering is not applied when --no-interpolate is set, the full model will be rendered")
	}
	p := b.projectOptions(nil)
	o.relaxed(&p)
	model, err := project.Model(b.Process, p)
	if err != nil {
		return nil, err
	}
	if o.format == "json" {
		return json.MarshalIndent(model, "", "  ")
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err = encoder.Encode(model)
	return out.Bytes(), err
}

// configNames prints one name a line of what the flags ask for.
func (b *backend) configNames(o *configOptions, services []string) error {
	selected := services
	if o.services || o.volumes || o.networks || o.hash != "" {
		selected = nil
	}
	pr, err := b.load(selected, o.relaxed)
	if err != nil {
		return err
	}
	var names []string
	switch {
	case o.services:
		names = sortedServices(pr)
	case o.volumes:
		names = sortedKeys(pr.Volumes)
	case o.networks:
		names = sortedKeys(pr.Networks)
	case o.hash != "":
		return b.configHash(pr, o.hash)
	case o.profiles:
		for _, s := range pr.AllServices() {
			names = append(names, s.Profiles...)
		}
		slices.Sort(names)
		names = slices.Compact(names)
	case o.images:
		for _, name := range sortedServices(pr) {
			names = append(names, b.imageName(pr.Services[name], pr.Name))
		}
	case o.environment:
		for _, name := range sortedKeys(pr.Environment) {
			names = append(names, name+"="+pr.Environment[name])
		}
	}
	for _, name := range names {
		b.Printf("%s\n", name)
	}
	return nil
}

func (b *backend) configHash(pr *types.Project, which string) error {
	if which != "*" {
		var err error
		if pr, err = pr.WithSelectedServices(strings.Split(which, ","), types.IgnoreDependencies); err != nil {
			return err
		}
	}
	if err := project.ResolveEnvironment(b.Process, pr); err != nil {
		return err
	}
	for _, name := range sortedServices(pr) {
		b.Printf("%s %s\n", name, serviceHash(pr.Services[name]))
	}
	return nil
}

// configVariables lists the variables that the files use.
func (b *backend) configVariables(o *configOptions) error {
	p := b.projectOptions(nil)
	p.NoInterpolate, p.NoValidation = true, true
	model, err := project.Model(b.Process, p)
	if err != nil {
		return err
	}
	found := template.ExtractVariables(model, template.DefaultPattern)
	switch o.format {
	case "json":
		return b.printJSON(found)
	case "yaml":
		text, err := yaml.Marshal(found)
		b.Printf("%s", text)
		return err
	}
	var rows [][]string
	for _, name := range sortedKeys(found) {
		v := found[name]
		rows = append(rows, []string{v.Name, fmt.Sprint(v.Required), v.DefaultValue, v.PresenceValue})
	}
	return table(b.Stdout, []string{"NAME", "REQUIRED", "DEFAULT VALUE", "ALTERNATE VALUE"}, rows)
}
