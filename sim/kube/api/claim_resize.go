package api

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// claimResize refuses a larger claim unless it is bound and its class lets volumes
// grow (v1.37.2, plugin PersistentVolumeClaimResize).
func (s *Server) claimResize(c, old *corev1.PersistentVolumeClaim) error {
	want, had := c.Spec.Resources.Requests[corev1.ResourceStorage], old.Spec.Resources.Requests[corev1.ResourceStorage]
	if want.Cmp(had) <= 0 {
		return nil
	}
	why := ""
	switch {
	case old.Status.Phase != corev1.ClaimBound:
		why = "Only bound persistent volume claims can be expanded"
	case !s.grows(c.Spec.StorageClassName):
		why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
	default:
		return nil
	}
	return apierrors.NewForbidden(s.PersistentVolumeClaims.kind.GroupResource(), c.Name, errors.New(why))
}

// grows reports a storage class whose volumes may be made larger.
func (s *Server) grows(name *string) bool {
	if name == nil {
		return false
	}
	class, found := s.StorageClasses.Get("", *name)
	return found && class.AllowVolumeExpansion != nil && *class.AllowVolumeExpansion
}
