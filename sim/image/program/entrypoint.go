package program

import (
	"path"
	"strings"

	"drydock/sim/machine"
)

// plainEntrypoint is an entrypoint that only runs what it is given.
func plainEntrypoint(p *machine.Process) int {
	if len(p.Args) < 2 {
		return 0
	}
	return become(p, p.Args[1:])
}

// prefixing is an entrypoint that gives options, and nothing, to the image's own
// program.
func prefixing(program string) native {
	return anyVersion(func(p *machine.Process) int {
		args := p.Args[1:]
		if len(args) == 0 || strings.HasPrefix(args[0], "-") {
			args = append([]string{program}, args...)
		}
		return become(p, args)
	})
}

// sameAs is a declared program under another name.
func sameAs(name string) native {
	return func(version string) machine.Main { return declared(nil, name, version) }
}

// curlEntrypoint is /entrypoint.sh of curlimages/curl.
func curlEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.Contains(args[0], ".") || strings.Contains(args[0], ":") {
		args = append([]string{"curl"}, args...)
	} else if _, err := machine.LookPath(p.FS, p.Env, p.Dir, args[0]); err != nil {
		args = append([]string{"curl"}, args...)
	}
	return become(p, args)
}

// nodeEntrypoint is docker-entrypoint.sh of the node images: what is no program
// is a script for node.
func nodeEntrypoint(p *machine.Process) int {
	args := p.Args[1:]
	if len(args) == 0 {
		return 0
	}
	n, err := p.FS.Stat(p.Abs(args[0]))
	_, notFound := machine.LookPath(p.FS, p.Env, p.Dir, args[0])
	if strings.HasPrefix(args[0], "-") || notFound != nil || err == nil && !n.IsDir() && n.Mode&0o111 == 0 {
		args = append([]string{"node"}, args...)
	}
	return become(p, args)
}

// declaredFile is a program whose own file declares its behaviour: what `go
// build` makes, or a file of a lesson.
func declaredFile(p *machine.Process) int {
	data, err := p.FS.ReadFile(p.Path)
	if err != nil {
		p.Errorf("%s: %s\n", p.Args[0], capital(err))
		return 126
	}
	b, _, err := Directives(path.Base(p.Path), string(data))
	if err != nil {
		p.Errorf("%v\n", err)
		return 1
	}
	return b.Main("")(p)
}

// withDirectives runs a script's declared behaviour, if it declares one, in place
// of the script itself.
func withDirectives(interpreter native) native {
	return func(version string) machine.Main {
		plain := interpreter(version)
		return func(p *machine.Process) int {
			for _, a := range p.Args[1:] {
				if strings.HasPrefix(a, "-") {
					continue
				}
				data, err := p.ReadFile(a)
				if err != nil || !strings.Contains(string(data), directiveMark) {
					break
				}
				b, found, err := Directives(a, string(data))
				if err != nil {
					p.Errorf("%v\n", err)
					return 1
				}
				if found {
					return b.Main(version)(p)
				}
				break
			}
			return plain(p)
		}
	}
}

// absent is a program that an image has and the simulator does not.
func absent(name string) machine.Main {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "busybox:"), "@")
	return func(p *machine.Process) int {
		p.Errorf("%s: this program is in the image, but this simulator does not have it\n", name)
		return 1
	}
}

// gosu runs a program as another user: gosu USER[:GROUP] COMMAND.
func gosu(p *machine.Process) int {
	if len(p.Args) < 3 {
		p.Errorf("Usage: %s user-spec command [args]\n", p.Args[0])
		return 1
	}
	name, _, _ := strings.Cut(p.Args[1], ":")
	u, ok := lookupUser(p.FS, name)
	if !ok {
		p.Errorf("error: failed switching to \"%s\": unable to find user %s: no matching entries in passwd file\n", p.Args[1], name)
		return 1
	}
	p.User = u
	p.Env.Set("HOME", u.Home)
	err := p.Exec(p.Args[2:], p.Env)
	p.Errorf("error: exec: \"%s\": %v\n", p.Args[2], err)
	return 1
}
