package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
)

func eventServer() (*api.Server, *corev1.Pod, api.Source) {
	s := api.NewServer(clock.New(1, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)))
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "default", UID: "1"}}
	return s, pod, api.Source{Component: "kubelet", Host: "node-1"}
}

func TestAnEventThatComesAgainIsCounted(t *testing.T) {
	s, pod, from := eventServer()
	for i := range 3 {
		s.Event(from, "Pod", pod, "", "Warning", "BackOff", "Back-off")
		s.Event(from, "Pod", pod, "", "Normal", "Pulled", fmt.Sprint("in ", i))
		s.Clock.Advance(time.Second)
	}
	list := s.Events("default")
	if len(list) != 4 || list[0].Count != 3 || list[0].LastTimestamp.Sub(list[0].FirstTimestamp.Time) != 2*time.Second {
		t.Errorf("there are %d events, the first %v", len(list), list[0])
	}
}

func TestTheTenthSimilarEventIsCombined(t *testing.T) {
	s, pod, from := eventServer()
	for i := range 14 {
		s.Event(from, "Pod", pod, "", "Normal", "SuccessfulCreate", fmt.Sprint("Created pod: ", i))
	}
	list := s.Events("default")
	last := list[len(list)-1]
	if len(list) != 10 || last.Message != "(combined from similar events): Created pod: 13" || last.Count != 5 {
		t.Errorf("there are %d events, the last %d times %q", len(list), last.Count, last.Message)
	}
}

func TestASourceIsHeardTwentyFiveTimesAndThenEveryFiveMinutes(t *testing.T) {
	s, pod, from := eventServer()
	for range 40 {
		s.Event(from, "Pod", pod, "", "Warning", "Unhealthy", "Readiness probe failed")
	}
	if n := s.Events("")[0].Count; n != 25 {
		t.Errorf("the count is %d, not 25", n)
	}
	s.Clock.Advance(5 * time.Minute)
	s.Event(from, "Pod", pod, "", "Warning", "Unhealthy", "Readiness probe failed")
	if n := s.Events("")[0].Count; n != 41 {
		t.Errorf("after five minutes the count is %d, not 41", n)
	}
}

func TestEventsExpireAfterAnHour(t *testing.T) {
	s, pod, from := eventServer()
	s.Event(from, "Pod", pod, "", "Normal", "Pulled", "old")
	s.Clock.Advance(59 * time.Minute)
	s.Event(from, "Pod", pod, "", "Normal", "Started", "new")
	s.Clock.Advance(time.Minute)
	list := s.Events("")
	if len(list) != 1 || !strings.HasPrefix(list[0].Message, "new") {
		t.Errorf("the events are %v", list)
	}
}
