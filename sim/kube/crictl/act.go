package crictl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"drydock/sim/clock"
	"drydock/sim/docker"
	"drydock/sim/kube/kubelet"
)

// find is the container whose id begins with a text.
func (s *session) find(id string) (*docker.Container, error) {
	for _, c := range s.node.Runtime.Containers() {
		if strings.HasPrefix(c.ID, id) {
			return c, nil
		}
	}
	return nil, fmt.Errorf("rpc error: code = NotFound desc = an error occurred when try to find container %q: not found", id)
}

// missing prints the line of the client's library, before crictl says the same.
func (s *session) missing(id string, err error) {
	s.Errorf("E%s %7d remote_runtime.go:569] \"ContainerStatus from runtime service failed\" err=%q containerID=%q\n", s.Now().Format("0102 15:04:05.000000"), s.LocalPID, err.Error(), id)
}

func errNoID() error { return errors.New("ID cannot be empty") }

func logFlags(f *pflag.FlagSet) {
	f.Int64("tail", -1, "")
	f.BoolP("timestamps", "t", false, "")
}

func (s *session) logs(args []string) error {
	if len(args) == 0 {
		return errNoID()
	}
	c, err := s.find(args[0])
	if err != nil {
		s.missing(args[0], err)
		return err
	}
	lines := c.LogFrom(0)
	if n, _ := s.flags.GetInt64("tail"); n >= 0 && int(n) < len(lines) {
		lines = lines[len(lines)-int(n):]
	}
	for _, l := range lines {
		text := l.Text
		if s.set("timestamps") {
			text = l.Time.UTC().Format(time.RFC3339Nano) + " " + text
		}
		if l.Stderr {
			s.Errorf("%s", text)
		} else {
			s.Printf("%s", text)
		}
	}
	return nil
}

func stopFlags(f *pflag.FlagSet) { f.Int64P("timeout", "t", 0, "") }

// stop ends containers. One that is not there counts as stopped.
func (s *session) stop(args []string) error {
	if len(args) == 0 {
		return errNoID()
	}
	seconds, _ := s.flags.GetInt64("timeout")
	for _, id := range args {
		if c, err := s.find(id); err == nil {
			if err := s.end(c, time.Duration(seconds)*time.Second); err != nil {
				return err
			}
		}
		s.Printf("%s\n", id)
	}
	return nil
}

func (s *session) end(c *docker.Container, grace time.Duration) error {
	return s.node.Runtime.Do(s.Proc, func(p *clock.Proc) error { return s.node.Runtime.Stop(p, c, grace, 0) })
}

func removeFlags(f *pflag.FlagSet) { f.BoolP("force", "f", false, "") }

func (s *session) remove(args []string) error {
	if len(args) == 0 {
		return errNoID()
	}
	for _, id := range args {
		c, err := s.find(id)
		if err != nil {
			s.missing(id, err)
			return fmt.Errorf("getting container status %q: %w", id, err)
		}
		if c.Running() {
			if !s.set("force") {
				return fmt.Errorf("container %q is running, please stop it first", id)
			}
			if err := s.end(c, 0); err != nil {
				return err
			}
		}
		if err := s.node.Runtime.Do(s.Proc, func(p *clock.Proc) error { return s.node.Runtime.Remove(p, c, true, true) }); err != nil {
			return err
		}
		s.Printf("%s\n", id)
	}
	return nil
}

func inspectFlags(f *pflag.FlagSet) { f.StringP("output", "o", "json", "") }

// status is what the runtime tells of a container (CRI v1, ContainerStatus).
type status struct {
	Annotations map[string]string `json:"annotations"`
	CreatedAt   string            `json:"createdAt"`
	ExitCode    int               `json:"exitCode"`
	FinishedAt  string            `json:"finishedAt"`
	ID          string            `json:"id"`
	Image       map[string]string `json:"image"`
	ImageRef    string            `json:"imageRef"`
	Labels      map[string]string `json:"labels"`
	LogPath     string            `json:"logPath"`
	Message     string            `json:"message"`
	Metadata    metadata          `json:"metadata"`
	Reason      string            `json:"reason"`
	StartedAt   string            `json:"startedAt"`
	State       string            `json:"state"`
}

type metadata struct {
	Attempt int    `json:"attempt"`
	Name    string `json:"name"`
}

func (s *session) inspect(args []string) error {
	if len(args) == 0 {
		return errNoID()
	}
	if s.text("output") != "json" {
		return fmt.Errorf("crictl: 'crictl inspect -o %s' is part of crictl, but this simulator does not have it", s.text("output"))
	}
	c, err := s.find(args[0])
	if err != nil {
		s.missing(args[0], err)
		return fmt.Errorf("get the status of containers: get container status: %w", err)
	}
	text, err := json.MarshalIndent(map[string]any{
		"status": statusOf(c),
		"info":   map[string]any{"pid": c.Pid(), "sandboxID": kubelet.SandboxID(c.Config.Labels[uidLabel])},
	}, "", "  ")
	s.Printf("%s\n", text)
	return err
}

func statusOf(c *docker.Container) status {
	when := func(t time.Time) string {
		if t.IsZero() {
			return "0001-01-01T00:00:00Z"
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	run, _ := strconv.Atoi(attempt(c))
	l := c.Config.Labels
	st := status{
		Annotations: map[string]string{}, CreatedAt: when(c.Created), FinishedAt: when(time.Time{}), StartedAt: when(c.State.Started), ExitCode: c.State.ExitCode, ID: c.ID,
		Image: map[string]string{"image": c.ImageID, "runtimeHandler": "", "userSpecifiedImage": ""}, ImageRef: c.ImageID, Labels: l,
		LogPath:  fmt.Sprintf("/var/log/pods/%s_%s_%s/%s/%d.log", l[namespaceLabel], l[podLabel], l[uidLabel], l[nameLabel], run),
		Metadata: metadata{Attempt: run, Name: l[nameLabel]}, State: "CONTAINER_" + strings.ToUpper(state(c)),
	}
	if state(c) == "Exited" {
		st.FinishedAt, st.Reason = when(c.State.Finished), "Completed"
		switch {
		case c.State.OOMKilled:
			st.Reason = "OOMKilled"
		case c.State.ExitCode != 0:
			st.Reason = "Error"
		}
	}
	return st
}
