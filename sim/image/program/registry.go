package program

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/image"
	"drydock/sim/machine"
)

// registryEntrypoint is /entrypoint.sh of the registry image.
func registryEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && (strings.HasSuffix(args[0], ".yaml") || strings.HasSuffix(args[0], ".yml")) {
		args = append([]string{"registry", "serve"}, args...)
	} else if len(args) > 0 && (args[0] == "serve" || args[0] == "garbage-collect" || args[0] == "help") {
		args = append([]string{"registry"}, args...)
	}
	if len(args) == 0 {
		return 0
	}
	return become(p, args)
}

// registryMain is distribution's registry binary.
func registryMain(hub *image.Hub) native {
	return func(version string) machine.Main {
		return func(p *machine.Process) int {
			if len(p.Args) > 1 && (p.Args[1] == "--version" || p.Args[1] == "-v") {
				p.Printf("/bin/registry github.com/docker/distribution v%s\n", version)
				return 0
			}
			if len(p.Args) < 2 || p.Args[1] != "serve" {
				p.Errorf("registry: only `registry serve` is simulated\n")
				return 1
			}
			return serveRegistry(p, hub, version)
		}
	}
}

func serveRegistry(p *machine.Process, hub *image.Hub, version string) int {
	root := p.Env.Get("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY")
	if root == "" {
		root = "/var/lib/registry"
	}
	cert := p.Env.Get("REGISTRY_HTTP_TLS_CERTIFICATE")
	if cert != "" && !p.FS.Exists(cert) {
		p.Errorf("time=%q level=fatal msg=\"open %s: no such file or directory\" \n", p.Now().UTC().Format(time.RFC3339Nano), cert)
		return 1
	}
	var verify image.Passwords
	if p.Env.Get("REGISTRY_AUTH") == "htpasswd" {
		file := p.Env.Get("REGISTRY_AUTH_HTPASSWD_PATH")
		verify = func(user, password string) bool {
			data, err := p.FS.ReadFile(file)
			return err == nil && image.HtpasswdMatches(string(data), user, password)
		}
	}
	server := hub.ContainerRegistry(p, root, cert != "", verify)
	addr, port := anyAddr(), 5000
	if host, text, ok := strings.Cut(p.Env.Get("REGISTRY_HTTP_ADDR"), ":"); ok {
		if a, err := netip.ParseAddr(host); err == nil {
			addr = a
		}
		if n, err := strconv.Atoi(text); err == nil {
			port = n
		}
	}
	p.Use(14 << 20)
	p.Sleep(30 * time.Millisecond)
	id := fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", p.Clock().Rand().Uint32(), p.Clock().Rand().Uint32()&0xffff, p.Clock().Rand().Uint32()&0xfff,
		p.Clock().Rand().Uint32()&0xfff, p.Clock().Rand().Uint64()&0xffffffffffff)
	say := func(level, msg string) {
		p.Errorf("time=%q level=%s msg=%q go.version=go1.20.8 instance.id=%s service=registry version=%s \n", p.Now().UTC().Format(time.RFC3339Nano), level, msg, id, version)
	}
	err := open(p, addr, port, "tcp", func(r machine.Request) machine.Response {
		answer := server.Serve(r)
		if !r.Probe && answer.Err == nil {
			p.Printf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"\" \"%s\"\n", r.From, p.Now().UTC().Format("02/Jan/2006:15:04:05 +0000"),
				method(r), r.Path, answer.Status, len(answer.Body), header(r.Header, "User-Agent"))
		}
		return answer
	})
	if err != nil {
		say("fatal", fmt.Sprintf("listen tcp :%d: bind: %s", port, err))
		return 1
	}
	say("warning", "No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer. To provide a shared secret, fill in http.secret in the configuration file or set the REGISTRY_HTTP_SECRET environment variable.")
	say("info", "redis not configured")
	say("info", "using inmemory blob descriptor cache")
	if cert != "" {
		say("info", fmt.Sprintf("listening on [::]:%d, tls", port))
	} else {
		say("info", fmt.Sprintf("listening on [::]:%d", port))
	}
	p.OnSignal = func(s machine.Signal) bool {
		if s == machine.SIGTERM || s == machine.SIGINT {
			p.Exit(2) // distribution does not catch signals: the Go runtime ends it
			return true
		}
		return false
	}
	return forever(p)
}

// htpasswd prints or writes password files for registries and web servers.
func htpasswd(p *machine.Process) int {
	flags, words := "", []string{}
	for _, a := range p.Args[1:] {
		if strings.HasPrefix(a, "-") {
			flags += a[1:]
		} else {
			words = append(words, a)
		}
	}
	if !strings.Contains(flags, "b") {
		p.Errorf("htpasswd: without -b it would ask for the password; this simulator does not have that\n")
		return 1
	}
	toFile := !strings.Contains(flags, "n")
	if toFile && len(words) == 3 {
		line := image.Htpasswd(words[1], words[2]) + "\n"
		old, _ := p.ReadFile(words[0])
		if strings.Contains(flags, "c") {
			old = nil
		}
		if err := p.WriteFile(words[0], append(append([]byte{}, old...), line...)); err != nil {
			p.Errorf("htpasswd: cannot create file %s\n", words[0])
			return 1
		}
		p.Errorf("Adding password for user %s\n", words[1])
		return 0
	}
	if !toFile && len(words) == 2 {
		p.Printf("%s\n\n", image.Htpasswd(words[0], words[1]))
		return 0
	}
	p.Errorf("Usage:\n\thtpasswd [-cimB25dpsDv] [-C cost] [-r rounds] passwordfile username\n\thtpasswd -b[cmB25dpsDv] [-C cost] [-r rounds] passwordfile username password\n\n\thtpasswd -n[imB25dps] [-C cost] [-r rounds] username\n\thtpasswd -nb[mB25dps] [-C cost] [-r rounds] username password\n")
	return 2
}
