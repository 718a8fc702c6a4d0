package explain

import (
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// value is one of the values that a field may have.
type value struct{ name, meaning string }

func valuesOf(names ...string) []value {
	list := make([]value, len(names))
	for i, n := range names {
		list[i] = value{name: n}
	}
	return list
}

// enums gives the values of the API's types that have few (+enum in k8s.io/api v0.37),
// in the order of the schema, which is by name.
func enums(t reflect.Type) []value {
	return map[reflect.Type][]value{
		reflect.TypeFor[corev1.ServiceType](): {
			{"ClusterIP", "means a service will only be accessible inside the cluster, via the cluster IP."},
			{"ExternalName", "means a service consists of only a reference to an external name that kubedns or equivalent will return as a CNAME record, with no exposing or proxying of any pods involved."},
			{"LoadBalancer", "means a service will be exposed via an external load balancer (if the cloud provider supports it), in addition to 'NodePort' type."},
			{"NodePort", "means a service will be exposed on one port of every node, in addition to 'ClusterIP' type."},
		},
		reflect.TypeFor[corev1.RestartPolicy](): valuesOf("Always", "Never", "OnFailure"),
		reflect.TypeFor[corev1.PullPolicy](): {
			{"Always", "means that kubelet always attempts to pull the latest image. Container will fail If the pull fails."},
			{"IfNotPresent", "means that kubelet pulls if the image isn't present on disk. Container will fail if the image isn't present and the pull fails."},
			{"Never", "means that kubelet never pulls an image, but only uses a local image. Container will fail if the image isn't present"},
		},
		reflect.TypeFor[corev1.Protocol](): {
			{"SCTP", "is the SCTP protocol."}, {"TCP", "is the TCP protocol."}, {"UDP", "is the UDP protocol."},
		},
		reflect.TypeFor[corev1.ServiceAffinity](): {
			{"ClientIP", "is the Client IP based."}, {"None", "- no session affinity."},
		},
		reflect.TypeFor[corev1.TaintEffect](): {
			{"NoExecute", "Evict any already-running pods that do not tolerate the taint. Currently enforced by NodeController."},
			{"NoSchedule", "Do not allow new pods to schedule onto the node unless they tolerate the taint, but allow all pods submitted to Kubelet without going through the scheduler to start, and allow all already-running pods to continue running. Enforced by the scheduler."},
			{"PreferNoSchedule", "Like TaintEffectNoSchedule, but the scheduler tries not to schedule new pods onto the node, rather than prohibiting new pods from scheduling onto the node entirely. Enforced by the scheduler."},
		},
		reflect.TypeFor[appsv1.DeploymentStrategyType](): {
			{"Recreate", "Kill all existing pods before creating new ones."},
			{"RollingUpdate", "Replace the old ReplicaSets by new one using rolling update i.e gradually scale down the old ReplicaSets and scale up the new one."},
		},
		reflect.TypeFor[batchv1.ConcurrencyPolicy](): {
			{"Allow", "allows CronJobs to run concurrently."},
			{"Forbid", "forbids concurrent runs, skipping next run if previous hasn't finished yet."},
			{"Replace", "cancels currently running job and replaces it with a new one."},
		},
	}[t]
}
