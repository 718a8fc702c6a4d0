package generate

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// ServiceOptions are the flags of `kubectl create service TYPE`.
type ServiceOptions struct {
	Type         corev1.ServiceType
	TCP          []string // port or port:targetPort
	ClusterIP    string
	NodePort     int32
	ExternalName string
}

// Service makes what `kubectl create service TYPE NAME` sends.
func Service(name string, o ServiceOptions) (*corev1.Service, error) {
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}},
		Spec:       corev1.ServiceSpec{Type: o.Type, Selector: map[string]string{"app": name}, ClusterIP: o.ClusterIP, ExternalName: o.ExternalName},
	}
	if len(o.TCP) == 0 && o.ClusterIP != corev1.ClusterIPNone && o.Type != corev1.ServiceTypeExternalName {
		return nil, fmt.Errorf("at least one tcp port specifier must be provided")
	}
	for _, spec := range o.TCP {
		port, target, err := portPair(spec)
		if err != nil {
			return nil, err
		}
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{
			Name: strings.ReplaceAll(spec, ":", "-"), Port: port, TargetPort: target, Protocol: corev1.ProtocolTCP, NodePort: o.NodePort,
		})
	}
	return s, nil
}

// portPair reads "80", "80:8080" or "80:http".
func portPair(spec string) (int32, intstr.IntOrString, error) {
	first, second, pair := strings.Cut(spec, ":")
	port, err := strconv.ParseUint(first, 10, 16)
	if err != nil {
		return 0, intstr.IntOrString{}, err
	}
	target := intstr.FromInt32(int32(port)) //nolint:gosec // 16 bits
	if pair {
		var problems []string
		if target = intstr.Parse(second); target.Type == intstr.Int {
			problems = validation.IsValidPortNum(target.IntValue())
		} else {
			problems = validation.IsValidPortName(second)
		}
		if len(problems) > 0 {
			return 0, target, errors.New(strings.Join(problems, ","))
		}
	}
	return int32(port), target, nil //nolint:gosec // 16 bits
}

// ExposeOptions are the flags of `kubectl expose` with what it read from the object.
type ExposeOptions struct {
	Name       string
	Type       string
	Protocol   string
	Port       string // may be empty when the containers name their ports
	TargetPort string
	ClusterIP  string
	ExternalIP string
	Selector   map[string]string
	Labels     map[string]string
	// Ports are those of the exposed object's containers.
	Ports []corev1.ContainerPort
}

// Expose makes the service that `kubectl expose` sends.
func Expose(o ExposeOptions) (*corev1.Service, error) {
	if len(o.Selector) == 0 {
		return nil, fmt.Errorf("couldn't retrieve selectors via --selector flag or introspection: the object has no selector")
	}
	s := &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: o.Name, Labels: o.Labels},
		Spec:       corev1.ServiceSpec{Selector: o.Selector, Type: corev1.ServiceType(o.Type), ClusterIP: o.ClusterIP},
	}
	if o.ExternalIP != "" {
		s.Spec.ExternalIPs = []string{o.ExternalIP}
	}
	ports, err := exposedPorts(o)
	if err != nil {
		return nil, err
	}
	s.Spec.Ports = ports
	return s, nil
}

func exposedPorts(o ExposeOptions) ([]corev1.ServicePort, error) {
	var list []corev1.ServicePort
	if o.Port == "" {
		for _, p := range o.Ports {
			list = append(list, corev1.ServicePort{Port: p.ContainerPort, TargetPort: intstr.FromInt32(p.ContainerPort), Protocol: p.Protocol})
		}
	}
	for _, port := range strings.Split(o.Port, ",") {
		if o.Port == "" {
			break
		}
		n, err := strconv.ParseInt(port, 10, 32)
		if err != nil {
			return nil, err
		}
		list = append(list, corev1.ServicePort{Port: int32(n), TargetPort: intstr.FromInt32(int32(n))})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("couldn't find port via --port flag or introspection")
	}
	for i := range list {
		if o.TargetPort != "" {
			list[i].TargetPort = intstr.Parse(o.TargetPort)
		}
		switch {
		case o.Protocol != "":
			list[i].Protocol = corev1.Protocol(strings.ToUpper(o.Protocol))
		case list[i].Protocol == "":
			list[i].Protocol = corev1.ProtocolTCP
		}
		if len(list) > 1 {
			list[i].Name = fmt.Sprintf("port-%d", i+1)
		}
	}
	return list, nil
}
