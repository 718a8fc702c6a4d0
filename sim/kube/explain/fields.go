package explain

import (
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// field is a field of a kind as manifests name it.
type field struct {
	name     string
	typ      reflect.Type
	doc      string
	required bool
}

func (f *field) mark() string {
	if f.required {
		return " -required-"
	}
	return ""
}

// inner is the type in a pointer, list or map.
func (f *field) inner() reflect.Type {
	t := f.typ
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// scalar is the type of a single value; what is in lists has no list of values.
func (f *field) scalar() reflect.Type {
	t := f.typ
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// documented is what the generated types of the API have.
type documented interface{ SwaggerDoc() map[string]string }

func docs(t reflect.Type) map[string]string {
	if d, ok := reflect.New(t).Interface().(documented); ok {
		return d.SwaggerDoc()
	}
	return nil
}

// typeDoc is what a type says about itself. The types that are written as plain
// values have no generated texts.
func typeDoc(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[intstr.IntOrString]():
		return "IntOrString is a type that can hold an int32 or a string.  When used in JSON or YAML marshalling and unmarshalling, it produces or consumes the inner type.  This allows you to have, for example, a JSON field that can accept a name or number."
	case reflect.TypeFor[metav1.Time]():
		return "Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are provided for many of the factory methods that the time package offers."
	}
	if t.Kind() != reflect.Struct {
		return ""
	}
	return docs(t)[""]
}

// plain are structs that the API writes as one value.
func plain(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[intstr.IntOrString](), reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime](),
		reflect.TypeFor[resource.Quantity](), reflect.TypeFor[metav1.Duration](), reflect.TypeFor[metav1.FieldsV1]():
		return true
	}
	return t.Kind() != reflect.Struct
}

// fieldsOf lists the fields of a type by name.
func fieldsOf(t reflect.Type) []*field {
	if plain(t) {
		return nil
	}
	var list []*field
	text := docs(t)
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if f.Anonymous && name == "" {
			list = append(list, fieldsOf(f.Type)...)
			continue
		}
		list = append(list, &field{name: name, typ: f.Type, doc: text[name], required: required(t, name, options)})
	}
	slices.SortFunc(list, func(a, b *field) int { return strings.Compare(a.name, b.name) })
	return list
}

// required reports a field that a manifest must have. The tag tells it of nearly
// all; the others are marked in the comments of the types, which reflection cannot
// see (+required and +optional in k8s.io/api v0.37).
func required(t reflect.Type, name, options string) bool {
	switch strings.TrimPrefix(t.PkgPath(), "k8s.io/api/") + " " + t.Name() + "." + name {
	case "apps/v1 Deployment.spec", "apps/v1 StatefulSet.spec", "apps/v1 DaemonSet.spec", "apps/v1 ReplicaSet.spec", "batch/v1 CronJob.spec":
		return true
	case "apps/v1 StatefulSetSpec.serviceName", "apps/v1 StatefulSetStatus.availableReplicas", "apps/v1 StatefulSetOrdinals.start",
		"apps/v1 ControllerRevision.revision", "core/v1 ProjectedVolumeSource.sources", "core/v1 GRPCAction.service",
		"core/v1 TypedLocalObjectReference.apiGroup", "core/v1 TypedObjectReference.apiGroup", "core/v1 ContainerImage.names",
		"discovery/v1 EndpointSlice.endpoints", "discovery/v1 EndpointSlice.ports", "networking/v1 NetworkPolicySpec.podSelector",
		"policy/v1 PodDisruptionBudgetStatus.disruptionsAllowed", "policy/v1 PodDisruptionBudgetStatus.currentHealthy",
		"policy/v1 PodDisruptionBudgetStatus.desiredHealthy", "policy/v1 PodDisruptionBudgetStatus.expectedPods",
		"rbac/v1 RoleRef.apiGroup", "rbac/v1 Role.rules", "rbac/v1 ClusterRole.rules", "scheduling/v1 PriorityClass.value":
		return false
	}
	return !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
}

func find(t reflect.Type, name string) *field {
	for _, f := range fieldsOf(t) {
		if f.name == name {
			return f
		}
	}
	return nil
}

// typeName is a type in the words of the API's schema.
func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[metav1.Duration]():
		return "Duration"
	case reflect.TypeFor[[]byte]():
		return "string"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "[]" + typeName(t.Elem())
	case reflect.Map:
		return "map[string]" + typeName(t.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return "integer"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Struct:
		return t.Name()
	}
	return "string"
}
