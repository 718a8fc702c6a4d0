package kubectl

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/api"
)

// getOptions are the flags of kubectl get.
type getOptions struct {
	selection
	output, sortBy, raw           string
	template, subresource         string
	plain                         bool // tables of kubectl itself, which knows no columns
	columns                       []string
	showLabels, noHeaders         bool
	ignoreMissing, watch          bool
	watchOnly, watchEvents, types bool
}

func (f *factory) get() *cobra.Command {
	var o getOptions
	cmd := &cobra.Command{
		Use: "get", Short: "Display one or many resources",
		RunE: func(cmd *cobra.Command, args []string) error {
			served, _ := cmd.Flags().GetBool("server-print")
			o.plain = !served
			return f.runGet(args, &o)
		},
	}
	fs := cmd.Flags()
	o.bindFiles(fs)
	o.bindSelectors(fs)
	fs.StringVarP(&o.output, "output", "o", "", "Output format.")
	fs.StringVar(&o.template, "template", "", "Template string or path to template file to use when -o=go-template, -o=go-template-file.")
	fs.StringVar(&o.subresource, "subresource", "", "If specified, gets the subresource of the requested object.")
	fs.StringVar(&o.sortBy, "sort-by", "", "If non-empty, sort list types using this field specification.")
	fs.StringVar(&o.raw, "raw", "", "Raw URI to request from the server.")
	fs.StringSliceVarP(&o.columns, "label-columns", "L", nil, "Accepts a comma separated list of labels that are going to be presented as columns.")
	fs.BoolVar(&o.showLabels, "show-labels", false, "When printing, show all labels as the last column")
	fs.BoolVar(&o.noHeaders, "no-headers", false, "When using the default or custom-column output format, don't print headers.")
	fs.BoolVar(&o.ignoreMissing, "ignore-not-found", false, "If set to true, suppresses NotFound error for specific objects that do not exist.")
	fs.BoolVarP(&o.watch, "watch", "w", false, "After listing/getting the requested object, watch for changes.")
	fs.BoolVar(&o.watchOnly, "watch-only", false, "Watch for changes to the requested object(s), without listing/getting first.")
	fs.BoolVar(&o.watchEvents, "output-watch-events", false, "Output watch event objects when --watch or --watch-only is used.")
	fs.BoolVar(&o.types, "show-kind", false, "If present, list the resource type for the requested object(s).")
	fs.Bool("server-print", true, "If true, have the server return the appropriate table output.")
	fs.Int64("chunk-size", 500, "Return large lists in chunks rather than all at once.")
	return cmd
}

func (f *factory) runGet(args []string, o *getOptions) error {
	if o.watchEvents && !o.watch && !o.watchOnly {
		return errors.New("--output-watch-events option can only be used with --watch or --watch-only")
	}
	p, err := f.printing(o.output, o.template, formats)
	if err != nil {
		return err
	}
	if len(args) == 0 && len(o.files) == 0 && o.raw == "" {
		f.p.Errorf("You must specify the type of resource to get. Use \"kubectl api-resources\" for a complete list of supported resources.\n\n")
		return helpError("kubectl get", "Required resource not specified.\nUse \"kubectl explain <resource>\" for a detailed description of that resource (e.g. kubectl explain pods).")
	}
	s, err := f.session()
	if err != nil {
		return f.listing(unwell(err, o.raw), args)
	}
	if o.raw != "" {
		return s.raw(o.raw)
	}
	found, missing, err := s.wanted(args, o)
	if err != nil {
		return err
	}
	if o.subresource != "" {
		if found, err = subresources(found, o.subresource); err != nil {
			return err
		}
	}
	o.types = o.types || severalTypes(args)
	if err := s.order(found, o.sortBy); err != nil {
		return err
	}
	if o.watch || o.watchOnly {
		return s.watch(args, found, o)
	}
	if err := s.print(found, single(args, o), o, p); err != nil {
		return err
	}
	if o.ignoreMissing {
		missing = slices.DeleteFunc(missing, apierrors.IsNotFound)
	}
	if len(found) == 0 && len(missing) == 0 && !o.ignoreMissing && p.table() {
		s.nothing(args, o)
	}
	return errors.Join(missing...)
}

// wanted are the objects of the arguments or the files.
func (s *session) wanted(args []string, o *getOptions) (found []target, missing []error, err error) {
	if len(o.files) == 0 && o.kustomize == "" {
		return s.targets(args, o.selection)
	}
	list, missing, err := s.manifests(o.selection)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range list {
		t, err := m.lookup()
		if err != nil {
			missing = append(missing, err)
			continue
		}
		found = append(found, t)
	}
	return found, missing, nil
}

// single says that one object by name was asked for, which prints without a list.
func single(args []string, o *getOptions) bool {
	return len(o.files) == 0 && (len(args) == 1 && strings.Contains(args[0], "/") ||
		len(args) == 2 && !strings.ContainsAny(args[0]+args[1], ",/"))
}

func (s *session) nothing(args []string, o *getOptions) {
	r, err := s.parse(args)
	if err == nil && !o.allNamespaces && slices.ContainsFunc(r.kinds, func(c api.Collection) bool { return c.Type().Namespaced }) {
		s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
		return
	}
	s.p.Errorf("No resources found\n")
}

// severalTypes says that the arguments ask for all, or name objects of more kinds than
// one, whatever is there of them (cli-runtime's MultipleTypesRequested).
func severalTypes(args []string) bool {
	seen := ""
	for i, a := range args {
		kind, _, slash := strings.Cut(a, "/")
		if i == 0 && kind == "all" || slash && seen != "" && seen != kind {
			return true
		}
		if slash {
			seen = kind
		}
	}
	return false
}
