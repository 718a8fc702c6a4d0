package kubelet

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

// withSettings mounts the ConfigMap "settings" at /etc/settings.
func withSettings(p *corev1.Pod) {
	source := corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}
	p.Spec.Volumes = []corev1.Volume{{Name: "s", VolumeSource: source}}
	p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "s", MountPath: "/etc/settings"}}
}

func TestAPodWaitsForTheConfigMapOfItsVolume(t *testing.T) {
	y := newYard(t)
	y.pod("app", "", withSettings)
	y.Clock.Advance(10 * time.Second)
	if got := y.state("app"); got != "ContainerCreating" {
		t.Errorf("the pod is %s", got)
	}
	y.heard("app", `FailedMount: MountVolume.SetUp failed for volume "s" : configmap "settings" not found`)
}

func TestAChangedConfigMapReachesTheMountedFileAfterAWhile(t *testing.T) {
	y := newYard(t)
	m, _ := y.ConfigMaps.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "settings"}, Data: map[string]string{"mode": "old"}})
	y.pod("app", "", withSettings)
	y.expect("app", "Ready", 3*time.Second)
	seen := func() string {
		c, err := y.kubelet.Container("default", "app", "c", false)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := c.FS.ReadFile("/etc/settings/mode")
		return string(data)
	}
	if seen() != "old" {
		t.Fatalf("the file says %q", seen())
	}
	c := store.Copy(m)
	c.Data = map[string]string{"mode": "new"}
	if _, err := y.ConfigMaps.Update(c); err != nil {
		t.Fatal(err)
	}
	y.Clock.Advance(30 * time.Second)
	if seen() != "old" {
		t.Error("the file changed at once")
	}
	y.Clock.Advance(time.Minute)
	if seen() != "new" {
		t.Errorf("the file still says %q", seen())
	}
}

func TestAnotherImageRestartsTheContainer(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "ngnix" })
	y.expect("web", "ErrImagePull", 20*time.Second)
	pod := store.Copy(y.get("web"))
	pod.Spec.Containers = []corev1.Container{pod.Spec.Containers[0]}
	pod.Spec.Containers[0].Image = "tiny"
	if _, err := y.Pods.Update(pod); err != nil {
		t.Fatal(err)
	}
	y.expect("web", "Ready", 3*time.Second)
}

func TestLogsOfAContainerThatHasNotStartedSayWhy(t *testing.T) {
	y := newYard(t)
	y.pod("web", "", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "ngnix" })
	y.expect("web", "ImagePullBackOff", 30*time.Second)
	_, err := y.kubelet.Logs("default", "web", "c", false)
	if err == nil || !strings.HasSuffix(err.Error(), `container "c" in pod "web" is waiting to start: trying and failing to pull image`) {
		t.Errorf("the error is %v", err)
	}
}

func TestAManifestOnTheNodeIsAPod(t *testing.T) {
	y := newYard(t)
	files := y.machine.FS
	_ = files.MkdirAll(manifestDir, 0o755, 0, 0)
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: own}\nspec: {containers: [{name: c, image: tiny, imagePullPolicy: Never}]}\n"
	if err := files.WriteFile(manifestDir+"/own.yaml", []byte(text), 0o600, 0, 0); err != nil {
		t.Fatal(err)
	}
	y.expect("own-node-1", "Ready", 15*time.Second)
	_ = files.Remove(manifestDir + "/own.yaml")
	y.expect("own-node-1", "gone", 15*time.Second)
}

func FuzzStaticPod(f *testing.F) {
	f.Add([]byte("apiVersion: v1\nkind: Pod\nmetadata: {name: own}\n"))
	f.Add([]byte("kind: [\n"))
	y := newYard(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if pod := y.kubelet.staticPod(data); pod != nil && !strings.HasSuffix(pod.Name, "-node-1") {
			t.Errorf("a static pod is called %q", pod.Name)
		}
	})
}
