// Package patch changes objects by patches as the API server does, and makes the
// patches that kubectl apply sends.
package patch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/mergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"drydock/sim/kube/store"
)

// Kind is how a patch is to be read.
type Kind string

// The kinds of `kubectl patch --type`.
const (
	Strategic Kind = "strategic"
	Merge     Kind = "merge"
	JSON      Kind = "json"
)

// LastApplied is the annotation in which kubectl apply keeps what it sent.
const LastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Apply gives the object as the patch (in JSON) changes it; obj stays as it is. into
// is an empty object of the kind, which is filled and returned. Errors are API errors
// in the API server's words.
func Apply(obj, into store.Object, kind Kind, data []byte) (store.Object, error) {
	if !json.Valid(data) {
		return nil, apierrors.NewBadRequest("invalid JSON patch")
	}
	old, err := json.Marshal(obj)
	if err != nil {
		return nil, apierrors.NewInternalError(err)
	}
	changed, err := changedJSON(old, into, kind, data)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(changed, into); err != nil {
		return nil, badValue(data, err)
	}
	if into.GetName() != obj.GetName() {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", into.GetName(), obj.GetName()))
	}
	return into, nil
}

func changedJSON(old []byte, into store.Object, kind Kind, data []byte) ([]byte, error) {
	switch kind {
	case JSON:
		p, err := jsonpatch.DecodePatch(data)
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		changed, err := p.Apply(old)
		if err != nil {
			// The server says no more than that (v1.37).
			return nil, apierrors.NewGenericServerResponse(422, "patch", schema.GroupResource{}, "", err.Error(), 0, false)
		}
		return changed, nil
	case Merge:
		changed, err := jsonpatch.MergePatch(old, data)
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		return changed, nil
	}
	changed, err := strategicpatch.StrategicMergePatch(old, data, into)
	switch {
	case errors.Is(err, mergepatch.ErrBadJSONDoc):
		return nil, apierrors.NewBadRequest("invalid JSON patch")
	case err != nil:
		return nil, badValue(data, err)
	}
	return changed, nil
}

// badValue is what the API server says of a patch whose value does not fit its field.
func badValue(data []byte, err error) error {
	var doc any
	if json.Unmarshal(data, &doc) != nil {
		doc = string(data)
	}
	detail := err.Error()
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		detail = "unrecognized type: " + wrong.Type.String()
	}
	return apierrors.NewInvalid(schema.GroupKind{}, "", field.ErrorList{field.Invalid(field.NewPath("patch"), fmt.Sprintf("%+v", doc), detail)})
}

// ThreeWay makes the strategic patch of kubectl apply: from what was applied last
// (nil when nothing was), what is to be applied and what is there, all in JSON.
// into is an empty object of the kind, for the merge keys of its lists.
func ThreeWay(last, now, live []byte, into store.Object) ([]byte, error) {
	meta, err := strategicpatch.NewPatchMetaFromStruct(into)
	if err != nil {
		return nil, err
	}
	return strategicpatch.CreateThreeWayMergePatch(last, now, live, meta, true)
}

// Empty reports a patch that changes nothing.
func Empty(data []byte) bool { return len(data) == 0 || string(bytes.TrimSpace(data)) == "{}" }

// Annotated gives a manifest (JSON) with itself in the last-applied annotation, and
// the annotation's value as kubectl writes it: in one line with a line feed.
func Annotated(manifest []byte) (withAnnotation []byte, value string, err error) {
	var doc map[string]any
	if err := json.Unmarshal(manifest, &doc); err != nil {
		return nil, "", err
	}
	meta, ok := doc["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
		doc["metadata"] = meta
	}
	annotations, ok := meta["annotations"].(map[string]any)
	if !ok {
		annotations = map[string]any{}
		meta["annotations"] = annotations
	}
	delete(annotations, LastApplied)
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return nil, "", err
	}
	annotations[LastApplied] = line.String()
	withAnnotation, err = json.Marshal(doc)
	return withAnnotation, line.String(), err
}
