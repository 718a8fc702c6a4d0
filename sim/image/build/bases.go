package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/util/suggest"

	"drydock/sim/image"
	"drydock/sim/image/build/progress"
)

// loadBases asks for the images that the stages build on. The triggers that these
// bring (ONBUILD) may name further ones.
func (b *build) loadBases() error {
	for {
		for _, s := range b.plan.stages {
			if err := b.loadBase(s); err != nil {
				return parser.WithLocation(err, s.decl.Location)
			}
		}
		more, err := b.addTriggers()
		if err != nil || !more {
			return err
		}
	}
}

func (b *build) loadBase(s *stage) error {
	if !s.reached || s.base != nil || s.image != nil || s.decl.BaseName == scratch {
		return nil
	}
	name := s.decl.BaseName
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return fmt.Errorf("failed to parse stage name %q: %w", name, err)
	}
	s.ref = reference.TagNameOnly(named).String()
	v := b.trace.Vertex("metadata "+s.ref, b.internal("load metadata for "+s.ref))
	begun := v.Begun()
	v.Start()
	if !begun {
		b.p.Sleep(localRead)
	}
	img, err := b.host.Resolve(b.p, s.ref, b.req.Pull && !begun)
	if err != nil {
		v.Fail(err.Error())
		err = fmt.Errorf("%s: failed to resolve source metadata for %s: %w", name, s.ref, err)
		return suggest.WrapError(err, name, append(b.plan.names(), commonImages()...), true)
	}
	v.Finish()
	s.image = img
	return nil
}

func (p *plan) names() []string {
	var names []string
	for _, s := range p.stages {
		if s.name != "" {
			names = append(names, s.name)
		}
	}
	return names
}

// commonImages are those that BuildKit suggests for a misspelt base.
func commonImages() []string {
	var all []string
	for _, name := range []string{"alpine", "busybox", "centos", "debian", "golang", "ubuntu", "fedora"} {
		all = append(all, name, name+":latest")
	}
	return all
}

// addTriggers puts the ONBUILD instructions of bases in front of their stages'
// own; it reports whether these need images that are not loaded yet.
func (b *build) addTriggers() (bool, error) {
	more := false
	for _, s := range slices.Clone(b.plan.stages) {
		if !s.reached || s.onBuild {
			continue
		}
		s.onBuild = true
		var commands []command
		for _, text := range s.triggers() {
			cmd, err := b.plan.parseTrigger(text, s)
			if err != nil {
				return false, parser.SetLocation(err, s.decl.Location)
			}
			commands = append(commands, cmd)
			b.plan.depend(s, cmd)
			for _, src := range cmd.sources {
				more = more || !src.reached
				b.plan.reach(src)
			}
		}
		s.commands = append(commands, s.commands...)
		s.total += len(commands)
	}
	return more, nil
}

func (s *stage) triggers() []string {
	if s.image != nil {
		return s.image.Config.OnBuild
	}
	var texts []string
	if s.base != nil {
		for _, c := range s.base.commands {
			if o, ok := c.Command.(*instructions.OnbuildCommand); ok {
				texts = append(texts, o.Expression)
			}
		}
	}
	return texts
}

func (p *plan) parseTrigger(text string, s *stage) (command, error) {
	ast, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return command{}, err
	}
	if len(ast.AST.Children) != 1 {
		return command{}, fmt.Errorf("onbuild trigger should be a single expression")
	}
	node := ast.AST.Children[0]
	if n := len(s.decl.Location); n > 0 {
		node.StartLine, node.EndLine = s.decl.Location[0].Start.Line, s.decl.Location[n-1].End.Line
	}
	c, err := instructions.ParseCommand(node)
	if err != nil {
		return command{}, err
	}
	cmd, err := p.toCommand(c)
	cmd.trigger = true
	return cmd, err
}

// withDigest is a reference with the image's digest, as FROM steps are named.
func withDigest(ref string, img *image.Image) string {
	if strings.Contains(ref, "@") {
		return ref
	}
	return ref + "@" + img.ID
}

func baseKey(img *image.Image) string { return "from " + img.ID }

// resolveImage shows that a reference stands for a digest.
func (b *build) resolveImage(v *progress.Vertex, ref string, img *image.Image) {
	if v.Begun() {
		return
	}
	v.Start()
	s := v.Status("resolve " + withDigest(ref, img))
	b.p.Sleep(localRead)
	s.Finish()
}

// loadImage makes an image's layers part of the cache, fetching those that are
// not on the engine, and ends the step. Without need it only ends the step.
func (b *build) loadImage(v *progress.Vertex, ref string, img *image.Image, need bool) error {
	b.resolveImage(v, ref, img)
	if v.Done() {
		return nil
	}
	if !need {
		v.Finish()
		return nil
	}
	if r := b.host.Cache.find(baseKey(img)); r != nil {
		r.use(b.now())
		v.FromCache()
		return nil
	}
	for _, l := range img.Layers {
		if !b.host.Store.HasLayer(l.Digest) && !b.host.Cache.hasLayer(l.Digest) {
			b.download(v, l)
		}
	}
	for n, l := range img.Layers {
		key := baseKey(img)
		if n < len(img.Layers)-1 {
			key = fmt.Sprintf("%s %d", key, n)
		}
		r := b.host.Cache.put(&Record{Type: "regular", Description: "pulled from " + withDigest(ref, img), Size: l.Compressed, Layer: l, key: key})
		r.use(b.now())
	}
	if len(img.Layers) == 0 {
		b.host.Cache.put(&Record{Type: "regular", Description: "pulled from " + withDigest(ref, img), key: baseKey(img)}).use(b.now())
	}
	v.Finish()
	return nil
}

// downloadParts is how often a download reports.
const downloadParts = 5

func (b *build) download(v *progress.Vertex, l *image.Layer) {
	s := v.Status(l.Blob)
	for part := range int64(downloadParts) {
		s.Progress(l.Compressed*part/downloadParts, l.Compressed)
		b.p.Sleep(transferTime(l.Compressed, downloadRate) / downloadParts)
	}
	s.Progress(l.Compressed, l.Compressed).Finish()
	x := v.Status("extracting " + l.Blob)
	b.p.Sleep(transferTime(l.Size, extractRate))
	x.Finish()
}
