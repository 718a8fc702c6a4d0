package api

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/store"
)

// eventRecord is an Event in little room: 100,000 pods have half a million.
type eventRecord struct {
	about       corev1.ObjectReference
	component   string
	host        string
	kind        string // Normal or Warning
	reason      string
	message     string
	name        string
	first, last time.Time
	count       int32
	version     string
	// series says that the event came through events.k8s.io, as the scheduler's do:
	// it has an eventTime and no timestamps.
	series bool
}

// Source is a component that reports events.
type Source struct {
	Component string // "kubelet"
	Host      string // the node, for those that run on one
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
	for _, e := range slices.Backward(s.events[max(0, len(s.events)-200):]) {
		if e.about.UID == obj.GetUID() && e.reason == reason && e.message == message && e.component == from.Component && e.about.FieldPath == field {
			e.count, e.last, e.version = e.count+1, now, s.revision.Next()
			return id
		}
	}
	s.events = append(s.events, &eventRecord{
		about:     corev1.ObjectReference{Kind: k, Namespace: obj.GetNamespace(), Name: obj.GetName(), UID: obj.GetUID(), FieldPath: field},
		component: from.Component, host: from.Host, kind: kind, reason: reason, message: message, first: now, last: now, count: 1,
		name: fmt.Sprintf("%s.%016x", obj.GetName(), uint64(now.UnixNano())+uint64(len(s.events))), version: s.revision.Next(), //nolint:gosec // after 1970
		series: from.Component == "default-scheduler",
	})
	return id
}

// eventLife is how long the API server keeps events (--event-ttl).
const eventLife = time.Hour

// Events lists the events of a namespace ("" for all) by name, as the API does.
// Those of objects without a namespace are in "default".
func (s *Server) Events(namespace string) []*corev1.Event {
	var list []*corev1.Event
	for _, e := range s.events {
		if event := e.object(); (namespace == "" || event.Namespace == namespace) && s.Clock.Now().Sub(e.last) < eventLife {
			list = append(list, event)
		}
	}
	slices.SortFunc(list, func(a, b *corev1.Event) int {
		return compareKeys(store.KeyOf(a), store.KeyOf(b))
	})
	return list
}

func (e *eventRecord) object() *corev1.Event {
	ns := e.about.Namespace
	if ns == "" {
		ns = metav1.NamespaceDefault
	}
	event := &corev1.Event{
		TypeMeta:       metav1.TypeMeta{APIVersion: "v1", Kind: "Event"},
		ObjectMeta:     metav1.ObjectMeta{Name: e.name, Namespace: ns, CreationTimestamp: metav1.NewTime(e.first), ResourceVersion: e.version},
		InvolvedObject: e.about, Reason: e.reason, Message: e.message, Type: e.kind, Count: e.count, ReportingController: e.component, ReportingInstance: e.host,
	}
	if e.series {
		event.EventTime = metav1.NewMicroTime(e.first)
		event.Count = 0
		if e.count > 1 {
			event.Series = &corev1.EventSeries{Count: e.count, LastObservedTime: metav1.NewMicroTime(e.last)}
		}
		return event
	}
	event.Source = corev1.EventSource{Component: e.component, Host: e.host}
	event.FirstTimestamp, event.LastTimestamp = metav1.NewTime(e.first), metav1.NewTime(e.last)
	return event
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
