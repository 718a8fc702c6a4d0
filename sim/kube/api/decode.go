package api

import (
	"bytes"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/store"
)

// Decode reads the body of a request, JSON or YAML, into an object of its kind. With
// strict, a field that is unknown or given twice is an error, as kubectl asks for
// (fieldValidation=Strict); without, it is a warning. The error for a kind that the
// server does not have is a *meta.NoKindMatchError.
func (s *Server) Decode(data []byte, strict bool) (store.Object, []string, error) {
	body, err := yaml.YAMLToJSON(data)
	if err != nil {
		return nil, nil, apierrors.NewBadRequest(err.Error())
	}
	var head metav1.TypeMeta
	if err := kjson.UnmarshalCaseSensitivePreserveInts(body, &head); err != nil || !bytes.HasPrefix(body, []byte("{")) {
		return nil, nil, apierrors.NewBadRequest(fmt.Sprintf("couldn't get version/kind; json parse error: %v", cmpError(err)))
	}
	if head.Kind == "" {
		return nil, nil, runtime.NewMissingKindErr(string(body))
	}
	if head.APIVersion == "" {
		return nil, nil, runtime.NewMissingVersionErr(string(body))
	}
	version, err := schema.ParseGroupVersion(head.APIVersion)
	if err != nil {
		return nil, nil, apierrors.NewBadRequest(err.Error())
	}
	collection := s.Of(head.APIVersion, head.Kind)
	if collection == nil {
		return nil, nil, &meta.NoKindMatchError{GroupKind: schema.GroupKind{Group: version.Group, Kind: head.Kind}, SearchedVersions: []string{version.Version}}
	}
	return decodeInto(collection, body, strict)
}

func cmpError(err error) error {
	if err == nil {
		return errors.New("the body is no object")
	}
	return err
}

func decodeInto(c Collection, body []byte, strict bool) (store.Object, []string, error) {
	kind, obj := c.Type(), c.New()
	refuse := func(err error) (store.Object, []string, error) {
		return nil, nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", kind.Kind, kind.Version, kind.Kind, err))
	}
	found, err := kjson.UnmarshalStrict(body, obj)
	if err != nil {
		return refuse(err)
	}
	if strict && len(found) > 0 {
		return refuse(runtime.NewStrictDecodingError(found))
	}
	warnings := make([]string, 0, len(found))
	for _, w := range found {
		warnings = append(warnings, w.Error())
	}
	return obj, warnings, nil
}
