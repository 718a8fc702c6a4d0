package program

import (
	"path"
	"strings"
	"time"

	"drydock/sim/machine"
	"drydock/sim/vfs"
)

// nginxEntrypoint is /docker-entrypoint.sh of the nginx images.
func nginxEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) == 0 {
		return 0
	}
	if p.Env.Get("NGINX_ENTRYPOINT_QUIET_LOGS") == "" && (args[0] == "nginx" || args[0] == "nginx-debug") {
		nginxConfigure(p)
	}
	return become(p, args)
}

// become replaces the process by another program; a shell's words if it cannot.
func become(p *machine.Process, args []string) int {
	err := p.Exec(args, p.Env)
	status := 127
	if e, ok := err.(*machine.ExecError); ok {
		status = e.Status()
	}
	reason := "not found"
	if status == 126 {
		reason = "Permission denied"
	}
	p.Errorf("%s: exec: line 47: %s: %s\n", p.Args[0], args[0], reason)
	return status
}

const entrypointDir = "/docker-entrypoint.d"

// nginxConfigure runs the scripts of /docker-entrypoint.d.
func nginxConfigure(p *machine.Process) {
	const me = "/docker-entrypoint.sh: "
	entries, err := p.FS.ReadDir(entrypointDir)
	if err != nil || len(entries) == 0 {
		p.Printf("%sNo files found in %s/, skipping configuration\n", me, entrypointDir)
		return
	}
	p.Printf("%s%s/ is not empty, will attempt to perform configuration\n", me, entrypointDir)
	p.Printf("%sLooking for shell scripts in %s/\n", me, entrypointDir)
	for _, e := range entries {
		file := path.Join(entrypointDir, e.Name)
		switch {
		case strings.HasSuffix(e.Name, ".envsh"):
			p.Printf("%sSourcing %s\n", me, file)
		case !strings.HasSuffix(e.Name, ".sh"):
			p.Printf("%sIgnoring %s\n", me, file)
		case e.Node.Mode&0o111 == 0:
			p.Printf("%sIgnoring %s, not executable\n", me, file)
		default:
			p.Printf("%sLaunching %s\n", me, file)
			if e.Name == "10-listen-on-ipv6-by-default.sh" {
				listenOnIPv6(p)
			} else if e.Name == "20-envsubst-on-templates.sh" {
				substituteTemplates(p)
			} else if len(e.Node.Data) > 0 {
				_, _ = p.Run(machine.Spec{Args: []string{file}})
			}
		}
	}
	p.Printf("%sConfiguration complete; ready for start up\n", me)
}

func listenOnIPv6(p *machine.Process) {
	const conf, me = "/etc/nginx/conf.d/default.conf", "10-listen-on-ipv6-by-default.sh: info: "
	data, err := p.ReadFile(conf)
	switch {
	case err != nil:
		p.Printf("%s%s is not a file or does not exist\n", me, conf)
		return
	case p.FS.Lower(conf) == nil || string(p.FS.Lower(conf).Data) != string(data):
		p.Printf("%sGetting the checksum of %s\n", me, conf)
		p.Printf("%s%s differs from the packaged version\n", me, conf)
		return
	}
	p.Printf("%sGetting the checksum of %s\n", me, conf)
	text := strings.Replace(string(data), "    listen       80;\n", "    listen       80;\n    listen  [::]:80;\n", 1)
	if p.WriteFile(conf, []byte(text)) != nil {
		p.Printf("%scan not modify %s (read-only file system?)\n", me, conf)
		return
	}
	p.Printf("%sEnabled listen on IPv6 in %s\n", me, conf)
}

// substituteTemplates is envsubst over /etc/nginx/templates/*.template.
func substituteTemplates(p *machine.Process) {
	entries, _ := p.FS.ReadDir("/etc/nginx/templates")
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name, ".template")
		if !ok {
			continue
		}
		text := string(e.Node.Data)
		for _, v := range p.Env.List() {
			key, value, _ := strings.Cut(v, "=")
			text = strings.ReplaceAll(text, "${"+key+"}", value)
		}
		from, to := "/etc/nginx/templates/"+e.Name, "/etc/nginx/conf.d/"+name
		p.Printf("20-envsubst-on-templates.sh: Running envsubst on %s to %s\n", from, to)
		_ = p.WriteFile(to, []byte(text))
	}
}

// nginx is a running nginx master with its configuration.
type nginx struct {
	version string
	master  *machine.Process
	worker  *machine.Process
	sites   []*nginxSite
	served  int // connections so far
	turn    int // of the round robin over upstreams
	file    string
}

// nginxMain is the nginx binary.
func nginxMain(version string) machine.Main {
	return func(p *machine.Process) int {
		n := &nginx{version: version, master: p, file: "/etc/nginx/nginx.conf"}
		test, signal := false, ""
		for i := 1; i < len(p.Args); i++ {
			next := ""
			if i+1 < len(p.Args) {
				next = p.Args[i+1]
			}
			switch p.Args[i] {
			case "-v":
				p.Errorf("nginx version: nginx/%s\n", version)
				return 0
			case "-t", "-T":
				test = true
			case "-g", "-p", "-e":
				i++
			case "-c":
				n.file = next
				i++
			case "-s":
				signal = next
				i++
			case "-V", "-q", "-h", "-?":
				p.Errorf("nginx: 'nginx %s' is part of nginx, but this simulator does not have it\n", p.Args[i])
				return 1
			default:
				p.Errorf("nginx: invalid option: %q\n", p.Args[i])
				return 1
			}
		}
		if signal != "" {
			return nginxSignal(p, signal)
		}
		return n.run(test)
	}
}

func (n *nginx) run(test bool) int {
	p := n.master
	if err := n.configure(); err != nil {
		return n.emergency(err, test)
	}
	if test {
		p.Errorf("nginx: the configuration file %s syntax is ok\n", n.file)
		p.Errorf("nginx: configuration file %s test is successful\n", n.file)
		return 0
	}
	if err := n.listen(); err != nil {
		return n.emergency(err, false)
	}
	n.worker = p // answers what arrives before the worker runs
	n.writeState()
	p.Sleep(20 * time.Millisecond)
	for _, line := range []string{`using the "epoll" event method`, "nginx/" + n.version, "built by gcc 14.2.0 (Alpine 14.2.0) ",
		"OS: Linux " + machine.KernelRelease, "getrlimit(RLIMIT_NOFILE): 1048576:1048576", "start worker processes"} {
		n.log("notice", line)
	}
	p.Args = []string{"nginx: master process " + strings.Join(p.Args, " ")}
	p.Use(5 << 20)
	if err := n.startWorker(); err != nil {
		return 1
	}
	p.OnSignal = n.signalled
	return forever(p)
}

func (n *nginx) startWorker() error {
	spec := machine.Spec{Args: []string{"nginx: worker process"}, Main: func(w *machine.Process) int {
		w.Use(3 << 20)
		return forever(w)
	}}
	if u, ok := lookupUser(n.master.FS, "nginx"); ok && n.master.User.UID == 0 {
		spec.User = &u
	}
	w, err := n.master.Spawn(spec)
	if err != nil {
		return err
	}
	n.worker = w
	n.log("notice", "start worker process %d", w.LocalPID)
	return nil
}

// signalled is the master's signal handling: QUIT stops gracefully, TERM and INT
// at once, HUP reads the configuration again.
func (n *nginx) signalled(s machine.Signal) bool {
	switch s {
	case machine.SIGQUIT, machine.SIGTERM, machine.SIGINT:
		name, received := "SIGQUIT", "shutting down"
		if s != machine.SIGQUIT {
			name, received = map[machine.Signal]string{machine.SIGTERM: "SIGTERM", machine.SIGINT: "SIGINT"}[s], "exiting"
		}
		pid := n.worker.LocalPID
		n.log("notice", "signal %d (%s) received, %s", int(s), name, received)
		if s == machine.SIGQUIT {
			n.workerLog("notice", "gracefully shutting down")
		}
		n.workerLog("notice", "exiting")
		n.workerLog("notice", "exit")
		n.log("notice", "signal 17 (SIGCHLD) received from %d", pid)
		n.log("notice", "worker process %d exited with code 0", pid)
		n.log("notice", "exit")
		_ = n.master.FS.Remove("/run/nginx.pid")
		n.worker.Exit(0)
		n.master.Exit(0)
	case machine.SIGHUP:
		n.reload()
	default:
		return s == machine.SIGWINCH || s == machine.SIGUSR1
	}
	return true
}

func (n *nginx) reload() {
	n.log("notice", "signal 1 (SIGHUP) received, reconfiguring")
	n.log("notice", "reconfiguring")
	fresh := &nginx{version: n.version, master: n.master, file: n.file}
	if err := fresh.configure(); err != nil {
		n.log("emerg", "%s", err.Error())
		return
	}
	for _, l := range n.master.Net.Listeners() {
		if l.Process == n.master {
			n.master.Net.Close(l)
		}
	}
	n.sites = fresh.sites
	_ = n.listen()
	n.log("notice", "start worker processes")
}

func nginxSignal(p *machine.Process, name string) int {
	signals := map[string]machine.Signal{"stop": machine.SIGTERM, "quit": machine.SIGQUIT, "reload": machine.SIGHUP, "reopen": machine.SIGUSR1}
	s, ok := signals[name]
	if !ok {
		p.Errorf("nginx: invalid option: \"-s %s\"\n", name)
		return 1
	}
	if p.Group != nil && p.Group.Init != nil && strings.HasPrefix(p.Group.Init.Args[0], "nginx: master") {
		p.Errorf("%s [notice] %d#%d: signal process started\n", p.Now().UTC().Format(nginxTime), p.LocalPID, p.LocalPID)
		p.Group.Init.Signal(s)
		return 0
	}
	p.Errorf("nginx: [error] open() \"/run/nginx.pid\" failed (2: No such file or directory)\n")
	return 1
}

const nginxTime = "2006/01/02 15:04:05"

func (n *nginx) log(level, format string, args ...any) {
	n.master.Errorf("%s [%s] %d#%d: "+format+"\n", append([]any{n.master.Now().UTC().Format(nginxTime), level, n.master.LocalPID, n.master.LocalPID}, args...)...)
}

func (n *nginx) workerLog(level, format string, args ...any) {
	pid := n.worker.LocalPID
	n.master.Errorf("%s [%s] %d#%d: "+format+"\n", append([]any{n.master.Now().UTC().Format(nginxTime), level, pid, pid}, args...)...)
}

// emergency is nginx refusing to start. It writes to its log, which is standard
// error in the image, and to standard error itself.
func (n *nginx) emergency(err error, test bool) int {
	if !test {
		n.log("emerg", "%s", err.Error())
	}
	n.master.Errorf("nginx: [emerg] %s\n", err.Error())
	if test {
		n.master.Errorf("nginx: configuration file %s test failed\n", n.file)
	}
	return 1
}

// writeState makes what nginx leaves in its file system when it starts.
func (n *nginx) writeState() {
	f := n.master.FS
	for _, name := range []string{"client_temp", "fastcgi_temp", "proxy_temp", "scgi_temp", "uwsgi_temp"} {
		_ = f.Put("/var/cache/nginx/"+name, vfs.Dir(0o700))
	}
	_ = f.WriteFile("/run/nginx.pid", []byte("1\n"), 0o644, 0, 0)
}
