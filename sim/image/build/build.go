// Package build is BuildKit's Dockerfile frontend and solver on one engine
// (BuildKit 0.34.2, as in Docker 29.7.2): it reads a Dockerfile with BuildKit's
// own parser, runs the steps as real processes in temporary containers, keeps
// their results by content, and makes an image of the last one.
package build

import (
	"time"

	"drydock/sim/clock"
	"drydock/sim/image"
	"drydock/sim/image/build/progress"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// Host is the engine that builds, as far as a build needs it.
type Host struct {
	Store *image.Store
	Cache *Cache
	// Resolve finds the image that a normalised reference names, on the engine or
	// in its registry, and takes the time that this takes. newest asks the registry
	// although the engine has one (--pull). Errors have containerd's words.
	Resolve func(p *machine.Process, ref string, newest bool) (*image.Image, error)
	// Run carries out a RUN step.
	Run Runner
	// FindUser works out who "name", "name:group" or numbers mean in a file system.
	FindUser func(files *vfs.FS, spec string) (machine.User, error)
	// Keep puts a finished image into the engine's store under its names.
	Keep func(img *image.Image, refs []string) error
	// Push sends an image of the store to the registry of its name.
	Push func(p *machine.Process, ref string) error
	// Watch is told the steps whenever one has changed; nil if nobody looks.
	Watch func([]Step)
}

// Runner runs a program in a temporary container and waits for it. An error says
// why it could not be started.
type Runner func(p *machine.Process, c Container) (status int, err error)

// Container is what a RUN step needs to run in.
type Container struct {
	Args    []string
	Env     *machine.Env
	Dir     string
	User    machine.User
	FS      *vfs.FS
	Network string // default, none or host
	Hosts   []machine.HostEntry
	Output  machine.Sink
}

// Request is what a client asks to be built.
type Request struct {
	// Name is the target's name in a file of several (compose, bake); empty for
	// a build of one.
	Name       string
	Dockerfile Dockerfile
	Context    Context
	Target     string
	Platform   string // "linux/amd64"; empty for the engine's own
	Args       map[string]string
	Labels     map[string]string
	Tags       []string // normalised references
	NoCache    bool
	// NoCacheStages are the stages to build without the cache (--no-cache-filter).
	NoCacheStages []string
	Pull          bool
	Push          bool // send the image to its registries afterwards
	Secrets       map[string][]byte
	Network       string
	Hosts         []machine.HostEntry
	// Check only lints (--check).
	Check bool
}

// Dockerfile is the file that a build follows, as the client found it.
type Dockerfile struct {
	Name string // as the client names it: "Dockerfile", "docker/Dockerfile.dev"
	Data []byte
	// Missing is set when there is no such file, NotRegular when it is a directory.
	Missing    bool
	NotRegular bool
	// Ignore is the content of Dockerfile.dockerignore, if there is one.
	Ignore []byte
}

// Step is a step of a build for those who look on.
type Step struct {
	Name  string
	State string // waiting, running, done, cached, error
	Layer bool
}

// Build builds an image, shows what it does in the trace and returns the image,
// which is in the store under its tags. It runs in the client's process and
// lets time pass there. Errors are *Error.
func (h *Host) Build(p *machine.Process, r Request, trace *progress.Trace) (*image.Image, error) {
	b := &build{host: h, req: r, p: p, trace: trace, key: r.Context.Name + "/" + r.Dockerfile.Name + image.Digest(string(r.Dockerfile.Data))}
	img, err := b.build()
	for _, release := range b.held {
		release()
	}
	if err != nil {
		b.cancel()
		b.watch()
		return nil, b.fail(err)
	}
	b.watch()
	return img, nil
}

// build is one build while it goes on.
type build struct {
	host  *Host
	req   Request
	p     *machine.Process
	trace *progress.Trace
	key   string // tells this build's local files from another's in the same trace

	source     []byte // of the Dockerfile, for excerpts
	definition *progress.Vertex
	plan       *plan
	ignore     *ignore
	context    *contextFiles
	ops        []*op
	held       []func() // what is noted in the cache when the build has ended
}

func (b *build) build() (*image.Image, error) {
	if err := b.loadDefinition(); err != nil {
		return nil, err
	}
	plan, err := b.parse()
	if err != nil {
		return nil, err
	}
	b.plan = plan
	if err := b.loadBases(); err != nil {
		return nil, err
	}
	if err := b.loadIgnore(); err != nil {
		return nil, err
	}
	if err := b.dispatchAll(); err != nil {
		return nil, err
	}
	if b.req.Check {
		return nil, nil
	}
	if err := b.solve(); err != nil {
		return nil, err
	}
	return b.export()
}

// A few things take no time worth modelling but are not free.
const (
	localRead = 8 * time.Millisecond
	fileWork  = 22 * time.Millisecond
)

// Rates of the engine's disk and of its line to a registry, bytes per second.
const (
	downloadRate = 25 << 20
	extractRate  = 100 << 20
)

func transferTime(bytes, rate int64) time.Duration {
	return time.Duration(float64(bytes) / float64(rate) * float64(time.Second))
}

func (b *build) now() time.Time { return b.p.Now() }

func (b *build) clock() *clock.Clock { return b.p.Clock() }

// internal names a step that is not of the Dockerfile.
func (b *build) internal(what string) string {
	if b.req.Name != "" {
		return "[" + b.req.Name + " internal] " + what
	}
	return "[internal] " + what
}

// cancel ends what still runs when the build has failed.
func (b *build) cancel() {
	for _, v := range b.trace.Vertices() {
		v.Cancel()
	}
}

// watch tells who looks on how far the steps are.
func (b *build) watch() {
	if b.host.Watch == nil {
		return
	}
	steps := make([]Step, 0, len(b.ops))
	for _, o := range b.ops {
		steps = append(steps, Step{Name: o.vertex.Name, State: state(o.vertex), Layer: o.kind != opFrom})
	}
	b.host.Watch(steps)
}

func state(v *progress.Vertex) string {
	switch {
	case !v.Begun():
		return "waiting"
	case !v.Done():
		return "running"
	case v.Error != "" || v.Canceled:
		return "error"
	case v.Cached:
		return "cached"
	}
	return "done"
}
