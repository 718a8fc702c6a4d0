package lessons

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"drydock/sim"
)

// kubeView is what expressions can ask about a Kubernetes cluster, beside the lists
// of `kube`. A namespace that is left out is "default".
type kubeView struct {
	Pods        func(selector string, namespace ...string) []sim.Pod        `expr:"pods"`
	Pod         func(name string, namespace ...string) foundPod             `expr:"pod"`
	Deployment  func(name string, namespace ...string) foundWorkload        `expr:"deployment"`
	ReplicaSets func(deployment string, namespace ...string) []sim.Workload `expr:"replicaSets"`
	StatefulSet func(name string, namespace ...string) foundWorkload        `expr:"statefulSet"`
	DaemonSet   func(name string, namespace ...string) foundWorkload        `expr:"daemonSet"`
	Job         func(name string, namespace ...string) foundWorkload        `expr:"job"`
	CronJob     func(name string, namespace ...string) foundWorkload        `expr:"cronJob"`
	KubeService func(name string, namespace ...string) foundKubeService     `expr:"kubeService"`
	KubeNode    func(name string) foundKubeNode                             `expr:"kubeNode"`
	Claim       func(name string, namespace ...string) foundClaim           `expr:"claim"`
	Ingress     func(name string, namespace ...string) foundIngress         `expr:"ingress"`
	Autoscaler  func(name string, namespace ...string) foundAutoscaler      `expr:"autoscaler"`
	Budget      func(name string, namespace ...string) foundBudget          `expr:"budget"`
	Quota       func(name string, namespace ...string) foundQuota           `expr:"quota"`
	Component   func(name string, node ...string) foundComponent            `expr:"component"`
	Object      func(kind, name string, namespace ...string) any            `expr:"object"`
	Can         func(user, verb, resource string, namespace ...string) bool `expr:"can"`
	Kubectl     func(line string) foundRun                                  `expr:"kubectl"`
}

// What the finders return, as those of the containers do.
type (
	foundPod struct {
		sim.Pod
		Exists bool
	}
	foundWorkload struct {
		sim.Workload
		Exists bool
	}
	foundKubeService struct {
		sim.KubeService
		Exists bool
	}
	foundKubeNode struct {
		sim.KubeNode
		Exists bool
	}
	foundClaim struct {
		sim.Claim
		Exists bool
	}
	foundIngress struct {
		sim.Ingress
		Exists bool
	}
	foundAutoscaler struct {
		sim.Autoscaler
		Exists bool
	}
	foundBudget struct {
		sim.Budget
		Exists bool
	}
	foundQuota struct {
		sim.Quota
		Exists bool
	}
	foundComponent struct {
		sim.Component
		Exists bool
	}
)

// in is the namespace of a finder's optional argument.
func in(namespace []string) []string {
	if len(namespace) == 0 {
		return []string{"default"}
	}
	return namespace
}

// bindWorkloads makes the finders of pods and of what makes them.
func (v *view) bindWorkloads() {
	v.Pods = func(selector string, namespace ...string) []sim.Pod {
		parsed, err := labels.Parse(selector)
		if err != nil {
			return nil
		}
		return filter(v.Kube.Pods, func(p *sim.Pod) bool {
			return p.Namespace == in(namespace)[0] && parsed.Matches(labels.Set(p.Labels))
		})
	}
	v.Pod = func(name string, namespace ...string) foundPod {
		return find(v.Kube.Pods, in(namespace), func(p *sim.Pod) (string, bool) { return p.Namespace, p.Name == name },
			func(p sim.Pod) foundPod { return foundPod{p, true} })
	}
	workload := func(kind string) func(string, ...string) foundWorkload {
		return func(name string, namespace ...string) foundWorkload {
			return find(v.Kube.Workloads, in(namespace), func(w *sim.Workload) (string, bool) { return w.Namespace, w.Kind == kind && w.Name == name },
				func(w sim.Workload) foundWorkload { return foundWorkload{w, true} })
		}
	}
	v.Deployment, v.StatefulSet, v.DaemonSet = workload("Deployment"), workload("StatefulSet"), workload("DaemonSet")
	v.Job, v.CronJob = workload("Job"), workload("CronJob")
	v.ReplicaSets = func(deployment string, namespace ...string) []sim.Workload {
		return filter(v.Kube.Workloads, func(w *sim.Workload) bool {
			return w.Kind == "ReplicaSet" && w.Owner == "Deployment/"+deployment && w.Namespace == in(namespace)[0]
		})
	}
}

func filter[T any](all []T, fits func(*T) bool) []T {
	var out []T
	for i := range all {
		if fits(&all[i]) {
			out = append(out, all[i])
		}
	}
	return out
}

// bindCluster makes the finders of the rest of a cluster.
func (v *view) bindCluster() {
	v.KubeService = func(name string, namespace ...string) foundKubeService {
		return find(v.Kube.Services, in(namespace), func(s *sim.KubeService) (string, bool) { return s.Namespace, s.Name == name },
			func(s sim.KubeService) foundKubeService { return foundKubeService{s, true} })
	}
	v.KubeNode = func(name string) foundKubeNode {
		return find(v.Kube.Nodes, nil, func(n *sim.KubeNode) (string, bool) { return n.Name, n.Name == name },
			func(n sim.KubeNode) foundKubeNode { return foundKubeNode{n, true} })
	}
	v.Claim = func(name string, namespace ...string) foundClaim {
		return find(v.Kube.Claims, in(namespace), func(c *sim.Claim) (string, bool) { return c.Namespace, c.Name == name },
			func(c sim.Claim) foundClaim { return foundClaim{c, true} })
	}
	v.Ingress = func(name string, namespace ...string) foundIngress {
		return find(v.Kube.Ingresses, in(namespace), func(i *sim.Ingress) (string, bool) { return i.Namespace, i.Name == name },
			func(i sim.Ingress) foundIngress { return foundIngress{i, true} })
	}
	v.Autoscaler = func(name string, namespace ...string) foundAutoscaler {
		return find(v.Kube.Autoscalers, in(namespace), func(a *sim.Autoscaler) (string, bool) { return a.Namespace, a.Name == name },
			func(a sim.Autoscaler) foundAutoscaler { return foundAutoscaler{a, true} })
	}
	v.Budget = func(name string, namespace ...string) foundBudget {
		return find(v.Kube.Budgets, in(namespace), func(b *sim.Budget) (string, bool) { return b.Namespace, b.Name == name },
			func(b sim.Budget) foundBudget { return foundBudget{b, true} })
	}
	v.Quota = func(name string, namespace ...string) foundQuota {
		return find(v.Kube.Quotas, in(namespace), func(q *sim.Quota) (string, bool) { return q.Namespace, q.Name == name },
			func(q sim.Quota) foundQuota { return foundQuota{q, true} })
	}
	v.Component = func(name string, node ...string) foundComponent {
		return find(v.Kube.Components, node, func(c *sim.Component) (string, bool) { return c.Node, c.Name == name },
			func(c sim.Component) foundComponent { return foundComponent{c, true} })
	}
}

// bindKubeLookers makes the functions that ask the API server.
func (v *view) bindKubeLookers(w watched) {
	v.Object = func(kind, name string, namespace ...string) any {
		return w.Session().World().KubeObject(kind, in(namespace)[0], name)
	}
	v.Can = func(user, verb, resource string, namespace ...string) bool {
		return w.Session().World().KubeAllows(user, verb, resource, in(namespace)[0])
	}
	v.Kubectl = func(line string) foundRun {
		if !v.Kube.Exists || len(v.Machines) == 0 {
			return foundRun{Status: 1}
		}
		return tryOut(w.Session(), v.Machines[0].Name, "kubectl "+line)
	}
}

// podLogged reports that a pod of that name printed a text lately.
func podLogged(w *sim.World, pods []sim.Pod, name, text string) bool {
	return slices.ContainsFunc(pods, func(p sim.Pod) bool {
		return (p.Name == name || p.Namespace+"/"+p.Name == name) && strings.Contains(w.PodLogs(p.Namespace, p.Name), text)
	})
}
