package docker

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// StreamError is an error that came after progress was shown: clients print it
// as it is, without "Error response from daemon".
type StreamError struct{ Err error }

func (e StreamError) Error() string { return e.Err.Error() }
func (e StreamError) Unwrap() error { return e.Err }

// PullOptions say what to pull and how to report on it.
type PullOptions struct {
	Ref         string // as it was typed
	Platform    string // "linux/amd64", or empty for the machine's own
	Credentials image.Credentials
	Report      func(Progress) // nil reports nothing
	Ticking     bool           // report between the steps too, for a terminal
}

// Pulled is what a pull found.
type Pulled struct {
	Image *image.Image
	Ref   string // normalised
	Newer bool   // something was downloaded or named anew
}

// Pull downloads an image over the network of the process's machine, with what
// its user is logged in with, and writes what docker prints, unless quiet. It is
// used by `docker pull`, `docker run` and builds.
func (e *Engine) Pull(p *machine.Process, ref string, out io.Writer, quiet bool) error {
	_, err := e.PullPlatform(p, ref, "", out, quiet)
	return err
}

// PullPlatform is Pull for an image of another platform than the machine's.
func (e *Engine) PullPlatform(p *machine.Process, ref, platform string, out io.Writer, quiet bool) (Pulled, error) {
	show := newProgressWriter(out, quiet)
	return e.PullImage(p.Proc, PullOptions{
		Ref: ref, Platform: platform, Credentials: LoadConfig(p).Credentials(image.Split(ref).Host),
		Report: show.report, Ticking: show.terminal,
	})
}

// PullImage downloads an image as the process p, reporting each step.
func (e *Engine) PullImage(p *clock.Proc, o PullOptions) (Pulled, error) {
	if o.Report == nil {
		o.Report = func(Progress) {}
	}
	norm, err := image.Normalise(o.Ref)
	if err != nil {
		return Pulled{}, err
	}
	img, err := e.resolveRemote(p, norm, o)
	if err != nil {
		return Pulled{}, err
	}
	parts := image.Split(norm)
	tag := parts.Tag
	if parts.Digest != "" {
		tag = image.Familiar(norm)
	}
	o.Report(Progress{Status: tag + ": Pulling from " + parts.Path})
	before := e.Images.ByRef(norm)
	if before == nil || before.ID != img.ID {
		p.Sleep(e.latency(norm) / 4) // the manifest and the configuration come before the layers
		if err := e.download(p, img, norm, o); err != nil {
			return Pulled{}, StreamError{err}
		}
	}
	o.Report(Progress{Status: "Digest: " + img.ID})
	word := "Image is up to date for "
	if before == nil || before.ID != img.ID {
		word = "Downloaded newer image for "
	}
	o.Report(Progress{Status: "Status: " + word + image.Familiar(norm)})
	return Pulled{img, norm, before == nil || before.ID != img.ID}, nil
}

// resolveRemote asks the registry what the reference means.
func (e *Engine) resolveRemote(p *clock.Proc, norm string, o PullOptions) (*image.Image, error) {
	p.Sleep(e.latency(norm))
	remote, err := e.Hub.Remote(norm, e.access(norm, o.Credentials))
	if err != nil {
		return nil, err
	}
	img, err := remote.Resolve()
	if err != nil {
		var refused *image.Error
		if errors.As(err, &refused) && refused.Delay > 0 {
			p.Sleep(refused.Delay)
		}
		return nil, err
	}
	if o.Platform != "" && o.Platform != "linux" && !slices.Contains(img.Platforms, o.Platform) {
		return nil, fmt.Errorf("image with reference %s was found but does not provide the specified platform (%s)", norm, o.Platform)
	}
	return img, nil
}

// latency is how long a registry takes to answer a few small requests.
func (e *Engine) latency(norm string) time.Duration {
	if e.far(norm) {
		return 600 * time.Millisecond
	}
	return 30 * time.Millisecond
}

// download brings the layers that are missing and names the image.
func (e *Engine) download(p *clock.Proc, img *image.Image, norm string, o PullOptions) error {
	t := &transfer{
		rate: localRate, report: o.Report, sleep: p.Sleep, ticking: o.Ticking, extract: true,
		words: transferWords{"Downloading", "Download complete", "Pull complete"},
	}
	if e.far(norm) {
		t.rate = float64(cmp.Or(e.Flavour.Download, image.DownloadRate))
	}
	if e.Images.ByID(img.ID) == nil {
		for _, l := range img.Layers {
			if !e.Images.HasLayer(l.Digest) {
				t.jobs = append(t.jobs, &job{id: image.ShortID(l.Blob), left: float64(l.Compressed), total: float64(l.Compressed), unpack: float64(l.Size)})
			}
		}
	}
	for _, j := range t.jobs {
		o.Report(Progress{ID: j.id, Status: "Pulling fs layer"})
	}
	if d := e.Machine.Disk; d.Capacity > 0 && d.Used+e.missingBytes(img) > d.Capacity && e.Images.ByID(img.ID) == nil {
		return e.noRoom(p, img)
	}
	t.run()
	if err := e.AddImage(img, ""); err != nil {
		return e.noRoom(p, img)
	}
	e.Hub.Remember(img)
	e.Name(norm, img, true)
	e.emit("image", image.Familiar(norm), "pull", "the image "+image.Familiar(norm)+" was pulled", map[string]string{"name": image.FamiliarName(norm)})
	return nil
}

// noRoom is a download that fills the disk; it takes as long as the free space lasts.
func (e *Engine) noRoom(p *clock.Proc, img *image.Image) error {
	p.Sleep(400 * time.Millisecond)
	name := image.ShortID(img.ID)
	if len(img.Layers) > 0 {
		name = image.ShortID(img.Layers[len(img.Layers)-1].Blob)
	}
	e.emit("image", image.ShortID(img.ID), "pull-failed", "a pull failed because the disk of "+e.Machine.Name+" is full", nil)
	return fmt.Errorf("failed to copy: failed to send write: write /var/lib/docker/containerd/daemon/io.containerd.content.v1.content/ingest/%s/data: no space left on device", name)
}
