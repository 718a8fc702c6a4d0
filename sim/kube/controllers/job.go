package controllers

import (
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// The paces of the Job controller (v1.37.2, pkg/controller/job).
const (
	jobBatch      = time.Second // pod changes are gathered for so long
	jobBackoff    = 10 * time.Second
	jobBackoffMax = 10 * time.Minute
)

// jobController runs pods until enough have succeeded.
type jobController struct {
	s       *api.Server
	queue   *api.Queue
	pending map[store.Key]bool
	tallies map[types.UID]*tally
}

// tally is what the controller counted of a Job. The real one marks the pods
// themselves with a finalizer.
type tally struct {
	counted    map[types.UID]bool
	failures   int // since the last success
	lastFail   time.Time
	indexFails map[int]failed // of a Job that limits the failures of each index
}

// failed is how often a pod failed, and when it did last.
type failed struct {
	times int
	last  time.Time
}

func newJobController(s *api.Server, m *api.Component) *jobController {
	c := &jobController{s: s, pending: map[store.Key]bool{}, tallies: map[types.UID]*tally{}}
	c.queue = m.Queue(reaction, c.sync)
	s.Jobs.Table.Watch(func(ch store.Change[*batchv1.Job]) {
		switch {
		case ch.New == nil:
			delete(c.tallies, ch.Old.UID)
		case ch.Old == nil || ch.Old.Generation != ch.New.Generation || ch.New.DeletionTimestamp != nil:
			c.queue.Add(store.KeyOf(ch.New))
		}
	})
	m.OnStart(func() {
		for _, j := range s.Jobs.Table.List("") {
			c.queue.Add(store.KeyOf(j))
		}
	})
	return c
}

// podChanged gathers the changes of a Job's pods for a moment.
func (c *jobController) podChanged(key store.Key, ch store.Change[*corev1.Pod]) {
	if ch.New == nil {
		c.lost(key, ch.Old)
	}
	if c.pending[key] {
		return
	}
	c.pending[key] = true
	c.s.Clock.After(jobBatch, func() {
		delete(c.pending, key)
		c.queue.Add(key)
	})
}

// lost counts a pod that was deleted before it was counted as a failure.
func (c *jobController) lost(key store.Key, p *corev1.Pod) {
	j, found := c.s.Jobs.Table.Get(key.Namespace, key.Name)
	if !found || !owned(p, j.UID) {
		return
	}
	t := c.tally(j)
	if t.counted[p.UID] || len(t.counted) == 0 && finishedJob(j) {
		return
	}
	t.counted[p.UID] = true
	copied := store.Copy(j)
	if p.Status.Phase == corev1.PodSucceeded {
		copied.Status.Succeeded++
	} else {
		copied.Status.Failed++
	}
	c.s.Clock.After(0, func() {
		if now, found := c.s.Jobs.Table.Get(key.Namespace, key.Name); found && now.UID == j.UID {
			st := store.Copy(now)
			st.Status.Succeeded += copied.Status.Succeeded - j.Status.Succeeded
			st.Status.Failed += copied.Status.Failed - j.Status.Failed
			c.s.Jobs.SetStatus(st)
		}
	})
}

func (c *jobController) tally(j *batchv1.Job) *tally {
	t := c.tallies[j.UID]
	if t == nil {
		t = &tally{counted: map[types.UID]bool{}, indexFails: map[int]failed{}}
		c.tallies[j.UID] = t
	}
	return t
}

// run is one look at a Job.
type run struct {
	*podOwner
	*tally
	queue  *api.Queue
	key    store.Key
	job    *batchv1.Job
	st     batchv1.JobStatus
	active []*corev1.Pod
	ending int // pods that are being deleted
	fresh  int // pods that ended and are counted only now
	// done and failed are the indexes of an indexed Job that are over.
	done, failed map[int]bool
	against      string // why the pod failure policy ends the Job, "" if it does not
}

func (c *jobController) sync(key store.Key) {
	j, found := c.s.Jobs.Table.Get(key.Namespace, key.Name)
	if !found {
		return
	}
	r := &run{
		podOwner: newPodOwner(c.s, "job-controller", batchv1.SchemeGroupVersion.WithKind("Job"), j),
		tally:    c.tally(j), queue: c.queue, key: key, job: j, st: j.Status,
	}
	r.readIndexes()
	if finishedJob(j) {
		r.expire()
		return
	}
	if j.DeletionTimestamp != nil {
		return
	}
	var err error
	if !r.suspended() {
		r.begin()
		r.count(c.s.PodsByOwner.Get(string(j.UID)))
		err = r.decide()
	} else {
		r.count(c.s.PodsByOwner.Get(string(j.UID)))
		r.stop()
	}
	r.write()
	if err != nil {
		c.queue.Retry(key)
		return
	}
	c.queue.Forget(key)
}

func finishedJob(j *batchv1.Job) bool {
	return hasJobCondition(j.Status.Conditions, batchv1.JobComplete) || hasJobCondition(j.Status.Conditions, batchv1.JobFailed)
}

func hasJobCondition(list []batchv1.JobCondition, t batchv1.JobConditionType) bool {
	return slices.ContainsFunc(list, func(c batchv1.JobCondition) bool { return c.Type == t && c.Status == corev1.ConditionTrue })
}

// begin starts the Job's time.
func (r *run) begin() {
	if r.st.StartTime != nil {
		return
	}
	now := metav1.NewTime(r.s.Clock.Now())
	r.st.StartTime = &now
	if d := r.job.Spec.ActiveDeadlineSeconds; d != nil {
		r.queue.AddAfter(r.key, time.Duration(*d)*time.Second, clock.Work)
	}
}

// count counts the pods. One that has ended is seen in one look and counts in the
// next, as the real controller first notes it in the status.
func (r *run) count(pods []*corev1.Pod) {
	var noted []*corev1.Pod
	ready := int32(0)
	for _, p := range pods {
		switch {
		case finished(p):
			if !r.counted[p.UID] {
				noted = append(noted, p)
			}
		case p.DeletionTimestamp != nil:
			r.ending++
			if !r.onlyFailed() && !r.counted[p.UID] {
				noted = append(noted, p) // it counts as failed
			}
		default:
			r.active = append(r.active, p)
			if _, ok := readySince(p); ok {
				ready++
			}
		}
	}
	slices.SortStableFunc(noted, func(a, b *corev1.Pod) int { return endedAt(a, r.s.Clock.Now()).Compare(endedAt(b, r.s.Clock.Now())) })
	for _, p := range noted {
		r.counted[p.UID] = true
		r.fresh++
		if p.Status.Phase != corev1.PodSucceeded {
			r.countFailure(p)
			continue
		}
		r.failures = 0
		if !r.indexed() {
			r.st.Succeeded++
			continue
		}
		if i := indexOf(p); i >= 0 && i < int(*r.job.Spec.Completions) {
			r.done[i] = true
		}
		r.st.Succeeded = int32(len(r.done)) //nolint:gosec // a count
	}
	r.writeIndexes()
	r.st.Ready, r.st.Terminating = &ready, new(int32)
	*r.st.Terminating = int32(r.ending) //nolint:gosec // a count
	r.st.Active = int32(len(r.active))  //nolint:gosec // a count
	r.st.UncountedTerminatedPods = &batchv1.UncountedTerminatedPods{}
}

// endedAt is when the last container of a pod ended, or its deletion began.
func endedAt(p *corev1.Pod, now time.Time) time.Time {
	var last time.Time
	for i := range p.Status.ContainerStatuses {
		if t := p.Status.ContainerStatuses[i].State.Terminated; t != nil && t.FinishedAt.After(last) {
			last = t.FinishedAt.Time
		}
	}
	if last.IsZero() {
		return now
	}
	return last
}

func (r *run) write() {
	if apiequality.Semantic.DeepEqual(r.st, r.job.Status) {
		return
	}
	copied := store.Copy(r.job)
	copied.Status = r.st
	r.s.Jobs.SetStatus(copied)
}
