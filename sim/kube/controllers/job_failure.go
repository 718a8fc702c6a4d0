package controllers

import (
	"fmt"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// onlyFailed reports a Job that replaces a pod when it has failed, not yet when it is
// being deleted.
func (r *run) onlyFailed() bool {
	p := r.job.Spec.PodReplacementPolicy
	return p != nil && *p == batchv1.Failed
}

// verdict is what the Job's pod failure policy says of a failed pod, with the reason
// for a failure of the whole Job. A pod that no rule matches counts.
func (r *run) verdict(p *corev1.Pod) (batchv1.PodFailurePolicyAction, string) {
	if r.job.Spec.PodFailurePolicy == nil {
		return batchv1.PodFailurePolicyActionCount, ""
	}
	for i := range r.job.Spec.PodFailurePolicy.Rules {
		rule := &r.job.Spec.PodFailurePolicy.Rules[i]
		what := matchesExit(rule.OnExitCodes, p)
		if what == "" {
			what = matchesCondition(rule.OnPodConditions, p)
		}
		if what != "" {
			return rule.Action, fmt.Sprintf("%s matching %s rule at index %d", what, rule.Action, i)
		}
	}
	return batchv1.PodFailurePolicyActionCount, ""
}

// matchesExit says which container of a pod ended with a status that a rule names.
func matchesExit(rule *batchv1.PodFailurePolicyOnExitCodesRequirement, p *corev1.Pod) string {
	if rule == nil {
		return ""
	}
	for _, st := range slices.Concat(p.Status.ContainerStatuses, p.Status.InitContainerStatuses) {
		t := st.State.Terminated
		if t == nil || t.ExitCode == 0 || rule.ContainerName != nil && *rule.ContainerName != st.Name {
			continue
		}
		if slices.Contains(rule.Values, t.ExitCode) == (rule.Operator == batchv1.PodFailurePolicyOnExitCodesOpIn) {
			return fmt.Sprintf("Container %s for pod %s/%s failed with exit code %d", st.Name, p.Namespace, p.Name, t.ExitCode)
		}
	}
	return ""
}

func matchesCondition(rules []batchv1.PodFailurePolicyOnPodConditionsPattern, p *corev1.Pod) string {
	for _, rule := range rules {
		for _, c := range p.Status.Conditions {
			if c.Type == rule.Type && (c.Status == rule.Status || rule.Status == "" && c.Status == corev1.ConditionTrue) {
				return fmt.Sprintf("Pod %s/%s has condition %s", p.Namespace, p.Name, c.Type)
			}
		}
	}
	return ""
}

// countFailure counts a failed pod as the Job's policies say.
func (r *run) countFailure(p *corev1.Pod) {
	action, why := r.verdict(p)
	switch action {
	case batchv1.PodFailurePolicyActionIgnore:
		return
	case batchv1.PodFailurePolicyActionFailJob:
		r.against = why
	}
	ended := endedAt(p, r.s.Clock.Now())
	r.st.Failed++
	limit, limited := r.perIndex()
	if !limited {
		r.failures++
		r.lastFail = ended
		return
	}
	index := indexOf(p)
	f := r.indexFails[index]
	f.times++
	f.last = ended
	r.indexFails[index] = f
	if f.times > int(limit) || action == batchv1.PodFailurePolicyActionFailIndex {
		r.failed[index] = true
	}
}
