package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// subject is an object of the cluster that why is asked about.
type subject struct {
	kind api.Kind
	obj  store.Object
}

// name is the object as kubectl takes it after its verb: "pod web-x -n shop".
func (s subject) name() string {
	text := strings.ToLower(s.kind.Kind) + " " + s.obj.GetName()
	if ns := s.obj.GetNamespace(); ns != "" && ns != metav1.NamespaceDefault {
		text += " -n " + ns
	}
	return text
}

// subject finds what is meant by "pod/web-x", "svc/shop/web", or a bare name.
func (w *World) subject(object string) (subject, bool) {
	if w.cluster == nil {
		return subject{}, false
	}
	kind, name, hasKind := strings.Cut(object, "/")
	kinds, namespace := []string{kind}, metav1.NamespaceDefault
	if !hasKind {
		name, kinds = object, []string{"pod", "deployment", "statefulset", "daemonset", "cronjob", "job", "service", "node", "replicaset", "persistentvolumeclaim"}
	}
	if ns, rest, scoped := strings.Cut(name, "/"); scoped {
		namespace, name = ns, rest
	}
	for _, kind := range kinds {
		c := w.cluster.Server.Find(strings.ToLower(kind))
		if c == nil {
			continue
		}
		at := namespace
		if !c.Type().Namespaced {
			at = ""
		}
		if obj, found := c.GetObject(at, name); found {
			return subject{c.Type(), obj}, true
		}
	}
	return subject{}, false
}

// whyKube explains an object of the cluster: what is the matter with it now, then
// what led to it. It knows nothing of what is no object of the cluster.
func (w *World) whyKube(object string) []Cause {
	s, found := w.subject(object)
	if !found {
		return nil
	}
	causes := w.matter(s)
	last := w.latestOf(s.kind.Kind, s.obj, false)
	if last >= 0 {
		causes = append(causes, w.kubeChain(last, s)...)
	} else if owner, owned := w.ownerOf(s.obj); owned {
		causes = append(causes, w.created(owner)...)
	}
	if len(causes) == 0 {
		causes = []Cause{{At: w.since(s.obj.GetCreationTimestamp().Time), Text: s.kind.Kind + " " + s.obj.GetName() + " was there when the world began", See: "kubectl describe " + s.name()}}
	}
	return causes
}

// latestOf finds the newest event about an object, or the newest that made it; -1
// when there is none. Somebody who only pulled or looked is passed over.
func (w *World) latestOf(kind string, obj store.Object, made bool) int {
	events := w.clock.Events(0)
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		if e.Object.Kind != kind || e.Object.Name != obj.GetName() || kind != "machine" && !sameNamespace(e, obj) {
			continue
		}
		if !made || e.Reason == "created" {
			return i
		}
	}
	return -1
}

func sameNamespace(e *clock.Event, obj store.Object) bool {
	ns := obj.GetNamespace()
	if ns == metav1.NamespaceDefault {
		ns = ""
	}
	return e.Attr["namespace"] == ns
}

// kubeChain walks from an event to the command at its root. Steps that say the same
// of the same object are one; where the events end at an object that something made,
// it goes on with what made it.
func (w *World) kubeChain(id int, s subject) []Cause {
	var causes []Cause
	rooted := false
	for id >= 0 && len(causes) < 20 {
		e, ok := w.clock.Event(id)
		if !ok {
			break
		}
		text, see := sentence(e), kubeSee(e)
		if e.Object.Kind == "Pod" && !strings.Contains(text, e.Object.Name) {
			text = "pod " + e.Object.Name + ": " + text
		}
		if n := len(causes); n == 0 || causes[n-1].Text != text {
			causes = append(causes, Cause{At: e.Time.Sub(w.clock.Start()), Text: text, See: see})
		}
		rooted = e.Object.Kind == "command" || e.Object.Kind == "fault"
		id = e.Cause
	}
	if rooted {
		return causes
	}
	if n, isNode := s.obj.(*corev1.Node); isNode {
		return append(causes, w.struck(n.Name)...)
	}
	if owner, owned := w.ownerOf(s.obj); owned {
		return append(causes, w.created(owner)...)
	}
	return causes
}

// struck is the last thing that happened to a node's machine, or the last fault that
// names it: nobody tells the control plane, it only misses the node.
func (w *World) struck(node string) []Cause {
	events := w.clock.Events(0)
	for i := len(events) - 1; i >= 0; i-- {
		o := events[i].Object
		if o.Kind == "machine" && o.Name == node || o.Kind == "fault" && slices.Contains(strings.Fields(o.Name), node) {
			return w.chain(i)
		}
	}
	return nil
}

// created is what made an object, or the object that made that.
func (w *World) created(s subject) []Cause {
	if at := w.latestOf(s.kind.Kind, s.obj, true); at >= 0 {
		return w.kubeChain(at, s)
	}
	if owner, owned := w.ownerOf(s.obj); owned {
		return w.created(owner)
	}
	return nil
}

// ownerOf is the controller of an object.
func (w *World) ownerOf(obj store.Object) (subject, bool) {
	ref := metav1.GetControllerOfNoCopy(obj)
	if ref == nil {
		return subject{}, false
	}
	c := w.cluster.Server.Find(strings.ToLower(ref.Kind))
	if c == nil {
		return subject{}, false
	}
	owner, found := c.GetObject(obj.GetNamespace(), ref.Name)
	return subject{c.Type(), owner}, found
}

// kubeSee is the command that shows an event of the cluster.
func kubeSee(e clock.Event) string {
	if see := seeAlso(e); see != "" {
		return see
	}
	switch e.Object.Kind {
	case "command", "fault", "machine", "":
		return ""
	}
	text := "kubectl describe " + strings.ToLower(e.Object.Kind) + " " + e.Object.Name
	if ns := e.Attr["namespace"]; ns != "" {
		text += " -n " + ns
	}
	return text
}

// matter says what is wrong with an object at the moment; nothing when all is well.
func (w *World) matter(s subject) []Cause {
	var lines []string
	see := "kubectl describe " + s.name()
	switch obj := s.obj.(type) {
	case *corev1.Pod:
		return w.podMatter(s, obj)
	case *corev1.Service:
		lines = w.serviceMatter(obj)
		see = "kubectl get endpointslices,pods --show-labels" + strings.TrimPrefix(s.name(), "service "+obj.Name)
	case *corev1.Node:
		lines = nodeMatter(obj)
	case *corev1.PersistentVolumeClaim:
		if obj.Status.Phase != corev1.ClaimBound {
			lines = []string{w.claimMatter(obj)}
		}
	default:
		lines = w.workloadMatter(s)
	}
	return w.now(lines, see)
}

// now is a cause that holds at the moment, in one or more lines; none without lines.
func (w *World) now(lines []string, see string) []Cause {
	if len(lines) == 0 {
		return nil
	}
	return []Cause{{At: w.clock.Elapsed(), Text: strings.Join(lines, "\n"), See: see}}
}

// podMatter is what keeps a pod from running: the nodes that refuse it, or its
// container that ends.
func (w *World) podMatter(s subject, p *corev1.Pod) []Cause {
	if p.Spec.NodeName == "" {
		return w.now(w.refusals(p), "kubectl describe "+s.name())
	}
	state := w.podState(p)
	for i := range state.Containers {
		c := &state.Containers[i]
		switch {
		case c.Reason == "CrashLoopBackOff" || c.State == "terminated" && c.ExitCode != 0:
			return w.crash(s, p, c)
		case c.State == "waiting" && c.Message != "":
			return w.now([]string{fmt.Sprintf("container %s of pod %s waits, %s: %s", c.Name, p.Name, c.Reason, c.Message)}, "kubectl describe "+s.name())
		case c.State == "running" && !c.Ready && !c.Init:
			return w.now([]string{fmt.Sprintf("container %s of pod %s runs but is not ready, so no Service leads to it", c.Name, p.Name)}, "kubectl describe "+s.name())
		}
	}
	return nil
}

// crash is how a container ended the last time, and what it said last.
func (w *World) crash(s subject, p *corev1.Pod, c *PodContainer) []Cause {
	code, reason := c.ExitCode, c.Reason
	see := "kubectl logs " + strings.TrimPrefix(s.name(), "pod ")
	if c.State != "terminated" {
		code, reason, see = c.LastExit, c.LastReason, see+" --previous"
	}
	text := fmt.Sprintf("container %s of pod %s ended with exit code %d", c.Name, p.Name, code)
	if reason != "" && reason != "Error" {
		text += " (" + reason + ")"
	}
	if c.Restarts > 0 {
		text += fmt.Sprintf(" and was restarted %d times", c.Restarts)
	}
	lines := []string{text}
	if c.Reason == "CrashLoopBackOff" {
		lines = []string{c.Message, text}
	}
	if logs := w.cluster.Logs(p.Spec.NodeName, p.Namespace, p.Name, c.Name); len(logs) > 0 {
		lines = append(lines, "the last it printed: "+strings.TrimSpace(logs[len(logs)-1]))
	}
	return w.now(lines, see)
}

// refusals are the nodes that do not take a pod, those with the same reason together.
func (w *World) refusals(p *corev1.Pod) []string {
	if len(p.Spec.SchedulingGates) > 0 {
		return []string{"pod " + p.Name + " waits: its scheduling gates hold it"}
	}
	refused := w.cluster.Diagnosis(p.Namespace, p.Name)
	if len(refused) == 0 {
		return []string{"pod " + p.Name + " has no node; no scheduler has given it one"}
	}
	nodes := map[string][]string{}
	var order []string
	for _, r := range refused {
		if nodes[r.Reason] == nil {
			order = append(order, r.Reason)
		}
		nodes[r.Reason] = append(nodes[r.Reason], r.Node)
	}
	lines := []string{fmt.Sprintf("pod %s has no node: all %d refuse it", p.Name, len(refused))}
	for _, reason := range order {
		list := nodes[reason]
		who := strings.Join(list[:min(len(list), 3)], ", ")
		if more := len(list) - 3; more > 0 {
			who += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, who+": "+reason)
	}
	return lines
}

// serviceMatter compares the selector of a Service without endpoints with the labels
// of the pods there are.
func (w *World) serviceMatter(svc *corev1.Service) []string {
	if len(svc.Spec.Selector) == 0 || svc.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	var matching, ready int
	others := map[string]int{}
	for _, p := range w.cluster.Server.Pods.List(svc.Namespace) {
		if !selected(svc.Spec.Selector, p.Labels) {
			others[labelText(p.Labels)]++
			continue
		}
		matching++
		if state := w.podState(p); state.Ready {
			ready++
		}
	}
	lead := "Service " + svc.Name + " leads to nothing: "
	switch {
	case ready > 0:
		return nil
	case matching > 0:
		return []string{fmt.Sprintf("%s%s its selector %s, and none is ready", lead, several(matching, "pod matches", "pods match"), labelText(svc.Spec.Selector))}
	}
	lines := []string{lead + "no pod has the labels of its selector " + labelText(svc.Spec.Selector)}
	for i, text := range slices.Sorted(maps.Keys(others)) {
		if i == 4 {
			break
		}
		lines = append(lines, fmt.Sprintf("%s the labels %s", several(others[text], "pod has", "pods have"), cmp.Or(text, "<none>")))
	}
	return lines
}

func selected(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return true
}

// labelText writes labels as kubectl does, in order.
func labelText(labels map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, name+"="+labels[name])
	}
	return strings.Join(parts, ",")
}

func nodeMatter(n *corev1.Node) []string {
	var lines []string
	for _, c := range n.Status.Conditions {
		bad := c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue || c.Type != corev1.NodeReady && c.Status == corev1.ConditionTrue
		if bad {
			lines = append(lines, fmt.Sprintf("node %s: %s is %s: %s", n.Name, c.Type, c.Status, c.Message))
		}
	}
	if n.Spec.Unschedulable {
		lines = append(lines, "node "+n.Name+" is cordoned: it gets no new pods")
	}
	return lines
}

// claimMatter is why a claim has no volume.
func (w *World) claimMatter(c *corev1.PersistentVolumeClaim) string {
	text := fmt.Sprintf("claim %s is %s", c.Name, c.Status.Phase)
	for i := len(w.clock.Events(0)) - 1; i >= 0; i-- {
		if e := &w.clock.Events(0)[i]; e.Object.Kind == "PersistentVolumeClaim" && e.Object.Name == c.Name && sameNamespace(e, c) && e.Reason != "created" {
			return text + ": " + e.Message
		}
	}
	return text
}

// workloadMatter is what keeps the pods of a workload from being ready: of each sort
// of trouble the first pod is named, for why to go on with.
func (w *World) workloadMatter(s subject) []string {
	k := w.kubeState()
	owners := map[string]bool{string(s.obj.GetUID()): true}
	var lines []string
	for i := range k.Workloads {
		o := &k.Workloads[i]
		if o.OwnerUID == string(s.obj.GetUID()) {
			owners[o.UID] = true
		}
		if o.Message != "" && (owners[o.UID] || o.UID == string(s.obj.GetUID())) {
			lines = append(lines, o.Kind+" "+o.Name+": "+o.Message)
		}
	}
	first, count := map[string]string{}, map[string]int{}
	var order []string
	for i := range k.Pods {
		p := &k.Pods[i]
		if !owners[p.OwnerUID] || p.Ready || p.Phase == "Succeeded" || p.Deleting {
			continue
		}
		if count[p.Status]++; count[p.Status] == 1 {
			first[p.Status], order = p.Name, append(order, p.Status)
		}
	}
	for _, status := range order {
		lines = append(lines, fmt.Sprintf("%s not ready: %s; ask why pod/%s", several(count[status], "of its pods is", "of its pods are"), status, scopedName(s.obj.GetNamespace(), first[status])))
	}
	return lines
}

// several is a number with the words for one and for more.
func several(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// scopedName is the name of an object as why takes it after the kind.
func scopedName(namespace, name string) string {
	if namespace == "" || namespace == metav1.NamespaceDefault {
		return name
	}
	return namespace + "/" + name
}
