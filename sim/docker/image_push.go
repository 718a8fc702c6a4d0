package docker

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// Push sends an image to the registry that its name says, with what the
// process's user is logged in with, and writes what docker prints, unless quiet.
func (e *Engine) Push(p *machine.Process, ref string, out io.Writer, quiet bool) error {
	norm, err := image.Normalise(ref)
	if err != nil {
		return err
	}
	show := newProgressWriter(out, quiet)
	return e.PushImage(p.Proc, norm, LoadConfig(p).Credentials(image.Split(norm).Host), show.report, show.terminal)
}

// PushImage sends the image of a normalised reference as the process p. All its
// errors are StreamErrors: the daemon has begun to answer by then.
func (e *Engine) PushImage(p *clock.Proc, norm string, c image.Credentials, report func(Progress), ticking bool) error {
	parts := image.Split(norm)
	report(Progress{Status: "The push refers to repository [" + parts.Name() + "]"})
	img := e.Images.ByRef(norm)
	if img == nil {
		return StreamError{errors.New("tag does not exist: " + image.Familiar(norm))}
	}
	remote, err := e.Hub.Remote(norm, e.access(norm, c))
	if err == nil {
		err = e.upload(p, &push{remote: remote, img: img, ref: norm, credentials: c, report: report, ticking: ticking})
	}
	if err != nil {
		var refused *image.Error
		if errors.As(err, &refused) && refused.Delay > 0 {
			p.Sleep(refused.Delay)
		}
		e.emit("image", image.Familiar(norm), "push-failed", "the push of "+image.Familiar(norm)+" failed: "+err.Error(), nil)
		return StreamError{err}
	}
	report(Progress{Status: fmt.Sprintf("%s: digest: %s size: %d", parts.Tag, img.ID, len(img.Manifest()))})
	e.emit("image", image.Familiar(norm), "push", "the image "+image.Familiar(norm)+" was pushed to "+parts.Host, map[string]string{"name": image.FamiliarName(norm)})
	return nil
}

// push is one push under way.
type push struct {
	remote      *image.Remote
	img         *image.Image
	ref         string
	credentials image.Credentials
	report      func(Progress)
	ticking     bool
}

// upload sends the layers that the registry lacks, then the manifest.
func (e *Engine) upload(p *clock.Proc, u *push) error {
	for _, l := range u.img.Layers {
		u.report(Progress{ID: image.ShortID(l.Blob), Status: "Waiting"})
	}
	p.Sleep(e.latency(u.ref))
	t := &transfer{
		rate: localRate, report: u.report, sleep: p.Sleep, ticking: u.ticking, words: transferWords{moving: "Pushing", arrived: "Pushed"},
	}
	if e.far(u.ref) {
		t.rate = image.UploadRate
	}
	missing, err := e.offer(u, t)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		// The first upload is refused at once where the user may not push.
		if err := u.remote.PutLayer(missing[0]); err != nil {
			return err
		}
	}
	t.run()
	for _, l := range missing {
		if err := u.remote.PutLayer(l); err != nil {
			return err
		}
	}
	p.Sleep(50 * time.Millisecond)
	return u.remote.PutManifest(u.img)
}

// offer asks for each layer whether the registry has it, or has it elsewhere, and
// plans the transfer of the others.
func (e *Engine) offer(u *push, t *transfer) (missing []*image.Layer, err error) {
	for _, l := range u.img.Layers {
		there, err := u.remote.HasLayer(l)
		if err != nil {
			return nil, err
		}
		if there {
			u.report(Progress{ID: image.ShortID(l.Blob), Status: "Layer already exists"})
			continue
		}
		missing = append(missing, l)
		if from := e.mountSource(u.ref, l, u.credentials); from != "" {
			u.report(Progress{ID: image.ShortID(l.Blob), Status: "Mounted from " + from})
			continue
		}
		t.jobs = append(t.jobs, &job{id: image.ShortID(l.Blob), left: float64(l.Compressed), total: float64(l.Compressed)})
	}
	return missing, nil
}

// mountSource finds another repository of the same registry that holds a layer,
// so that it need not be sent again.
func (e *Engine) mountSource(norm string, l *image.Layer, c image.Credentials) string {
	target := image.Split(norm)
	for _, ref := range e.Images.Refs("") {
		p := image.Split(ref)
		if p.Host != target.Host || p.Path == target.Path || !hasLayer(e.Images.ByRef(ref), l) {
			continue
		}
		remote, err := e.Hub.Remote(ref, e.access(ref, c))
		if err != nil {
			continue
		}
		if there, err := remote.HasLayer(l); err == nil && there {
			return p.Path
		}
	}
	return ""
}

func hasLayer(i *image.Image, l *image.Layer) bool {
	return i != nil && slices.ContainsFunc(i.Layers, func(o *image.Layer) bool { return o.Blob == l.Blob })
}
