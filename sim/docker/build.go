package docker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/image/build/progress"
	"drydock/sim/machine"
)

// Build is a record of a build, for the screen and `docker buildx history`.
type Build struct {
	Tag    string
	Steps  []BuildStep
	Done   bool
	Failed bool
}

// BuildStep is one step of a build.
type BuildStep = build.Step

// maxBuilds is how many records of builds are kept.
const maxBuilds = 20

// Build builds an image with the engine's BuildKit in the client's process and
// shows it in the trace. Errors are *build.Error. It is used by `docker build`
// and `docker compose build`.
func (e *Engine) Build(p *machine.Process, r build.Request, trace *progress.Trace) (*image.Image, error) {
	record := &Build{}
	if len(r.Tags) > 0 {
		record.Tag = image.Familiar(r.Tags[0])
	}
	e.builds = append(e.builds, record)
	if len(e.builds) > maxBuilds {
		e.builds = slices.Clone(e.builds[len(e.builds)-maxBuilds:])
	}
	record.Failed = true // until it is done: an interrupted build runs its defers only
	defer func() { record.Done = true }()
	name := record.Tag
	if name == "" {
		name = "an image"
	}
	start := e.clock().Emit(clock.Event{
		Actor: "buildkit", Reason: "build", Message: fmt.Sprintf("building %s from %s", name, r.Dockerfile.Name),
		Object: clock.Object{Kind: "image", Name: name, Machine: e.Machine.Name},
	})
	p.Blame(start)
	host := &build.Host{
		Store: e.Images, Cache: e.buildCache(), FindUser: LookupUser, Run: e.runStep, Keep: e.keepBuilt, Push: e.pushBuilt,
		Resolve: e.resolveForBuild, Watch: func(steps []build.Step) { record.Steps = steps },
	}
	img, err := host.Build(p, r, trace)
	record.Failed = err != nil
	return img, err
}

// keepBuilt puts a finished image into the store. An image that loses its last
// name to it is gone, as the containerd image store has it.
func (e *Engine) keepBuilt(img *image.Image, refs []string) error {
	if err := e.AddImage(img, ""); err != nil {
		return fmt.Errorf("failed to copy: write /var/lib/docker/containerd/daemon/io.containerd.content.v1.content/ingest: no space left on device")
	}
	e.Hub.Remember(img)
	for _, ref := range refs {
		e.Name(ref, img, false)
	}
	return nil
}

// resolveForBuild finds the base image of a build: on the engine, else in its
// registry with what the client's user is logged in with.
func (e *Engine) resolveForBuild(p *machine.Process, ref string, newest bool) (*image.Image, error) {
	if local := e.localBase(ref); local != nil && !newest {
		return local, nil
	}
	p.Sleep(e.latency(ref))
	remote, err := e.Hub.Remote(ref, e.access(ref, LoadConfig(p).Credentials(image.Split(ref).Host)))
	if err != nil {
		return nil, err
	}
	img, err := remote.Resolve()
	var refused *image.Error
	if errors.As(err, &refused) {
		p.Sleep(refused.Delay)
		return nil, errors.New(metadataError(ref, refused))
	}
	return img, err
}

func (e *Engine) localBase(ref string) *image.Image {
	if digest := image.Split(ref).Digest; digest != "" {
		return e.Images.ByID(digest)
	}
	return e.Images.ByRef(ref)
}

// metadataError words a registry's refusal as BuildKit passes it on: containerd's
// text without docker's own around it.
func metadataError(ref string, err *image.Error) string {
	if err.Kind == image.Denied {
		return "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
	}
	return strings.TrimPrefix(err.Text, fmt.Sprintf("failed to resolve reference %q: ", ref))
}

// runStep runs the program of a RUN step in a container of BuildKit's: on the
// default bridge, without a name, gone when it has ended.
func (e *Engine) runStep(p *machine.Process, c build.Container) (int, error) {
	net := machine.NewNamespace("buildkit", e.Machine)
	switch c.Network {
	case "host":
		net = e.Machine.Net
	case "none":
	default:
		if bridge, err := e.Network(e.defaultNetwork()); err == nil && bridge.Segment != nil {
			bridge.Segment.Attach(net, netip.Addr{})
			defer bridge.Segment.Detach(net)
		}
	}
	weight := p.Weight()
	child, err := e.Machine.Start(machine.Spec{
		Args: c.Args, Env: c.Env, Dir: c.Dir, User: &c.User, FS: c.FS, Net: net, Host: "buildkitsandbox",
		Group: &machine.Group{Name: "buildkit"}, Stdin: machine.NoInput{}, Stdout: c.Output, Stderr: c.Output, Weight: &weight,
	})
	if err != nil {
		return 0, err
	}
	defer child.Exit(128 + int(machine.SIGKILL))
	return p.WaitChild(child), nil
}

// pushBuilt sends a tag that was just built to its registry.
func (e *Engine) pushBuilt(p *machine.Process, ref string) error {
	return e.PushImage(p.Proc, ref, LoadConfig(p).Credentials(image.Split(ref).Host), func(Progress) {}, false)
}
