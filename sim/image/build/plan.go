package build

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/util/suggest"

	"drydock/sim/image"
)

// scratch is the name of the empty base image.
const scratch = "scratch"

// plan is a Dockerfile taken apart: its stages, in order, and the one to build.
type plan struct {
	lint    *linter.Linter
	lex     *shell.Lex
	escape  rune
	globals *variables // what FROM lines and ARG without a value see
	stages  []*stage
	byName  map[string]*stage
	target  *stage
}

// stage is a FROM with what follows it, or an image that a COPY --from or a mount
// names without a stage of its own (external).
type stage struct {
	decl     instructions.Stage
	name     string // as progress shows it
	base     *stage // nil when the base is an image or nothing
	ref      string // normalised reference of the base image; empty for scratch
	image    *image.Image
	external bool
	reached  bool
	total    int // steps that progress numbers
	number   int // of those, how many have a name by now
	commands []command
	deps     []dependency
	onBuild  bool // the triggers of its base are in commands
	noCache  bool

	result stageState
	done   bool // dispatched
}

// command is an instruction with the stages that it reads from, nil where it
// reads from none.
type command struct {
	instructions.Command
	sources []*stage
	trigger bool // comes from the base image's ONBUILD
}

type dependency struct {
	stage *stage
	by    instructions.Command
}

// parse reads the Dockerfile and decides what has to be built.
func (b *build) parse() (*plan, error) {
	lint, err := b.newLinter()
	if err != nil {
		return nil, err
	}
	ast, err := b.parseAST()
	if err != nil {
		return nil, err
	}
	warnContinuations(lint, ast.Warnings)
	stages, args, err := instructions.Parse(ast.AST, lint)
	if err != nil {
		return nil, err
	}
	if len(stages) == 0 {
		return nil, fmt.Errorf("dockerfile contains no stages to build")
	}
	lintStageNames(stages, lint)
	lintCasing(stages, lint)
	p := &plan{lint: lint, lex: shell.NewLex(ast.EscapeToken), escape: ast.EscapeToken, byName: map[string]*stage{}}
	target := b.req.Target
	if target == "" {
		target = stages[len(stages)-1].Name
	}
	p.globals = platformArgs(b.platform(), target)
	p.lintDefaultBases(stages, args)
	if err := p.setGlobals(args, b.req.Args); err != nil {
		return nil, err
	}
	for i := range stages {
		if err := p.addStage(stages[i], i, b); err != nil {
			return nil, err
		}
	}
	if err := p.findTarget(b.req.Target); err != nil {
		return nil, err
	}
	if err := p.link(); err != nil {
		return nil, err
	}
	p.reach(p.target)
	if b.req.Check && b.req.Target == "" {
		for _, s := range p.stages {
			p.reach(s)
		}
	}
	return p, nil
}

func (p *plan) addStage(decl instructions.Stage, index int, b *build) error {
	lint := p.lint.WithMergedConfigFromComments(decl.Comments)
	match, err := p.lex.ProcessWordWithMatches(decl.BaseName, p.globals)
	p.lintFromArgs(match.Unmatched, decl.Location, lint)
	if err != nil {
		return parser.WithLocation(err, decl.Location)
	}
	if match.Result == "" {
		return parser.WithLocation(fmt.Errorf("base name (%s) should not be blank", decl.BaseName), decl.Location)
	}
	decl.BaseName = match.Result
	s := &stage{decl: decl, name: decl.Name, noCache: b.req.NoCache || slices.Contains(b.req.NoCacheStages, decl.Name)}
	if decl.Platform != "" {
		if err := p.checkPlatform(s, b.platform(), lint); err != nil {
			return parser.WithLocation(err, decl.Location)
		}
	}
	if s.name == "" {
		s.name = fmt.Sprintf("stage-%d", index)
	}
	p.register(s)
	if decl.BaseName != scratch && s.base == nil {
		s.total = 1
	}
	for _, c := range decl.Commands {
		if isStep(c) {
			s.total++
		}
	}
	return nil
}

// isStep reports that an instruction makes a layer.
func isStep(c instructions.Command) bool {
	switch c.(type) {
	case *instructions.AddCommand, *instructions.CopyCommand, *instructions.RunCommand, *instructions.WorkdirCommand:
		return true
	}
	return false
}

func (p *plan) register(s *stage) {
	p.stages = append(p.stages, s)
	s.base = p.byName[s.decl.BaseName]
	if s.decl.Name != "" {
		p.byName[strings.ToLower(s.decl.Name)] = s
	}
}

func (p *plan) findTarget(name string) error {
	if name == "" {
		p.target = p.stages[len(p.stages)-1]
		return nil
	}
	if p.target = p.byName[strings.ToLower(name)]; p.target != nil {
		return nil
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(p.stages) {
		p.target = p.stages[n]
		return nil
	}
	var names []string
	for _, s := range p.stages {
		names = append(names, s.name)
	}
	return suggest.WrapError(fmt.Errorf("target stage %q could not be found", name), name, names, true)
}

// link finds out which stages read from which.
func (p *plan) link() error {
	for _, s := range slices.Clone(p.stages) {
		for _, c := range s.decl.Commands {
			cmd, err := p.toCommand(c)
			if err != nil {
				return err
			}
			s.commands = append(s.commands, cmd)
			p.depend(s, cmd)
		}
	}
	if err := p.checkCycles(); err != nil {
		return err
	}
	if len(p.stages) == 1 {
		p.stages[0].name = ""
	}
	return nil
}

func (p *plan) depend(s *stage, cmd command) {
	for _, src := range cmd.sources {
		if src == nil {
			continue
		}
		s.deps = append(s.deps, dependency{src, cmd.Command})
		if src.external && !slices.Contains(p.stages, src) {
			p.register(src)
		}
	}
}

func (p *plan) toCommand(c instructions.Command) (command, error) {
	cmd := command{Command: c}
	switch c := c.(type) {
	case *instructions.CopyCommand:
		if c.From == "" {
			return cmd, nil
		}
		word, _, err := p.lex.ProcessWord(c.From, shell.EnvsFromSlice(nil))
		if err != nil {
			return cmd, err
		}
		if word != c.From {
			return cmd, fmt.Errorf("variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround")
		}
		src, err := p.sourceOf(c.From, c.Location())
		cmd.sources = []*stage{src}
		return cmd, err
	case *instructions.RunCommand:
		for _, m := range instructions.GetMounts(c) {
			from := m.From
			if from == "" {
				from = scratch
			}
			src := p.byName[strings.ToLower(from)]
			if src == nil {
				src = &stage{decl: instructions.Stage{BaseName: from, Location: c.Location()}, external: true}
			}
			cmd.sources = append(cmd.sources, src)
		}
	}
	return cmd, nil
}

// sourceOf is the stage that --from means: a name, a number, or an image.
func (p *plan) sourceOf(from string, location []parser.Range) (*stage, error) {
	if n, err := strconv.Atoi(from); err == nil {
		if n < 0 || n >= len(p.stages) {
			return nil, parser.WithLocation(fmt.Errorf("invalid stage index %d", n), location)
		}
		return p.stages[n], nil
	}
	if s := p.byName[strings.ToLower(from)]; s != nil {
		return s, nil
	}
	return &stage{decl: instructions.Stage{BaseName: from, Location: location}, external: true}, nil
}

// checkCycles refuses stages that wait for each other.
func (p *plan) checkCycles() error {
	seen, path := map[*stage]bool{}, map[*stage]bool{}
	var visit func(s *stage, by []instructions.Command) []instructions.Command
	visit = func(s *stage, by []instructions.Command) []instructions.Command {
		if seen[s] {
			return nil
		}
		seen[s], path[s] = true, true
		for _, d := range s.deps {
			next := append(slices.Clone(by), d.by)
			if path[d.stage] {
				return next
			}
			if found := visit(d.stage, next); found != nil {
				return found
			}
		}
		delete(path, s)
		return nil
	}
	for _, s := range p.stages {
		commands := visit(s, nil)
		if commands == nil {
			continue
		}
		err := fmt.Errorf("circular dependency detected on stage: %s", s.name)
		for _, c := range commands {
			err = parser.WithLocation(err, c.Location())
		}
		return err
	}
	return nil
}

// reach marks what a stage needs, itself included.
func (p *plan) reach(s *stage) {
	if s == nil || s.reached {
		return
	}
	s.reached = true
	p.reach(s.base)
	for _, d := range s.deps {
		p.reach(d.stage)
	}
}

// variables are named values that expansion reads, in the order of their making.
type variables struct {
	values map[string]string
	names  []string
}

func newVariables() *variables { return &variables{values: map[string]string{}} }

// Get implements shell.EnvGetter.
func (v *variables) Get(name string) (string, bool) { s, ok := v.values[name]; return s, ok }

// Keys implements shell.EnvGetter.
func (v *variables) Keys() []string { return v.names }

func (v *variables) set(name, value string) {
	if _, known := v.values[name]; !known {
		v.names = append(v.names, name)
	}
	v.values[name] = value
}

func (v *variables) clone() *variables {
	return &variables{values: maps.Clone(v.values), names: slices.Clone(v.names)}
}
