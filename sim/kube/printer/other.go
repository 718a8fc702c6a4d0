package printer

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"drydock/sim/kube/store"
)

func otherColumns() map[string]Columns {
	return map[string]Columns{
		"PodDisruptionBudget": {Names: names("NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE")},
		"ComponentStatus":     {Names: names("NAME|STATUS|MESSAGE|ERROR")},
		"Role":                {Names: names("NAME|CREATED AT")},
		"ClusterRole":         {Names: names("NAME|CREATED AT")},
		"RoleBinding":         {Names: names("NAME|ROLE|AGE")},
		"ClusterRoleBinding":  {Names: names("NAME|ROLE|AGE")},
	}
}

func other(obj store.Object, now time.Time) (Row, bool) {
	born := age(obj.GetCreationTimestamp(), now)
	switch o := obj.(type) {
	case *policyv1.PodDisruptionBudget:
		low, high := "N/A", "N/A"
		if o.Spec.MinAvailable != nil {
			low = o.Spec.MinAvailable.String()
		}
		if o.Spec.MaxUnavailable != nil {
			high = o.Spec.MaxUnavailable.String()
		}
		return Row{Cells: []string{o.Name, low, high, number(o.Status.DisruptionsAllowed), born}}, true
	case *corev1.ComponentStatus: //nolint:staticcheck // deprecated, and still served
		return Row{Cells: componentStatus(o.Name, o.Conditions)}, true
	case *rbacv1.Role, *rbacv1.ClusterRole:
		return Row{Cells: []string{obj.GetName(), obj.GetCreationTimestamp().UTC().Format("2006-01-02T15:04:05Z")}}, true
	case *rbacv1.RoleBinding:
		return Row{Cells: []string{o.Name, o.RoleRef.Kind + "/" + o.RoleRef.Name, born}}, true
	case *rbacv1.ClusterRoleBinding:
		return Row{Cells: []string{o.Name, o.RoleRef.Kind + "/" + o.RoleRef.Name, born}}, true
	}
	return Row{}, false
}

// componentStatus is how a program of the control plane is, by its condition Healthy.
func componentStatus(name string, conditions []corev1.ComponentCondition) []string {
	for _, c := range conditions {
		if c.Type == corev1.ComponentHealthy {
			status := "Unhealthy"
			if c.Status == corev1.ConditionTrue {
				status = "Healthy"
			}
			return []string{name, status, c.Message, c.Error}
		}
	}
	return []string{name, "Unknown", "", ""}
}
