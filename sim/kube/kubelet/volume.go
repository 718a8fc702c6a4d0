package kubelet

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
)

// mount brings the pod's volumes onto the machine. false means that one is not to
// be had yet; the kubelet tries again, each time after twice as long.
func (w *worker) mount(pod *corev1.Pod) bool {
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if err := w.setUp(pod, v); err != nil {
			w.event(pod, nil, "Warning", "FailedMount", fmt.Sprintf("MountVolume.SetUp failed for volume %q : %s", v.Name, err))
			w.again(min(500*time.Millisecond<<w.mountTries, 122*time.Second))
			w.mountTries = min(w.mountTries+1, 8)
			return false
		}
	}
	w.mountTries = 0
	return true
}

// path is where a volume of the pod is on the machine.
func (w *worker) path(pod *corev1.Pod, v *corev1.Volume) string {
	switch {
	case v.HostPath != nil:
		return v.HostPath.Path
	case v.PersistentVolumeClaim != nil:
		if pv := w.claimed(pod, v.PersistentVolumeClaim.ClaimName); pv != nil {
			return where(pv)
		}
	case v.Ephemeral != nil:
		if pv := w.claimed(pod, pod.Name+"-"+v.Name); pv != nil {
			return where(pv)
		}
	}
	kind := "empty-dir"
	switch {
	case v.ConfigMap != nil:
		kind = "configmap"
	case v.Secret != nil:
		kind = "secret"
	case v.Projected != nil:
		kind = "projected"
	case v.DownwardAPI != nil:
		kind = "downward-api"
	}
	return path.Join(w.dir, "volumes", "kubernetes.io~"+kind, v.Name)
}

// claimed is the volume that a claim is bound to, or nil.
func (w *worker) claimed(pod *corev1.Pod, claim string) *corev1.PersistentVolume {
	c, found := w.kubelet.server.PersistentVolumeClaims.Table.Get(pod.Namespace, claim)
	if !found || c.Spec.VolumeName == "" {
		return nil
	}
	pv, _ := w.kubelet.server.PersistentVolumes.Table.Get("", c.Spec.VolumeName)
	return pv
}

// where is the directory of a persistent volume on the machine.
func where(pv *corev1.PersistentVolume) string {
	switch {
	case pv.Spec.HostPath != nil:
		return pv.Spec.HostPath.Path
	case pv.Spec.Local != nil:
		return pv.Spec.Local.Path
	}
	return path.Join("/var/lib/kubelet/volumes", pv.Name)
}

func (w *worker) setUp(pod *corev1.Pod, v *corev1.Volume) error {
	disk, dir := w.kubelet.machine.FS, w.path(pod, v)
	if c := v.PersistentVolumeClaim; c != nil && w.claimed(pod, c.ClaimName) == nil {
		return fmt.Errorf("persistentvolumeclaim %q not found", c.ClaimName)
	}
	if h := v.HostPath; h != nil {
		return hostPath(w, h)
	}
	files, err := w.files(pod, v)
	if err != nil {
		return err
	}
	if err := disk.MkdirAll(dir, 0o777, 0, 0); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		full := path.Join(dir, name)
		if old, err := disk.ReadFile(full); err == nil && string(old) == files[name].data {
			continue
		}
		if err := disk.MkdirAll(path.Dir(full), 0o755, 0, 0); err != nil {
			return err
		}
		if err := disk.WriteFile(full, []byte(files[name].data), files[name].mode, 0, 0); err != nil {
			return err
		}
	}
	return nil
}

func hostPath(w *worker, h *corev1.HostPathVolumeSource) error {
	kind := corev1.HostPathUnset
	if h.Type != nil {
		kind = *h.Type
	}
	disk := w.kubelet.machine.FS
	n, err := disk.Stat(h.Path)
	switch {
	case err != nil && (kind == corev1.HostPathUnset || kind == corev1.HostPathDirectoryOrCreate):
		return disk.MkdirAll(h.Path, 0o755, 0, 0)
	case err != nil && kind == corev1.HostPathFileOrCreate:
		return disk.WriteFile(h.Path, nil, 0o644, 0, 0)
	case kind == corev1.HostPathDirectory && (err != nil || !n.IsDir()):
		return fmt.Errorf("hostPath type check failed: %s is not a directory", h.Path)
	case kind == corev1.HostPathFile && (err != nil || n.IsDir()):
		return fmt.Errorf("hostPath type check failed: %s is not a file", h.Path)
	}
	return nil
}

// file is a file of a volume that the API server's objects fill.
type file struct {
	data string
	mode fs.FileMode
}

// files are what a volume holds when it is made of objects.
func (w *worker) files(pod *corev1.Pod, v *corev1.Volume) (map[string]file, error) {
	out := map[string]file{}
	var err error
	switch {
	case v.ConfigMap != nil:
		data, failed := w.configMap(pod, v.ConfigMap.Name, v.ConfigMap.Optional)
		err = pick(out, data, failed, v.ConfigMap.Items, v.ConfigMap.DefaultMode, v.ConfigMap.Optional)
	case v.Secret != nil:
		data, failed := w.secret(pod, v.Secret.SecretName, v.Secret.Optional)
		err = pick(out, data, failed, v.Secret.Items, v.Secret.DefaultMode, v.Secret.Optional)
	case v.DownwardAPI != nil:
		w.downward(pod, out, v.DownwardAPI.Items)
	case v.Projected != nil:
		for _, s := range v.Projected.Sources {
			if err = w.project(pod, out, s, v.Projected.DefaultMode); err != nil {
				break
			}
		}
	}
	return out, err
}

func (w *worker) project(pod *corev1.Pod, out map[string]file, s corev1.VolumeProjection, mode *int32) error {
	switch {
	case s.ConfigMap != nil:
		data, err := w.configMap(pod, s.ConfigMap.Name, s.ConfigMap.Optional)
		if s.ConfigMap.Name == "kube-root-ca.crt" && err != nil {
			return nil // written by the controller manager a moment after the name space
		}
		return pick(out, data, err, s.ConfigMap.Items, mode, s.ConfigMap.Optional)
	case s.Secret != nil:
		data, err := w.secret(pod, s.Secret.Name, s.Secret.Optional)
		return pick(out, data, err, s.Secret.Items, mode, s.Secret.Optional)
	case s.DownwardAPI != nil:
		w.downward(pod, out, s.DownwardAPI.Items)
	case s.ServiceAccountToken != nil:
		out[s.ServiceAccountToken.Path] = file{w.token(pod, s.ServiceAccountToken.ExpirationSeconds), 0o644}
	}
	return nil
}

func (w *worker) downward(pod *corev1.Pod, out map[string]file, items []corev1.DownwardAPIVolumeFile) {
	for _, item := range items {
		switch {
		case item.FieldRef != nil:
			out[item.Path] = file{w.field(pod, item.FieldRef.FieldPath), 0o644}
		case item.ResourceFieldRef != nil:
			out[item.Path] = file{w.resource(pod, &pod.Spec.Containers[0], item.ResourceFieldRef), 0o644}
		}
	}
}

// pick chooses the keys of a ConfigMap or Secret that a volume shows.
func pick(out map[string]file, data map[string]string, err error, items []corev1.KeyToPath, mode *int32, optional *bool) error {
	if err != nil {
		return err
	}
	bits := fs.FileMode(0o644)
	if mode != nil {
		bits = fs.FileMode(*mode) & fs.ModePerm //nolint:gosec // permission bits
	}
	if len(items) == 0 {
		for name, value := range data {
			out[name] = file{value, bits}
		}
		return nil
	}
	for _, item := range items {
		value, found := data[item.Key]
		if !found && (optional == nil || !*optional) {
			return fmt.Errorf("references non-existent config key: %s", item.Key)
		}
		one := bits
		if item.Mode != nil {
			one = fs.FileMode(*item.Mode) & fs.ModePerm //nolint:gosec // permission bits
		}
		if found {
			out[item.Path] = file{value, one}
		}
	}
	return nil
}

// containerMounts are the volumes as one container sees them.
func (w *worker) containerMounts(pod *corev1.Pod, spec *corev1.Container) ([]docker.MountSpec, error) {
	var list []docker.MountSpec
	for _, m := range spec.VolumeMounts {
		i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
		if i < 0 {
			continue
		}
		source := path.Join(w.path(pod, &pod.Spec.Volumes[i]), m.SubPath)
		if m.SubPath != "" && !w.kubelet.machine.FS.Exists(source) {
			if err := w.kubelet.machine.FS.MkdirAll(source, 0o755, 0, 0); err != nil {
				return nil, err
			}
		}
		list = append(list, docker.MountSpec{Type: "bind", Source: source, Target: m.MountPath, ReadOnly: m.ReadOnly, CreateSource: true})
	}
	return list, nil
}
