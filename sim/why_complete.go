package sim

import (
	"strings"

	"drydock/sim/machine"
)

// completeWhy offers what why can be asked about: containers, images and machines by
// their names, objects of the cluster as kind/name. The kinds alone come first, since
// a cluster can have very many pods.
func (w *World) completeWhy(word string) []machine.Completion {
	var out []machine.Completion
	offer := func(text, help string) {
		if strings.HasPrefix(text, word) && text != "" && len(out) < mostOffered {
			out = append(out, machine.Completion{Text: text, Help: help})
		}
	}
	s := w.State()
	if strings.Contains(word, "/") {
		s.Kube.names(offer)
		return out
	}
	for i := range s.Machines {
		offer(s.Machines[i].Name, "machine")
	}
	for i := range s.Containers {
		offer(s.Containers[i].Name, "container")
	}
	for i := range s.Images {
		offer(strings.Join(s.Images[i].Names[:min(len(s.Images[i].Names), 1)], ""), "image")
	}
	if s.Kube.Exists {
		for _, kind := range []string{"deployment", "pod", "service", "node", "pvc", "statefulset", "daemonset", "job", "replicaset"} {
			offer(kind+"/", "in the cluster")
		}
	}
	return out
}

// mostOffered is how many names are offered at once.
const mostOffered = 100

// names tells the objects of a cluster as why takes them.
func (k *Kube) names(offer func(text, help string)) {
	for i := range k.Workloads {
		o := &k.Workloads[i]
		offer(strings.ToLower(o.Kind)+"/"+scopedName(o.Namespace, o.Name), o.Rollout)
	}
	for i := range k.Pods {
		offer("pod/"+scopedName(k.Pods[i].Namespace, k.Pods[i].Name), k.Pods[i].Status)
	}
	for i := range k.Services {
		offer("service/"+scopedName(k.Services[i].Namespace, k.Services[i].Name), k.Services[i].Type)
	}
	for i := range k.Nodes {
		offer("node/"+k.Nodes[i].Name, k.Nodes[i].Status)
	}
	for i := range k.Claims {
		offer("pvc/"+scopedName(k.Claims[i].Namespace, k.Claims[i].Name), k.Claims[i].Phase)
	}
}
