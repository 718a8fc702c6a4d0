package describe

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"drydock/sim/kube/api"
)

// page is the text being written. Cells are separated by tabs and aligned over
// neighbouring lines; a line without a tab ends the alignment.
type page struct {
	server *api.Server
	events []*corev1.Event
	now    time.Time
	out    strings.Builder
	tabs   *tabwriter.Writer
	raw    bool // the tabs stay as they are
}

func newPage(s *api.Server, events []*corev1.Event, now time.Time) *page {
	p := &page{server: s, events: events, now: now}
	p.tabs = tabwriter.NewWriter(&p.out, 0, 8, 2, ' ', 0)
	return p
}

// line writes one line, indented by two blanks a level.
func (p *page) line(level int, format string, args ...any) {
	// A strings.Builder takes everything, so there is no error to handle.
	if p.raw {
		_, _ = fmt.Fprintf(&p.out, strings.Repeat("  ", level)+format+"\n", args...)
		return
	}
	_, _ = fmt.Fprintf(p.tabs, strings.Repeat("  ", level)+format+"\n", args...)
}

// field writes "Title:" and its value into the next column.
func (p *page) field(level int, title string, value any) { p.line(level, "%s:\t%v", title, value) }

// given writes a field that is left out when it is empty.
func (p *page) given(level int, title, value string) {
	if value != "" {
		p.field(level, title, value)
	}
}

func (p *page) text() string {
	_ = p.tabs.Flush()
	return p.out.String()
}

// list writes a title with one value a line, the further ones below the first.
func (p *page) list(title string, values []string) {
	if len(values) == 0 {
		values = []string{none}
	}
	p.line(0, "%s:\t%s", title, values[0])
	for _, v := range values[1:] {
		p.line(0, "\t%s", v)
	}
}

func (p *page) labels(title string, set map[string]string) {
	var values []string
	for _, k := range slices.Sorted(maps.Keys(set)) {
		values = append(values, k+"="+set[k])
	}
	p.list(title, values)
}

// annotationWidth is the longest annotation that stands on one line.
const annotationWidth = 140

func (p *page) annotations(title string, set map[string]string) {
	var values []string
	for _, k := range slices.Sorted(maps.Keys(set)) {
		v := strings.TrimSuffix(set[k], "\n")
		switch {
		case k == corev1.LastAppliedConfigAnnotation:
		case len(k)+len(v)+2 < annotationWidth && !strings.Contains(v, "\n"):
			values = append(values, k+": "+v)
		default:
			values = append(values, k+":")
			for s := range strings.SplitSeq(v, "\n") {
				values = append(values, "  "+shorten(s, annotationWidth-2))
			}
		}
	}
	p.list(title, values)
}

func shorten(s string, width int) string {
	if len(s) > width {
		return s[:width] + "..."
	}
	return s
}

// identity writes the name and what hangs on it, as most kinds begin.
func (p *page) identity(obj metav1.Object) {
	p.name(obj)
	p.labels("Labels", obj.GetLabels())
	p.annotations("Annotations", obj.GetAnnotations())
}

func (p *page) name(obj metav1.Object) {
	p.field(0, "Name", obj.GetName())
	p.given(0, "Namespace", obj.GetNamespace())
}

// controller writes what owns the object.
func (p *page) controller(obj metav1.Object) {
	if ref := metav1.GetControllerOf(obj); ref != nil {
		p.field(0, "Controlled By", ref.Kind+"/"+ref.Name)
	}
}

// eventTable ends a text with the events of the object, oldest first. Those of
// events.k8s.io have no last timestamp and come before all others.
func (p *page) eventTable() {
	if p.events == nil {
		return
	}
	if len(p.events) == 0 {
		p.field(0, "Events", none)
		return
	}
	events := slices.Clone(p.events)
	slices.SortStableFunc(events, func(a, b *corev1.Event) int {
		return a.LastTimestamp.Truncate(time.Second).Compare(b.LastTimestamp.Truncate(time.Second))
	})
	p.line(0, "Events:")
	p.line(1, "Type\tReason\tAge\tFrom\tMessage")
	p.line(1, "----\t------\t----\t----\t-------")
	for _, e := range events {
		message := strings.TrimSpace(e.Message)
		if e.InvolvedObject.FieldPath != "" {
			message = e.InvolvedObject.FieldPath + ": " + message
		}
		p.line(1, "%s\t%s\t%s\t%s\t%s", e.Type, e.Reason, p.seen(e), cmp.Or(e.Source.Component, e.ReportingController), message)
	}
}

// seen is how long ago an event was, and how often and for how long it came.
func (p *page) seen(e *corev1.Event) string {
	first := e.FirstTimestamp.Time
	if first.IsZero() {
		first = e.EventTime.Time
	}
	switch {
	case e.Series != nil:
		return fmt.Sprintf("%s (x%d over %s)", p.since(e.Series.LastObservedTime.Time), e.Series.Count, p.since(first))
	case e.Count > 1:
		return fmt.Sprintf("%s (x%d over %s)", p.since(e.LastTimestamp.Time), e.Count, p.since(first))
	}
	return p.since(first)
}

// since is an age. The API keeps whole seconds.
func (p *page) since(t time.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return duration.HumanDuration(p.now.Sub(t.Truncate(time.Second)))
}

const (
	none  = "<none>"
	unset = "<unset>"
)

// date is a point in time as RFC 1123 writes it, in UTC.
func date(t metav1.Time) string { return t.UTC().Format(time.RFC1123Z) }

func truth(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// orUnset is the value of a pointer to a number.
func orUnset[T int32 | int64](n *T) string {
	if n == nil {
		return unset
	}
	return strconv.FormatInt(int64(*n), 10)
}

func joined[T ~string](list []T, sep string) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, sep)
}
