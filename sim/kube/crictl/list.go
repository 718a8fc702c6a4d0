package crictl

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/distribution/reference"
	"github.com/docker/go-units"
	"github.com/spf13/pflag"

	"drydock/sim/docker"
	"drydock/sim/image"
	"drydock/sim/kube/kubelet"
)

// short is how much of an id is shown.
const short = 13

// The labels that the kubelet gives to what it makes.
const (
	nameLabel      = "io.kubernetes.container.name"
	podLabel       = "io.kubernetes.pod.name"
	namespaceLabel = "io.kubernetes.pod.namespace"
	uidLabel       = "io.kubernetes.pod.uid"
)

// table writes rows as crictl does: columns at least 20 wide, 3 apart.
func table(out io.Writer, rows [][]string) {
	w := tabwriter.NewWriter(out, 20, 1, 3, ' ', 0)
	for _, row := range rows {
		_, _ = io.WriteString(w, strings.Join(row, "\t")+"\n") // a pipe that closed is noticed below
	}
	_ = w.Flush()
}

func cut(id string, whole bool) string {
	id = strings.TrimPrefix(id, "sha256:")
	if whole || len(id) < short {
		return id
	}
	return id[:short]
}

func psFlags(f *pflag.FlagSet) {
	f.BoolP("all", "a", false, "")
	f.BoolP("quiet", "q", false, "")
	f.Bool("no-trunc", false, "")
	f.String("name", "", "")
	f.String("namespace", "", "")
	f.String("id", "", "")
	f.StringP("pod", "p", "", "")
	f.StringP("state", "s", "", "")
	f.StringArray("label", nil, "")
	f.IntP("last", "n", 0, "")
	f.BoolP("latest", "l", false, "")
}

// set reports a switch, text is the value of a flag.
func (s *session) set(name string) bool {
	v, _ := s.flags.GetBool(name)
	return v
}

func (s *session) text(name string) string {
	v, _ := s.flags.GetString(name)
	return v
}

// state is a container's as crictl ps words it.
func state(c *docker.Container) string {
	switch {
	case c.Running():
		return "Running"
	case c.State.Status == "created":
		return "Created"
	}
	return "Exited"
}

// attempt is the number of a run, which ends its name.
func attempt(c *docker.Container) string {
	return c.Name[strings.LastIndex(c.Name, "_")+1:]
}

// matches reports that a text fits a filter, which is a regular expression.
func matches(filter, text string) (bool, error) {
	if filter == "" {
		return true, nil
	}
	re, err := regexp.Compile(filter)
	return err == nil && re.MatchString(text), err
}

// selected are the containers that the flags ask for, the latest first.
func (s *session) selected() ([]*docker.Container, error) {
	last, _ := s.flags.GetInt("last")
	if s.set("latest") {
		last = 1
	}
	var list []*docker.Container
	for _, c := range s.node.Runtime.Containers() {
		name, err := matches(s.text("name"), c.Config.Labels[nameLabel])
		if err != nil {
			return nil, err
		}
		space, err := matches(s.text("namespace"), c.Config.Labels[namespaceLabel])
		if err != nil {
			return nil, err
		}
		asked := s.text("state") != "" && strings.EqualFold(s.text("state"), state(c))
		usual := s.text("state") == "" && (s.set("all") || last > 0 || c.Running())
		if name && space && (asked || usual) && s.labelled(c) && strings.HasPrefix(c.ID, s.text("id")) &&
			strings.HasPrefix(kubelet.SandboxID(c.Config.Labels[uidLabel]), s.text("pod")) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *docker.Container) int { return b.Created.Compare(a.Created) })
	if last > 0 && last < len(list) {
		list = list[:last]
	}
	return list, nil
}

func (s *session) labelled(c *docker.Container) bool {
	wanted, _ := s.flags.GetStringArray("label")
	for _, l := range wanted {
		key, value, _ := strings.Cut(l, "=")
		if c.Config.Labels[key] != value {
			return false
		}
	}
	return true
}

func (s *session) ps([]string) error {
	list, err := s.selected()
	if err != nil {
		return err
	}
	rows := [][]string{{"CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"}}
	for _, c := range list {
		if s.set("quiet") {
			s.Printf("%s\n", c.ID)
			continue
		}
		l := c.Config.Labels
		rows = append(rows, []string{cut(c.ID, s.set("no-trunc")), cut(c.ImageID, s.set("no-trunc")), units.HumanDuration(s.Now().Sub(c.Created)) + " ago",
			state(c), l[nameLabel], attempt(c), cut(kubelet.SandboxID(l[uidLabel]), s.set("no-trunc")), l[podLabel], l[namespaceLabel]})
	}
	if !s.set("quiet") {
		table(s.Stdout, rows)
	}
	return nil
}

func podFlags(f *pflag.FlagSet) {
	f.BoolP("quiet", "q", false, "")
	f.Bool("no-trunc", false, "")
	f.String("name", "", "")
	f.String("namespace", "", "")
	f.String("id", "", "")
	f.StringP("state", "s", "", "")
}

func (s *session) pods([]string) error {
	rows := [][]string{{"POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"}}
	for _, b := range s.node.Kubelet.Sandboxes() {
		name, err := matches(s.text("name"), b.Name)
		if err != nil {
			return err
		}
		space, err := matches(s.text("namespace"), b.Namespace)
		if err != nil {
			return err
		}
		is := map[bool]string{true: "Ready", false: "NotReady"}[b.Ready]
		if !name || !space || !strings.HasPrefix(b.ID, s.text("id")) || s.text("state") != "" && !strings.EqualFold(s.text("state"), is) {
			continue
		}
		if s.set("quiet") {
			s.Printf("%s\n", b.ID)
			continue
		}
		rows = append(rows, []string{cut(b.ID, s.set("no-trunc")), units.HumanDuration(s.Now().Sub(b.Created)) + " ago", is, b.Name, b.Namespace, "0", "(default)"})
	}
	if !s.set("quiet") {
		table(s.Stdout, rows)
	}
	return nil
}

func imageFlags(f *pflag.FlagSet) {
	f.BoolP("quiet", "q", false, "")
	f.Bool("no-trunc", false, "")
	f.Bool("digests", false, "")
}

// images lists the images by name, one row a tag. The size is what was downloaded, as
// containerd counts it. A name as an argument is no filter without -o (crictl 1.36).
func (s *session) images([]string) error {
	head := []string{"IMAGE", "TAG", "IMAGE ID", "SIZE"}
	if s.set("digests") {
		head = slices.Insert(head, 2, "DIGEST")
	}
	var rows [][]string
	for _, i := range s.node.Runtime.Images.Images() {
		if s.set("quiet") {
			s.Printf("%s\n", i.ID)
			continue
		}
		for _, tag := range s.node.Runtime.RepoTags(i) {
			rows = append(rows, s.imageRow(i, tag))
		}
	}
	slices.SortFunc(rows, slices.Compare)
	if !s.set("quiet") {
		table(s.Stdout, append([][]string{head}, rows...))
	}
	return nil
}

func (s *session) imageRow(i *image.Image, tag string) []string {
	var size int64
	for _, l := range i.Layers {
		size += l.Compressed
	}
	name, version := tag, "<none>"
	if ref, err := reference.ParseNormalizedNamed(tag); err == nil {
		name = ref.Name()
		if t, ok := ref.(reference.Tagged); ok {
			version = t.Tag()
		}
	}
	row := []string{name, version, cut(i.ID, s.set("no-trunc")), units.HumanSizeWithPrecision(float64(size), 3)}
	if s.set("digests") {
		row = slices.Insert(row, 2, fmt.Sprintf("%.13s", strings.TrimPrefix(i.ID, "sha256:")))
	}
	return row
}
