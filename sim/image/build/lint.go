package build

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/moby/buildkit/util/suggest"
)

// lintStageNames finds names that are used twice or mean something else.
func lintStageNames(stages []instructions.Stage, lint *linter.Linter) {
	seen := map[string]bool{}
	for _, s := range stages {
		if s.Name == "" {
			continue
		}
		if s.Name == "context" || s.Name == scratch {
			lint.Run(&linter.RuleReservedStageName, s.Location, linter.RuleReservedStageName.Format(s.Name))
		}
		if seen[s.Name] {
			lint.Run(&linter.RuleDuplicateStageName, s.Location, linter.RuleDuplicateStageName.Format(s.Name))
		}
		seen[s.Name] = true
	}
}

// lintCasing wants all instructions in the case that most of them have.
func lintCasing(stages []instructions.Stage, lint *linter.Linter) {
	lower, upper := 0, 0
	count := func(name string) {
		switch name {
		case strings.ToLower(name):
			lower++
		case strings.ToUpper(name):
			upper++
		}
	}
	check := func(name string, location []parser.Range) {
		want, right := "uppercase", strings.ToUpper(name)
		if lower > upper {
			want, right = "lowercase", strings.ToLower(name)
		}
		if name != right {
			lint.Run(&linter.RuleConsistentInstructionCasing, location, linter.RuleConsistentInstructionCasing.Format(name, want))
		}
	}
	for _, s := range stages {
		count(s.OrigCmd)
		for _, c := range s.Commands {
			count(c.Name())
		}
	}
	for _, s := range stages {
		check(s.OrigCmd, s.Location)
		for _, c := range s.Commands {
			check(c.Name(), c.Location())
		}
	}
}

// lintDefaultBases finds FROM lines that name no image unless a --build-arg is given.
func (p *plan) lintDefaultBases(stages []instructions.Stage, args []instructions.ArgCommand) {
	defaults, err := p.withArgs(args, nil)
	if err != nil {
		return
	}
	for _, s := range stages {
		name, _, err := p.lex.ProcessWord(s.BaseName, defaults)
		if err != nil {
			return
		}
		if _, err := reference.ParseNormalizedNamed(name); err != nil {
			p.lint.Run(&linter.RuleInvalidDefaultArgInFrom, s.Location, linter.RuleInvalidDefaultArgInFrom.Format(s.BaseName))
		}
	}
}

// lintFromArgs finds variables in a FROM line that no ARG before it declares.
func (p *plan) lintFromArgs(unmatched map[string]struct{}, location []parser.Range, lint *linter.Linter) {
	for _, name := range slices.Sorted(maps.Keys(unmatched)) {
		if slices.Contains(p.globals.Keys(), name) {
			continue
		}
		guess, _ := suggest.Search(name, p.globals.Keys(), true)
		lint.Run(&linter.RuleUndefinedArgInFrom, location, linter.RuleUndefinedArgInFrom.Format(name, guess))
	}
}

// lintVariables finds variables that nothing has set.
func lintVariables(c instructions.Command, declared []instructions.KeyValuePairOptional, env shell.EnvGetter, unmatched map[string]struct{}, lint *linter.Linter) {
	for _, name := range slices.Sorted(maps.Keys(unmatched)) {
		if slices.ContainsFunc(declared, func(a instructions.KeyValuePairOptional) bool { return a.Key == name }) {
			continue
		}
		guess, _ := suggest.Search(name, env.Keys(), true)
		lint.Run(&linter.RuleUndefinedVar, c.Location(), linter.RuleUndefinedVar.Format(name, guess))
	}
}

// lintSecret finds ARG and ENV names that look like secrets: both end up in the
// image for everybody to read.
func lintSecret(instruction, key string, location []parser.Range, lint *linter.Linter) {
	secret := regexp.MustCompile(`(?i)(_|^)(apikey|auth|credentials?|key|password|pword|passwd|secret|token)(_|$)`)
	harmless := regexp.MustCompile(`(?i)(_|^)(public|file|version)(_|$)`)
	if secret.MatchString(key) && !harmless.MatchString(key) {
		lint.Run(&linter.RuleSecretsUsedInArgOrEnv, location, linter.RuleSecretsUsedInArgOrEnv.Format(instruction, key))
	}
}

// lintLegacy finds "ENV key value".
func lintLegacy(c instructions.Command, pairs instructions.KeyValuePairs, lint *linter.Linter) {
	for _, pair := range pairs {
		if pair.NoDelim {
			lint.Run(&linter.RuleLegacyKeyValueFormat, c.Location(), linter.RuleLegacyKeyValueFormat.Format(c.Name()))
		}
	}
}

// lintShellForm finds CMD and ENTRYPOINT that run under a shell.
func lintShellForm(c instructions.Command, shell []string, lint *linter.Linter) {
	if len(shell) == 0 {
		lint.Run(&linter.RuleJSONArgsRecommended, c.Location(), linter.RuleJSONArgsRecommended.Format(c.Name()))
	}
}

// once is an instruction of which only the last one counts.
type once struct {
	set      bool
	location []parser.Range
}

func (o *once) mark(c instructions.Command, lint *linter.Linter) {
	if o.set {
		lint.Run(&linter.RuleMultipleInstructionsDisallowed, o.location, linter.RuleMultipleInstructionsDisallowed.Format(c.Name()))
	}
	o.set, o.location = true, c.Location()
}

// lintIgnored finds sources of COPY and ADD that .dockerignore leaves out.
func lintIgnored(i *ignore, instruction, source string, location []parser.Range, lint *linter.Linter) {
	if i == nil || i.matcher == nil || i.matcher.Exclusions() {
		return
	}
	source = path.Clean(source)
	if source == "." || source == "/" {
		everything := false
		for _, pattern := range i.matcher.Patterns() {
			everything = everything || slices.Contains([]string{"*", "**", "**/*"}, pattern.String())
		}
		if !everything {
			return
		}
	}
	if out, err := i.matcher.MatchesOrParentMatches(source); err == nil && out {
		lint.Run(&linter.RuleCopyIgnoredFile, location, linter.RuleCopyIgnoredFile.Format(instruction, source))
	}
}
