package replay

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"drydock/sim"
	"drydock/sim/image"
)

const (
	// recorder is the user at whose prompt the sessions were recorded.
	recorder = "dev"
	// directory is where a session works, below the recorder's home, unless the
	// title says "directory: NAME". Recordings name files relative to it.
	directory = "project"
)

// start is the world block's spec with what only the title says: programs that
// listen, who gave the commands, and the engine, where it is not Docker's. The
// Podman of the recordings looks short names up on Docker Hub, unless the title
// says otherwise; Debian's does not.
func (r *Recording) start() sim.Spec {
	spec := r.spec
	spec.Machines = append([]sim.MachineSpec(nil), spec.Machines...)
	podman, user := r.tools()
	for i := range spec.Machines {
		m := &spec.Machines[i]
		if m.User == "" {
			m.User = user
		}
		if podman && !strings.Contains(r.World, "engine:") {
			m.Engine = "podman"
		}
	}
	if title := strings.Join(r.Title, "\n"); podman && !strings.Contains(title, "no unqualified-search-registries") {
		spec.Files = maps.Clone(spec.Files)
		if spec.Files == nil {
			spec.Files = map[string]string{}
		}
		spec.Images = append(slices.Clone(spec.Images), r.local()...)
		spec.Files["/etc/containers/registries.conf.d/00-search.conf"] = "unqualified-search-registries = [\"docker.io\"]\n"
	}
	if spec.Kubernetes != nil {
		if len(spec.Kubernetes.ControlPlane) == 0 {
			own := *spec.Kubernetes // the recordings' API server ran beside kubectl
			own.Published = true
			spec.Kubernetes = &own
		}
		spec.Images = append(slices.Clone(spec.Images), r.onNodes()...)
		cluster := *spec.Kubernetes
		cluster.Users = append(slices.Clone(cluster.Users), r.users()...)
		spec.Kubernetes = &cluster
		spec.Date = r.recorded()
	}
	for _, port := range r.listening() {
		spec.Processes = append(spec.Processes, sim.ProcessSpec{Machine: spec.Machines[0].Name, Command: "python3 -m http.server " + port})
	}
	return spec
}

// recorded is when the session was recorded, or zero: schedules go by the clock.
func (r *Recording) recorded() time.Time {
	said := regexp.MustCompile(`\brecorded (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)`)
	if m := said.FindStringSubmatch(strings.Join(r.Title, "\n")); m != nil {
		if at, err := time.Parse(time.RFC3339, m[1]); err == nil {
			return at.Add(time.Second / 2) // it names whole seconds
		}
	}
	return time.Time{}
}

// tools reads from the title with what and by whom the session was made. Podman's
// are root's unless they name somebody.
func (r *Recording) tools() (podman bool, user string) {
	user = recorder
	made, named := regexp.MustCompile(`^# tools: (?:podman|buildah)\b`), regexp.MustCompile(`^#.*\buser (\w+) \(uid `)
	for _, line := range r.Title {
		if made.MatchString(line) {
			podman = true
		}
	}
	if podman {
		user = "root"
	}
	for _, line := range r.Title {
		if m := named.FindStringSubmatch(line); m != nil {
			user = m[1]
		}
	}
	return podman, user
}

// home is the directory of the recorder, below which the session works, whoever
// gave the commands.
func (r *Recording) home() string {
	if podman, user := r.tools(); podman && user == "root" {
		return "/home/" + recorder
	}
	return "~"
}

// local finds the images of Podman's recordings that were there at the start: the
// session uses them, or lists them, and never pulled them.
func (r *Recording) local() []string {
	catalogue := image.NewCatalogue()
	token := regexp.MustCompile(`^(?:docker\.io/library/)?([a-z][a-z0-9-]*:[a-z0-9][\w.-]*)$`)
	listed := regexp.MustCompile(`(?m)^docker\.io/library/(\S+) +([\w.-]+) +[0-9a-f]{12} `)
	pulled := regexp.MustCompile(`Trying to pull docker\.io/library/(\S+)\.\.\.`)
	gone := regexp.MustCompile(`(?m)^(?:Unt|unt)agged: docker\.io/library/(\S+)$`)
	fetched, names := map[string]bool{}, []string{}
	add := func(name string) {
		repo, tag, _ := strings.Cut(name, ":")
		if img, err := catalogue.Find("docker.io/library/"+repo, tag); img != nil && err == nil && !fetched[name] && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, step := range r.Steps {
		for _, m := range pulled.FindAllStringSubmatch(step.Output, -1) {
			fetched[m[1]] = true
		}
		for _, m := range listed.FindAllStringSubmatch(step.Output, -1) {
			add(m[1] + ":" + m[2])
		}
		for _, word := range strings.Fields(step.Text) {
			if m := token.FindStringSubmatch(word); m != nil && step.Status == 0 {
				add(m[1])
			}
		}
		for _, m := range gone.FindAllStringSubmatch(step.Output, -1) {
			fetched[m[1]] = true
		}
	}
	return names
}

// onNodes finds the images that the nodes of a cluster had at the start: the
// recording names them, and no kubelet was seen to pull them.
func (r *Recording) onNodes() []string {
	catalogue := image.NewCatalogue()
	named := regexp.MustCompile(`[iI]mage(?:=|: *| [/\w-]+ [\w-]+=)"?([a-z][a-z0-9./-]*:[a-z0-9][\w.-]*)`)
	pulled := regexp.MustCompile(`(?:Pulling image|Container image) "([^"]+)"(?:$|\n| is not present)`)
	fetched, names := map[string]bool{}, []string{}
	for _, step := range r.Steps {
		for _, m := range pulled.FindAllStringSubmatch(step.Output, -1) {
			fetched[m[1]] = true
		}
	}
	for _, step := range r.Steps {
		for _, m := range named.FindAllStringSubmatch(step.Text+"\n"+step.Data+"\n"+step.Output, -1) {
			repo, tag, _ := strings.Cut(m[1], ":")
			if img, err := catalogue.Find("docker.io/library/"+repo, tag); img != nil && err == nil && !fetched[m[1]] && !slices.Contains(names, m[1]) {
				names = append(names, m[1])
			}
		}
	}
	return names
}

// directory is the name of the directory that the session works in. Where the
// title does not say it, the names that the tools made from it do: a path below
// the recorder's home, or what Compose calls a project's objects.
func (r *Recording) directory() string {
	said := regexp.MustCompile(`^#.*\bdirectory: ([\w][\w.-]*)`)
	for _, line := range r.Title {
		if m := said.FindStringSubmatch(line); m != nil {
			return m[1]
		}
	}
	for _, trace := range []string{
		`/home/` + recorder + `/([a-zA-Z0-9][\w.-]*)`, `(?m)^ Network "?([a-z0-9][a-z0-9_-]*)_default"? `,
		`(?m)^ Container "?([a-z0-9][a-z0-9-]*)-[a-z0-9]+-\d+"? `, `(?m)^name: ([a-z0-9][a-z0-9_-]*)$`,
	} {
		pattern := regexp.MustCompile(trace)
		for _, step := range r.Steps {
			if m := pattern.FindStringSubmatch(step.Output); m != nil && !namesProject(step.Text) {
				return m[1]
			}
		}
	}
	return directory
}

// namesProject reports a command that gives its project another name.
func namesProject(command string) bool {
	return strings.Contains(command, " -p ") || strings.Contains(command, "--project-name") || strings.Contains(command, "COMPOSE_PROJECT_NAME")
}

// offline reports a title that says the machines had no internet, in the words
// that recordings use for it.
func (r *Recording) offline() bool {
	return strings.Contains(strings.Join(r.Title, "\n"), "DNS answers NXDOMAIN")
}

// listening finds the ports of programs outside containers that the recording's
// title speaks of: the world block of a recording has no word for them.
func (r *Recording) listening() []string {
	var ports []string
	pattern := regexp.MustCompile(`listens on (?:[\d.]+:|port )(\d{1,5}) of the host`)
	for _, line := range r.Title {
		for _, m := range pattern.FindAllStringSubmatch(line, -1) {
			ports = append(ports, m[1])
		}
	}
	return ports
}
