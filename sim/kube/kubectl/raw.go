package kubectl

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// raw answers a GET request for a path of the API.
func (s *session) raw(request string) error {
	u, err := url.Parse(request)
	if err != nil {
		return err
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch parts[0] {
	case "healthz", "livez", "readyz":
		return s.health(parts, u.Query().Has("verbose"))
	case "version":
		text, err := json.MarshalIndent(serverBuild(), "", "  ")
		s.p.Printf("%s", text)
		return err
	case "api":
		return s.rawAPI(parts, "", s.coreVersions())
	case "apis":
		return s.rawAPI(parts, "apis", groupList(s.server))
	case "metrics", "openapi", "logs", "debug", "openid", "swagger-2.0.0.pb-v1", ".well-known":
		s.p.Errorf("kubectl: 'kubectl get --raw %s' is part of kubectl, but this simulator does not have it\n", request)
		return exitStatus(1)
	}
	return noSuchResource()
}

func noSuchResource() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: 404, Reason: metav1.StatusReasonNotFound,
		Message: "the server could not find the requested resource"}}
}

// checks are the parts of an API server that its health is made of, in the order of
// kube-apiserver v1.37's answer to /readyz?verbose.
func checks(of string) []string {
	list := []string{"ping", "log", "etcd"}
	if of == "readyz" {
		list = append(list, "etcd-readiness", "informer-sync")
	}
	for _, hook := range []string{
		"start-apiserver-admission-initializer", "generic-apiserver-start-informers", "priority-and-fairness-config-consumer", "priority-and-fairness-filter",
		"storage-object-count-tracker-hook", "start-apiextensions-informers", "start-apiextensions-controllers", "crd-informer-synced",
		"start-system-namespaces-controller", "peer-endpoint-reconciler-controller", "start-cluster-authentication-info-controller",
		"start-kube-apiserver-identity-lease-controller", "start-kube-apiserver-identity-lease-garbage-collector", "storage-readiness",
		"start-legacy-token-tracking-controller", "start-service-ip-repair-controllers", "rbac/bootstrap-roles",
		"scheduling/bootstrap-system-priority-classes", "priority-and-fairness-config-producer", "bootstrap-controller",
		"start-kubernetes-service-cidr-controller", "start-kube-aggregator-informers", "apiservice-status-local-available-controller",
		"apiservice-status-remote-available-controller", "apiservice-registration-controller", "apiservice-discovery-controller",
		"kube-apiserver-autoregistration",
	} {
		list = append(list, "poststarthook/"+hook)
	}
	list = append(list, "autoregister-completion", "poststarthook/apiservice-openapi-controller", "poststarthook/apiservice-openapiv3-controller")
	if of == "readyz" {
		list = append(list, "shutdown")
	}
	return list
}

// health answers /healthz, /livez and /readyz: a server that answers is well.
func (s *session) health(parts []string, verbose bool) error {
	of := parts[0]
	if len(parts) > 1 {
		for _, name := range checks(of) {
			if name == strings.Join(parts[1:], "/") {
				s.p.Printf("ok")
				return nil
			}
		}
		return noSuchResource()
	}
	if !verbose {
		s.p.Printf("ok")
		return nil
	}
	for _, name := range checks(of) {
		s.p.Printf("[+]%s ok\n", name)
	}
	s.p.Printf("%s check passed\n", of)
	return nil
}

// coreVersions is the answer to /api.
func (s *session) coreVersions() string {
	return compact(metav1.APIVersions{
		TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"},
		ServerAddressByClientCIDRs: []metav1.ServerAddressByClientCIDR{{ClientCIDR: "0.0.0.0/0", ServerAddress: s.address}},
	})
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

// groupList is the answer to /apis: the groups with their versions.
func groupList(server *api.Server) string {
	list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
	for _, gv := range groupVersions(server) {
		group, version, found := strings.Cut(gv, "/")
		if !found {
			continue
		}
		v := metav1.GroupVersionForDiscovery{GroupVersion: gv, Version: version}
		if n := len(list.Groups); n > 0 && list.Groups[n-1].Name == group {
			last := &list.Groups[n-1]
			last.Versions, last.PreferredVersion = append([]metav1.GroupVersionForDiscovery{v}, last.Versions...), v
			continue
		}
		list.Groups = append(list.Groups, metav1.APIGroup{Name: group, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v})
	}
	return compact(list)
}

// rawAPI answers /api... and /apis...: the versions, the kinds of one version, a list
// or an object.
func (s *session) rawAPI(parts []string, under, versions string) error {
	if len(parts) == 1 {
		s.p.Printf("%s\n", versions)
		return nil
	}
	gv, rest := parts[1], parts[2:]
	if under == "apis" {
		if len(rest) == 0 {
			return noSuchResource()
		}
		gv, rest = parts[1]+"/"+parts[2], parts[3:]
	}
	if len(rest) == 0 {
		return s.rawKinds(gv)
	}
	namespace := ""
	if len(rest) > 2 && rest[0] == "namespaces" {
		namespace, rest = rest[1], rest[2:]
	}
	if len(rest) > 2 {
		return fmt.Errorf("kubectl: the subresource %q is part of Kubernetes, but this simulator does not have it", rest[2])
	}
	for _, c := range append(s.server.Collections(), eventKind{server: s.server}) {
		k := c.Type()
		if k.GroupVersion.String() != gv || k.Resource != rest[0] {
			continue
		}
		if len(rest) == 2 {
			return s.rawObject(s.guard(c), namespace, rest[1])
		}
		return s.rawList(s.guard(c), namespace)
	}
	return noSuchResource()
}

func (s *session) rawObject(c api.Collection, namespace, name string) error {
	t, err := target{collection: c, namespace: namespace, name: name}.lookup()
	if err != nil {
		return err
	}
	data, err := encode(t, t.object)
	s.p.Printf("%s\n", data)
	return err
}

func (s *session) rawList(c api.Collection, namespace string) error {
	k := c.Type()
	if err := mayList(c, namespace); err != nil {
		return err
	}
	list := struct {
		Kind       string          `json:"kind"`
		APIVersion string          `json:"apiVersion"`
		Metadata   metav1.ListMeta `json:"metadata"`
		Items      []store.Object  `json:"items"`
	}{Kind: k.Kind + "List", APIVersion: k.GroupVersion.String(), Items: []store.Object{}}
	list.Items = append(list.Items, c.ListObjects(namespace)...)
	s.p.Printf("%s\n", compact(list))
	return nil
}
