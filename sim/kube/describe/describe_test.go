package describe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/describe"
	"drydock/sim/kube/store"
)

// world is a server with the objects of a file and the moment of the description.
type world struct {
	server *api.Server
	now    time.Time
	events []*corev1.Event
}

func at(t *testing.T, when string) time.Time {
	t.Helper()
	now, err := time.Parse(time.RFC3339, when)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// load fills the tables with the objects of testdata/NAME.yaml, bypassing the API's
// own defaults, and reads the text that kubectl wrote about the first of them.
func load(t *testing.T, name string) (w world, first store.Object, want string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(data), "\n---\n")
	w.now = at(t, strings.TrimPrefix(head, "# described at "))
	w.server = api.NewServer(clock.New(1, w.now))
	w.events = []*corev1.Event{}
	for _, doc := range strings.Split(body, "\n---\n") {
		if obj := w.put(t, doc); first == nil {
			first = obj
		}
	}
	return w, first, string(text)
}

func (w *world) put(t *testing.T, doc string) store.Object {
	t.Helper()
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(doc), &kind); err != nil {
		t.Fatal(err)
	}
	if kind.Kind == "Event" {
		e := &corev1.Event{}
		if err := yaml.UnmarshalStrict([]byte(doc), e); err != nil {
			t.Fatal(err)
		}
		w.events = append(w.events, e)
		return nil
	}
	c := w.server.Of(kind.APIVersion, kind.Kind)
	obj := c.New()
	if err := yaml.UnmarshalStrict([]byte(doc), obj); err != nil {
		t.Fatalf("%v in\n%s", err, doc)
	}
	w.keep(obj)
	return obj
}

// keep stores what others than its own description read, past the API's defaults.
func (w *world) keep(obj store.Object) {
	switch o := obj.(type) {
	case *corev1.Pod:
		w.server.Pods.Table.Put(o)
	case *corev1.Service:
		w.server.Services.Table.Put(o)
	case *appsv1.ReplicaSet:
		w.server.ReplicaSets.Table.Put(o)
	case *coordinationv1.Lease:
		w.server.Leases.Table.Put(o)
	case *discoveryv1.EndpointSlice:
		w.server.EndpointSlices.Table.Put(o)
	}
}

// TestTextsAreThoseOfKubectl compares descriptions with those of kubectl v1.37.2.
func TestTextsAreThoseOfKubectl(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			w, obj, want := load(t, name)
			if got := describe.Describe(w.server, obj, w.events, w.now); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
