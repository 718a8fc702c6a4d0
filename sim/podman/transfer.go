package podman

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// Rates of a store's disk and of the local network, in bytes a second.
const (
	unpackRate = 90 << 20
	nearRate   = 110 << 20
)

// transferOptions are the flags that pull, push, build and login share.
type transferOptions struct {
	quiet     bool
	tlsVerify bool
	creds     string
	authfile  string
}

func (o *transferOptions) declare(f *pflag.FlagSet) {
	f.BoolVar(&o.tlsVerify, "tls-verify", true, "Require HTTPS and verify certificates when contacting registries")
	f.StringVar(&o.creds, "creds", "", "`Credentials` (USERNAME:PASSWORD) to use for authenticating to a registry")
	f.StringVar(&o.authfile, "authfile", "", "Path of the authentication file")
	lackingFlags(f, "cert-dir")
}

// access is how a registry is reached: with TLS, unless somebody allowed plain HTTP.
func (c *client) access(ref string, o *transferOptions) image.Access {
	a := image.Access{From: c.Net, Strict: true, Insecure: !o.tlsVerify || c.loadRegistries().mayBeInsecure(ref)}
	if user, password, ok := strings.Cut(o.creds, ":"); ok {
		a.Credentials = image.Credentials{User: user, Password: password}
		return a
	}
	a.Credentials = c.authFile(o.authfile).credentials(image.Split(ref).Host)
	return a
}

// far reports that a registry is on the internet rather than close by.
func (c *client) far(ref string) bool {
	host := image.Split(ref).Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	_, ok := c.Machine.Site.Internet.Lookup(host)
	return ok
}

// pull downloads the image that a name means, from the first registry that has
// it, and returns it with its full name. Progress goes to standard error.
func (c *client) pull(name string, o *transferOptions) (*image.Image, string, error) {
	refs, how, err := c.candidates(name)
	if err != nil {
		return nil, "", err
	}
	if _, ref := c.store.find(name); ref != "" && !qualified(name) && !strings.HasPrefix(ref, "localhost/") {
		refs, how = []string{ref}, ""
	}
	c.note(o, "%s", how)
	var errs []error
	for _, ref := range refs {
		c.note(o, "Trying to pull %s...\n", ref)
		img, err := c.fetch(ref, o)
		if err == nil {
			return img, ref, nil
		}
		errs = append(errs, err)
	}
	if len(errs) == 1 {
		return nil, "", errs[0]
	}
	text := fmt.Sprintf("%d errors occurred while pulling:", len(errs))
	for _, err := range errs {
		text += "\n * " + err.Error()
	}
	return nil, "", errors.New(text)
}

// note shows progress.
func (c *client) note(o *transferOptions, format string, args ...any) {
	if !o.quiet {
		c.Errorf(format, args...)
	}
}

// retries is how often a refused connection is tried again.
const retries = 3

// fetch downloads one image.
func (c *client) fetch(ref string, o *transferOptions) (*image.Image, error) {
	var img *image.Image
	err := c.retry(func() error {
		remote, err := c.hub.Remote(ref, c.access(ref, o))
		if err != nil {
			return err
		}
		c.Sleep(c.latency(ref))
		img, err = remote.Resolve()
		if err != nil {
			err = fmt.Errorf("initializing source docker://%s: %w", image.Familiar(ref), c.registryError(ref, "", err))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	c.note(o, "Getting image source signatures\n")
	rate := float64(image.DownloadRate)
	if !c.far(ref) {
		rate = nearRate
	}
	for _, l := range img.Layers {
		if !c.store.Engine.Images.HasLayer(l.Digest) {
			c.Sleep(time.Duration((float64(l.Compressed)/rate + float64(l.Size)/unpackRate) * float64(time.Second)))
		}
		c.copied(o, "blob", l.Blob)
	}
	c.copied(o, "config", img.ConfigDigest)
	c.note(o, "Writing manifest to image destination\n")
	if err := c.store.Engine.AddImage(img, ""); err != nil {
		return nil, fmt.Errorf("copying system image from manifest list: writing blob: adding layer with blob %q: no space left on device", img.ManifestDigest)
	}
	c.hub.Remember(img)
	c.store.Engine.Name(ref, img, true)
	c.emit("image", image.Familiar(ref), "pull", "the image "+image.Familiar(ref)+" was pulled")
	return img, nil
}

// copied is the line about one blob; a terminal shows it shortened, and done.
func (c *client) copied(o *transferOptions, what, digest string) {
	if c.Stderr.Terminal() != nil {
		c.note(o, "Copying %s %s done   | \n", what, image.ShortID(digest))
		return
	}
	c.note(o, "Copying %s %s\n", what, digest)
}

// latency is how long a registry takes to answer a few small requests.
func (c *client) latency(ref string) time.Duration {
	if c.far(ref) {
		return 600 * time.Millisecond
	}
	return 30 * time.Millisecond
}

// refused is an error that is worth another try.
type refused struct{ error }

// retry tries again while nothing listens at the registry, as Podman does.
func (c *client) retry(try func() error) error {
	for n := 1; ; n++ {
		err := try()
		var again refused
		if err == nil || !errors.As(err, &again) || n > retries {
			return err
		}
		c.warn("Failed, retrying in 1s ... (%d/%d). Error: %s", n, retries, err)
		c.Sleep(time.Second)
	}
}

// warn is a warning in logrus's form.
func (c *client) warn(format string, args ...any) {
	c.logLine("warning", fmt.Sprintf(format, args...))
}

func (c *client) logLine(level, text string) {
	c.Errorf("time=\"%s\" level=%s msg=%q\n", c.Now().UTC().Format(time.RFC3339), level, text)
}

// registryError words a registry's refusal as containers/image does. blob is what
// a push asked for, empty for a pull.
func (c *client) registryError(ref, blob string, err error) error {
	p := image.Split(ref)
	host := p.Host
	if host == image.DockerHub {
		host = "registry-1.docker.io"
	}
	var e *image.Error
	if !errors.As(err, &e) {
		return err
	}
	where := fmt.Sprintf("reading manifest %s in %s: ", p.Version(), p.Name())
	if blob != "" {
		where = fmt.Sprintf("checking whether a blob %s exists in %s: ", blob, p.Name())
	}
	switch e.Kind {
	case image.Unreachable:
		c.Sleep(e.Delay)
		out := fmt.Errorf("pinging container registry %s: Get \"https://%s/v2/\": %s", host, host, c.dialWords(e))
		if errors.Is(e.Cause, machine.ErrRefused) {
			return refused{out}
		}
		return out
	case image.NotFound:
		return errors.New(where + "manifest unknown")
	case image.Unauthorized:
		return errors.New(where + "unauthorized: authentication required")
	case image.Denied:
		return errors.New(where + "requested access to the resource is denied")
	case image.RateLimited:
		return errors.New(where + "toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit")
	}
	return errors.New(where + "received unexpected HTTP status: 500 Internal Server Error")
}

// dialWords is why a connection failed.
func (c *client) dialWords(e *image.Error) string {
	at := strings.LastIndex(e.Text, `": `)
	words := e.Text[at+1:]
	if at >= 0 {
		words = e.Text[at+3:]
	}
	if errors.Is(e.Cause, machine.ErrUnknownHost) {
		name, _, _ := strings.Cut(strings.TrimPrefix(words, "dial tcp: lookup "), " on ")
		return fmt.Sprintf("dial tcp: lookup %s on %s:53: no such host", name, c.Machine.Site.LAN.Gateway)
	}
	return words
}

// push sends an image to a registry under a full name.
func (c *client) push(img *image.Image, ref string, o *transferOptions) error {
	err := c.retry(func() error {
		c.note(o, "Getting image source signatures\n")
		remote, err := c.hub.Remote(ref, c.access(ref, o))
		if err != nil {
			return err
		}
		c.Sleep(c.latency(ref))
		for _, l := range img.Layers {
			c.copied(o, "blob", l.Digest)
			if err := c.pushLayer(remote, ref, l); err != nil {
				return err
			}
		}
		c.copied(o, "config", img.ConfigDigest)
		if err := remote.PutManifest(img); err != nil {
			return fmt.Errorf("writing manifest: uploading manifest %s to %s: %s", image.Split(ref).Tag, image.Split(ref).Name(), deniedWords(err))
		}
		c.note(o, "Writing manifest to image destination\n")
		return nil
	})
	if err != nil {
		c.emit("image", image.Familiar(ref), "push-failed", "the push of "+image.Familiar(ref)+" failed: "+err.Error())
		return err
	}
	c.emit("image", image.Familiar(ref), "push", "the image "+image.Familiar(ref)+" was pushed to "+image.Split(ref).Host)
	return nil
}

func (c *client) pushLayer(remote *image.Remote, ref string, l *image.Layer) error {
	there, err := remote.HasLayer(l)
	if err != nil {
		return fmt.Errorf("trying to reuse blob %s at destination: %w", l.Digest, c.registryError(ref, l.Digest, err))
	}
	if there {
		return nil
	}
	if err := remote.PutLayer(l); err != nil {
		p := image.Split(ref)
		host := p.Host
		if host == image.DockerHub {
			host = "registry-1.docker.io"
		}
		return fmt.Errorf("writing blob: initiating layer upload to /v2/%s/blobs/uploads/ in %s: %s", p.Path, host, deniedWords(err))
	}
	rate := float64(image.UploadRate)
	if !c.far(ref) {
		rate = nearRate
	}
	c.Sleep(time.Duration(float64(l.Compressed) / rate * float64(time.Second)))
	return nil
}

// deniedWords is a refusal of a push.
func deniedWords(err error) string {
	var e *image.Error
	if errors.As(err, &e) {
		switch e.Kind {
		case image.Unauthorized:
			return "unauthorized: authentication required"
		case image.Denied:
			return "requested access to the resource is denied"
		}
	}
	return err.Error()
}

// emit writes to the world's log what the tool did.
func (c *client) emit(kind, name, reason, message string) {
	c.Clock().Emit(clock.Event{Actor: c.tool, Reason: reason, Message: message, Object: clock.Object{Kind: kind, Name: name, Machine: c.Machine.Name}})
}
