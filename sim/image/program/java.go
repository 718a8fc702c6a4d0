package program

import (
	"path"
	"strings"

	"drydock/sim/machine"
)

// java is the JVM as far as containers show it: its version, and programs that
// declare their behaviour in comments of the source or jar that it is given.
func java(version string) machine.Main {
	return func(p *machine.Process) int {
		for i := 1; i < len(p.Args); i++ {
			switch a := p.Args[i]; {
			case a == "-version" || a == "--version" || a == "-fullversion":
				javaVersion(p, version)
				return 0
			case a == "-jar" || a == "-cp" || a == "-classpath":
			case strings.HasPrefix(a, "-"):
			default:
				return javaProgram(p, version, a)
			}
		}
		p.Printf("Usage: java [options] <mainclass> [args...]\n           (to execute a class)\n   or  java [options] -jar <jarfile> [args...]\n           (to execute a jar file)\n")
		return 1
	}
}

// javaVersion is java -version; a version is "21.0.9+10/2025-10-21": the release
// with its build, and its day.
func javaVersion(p *machine.Process, version string) {
	build, day, _ := strings.Cut(version, "/")
	release, _, _ := strings.Cut(build, "+")
	p.Errorf("openjdk version \"%s\" %s LTS\nOpenJDK Runtime Environment Temurin-%s (build %s-LTS)\nOpenJDK 64-Bit Server VM Temurin-%s (build %s-LTS, mixed mode, sharing)\n",
		release, orText(day, "2026-10-20"), build, build, build, build)
}

func javaProgram(p *machine.Process, version, name string) int {
	data, err := p.ReadFile(name)
	if err != nil {
		p.Errorf("Error: Unable to access jarfile %s\n", name)
		return 1
	}
	b, found, err := Directives(path.Base(name), string(data))
	switch {
	case err != nil:
		p.Errorf("%v\n", err)
		return 1
	case !found:
		p.Errorf("java: this simulator runs no Java; a file can declare what it does in comments such as `// drydock: listen 8080`\n")
		return 1
	}
	return b.Main(version)(p)
}
