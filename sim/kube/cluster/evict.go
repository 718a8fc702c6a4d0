package cluster

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// Evict ends a pod as the eviction subresource does (kubectl drain): unless a
// disruption budget forbids it, which is the API error TooManyRequests.
func (c *Cluster) Evict(namespace, name string) error {
	p, found := c.server.Pods.Get(namespace, name)
	if !found {
		return apierrors.NewNotFound(corev1.Resource("pods"), name)
	}
	budgets := c.budgetsOf(p)
	switch {
	case isOver(p) || p.Status.Phase == corev1.PodPending || p.DeletionTimestamp != nil:
	case len(budgets) > 1:
		return apierrors.NewInternalError(errors.New("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")) //nolint:revive,staticcheck // the API's words
	case len(budgets) == 1:
		if err := c.spend(budgets[0], p); err != nil {
			return err
		}
	}
	c.disrupt(p, "EvictionByEvictionAPI", "Eviction API: evicting")
	_, err := c.server.Pods.Delete(namespace, name, api.DeleteOptions{})
	return err
}

// spend takes one disruption from a budget, or says why there is none.
func (c *Cluster) spend(b *policyv1.PodDisruptionBudget, p *corev1.Pod) error {
	if !isReady(p) {
		always := b.Spec.UnhealthyPodEvictionPolicy != nil && *b.Spec.UnhealthyPodEvictionPolicy == policyv1.AlwaysAllow
		if always || b.Status.CurrentHealthy >= b.Status.DesiredHealthy && b.Status.DesiredHealthy > 0 {
			return nil
		}
	}
	if b.Status.ObservedGeneration < b.Generation {
		return tooMany(fmt.Sprintf("The disruption budget %s is still being processed by the server.", b.Name))
	}
	if b.Status.DisruptionsAllowed <= 0 {
		return tooMany(fmt.Sprintf("The disruption budget %s needs %d healthy pods and has %d currently", b.Name, b.Status.DesiredHealthy, b.Status.CurrentHealthy))
	}
	changed := store.Copy(b)
	changed.Status.DisruptionsAllowed--
	c.server.PodDisruptionBudgets.SetStatus(changed)
	return nil
}

// tooMany is the API's refusal of an eviction, with its cause.
func tooMany(cause string) error {
	err := apierrors.NewTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0)
	err.ErrStatus.Details.Causes = append(err.ErrStatus.Details.Causes, metav1.StatusCause{Type: policyv1.DisruptionBudgetCause, Message: cause})
	return err
}
