package program

import (
	"path"
	"strings"

	"drydock/sim/machine"
)

// rabbitmqctl is rabbitmqctl and rabbitmq-diagnostics against the broker of the
// same container.
func rabbitmqctl(version string) machine.Main {
	return func(p *machine.Process) int {
		command := ""
		for _, a := range p.Args[1:] {
			if !strings.HasPrefix(a, "-") {
				command = a
				break
			}
		}
		if command == "version" {
			p.Printf("%s\n", version)
			return 0
		}
		if _, err := p.Net.Dial("127.0.0.1", 5672, "tcp"); err != nil {
			p.Errorf("Error: unable to perform an operation on node 'rabbit@%s'. Please see diagnostics information and suggestions below.\n\nMost common reasons for this are:\n\n * Target node is unreachable (e.g. due to hostname resolution, TCP connection or firewall issues)\n * CLI tool fails to authenticate with the server (e.g. due to CLI tool's Erlang cookie not matching that of the server)\n * Target node is not running\n", p.Host)
			return 69
		}
		switch command {
		case "ping":
			p.Printf("Will ping rabbit@%s. This only checks if the OS process is running and registered with epmd. Timeout: 60000 ms.\nPing succeeded\n", p.Host)
		case "check_running":
			p.Printf("Checking if RabbitMQ is running on node rabbit@%s ...\nRabbitMQ on node rabbit@%s is fully booted and running\n", p.Host, p.Host)
		case "check_port_connectivity":
			p.Printf("Testing TCP connections to all active listeners on node rabbit@%s using hostname resolution ...\nSuccessfully connected to ports 5672, 15692, 25672 on node rabbit@%s.\n", p.Host, p.Host)
		case "status":
			rabbitmqStatus(p, version)
		case "list_queues":
			p.Printf("Timeout: 60.0 seconds ...\nListing queues for vhost / ...\n")
		case "list_users":
			p.Printf("Listing users ...\nuser\ttags\n%s\t[administrator]\n", orText(p.Env.Get("RABBITMQ_DEFAULT_USER"), "guest"))
		default:
			p.Errorf("%s: '%s %s' is part of RabbitMQ, but this simulator does not have it\n", path.Base(p.Args[0]), path.Base(p.Args[0]), command)
			return 1
		}
		return 0
	}
}

func rabbitmqStatus(p *machine.Process, version string) {
	p.Printf("Status of node rabbit@%s ...\nRuntime\n\nOS PID: 1\nOS: Linux\nRabbitMQ version: %s\nRabbitMQ release series support status: see https://www.rabbitmq.com/release-information\nNode name: rabbit@%s\n\nPlugins\n\nEnabled plugin file: /etc/rabbitmq/enabled_plugins\n\nAlarms\n\n(none)\n\nListeners\n\nInterface: [::], port: 25672, protocol: clustering, purpose: inter-node and CLI tool communication\nInterface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1 and AMQP 1.0\n", p.Host, version, p.Host)
}

// mongosh is MongoDB's shell: it connects, and answers a ping and little else.
func mongosh(version string) machine.Main {
	return func(p *machine.Process) int {
		host, script := "127.0.0.1", ""
		for i := 1; i < len(p.Args); i++ {
			a, value := p.Args[i], ""
			if name, v, ok := strings.Cut(a, "="); ok && strings.HasPrefix(a, "--") {
				a, value = name, v
			} else if i+1 < len(p.Args) {
				value = p.Args[i+1]
			}
			switch a {
			case "--version":
				p.Printf("%s\n", version)
				return 0
			case "--eval", "--host":
				if a == "--eval" {
					script = value
				} else {
					host = value
				}
				if !strings.Contains(p.Args[i], "=") {
					i++
				}
			case "--quiet":
			case "-u", "-p", "--username", "--password", "--authenticationDatabase":
				i++
			default:
				if rest, ok := strings.CutPrefix(a, "mongodb://"); ok {
					host, _, _ = strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], "/")
				}
			}
		}
		name, portText, _ := strings.Cut(host, ":")
		port := atoi(portText, 27017)
		if _, err := p.Net.Dial(name, port, "tcp"); err != nil {
			reason := "connect ECONNREFUSED " + name + ":" + itoa(port)
			if err == machine.ErrUnknownHost {
				reason = "getaddrinfo ENOTFOUND " + name
			}
			p.Errorf("MongoNetworkError: %s\n", reason)
			return 1
		}
		return mongoEval(p, strings.ReplaceAll(strings.ReplaceAll(script, " ", ""), "'", `"`))
	}
}

// mongoEval answers the questions that health checks ask.
func mongoEval(p *machine.Process, script string) int {
	ok := false
	for _, ping := range []string{`db.adminCommand("ping")`, `db.runCommand("ping")`, `db.runCommand({ping:1})`, `db.adminCommand({ping:1})`, `db.runCommand({"ping":1})`, `db.adminCommand({"ping":1})`} {
		if script == ping {
			p.Printf("{ ok: 1 }\n")
			return 0
		}
		ok = ok || script == ping+".ok"
	}
	if ok {
		p.Printf("1\n")
		return 0
	}
	p.Errorf("mongosh: this simulator's MongoDB answers a ping and holds no data; other commands are part of MongoDB, but this simulator does not have them\n")
	return 1
}
