package generate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// IngressOptions are the flags of `kubectl create ingress`.
type IngressOptions struct {
	Class          string
	Rules          []string // host/path=svcname:svcport[,tls[=secret]]
	DefaultBackend string   // svcname:svcport
	Annotations    map[string]string
}

// Ingress makes what `kubectl create ingress NAME` sends.
func Ingress(name string, o IngressOptions) (*networkingv1.Ingress, error) {
	if len(o.Rules) == 0 && o.DefaultBackend == "" {
		return nil, fmt.Errorf("not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)")
	}
	in := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: o.Annotations},
	}
	if o.Class != "" {
		in.Spec.IngressClassName = &o.Class
	}
	if o.DefaultBackend != "" {
		service, port, found := strings.Cut(o.DefaultBackend, ":")
		if !found || service == "" || port == "" {
			return nil, fmt.Errorf("default-backend should be in format servicename:serviceport")
		}
		b := backend(service, port)
		in.Spec.DefaultBackend = &b
	}
	shape := regexp.MustCompile(`^([^=/]*)(/[^=]*)=([^,:=]+):([^,=]+)((?:,[^,]+)*)$`)
	for _, rule := range o.Rules {
		m := shape.FindStringSubmatch(rule)
		if m == nil {
			return nil, fmt.Errorf("rule %s is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]", rule)
		}
		addRule(in, m[1], m[2], backend(m[3], m[4]))
		for _, option := range strings.Split(m[5], ",") {
			if key, secret, _ := strings.Cut(option, "="); key == "tls" {
				addTLS(in, m[1], secret)
			}
		}
	}
	return in, nil
}

func backend(service, port string) networkingv1.IngressBackend {
	p := networkingv1.ServiceBackendPort{Name: port}
	if n, err := strconv.ParseInt(port, 10, 32); err == nil {
		p = networkingv1.ServiceBackendPort{Number: int32(n)}
	}
	return networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: service, Port: p}}
}

// addRule adds a path to its host's rule; a path that ends in * is a prefix.
func addRule(in *networkingv1.Ingress, host, path string, b networkingv1.IngressBackend) {
	kind := networkingv1.PathTypeExact
	if cut, found := strings.CutSuffix(path, "*"); found {
		path, kind = cut, networkingv1.PathTypePrefix
	}
	at := slices.IndexFunc(in.Spec.Rules, func(r networkingv1.IngressRule) bool { return r.Host == host })
	if at < 0 {
		in.Spec.Rules = append(in.Spec.Rules, networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{}}})
		at = len(in.Spec.Rules) - 1
	}
	http := in.Spec.Rules[at].HTTP
	http.Paths = append(http.Paths, networkingv1.HTTPIngressPath{Path: path, PathType: &kind, Backend: b})
}

// addTLS adds a host to the hosts of a secret.
func addTLS(in *networkingv1.Ingress, host, secret string) {
	at := slices.IndexFunc(in.Spec.TLS, func(t networkingv1.IngressTLS) bool { return t.SecretName == secret })
	if at < 0 {
		in.Spec.TLS = append(in.Spec.TLS, networkingv1.IngressTLS{SecretName: secret})
		at = len(in.Spec.TLS) - 1
	}
	if host != "" && !slices.Contains(in.Spec.TLS[at].Hosts, host) {
		in.Spec.TLS[at].Hosts = append(in.Spec.TLS[at].Hosts, host)
	}
}
