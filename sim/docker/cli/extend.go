package cli

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What commands that are built on docker need to look and fail like docker's own.

// NoArgs refuses operands.
func NoArgs(cmd *cobra.Command, args []string) error { return noArgs(cmd, args) }

// ExactArgs wants that many operands.
func ExactArgs(n int) cobra.PositionalArgs { return exactArgs(n) }

// RequiresMinArgs wants that many operands or more.
func RequiresMinArgs(n int) cobra.PositionalArgs { return requiresMinArgs(n) }

// RequiresRangeArgs wants a number of operands between the two.
func RequiresRangeArgs(low, high int) cobra.PositionalArgs { return requiresRangeArgs(low, high) }

// Offline is the annotation of a command that needs no daemon.
func Offline() map[string]string { return offline() }

// WithProgram is the annotation of a command whose operands end with a program's
// own words.
func WithProgram() map[string]string { return program() }

// Absent declares flags as real but not simulated.
func Absent(f *pflag.FlagSet, names ...string) { absent(f, names...) }

// NewManagement makes a command that only holds others.
func NewManagement(name, short string, commands func() []Command) func(c *Client) *cobra.Command {
	return newManagement(name, short, commands)
}

// FormatHelp is the help of --format of a list, InspectFormatHelp of an inspect.
func FormatHelp() string { return formatHelp }

// InspectFormatHelp is the help of --format of an inspect command.
func InspectFormatHelp() string { return inspectFormatHelp }

// Daemon words an error of the engine as the client prints it.
func (c *Client) Daemon(err error) error { return c.daemon(err) }

// Inspect prints objects as `docker inspect` does.
func (c *Client) Inspect(format string, refs []string, get func(ref string) (any, error)) error {
	return c.inspect(format, refs, get)
}

// Confirm asks a yes-or-no question; no is the default.
func (c *Client) Confirm(question string) bool { return c.confirm(question) }

// EngineVersion is the version of docker on the machine.
func (c *Client) EngineVersion() string { return c.version() }

// Filters are what --filter was given.
type Filters struct{ list *filters }

// FilterFlag declares --filter.
func FilterFlag(f *pflag.FlagSet, short, help string) Filters {
	return Filters{filterFlag(f, short, help)}
}

// Check refuses filters that the list does not know.
func (f Filters) Check(known ...string) error { return f.list.check(known...) }

// Any reports that nothing was asked of that name, or one value fits.
func (f Filters) Any(name string, fits func(want string) bool) bool { return f.list.any(name, fits) }

// Labels reports that all labels asked for are there.
func (f Filters) Labels(have map[string]string) bool { return f.list.labels(have) }

// ListVar declares a flag that may be given several times; kind is its word in help.
func ListVar(f *pflag.FlagSet, to *[]string, name, short, help, kind string) {
	listVar(f, to, name, short, help, kind)
}

// EnvVar declares a flag of environment variables.
func EnvVar(f *pflag.FlagSet, to *[]string, name, short, help string) {
	f.VarP(&envValue{to}, name, short, help)
}

// BytesVar declares a flag of an amount of memory in bytes.
func BytesVar(f *pflag.FlagSet, to *int64, name, help string) { f.Var((*bytesValue)(to), name, help) }

// CPUsVar declares a flag of a number of processors, kept in 10⁻⁹ of one.
func CPUsVar(f *pflag.FlagSet, to *int64, name, help string) { f.Var((*cpuValue)(to), name, help) }

// KeyValues reads --env-file and --env, or their like for labels.
func (c *Client) KeyValues(files, words []string, flag, kind string) ([]string, error) {
	return readKeyValues(c, files, words, flag, kind, c.Env)
}

// Moment reads a time as docker's options take it.
func Moment(text string, now time.Time) (time.Time, bool) { return moment(text, now) }
