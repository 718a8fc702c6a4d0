package network

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// made passes over that an object is there already: a second installation changes
// nothing.
func made[T any](_ T, _ error) {}

func (n *Network) namespace(name string, labels map[string]string) {
	made(n.server.Namespaces.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}))
}

// template is a pod's with one container.
func template(labels map[string]string, account string, c corev1.Container) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels},
		Spec:       corev1.PodSpec{ServiceAccountName: account, Containers: []corev1.Container{c}, NodeSelector: map[string]string{"kubernetes.io/os": "linux"}},
	}
}

func httpProbe(path string, port int32) *corev1.Probe {
	return &corev1.Probe{InitialDelaySeconds: 10, ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(port)}}}
}

// installIngress applies the manifest of ingress-nginx v1.14.0: that for clouds where
// load balancers are provided, else that for bare metal with node ports.
func (n *Network) installIngress(balanced bool) {
	common := map[string]string{"app.kubernetes.io/instance": "ingress-nginx", "app.kubernetes.io/name": "ingress-nginx"}
	all := map[string]string{"app.kubernetes.io/component": "controller"}
	for k, v := range common {
		all[k] = v
	}
	about := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Namespace: ingressSpace, Labels: all}
	}
	n.namespace(ingressSpace, common)
	made(n.server.ServiceAccounts.Create(&corev1.ServiceAccount{ObjectMeta: about("ingress-nginx")}))
	made(n.server.ConfigMaps.Create(&corev1.ConfigMap{ObjectMeta: about(ingressName)}))
	made(n.server.IngressClasses.Create(&networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: nginxClass, Labels: all}, Spec: networkingv1.IngressClassSpec{Controller: nginxController}}))
	kind := corev1.ServiceTypeNodePort
	if balanced {
		kind = corev1.ServiceTypeLoadBalancer
	}
	http, https := "http", "https"
	made(n.server.Services.Create(&corev1.Service{ObjectMeta: about(ingressName), Spec: corev1.ServiceSpec{Type: kind, Selector: all, Ports: []corev1.ServicePort{
		{Name: "http", Port: 80, TargetPort: intstr.FromString("http"), AppProtocol: &http},
		{Name: "https", Port: 443, TargetPort: intstr.FromString("https"), AppProtocol: &https},
	}}}))
	made(n.server.Services.Create(&corev1.Service{ObjectMeta: about(ingressName + "-admission"), Spec: corev1.ServiceSpec{Selector: all, Ports: []corev1.ServicePort{
		{Name: "https-webhook", Port: 443, TargetPort: intstr.FromString("webhook"), AppProtocol: &https},
	}}}))
	c := corev1.Container{
		Name: "controller", Image: "registry.k8s.io/ingress-nginx/controller:v1.14.0",
		Args: []string{"--election-id=ingress-nginx-leader", "--controller-class=k8s.io/ingress-nginx", "--ingress-class=nginx",
			"--configmap=$(POD_NAMESPACE)/ingress-nginx-controller", "--validating-webhook=:8443"},
		Command:       []string{"/nginx-ingress-controller"},
		Ports:         []corev1.ContainerPort{{Name: "http", ContainerPort: 80}, {Name: "https", ContainerPort: 443}, {Name: "webhook", ContainerPort: 8443}},
		LivenessProbe: httpProbe("/healthz", 10254), ReadinessProbe: httpProbe("/healthz", 10254),
	}
	made(n.server.Deployments.Create(&appsv1.Deployment{ObjectMeta: about(ingressName), Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: all}, Template: template(all, "ingress-nginx", c),
	}}))
}

// installMetalLB applies the manifest of metallb v0.15.2: a controller, and a speaker on
// every node.
func (n *Network) installMetalLB() {
	labels := func(part string) map[string]string { return map[string]string{"app": "metallb", "component": part} }
	n.namespace(metallbSpace, map[string]string{"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/audit": "privileged", "pod-security.kubernetes.io/warn": "privileged"})
	for _, part := range []string{"controller", "speaker"} {
		made(n.server.ServiceAccounts.Create(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: part, Namespace: metallbSpace, Labels: map[string]string{"app": "metallb"}}}))
	}
	about := func(part string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: part, Namespace: metallbSpace, Labels: labels(part)}
	}
	image := func(part string) corev1.Container {
		return corev1.Container{Name: part, Image: "quay.io/metallb/" + part + ":v0.15.2", Args: []string{"--port=7472", "--log-level=info"}}
	}
	made(n.server.Deployments.Create(&appsv1.Deployment{ObjectMeta: about("controller"), Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: labels("controller")}, Template: template(labels("controller"), "controller", image("controller")),
	}}))
	speakers := template(labels("speaker"), "speaker", image("speaker"))
	speakers.Spec.HostNetwork = true
	speakers.Spec.Tolerations = []corev1.Toleration{{Key: "node-role.kubernetes.io/control-plane", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}}
	made(n.server.DaemonSets.Create(&appsv1.DaemonSet{ObjectMeta: about("speaker"), Spec: appsv1.DaemonSetSpec{
		Selector: &metav1.LabelSelector{MatchLabels: labels("speaker")}, Template: speakers,
	}}))
}
