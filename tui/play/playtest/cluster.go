package playtest

import (
	"cmp"
	"fmt"
	"slices"

	"drydock/sim"
)

// Cluster is a laptop and a cluster of three nodes with a Deployment web of n pods, of
// which the last is not ready, behind a Service.
func Cluster(n int) sim.State {
	s := ClusterOf(3, n)
	for _, node := range s.Kube.Nodes {
		s.Machines = append(s.Machines, sim.Machine{Name: node.Name, Addr: node.Addr, Powered: true, CPUs: 2})
	}
	return s
}

// ClusterOf is a laptop and a cluster of nodes that have no machines, with a
// Deployment web of n pods spread over them.
func ClusterOf(nodes, n int) sim.State {
	s := sim.State{Machines: []sim.Machine{{Name: "laptop", Addr: "10.0.0.2", Powered: true, Engine: "docker", EngineUp: true, CPUs: 8}}}
	k := &s.Kube
	k.Exists, k.Answers, k.Version = true, true, "v1.37.2"
	for i := range nodes {
		k.Nodes = append(k.Nodes, sim.KubeNode{
			Name: fmt.Sprintf("node-%d", i+1), Addr: fmt.Sprintf("172.16.%d.%d", i/250, i%250+11), Ready: true, Status: "Ready", CPU: 4000, Memory: 8 << 30, MaxPods: 110,
			Version: "v1.37.2", Runtime: "containerd://2.1.4",
		})
	}
	slices.SortFunc(k.Nodes, func(a, b sim.KubeNode) int { return cmp.Compare(a.Name, b.Name) })
	k.Nodes[0].Roles = []string{"control-plane"}
	web := map[string]string{"app": "web"}
	k.Workloads = []sim.Workload{
		{
			Kind: "Deployment", Namespace: "default", Name: "web", UID: "d1", Images: []string{"nginx:alpine"}, Selector: web, Replicas: n, Current: n, Ready: n, Updated: n,
			Available: n, Revision: "1", Rollout: "complete",
		},
		{
			Kind: "ReplicaSet", Namespace: "default", Name: "web-69c6f74b8b", UID: "r1", Owner: "Deployment/web", OwnerUID: "d1", Images: []string{"nginx:alpine"},
			Replicas: n, Current: n, Ready: n, Updated: n, Available: n, Revision: "1",
		},
	}
	k.Services = []sim.KubeService{
		{Namespace: "default", Name: "kubernetes", Type: "ClusterIP", ClusterIP: "10.96.0.1", Ports: []sim.KubePort{{Port: 443, TargetPort: "6443", Proto: "TCP"}}},
		{Namespace: "default", Name: "web", Type: "ClusterIP", ClusterIP: "10.96.81.7", Selector: web, Ports: []sim.KubePort{{Port: 80, TargetPort: "80", Proto: "TCP"}}},
	}
	v := &k.Services[1]
	for i := range n {
		node := k.Nodes[i%nodes].Name
		p := KubePod("web-69c6f74b8b-"+fmt.Sprintf("%05x", i*7919), node, "r1")
		p.Addr = fmt.Sprintf("10.244.%d.%d", i%nodes, i/nodes+2)
		k.Pods = append(k.Pods, p)
		v.Endpoints = append(v.Endpoints, sim.KubeEndpoint{Addr: p.Addr, Pod: p.Name, Node: node, Ready: true})
		v.ReadyCount++
	}
	sortPods(k)
	return s
}

// KubePod is a pod of the ReplicaSet with a UID that runs on a node.
func KubePod(name, node, owner string) sim.Pod {
	return sim.Pod{
		Namespace: "default", Name: name, UID: "uid-" + name, Node: node, Phase: "Running", Status: "Running", Ready: true, Owner: "ReplicaSet/web-69c6f74b8b",
		OwnerUID: owner, QoS: "BestEffort", Labels: map[string]string{"app": "web"},
		Containers: []sim.PodContainer{{Name: "nginx", Image: "nginx:alpine", State: "running", Ready: true, Started: true}},
	}
}

func sortPods(k *sim.Kube) {
	slices.SortFunc(k.Pods, func(a, b sim.Pod) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}

// Copied gives a cluster's lists new places, as a look at a changed one does.
func Copied(s sim.State) sim.State {
	s.Machines = slices.Clone(s.Machines)
	k := &s.Kube
	k.Nodes, k.Pods, k.Workloads, k.Services = slices.Clone(k.Nodes), slices.Clone(k.Pods), slices.Clone(k.Workloads), slices.Clone(k.Services)
	for i := range k.Pods {
		k.Pods[i].Containers = slices.Clone(k.Pods[i].Containers)
	}
	return s
}

// Rollout is a cluster in the middle of a rollout: of three pods two are old, and
// the new one cannot get its image.
func Rollout() sim.State {
	s := Cluster(3)
	k := &s.Kube
	k.Workloads[0].Rollout, k.Workloads[0].Revision, k.Workloads[0].Updated, k.Workloads[0].Images = "progressing", "2", 1, []string{"nginx:1.99"}
	k.Workloads[0].Current, k.Workloads[0].Available = 4, 3
	k.Workloads = append(k.Workloads, sim.Workload{
		Kind: "ReplicaSet", Namespace: "default", Name: "web-7d4f9c6b5f", UID: "r2", Owner: "Deployment/web", OwnerUID: "d1", Images: []string{"nginx:1.99"},
		Replicas: 1, Current: 1, Updated: 1, Revision: "2",
	})
	p := KubePod("web-7d4f9c6b5f-x2x4z", "node-2", "r2")
	p.Phase, p.Status, p.Ready, p.Owner = "Pending", "ImagePullBackOff", false, "ReplicaSet/web-7d4f9c6b5f"
	p.Message = `Back-off pulling image "nginx:1.99"`
	p.Containers[0] = sim.PodContainer{Name: "nginx", Image: "nginx:1.99", State: "waiting", Reason: "ImagePullBackOff", Message: p.Message}
	k.Pods = append(k.Pods, p)
	return s
}

// Trouble is a cluster in which much is wrong at once: a node without power, another
// cordoned, pods that wait, crash and are not ready, a stopped scheduler.
func Trouble() sim.State {
	s := Cluster(3)
	k := &s.Kube
	s.Machines[3].Powered = false
	k.Nodes[2].Ready, k.Nodes[2].Status, k.Nodes[2].Taints = false, "NotReady", []string{"node.kubernetes.io/unreachable:NoExecute"}
	k.Nodes[1].Unschedulable, k.Nodes[1].Status = true, "Ready,SchedulingDisabled"
	k.Nodes[0].Taints, k.Nodes[0].CPURequested = []string{"dedicated=gpu:NoSchedule"}, 3800
	k.Workloads[0].Ready, k.Workloads[0].Available = 1, 1
	k.Pods[0].Ready, k.Pods[0].Containers[0].Ready = false, false
	for i := range 3 {
		p := KubePod(fmt.Sprintf("big-5f6d-%d", i), "", "r9")
		p.Phase, p.Status, p.Ready, p.Owner, p.Containers = "Pending", "Pending", false, "ReplicaSet/big-5f6d", nil
		p.Message = "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 2 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found."
		k.Pods = append(k.Pods, p)
	}
	crash := KubePod("crash", "node-1", "")
	crash.Owner, crash.Ready, crash.Status, crash.Restarts = "", false, "CrashLoopBackOff", 4
	crash.Containers[0] = sim.PodContainer{Name: "crash", Image: "busybox", State: "waiting", Reason: "CrashLoopBackOff", LastReason: "Error", LastExit: 1, Restarts: 4,
		Message: "back-off 1m20s restarting failed container"}
	crash.Message = crash.Containers[0].Message
	k.Pods = append(k.Pods, crash)
	sortPods(k)
	k.Services = append(k.Services, sim.KubeService{
		Namespace: "shop", Name: "cart", Type: "LoadBalancer", ClusterIP: "10.96.4.9", Pending: true, Selector: map[string]string{"app": "kart"},
		Ports: []sim.KubePort{{Port: 80, TargetPort: "8080", NodePort: 30080, Proto: "TCP"}},
	})
	k.Ingresses = []sim.Ingress{{Namespace: "default", Name: "site", Hosts: []string{"shop.example.com"}, Services: []string{"web"}}}
	k.Claims = []sim.Claim{{Namespace: "default", Name: "data", Phase: "Pending", Class: "fast", Size: "1Gi", UsedBy: []string{"db-0"}}}
	k.Autoscalers = []sim.Autoscaler{{Namespace: "default", Name: "web", Target: "Deployment/web", Min: 2, Max: 10, Current: 2, Desired: 4, CPU: 80, Goal: 50}}
	k.Components = []sim.Component{
		{Name: "etcd", Node: "node-1", Running: true, Leader: true}, {Name: "etcd", Node: "node-2", Running: true}, {Name: "etcd", Node: "node-3", Message: "no power"},
		{Name: "kube-apiserver", Node: "node-1", Running: true}, {Name: "kube-scheduler", Node: "node-1"}, {Name: "kubelet", Node: "node-1", Running: true},
	}
	return s
}
