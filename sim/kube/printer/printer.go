// Package printer makes the tables of kubectl get, one row an object, as the API
// server of Kubernetes v1.37 prints them (pkg/printers/internalversion).
package printer

import (
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"drydock/sim/kube/store"
)

// Row is an object's line of a table: its cells and those of -o wide.
type Row struct{ Cells, Wide []string }

// Columns are the headers of a table and those that -o wide adds.
type Columns struct {
	Names, Wide []string
	// WideFirst says that the whole table is another with -o wide, as for events.
	WideFirst bool
}

// ColumnsOf gives the columns of a kind. Kinds without a printer of their own have
// name and age.
func ColumnsOf(kind string) Columns {
	if c, ok := workloadColumns()[kind]; ok {
		return c
	}
	if c, ok := coreColumns()[kind]; ok {
		return c
	}
	if c, ok := networkColumns()[kind]; ok {
		return c
	}
	if c, ok := policyColumns()[kind]; ok {
		return c
	}
	if c, ok := scalingColumns()[kind]; ok {
		return c
	}
	if c, ok := storageColumns()[kind]; ok {
		return c
	}
	if c, ok := otherColumns()[kind]; ok {
		return c
	}
	return Columns{Names: []string{"NAME", "AGE"}}
}

// names splits a list of headers, as in "NAME|CREATED AT".
func names(list string) []string { return strings.Split(list, "|") }

// RowOf prints an object at a time.
func RowOf(obj store.Object, now time.Time) Row {
	for _, print := range []func(store.Object, time.Time) (Row, bool){workload, core, policy, scaling, storage, other} {
		if row, ok := print(obj, now); ok {
			return row
		}
	}
	return Row{Cells: []string{obj.GetName(), age(obj.GetCreationTimestamp(), now)}}
}

// Age is how long ago something was, as the column AGE has it.
func Age(t metav1.Time, now time.Time) string { return age(t, now) }

// age is how long ago something was.
func age(t metav1.Time, now time.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(now.Sub(t.Time))
}

// or is a text, or what stands for none.
func or(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// containersAndImages are the names and the images of a template's containers.
func containersAndImages(list []corev1.Container) (string, string) {
	var n, i []string
	for _, c := range list {
		n, i = append(n, c.Name), append(i, c.Image)
	}
	return strings.Join(n, ","), strings.Join(i, ",")
}

// labelText are labels as -o wide and --show-labels print them.
func labelText(set map[string]string) string {
	var list []string
	for k, v := range set {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return or(strings.Join(list, ","), "<none>")
}

// Labels are an object's labels as --show-labels prints them.
func Labels(obj store.Object) string { return labelText(obj.GetLabels()) }
