package sim

import (
	"errors"
	"maps"
	"time"

	"drydock/sim/kube"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// foundCluster sets up the Kubernetes cluster of the spec, with kubectl on the first
// machine.
func (w *World) foundCluster() error {
	if w.spec.Kubernetes == nil {
		return nil
	}
	site := kube.Site{Site: w.site, Hub: w.hub, Machine: func(node string) *machine.Machine {
		if m := w.site.Machine(node); m != nil {
			return m
		}
		w.addMachine(MachineSpec{Name: node, Engine: "none"})
		return w.site.Machine(node)
	}}
	cluster, err := kube.New(site, w.spec.Kubernetes.cluster())
	if err != nil {
		return err
	}
	w.cluster = cluster
	w.programs["kubectl"] = cluster.Kubectl()
	w.programs["crictl"] = cluster.Crictl()
	if err := cluster.PutCrictl(); err != nil {
		return err
	}
	maps.Copy(w.programs, cluster.Programs())
	w.programs["systemctl"] = cluster.Systemctl(w.programs["systemctl"])
	first := w.site.Machines()[0]
	w.clock.Advance(clusterStart)
	cluster.Server.ForgetEvents() // the learner finds a cluster that has been running for longer than events are kept
	if err := first.FS.Put("/usr/bin/kubectl", vfs.Exec("kubectl", 58<<20)); err != nil {
		return err
	}
	w.write(first, home(first, ".kube/config"), string(cluster.Kubeconfig()), 0o600)
	for _, user := range w.spec.Kubernetes.Users {
		w.write(first, home(first, user+".conf"), string(cluster.UserConfig(user)), 0o600)
	}
	return nil
}

// clusterStart is how long a new cluster runs before the learner arrives: its nodes
// are ready by then.
const clusterStart = 2 * time.Minute

// checkComponent reports a fault of a program that this world does not have. args are
// its name and, where it is not all of them, the node.
func (w *World) checkComponent(args []string) error {
	if w.cluster == nil {
		return errors.New("this world has no Kubernetes cluster")
	}
	name, node := componentOf(args)
	return w.cluster.CheckComponent(name, node)
}

func componentOf(args []string) (name, node string) {
	if len(args) > 1 {
		node = args[1]
	}
	return args[0], node
}

// setComponent stops or starts a program of the cluster. What checkComponent refuses
// does nothing.
func (w *World) setComponent(args []string, on bool) {
	if w.cluster != nil {
		name, node := componentOf(args)
		_ = w.cluster.SetComponent(name, node, on)
	}
}
