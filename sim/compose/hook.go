package compose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/machine"
)

// runHooks runs post_start or pre_stop commands in a container, one after the other.
func (b *backend) runHooks(p *clock.Proc, c *docker.Container, service string, hooks []types.ServiceHook) error {
	for _, hook := range hooks {
		if b.dryRun || !c.Running() {
			return nil
		}
		p.Sleep(docker.ExecTime)
		x, err := b.Engine.Exec(c, docker.ExecSpec{
			Cmd: hook.Command, Env: environment(hook.Environment), User: hook.User, WorkingDir: hook.WorkingDir, Privileged: hook.Privileged,
			Stdout: machine.Discard(), Stderr: machine.Discard(),
		})
		if err != nil {
			return daemon(err)
		}
		p.WaitFor(x.Process.Exited(), x.Process.Done)
		if status := x.Process.Status(); status != 0 {
			return fmt.Errorf("%s hook exited with status %d", service, status)
		}
	}
	return nil
}

// checkSimulated refuses settings of a service that the simulator does not have,
// rather than to pass over them.
func checkSimulated(s types.ServiceConfig) error {
	for _, setting := range []struct {
		name string
		used bool
	}{
		{"provider", s.Provider != nil}, {"pre_start", len(s.PreStart) > 0}, {"models", len(s.Models) > 0}, {"gpus", len(s.Gpus) > 0},
		{"devices", len(s.Devices) > 0}, {"use_api_socket", s.UseAPISocket}, {"credential_spec", s.CredentialSpec != nil},
		{"blkio_config", s.BlkioConfig != nil}, {"storage_opt", len(s.StorageOpt) > 0}, {"device_cgroup_rules", len(s.DeviceCgroupRules) > 0},
		{"runtime", s.Runtime != ""}, {"userns_mode", s.UserNSMode != ""}, {"cgroup_parent", s.CgroupParent != ""},
		{"links with another name", slices.ContainsFunc(s.Links, func(l string) bool { name, alias, ok := strings.Cut(l, ":"); return ok && alias != name })},
		{"external_links", len(s.ExternalLinks) > 0}, {"oom_kill_disable", s.OomKillDisable}, {"sysctls", len(s.Sysctls) > 0}, {"volume_driver", s.VolumeDriver != ""},
	} {
		if setting.used {
			return notSimulated("docker compose: services." + s.Name + "." + setting.name)
		}
	}
	return nil
}
