package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/machine"
)

// Complete offers words for the one at the cursor of a docker command line; args
// are the words before it, without "docker". It comes from the same trees that
// run the commands; extra are those that Main got. It changes nothing.
func Complete(e *docker.Engine, args []string, word string, extra ...Command) []machine.Completion {
	if e == nil {
		return nil
	}
	return CompleteIn(e, e.Machine.Owner.Home, args, word, extra...)
}

// CompleteIn is Complete for a shell that is in a directory: the commands of
// plugins find their files there.
func CompleteIn(e *docker.Engine, dir string, args []string, word string, extra ...Command) []machine.Completion {
	if e == nil {
		return nil
	}
	p := &machine.Process{
		Machine: e.Machine, Args: append([]string{"docker"}, args...), Env: machine.NewEnv("HOME=" + e.Machine.Owner.Home),
		FS: e.Machine.FS, Net: e.Machine.Net, User: e.Machine.Owner, Dir: dir,
	}
	c := &Client{Process: p, Engine: e, extra: extra}
	at := place{cmd: newRoot(c, args)}
	for i, a := range args {
		if known := c.plugin(at, a); known != nil {
			return known.CompletePlugin(c, args[i+1:], word)
		}
		at.step(a)
	}
	switch {
	case at.value != nil:
		return fits(c.flagValues(at.value.Name), word)
	case strings.HasPrefix(word, "-") && !at.program():
		return fits(flagsOf(at.cmd), word)
	case at.cmd.HasSubCommands() && at.operands == 0:
		return fits(subCommands(at.cmd), word)
	}
	return fits(c.operands(at.cmd.CommandPath(), at.operands), word)
}

// plugin is the command with a command line of its own that a word names.
func (c *Client) plugin(at place, word string) *Command {
	if at.cmd.HasParent() {
		return nil
	}
	for i, x := range c.extra {
		if x.Name == word && x.CompletePlugin != nil {
			return &c.extra[i]
		}
	}
	return nil
}

// place is how far a command line has come.
type place struct {
	cmd      *cobra.Command
	value    *pflag.Flag // the flag whose value comes next
	operands int
}

// step takes one more word into account.
func (at *place) step(word string) {
	switch {
	case at.value != nil:
		at.value = nil
	case at.program():
		at.operands++
	case strings.HasPrefix(word, "-") && word != "-":
		at.value = at.flagWithValue(word)
	default:
		for _, sub := range at.cmd.Commands() {
			if at.operands == 0 && (sub.Name() == word || slices.Contains(sub.Aliases, word)) {
				at.cmd = sub
				return
			}
		}
		at.operands++
	}
}

// program reports that the words belong to the program that is to run.
func (at *place) program() bool {
	return at.operands > 0 && at.cmd.Annotations["operands"] == "program"
}

// flagWithValue is the flag that a word names, if its value is the next word.
func (at *place) flagWithValue(word string) *pflag.Flag {
	if strings.Contains(word, "=") {
		return nil
	}
	var f *pflag.Flag
	if name, ok := strings.CutPrefix(word, "--"); ok {
		f = at.cmd.Flags().Lookup(name)
	} else {
		f = at.cmd.Flags().ShorthandLookup(word[len(word)-1:])
	}
	if f == nil || f.NoOptDefVal != "" {
		return nil
	}
	return f
}

func fits(list []machine.Completion, word string) []machine.Completion {
	return slices.DeleteFunc(list, func(m machine.Completion) bool { return !strings.HasPrefix(m.Text, word) })
}

func subCommands(cmd *cobra.Command) []machine.Completion {
	var list []machine.Completion
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			list = append(list, machine.Completion{Text: sub.Name(), Help: sub.Short})
		}
	}
	return list
}

func flagsOf(cmd *cobra.Command) []machine.Completion {
	var list []machine.Completion
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Annotations[absentKey] == nil {
			help, _, _ := strings.Cut(f.Usage, "\n")
			list = append(list, machine.Completion{Text: "--" + f.Name, Help: help})
		}
	})
	return append(list, machine.Completion{Text: "--help", Help: "Print usage"})
}

// flagValues are what a flag may be given, where that is known.
func (c *Client) flagValues(flag string) []machine.Completion {
	switch flag {
	case "network", "net":
		return c.networkNames()
	case "volumes-from":
		return c.containerNames(nil)
	case "restart":
		return words("no", "always", "on-failure", "unless-stopped")
	case "pull":
		return words("always", "missing", "never")
	case "log-driver":
		return words("json-file", "local", "none")
	}
	return nil
}

func words(list ...string) []machine.Completion {
	var out []machine.Completion
	for _, w := range list {
		out = append(out, machine.Completion{Text: w})
	}
	return out
}

// operands are what a command takes as its operand number n.
func (c *Client) operands(path string, n int) []machine.Completion {
	name := strings.TrimPrefix(strings.TrimPrefix(path, "docker "), "container ")
	running := func(ct *docker.Container) bool { return ct.Running() }
	switch {
	case strings.HasPrefix(name, "network "):
		if n == 1 && (strings.HasSuffix(name, "connect")) {
			return c.containerNames(nil)
		}
		return c.networkNames()
	case strings.HasPrefix(name, "volume "):
		return c.volumeNames()
	case name == "inspect" && !strings.HasPrefix(path, "docker container"):
		return slices.Concat(c.containerNames(nil), c.imageNames(), c.networkNames(), c.volumeNames())
	}
	switch strings.TrimPrefix(name, "image ") {
	case "run", "create":
		if n == 0 {
			return c.imageNames()
		}
	case "rmi", "rm", "remove", "tag", "push", "pull", "save", "history", "inspect":
		if name == "rm" || strings.HasPrefix(path, "docker container") {
			return c.containerNames(nil)
		}
		return c.imageNames()
	case "stop", "kill", "pause", "attach", "top", "stats":
		return c.containerNames(running)
	case "exec":
		if n == 0 {
			return c.containerNames(running)
		}
	case "start":
		return c.containerNames(func(ct *docker.Container) bool { return !ct.Running() })
	case "unpause":
		return c.containerNames(func(ct *docker.Container) bool { return ct.State.Status == "paused" })
	case "logs", "port", "rename", "restart", "wait", "update", "diff", "commit", "export", "cp":
		return c.containerNames(nil)
	}
	return nil
}

func (c *Client) containerNames(keep func(*docker.Container) bool) []machine.Completion {
	var list []machine.Completion
	for _, ct := range c.Engine.Containers() {
		if keep == nil || keep(ct) {
			list = append(list, machine.Completion{Text: ct.Name, Help: ct.Image + ", " + ct.State.Status})
		}
	}
	return list
}

func (c *Client) imageNames() []machine.Completion {
	var list []machine.Completion
	for _, ref := range c.Engine.Images.Refs("") {
		list = append(list, machine.Completion{Text: image.Familiar(ref)})
	}
	return list
}

func (c *Client) networkNames() []machine.Completion {
	var list []machine.Completion
	for _, n := range c.Engine.Networks() {
		list = append(list, machine.Completion{Text: n.Name, Help: n.Driver})
	}
	return list
}

func (c *Client) volumeNames() []machine.Completion {
	var list []machine.Completion
	for _, v := range c.Engine.Volumes() {
		list = append(list, machine.Completion{Text: v.Name})
	}
	return list
}
