package kubelet

import (
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/image"
)

// pullState is the back-off of an image that could not be pulled.
type pullState struct {
	ref     string
	backOff time.Duration
	until   time.Time
	err     string
}

// image makes sure that the container's image is on the node. false means that it
// is not; why is in the container's reason.
func (w *worker) image(p *clock.Proc, pod *corev1.Pod, c *container) (*image.Image, bool) {
	spec, e := c.spec(pod), w.kubelet.engine
	norm, err := image.Normalise(spec.Image)
	if err != nil {
		message := fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: %s", spec.Image, spec.Image, formatWords(spec.Image, err))
		w.event(pod, c, "Warning", "InspectFailed", message)
		w.fail(pod, c, "InvalidImageName", message)
		return nil, false
	}
	if c.pull.ref != spec.Image {
		c.pull = pullState{ref: spec.Image}
	}
	here := e.Images.ByRef(norm)
	switch {
	case here != nil && spec.ImagePullPolicy != corev1.PullAlways:
		w.event(pod, c, "Normal", "Pulled", fmt.Sprintf("Container image %q already present on machine and can be accessed by the pod", spec.Image))
		return here, true
	case spec.ImagePullPolicy == corev1.PullNever:
		message := fmt.Sprintf("Container image %q is not present with pull policy of Never", spec.Image)
		w.event(pod, c, "Warning", "ErrImageNeverPull", message)
		w.fail(pod, c, "ErrImageNeverPull", message)
		return nil, false
	case w.kubelet.clock.Now().Before(c.pull.until):
		message := fmt.Sprintf("Back-off pulling image %q", spec.Image)
		w.event(pod, c, "Normal", "BackOff", message)
		w.fail(pod, c, "ImagePullBackOff", message+": ErrImagePull: "+c.pull.err)
		return nil, false
	}
	return w.pullImage(p, pod, c, norm)
}

func (w *worker) pullImage(p *clock.Proc, pod *corev1.Pod, c *container, norm string) (*image.Image, bool) {
	spec, began := c.spec(pod), w.kubelet.clock.Now()
	w.event(pod, c, "Normal", "Pulling", fmt.Sprintf("Pulling image %q", spec.Image))
	pulled, err := w.kubelet.engine.PullImage(p, docker.PullOptions{Ref: spec.Image, Credentials: w.credentials(pod, norm)})
	if err == nil {
		c.pull = pullState{ref: spec.Image}
		took := w.kubelet.clock.Now().Sub(began).Truncate(time.Millisecond)
		var size int64
		for _, l := range pulled.Image.Layers {
			size += l.Compressed
		}
		w.event(pod, c, "Normal", "Pulled", fmt.Sprintf("Successfully pulled image %q in %s (%s including waiting). Image size: %d bytes.", spec.Image, took, took, size))
		return pulled.Image, true
	}
	text := pullWords(norm, err)
	c.pull.backOff = min(max(2*c.pull.backOff, firstBackOff), maxBackOff)
	c.pull.until, c.pull.err = w.kubelet.clock.Now().Add(c.pull.backOff), text
	w.event(pod, c, "Warning", "Failed", fmt.Sprintf("Failed to pull image %q: %s", spec.Image, text))
	w.fail(pod, c, "ErrImagePull", text)
	return nil, false
}

// pullWords words a registry's refusal as containerd's CRI does.
func pullWords(norm string, err error) string {
	code, why := "Unknown", err.Error()
	var refused *image.Error
	if errors.As(err, &refused) {
		parts := image.Split(norm)
		switch refused.Kind {
		case image.NotFound:
			code, why = "NotFound", norm+": not found"
		case image.Denied, image.Unauthorized:
			why = "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
		case image.Unreachable:
			if refused.Cause != nil {
				why = fmt.Sprintf("failed to do request: Head \"https://%s/v2/%s/manifests/%s\": %s", strings.Replace(parts.Host, "docker.io", "registry-1.docker.io", 1), parts.Path, parts.Tag, refused.Cause)
			}
		}
	}
	return fmt.Sprintf("rpc error: code = %s desc = failed to pull and unpack image %q: failed to resolve reference %q: %s", code, norm, norm, why)
}

// formatWords completes the parser's error with what is known of the name.
func formatWords(ref string, err error) string {
	name, _, _ := strings.Cut(ref, ":")
	if strings.ToLower(name) != name {
		if !strings.Contains(name, "/") {
			name = "library/" + name
		}
		return fmt.Sprintf("invalid reference format: repository name (%s) must be lowercase", name)
	}
	return err.Error()
}
