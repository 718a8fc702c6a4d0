// Package program is what runs in containers: the programs of the catalogue's
// images and of learners' own builds. Small servers are declared as behaviours;
// those that people talk to in a language of their own (nginx, redis, SQL,
// registries, Python) are written out.
package program

import (
	"maps"
	"slices"
	"strings"

	"drydock/sim/image"
	"drydock/sim/image/golang"
	"drydock/sim/image/node"
	"drydock/sim/image/python"
	"drydock/sim/machine"
)

// native is a program that is written in Go, for a version of it.
type native func(version string) machine.Main

// Programs finds programs by the name that an executable's node carries. A name
// may end in "@VERSION" ("nginx@1.27.5"), which the program then says of itself.
// For names that nobody declares there is a program that says so: images list
// more tools than the simulator has. Ask others first. Behaviours that were read
// are kept in memo.
func Programs(hub *image.Hub, memo *machine.Memo) func(name string) machine.Main {
	natives := natives(hub)
	return func(name string) machine.Main {
		base, version, _ := strings.Cut(name, "@")
		if make := natives[base]; make != nil {
			return make(version)
		}
		if m := declared(memo, base, version); m != nil {
			return m
		}
		return absent(name)
	}
}

// any makes a program that is the same in all versions.
func anyVersion(m machine.Main) native { return func(string) machine.Main { return m } }

func natives(hub *image.Hub) map[string]native {
	list := map[string]native{
		"hello":                anyVersion(hello),
		"stress":               anyVersion(stress),
		"nginx-entrypoint":     anyVersion(nginxEntrypoint),
		"nginx":                nginxMain,
		"redis-entrypoint":     anyVersion(redisEntrypoint),
		"redis-server":         redisServer,
		"redis-cli":            redisCLI,
		"redis-benchmark":      anyVersion(redisBenchmark),
		"registry-entrypoint":  anyVersion(registryEntrypoint),
		"registry":             registryMain(hub),
		"htpasswd":             anyVersion(htpasswd),
		"go":                   golang.Command,
		golang.BinaryProgram:   anyVersion(golang.Binary),
		"python":               withDirectives(python.Main),
		"pip":                  pipMain,
		"plain-entrypoint":     anyVersion(plainEntrypoint),
		"mongo-entrypoint":     prefixing("mongod"),
		"php-entrypoint":       prefixing("php"),
		"traefik-entrypoint":   prefixing("traefik"),
		"wordpress-entrypoint": anyVersion(plainEntrypoint),
		"wordpress-apache":     sameAs("wordpress"),
		"httpd-foreground":     httpd,
		"whoami-server":        sameAs("whoami"),
		"php":                  php,
		"java":                 java,
		"busybox:httpd":        anyVersion(busyboxHTTPD),
		"curl-entrypoint":      anyVersion(curlEntrypoint),
		"node-entrypoint":      anyVersion(nodeEntrypoint),
		"declared":             anyVersion(declaredFile),
		"gosu":                 anyVersion(gosu),
		"postgres-entrypoint":  anyVersion(postgresEntrypoint),
		"postgres":             postgresMain,
		"psql":                 psql,
		"pg_isready":           pgIsReady,
		"node":                 withDirectives(node.Main),
		"npm":                  npm,
		"npx":                  npx,
		"mysql-entrypoint":     anyVersion(mysqlEntrypoint(false)),
		"mariadb-entrypoint":   anyVersion(mysqlEntrypoint(true)),
		"mysqld":               mysqld(false),
		"mariadbd":             mysqld(true),
		"mysql":                mysql(false),
		"mariadb":              mysql(true),
		"mysqladmin":           mysqladmin(false),
		"mariadb-admin":        mysqladmin(true),
		"mariadb-healthcheck":  mariadbHealthcheck,
		"httpd":                httpd,
		"apachectl":            httpd,
		"rabbitmqctl":          rabbitmqctl,
		"rabbitmq-diagnostics": rabbitmqctl,
		"mongosh":              mongosh,
		"apk":                  anyVersion(apk),
		"apt-get":              anyVersion(aptGet),
		"apt":                  anyVersion(aptGet),
		"flask":                pythonScript("flask"),
		"gunicorn":             pythonScript("gunicorn"),
		"uvicorn":              pythonScript("uvicorn"),
	}
	return list
}

// pythonScript is a program that pip installed; its node's version is Python's.
func pythonScript(name string) native {
	return func(version string) machine.Main { return python.Script(name, version) }
}

// Names lists the programs of this package, sorted: the natives and the declared.
func Names() []string {
	names := slices.Collect(maps.Keys(natives(nil)))
	names = append(names, declaredNames()...)
	slices.Sort(names)
	return names
}

// hello is the only program of hello-world.
func hello(p *machine.Process) int {
	p.Printf(`
Hello from Docker!
This message shows that your installation appears to be working correctly.

To generate this message, Docker took the following steps:
 1. The Docker client contacted the Docker daemon.
 2. The Docker daemon pulled the "hello-world" image from the Docker Hub.
    (amd64)
 3. The Docker daemon created a new container from that image which runs the
    executable which produces the output you are currently reading.
 4. The Docker daemon streamed that output to the Docker client, which sent it
    to your terminal.

To try something more ambitious, you can run an Ubuntu container with:
 $ docker run -it ubuntu bash

Share images, automate workflows, and more with a free Docker ID:
 https://hub.docker.com/

For more examples and ideas, visit:
 https://docs.docker.com/get-started/

`)
	return 0
}
