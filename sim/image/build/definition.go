package build

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/sim/image"
	"drydock/sim/image/build/progress"
)

// loadDefinition has the client send the Dockerfile.
func (b *build) loadDefinition() error {
	d := b.req.Dockerfile
	base := path.Base(d.Name)
	v := b.trace.Vertex("definition "+b.key, b.internal("load build definition from "+base))
	b.definition = v
	b.source = d.Data
	if !v.Done() {
		v.Start()
		s := v.Status("transferring dockerfile:")
		b.p.Sleep(localRead)
		s.Progress(b.definitionSize(base), 0).Finish()
		v.Finish()
	}
	b.host.Cache.touchLocal("dockerfile "+b.req.Context.Name, "[internal] load build definition from "+base, diskSize(1, int64(len(d.Data))), b.now())
	switch {
	case d.NotRegular:
		return fmt.Errorf("failed to read dockerfile: %s is not a regular file", d.Name)
	case d.Missing:
		return fmt.Errorf("failed to read dockerfile: open %s: no such file or directory", d.Name)
	case len(d.Data) == 0:
		return errors.New("the Dockerfile cannot be empty")
	}
	return b.loadFrontend()
}

func (b *build) definitionSize(base string) int64 {
	d := b.req.Dockerfile
	if d.NotRegular {
		return b.req.Context.wireSize(d.Name)
	}
	sent := &transfer{}
	if !d.Missing {
		sent.add(base, false, int64(len(d.Data)), true)
	}
	if len(d.Ignore) > 0 {
		sent.add(base+".dockerignore", false, int64(len(d.Ignore)), true)
	}
	return sent.total()
}

// loadFrontend fetches the frontend that a "# syntax=" line names. All of them
// read Dockerfiles as the built-in one does.
func (b *build) loadFrontend() error {
	name, _, ranges, ok := parser.DetectSyntax(b.source)
	if !ok {
		return nil
	}
	ref, err := image.Normalise(name)
	if err != nil {
		return parser.WithLocation(fmt.Errorf("failed to parse frontend source %q: %w", name, err), ranges)
	}
	shown := "docker-image://" + ref
	resolve := b.trace.Vertex("frontend "+ref, b.frontendName("resolve image config for "+shown))
	resolve.Start()
	img, err := b.host.Resolve(b.p, ref, false)
	if err != nil {
		resolve.Fail(err.Error())
		return parser.WithLocation(fmt.Errorf("failed to resolve source metadata for %s: %w", ref, err), ranges)
	}
	resolve.Finish()
	v := b.trace.Vertex("frontend image "+ref, b.frontendName(shown+"@"+img.ID))
	return b.loadImage(v, ref, img, true)
}

func (b *build) frontendName(what string) string {
	if b.req.Name != "" {
		return "[" + b.req.Name + "] " + what
	}
	return what
}

// newLinter makes the linter that the Dockerfile's "# check=" line asks for; its
// findings go to the step that read the Dockerfile.
func (b *build) newLinter() (*linter.Linter, error) {
	options, _, _, _ := parser.ParseDirective("check", b.source)
	config, err := linter.ParseLintOptions(options)
	if err != nil {
		return nil, fmt.Errorf("failed to parse check options: %w", err)
	}
	config.Warn = func(rule, description, url, text string, location []parser.Range) {
		line := 0
		if len(location) > 0 {
			line = location[0].Start.Line
		}
		b.definition.Warn(progress.Warning{
			Text: linter.LintFormatShort(rule, text, line), Rule: rule, Detail: description, URL: url,
			Source: excerpt(b.req.Dockerfile.Name, b.source, location),
		})
	}
	return linter.New(config), nil
}

// warnContinuations reports the empty lines that the parser found inside an
// instruction.
func warnContinuations(lint *linter.Linter, warnings []parser.Warning) {
	for _, w := range warnings {
		if w.URL == linter.RuleNoEmptyContinuation.URL && w.Location != nil {
			lint.Run(&linter.RuleNoEmptyContinuation, []parser.Range{*w.Location}, linter.RuleNoEmptyContinuation.Format())
		}
	}
}

func (b *build) parseAST() (*parser.Result, error) { return parser.Parse(bytes.NewReader(b.source)) }

// loadIgnore has the client send .dockerignore.
func (b *build) loadIgnore() error {
	v := b.trace.Vertex("dockerignore "+b.key, b.internal("load .dockerignore"))
	data := b.req.Dockerfile.Ignore
	if !v.Done() {
		v.Start()
		sent := &transfer{}
		if data == nil {
			if own, ok := b.req.Context.read(".dockerignore"); ok {
				data = own
				sent.add(".dockerignore", false, int64(len(own)), true)
			}
		}
		s := v.Status("transferring context:")
		b.p.Sleep(localRead)
		s.Progress(sent.total(), 0).Finish()
		v.Finish()
	} else if data == nil {
		data, _ = b.req.Context.read(".dockerignore")
	}
	b.read("dockerignore", "[internal] load .dockerignore", diskSize(min(1, len(data)), int64(len(data))))
	ig, err := parseIgnore(string(data))
	if err != nil {
		return fmt.Errorf("error reading .dockerignore: %w", err)
	}
	b.ignore = ig
	return nil
}

// read notes that files of the context were read. The engine holds them until the
// build has ended.
func (b *build) read(what, description string, size int64) {
	b.held = append(b.held, func() {
		b.host.Cache.touchLocal(what+" "+b.req.Context.Name, description, size, b.now())
	})
}

// diskSize is what files take on the engine's disk, with the directory that they
// lie in.
func diskSize(files int, bytes int64) int64 {
	const block = 4096
	if files == 0 {
		return block
	}
	return block + (bytes+block-1)/block*block
}

func trimSlash(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }
