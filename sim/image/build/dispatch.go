package build

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"drydock/sim/image"
	"drydock/sim/machine"
)

// stageState is what the instructions of a stage have made so far.
type stageState struct {
	base    *image.Image // the image at the bottom; nil for scratch
	config  image.Config
	author  string
	env     *machine.Env // what steps see: the image's variables and build arguments
	args    []instructions.KeyValuePairOptional
	history []entry
	head    *op // the step whose files are the stage's; nil for scratch
	dirSet  bool
}

// entry is a line of history; step is nil where no layer was made.
type entry struct {
	by   string
	step *op
}

// dispatcher carries out the instructions of one stage, without running steps.
type dispatcher struct {
	*stageState
	build   *build
	stage   *stage
	lint    *linter.Linter
	trigger bool

	cmd, entrypoint, health once
}

func (b *build) dispatchAll() error {
	for _, s := range b.plan.stages {
		if s.external && s.reached {
			b.begin(s)
			s.done = true
		}
	}
	for _, s := range b.plan.stages {
		if !s.reached || s.done {
			continue
		}
		if err := b.dispatchStage(s); err != nil {
			return err
		}
		s.done = true
	}
	return b.plan.lint.Error()
}

func (b *build) dispatchStage(s *stage) error {
	b.begin(s)
	d := &dispatcher{stageState: &s.result, build: b, stage: s}
	for _, c := range s.commands {
		d.lint = b.plan.lint.WithMergedConfigFromComments(c.Comments())
		d.trigger = c.trigger
		err := d.expand(c.Command)
		if err == nil {
			err = d.dispatch(c)
		}
		if err != nil {
			return parser.WithLocation(err, c.Location())
		}
	}
	return nil
}

// defaultPath is the search path of images that set none.
const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// begin gives a stage what its base leaves it.
func (b *build) begin(s *stage) {
	r := &s.result
	switch {
	case s.base != nil:
		*r = s.base.result
		r.config = cloneConfig(r.config)
		r.args, r.history = slices.Clone(r.args), slices.Clone(r.history)
		r.env = r.env.Clone()
	case s.image != nil:
		r.base, r.config, r.author = s.image, cloneConfig(s.image.Config), s.image.Author
		r.head = b.fromOp(s)
	}
	r.config.OnBuild = nil
	if r.env == nil {
		r.env = machine.NewEnv(r.config.Env...)
	}
	if _, ok := r.env.Lookup("PATH"); !ok {
		r.config.Env = append(r.config.Env, defaultPath)
		r.env = machine.NewEnv(append(r.env.List(), defaultPath)...)
	}
}

// expand replaces variables in an instruction. ARG does that by itself.
func (d *dispatcher) expand(c instructions.Command) error {
	if _, isArg := c.(*instructions.ArgCommand); isArg {
		return nil
	}
	if x, ok := c.(instructions.SupportsSingleWordExpansion); ok {
		if err := x.Expand(func(word string) (string, error) { return d.word(c, d.build.plan.lex, word) }); err != nil {
			return err
		}
	}
	if x, ok := c.(instructions.SupportsSingleWordExpansionRaw); ok {
		lex := shell.NewLex('\\')
		lex.SkipProcessQuotes = true
		return x.ExpandRaw(func(word string) (string, error) { return d.word(c, lex, word) })
	}
	return nil
}

func (d *dispatcher) word(c instructions.Command, lex *shell.Lex, word string) (string, error) {
	env := d.getter()
	out, unmatched, err := lex.ProcessWord(word, env)
	lintVariables(c, d.args, env, unmatched, d.lint)
	return out, err
}

func (d *dispatcher) getter() shell.EnvGetter { return shell.EnvsFromSlice(d.env.List()) }

func (d *dispatcher) dispatch(c command) error {
	switch c := c.Command.(type) {
	case *instructions.MaintainerCommand:
		d.author = c.Maintainer
		d.note("MAINTAINER " + c.Maintainer)
	case *instructions.EnvCommand:
		d.setEnv(c)
	case *instructions.ArgCommand:
		return d.declare(c)
	case *instructions.LabelCommand:
		d.label(c)
	case *instructions.ExposeCommand:
		return d.expose(c)
	case *instructions.VolumeCommand:
		return d.volume(c)
	case *instructions.UserCommand:
		d.config.User = c.User
		d.note("USER " + c.User)
	case *instructions.StopSignalCommand:
		if _, ok := machine.ParseSignal(c.Signal); !ok {
			return fmt.Errorf("invalid signal: %s", c.Signal)
		}
		d.config.StopSignal = c.Signal
		d.note("STOPSIGNAL " + c.Signal)
	case *instructions.ShellCommand:
		d.config.Shell = c.Shell
		d.note(fmt.Sprintf("SHELL %v", c.Shell))
	case *instructions.OnbuildCommand:
		d.config.OnBuild = append(d.config.OnBuild, c.Expression)
	case *instructions.CmdCommand, *instructions.EntrypointCommand, *instructions.HealthCheckCommand:
		d.program(c)
	}
	return d.dispatchStep(c)
}

func (d *dispatcher) dispatchStep(c command) error {
	switch i := c.Command.(type) {
	case *instructions.WorkdirCommand:
		d.workdir(i)
	case *instructions.RunCommand:
		return d.run(i, c.sources)
	case *instructions.CopyCommand:
		var from *stage
		if len(c.sources) > 0 {
			if from = c.sources[0]; !from.done {
				return fmt.Errorf("cannot copy from stage %q, it needs to be defined before current stage %q", i.From, d.stage.name)
			}
		}
		return d.copy(copyParams{i, i.SourcesAndDest, i.Chown, i.Chmod, i.ExcludePatterns, i.Parents, i.Link, false, from})
	case *instructions.AddCommand:
		return d.copy(copyParams{i, i.SourcesAndDest, i.Chown, i.Chmod, i.ExcludePatterns, false, i.Link, true, nil})
	}
	return nil
}

// note adds a line of history without a layer.
func (d *dispatcher) note(by string) { d.history = append(d.history, entry{by: by}) }

// step makes a step the stage's latest and adds its line of history.
func (d *dispatcher) step(o *op, by string) {
	d.head = o
	d.history = append(d.history, entry{by: by, step: o})
}

func (d *dispatcher) workdir(c *instructions.WorkdirCommand) {
	if !d.dirSet && !path.IsAbs(c.Path) {
		d.lint.Run(&linter.RuleWorkdirRelativePath, c.Location(), linter.RuleWorkdirRelativePath.Format(c.Path))
	}
	d.dirSet = true
	dir := path.Join("/", d.config.WorkingDir, c.Path)
	if path.IsAbs(c.Path) {
		dir = path.Clean(c.Path)
	}
	d.config.WorkingDir = dir
	if dir == "/" {
		d.note("WORKDIR /")
		return
	}
	o := d.op(opMkdir, d.title(d.stepName(c.String())), c.Location())
	o.dir, o.user = dir, d.config.User
	o.noCache = false // BuildKit makes directories anew only when something before them changed
	d.step(d.build.share(o), "WORKDIR "+dir)
}

// stepName is an instruction as progress shows it: in capitals, with variables
// replaced and quotes taken away.
func (d *dispatcher) stepName(code string) string {
	if text, _, err := d.build.plan.lex.ProcessWord(code, d.getter()); err == nil {
		code = text
	}
	return upperWord(code)
}

func upperWord(code string) string {
	name, rest, ok := strings.Cut(code, " ")
	if !ok {
		return strings.ToUpper(name)
	}
	return strings.ToUpper(name) + " " + rest
}

// title puts the number of a step in front of its name.
func (d *dispatcher) title(name string) string {
	if d.trigger {
		name = "ONBUILD " + name
	}
	return d.stage.title(d.build.req.Name, name)
}

func (s *stage) title(build, name string) string {
	if s.total == 0 {
		if build != "" {
			return "[" + build + "] " + name
		}
		return name
	}
	s.number++
	lead := ""
	for _, part := range []string{build, s.name} {
		if part != "" {
			lead += part + " "
		}
	}
	return fmt.Sprintf("[%s%*d/%d] %s", lead, int(1+math.Log10(float64(s.total))), s.number, s.total, name)
}
