package kubectl_test

import (
	"bytes"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/kubectl"
	"drydock/sim/machine"
	"drydock/sim/vfs"
)

const home = "/home/dev"

// lab is a laptop with kubectl and an API server without nodes or controllers.
type lab struct {
	t       *testing.T
	clock   *clock.Clock
	laptop  *machine.Machine
	server  *api.Server
	backend kubectl.Backend
	port    *machine.Listener
}

// serverURL is where the lab's API server listens.
const serverURL = "https://127.0.0.1:6443"

func newLab(t *testing.T) *lab {
	t.Helper()
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	site := machine.NewSite(c)
	base := vfs.NewLayer()
	base.Put(home+"/.kube", vfs.Dir(0o755))
	base.Put("/usr/bin/kubectl", vfs.Exec("kubectl", 1))
	l := &lab{t: t, clock: c, server: api.NewServer(c)}
	l.laptop = site.Add(machine.Config{Name: "laptop", CPUs: 4, Memory: 8 << 30, Base: []*vfs.Layer{base}, Owner: machine.User{Name: "root", Home: home}})
	l.server.Bootstrap()
	l.listen(true)
	l.backend = kubectl.Backend{Server: l.server, Reach: l.reach}
	site.Programs = func(string) machine.Main { return kubectl.Main(l.backend) }
	text, err := kubectl.Kubeconfig(l.server, serverURL, api.User{Name: "kubernetes-admin", Groups: []string{"system:masters"}})
	if err != nil {
		t.Fatal(err)
	}
	l.write(".kube/config", string(text))
	return l
}

// listen opens the API server's port on the laptop itself, or closes it.
func (l *lab) listen(on bool) {
	l.t.Helper()
	if !on {
		l.laptop.Net.Close(l.port)
		return
	}
	l.port = &machine.Listener{Port: 6443, Proto: "tcp", Addr: netip.MustParseAddr("127.0.0.1")}
	if err := l.laptop.Net.Listen(l.port); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) reach(p *machine.Process, server string) (*api.Server, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, err
	}
	conn, err := p.Net.Dial(u.Hostname(), port, "tcp")
	if err != nil {
		return nil, err
	}
	if conn.Listener != l.port {
		return nil, machine.ErrNoTLS
	}
	return l.server, nil
}

func (l *lab) write(name, text string) {
	l.t.Helper()
	if err := l.laptop.FS.WriteFile(home+"/"+name, []byte(text), 0o644, 0, 0); err != nil {
		l.t.Fatal(err)
	}
}

// start begins kubectl with the words of a line.
func (l *lab) start(line string, env ...string) (*machine.Process, *bytes.Buffer) {
	l.t.Helper()
	return l.startArgs(strings.Fields(line), env...)
}

func (l *lab) startArgs(args []string, env ...string) (*machine.Process, *bytes.Buffer) {
	l.t.Helper()
	var out bytes.Buffer
	weight := clock.Work
	p, err := l.laptop.Start(machine.Spec{
		Args: append([]string{"kubectl"}, args...), Dir: home, Stdout: &out, Stderr: &out, Weight: &weight,
		Env: machine.NewEnv(append([]string{"HOME=" + home, "PATH=/usr/bin"}, env...)...),
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return p, &out
}

// run carries a command out and returns what it printed, both streams together.
func (l *lab) run(line string, env ...string) (string, int) {
	l.t.Helper()
	p, out := l.start(line, env...)
	if !l.clock.RunUntil(time.Hour, p.Done) {
		l.t.Fatalf("kubectl %s does not end:\n%s", line, out)
	}
	return out.String(), p.Status()
}

// runArgs is run for words that may have blanks.
func (l *lab) runArgs(args []string) (string, int) {
	l.t.Helper()
	p, out := l.startArgs(args)
	if !l.clock.RunUntil(time.Hour, p.Done) {
		l.t.Fatalf("kubectl %q does not end:\n%s", args, out)
	}
	return out.String(), p.Status()
}

// says runs a command that must succeed with just this output.
func (l *lab) says(line, want string, env ...string) {
	l.t.Helper()
	if out, status := l.run(line, env...); status != 0 || out != want {
		l.t.Errorf("kubectl %s: exit %d\ngot:\n%s\nwant:\n%s", line, status, out, want)
	}
}

// fails runs a command that must fail with this text at its end.
func (l *lab) fails(line, want string, env ...string) {
	l.t.Helper()
	if out, status := l.run(line, env...); status != 1 || !strings.HasSuffix(out, want+"\n") {
		l.t.Errorf("kubectl %s: exit %d\ngot:\n%s\nwant at its end:\n%s", line, status, out, want)
	}
}
