package printer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/store"
)

func coreColumns() map[string]Columns {
	return map[string]Columns{
		"Pod":                   {Names: names("NAME|READY|STATUS|RESTARTS|AGE"), Wide: names("IP|NODE|NOMINATED NODE|READINESS GATES")},
		"Node":                  {Names: names("NAME|STATUS|ROLES|AGE|VERSION"), Wide: names("INTERNAL-IP|EXTERNAL-IP|OS-IMAGE|KERNEL-VERSION|CONTAINER-RUNTIME")},
		"Namespace":             {Names: names("NAME|STATUS|AGE")},
		"Service":               {Names: names("NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE"), Wide: names("SELECTOR")},
		"Endpoints":             {Names: names("NAME|ENDPOINTS|AGE")},
		"ConfigMap":             {Names: names("NAME|DATA|AGE")},
		"Secret":                {Names: names("NAME|TYPE|DATA|AGE")},
		"ServiceAccount":        {Names: names("NAME|AGE")},
		"PersistentVolumeClaim": {Names: names("NAME|STATUS|VOLUME|CAPACITY|ACCESS MODES|STORAGECLASS|VOLUMEATTRIBUTESCLASS|AGE"), Wide: names("VOLUMEMODE")},
		"LimitRange":            {Names: names("NAME|CREATED AT")},
		"Event":                 {Names: names("LAST SEEN|TYPE|REASON|OBJECT|MESSAGE"), Wide: names("LAST SEEN|TYPE|REASON|OBJECT|SUBOBJECT|SOURCE|MESSAGE|FIRST SEEN|COUNT|NAME"), WideFirst: true},
	}
}

func core(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *corev1.Pod:
		return pod(o, now), true
	case *corev1.Node:
		return node(o, now), true
	case *corev1.Namespace:
		return Row{Cells: []string{o.Name, string(o.Status.Phase), born}}, true
	case *corev1.Service:
		return service(o, now), true
	case *corev1.Endpoints: //nolint:staticcheck // deprecated, and still what learners meet
		return Row{Cells: []string{o.Name, endpoints(o), born}}, true
	case *corev1.ConfigMap:
		return Row{Cells: []string{o.Name, strconv.Itoa(len(o.Data) + len(o.BinaryData)), born}}, true
	case *corev1.Secret:
		return Row{Cells: []string{o.Name, string(o.Type), strconv.Itoa(len(o.Data)), born}}, true
	case *corev1.PersistentVolumeClaim:
		return claim(o, now), true
	case *corev1.LimitRange:
		return Row{Cells: []string{o.Name, o.CreationTimestamp.UTC().Format("2006-01-02T15:04:05Z")}}, true
	case *corev1.Event:
		return event(o, now), true
	}
	return Row{}, false
}

func node(n *corev1.Node, now time.Time) Row {
	status := "Unknown"
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			status = map[bool]string{true: "Ready", false: "NotReady"}[c.Status == corev1.ConditionTrue]
		}
	}
	if n.Spec.Unschedulable {
		status += ",SchedulingDisabled"
	}
	var roles []string
	for k := range n.Labels {
		if role, ok := strings.CutPrefix(k, "node-role.kubernetes.io/"); ok && role != "" {
			roles = append(roles, role)
		}
	}
	slices.Sort(roles)
	inside, outside, info := "<none>", "<none>", n.Status.NodeInfo
	for _, a := range n.Status.Addresses {
		switch a.Type {
		case corev1.NodeInternalIP:
			inside = a.Address
		case corev1.NodeExternalIP:
			outside = a.Address
		}
	}
	kernel := or(info.KernelVersion, "<unknown>")
	if info.Architecture != "" {
		kernel += " (" + info.Architecture + ")"
	}
	return Row{[]string{n.Name, status, or(strings.Join(roles, ","), "<none>"), age(n.CreationTimestamp, now), info.KubeletVersion},
		[]string{inside, outside, or(info.OSImage, "<unknown>"), kernel, or(info.ContainerRuntimeVersion, "<unknown>")}}
}

func service(s *corev1.Service, now time.Time) Row {
	var ports, outside []string
	for _, p := range s.Spec.Ports {
		text := fmt.Sprintf("%d/%s", p.Port, p.Protocol)
		if p.NodePort > 0 {
			text = fmt.Sprintf("%d:%d/%s", p.Port, p.NodePort, p.Protocol)
		}
		ports = append(ports, text)
	}
	none := "<none>"
	switch s.Spec.Type {
	case corev1.ServiceTypeExternalName:
		outside = []string{s.Spec.ExternalName}
	case corev1.ServiceTypeLoadBalancer:
		none = "<pending>"
		for _, i := range s.Status.LoadBalancer.Ingress {
			outside = append(outside, or(i.IP, i.Hostname))
		}
		outside = append(outside, s.Spec.ExternalIPs...)
	default:
		outside = s.Spec.ExternalIPs
	}
	return Row{[]string{s.Name, string(s.Spec.Type), or(s.Spec.ClusterIP, "<none>"), or(strings.Join(outside, ","), none), or(strings.Join(ports, ","), "<none>"), age(s.CreationTimestamp, now)},
		[]string{labelText(s.Spec.Selector)}}
}

func endpoints(e *corev1.Endpoints) string { //nolint:staticcheck // see above
	var list []string
	for _, s := range e.Subsets {
		for _, p := range s.Ports {
			for _, a := range s.Addresses {
				list = append(list, fmt.Sprintf("%s:%d", a.IP, p.Port))
			}
		}
	}
	if len(list) > 3 {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:3], ","), len(list)-3)
	}
	return or(strings.Join(list, ","), "<none>")
}

func modes(list []corev1.PersistentVolumeAccessMode) string {
	short := map[corev1.PersistentVolumeAccessMode]string{corev1.ReadWriteOnce: "RWO", corev1.ReadOnlyMany: "ROX", corev1.ReadWriteMany: "RWX", corev1.ReadWriteOncePod: "RWOP"}
	var text []string
	for _, m := range list {
		text = append(text, short[m])
	}
	return strings.Join(text, ",")
}

func claim(c *corev1.PersistentVolumeClaim, now time.Time) Row {
	phase, size, access, class := string(c.Status.Phase), "", "", ""
	if c.DeletionTimestamp != nil {
		phase = "Terminating"
	}
	if c.Spec.VolumeName != "" {
		q := c.Status.Capacity[corev1.ResourceStorage]
		size, access = q.String(), modes(c.Status.AccessModes)
	}
	if c.Spec.StorageClassName != nil {
		class = *c.Spec.StorageClassName
	}
	mode := "<unset>"
	if c.Spec.VolumeMode != nil {
		mode = string(*c.Spec.VolumeMode)
	}
	return Row{[]string{c.Name, phase, c.Spec.VolumeName, size, access, class, "<unset>", age(c.CreationTimestamp, now)}, []string{mode}}
}

func event(e *corev1.Event, now time.Time) Row {
	last, first, source := e.LastTimestamp, e.FirstTimestamp, e.Source.Component
	if last.IsZero() {
		last.Time = e.EventTime.Time
	}
	if e.Series != nil {
		last.Time = e.Series.LastObservedTime.Time
	}
	if first.IsZero() {
		first.Time = e.EventTime.Time
	}
	host := or(e.Source.Host, e.ReportingInstance)
	if source = or(source, e.ReportingController); host != "" {
		source += ", " + host
	}
	count := max(e.Count, 1)
	if e.Series != nil {
		count = e.Series.Count
	}
	object := strings.ToLower(e.InvolvedObject.Kind) + "/" + e.InvolvedObject.Name
	message := strings.TrimSpace(e.Message)
	return Row{[]string{age(last, now), e.Type, e.Reason, object, message},
		[]string{age(last, now), e.Type, e.Reason, object, e.InvolvedObject.FieldPath, source, message, age(first, now), number(count), e.Name}}
}
