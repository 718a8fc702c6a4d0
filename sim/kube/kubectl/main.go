// Package kubectl is the program kubectl: the commands that people type against a
// cluster. Each run is a tree of commands of its own, over a session with the API
// server that the kubeconfig file names.
package kubectl

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/kube/api"
	"drydock/sim/kube/kubelet"
	"drydock/sim/kube/metrics"
	"drydock/sim/machine"
)

// Backend is what kubectl works on.
type Backend struct {
	// Server is the API server that requests reach when Reach is nil.
	Server *api.Server
	// Reach connects to an API server by its URL; the error is that of the network,
	// such as ErrRefused.
	Reach func(p *machine.Process, url string) (*api.Server, error)
	// Evict is the eviction subresource of pods: a deletion that budgets may refuse.
	Evict func(namespace, name string) error
	// Metrics is the cluster's metrics server, or nil.
	Metrics *metrics.Server
	// Kubelet finds the kubelet of a node, or nil; logs and exec go through it.
	Kubelet func(node string) *kubelet.Kubelet
	// Running says whether a program of the control plane runs; nil means all do.
	Running func(program string) bool
}

// factory makes the commands of one run.
type factory struct {
	backend Backend
	p       *machine.Process
	flags   globals
	global  *pflag.FlagSet // the flags of all commands, as the command line has them
	opened  *session
}

// globals are the flags that every command takes.
type globals struct {
	namespace, context, kubeconfig, server, cluster, user, as, timeout string
	token                                                              string
	groups                                                             []string
	insecure                                                           bool
	verbosity                                                          int
}

func (g *globals) bind(fs *pflag.FlagSet) {
	fs.StringVarP(&g.namespace, "namespace", "n", "", "If present, the namespace scope for this CLI request")
	fs.StringVar(&g.context, "context", "", "The name of the kubeconfig context to use")
	fs.StringVar(&g.kubeconfig, "kubeconfig", "", "Path to the kubeconfig file to use for CLI requests.")
	fs.StringVarP(&g.server, "server", "s", "", "The address and port of the Kubernetes API server")
	fs.StringVar(&g.cluster, "cluster", "", "The name of the kubeconfig cluster to use")
	fs.StringVar(&g.user, "user", "", "The name of the kubeconfig user to use")
	fs.StringVar(&g.as, "as", "", "Username to impersonate for the operation.")
	fs.StringVar(&g.token, "token", "", "Bearer token for authentication to the API server")
	fs.StringArrayVar(&g.groups, "as-group", nil, "Group to impersonate for the operation, this flag can be repeated to specify multiple groups.")
	fs.StringVar(&g.timeout, "request-timeout", "0", "The length of time to wait before giving up on a single server request.")
	fs.BoolVar(&g.insecure, "insecure-skip-tls-verify", false, "If true, the server's certificate will not be checked for validity.")
	fs.IntVarP(&g.verbosity, "v", "v", 0, "number for the log level verbosity")
}

// Main is the program kubectl against a backend.
func Main(b Backend) machine.Main {
	return func(p *machine.Process) int {
		f := &factory{backend: b, p: p}
		err := f.execute()
		if err == nil {
			return 0
		}
		var status exitStatus
		if errors.As(err, &status) {
			return int(status)
		}
		p.Errorf("%s", complaint(err))
		return 1
	}
}

func (f *factory) execute() error {
	root := f.rootFor(f.p.Args[1:])
	if cmd, _, err := root.Find(f.p.Args[1:]); err == nil {
		f.dress(cmd)
	}
	root.SetArgs(f.p.Args[1:])
	return root.Execute()
}

// root is the whole tree of commands.
func (f *factory) root() *cobra.Command {
	root := f.stem()
	for _, g := range groups() {
		for _, c := range g.commands {
			f.grow(root, c)
		}
	}
	return root
}

// rootFor is the tree with only the command of a line in full, and of the others no
// more than their names: most runs never look at them. Lines that may look at any,
// such as help and mistakes, get the whole tree.
func (f *factory) rootFor(args []string) *cobra.Command {
	root := f.stem()
	for _, g := range groups() {
		for _, c := range g.commands {
			root.AddCommand(&cobra.Command{Use: c.name, Short: c.short, Run: func(*cobra.Command, []string) {}})
		}
	}
	cmd, _, err := root.Find(args)
	if err != nil || cmd == root || cmd.Hidden {
		f.flags = globals{}
		return f.root()
	}
	for _, g := range groups() {
		for _, c := range g.commands {
			if c.name == cmd.Name() {
				root.RemoveCommand(cmd)
				f.grow(root, c)
				return root
			}
		}
	}
	return root
}

// stem is the tree without the commands that do the work.
func (f *factory) stem() *cobra.Command {
	root := &cobra.Command{
		Use: "kubectl", Short: "kubectl controls the Kubernetes cluster manager",
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Run: func(*cobra.Command, []string) { f.p.Printf("%s", overview()) },
	}
	root.SetIn(f.p.Stdin)
	root.SetOut(f.p.Stdout)
	root.SetErr(f.p.Stderr)
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error { return f.help(root, args) }})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{text: err.Error(), path: cmd.CommandPath()}
	})
	f.global = root.PersistentFlags()
	f.flags.bind(f.global)
	if p, ok := readPage("options"); ok {
		f.dressFlags(root.PersistentFlags(), p.flags)
	}
	root.AddCommand(f.options())
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if cmd == root {
			f.p.Printf("%s", overview())
			return
		}
		f.p.Printf("%s", helpText(cmd))
	})
	return root
}

// grow adds a command with all that belongs to it.
func (f *factory) grow(root *cobra.Command, c entry) {
	cmd := f.command(c)
	if cmd.Short == "" {
		cmd.Short = c.short
	}
	root.AddCommand(cmd)
	f.addAbsent(cmd)
	onlySubcommands(cmd)
}

func (f *factory) command(c entry) *cobra.Command {
	if c.build != nil {
		return c.build(f)
	}
	cmd := f.lacking(c.name, "kubectl "+c.name)
	cmd.Short = c.short
	return cmd
}

// group is a family of commands of the overview.
type group struct {
	title    string
	commands []entry
}

// entry is a command of the tree; one without build is real, but not simulated.
type entry struct {
	name, short string
	build       func(*factory) *cobra.Command
}

func overview() string {
	var b strings.Builder
	b.WriteString("kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n")
	for _, g := range groups() {
		b.WriteString(g.title + ":\n")
		for _, c := range g.commands {
			b.WriteString("  " + c.name + strings.Repeat(" ", max(1, 16-len(c.name))) + c.short + "\n")
		}
		b.WriteByte('\n')
	}
	b.WriteString("Usage:\n  kubectl [flags] [options]\n\n" +
		"Use \"kubectl <command> --help\" for more information about a given command.\n" +
		"Use \"kubectl options\" for a list of global command-line options (applies to all commands).\n")
	return strings.Replace(b.String(), "Other Commands:\n", "Subcommands provided by plugins:\n\nOther Commands:\n", 1)
}
