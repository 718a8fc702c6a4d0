package patch

import (
	"encoding/json"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"

	"drydock/sim/kube/store"
)

const applied = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":2,"template":{"spec":{"containers":[` +
	`{"name":"web","image":"nginx:1.27","resources":{"requests":{"cpu":"0.5"}},"env":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}]}}}}`

// desk is a Deployment that was applied on the server by "kubectl".
func desk(t *testing.T) *appsv1.Deployment {
	t.Helper()
	var d appsv1.Deployment
	if err := json.Unmarshal([]byte(applied), &d); err != nil {
		t.Fatal(err)
	}
	return serve(t, &d, "{}", applied, "kubectl", false)
}

func text(t *testing.T, d *appsv1.Deployment) string {
	t.Helper()
	c := d.DeepCopy()
	c.ManagedFields = nil
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func serve(t *testing.T, d *appsv1.Deployment, live, manifest, by string, force bool) *appsv1.Deployment {
	t.Helper()
	obj, err := ServerSide(d, &appsv1.Deployment{}, []byte(live), []byte(manifest), Manager{Name: by}, "apps/v1", force)
	if err != nil {
		t.Fatal(err)
	}
	return obj.(*appsv1.Deployment)
}

// change is what another manager does.
func change(t *testing.T, d *appsv1.Deployment, by Manager, do func(*appsv1.Deployment)) *appsv1.Deployment {
	t.Helper()
	c := d.DeepCopy()
	do(c)
	var obj store.Object = c
	Updated(obj, &appsv1.Deployment{}, d.ManagedFields, []byte(text(t, d)), []byte(text(t, c)), by, "apps/v1")
	return c
}

func conflict(t *testing.T, d *appsv1.Deployment, manifest string) string {
	t.Helper()
	_, err := ServerSide(d, &appsv1.Deployment{}, []byte(text(t, d)), []byte(manifest), Manager{Name: "kubectl"}, "apps/v1", false)
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWhatAnotherManagerChangedIsAConflict(t *testing.T) {
	four := int32(4)
	d := change(t, desk(t), Manager{"kubectl", "scale"}, func(d *appsv1.Deployment) { d.Spec.Replicas = &four })
	if got := conflict(t, d, applied); got != `Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas` {
		t.Error(got)
	}
	d = change(t, d, Manager{Name: "kubectl-set"}, func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "nginx:1.28" })
	got := conflict(t, d, applied)
	if !strings.HasPrefix(got, "Apply failed with 2 conflicts: ") || !strings.HasSuffix(got, "conflicts with \"kubectl-set\" using apps/v1:\n- .spec.template.spec.containers[name=\"web\"].image") {
		t.Error(got)
	}
	d = serve(t, d, text(t, d), applied, "kubectl", true)
	if *d.Spec.Replicas != 2 || d.Spec.Template.Spec.Containers[0].Image != "nginx:1.27" {
		t.Error("force did not put the fields back")
	}
	if got := conflict(t, d, strings.Replace(applied, "1.27", "1.29", 1)); got != "" {
		t.Errorf("what was taken by force is still another's: %s", got)
	}
}

func TestTheSameValueIsNoConflict(t *testing.T) {
	d := desk(t)
	if got := conflict(t, d, applied); got != "" {
		t.Error(got)
	}
	d = serve(t, d, text(t, d), applied, "other", false)
	if got := conflict(t, d, strings.Replace(applied, "1.27", "1.28", 1)); got != `Apply failed with 1 conflict: conflict with "other": .spec.template.spec.containers[name="web"].image` {
		t.Errorf("what two own: %s", got)
	}
}

func TestWhatIsLeftOutGoesUnlessAnotherHasIt(t *testing.T) {
	d := desk(t)
	d = serve(t, d, text(t, d), `{"metadata":{"name":"web"},"spec":{"replicas":2}}`, "other", false)
	d = serve(t, d, text(t, d), strings.NewReplacer(`"replicas":2,`, "", `,{"name":"B","value":"2"}`, "").Replace(applied), "kubectl", false)
	if d.Spec.Replicas == nil || *d.Spec.Replicas != 2 {
		t.Error("replicas went, although another has them")
	}
	if env := d.Spec.Template.Spec.Containers[0].Env; len(env) != 1 || env[0].Name != "A" {
		t.Errorf("env is %v", env)
	}
}

func TestClientSideAppliesBecomeTheAppliersOwn(t *testing.T) {
	d := change(t, desk(t), Manager{Name: "kubectl-client-side-apply"}, func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "nginx:1.28" })
	d.ManagedFields = Migrated(d.ManagedFields, "kubectl-client-side-apply", Manager{Name: "kubectl"})
	if got := conflict(t, d, applied); got != "" {
		t.Error(got)
	}
}
