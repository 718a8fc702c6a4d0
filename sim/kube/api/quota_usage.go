package api

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"drydock/sim/kube/store"
)

// usage is what an object counts against quotas: itself, and what it asks for.
func usage(k Kind, obj store.Object) corev1.ResourceList {
	one := *resource.NewQuantity(1, resource.DecimalSI)
	list := corev1.ResourceList{corev1.ResourceName("count/" + k.GroupResource().String()): one}
	switch k.Kind {
	case "ConfigMap", "Secret", "Service", "PersistentVolumeClaim", "ResourceQuota":
		list[corev1.ResourceName(k.Resource)] = one
	}
	switch o := obj.(type) {
	case *corev1.Pod:
		podUsage(o, list, one)
	case *corev1.Service:
		ports := int64(0)
		if o.Spec.Type == corev1.ServiceTypeNodePort || o.Spec.Type == corev1.ServiceTypeLoadBalancer {
			ports = int64(len(o.Spec.Ports))
		}
		list[corev1.ResourceServicesNodePorts] = *resource.NewQuantity(ports, resource.DecimalSI)
		if o.Spec.Type == corev1.ServiceTypeLoadBalancer {
			list[corev1.ResourceServicesLoadBalancers] = one
		}
	case *corev1.PersistentVolumeClaim:
		storage := o.Spec.Resources.Requests[corev1.ResourceStorage]
		list[corev1.ResourceRequestsStorage] = storage
		if class := o.Spec.StorageClassName; class != nil && *class != "" {
			prefix := *class + ".storageclass.storage.k8s.io/"
			list[corev1.ResourceName(prefix+"requests.storage")] = storage
			list[corev1.ResourceName(prefix+"persistentvolumeclaims")] = one
		}
	}
	return list
}

// podUsage: a pod that has ended counts as an object only.
func podUsage(p *corev1.Pod, list corev1.ResourceList, one resource.Quantity) {
	if p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed {
		return
	}
	list[corev1.ResourcePods] = one
	requests, limits := podTotals(&p.Spec)
	for name, q := range requests {
		list["requests."+name] = q
		if name == corev1.ResourceCPU || name == corev1.ResourceMemory {
			list[name] = q
		}
	}
	for name, q := range limits {
		list["limits."+name] = q
	}
}
