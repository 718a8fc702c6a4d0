package kube

import (
	"errors"

	"drydock/sim/kube/crictl"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Crictl is the program crictl, which works on the nodes.
func (c *Cluster) Crictl() machine.Main {
	return crictl.Main(func(p *machine.Process) *crictl.Node {
		k := c.pool.Node(p.Machine.Name)
		if k == nil {
			return nil
		}
		return &crictl.Node{Kubelet: k, Runtime: c.runtimes[p.Machine.Name], Version: runtimeVersion}
	})
}

// PutCrictl gives crictl and its configuration to every node that has a machine.
func (c *Cluster) PutCrictl() error {
	for _, name := range c.spec.Names() {
		fs := c.pool.Node(name).Machine().FS
		if err := errors.Join(fs.MkdirAll("/usr/bin", 0o755, 0, 0), fs.MkdirAll("/etc", 0o755, 0, 0)); err != nil {
			return err
		}
		if err := fs.Put("/usr/bin/crictl", vfs.Exec("crictl", 40<<20)); err != nil {
			return err
		}
		if err := fs.Put(crictl.ConfigFile, vfs.File(crictl.Config, 0o644)); err != nil {
			return err
		}
	}
	return nil
}
