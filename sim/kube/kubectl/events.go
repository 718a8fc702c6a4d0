package kubectl

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/duration"

	"drydock/sim/kube/store"
)

// eventOptions are the flags of kubectl events.
type eventOptions struct {
	all, watch, noHeaders bool
	about, output         string
	types                 []string
}

func (f *factory) events() *cobra.Command {
	var o eventOptions
	cmd := &cobra.Command{Use: "events [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]",
		RunE: func(_ *cobra.Command, args []string) error { return f.runEvents(args, o) }}
	fs := cmd.Flags()
	fs.BoolVarP(&o.watch, "watch", "w", false, "After listing the requested events, watch for more events.")
	fs.BoolVarP(&o.all, "all-namespaces", "A", false, "If present, list the requested object(s) across all namespaces.")
	fs.StringVar(&o.about, "for", "", "Filter events to only those pertaining to the specified resource.")
	fs.StringSliceVar(&o.types, "types", nil, "Output only events of given types.")
	fs.BoolVar(&o.noHeaders, "no-headers", false, "When using the default output format, don't print headers.")
	fs.StringVarP(&o.output, "output", "o", "", "Output format.")
	fs.Int64("chunk-size", 500, "Return large lists in chunks rather than all at once.")
	return cmd
}

func (f *factory) runEvents(args []string, o eventOptions) error {
	if len(args) > 0 {
		return helpError("kubectl events", fmt.Sprintf("unexpected arguments: %v", args))
	}
	for _, t := range o.types {
		if !strings.EqualFold(t, corev1.EventTypeNormal) && !strings.EqualFold(t, corev1.EventTypeWarning) {
			return errors.New("valid --types are Normal or Warning")
		}
	}
	p, err := f.printing(o.output, "", formats)
	if err != nil {
		return err
	}
	s, err := f.session()
	if err != nil {
		return err
	}
	wanted, err := s.eventFilter(o)
	if err != nil {
		return err
	}
	list := slices.DeleteFunc(s.server.Events(o.namespace(s)), func(e *corev1.Event) bool { return !wanted(e) })
	sort.Sort(byTime(list))
	switch {
	case !p.table():
		return s.print(eventTargets(s, list), false, &getOptions{output: o.output}, p)
	case o.watch:
		return s.watchEvents(list, wanted, o)
	case len(list) == 0 && o.all:
		s.p.Errorf("No events found.\n")
	case len(list) == 0:
		s.p.Errorf("No events found in %s namespace.\n", s.namespace)
	default:
		s.p.Printf("%s", (&grid{rows: s.eventRows(list, o, !o.noHeaders)}).text())
	}
	return nil
}

func (o eventOptions) namespace(s *session) string {
	if o.all {
		return ""
	}
	return s.namespace
}

// eventFilter chooses by --for and --types.
func (s *session) eventFilter(o eventOptions) (func(*corev1.Event) bool, error) {
	kind, name, byName := strings.Cut(o.about, "/")
	if o.about != "" {
		if !byName || kind == "" || name == "" {
			return nil, errors.New("--for must be in resource/name form")
		}
		c, err := s.find(kind)
		if err != nil {
			return nil, err
		}
		kind = c.Type().Kind
	}
	return func(e *corev1.Event) bool {
		return (o.about == "" || e.InvolvedObject.Kind == kind && e.InvolvedObject.Name == name) &&
			(len(o.types) == 0 || slices.ContainsFunc(o.types, func(t string) bool { return strings.EqualFold(t, e.Type) }))
	}, nil
}

// watchEvents prints events and then each that comes, until somebody stops it.
func (s *session) watchEvents(list []*corev1.Event, wanted func(*corev1.Event) bool, o eventOptions) error {
	changed := s.p.Clock().NewSignal()
	ns := o.namespace(s)
	waiting := list
	defer s.server.WatchEvents(func(e *corev1.Event) {
		if wanted(e) && (ns == "" || e.Namespace == ns) {
			waiting = append(waiting, e)
			changed.Broadcast()
		}
	})()
	g, first := grid{}, true
	for {
		if len(waiting) > 0 {
			g.rows = s.eventRows(waiting, o, first && !o.noHeaders)
			waiting, first = nil, false
			s.p.Printf("%s", g.text())
		}
		s.p.WaitFor(changed, func() bool { return len(waiting) > 0 })
	}
}

func (s *session) eventRows(list []*corev1.Event, o eventOptions, head bool) [][]string {
	var rows [][]string
	if head {
		rows = append(rows, []string{"NAMESPACE", "LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"})
	}
	now := s.server.Clock.Now()
	for _, e := range list {
		rows = append(rows, []string{e.Namespace, interval(e, now), e.Type, e.Reason, e.InvolvedObject.Kind + "/" + e.InvolvedObject.Name, strings.TrimSpace(e.Message)})
	}
	if !o.all {
		for i := range rows {
			rows[i] = rows[i][1:]
		}
	}
	return rows
}

// interval is when an event was seen last and, for one that came again, how often
// and since when.
func interval(e *corev1.Event, now time.Time) string {
	since := func(t time.Time) string { return duration.HumanDuration(now.Sub(t)) }
	first := e.FirstTimestamp.Time
	if !e.EventTime.IsZero() {
		first = e.EventTime.Time
	}
	switch {
	case e.Series != nil:
		return fmt.Sprintf("%s (x%d over %s)", since(e.Series.LastObservedTime.Time), e.Series.Count, since(first))
	case e.Count > 1:
		return fmt.Sprintf("%s (x%d over %s)", since(e.LastTimestamp.Time), e.Count, since(first))
	}
	return since(first)
}

// byTime sorts events by when they were seen last, with Go's own unstable sort, as
// kubectl does: events of one second come in the same order.
type byTime []*corev1.Event

func (l byTime) Len() int           { return len(l) }
func (l byTime) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l byTime) Less(i, j int) bool { return seenAt(l[i]).Before(seenAt(l[j])) }

func seenAt(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	}
	return e.EventTime.Time
}

func eventTargets(s *session, list []*corev1.Event) []target {
	var found []target
	for _, e := range list {
		found = append(found, target{collection: eventKind{server: s.server}, namespace: e.Namespace, name: e.Name, object: store.Object(e)})
	}
	return found
}
