package kubectl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// resourceOptions are the flags of kubectl api-resources.
type resourceOptions struct {
	output, sortBy, group   string
	verbs, categories       []string
	namespaced, noHeaders   bool
	byScope, byGroup, cache bool
}

// apiResources is kubectl api-resources.
func (f *factory) apiResources() *cobra.Command {
	var o resourceOptions
	cmd := &cobra.Command{Use: "api-resources", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return helpError(cmd.CommandPath(), fmt.Sprintf("unexpected arguments: %v", args))
		}
		if !slices.Contains([]string{"", "wide", "name"}, o.output) {
			return fmt.Errorf("--output %v is not available", o.output)
		}
		if !slices.Contains([]string{"", "name", "kind"}, o.sortBy) {
			return fmt.Errorf("--sort-by accepts only name or kind")
		}
		o.byScope, o.byGroup = cmd.Flags().Changed("namespaced"), cmd.Flags().Changed("api-group")
		s, err := f.session()
		if err != nil {
			return err
		}
		f.showResources(slices.DeleteFunc(resources(s.server), func(r apiResource) bool { return !o.wants(r) }), o)
		return nil
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.output, "output", "o", "", "Output format. One of: (wide, name).")
	fs.StringVar(&o.sortBy, "sort-by", "", "If non-empty, sort list of resources using specified field.")
	fs.StringVar(&o.group, "api-group", "", "Limit to resources in the specified API group.")
	fs.StringSliceVar(&o.verbs, "verbs", nil, "Limit to resources that support the specified verbs.")
	fs.StringSliceVar(&o.categories, "categories", nil, "Limit to resources that belong to the specified categories.")
	fs.BoolVar(&o.namespaced, "namespaced", true, "If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.")
	fs.BoolVar(&o.noHeaders, "no-headers", false, "When using the default or custom-column output format, don't print headers (default print headers).")
	fs.BoolVar(&o.cache, "cached", false, "Use the cached list of resources if available.")
	return cmd
}

func (o resourceOptions) wants(r apiResource) bool {
	lacks := func(have []string) func(string) bool {
		return func(want string) bool { return !slices.Contains(have, want) }
	}
	return (!o.byScope || r.namespaced == o.namespaced) && (!o.byGroup || r.group == o.group) &&
		!slices.ContainsFunc(o.verbs, lacks(r.verbs)) && !slices.ContainsFunc(o.categories, lacks(r.categories))
}

func (f *factory) showResources(list []apiResource, o resourceOptions) {
	switch o.sortBy {
	case "name":
		slices.SortStableFunc(list, func(a, b apiResource) int { return strings.Compare(a.resource, b.resource) })
	case "kind":
		slices.SortStableFunc(list, func(a, b apiResource) int { return strings.Compare(a.kind, b.kind) })
	}
	g := grid{}
	if !o.noHeaders {
		g.rows = append(g.rows, []string{"NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"})
		if o.output == "wide" {
			g.rows[0] = append(g.rows[0], "VERBS", "CATEGORIES")
		}
	}
	for _, r := range list {
		if o.output == "name" {
			f.p.Printf("%s\n", r.fullName())
			continue
		}
		row := []string{r.resource, strings.Join(r.short, ","), r.groupVersion(), strconv.FormatBool(r.namespaced), r.kind}
		if o.output == "wide" {
			row = append(row, strings.Join(r.verbs, ","), strings.Join(r.categories, ","))
		}
		g.rows = append(g.rows, row)
	}
	if o.output != "name" {
		f.p.Printf("%s", g.text())
	}
}
