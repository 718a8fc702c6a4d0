package playtest

import (
	"fmt"
	"time"

	"drydock/lessons"
	"drydock/sim"
)

// Lesson is a lesson with two steps, as large as real ones are.
func Lesson() *lessons.Lesson {
	return &lessons.Lesson{
		ID: "doors", Number: "1.4", Title: "Doors, settings, memory", Par: 9,
		Intro: "A container is a room. Rooms need **doors**.",
		Steps: []lessons.Step{{
			Title: "A door to the web server",
			Prose: "The web server listens on port 80 *inside* its container. From the laptop nobody can reach it, " +
				"because a container has a network of its own.\n\nA published port is a door:\n\n```console\n$ docker run -d -p 8080:80 --name web nginx:alpine\n```\n\n" +
				"The number before the colon is on the **laptop**, the one after it is in the **container**. " +
				"If nothing listens behind the door, it opens onto a wall.",
			Kind:  lessons.Do,
			Goals: []lessons.Goal{{Text: "web runs"}, {Text: "http://localhost:8080 answers"}},
			Actions: []lessons.Action{
				{Command: "docker run -d -p 8080:80 --name web nginx:alpine", Why: "a web server with a door"},
				{Command: "docker ps", Why: "what runs, and its doors"},
				{Command: "curl -s localhost:8080", Why: "knock at the door"},
			},
			Hints:    []string{"Look at the PORTS column of docker ps.", "The door is opened when the container is made.", "docker run -d -p 8080:80 and a name"},
			Solution: []string{"docker run -d -p 8080:80 --name web nginx:alpine"},
		}, {
			Title:    "What if it is taken?",
			Prose:    "Two containers cannot have the same door.",
			Kind:     lessons.Predict,
			Question: "What will a second container with `-p 8080:80` do?",
			Answers: []lessons.Answer{
				{Text: "It shares the port with the first", Because: "A port of a machine has one owner."},
				{Text: "It fails: the port is already allocated", Right: true, Because: "The engine cannot bind the port twice."},
			},
		}},
	}
}

// New is a game in its first step, with a small world.
func New() *Game {
	g := &Game{
		L: Lesson(), Now: lessons.Working, Said: -1, S: Small(), Time: 42 * time.Second,
		Score: lessons.Stars{Unaided: true, WithinPar: true},
		Open:  []lessons.GoalState{{Text: "web runs", Met: true}, {Text: "http://localhost:8080 answers", Found: "nothing listens behind port 8080"}},
		C:     sim.Console{Machine: "laptop", Prompt: "laptop$ ", Reading: true},
	}
	g.Type("docker ps")
	g.Print("CONTAINER ID   IMAGE          COMMAND                  CREATED          STATUS          PORTS                                   NAMES",
		"3f2a9c1b7d4e   nginx:alpine   \"/docker-entrypoint.…\"   12 seconds ago   Up 11 seconds   0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   web")
	g.Log, g.Journal = nil, nil
	return g
}

// Small is a world with one laptop and something of everything.
func Small() sim.State {
	base := []sim.Layer{{Digest: "sha256:base", Size: 8_200_000, Created: "ADD alpine-minirootfs.tar.gz /"}}
	layers := func(name string, sizes ...int64) []sim.Layer {
		out := append([]sim.Layer(nil), base...)
		for i, n := range sizes {
			out = append(out, sim.Layer{Digest: fmt.Sprintf("sha256:%s%d", name, i), Size: n, Created: fmt.Sprintf("RUN step %d of %s", i+1, name)})
		}
		return out
	}
	return sim.State{
		Internet: true,
		Machines: []sim.Machine{{Name: "laptop", Powered: true, Engine: "docker", EngineUp: true, CPUs: 4, Users: []string{"docker.io"}}},
		Containers: []sim.Container{
			Container("laptop", "web", "nginx:alpine", "running", 8080, 80, true),
			func() sim.Container {
				c := Container("laptop", "api", "team/api:1.0", "running", 5000, 8000, false)
				c.Health, c.Networks = "starting", []string{"shop"}
				return c
			}(),
			func() sim.Container {
				c := Container("laptop", "db", "postgres:17", "exited", 0, 0, false)
				c.ExitCode, c.Mounts = 1, []sim.ContainerMount{{Type: "volume", Source: "data", Target: "/var/lib/postgresql/data"}}
				c.Networks = []string{"shop"}
				return c
			}(),
		},
		Images: []sim.Image{
			{Machine: "laptop", ID: "sha256:aaaa", Names: []string{"nginx:alpine"}, Size: 52_500_000, Layers: layers("nginx", 4e6, 2000, 900, 1e6, 39e6), InUse: true},
			{Machine: "laptop", ID: "sha256:bbbb", Names: []string{"team/api:1.0", "team/api:latest"}, Size: 61_000_000, Layers: layers("api", 44e6, 9e6, 12000), InUse: true, Local: true},
			{Machine: "laptop", ID: "sha256:cccc", Names: []string{"postgres:17"}, Size: 437_000_000, Layers: []sim.Layer{{Digest: "d1", Size: 75e6}, {Digest: "d2", Size: 362e6}}, InUse: true},
		},
		Networks: []sim.Network{
			{Machine: "laptop", Name: "bridge", Driver: "bridge", Containers: []string{"web"}},
			{Machine: "laptop", Name: "host", Driver: "host"},
			{Machine: "laptop", Name: "shop", Driver: "bridge", DNS: true, Containers: []string{"api"}},
		},
		Volumes:    []sim.Volume{{Machine: "laptop", Name: "data", UsedBy: []string{"db"}, Files: 12, Size: 40e6}, {Machine: "laptop", Name: "uploads"}},
		Registries: []sim.Registry{{Host: "docker.io", Up: true, Repos: []sim.Repo{{Name: "library/nginx", Tags: []string{"alpine"}}, {Name: "library/postgres", Tags: []string{"17"}}}}},
	}
}

// Container makes a container with one published port, or none for port 0.
func Container(machine, name, image, state string, host, inside int, answers bool) sim.Container {
	c := sim.Container{
		Machine: machine, ID: fmt.Sprintf("%064x", len(name)*1_000_003+int(name[0])*65_537+host), Name: name, Image: image, State: state,
		Running: state == "running" || state == "paused", Status: "Up 11 seconds", Addr: "172.17.0.2", Networks: []string{"bridge"},
	}
	if host > 0 {
		c.Ports = []sim.Port{{HostAddr: "0.0.0.0", HostPort: host, Container: inside, Proto: "tcp", Answers: answers}, {HostAddr: "::", HostPort: host, Container: inside, Proto: "tcp", Answers: answers}}
	}
	return c
}

// Large is a world with n containers on as many machines as named.
func Large(n int, machines ...string) sim.State {
	var s sim.State
	for _, m := range machines {
		s.Machines = append(s.Machines, sim.Machine{Name: m, Powered: true, Engine: "docker", EngineUp: true})
	}
	for i := range n {
		c := Container(machines[i*len(machines)/n], fmt.Sprintf("web-%d", i+1), "nginx:alpine", "running", 0, 0, false)
		c.ID = fmt.Sprintf("%064x", i+1)
		if i%17 == 0 {
			c.State, c.Running, c.ExitCode = "exited", false, 137
		}
		s.Containers = append(s.Containers, c)
	}
	return s
}
