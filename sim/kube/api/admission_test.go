package api

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

const webDeployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector: {matchLabels: {app: web}},
  template: {metadata: {labels: {app: web, tier: front}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}}}`

func TestAnImmutableSelector(t *testing.T) {
	s := newTestServer(t)
	d, _ := mustApply(t, s, "default", webDeployment).(*appsv1.Deployment)
	c := store.Copy(d)
	c.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web", "tier": "front"}}
	_, err := s.Deployments.Update(c)
	wantError(t, err, `Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"front"}}: field is immutable`)
}

func TestASelectorThatDoesNotFindItsOwnPods(t *testing.T) {
	_, err := apply(t, newTestServer(t), "default", strings.Replace(webDeployment, "{app: web}", "{app: shop}", 1))
	wantError(t, err, "Deployment.apps \"web\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"web\",\"tier\":\"front\"}: `selector` does not match template `labels`")
}

func TestOfAPodOnlyTheImageChanges(t *testing.T) {
	s := newTestServer(t)
	pod, _ := mustApply(t, s, "default", plainPod).(*corev1.Pod)
	image := pod.DeepCopy()
	image.Spec.Containers[0].Image = "nginx:1.28"
	if _, err := s.Pods.Update(image); err != nil {
		t.Error(err)
	}
	policy := image.DeepCopy()
	policy.Spec.RestartPolicy = corev1.RestartPolicyNever
	if _, err := s.Pods.Update(policy); err == nil || !strings.Contains(err.Error(), `Pod "web" is invalid: spec: Forbidden: pod updates may not change fields`) {
		t.Errorf("error %v", err)
	}
}

func TestAJobMustChooseItsRestartPolicy(t *testing.T) {
	_, err := apply(t, newTestServer(t), "default", `{apiVersion: batch/v1, kind: Job, metadata: {name: nope}, spec: {template: {spec: {containers: [{name: c, image: busybox}]}}}}`)
	wantError(t, err, `Job.batch "nope" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"`)
}

func TestTheAddressOfAServiceStays(t *testing.T) {
	s := newTestServer(t)
	v, _ := s.Services.Get("default", "kubernetes")
	c := v.DeepCopy()
	c.Spec.ClusterIP, c.Spec.ClusterIPs = "10.96.0.9", []string{"10.96.0.9"}
	_, err := s.Services.Update(c)
	wantError(t, err, `Service "kubernetes" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.0.9"]: may not change once set`)
}

func TestAQuotaThatIsUsedUp(t *testing.T) {
	s := newTestServer(t)
	mustApply(t, s, "default", `{apiVersion: v1, kind: ResourceQuota, metadata: {name: team}, spec: {hard: {pods: "3", requests.cpu: "1"}}}`)
	sized := func(name string) string {
		text := strings.Replace(plainPod, "{name: web}", "{name: "+name+"}", 1)
		return strings.Replace(text, "ports:", "resources: {requests: {cpu: 400m}}, ports:", 1)
	}
	_, err := apply(t, s, "default", plainPod)
	wantError(t, err, `pods "web" is forbidden: failed quota: team: must specify requests.cpu for: c`)
	mustApply(t, s, "default", sized("p1"))
	mustApply(t, s, "default", sized("p2"))
	_, err = apply(t, s, "default", sized("p3"))
	wantError(t, err, `pods "p3" is forbidden: exceeded quota: team, requested: requests.cpu=400m, used: requests.cpu=800m, limited: requests.cpu=1`)
	s.Clock.Advance(quotaDelay)
	quota, _ := s.ResourceQuotas.Get("default", "team")
	if used := quota.Status.Used["requests.cpu"]; used.String() != "800m" {
		t.Errorf("used %s", used.String())
	}
	if _, err := s.Pods.Delete("default", "p1", DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	mustApply(t, s, "default", sized("p3"))
}

func TestALimitRangeFillsInAndRefuses(t *testing.T) {
	s := newTestServer(t)
	mustApply(t, s, "default", `{apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [{type: Container,
	  default: {cpu: 500m, memory: 256Mi}, defaultRequest: {cpu: 100m, memory: 64Mi}, max: {cpu: "1", memory: 512Mi}, min: {cpu: 50m}}]}}`)
	pod, _ := mustApply(t, s, "default", plainPod).(*corev1.Pod)
	if got, want := pod.Annotations["kubernetes.io/limit-ranger"], "LimitRanger plugin set: cpu, memory request for container c; cpu, memory limit for container c"; got != want {
		t.Errorf("annotation %q", got)
	}
	huge := strings.Replace(plainPod, "name: web", "name: huge", 1)
	_, err := apply(t, s, "default", strings.Replace(huge, "ports:", "resources: {limits: {cpu: 2, memory: 1Gi}}, ports:", 1))
	wantError(t, err, `pods "huge" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 512Mi, but limit is 1Gi]`)
}

func TestANamespaceThatEnforcesALevel(t *testing.T) {
	s := newTestServer(t)
	mustApply(t, s, "", `{apiVersion: v1, kind: Namespace, metadata: {name: base, labels: {pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/warn: restricted}}}`)
	pod := mustApply(t, s, "base", plainPod)
	const want = `would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`
	if got := s.Warnings(nil, pod); len(got) != 1 || got[0] != want {
		t.Errorf("warnings %q", got)
	}
	_, err := apply(t, s, "base", strings.Replace(strings.Replace(plainPod, "name: web", "name: root", 1), "{containers:", "{hostNetwork: true, containers:", 1))
	wantError(t, err, `pods "root" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true), hostPort (container "c" uses hostPort 80)`)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(plainPod))
	f.Add([]byte(webDeployment))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newTestServer(t)
		obj, _, err := s.Decode(data, false)
		if err != nil {
			return
		}
		c := s.Of(obj.GetObjectKind().GroupVersionKind().GroupVersion().String(), obj.GetObjectKind().GroupVersionKind().Kind)
		if _, err := c.CreateObject(obj); err == nil && obj.GetName() == "" {
			t.Error("an object without a name was made")
		}
	})
}
