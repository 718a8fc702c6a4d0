package podman

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/image/build"
	"drydock/sim/image/build/progress"
	"drydock/sim/machine"
)

// builder is one build. Buildah makes an image after each instruction; the
// builder of package image/build makes images of whole Dockerfiles. So each
// instruction is carried out as the Dockerfile that ends with it, on a cache that
// has all before it.
type builder struct {
	c      *client
	o      *buildOptions
	dir    string
	lines  []string // of the Containerfile
	stages []*stage
	target int
	args   map[string]string // --build-arg
	global []string          // NAME=value of ARG before the first FROM
	bases  map[string]*image.Image
	cache  *build.Cache
	record *docker.Build

	failed int // exit status of the RUN that failed
}

// stage is a FROM with what follows it.
type stage struct {
	name   string
	base   string // as it is written
	nodes  []*parser.Node
	needed bool
	image  *image.Image // when it is built
	raw    int          // lines of history that the other builder gave it
}

// newBuilder takes a Containerfile apart.
func (c *client) newBuilder(o *buildOptions, dir string, data []byte) (*builder, error) {
	ast, err := parser.Parse(strings.NewReader(string(data)))
	if err != nil {
		return nil, fmt.Errorf("parsing main Dockerfile: %w", err)
	}
	b := &builder{
		c: c, o: o, dir: dir, lines: strings.SplitAfter(string(data), "\n"), args: c.variables(o.args), bases: map[string]*image.Image{},
		cache: build.NewCache(c.Clock()), target: -1,
	}
	for _, n := range ast.AST.Children {
		if err := b.addNode(n); err != nil {
			return nil, err
		}
	}
	if len(b.stages) == 0 {
		return nil, errors.New("no FROM statement found")
	}
	return b, b.findTarget()
}

func (b *builder) addNode(n *parser.Node) error {
	switch word := strings.ToLower(n.Value); {
	case word == "from":
		s := &stage{}
		if n.Next != nil {
			s.base = b.expand(n.Next.Value)
			if as := n.Next.Next; as != nil && strings.EqualFold(as.Value, "as") && as.Next != nil {
				s.name = strings.ToLower(as.Next.Value)
			}
		}
		s.nodes = []*parser.Node{n}
		b.stages = append(b.stages, s)
	case len(b.stages) > 0:
		s := b.stages[len(b.stages)-1]
		s.nodes = append(s.nodes, n)
	case word == "arg" && n.Next != nil:
		name, value, _ := strings.Cut(n.Next.Value, "=")
		if given, ok := b.args[name]; ok {
			value = given
		}
		b.global = append(b.global, name+"="+strings.Trim(value, `"'`))
	default:
		return errors.New("no FROM statement found")
	}
	return nil
}

func (b *builder) expand(word string) string {
	if out, _, err := shell.NewLex('\\').ProcessWord(word, shell.EnvsFromSlice(b.global)); err == nil {
		return out
	}
	return word
}

// findTarget marks the stages that the target needs.
func (b *builder) findTarget() error {
	b.target = len(b.stages) - 1
	if b.o.target != "" {
		if b.target = b.stageNamed(b.o.target); b.target < 0 {
			return fmt.Errorf("the target %q was not found in the provided Dockerfile", b.o.target)
		}
	}
	b.need(b.target)
	return nil
}

// stageNamed is the place of the stage that a name or a number means, or -1.
func (b *builder) stageNamed(name string) int {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(b.stages) {
		return n
	}
	return slices.IndexFunc(b.stages, func(s *stage) bool { return s.name != "" && s.name == strings.ToLower(name) })
}

func (b *builder) need(n int) {
	if n < 0 || b.stages[n].needed {
		return
	}
	s := b.stages[n]
	s.needed = true
	if from := b.stageNamed(s.base); from >= 0 && from < n {
		b.need(from)
	}
	pattern := regexp.MustCompile(`from=([^\s,]+)`)
	for _, node := range s.nodes[1:] {
		for _, m := range pattern.FindAllStringSubmatch(strings.Join(node.Flags, " "), -1) {
			if from := b.stageNamed(m[1]); from >= 0 && from < n {
				b.need(from)
			}
		}
	}
}

// stage builds one stage and returns its image.
func (b *builder) stage(n int, s *stage, final bool, tags []string) (*image.Image, error) {
	total := len(s.nodes)
	b.say("%sSTEP 1/%d: %s\n", b.prefix(n), total, s.nodes[0].Original)
	img, from, err := b.base(n, s)
	if err != nil {
		return nil, err
	}
	parent, first := img, true
	for k, node := range s.nodes[1:] {
		b.say("%sSTEP %d/%d: %s\n", b.prefix(n), k+2, total, node.Original)
		last := k == total-2
		b.watch(node.Original, "running")
		next, cached, err := b.instruction(n, s, node, parent, commentOf(first, from))
		if err != nil {
			b.watch(node.Original, "error")
			return nil, err
		}
		b.watch(node.Original, map[bool]string{true: "cached", false: "done"}[cached])
		if b.o.layers && cached {
			b.say("--> Using cache %s\n", id(next))
		}
		if b.o.layers && (!last || !final) {
			b.say("--> %s\n", short(id(next)))
		}
		parent, first = next, false
	}
	s.image = parent
	if parent == nil {
		return nil, errors.New("no instructions to build an image of")
	}
	return parent, nil
}

func commentOf(first bool, from string) string {
	if first && from != "" {
		return "FROM " + from
	}
	return ""
}

func (b *builder) watch(name, state string) {
	steps := &b.record.Steps
	if n := len(*steps); n > 0 && (*steps)[n-1].Name == name {
		(*steps)[n-1].State = state
		return
	}
	*steps = append(*steps, docker.BuildStep{Name: name, State: state, Layer: true})
}

// base finds the image that a stage begins with.
func (b *builder) base(n int, s *stage) (*image.Image, string, error) {
	if s.base == "scratch" {
		return nil, "", nil
	}
	if from := b.stageNamed(s.base); from >= 0 && from < n {
		s.raw = b.stages[from].raw
		return b.stages[from].image, "", nil
	}
	img, ref, err := b.imageOf(s.base)
	if err != nil {
		return nil, "", err
	}
	s.raw = len(img.History)
	return img, b.c.store.imageName(img, ref), nil
}

// imageOf finds an image that a Containerfile names, and remembers what its name
// means: the other builder knows only full names.
func (b *builder) imageOf(name string) (*image.Image, string, error) {
	img, ref, err := b.c.imageFor(name, b.o.pull, &b.o.transferOptions)
	if err != nil {
		return nil, "", fmt.Errorf("creating build container: %w", err)
	}
	if norm, err := image.Normalise(name); err == nil {
		b.bases[norm] = img
	}
	return img, ref, nil
}

// instruction carries out one instruction and returns the image after it.
func (b *builder) instruction(n int, s *stage, node *parser.Node, parent *image.Image, comment string) (*image.Image, bool, error) {
	if !known(node.Value) {
		return nil, false, b.unknown(node, parent)
	}
	if strings.EqualFold(node.Value, "healthcheck") && b.o.format != "docker" {
		b.c.warn("HEALTHCHECK is not supported for OCI image format and will be ignored. Must use `docker` format")
	}
	raw, err := b.carryOut(n, node)
	if err != nil {
		return nil, false, err
	}
	next := b.finish(s, node, raw, parent, comment)
	key := stepKey(next, parent)
	for _, st := range b.c.store.steps {
		if st.key == key && b.o.layers && !b.o.noCache {
			return st.image, true, nil
		}
	}
	next.Created = b.c.Now()
	next.History[len(next.History)-1].Created = next.Created
	b.seal(next)
	if b.o.layers {
		below := ""
		if parent != nil {
			below = parent.ConfigDigest
		}
		b.c.store.steps = append(b.c.store.steps, &step{next, below, key})
	}
	return next, false, nil
}

// stepKey stands for what an instruction made, and of what: all but the time.
func stepKey(next, parent *image.Image) string {
	text, _ := json.Marshal(next.Config)
	below := "scratch"
	if parent != nil {
		below = parent.ConfigDigest
	}
	for _, l := range next.Layers {
		below += " " + l.Digest
	}
	return image.Digest(below + next.History[len(next.History)-1].CreatedBy + string(text))
}

// carryOut builds the Dockerfile that ends with an instruction.
func (b *builder) carryOut(n int, node *parser.Node) (*image.Image, error) {
	text := strings.Join(b.lines[:min(node.EndLine, len(b.lines))], "")
	var made *image.Image
	host := &build.Host{
		Store: b.c.store.Engine.Images, Cache: b.stepCache(), FindUser: docker.LookupUser, Run: b.runStep,
		Keep:    func(img *image.Image, _ []string) error { made = img; return nil },
		Resolve: b.resolve,
	}
	request := build.Request{
		Dockerfile: build.Dockerfile{Name: "Containerfile", Data: []byte(text)},
		Context:    build.Context{Name: b.dir, FS: b.c.FS, Dir: b.dir}, Target: strconv.Itoa(n), Args: b.args,
	}
	if data, err := b.c.FS.ReadFile(b.dir + "/.containerignore"); err == nil {
		request.Dockerfile.Ignore = data
	}
	b.failed = 0
	_, err := host.Build(b.c.Process, request, progress.New(b.c.Now))
	if err == nil {
		return made, nil
	}
	return nil, b.stepError(node, err)
}

// stepCache is what earlier builds of the store left, as far as images still
// hold it.
func (b *builder) stepCache() *build.Cache {
	if !b.o.layers || b.o.noCache {
		return b.cache
	}
	s := b.c.store
	if s.cache == nil {
		s.cache = build.NewCache(b.c.Clock())
	}
	s.cache.Prune(func(r *build.Record) bool { return r.Layer != nil && !s.hasLayer(r.Layer.Digest) })
	return s.cache
}

func (s *Store) hasLayer(digest string) bool {
	for _, st := range s.steps {
		if slices.ContainsFunc(st.image.Layers, func(l *image.Layer) bool { return l.Digest == digest }) {
			return true
		}
	}
	return s.Engine.Images.HasLayer(digest)
}

func (b *builder) resolve(_ *machine.Process, ref string, _ bool) (*image.Image, error) {
	if img := b.bases[ref]; img != nil {
		return img, nil
	}
	img, _, err := b.imageOf(image.Familiar(ref))
	return img, err
}

// runStep runs the program of a RUN; what it prints is the build's own output.
func (b *builder) runStep(p *machine.Process, c build.Container) (int, error) {
	c.Output = b.c.Stdout
	if b.o.quiet {
		c.Output = machine.Discard()
	}
	status, err := b.c.store.Engine.RunStep(p, c)
	b.failed = status
	return status, err
}

// stepError words why an instruction failed, as Buildah does.
func (b *builder) stepError(node *parser.Node, err error) error {
	at := fmt.Sprintf("building at STEP %q: ", node.Original)
	if b.failed != 0 {
		return fail(b.failed, "%swhile running runtime: exit status %d", at, b.failed)
	}
	if m := regexp.MustCompile(`"([^"]+)": not found$`).FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%schecking on sources under %q: copier: stat: %q: no such file or directory", at, b.dir, m[1])
	}
	var wrapped failure
	if errors.As(err, &wrapped) {
		return err
	}
	return fmt.Errorf("%s%s", at, err)
}
