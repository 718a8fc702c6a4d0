// Package node is Node.js as containers run it: a small interpreter for the
// JavaScript of small servers. Programs are read whole before they run; what the
// interpreter does not know is said then, or when it is met, never guessed.
//
// It knows functions, closures, classes without accessors, promises with
// async and await, template strings, destructuring and spread, and of the
// libraries what small servers use: http, express, redis, pg, fs, os, path.
package node

import (
	"fmt"
	"strings"

	"drydock/sim/machine"
)

// memory is what node has resident after its start, in bytes (Node.js 22).
const memory = 42 << 20

// Main is the node program of a version ("22.21.1").
func Main(version string) machine.Main {
	return func(p *machine.Process) int {
		args := p.Args[1:]
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			switch args[0] {
			case "-v", "--version":
				p.Printf("v%s\n", version)
				return 0
			case "-e", "--eval", "-p", "--print":
				if len(args) < 2 {
					p.Errorf("node: %s requires an argument\n", args[0])
					return 9
				}
				return newRuntime(p, version).eval(args[1], args[0] == "-p" || args[0] == "--print", args[2:])
			case "--inspect", "--watch", "--test", "--check", "-c", "-i":
				p.Errorf("node: 'node %s' is part of Node.js, but this simulator does not have it\n", args[0])
				return 1
			}
			if !strings.HasPrefix(args[0], "--") {
				p.Errorf("node: bad option: %s\n", args[0])
				return 9
			}
			args = args[1:] // options that change nothing here, such as --enable-source-maps
		}
		if len(args) == 0 {
			return fromInput(p, version)
		}
		return newRuntime(p, version).file(args[0], args[1:])
	}
}

// fromInput is node without a file: it reads a program from standard input. On a
// terminal it would be the REPL; without input it has nothing to do and ends.
func fromInput(p *machine.Process, version string) int {
	if p.Stdin.Terminal() == nil {
		var b strings.Builder
		for {
			line, err := p.Stdin.ReadLine()
			if err != nil {
				break
			}
			b.WriteString(line + "\n")
		}
		return newRuntime(p, version).eval(b.String(), false, nil)
	}
	p.Printf("Welcome to Node.js v%s.\nType \".help\" for more information.\n", version)
	r := newRuntime(p, version)
	for {
		p.Printf("> ")
		line, err := p.Stdin.ReadLine()
		if err != nil || strings.TrimSpace(line) == ".exit" {
			p.Printf("\n")
			return 0
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		r.try(line)
	}
}

// lacking is what a program gets when it uses JavaScript that is not here.
func lacking(what string) string {
	return fmt.Sprintf("drydock: %s is part of JavaScript or Node.js, but this simulator's node does not have it", what)
}
