package api

import (
	"math"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func setPointer[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

func defaultDeployment(d *appsv1.Deployment) {
	defaultPodSpec(&d.Spec.Template.Spec)
	setPointer(&d.Spec.Replicas, 1)
	setPointer(&d.Spec.RevisionHistoryLimit, 10)
	setPointer(&d.Spec.ProgressDeadlineSeconds, 600)
	setString(&d.Spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if d.Spec.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		r := appsv1.RollingUpdateDeployment{}
		if d.Spec.Strategy.RollingUpdate != nil {
			r = *d.Spec.Strategy.RollingUpdate
		}
		setPointer(&r.MaxSurge, intstr.FromString("25%"))
		setPointer(&r.MaxUnavailable, intstr.FromString("25%"))
		d.Spec.Strategy.RollingUpdate = &r
	}
}

func defaultReplicaSet(r *appsv1.ReplicaSet) {
	defaultPodSpec(&r.Spec.Template.Spec)
	setPointer(&r.Spec.Replicas, 1)
}

func defaultStatefulSet(s *appsv1.StatefulSet) {
	defaultPodSpec(&s.Spec.Template.Spec)
	setPointer(&s.Spec.Replicas, 1)
	setPointer(&s.Spec.RevisionHistoryLimit, 10)
	setString(&s.Spec.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
	setString(&s.Spec.UpdateStrategy.Type, appsv1.RollingUpdateStatefulSetStrategyType)
	if s.Spec.UpdateStrategy.Type == appsv1.RollingUpdateStatefulSetStrategyType {
		r := appsv1.RollingUpdateStatefulSetStrategy{}
		if s.Spec.UpdateStrategy.RollingUpdate != nil {
			r = *s.Spec.UpdateStrategy.RollingUpdate
		}
		setPointer(&r.Partition, 0)
		setPointer(&r.MaxUnavailable, intstr.FromInt32(1))
		s.Spec.UpdateStrategy.RollingUpdate = &r
	}
	retention := appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{}
	if s.Spec.PersistentVolumeClaimRetentionPolicy != nil {
		retention = *s.Spec.PersistentVolumeClaimRetentionPolicy
	}
	setString(&retention.WhenDeleted, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	setString(&retention.WhenScaled, appsv1.RetainPersistentVolumeClaimRetentionPolicyType)
	s.Spec.PersistentVolumeClaimRetentionPolicy = &retention
	s.Spec.VolumeClaimTemplates = eachChanged(s.Spec.VolumeClaimTemplates, func(c *corev1.PersistentVolumeClaim) {
		setString(&c.APIVersion, "v1")
		setString(&c.Kind, "PersistentVolumeClaim")
		defaultClaim(c)
	})
}

func defaultDaemonSet(d *appsv1.DaemonSet) {
	defaultPodSpec(&d.Spec.Template.Spec)
	setPointer(&d.Spec.RevisionHistoryLimit, 10)
	setString(&d.Spec.UpdateStrategy.Type, appsv1.RollingUpdateDaemonSetStrategyType)
	if d.Spec.UpdateStrategy.Type == appsv1.RollingUpdateDaemonSetStrategyType {
		r := appsv1.RollingUpdateDaemonSet{}
		if d.Spec.UpdateStrategy.RollingUpdate != nil {
			r = *d.Spec.UpdateStrategy.RollingUpdate
		}
		setPointer(&r.MaxSurge, intstr.FromInt32(0))
		setPointer(&r.MaxUnavailable, intstr.FromInt32(1))
		d.Spec.UpdateStrategy.RollingUpdate = &r
	}
}

func defaultJob(j *batchv1.Job) {
	defaultJobSpec(&j.Spec)
	if j.Spec.BackoffLimitPerIndex != nil {
		setPointer(&j.Spec.BackoffLimit, math.MaxInt32)
	}
	if j.Spec.PodFailurePolicy != nil {
		setPointer(&j.Spec.PodReplacementPolicy, batchv1.Failed)
	}
	setPointer(&j.Spec.BackoffLimit, 6)
	setPointer(&j.Spec.CompletionMode, batchv1.NonIndexedCompletion)
	setPointer(&j.Spec.Suspend, false)
	setPointer(&j.Spec.ManualSelector, false)
	setPointer(&j.Spec.PodReplacementPolicy, batchv1.TerminatingOrFailed)
	// A work queue (parallelism alone) has no number of completions.
	if j.Spec.Completions == nil && j.Spec.Parallelism == nil {
		j.Spec.Completions = new(int32(1))
	}
	setPointer(&j.Spec.Parallelism, 1)
}

func defaultJobSpec(s *batchv1.JobSpec) {
	// The restart policy of a job must be chosen; the template's default tells
	// validation that it was not.
	defaultPodSpec(&s.Template.Spec)
}

// ownJob gives a new job its identity: the selector and labels by which it finds
// its pods.
func ownJob(j *batchv1.Job) error {
	if j.Spec.ManualSelector != nil && *j.Spec.ManualSelector || j.Spec.Selector != nil {
		return nil
	}
	labels := map[string]string{}
	for k, v := range j.Spec.Template.Labels {
		labels[k] = v
	}
	uid := string(j.UID)
	labels["batch.kubernetes.io/job-name"], labels["job-name"] = j.Name, j.Name
	labels["batch.kubernetes.io/controller-uid"], labels["controller-uid"] = uid, uid
	j.Spec.Template.Labels = labels
	j.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"batch.kubernetes.io/controller-uid": uid}}
	if len(j.Labels) == 0 {
		j.Labels = labels
	}
	return nil
}

func defaultCronJob(c *batchv1.CronJob) {
	defaultJobSpec(&c.Spec.JobTemplate.Spec)
	setString(&c.Spec.ConcurrencyPolicy, batchv1.AllowConcurrent)
	setPointer(&c.Spec.Suspend, false)
	setPointer(&c.Spec.SuccessfulJobsHistoryLimit, 3)
	setPointer(&c.Spec.FailedJobsHistoryLimit, 1)
}

// defaultCPUUtilization is what an autoscaler aims at that names no metric, in
// percent (pkg/apis/autoscaling of Kubernetes v1.37).
const defaultCPUUtilization = 80

func defaultAutoscaler(h *autoscalingv2.HorizontalPodAutoscaler) {
	setPointer(&h.Spec.MinReplicas, 1)
	if len(h.Spec.Metrics) > 0 {
		return
	}
	target := autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType}
	setPointer(&target.AverageUtilization, defaultCPUUtilization)
	h.Spec.Metrics = []autoscalingv2.MetricSpec{{
		Type:     autoscalingv2.ResourceMetricSourceType,
		Resource: &autoscalingv2.ResourceMetricSource{Name: corev1.ResourceCPU, Target: target},
	}}
}
