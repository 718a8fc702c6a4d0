package printer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"drydock/sim/kube/store"
)

func policyColumns() map[string]Columns {
	return map[string]Columns{
		"ResourceQuota": {Names: names("NAME|REQUEST|LIMIT|AGE")},
		"Ingress":       {Names: names("NAME|CLASS|HOSTS|ADDRESS|PORTS|AGE")},
		"Lease":         {Names: names("NAME|HOLDER|AGE")},
	}
}

func policy(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *corev1.ResourceQuota:
		requests, limits := quota(o)
		return Row{Cells: []string{o.Name, requests, limits, born}}, true
	case *networkingv1.Ingress:
		return ingress(o, born), true
	case *coordinationv1.Lease:
		holder := ""
		if o.Spec.HolderIdentity != nil {
			holder = *o.Spec.HolderIdentity
		}
		return Row{Cells: []string{o.Name, holder, born}}, true
	}
	return network(obj, now)
}

// quota is what is used of what is allowed, limits apart from all else.
func quota(q *corev1.ResourceQuota) (string, string) {
	var keys, requests, limits []string
	for k := range q.Status.Hard {
		keys = append(keys, string(k))
	}
	slices.Sort(keys)
	for _, k := range keys {
		used, hard := q.Status.Used[corev1.ResourceName(k)], q.Status.Hard[corev1.ResourceName(k)]
		text := k + ": " + used.String() + "/" + hard.String()
		if strings.HasPrefix(k, "limits") {
			limits = append(limits, text)
		} else {
			requests = append(requests, text)
		}
	}
	return strings.Join(requests, ", "), strings.Join(limits, ", ")
}

func ingress(i *networkingv1.Ingress, born string) Row {
	class, ports := "<none>", "80"
	if i.Spec.IngressClassName != nil {
		class = *i.Spec.IngressClassName
	}
	if len(i.Spec.TLS) > 0 {
		ports = "80, 443"
	}
	var hosts, addresses []string
	for _, r := range i.Spec.Rules {
		if r.Host != "" {
			hosts = append(hosts, r.Host)
		}
	}
	if len(hosts) > 3 {
		hosts = []string{strings.Join(hosts[:3], ",") + " + " + strconv.Itoa(len(hosts)-3) + " more..."}
	}
	for _, a := range i.Status.LoadBalancer.Ingress {
		addresses = append(addresses, or(a.IP, a.Hostname))
	}
	return Row{Cells: []string{i.Name, class, or(strings.Join(hosts, ","), "*"), strings.Join(addresses, ","), ports, born}}
}
