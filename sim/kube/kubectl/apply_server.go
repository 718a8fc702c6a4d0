package kubectl

import (
	"encoding/json"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/patch"
	"drydock/sim/kube/store"
)

// serverSide is what apply --server-side asks for.
type serverSide struct{ on, force bool }

func (a serverSide) check(o outcome) error {
	switch {
	case a.force && !a.on:
		return errors.New("--force-conflicts only works with --server-side")
	case a.on && o.dryRun == "client":
		return errors.New("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
	}
	return nil
}

// applyOnServer sends a manifest for the API server to merge. What kubectl apply
// managed before becomes the manager's own (kubectl v1.37).
func (s *session) applyOnServer(m manifest, out outcome, force bool) (store.Object, error) {
	if m.name == "" {
		return nil, m.nameless()
	}
	if m.refused != nil {
		return nil, m.refused
	}
	by := out.manager
	if by.Name == "kubectl-client-side-apply" {
		by.Name = "kubectl"
	}
	var doc map[string]any
	if err := json.Unmarshal(m.data, &doc); err != nil {
		return nil, err
	}
	if meta, ok := doc["metadata"].(map[string]any); ok && m.namespace != "" {
		meta["namespace"] = m.namespace
	}
	manifest, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	k := m.collection.Type()
	live, err := m.lookup()
	if err != nil {
		if !isNotFound(err) {
			return nil, err
		}
		made, err := patch.ServerSide(m.object, m.collection.New(), []byte("{}"), manifest, by, k.GroupVersion.String(), force)
		if err != nil {
			return nil, err
		}
		if out.dryRun == "server" {
			return m.collection.TryCreate(made)
		}
		return m.collection.CreateObject(made)
	}
	obj, err := live.editable()
	if err != nil {
		return nil, err
	}
	if by.Name == "kubectl" {
		obj.SetManagedFields(patch.Migrated(obj.GetManagedFields(), "kubectl-client-side-apply", by))
	}
	there, err := encode(live, live.object)
	if err != nil {
		return nil, err
	}
	changed, err := patch.ServerSide(obj, m.collection.New(), there, manifest, by, k.GroupVersion.String(), force)
	if err != nil {
		return nil, resolvable(err)
	}
	if out.dryRun == "server" {
		return live.collection.TryUpdate(changed)
	}
	return live.collection.UpdateObject(changed)
}

// resolvable is a conflict with kubectl's advice.
func resolvable(err error) error {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || !apierrors.IsConflict(err) {
		return err
	}
	return fmt.Errorf(`%s
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `+"`--force-conflicts`"+` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`, status.ErrStatus.Message)
}
