package controlplane

import (
	"fmt"
	"strings"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// ManifestDir is where the kubelet of a node finds the control plane's pods.
const ManifestDir = "/etc/kubernetes/manifests"

// Images are what a node of the control plane has before it starts, and workers the
// last two of them only, beside CoreDNS (kubeadm config images list, v1.37.2).
func Images(control bool) []string {
	list := []string{"registry.k8s.io/kube-proxy:v1.37.2", "registry.k8s.io/pause:3.10.1", "registry.k8s.io/coredns/coredns:v1.13.1"}
	if control {
		list = append(list, "registry.k8s.io/kube-apiserver:v1.37.2", "registry.k8s.io/kube-controller-manager:v1.37.2",
			"registry.k8s.io/kube-scheduler:v1.37.2", "registry.k8s.io/etcd:3.7.0-0")
	}
	return list
}

// manifest is one static pod as kubeadm writes it.
type manifest struct {
	name, image  string
	annotation   string // name: value
	command      []string
	cpu, memory  string
	host         string // of the probes
	port         int
	scheme       string
	paths        []string // host paths that are mounted, NAME=PATH
	readyPath    string
	readiness    bool
	livenessPath string
}

func (m manifest) yaml() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: Pod\nmetadata:\n")
	if m.annotation != "" {
		fmt.Fprintf(&b, "  annotations:\n    %s\n", m.annotation)
	}
	fmt.Fprintf(&b, "  labels:\n    component: %s\n    tier: control-plane\n  name: %s\n  namespace: kube-system\nspec:\n  containers:\n  - command:\n", m.name, m.name)
	for _, word := range m.command {
		fmt.Fprintf(&b, "    - %s\n", word)
	}
	fmt.Fprintf(&b, "    image: %s\n    imagePullPolicy: IfNotPresent\n", m.image)
	m.probe(&b, "livenessProbe", m.livenessPath, "      failureThreshold: 8\n", "      initialDelaySeconds: 10\n      periodSeconds: 10\n      timeoutSeconds: 15\n")
	fmt.Fprintf(&b, "    name: %s\n", m.name)
	if m.readiness {
		m.probe(&b, "readinessProbe", m.readyPath, "      failureThreshold: 3\n", "      periodSeconds: 1\n      timeoutSeconds: 15\n")
	}
	fmt.Fprintf(&b, "    resources:\n      requests:\n        cpu: %s\n", m.cpu)
	if m.memory != "" {
		fmt.Fprintf(&b, "        memory: %s\n", m.memory)
	}
	m.probe(&b, "startupProbe", m.readyPath, "      failureThreshold: 24\n", "      initialDelaySeconds: 10\n      periodSeconds: 10\n      timeoutSeconds: 15\n")
	b.WriteString("    volumeMounts:\n")
	for _, p := range m.paths {
		name, where, _ := strings.Cut(p, "=")
		fmt.Fprintf(&b, "    - mountPath: %s\n      name: %s\n", where, name)
		if m.name != "etcd" {
			b.WriteString("      readOnly: true\n")
		}
	}
	b.WriteString("  hostNetwork: true\n  priority: 2000001000\n  priorityClassName: system-node-critical\n  securityContext:\n    seccompProfile:\n      type: RuntimeDefault\n  volumes:\n")
	for _, p := range m.paths {
		name, where, _ := strings.Cut(p, "=")
		kind := "DirectoryOrCreate"
		if strings.HasSuffix(where, ".conf") {
			kind = "FileOrCreate"
		}
		fmt.Fprintf(&b, "  - hostPath:\n      path: %s\n      type: %s\n    name: %s\n", where, kind, name)
	}
	b.WriteString("status: {}\n")
	return b.String()
}

func (m manifest) probe(b *strings.Builder, kind, path, threshold, times string) {
	fmt.Fprintf(b, "    %s:\n%s      httpGet:\n        host: %s\n        path: %s\n        port: %d\n        scheme: %s\n%s", kind, threshold, m.host, path, m.port, m.scheme, times)
}

// manifests are the static pods of a host.
func (p *Plane) manifests(h *Host, endpoint string) []manifest {
	addr, name := h.Machine.Addr.String(), h.Machine.Name
	var peers []string
	for _, o := range p.hosts {
		peers = append(peers, fmt.Sprintf("%s=https://%s:2380", o.Machine.Name, o.Machine.Addr))
		if o == h {
			break // a member knows those that were there when it joined
		}
	}
	state := "existing"
	if len(peers) == 1 {
		state = "new"
	}
	pki := "/etc/kubernetes/pki"
	return []manifest{
		{
			name: Etcd, image: "registry.k8s.io/etcd:3.7.0-0", annotation: fmt.Sprintf("kubeadm.kubernetes.io/etcd.advertise-client-urls: https://%s:2379", addr),
			command: []string{"etcd", "--advertise-client-urls=https://" + addr + ":2379", "--cert-file=" + pki + "/etcd/server.crt", "--client-cert-auth=true", "--data-dir=/var/lib/etcd",
				"--initial-advertise-peer-urls=https://" + addr + ":2380", "--initial-cluster=" + strings.Join(peers, ","), "--initial-cluster-state=" + state, "--key-file=" + pki + "/etcd/server.key",
				"--listen-client-urls=https://127.0.0.1:2379,https://" + addr + ":2379", "--listen-metrics-urls=http://127.0.0.1:2381", "--listen-peer-urls=https://" + addr + ":2380",
				"--name=" + name, "--peer-client-cert-auth=true", "--snapshot-count=10000", "--trusted-ca-file=" + pki + "/etcd/ca.crt"},
			cpu: "100m", memory: "100Mi", host: "127.0.0.1", port: 2381, scheme: "HTTP", livenessPath: "/livez", readyPath: "/readyz", readiness: true,
			paths: []string{"etcd-data=/var/lib/etcd", "etcd-certs=" + pki + "/etcd"},
		},
		{
			name: APIServer, image: "registry.k8s.io/kube-apiserver:v1.37.2", annotation: fmt.Sprintf("kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: %s:%d", addr, SecurePort),
			command: []string{"kube-apiserver", "--advertise-address=" + addr, "--allow-privileged=true", "--authorization-mode=Node,RBAC", "--client-ca-file=" + pki + "/ca.crt",
				"--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth=true", "--etcd-cafile=" + pki + "/etcd/ca.crt", "--etcd-servers=https://127.0.0.1:2379",
				"--secure-port=6443", "--service-account-issuer=https://kubernetes.default.svc.cluster.local", "--service-account-key-file=" + pki + "/sa.pub",
				"--service-cluster-ip-range=10.96.0.0/12", "--tls-cert-file=" + pki + "/apiserver.crt", "--tls-private-key-file=" + pki + "/apiserver.key"},
			cpu: "250m", host: addr, port: SecurePort, scheme: "HTTPS", livenessPath: "/livez", readyPath: "/readyz", readiness: true,
			paths: []string{"ca-certs=/etc/ssl/certs", "k8s-certs=" + pki},
		},
		{
			name: ControllerManager, image: "registry.k8s.io/kube-controller-manager:v1.37.2",
			command: []string{"kube-controller-manager", "--allocate-node-cidrs=true", "--bind-address=127.0.0.1", "--cluster-cidr=10.244.0.0/16", "--cluster-name=kubernetes",
				"--controllers=*,bootstrapsigner,tokencleaner", "--kubeconfig=/etc/kubernetes/controller-manager.conf", "--leader-elect=true", "--service-cluster-ip-range=10.96.0.0/12", "--use-service-account-credentials=true"},
			cpu: "200m", host: "127.0.0.1", port: 10257, scheme: "HTTPS", livenessPath: "/healthz", readyPath: "/healthz",
			paths: []string{"k8s-certs=" + pki, "kubeconfig=/etc/kubernetes/controller-manager.conf"},
		},
		{
			name: Scheduler, image: "registry.k8s.io/kube-scheduler:v1.37.2",
			command: []string{"kube-scheduler", "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf", "--bind-address=127.0.0.1", "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true"},
			cpu:     "100m", host: "127.0.0.1", port: 10259, scheme: "HTTPS", livenessPath: "/livez", readyPath: "/readyz", readiness: true,
			paths: []string{"kubeconfig=/etc/kubernetes/scheduler.conf"},
		},
	}
}

// WriteFiles puts onto a node of the control plane what kubeadm init or join writes:
// the manifests, the kubeconfig files of the programs and the administrator's. endpoint
// is the address of the cluster, config makes a kubeconfig of a server and a user.
func (p *Plane) WriteFiles(h *Host, endpoint string, config func(server string, u api.User) ([]byte, error)) error {
	for _, dir := range []string{ManifestDir, "/etc/kubernetes/pki/etcd", "/var/lib/etcd", "/etc/ssl/certs"} {
		if err := h.Machine.FS.MkdirAll(dir, 0o755, 0, 0); err != nil {
			return err
		}
	}
	put := func(name string, data string) error { return h.Machine.FS.Put(name, vfs.File(data, 0o600)) }
	local := fmt.Sprintf("https://%s:%d", h.Machine.Addr, SecurePort)
	for _, file := range []struct {
		name, server, user, group string
	}{
		{"admin.conf", endpoint, "kubernetes-admin", "kubeadm:cluster-admins"}, {"super-admin.conf", endpoint, "kubernetes-super-admin", "system:masters"},
		{"controller-manager.conf", local, "system:kube-controller-manager", ""}, {"scheduler.conf", local, "system:kube-scheduler", ""},
		{"kubelet.conf", local, "system:node:" + h.Machine.Name, "system:nodes"},
	} {
		user := api.User{Name: file.user}
		if file.group != "" {
			user.Groups = []string{file.group}
		}
		text, err := config(file.server, user)
		if err != nil {
			return err
		}
		if err := put("/etc/kubernetes/"+file.name, string(text)); err != nil {
			return err
		}
	}
	for _, m := range p.manifests(h, endpoint) {
		if err := put(ManifestDir+"/"+m.name+".yaml", m.yaml()); err != nil {
			return err
		}
	}
	return WriteKubelet(h.Machine)
}

// WriteKubelet puts a kubelet's configuration onto any node.
func WriteKubelet(m *machine.Machine) error {
	text := "apiVersion: kubelet.config.k8s.io/v1beta1\nauthentication:\n  anonymous:\n    enabled: false\n  webhook:\n    enabled: true\nauthorization:\n  mode: Webhook\n" +
		"cgroupDriver: systemd\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\ncontainerRuntimeEndpoint: unix:///var/run/containerd/containerd.sock\nhealthzBindAddress: 127.0.0.1\nhealthzPort: 10248\n" +
		"kind: KubeletConfiguration\nrotateCertificates: true\nstaticPodPath: /etc/kubernetes/manifests\n"
	if err := m.FS.MkdirAll("/var/lib/kubelet", 0o755, 0, 0); err != nil {
		return err
	}
	return m.FS.Put("/var/lib/kubelet/config.yaml", vfs.File(text, 0o644))
}

// asideDir is where a fault puts the manifest of a program that is to stop. Whoever
// looks for it finds it there and can move it back.
const asideDir = "/etc/kubernetes/aside"

// SetManifest moves the manifest of a program out of the kubelet's directory, so that
// it stops, or back. An error is that of the file system.
func (h *Host) SetManifest(program string, on bool) error {
	from, to := ManifestDir, asideDir
	if on {
		from, to = to, from
	}
	file := "/" + program + ".yaml"
	data, err := h.Machine.FS.ReadFile(from + file)
	if err != nil {
		return nil //nolint:nilerr // it is where it should be already, or somebody has it
	}
	if err := h.Machine.FS.MkdirAll(to, 0o755, 0, 0); err != nil {
		return err
	}
	if err := h.Machine.FS.Put(to+file, vfs.File(string(data), 0o600)); err != nil {
		return err
	}
	return h.Machine.FS.RemoveAll(from + file)
}
