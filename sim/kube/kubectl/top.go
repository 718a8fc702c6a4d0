package kubectl

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"drydock/sim/kube/metrics"
)

// topOptions are the flags of kubectl top pod and top node.
type topOptions struct {
	selection
	sortBy                     string
	noHeaders, containers, sum bool
}

func (f *factory) top() *cobra.Command {
	cmd := &cobra.Command{Use: "top", Short: "Display resource (CPU/memory) usage", RunE: func(cmd *cobra.Command, _ []string) error {
		f.p.Printf("%s", helpText(f.dressed(cmd)))
		return exitStatus(1)
	}}
	var pods, nodes topOptions
	pod := &cobra.Command{Use: "pod", Aliases: []string{"pods", "po"}, Short: "Display resource (CPU/memory) usage of pods",
		RunE: func(_ *cobra.Command, args []string) error { return f.topPods(args, pods) }}
	node := &cobra.Command{Use: "node", Aliases: []string{"nodes", "no"}, Short: "Display resource (CPU/memory) usage of nodes",
		RunE: func(_ *cobra.Command, args []string) error { return f.topNodes(args, nodes) }}
	pods.bindSelectors(pod.Flags())
	pod.Flags().BoolVar(&pods.containers, "containers", false, "If present, print usage of containers within a pod.")
	pod.Flags().BoolVar(&pods.sum, "sum", false, "Print the sum of the resource usage")
	node.Flags().StringVarP(&nodes.labels, "selector", "l", "", "Selector (label query) to filter on")
	for c, o := range map[*cobra.Command]*topOptions{pod: &pods, node: &nodes} {
		c.Flags().StringVar(&o.sortBy, "sort-by", "", "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'.")
		c.Flags().BoolVar(&o.noHeaders, "no-headers", false, "If present, print output without headers")
	}
	cmd.AddCommand(node, pod)
	return cmd
}

// dressed is a command with its help page.
func (f *factory) dressed(cmd *cobra.Command) *cobra.Command {
	f.dress(cmd)
	return cmd
}

// measured connects to the cluster and its metrics server.
func (f *factory) measured(args []string, o topOptions) (*session, error) {
	switch {
	case o.sortBy != "" && o.sortBy != "cpu" && o.sortBy != "memory":
		return nil, errors.New("--sort-by accepts only cpu or memory")
	case len(args) > 0 && o.labels != "":
		return nil, errors.New("only one of NAME or --selector can be provided")
	}
	s, err := f.session()
	if err == nil && f.backend.Metrics == nil {
		err = errors.New("Metrics API not available") //nolint:staticcheck // kubectl's words
	}
	return s, err
}

// used is a line of top.
type used struct {
	cells []string
	metrics.Usage
}

func (o topOptions) order(list []used) {
	slices.SortStableFunc(list, func(a, b used) int {
		switch o.sortBy {
		case "cpu":
			return cmp.Compare(b.CPU, a.CPU)
		case "memory":
			return cmp.Compare(b.Memory, a.Memory)
		}
		return 0
	})
}

func (f *factory) topPods(args []string, o topOptions) error {
	s, err := f.measured(args, o)
	if err != nil {
		return err
	}
	found, missing, err := s.targets(append([]string{"pods"}, args...), o.selection)
	if err != nil {
		return err
	}
	var list []used
	for _, t := range found {
		pod, isPod := t.object.(*corev1.Pod)
		if !isPod {
			continue
		}
		containers, known := f.backend.Metrics.Pod(pod)
		if !known && len(args) > 0 {
			missing = append(missing, apierrors.NewNotFound(schema.GroupResource{Group: "metrics.k8s.io", Resource: "podmetrics"}, pod.Namespace+"/"+pod.Name))
		}
		list = append(list, o.lines(pod, containers)...)
	}
	o.order(list)
	switch {
	case len(missing) > 0:
		return errors.Join(missing...)
	case len(list) == 0 && len(found) > 0:
		return errors.New("metrics not available yet")
	case len(list) == 0 && o.allNamespaces:
		s.p.Errorf("No resources found\n")
		return nil
	case len(list) == 0:
		s.p.Errorf("No resources found in %s namespace.\n", s.namespace)
		return nil
	}
	s.p.Printf("%s", o.podTable(list))
	return nil
}

// lines are those of a pod: one, or one a container.
func (o topOptions) lines(pod *corev1.Pod, containers []metrics.Container) []used {
	var list []used
	total := used{cells: []string{pod.Name}}
	for _, c := range containers {
		total.CPU += c.CPU
		total.Memory += c.Memory
		list = append(list, used{[]string{pod.Name, c.Name}, c.Usage})
	}
	if !o.containers {
		list = []used{total}[:min(1, len(containers))]
	}
	if o.allNamespaces {
		for i := range list {
			list[i].cells = append([]string{pod.Namespace}, list[i].cells...)
		}
	}
	return list
}

func (o topOptions) podTable(list []used) string {
	head := []string{"NAME", "CPU(cores)", "MEMORY(bytes)"}
	if o.containers {
		head = append([]string{"POD"}, head...)
	}
	if o.allNamespaces {
		head = append([]string{"NAMESPACE"}, head...)
	}
	g := grid{}
	if !o.noHeaders {
		g.rows = append(g.rows, append(head, ""))
	}
	var total metrics.Usage
	for _, u := range list {
		g.rows = append(g.rows, append(slices.Clone(u.cells), millicores(u.CPU), mebibytes(u.Memory), ""))
		total.CPU += u.CPU
		total.Memory += u.Memory
	}
	if o.sum {
		blank := make([]string, len(head)-2)
		g.rows = append(g.rows, append(slices.Clone(blank), "________", "________", ""), append(blank, millicores(total.CPU), mebibytes(total.Memory), ""))
	}
	return g.text()
}

func millicores(n int64) string { return fmt.Sprintf("%dm", n) }

func mebibytes(n int64) string { return fmt.Sprintf("%dMi", n>>20) }

func (f *factory) topNodes(args []string, o topOptions) error {
	s, err := f.measured(args, o)
	if err != nil {
		return err
	}
	found, missing, err := s.targets(append([]string{"nodes"}, args...), o.selection)
	if err != nil || len(missing) > 0 {
		return errors.Join(append(missing, err)...)
	}
	var list []used
	for _, t := range found {
		node, isNode := t.object.(*corev1.Node)
		if !isNode {
			continue
		}
		row := used{cells: []string{node.Name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"}}
		if u, known := f.backend.Metrics.Node(node); known {
			share := func(n, of int64) string { return fmt.Sprintf("%d%%", 100*n/max(of, 1)) }
			row = used{[]string{node.Name, millicores(u.CPU), share(u.CPU, node.Status.Allocatable.Cpu().MilliValue()),
				mebibytes(u.Memory), share(u.Memory, node.Status.Allocatable.Memory().Value())}, u}
		}
		list = append(list, row)
	}
	if !slices.ContainsFunc(list, func(u used) bool { return u.CPU > 0 }) {
		return errors.New("metrics not available yet")
	}
	o.order(list)
	g := grid{}
	if !o.noHeaders {
		g.rows = append(g.rows, strings.Split("NAME|CPU(cores)|CPU(%)|MEMORY(bytes)|MEMORY(%)|", "|"))
	}
	for _, u := range list {
		g.rows = append(g.rows, append(u.cells, ""))
	}
	s.p.Printf("%s", g.text())
	return nil
}
