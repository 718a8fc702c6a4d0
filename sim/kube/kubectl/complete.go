package kubectl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// Complete lists how the last word of a kubectl command line may go on: commands,
// flags, kinds, and the names that the cluster and the kubeconfig file know. The words
// before it are args, without "kubectl"; p is a process of the one who types.
func Complete(backend Backend, p *machine.Process, args []string, word string) []machine.Completion {
	f := &factory{backend: backend, p: p}
	root := f.root()
	root.AddCommand(&cobra.Command{Use: "help", Short: "Help about any command", Run: func(*cobra.Command, []string) {}})
	at := place{cmd: root}
	for _, a := range args {
		at.step(f, a)
	}
	switch {
	case at.value != nil:
		return fits(f.flagValues(&at), word)
	case at.program:
		return nil
	case strings.HasPrefix(word, "-"):
		return fits(flagNames(at.cmd), word)
	case at.cmd.HasAvailableSubCommands() && len(at.operands) == 0:
		return fits(commandNames(at.cmd), word)
	}
	return fits(f.operandsOf(&at, word), word)
}

// place is how far a command line has come.
type place struct {
	cmd      *cobra.Command
	value    *pflag.Flag // the flag whose value comes next
	operands []string
	program  bool // behind "--"
}

// step takes one more word into account, and keeps what flags it sets.
func (at *place) step(f *factory, word string) {
	switch {
	case at.program:
	case at.value != nil:
		_ = at.value.Value.Set(word)
		at.value = nil
	case word == "--":
		at.program = true
	case strings.HasPrefix(word, "-") && word != "-":
		at.value = at.flag(word)
	default:
		for _, sub := range at.cmd.Commands() {
			if len(at.operands) == 0 && (sub.Name() == word || slices.Contains(sub.Aliases, word)) {
				at.cmd = sub
				f.dress(sub)
				return
			}
		}
		at.operands = append(at.operands, word)
	}
}

// flag is the flag that a word names, if its value is the next word; a value in the
// word itself is set.
func (at *place) flag(word string) *pflag.Flag {
	name, value, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
	flag := at.cmd.Flag(name)
	if !strings.HasPrefix(word, "--") && len(name) > 0 {
		if flag = at.cmd.Flags().ShorthandLookup(name[:1]); flag == nil {
			flag = at.cmd.InheritedFlags().ShorthandLookup(name[:1])
		}
		if flag != nil && len(name) > 1 && flag.NoOptDefVal == "" {
			value, whole = name[1:], true
		}
	}
	switch {
	case flag == nil:
		return nil
	case whole:
		_ = flag.Value.Set(value)
		return nil
	case flag.NoOptDefVal != "":
		return nil
	}
	return flag
}

func fits(list []machine.Completion, word string) []machine.Completion {
	return slices.DeleteFunc(list, func(m machine.Completion) bool { return !strings.HasPrefix(m.Text, word) })
}

func plainWords(list ...string) []machine.Completion {
	var out []machine.Completion
	for _, w := range list {
		out = append(out, machine.Completion{Text: w})
	}
	return out
}

func commandNames(cmd *cobra.Command) []machine.Completion {
	var list []machine.Completion
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			list = append(list, machine.Completion{Text: sub.Name(), Help: sub.Short})
		}
	}
	return list
}

func flagNames(cmd *cobra.Command) []machine.Completion {
	var list []machine.Completion
	add := func(flag *pflag.Flag) {
		if !flag.Hidden && flag.Name != "help" && flag.Annotations[absentKey] == nil {
			help, _, _ := strings.Cut(flag.Usage, ". ")
			list = append(list, machine.Completion{Text: "--" + flag.Name, Help: help})
		}
	}
	cmd.LocalNonPersistentFlags().VisitAll(add)
	cmd.Root().PersistentFlags().VisitAll(add)
	return append(list, machine.Completion{Text: "--help", Help: "Show the command's help"})
}

// flagValues are what a flag may be given, where that is known.
func (f *factory) flagValues(at *place) []machine.Completion {
	switch at.value.Name {
	case "namespace":
		return f.namesOf("namespaces")
	case "context", "cluster", "user":
		return f.configured(at.value.Name)
	case "output":
		if at.cmd.Name() == "get" {
			return plainWords("wide", "yaml", "json", "name", "jsonpath=", "custom-columns=", "go-template=")
		}
		return plainWords("yaml", "json", "name")
	case "dry-run":
		return plainWords("none", "client", "server")
	case "cascade":
		return plainWords("background", "foreground", "orphan")
	case "container":
		return f.containers(at)
	case "restart":
		return plainWords("Always", "OnFailure", "Never")
	}
	return nil
}

// containers are those of the pod that the line names.
func (f *factory) containers(at *place) []machine.Completion {
	s := f.glimpse()
	if s == nil || len(at.operands) == 0 {
		return nil
	}
	obj, found := s.server.Pods.GetObject(s.namespace, strings.TrimPrefix(at.operands[0], "pod/"))
	pod, ok := obj.(*corev1.Pod)
	if !found || !ok {
		return nil
	}
	var list []machine.Completion
	for _, c := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		list = append(list, machine.Completion{Text: c.Name})
	}
	return list
}

// configured are the names of the kubeconfig file.
func (f *factory) configured(what string) []machine.Completion {
	c, err := f.readConfig()
	if err != nil {
		return nil
	}
	var list []machine.Completion
	switch what {
	case "context":
		for _, n := range c.Contexts {
			list = append(list, machine.Completion{Text: n.Name, Help: "cluster " + n.Context.Cluster})
		}
	case "cluster":
		for _, n := range c.Clusters {
			list = append(list, machine.Completion{Text: n.Name, Help: n.Cluster.Server})
		}
	default:
		for _, n := range c.AuthInfos {
			list = append(list, machine.Completion{Text: n.Name})
		}
	}
	return list
}

// glimpse is a session with the API server without a word, a wait or a question; nil
// when it does not answer or does not know who asks.
func (f *factory) glimpse() *session {
	s, err := f.settings()
	if err != nil {
		return nil
	}
	if s.server = f.backend.Server; s.server == nil || s.server.Ready != nil && !s.server.Ready() {
		return nil
	}
	if f.backend.Reach != nil {
		host, port := hostPort(s.url)
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil
		}
		if _, err := f.p.Net.Dial(host, n, "tcp"); err != nil {
			return nil // a failure of Reach would take its time
		}
		if s.server, err = f.backend.Reach(f.p, s.url); err != nil {
			return nil
		}
	}
	if s.server == nil || f.identify(s) != nil {
		return nil
	}
	return s
}

// namesOf are the objects of a kind in the namespace of the line.
func (f *factory) namesOf(kind string) []machine.Completion {
	s := f.glimpse()
	if s == nil {
		return nil
	}
	c := s.server.Find(kind)
	if c == nil {
		return nil
	}
	return s.namesIn(c, "")
}

func (s *session) namesIn(c api.Collection, prefix string) []machine.Completion {
	k, namespace := c.Type(), ""
	if k.Namespaced {
		namespace = s.namespace
	}
	if s.server.Authorize(s.user, "list", k.Group, k.Resource, "", namespace, "") != nil {
		return nil
	}
	var list []machine.Completion
	for _, obj := range c.ListObjects(namespace) {
		list = append(list, machine.Completion{Text: prefix + obj.GetName(), Help: k.Kind})
	}
	return list
}
