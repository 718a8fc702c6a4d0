package sim

import (
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// revisionAnnotation is where a Deployment keeps the number of its template.
const revisionAnnotation = "deployment.kubernetes.io/revision"

// workloadStates are all objects that make pods, by kind, namespace and name.
func (w *World) workloadStates(s *api.Server) []Workload {
	var out []Workload
	for _, d := range s.Deployments.List("") {
		out = append(out, w.deploymentState(d))
	}
	for _, r := range s.ReplicaSets.List("") {
		st := w.workload("ReplicaSet", r)
		st.Replicas, st.Current, st.Ready, st.Available = count(r.Spec.Replicas), int(r.Status.Replicas), int(r.Status.ReadyReplicas), int(r.Status.AvailableReplicas)
		st.Updated, st.Revision, st.Selector = st.Current, r.Annotations[revisionAnnotation], matchLabels(r.Spec.Selector)
		for _, c := range r.Status.Conditions {
			st.Message = cmp.Or(st.Message, c.Message)
		}
		out = append(out, st)
	}
	for _, o := range s.StatefulSets.List("") {
		st := w.workload("StatefulSet", o)
		st.Replicas, st.Current, st.Ready, st.Available = count(o.Spec.Replicas), int(o.Status.Replicas), int(o.Status.ReadyReplicas), int(o.Status.AvailableReplicas)
		st.Updated, st.Revision, st.Selector = int(o.Status.UpdatedReplicas), o.Status.UpdateRevision, matchLabels(o.Spec.Selector)
		st.Rollout = complete(st.Ready >= st.Replicas && st.Current == st.Replicas && (o.Status.UpdateRevision == o.Status.CurrentRevision || st.Updated >= st.Replicas))
		out = append(out, st)
	}
	for _, o := range s.DaemonSets.List("") {
		st := w.workload("DaemonSet", o)
		st.Replicas, st.Current, st.Ready, st.Available = int(o.Status.DesiredNumberScheduled), int(o.Status.CurrentNumberScheduled), int(o.Status.NumberReady), int(o.Status.NumberAvailable)
		st.Updated, st.Selector = int(o.Status.UpdatedNumberScheduled), matchLabels(o.Spec.Selector)
		st.Rollout = complete(st.Available >= st.Replicas && st.Updated >= st.Replicas)
		out = append(out, st)
	}
	for _, o := range s.Jobs.List("") {
		out = append(out, w.jobState(o))
	}
	for _, o := range s.CronJobs.List("") {
		st := w.workload("CronJob", o)
		st.Schedule, st.Active = o.Spec.Schedule, len(o.Status.Active)
		if o.Spec.Suspend != nil && *o.Spec.Suspend {
			st.Rollout = "suspended"
		}
		out = append(out, st)
	}
	return out
}

// workload is what all kinds have in common.
func (w *World) workload(kind string, obj store.Object) Workload {
	st := Workload{Kind: kind, Namespace: obj.GetNamespace(), Name: obj.GetName(), UID: string(obj.GetUID()), Labels: obj.GetLabels(), Created: w.since(obj.GetCreationTimestamp().Time)}
	st.Owner, st.OwnerUID = owner(obj)
	if spec := api.TemplateOf(obj); spec != nil {
		for i := range spec.Containers {
			st.Images = append(st.Images, spec.Containers[i].Image)
		}
	}
	return st
}

func (w *World) deploymentState(d *appsv1.Deployment) Workload {
	st := w.workload("Deployment", d)
	st.Replicas, st.Current, st.Ready, st.Available = count(d.Spec.Replicas), int(d.Status.Replicas), int(d.Status.ReadyReplicas), int(d.Status.AvailableReplicas)
	st.Updated, st.Revision, st.Selector = int(d.Status.UpdatedReplicas), d.Annotations[revisionAnnotation], matchLabels(d.Spec.Selector)
	st.Rollout = complete(d.Status.ObservedGeneration >= d.Generation && st.Updated >= st.Replicas && st.Current == st.Updated && st.Available >= st.Updated)
	if d.Spec.Paused {
		st.Rollout = "paused"
	}
	for _, c := range d.Status.Conditions {
		failed := c.Type == appsv1.DeploymentProgressing && c.Reason == "ProgressDeadlineExceeded"
		if failed {
			st.Rollout = "failed"
		}
		if failed || c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			st.Message = c.Message
		}
	}
	return st
}

func (w *World) jobState(j *batchv1.Job) Workload {
	st := w.workload("Job", j)
	st.Replicas, st.Active, st.Succeeded, st.Failed = count(j.Spec.Completions), int(j.Status.Active), int(j.Status.Succeeded), int(j.Status.Failed)
	if j.Status.Ready != nil {
		st.Ready = int(*j.Status.Ready)
	}
	st.Rollout = "running"
	if j.Spec.Suspend != nil && *j.Spec.Suspend {
		st.Rollout = "suspended"
	}
	for _, c := range j.Status.Conditions {
		if c.Status != corev1.ConditionTrue {
			continue
		}
		switch c.Type {
		case batchv1.JobComplete:
			st.Rollout = "complete"
		case batchv1.JobFailed:
			st.Rollout, st.Message = "failed", c.Message
		}
	}
	return st
}

// count is an optional number; what is left out means one.
func count(n *int32) int {
	if n == nil {
		return 1
	}
	return int(*n)
}

func complete(done bool) string {
	if done {
		return "complete"
	}
	return "progressing"
}

func matchLabels(s *metav1.LabelSelector) map[string]string {
	if s == nil {
		return nil
	}
	return s.MatchLabels
}

// autoscalerStates are the HorizontalPodAutoscalers.
func autoscalerStates(s *api.Server) []Autoscaler {
	var out []Autoscaler
	for _, h := range s.HorizontalPodAutoscalers.List("") {
		a := Autoscaler{
			Namespace: h.Namespace, Name: h.Name, Target: h.Spec.ScaleTargetRef.Kind + "/" + h.Spec.ScaleTargetRef.Name,
			Min: count(h.Spec.MinReplicas), Max: int(h.Spec.MaxReplicas), Current: int(h.Status.CurrentReplicas), Desired: int(h.Status.DesiredReplicas), CPU: -1,
		}
		for _, m := range h.Spec.Metrics {
			if m.Resource != nil && m.Resource.Name == corev1.ResourceCPU && m.Resource.Target.AverageUtilization != nil {
				a.Goal = int(*m.Resource.Target.AverageUtilization)
			}
		}
		for _, m := range h.Status.CurrentMetrics {
			if m.Resource != nil && m.Resource.Name == corev1.ResourceCPU && m.Resource.Current.AverageUtilization != nil {
				a.CPU = int(*m.Resource.Current.AverageUtilization)
			}
		}
		out = append(out, a)
	}
	return out
}

func budgetStates(s *api.Server) []Budget {
	var out []Budget
	for _, b := range s.PodDisruptionBudgets.List("") {
		out = append(out, Budget{b.Namespace, b.Name, int(b.Status.DisruptionsAllowed), int(b.Status.CurrentHealthy), int(b.Status.DesiredHealthy)})
	}
	return out
}

func quotaStates(s *api.Server) []Quota {
	var out []Quota
	for _, q := range s.ResourceQuotas.List("") {
		out = append(out, Quota{q.Namespace, q.Name, quantities(q.Status.Hard), quantities(q.Status.Used)})
	}
	return out
}

func quantities(list corev1.ResourceList) map[string]string {
	out := make(map[string]string, len(list))
	for name, q := range list {
		out[string(name)] = q.String()
	}
	return out
}

// appendNew keeps a list without repeats.
func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
