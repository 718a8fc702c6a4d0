package build

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/util/suggest"
)

// nativePlatform is what the simulated machines are.
const nativePlatform = "linux/amd64"

func (b *build) platform() string {
	if b.req.Platform != "" {
		return b.req.Platform
	}
	return nativePlatform
}

// platformArgs are the variables that BuildKit sets by itself.
func platformArgs(target, stage string) *variables {
	v := newVariables()
	if stage == "" {
		stage = "default"
	}
	for _, kind := range []struct{ prefix, platform string }{{"BUILD", nativePlatform}, {"TARGET", target}} {
		os, arch, variant := splitPlatform(kind.platform)
		v.set(kind.prefix+"PLATFORM", kind.platform)
		v.set(kind.prefix+"OS", os)
		v.set(kind.prefix+"OSVERSION", "")
		v.set(kind.prefix+"ARCH", arch)
		v.set(kind.prefix+"VARIANT", variant)
	}
	v.set("TARGETSTAGE", stage)
	return v
}

func splitPlatform(p string) (os, arch, variant string) {
	parts := strings.SplitN(p+"//", "/", 4)
	return parts[0], parts[1], parts[2]
}

// checkPlatform looks at FROM --platform. Programs of other platforms run as well
// as those of this one: the difference stays on paper.
func (p *plan) checkPlatform(s *stage, target string, lint *linter.Linter) error {
	word := s.decl.Platform
	match, err := p.lex.ProcessWordWithMatches(word, p.globals)
	p.lintFromArgs(match.Unmatched, s.decl.Location, lint)
	if err != nil {
		return fmt.Errorf("failed to process arguments for platform %s: %w", match.Result, err)
	}
	if match.Result == "" {
		err := fmt.Errorf("empty platform value from expression %s", word)
		for _, name := range slices.Sorted(maps.Keys(match.Unmatched)) {
			err = suggest.WrapError(err, name, p.globals.Keys(), true)
		}
		return err
	}
	if _, only := match.Matched["TARGETPLATFORM"]; only && len(match.Matched) == 1 && len(match.Unmatched) == 0 && match.Result == target {
		lint.Run(&linter.RuleRedundantTargetPlatform, s.decl.Location, linter.RuleRedundantTargetPlatform.Format(word))
	}
	os, arch, _ := splitPlatform(match.Result)
	if len(match.Matched) == 0 && len(match.Unmatched) == 0 && !strings.Contains(s.decl.Name, os) && (arch == "" || !strings.Contains(s.decl.Name, arch)) {
		lint.Run(&linter.RuleFromPlatformFlagConstDisallowed, s.decl.Location, linter.RuleFromPlatformFlagConstDisallowed.Format(match.Result))
	}
	return nil
}

// setGlobals works out the ARG instructions before the first FROM.
func (p *plan) setGlobals(commands []instructions.ArgCommand, given map[string]string) error {
	globals, err := p.withArgs(commands, given)
	if err != nil {
		return err
	}
	p.globals = globals
	return nil
}

func (p *plan) withArgs(commands []instructions.ArgCommand, given map[string]string) (*variables, error) {
	v := p.globals.clone()
	for _, c := range commands {
		for _, arg := range c.Args {
			if value, ok := given[arg.Key]; ok {
				v.set(arg.Key, value)
				continue
			}
			if arg.Value == nil {
				continue
			}
			value, _, err := p.lex.ProcessWord(*arg.Value, v)
			if err != nil {
				return nil, parser.WithLocation(err, c.Location())
			}
			v.set(arg.Key, value)
		}
	}
	return v, nil
}
