package controllers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// indexFailures is the annotation that counts the failures of a pod's index before it.
const indexFailures = "batch.kubernetes.io/job-index-failure-count"

// indexed reports a Job whose pods each have a number of their own.
func (r *run) indexed() bool {
	return r.job.Spec.CompletionMode != nil && *r.job.Spec.CompletionMode == batchv1.IndexedCompletion && r.job.Spec.Completions != nil
}

// perIndex is how often the pod of one index may fail, and whether that is limited.
func (r *run) perIndex() (int32, bool) {
	if n := r.job.Spec.BackoffLimitPerIndex; n != nil && r.indexed() {
		return *n, true
	}
	return 0, false
}

// indexOf is the completion index of a pod, -1 when it has none.
func indexOf(p *corev1.Pod) int {
	n, err := strconv.Atoi(p.Annotations[batchv1.JobCompletionIndexAnnotation])
	if err != nil {
		return -1
	}
	return n
}

// parseIndexes reads a list of indexes such as "0-2,5"; what is not one is left out.
func parseIndexes(text string) map[int]bool {
	set := map[int]bool{}
	for _, part := range strings.Split(text, ",") {
		from, to, ranged := strings.Cut(part, "-")
		low, err := strconv.Atoi(from)
		high := low
		if err == nil && ranged {
			high, err = strconv.Atoi(to)
		}
		if err != nil || high > math.MaxInt32 {
			continue
		}
		for i := low; i <= high; i++ {
			set[i] = true
		}
	}
	return set
}

// formatIndexes writes indexes as the status of a Job does: "0-2,5".
func formatIndexes(set map[int]bool) string {
	list := slices.Sorted(maps.Keys(set))
	var parts []string
	for at := 0; at < len(list); {
		end := at
		for end+1 < len(list) && list[end+1] == list[end]+1 {
			end++
		}
		switch end - at {
		case 0:
			parts = append(parts, strconv.Itoa(list[at]))
		case 1:
			parts = append(parts, strconv.Itoa(list[at]), strconv.Itoa(list[end]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", list[at], list[end]))
		}
		at = end + 1
	}
	return strings.Join(parts, ",")
}

// readIndexes takes from the status which indexes are over.
func (r *run) readIndexes() {
	r.done, r.failed = parseIndexes(r.st.CompletedIndexes), map[int]bool{}
	if r.st.FailedIndexes != nil {
		r.failed = parseIndexes(*r.st.FailedIndexes)
	}
}

// writeIndexes notes in the status which indexes are over.
func (r *run) writeIndexes() {
	if !r.indexed() {
		return
	}
	r.st.CompletedIndexes = formatIndexes(r.done)
	if _, limited := r.perIndex(); limited {
		text := formatIndexes(r.failed)
		r.st.FailedIndexes = &text
	}
}

// missing are the lowest indexes, at most n, that need a pod and may have it now.
func (r *run) missing(n int) []int {
	busy := map[int]bool{}
	for _, p := range r.active {
		busy[indexOf(p)] = true
	}
	var list []int
	for i := 0; i < int(*r.job.Spec.Completions) && len(list) < n; i++ {
		if !busy[i] && !r.done[i] && !r.failed[i] && !r.waits(r.indexFails[i]) {
			list = append(list, i)
		}
	}
	return list
}

// numbered gives a pod its index: in its name, its host name, a label, an annotation
// and a variable.
func (r *run) numbered(p *corev1.Pod, index int) *corev1.Pod {
	text := strconv.Itoa(index)
	p.GenerateName = fmt.Sprintf("%s-%d-", r.job.Name, index)
	p.Labels = with(p.Labels, batchv1.JobCompletionIndexAnnotation, text)
	p.Annotations = with(p.Annotations, batchv1.JobCompletionIndexAnnotation, text)
	if _, limited := r.perIndex(); limited {
		p.Annotations = with(p.Annotations, indexFailures, strconv.Itoa(r.indexFails[index].times))
	}
	p.Spec.Hostname = fmt.Sprintf("%s-%d", r.job.Name, index)
	p.Spec.InitContainers, p.Spec.Containers = indexVariable(p.Spec.InitContainers), indexVariable(p.Spec.Containers)
	return p
}

// indexVariable adds JOB_COMPLETION_INDEX to containers that do not set it.
func indexVariable(list []corev1.Container) []corev1.Container {
	list = slices.Clone(list)
	for i := range list {
		if slices.ContainsFunc(list[i].Env, func(v corev1.EnvVar) bool { return v.Name == "JOB_COMPLETION_INDEX" }) {
			continue
		}
		list[i].Env = append(slices.Clone(list[i].Env), corev1.EnvVar{Name: "JOB_COMPLETION_INDEX", ValueFrom: &corev1.EnvVarSource{
			FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.labels['" + batchv1.JobCompletionIndexAnnotation + "']"},
		}})
	}
	return list
}

// indexesFailed is why a Job with a limit for each index has failed, "" if it has not.
func (r *run) indexesFailed() (reason, message string) {
	if _, limited := r.perIndex(); !limited {
		return "", ""
	}
	switch most := r.job.Spec.MaxFailedIndexes; {
	case most != nil && len(r.failed) > int(*most):
		return batchv1.JobReasonMaxFailedIndexesExceeded, "Job has exceeded the specified maximal number of failed indexes"
	case len(r.failed) > 0 && len(r.failed)+len(r.done) >= int(*r.job.Spec.Completions):
		return batchv1.JobReasonFailedIndexes, "Job has failed indexes"
	}
	return "", ""
}

// enough is the message of the rule of the success policy that is met, "" for none.
func (r *run) enough() string {
	if r.job.Spec.SuccessPolicy == nil || !r.indexed() {
		return ""
	}
	for i, rule := range r.job.Spec.SuccessPolicy.Rules {
		of, have := r.done, len(r.done)
		if rule.SucceededIndexes != nil {
			of, have = parseIndexes(*rule.SucceededIndexes), 0
			for n := range of {
				if r.done[n] {
					have++
				}
			}
		}
		if rule.SucceededCount != nil && have >= int(*rule.SucceededCount) || rule.SucceededIndexes != nil && have == len(of) {
			return fmt.Sprintf("Matched rules at index %d", i)
		}
	}
	return ""
}
