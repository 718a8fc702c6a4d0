package printer

import (
	"time"

	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"drydock/sim/kube/store"
)

func otherColumns() map[string]Columns {
	return map[string]Columns{
		"PodDisruptionBudget": {Names: names("NAME|MIN AVAILABLE|MAX UNAVAILABLE|ALLOWED DISRUPTIONS|AGE")},
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
	case *rbacv1.Role, *rbacv1.ClusterRole:
		return Row{Cells: []string{obj.GetName(), obj.GetCreationTimestamp().UTC().Format("2006-01-02T15:04:05Z")}}, true
	case *rbacv1.RoleBinding:
		return Row{Cells: []string{o.Name, o.RoleRef.Kind + "/" + o.RoleRef.Name, born}}, true
	case *rbacv1.ClusterRoleBinding:
		return Row{Cells: []string{o.Name, o.RoleRef.Kind + "/" + o.RoleRef.Name, born}}, true
	}
	return Row{}, false
}
