package kubelet

import (
	"path"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/docker"
)

// How much of a termination message the status keeps, and how much of a log stands
// in for one (pkg/kubelet/container: MaxContainerTerminationMessageLength and
// MaxContainerTerminationMessageLogLength, MaxContainerTerminationMessageLogLines).
const (
	maxMessage    = 4096
	maxLogMessage = 2048
	maxLogLines   = 80
)

// messageFile is where a run of a container leaves its last words on the machine.
func (w *worker) messageFile(name string, run int) string {
	return path.Join(w.dir, "containers", name, strconv.Itoa(run))
}

// messageMount gives a run the file for its termination message.
func (w *worker) messageMount(spec *corev1.Container, run int) (docker.MountSpec, error) {
	source, fs := w.messageFile(spec.Name, run), w.kubelet.machine.FS
	if err := fs.MkdirAll(path.Dir(source), 0o755, 0, 0); err != nil {
		return docker.MountSpec{}, err
	}
	if err := fs.WriteFile(source, nil, 0o666, 0, 0); err != nil {
		return docker.MountSpec{}, err
	}
	return docker.MountSpec{Type: "bind", Source: source, Target: spec.TerminationMessagePath}, nil
}

// farewell is the termination message of the latest run: what it wrote, or the end
// of its log where the container asks for that.
func (c *container) farewell() string {
	data, _ := c.worker.kubelet.machine.FS.ReadFile(c.worker.messageFile(c.name, c.runs-1)) // none when it has no file
	if len(data) > maxMessage {
		data = data[:maxMessage]
	}
	if len(data) > 0 || !c.fallback || c.exit() == 0 {
		return string(data)
	}
	var b strings.Builder
	for _, l := range c.now.LogFrom(max(c.now.LogEnd()-maxLogLines, 0)) {
		b.WriteString(l.Text)
	}
	text := b.String()
	return text[max(len(text)-maxLogMessage, 0):]
}
