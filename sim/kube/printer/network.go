package printer

import (
	"strconv"
	"strings"
	"time"

	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/store"
)

func networkColumns() map[string]Columns {
	return map[string]Columns{
		"EndpointSlice": {Names: names("NAME|ADDRESSTYPE|PORTS|ENDPOINTS|AGE")},
		"IngressClass":  {Names: names("NAME|CONTROLLER|PARAMETERS|AGE")},
		"NetworkPolicy": {Names: names("NAME|POD-SELECTOR|AGE")},
	}
}

func network(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *discoveryv1.EndpointSlice:
		return Row{Cells: []string{o.Name, string(o.AddressType), slicePorts(o), sliceEndpoints(o), born}}, true
	case *networkingv1.IngressClass:
		parameters := "<none>"
		if r := o.Spec.Parameters; r != nil {
			parameters = r.Kind
			if r.APIGroup != nil {
				parameters += "." + *r.APIGroup
			}
			parameters += "/" + r.Name
		}
		return Row{Cells: []string{o.Name, o.Spec.Controller, parameters, born}}, true
	case *networkingv1.NetworkPolicy:
		return Row{Cells: []string{o.Name, metav1.FormatLabelSelector(&o.Spec.PodSelector), born}}, true
	}
	return Row{}, false
}

// slicePorts are the first three ports of a slice (formatDiscoveryPorts of v1.37).
func slicePorts(s *discoveryv1.EndpointSlice) string {
	var list []string
	for _, p := range s.Ports {
		switch {
		case p.Port != nil:
			list = append(list, strconv.Itoa(int(*p.Port)))
		case p.Name != nil && *p.Name != "":
			list = append(list, *p.Name)
		default:
			list = append(list, "*")
		}
	}
	return firstThree(list)
}

// sliceEndpoints are the first three addresses, ready or not.
func sliceEndpoints(s *discoveryv1.EndpointSlice) string {
	var list []string
	for _, e := range s.Endpoints {
		list = append(list, e.Addresses...)
	}
	return firstThree(list)
}

func firstThree(list []string) string {
	switch {
	case len(list) == 0:
		return "<unset>"
	case len(list) > 3:
		return strings.Join(list[:3], ",") + " + " + strconv.Itoa(len(list)-3) + " more..."
	}
	return strings.Join(list, ",")
}
