package printer

import (
	"fmt"
	"strings"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"

	"drydock/sim/kube/store"
)

func scalingColumns() map[string]Columns {
	return map[string]Columns{
		"HorizontalPodAutoscaler": {Names: names("NAME|REFERENCE|TARGETS|MINPODS|MAXPODS|REPLICAS|AGE")},
		"Scale":                   {Names: names("NAME|DESIRED|AVAILABLE|AGE")},
	}
}

func scaling(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *autoscalingv1.Scale:
		return Row{Cells: []string{o.Name, number(o.Spec.Replicas), number(o.Status.Replicas), born}}, true
	case *autoscalingv2.HorizontalPodAutoscaler:
		low := "<unset>"
		if o.Spec.MinReplicas != nil {
			low = number(*o.Spec.MinReplicas)
		}
		return Row{Cells: []string{o.Name, o.Spec.ScaleTargetRef.Kind + "/" + o.Spec.ScaleTargetRef.Name, targets(o), low, number(o.Spec.MaxReplicas), number(o.Status.CurrentReplicas), born}}, true
	}
	return Row{}, false
}

// targets are an autoscaler's metrics: what is used now and what is aimed at.
func targets(h *autoscalingv2.HorizontalPodAutoscaler) string {
	var list []string
	for i, m := range h.Spec.Metrics {
		if m.Resource == nil {
			list = append(list, "<unknown type>")
			continue
		}
		now, aim := "<unknown>", "<auto>"
		var status *autoscalingv2.MetricValueStatus
		if i < len(h.Status.CurrentMetrics) && h.Status.CurrentMetrics[i].Resource != nil {
			status = &h.Status.CurrentMetrics[i].Resource.Current
		}
		switch t := m.Resource.Target; {
		case t.AverageValue != nil:
			aim = t.AverageValue.String()
			if status != nil && status.AverageValue != nil {
				now = status.AverageValue.String()
			}
		case t.AverageUtilization != nil:
			aim = fmt.Sprintf("%d%%", *t.AverageUtilization)
			if status != nil && status.AverageUtilization != nil {
				now = fmt.Sprintf("%d%%", *status.AverageUtilization)
			}
		}
		list = append(list, string(m.Resource.Name)+": "+now+"/"+aim)
	}
	if len(list) > 2 {
		return fmt.Sprintf("%s + %d more...", strings.Join(list[:2], ", "), len(list)-2)
	}
	return or(strings.Join(list, ", "), "<none>")
}
