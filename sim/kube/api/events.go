package api

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// Source is a component that reports events.
type Source struct {
	Component string // "kubelet"
	Host      string // the node, for those that run on one
}

// What client-go v1.37 does to events before they are sent (tools/record/events_cache.go).
const (
	// similarEvents that differ only in their message are told apart; from then on
	// they are folded into one.
	similarEvents   = 10
	similarInterval = 10 * time.Minute
	// eventBurst is how many events of a source about one object are sent at once;
	// then there is one each eventRefill.
	eventBurst  = 25
	eventRefill = 5 * time.Minute
	combined    = "(combined from similar events): "
)

// eventLife is how long the API server keeps events (--event-ttl).
const eventLife = time.Hour

// eventLog is the events of a cluster with what the components' correlators know.
type eventLog struct {
	records []*eventRecord
	last    map[types.UID]*eventRecord // of an object; the others follow by before
	made    uint64                     // ever; makes names differ
	prune   int                        // records at which those that expired are thrown out
	watch   []*func(*corev1.Event)
}

// eventRecord is an Event in little room: 100,000 pods have half a million.
type eventRecord struct {
	before      *eventRecord // an older one about the same object
	about       corev1.ObjectReference
	from        Source
	kind        string // Normal or Warning
	reason      string
	message     string
	name        string
	first, last time.Time
	count       int32 // how often it was reported
	sent        int32 // how often the API server heard of it
	shown       int32 // the count that it heard last
	version     string
	// series says that the event came through events.k8s.io, as the scheduler's do:
	// it has an eventTime and no timestamps.
	series bool
}

// Event reports that something happened to an object, for people who ask
// (kubectl describe, kubectl events) and for the log of causes. kind is "Normal" or
// "Warning". field is the part of the object, such as "spec.containers{web}", or "".
// It returns the number in the clock's log, for Because.
func (s *Server) Event(from Source, k string, obj store.Object, field, kind, reason, message string) int {
	now := s.Clock.Now()
	id := s.Clock.Emit(clock.Event{
		Time: now, Actor: from.Component, Object: clock.Object{Kind: k, Name: obj.GetName(), Machine: from.Host},
		Reason: reason, Message: message, Attr: attrs(obj),
	})
	fresh := eventRecord{
		about: corev1.ObjectReference{
			Kind: k, Namespace: obj.GetNamespace(), Name: obj.GetName(), UID: obj.GetUID(), FieldPath: field, ResourceVersion: obj.GetResourceVersion(),
		},
		from: from, kind: kind, reason: reason, message: message, first: now, series: from.Component == "default-scheduler",
	}
	if e := s.events.note(fresh, now); e != nil {
		e.version = s.revision.Next()
		for _, fn := range slices.Clone(s.events.watch) {
			(*fn)(s.eventObject(e))
		}
	}
	return id
}

// note counts an event as its component's correlator does, and returns what the API
// server gets to hear: nil when there are too many.
func (l *eventLog) note(fresh eventRecord, now time.Time) *eventRecord {
	var same *eventRecord
	similar, sent, since := 1, int32(0), now
	for e := l.last[fresh.about.UID]; e != nil; e = e.before {
		if e.from != fresh.from {
			continue
		}
		sent, since = sent+e.sent, e.first
		if e.reason != fresh.reason || e.kind != fresh.kind {
			continue
		}
		if fresh.series {
			if e.about.ResourceVersion == fresh.about.ResourceVersion {
				return e.repeat(now)
			}
		} else if e.message == fresh.message && e.about.FieldPath == fresh.about.FieldPath {
			same = e
		} else if now.Sub(e.last) <= similarInterval && e.about.FieldPath == fresh.about.FieldPath {
			similar++
		}
	}
	if same == nil && !fresh.series && similar >= similarEvents {
		same = l.folded(fresh, now)
		fresh.message = combined + fresh.message
	}
	if same == nil {
		same = l.add(fresh)
	}
	same.message = fresh.message
	same.count, same.last = same.count+1, now
	if !same.series && sent >= eventBurst+int32(now.Sub(since)/eventRefill) { //nolint:gosec // counts of events
		return nil
	}
	same.sent, same.shown = same.sent+1, same.count
	return same
}

// seriesRefresh is how often the API server hears of a series that goes on (client-go
// v1.37, tools/events: refreshTime).
const seriesRefresh = 30 * time.Minute

// repeat counts an event of events.k8s.io once more: one about the same version of the
// object, whatever it says. The second is told, those after it rarely; the words stay
// those of the first (client-go v1.37, tools/events: recordToSink).
func (e *eventRecord) repeat(now time.Time) *eventRecord {
	e.count++
	if e.count > 2 && now.Sub(e.last) < seriesRefresh {
		return nil
	}
	e.last = now
	e.sent, e.shown = e.sent+1, e.count
	return e
}

// folded is the record into which similar events are combined, if there is one.
func (l *eventLog) folded(fresh eventRecord, now time.Time) *eventRecord {
	for e := l.last[fresh.about.UID]; e != nil; e = e.before {
		if e.from == fresh.from && e.reason == fresh.reason && e.kind == fresh.kind && now.Sub(e.last) <= similarInterval &&
			e.about.FieldPath == fresh.about.FieldPath && strings.HasPrefix(e.message, combined) {
			return e
		}
	}
	return nil
}

func (l *eventLog) add(fresh eventRecord) *eventRecord {
	if len(l.records) >= max(l.prune, 4096) {
		l.expire(fresh.first)
	}
	if l.last == nil {
		l.last = map[types.UID]*eventRecord{}
	}
	fresh.name = fmt.Sprintf("%s.%x", fresh.about.Name, uint64(fresh.first.UnixNano())+l.made) //nolint:gosec // after 1970
	fresh.before = l.last[fresh.about.UID]
	l.made++
	e := &fresh
	l.last[fresh.about.UID] = e
	l.records = append(l.records, e)
	return e
}

// expire throws out what the API server no longer keeps.
func (l *eventLog) expire(now time.Time) {
	l.records = slices.DeleteFunc(l.records, func(e *eventRecord) bool { return now.Sub(e.last) >= eventLife })
	l.last = make(map[types.UID]*eventRecord, len(l.records)/3)
	for _, e := range l.records {
		e.before = l.last[e.about.UID]
		l.last[e.about.UID] = e
	}
	l.prune = 2 * len(l.records)
}

// ForgetEvents drops all events, as of a cluster that has been quiet for an hour.
func (s *Server) ForgetEvents() { s.events.records, s.events.last = nil, nil }

// WatchEvents calls fn with each event that is new or counted again, until stop is
// called. fn may only take note.
func (s *Server) WatchEvents(fn func(*corev1.Event)) (stop func()) {
	s.events.watch = append(s.events.watch, &fn)
	return func() {
		s.events.watch = slices.DeleteFunc(s.events.watch, func(w *func(*corev1.Event)) bool { return w == &fn })
	}
}

// Events lists the events of a namespace ("" for all) by name, as the API does.
// Those of objects without a namespace are in "default".
func (s *Server) Events(namespace string) []*corev1.Event {
	var list []*corev1.Event
	for _, e := range s.events.records {
		ns := e.namespace()
		if (namespace == "" || ns == namespace) && e.sent > 0 && s.Clock.Now().Sub(e.last) < eventLife {
			list = append(list, s.eventObject(e))
		}
	}
	slices.SortFunc(list, func(a, b *corev1.Event) int {
		return compareKeys(store.KeyOf(a), store.KeyOf(b))
	})
	return list
}

// EventsAbout lists the events of one object by name.
func (s *Server) EventsAbout(uid types.UID) []*corev1.Event {
	list := []*corev1.Event{}
	for e := s.events.last[uid]; e != nil; e = e.before {
		if e.sent > 0 && s.Clock.Now().Sub(e.last) < eventLife {
			list = append(list, s.eventObject(e))
		}
	}
	slices.SortFunc(list, func(a, b *corev1.Event) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (e *eventRecord) namespace() string {
	if e.about.Namespace == "" {
		return metav1.NamespaceDefault
	}
	return e.about.Namespace
}

// eventObject is a record as the API gives it: times in whole seconds, but for the
// eventTime of events.k8s.io.
func (s *Server) eventObject(e *eventRecord) *corev1.Event {
	first, last := metav1.NewTime(e.first.Truncate(time.Second)), metav1.NewTime(e.last.Truncate(time.Second))
	event := &corev1.Event{
		TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta:     metav1.ObjectMeta{Name: e.name, Namespace: e.namespace(), UID: e.uid(), CreationTimestamp: first, ResourceVersion: e.version},
		InvolvedObject: e.about, Reason: e.reason, Message: e.message, Type: e.kind, Count: e.shown,
		ReportingController: e.from.Component, ReportingInstance: e.from.Host,
	}
	for _, c := range s.collections {
		if k := c.Type(); k.Kind == e.about.Kind {
			event.InvolvedObject.APIVersion = k.GroupVersion.String()
		}
	}
	if e.series {
		event.EventTime = metav1.NewMicroTime(e.first)
		event.Count, event.ReportingInstance = 0, e.from.Component+"-control-plane"
		if e.shown > 1 {
			event.Series = &corev1.EventSeries{Count: e.shown, LastObservedTime: metav1.NewMicroTime(e.last)}
		}
		return event
	}
	event.Source = corev1.EventSource{Component: e.from.Component, Host: e.from.Host}
	event.FirstTimestamp, event.LastTimestamp = first, last
	return event
}

// uid is the identity of an event, from its name: nothing refers to it, so it takes
// no draw from the world's random numbers.
func (e *eventRecord) uid() types.UID {
	h := fnv.New128a()
	_, _ = h.Write([]byte(e.namespace() + "/" + e.name))
	text := hex.EncodeToString(h.Sum(nil))
	return types.UID(text[:8] + "-" + text[8:12] + "-4" + text[13:16] + "-8" + text[17:20] + "-" + text[20:])
}

func compareKeys(a, b store.Key) int {
	switch {
	case a == b:
		return 0
	case a.Namespace < b.Namespace || a.Namespace == b.Namespace && a.Name < b.Name:
		return -1
	}
	return 1
}
