package tools_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
	"drydock/sim/shell"
	"drydock/sim/tools"
	"drydock/sim/vfs"
)

// harbour is two machines with the GNU tools, and busybox's under /busybox.
type harbour struct {
	t     *testing.T
	clock *clock.Clock
	site  *machine.Site
	m     *machine.Machine
	login *shell.Login
}

func newHarbour(t *testing.T) *harbour {
	t.Helper()
	c := clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
	site := machine.NewSite(c)
	programs := tools.Coreutils()
	programs["sh"], programs["bash"], programs["busybox:sh"] = shell.Main, shell.Main, shell.Main
	logins := map[string]*shell.Login{}
	programs["ssh"] = tools.SSH(
		func(m *machine.Machine) machine.Main { return logins[m.Name].Interactive() },
		func(m *machine.Machine, line string) machine.Main { return logins[m.Name].Line(line) })
	site.Programs = func(name string) machine.Main { return programs[name] }
	base := vfs.NewLayer()
	for name := range programs {
		if applet, ok := strings.CutPrefix(name, "busybox:"); ok {
			base.Put("/busybox/"+applet, vfs.Exec(name, 0))
		} else {
			base.Put("/bin/"+name, vfs.Exec(name, 0))
		}
	}
	base.Put("/tmp", vfs.Dir(0o777))
	base.Put("/root/words", vfs.File("pear 3\napple 10\nfig 2\napple 10\n", 0o644))
	h := &harbour{t: t, clock: c, site: site}
	for _, name := range []string{"laptop", "server"} {
		m := site.Add(machine.Config{Name: name, CPUs: 2, Memory: 4 << 30, Base: []*vfs.Layer{base}, Owner: machine.Root()})
		logins[name] = shell.NewLogin(m)
	}
	h.m, h.login = site.Machines()[0], logins["laptop"]
	t.Cleanup(c.Close)
	return h
}

func (h *harbour) run(line string) (out, errs string, status int, took time.Duration) {
	h.t.Helper()
	var o, e bytes.Buffer
	from := h.clock.Now()
	p, err := h.m.Start(machine.Spec{Args: []string{"bash"}, Main: h.login.Line(line), Stdout: &o, Stderr: &e})
	if err != nil {
		h.t.Fatal(err)
	}
	if !h.clock.RunUntil(time.Hour, p.Done) {
		h.t.Errorf("%s: has not ended", line)
	}
	return o.String(), e.String(), p.Status(), h.clock.Now().Sub(from)
}

// all runs lines and compares what they print on both streams, and the status
// if it is not 0.
func (h *harbour) all(cases [][2]string) {
	h.t.Helper()
	for _, c := range cases {
		out, errs, _, _ := h.run(c[0])
		if out+errs != c[1] {
			h.t.Errorf("%s\n got %q\nwant %q", c[0], out+errs, c[1])
		}
	}
}

// serve opens a small web server on a machine.
func serve(m *machine.Machine, port int, answer func(machine.Request) machine.Response) {
	_ = m.Net.Listen(&machine.Listener{Port: port, Proto: "tcp", Addr: anyAddr(), Serve: answer})
}
