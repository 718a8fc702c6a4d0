package build

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"drydock/sim/image/build/progress"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// runStep is a RUN instruction, ready to be carried out.
type runStep struct {
	args    []string
	env     []string
	dir     string
	user    string
	network string
	mounts  []mount
	script  string // a here-document with a #! line; run from scriptPath
}

// mount is a --mount of RUN.
type mount struct {
	instructions.Mount
	from    *op  // whose files it shows; nil for the context or nothing
	context bool // it shows the build context
}

// scriptDir is where BuildKit puts a here-document that is a script of its own.
const scriptDir = "/dev/pipes/"

func (d *dispatcher) run(c *instructions.RunCommand, sources []*stage) error {
	r := &runStep{env: d.env.List(), dir: d.config.WorkingDir, user: d.config.User, network: instructions.GetNetwork(c)}
	shown, args, err := r.commandLine(c)
	if err != nil {
		return err
	}
	if c.PrependShell && r.script == "" {
		args = d.withShell(args)
	}
	r.args = args
	for i, m := range instructions.GetMounts(c) {
		if err := d.addMount(r, *m, sources[i]); err != nil {
			return err
		}
	}
	lex := shell.NewLex(d.build.plan.escape)
	lex.RawQuotes, lex.RawEscapes, lex.SkipUnsetEnv = true, true, true
	if text, _, err := lex.ProcessWord(shown, d.getter()); err == nil {
		shown = text
	}
	o := d.op(opRun, d.title(upperWord(shown)), c.Location())
	o.run = r
	d.step(d.build.share(o), "RUN "+d.withArgs(args)+" # buildkit")
	return nil
}

// commandLine works here-documents into the arguments. shown is the step's name.
func (r *runStep) commandLine(c *instructions.RunCommand) (shown string, args []string, err error) {
	shown, args = c.String(), c.CmdLine
	if len(c.Files) == 0 {
		return shown, args, nil
	}
	if len(args) != 1 || !c.PrependShell {
		return "", nil, fmt.Errorf("parsing produced an invalid run command: %v", args)
	}
	if heredoc, err := parser.ParseHeredoc(args[0]); err != nil || heredoc == nil {
		var b strings.Builder
		b.WriteString(args[0])
		for _, f := range c.Files {
			b.WriteString("\n" + f.Data + f.Name)
		}
		return shown, []string{b.String()}, nil
	}
	f := c.Files[0]
	data := f.Data
	if f.Chomp {
		data = parser.ChompHeredocContent(data)
	}
	shown += " (" + summary(f.Data) + ")"
	if strings.HasPrefix(data, "#!") {
		r.script = data
		return shown, []string{scriptDir + f.Name}, nil
	}
	return shown, []string{data}, nil
}

// summary is the first line of a here-document.
func summary(text string) string {
	first, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		return first + "..."
	}
	return first
}

// withArgs is a command line as history tells it: with the build arguments that
// were declared, and their values.
func (d *dispatcher) withArgs(args []string) string {
	var shown []string
	at := map[string]int{}
	for _, a := range d.args {
		value, ok := d.env.Lookup(a.Key)
		if !ok {
			value = a.ValueString()
		}
		if i, again := at[a.Key]; again {
			shown[i] = a.Key + "=" + value
			continue
		}
		at[a.Key] = len(shown)
		shown = append(shown, a.Key+"="+value)
	}
	if len(shown) > 0 {
		shown = append([]string{fmt.Sprintf("|%d", len(shown))}, shown...)
	}
	return strings.Join(append(shown, args...), " ")
}

func (d *dispatcher) addMount(r *runStep, m instructions.Mount, source *stage) error {
	one := mount{Mount: m}
	switch {
	case m.Type == instructions.MountTypeSecret || m.Type == instructions.MountTypeTmpfs || m.Type == instructions.MountTypeSSH:
	case m.From != "":
		if !source.done {
			return fmt.Errorf("cannot mount from stage %q to %q, stage needs to be defined before current command", m.From, m.Target)
		}
		one.from = source.result.head
	case m.Type == instructions.MountTypeBind:
		one.context = true
	}
	if m.Type != instructions.MountTypeSecret && m.Type != instructions.MountTypeSSH {
		if !path.IsAbs(path.Clean(m.Target)) {
			one.Target = path.Join("/", d.config.WorkingDir, m.Target)
		}
		if path.Clean(one.Target) == "/" {
			return fmt.Errorf("invalid mount target %q", one.Target)
		}
	}
	r.mounts = append(r.mounts, one)
	return nil
}

// containerStart is what runc and the mounts take before a program runs
// (0.13 to 0.6 s on a busy machine).
const containerStart = 130 * time.Millisecond

// execRun runs the program in a container over the files so far; what it changes
// becomes the step's layer.
func (b *build) execRun(o *op) (*vfs.Layer, error) {
	r := o.run
	files := b.files(o.parent)
	b.furnish(files)
	command := fmt.Sprintf("process %q did not complete successfully: ", strings.Join(r.args, " "))
	user, err := b.host.FindUser(files, r.user)
	if err != nil {
		return nil, errors.New(command + err.Error())
	}
	env := machine.NewEnv(r.env...)
	if _, ok := env.Lookup("HOME"); !ok {
		env.Set("HOME", user.Home)
	}
	if err := b.mountAll(r, files, env); err != nil {
		return nil, err
	}
	dir := r.dir
	if dir == "" {
		dir = "/"
	}
	network := r.network
	if network == instructions.NetworkDefault && b.req.Network != "" {
		network = b.req.Network
	}
	b.p.Sleep(containerStart)
	status, err := b.host.Run(b.p, Container{
		Args: r.args, Env: env, Dir: dir, User: user, FS: files, Network: network, Hosts: b.req.Hosts, Output: logSink{o.vertex},
	})
	switch {
	case err != nil:
		o.vertex.Log("runc run failed: unable to start container process: error during container init: " + execWords(r.args[0], err) + "\n")
		return nil, errors.New(command + "exit code: 1")
	case status != 0:
		return nil, fmt.Errorf("%sexit code: %d", command, status)
	}
	return files.Upper(), nil
}

// execWords is what runc says about a program that it cannot start.
func execWords(name string, err error) string {
	var reason *machine.ExecError
	if errors.As(err, &reason) && reason.Reason == machine.NoSuchFile {
		return fmt.Sprintf("exec: %q: stat %s: no such file or directory", name, name)
	}
	return fmt.Sprintf("exec: %q: %s", name, err)
}

// furnish mounts what every container gets from the engine, so that nothing of it
// ends up in a layer.
func (b *build) furnish(files *vfs.FS) {
	for _, dir := range []string{"/dev", "/proc", "/sys"} {
		own := vfs.NewLayer()
		own.Put(dir, vfs.Dir(0o755))
		files.Mount(vfs.Mount{At: dir, From: vfs.New(b.now, nil, own), Sub: dir})
	}
	etc := vfs.NewLayer()
	etc.Put("/hosts", vfs.File(hostsFile(b.req.Hosts), 0o644))
	etc.Put("/resolv.conf", vfs.File("nameserver 192.168.56.1\n", 0o644))
	from := vfs.New(b.now, nil, etc)
	files.Mount(vfs.Mount{At: "/etc/hosts", From: from, Sub: "/hosts"})
	files.Mount(vfs.Mount{At: "/etc/resolv.conf", From: from, Sub: "/resolv.conf"})
}

func hostsFile(hosts []machine.HostEntry) string {
	text := "127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n"
	for _, h := range hosts {
		text += h.Addr.String() + "\t" + h.Name + "\n"
	}
	return text
}

// logSink shows what a program prints below its step.
type logSink struct{ vertex *progress.Vertex }

// Write implements machine.Sink.
func (s logSink) Write(p []byte) (int, error) { s.vertex.Log(string(p)); return len(p), nil }
