package compose

import (
	"errors"
	"fmt"

	"github.com/compose-spec/compose-go/v2/types"

	"drydock/sim/docker"
)

// look reports whether a dependency is as it should be, and tells so. An error
// says that it never will be.
func (b *backend) look(name string, need types.ServiceDependency, list []*docker.Container) (bool, error) {
	switch need.Condition {
	case runningOrHealthy, types.ServiceConditionHealthy:
		return b.lookHealthy(name, need, list)
	case types.ServiceConditionCompletedSuccessfully:
		return b.lookCompleted(name, need, list)
	}
	b.warn("unsupported depends_on condition: " + need.Condition)
	return true, nil
}

func (b *backend) lookHealthy(name string, need types.ServiceDependency, list []*docker.Container) (bool, error) {
	ok, err := healthy(list, need.Condition == runningOrHealthy)
	switch {
	case err != nil && !need.Required:
		b.tellAll(list, warning, fmt.Sprintf("Skipped: optional dependency %q failed to start", name))
		b.warn(fmt.Sprintf("optional dependency %q failed to start: %s", name, err))
		return true, nil
	case err != nil && need.Condition == runningOrHealthy:
		return false, err
	case err != nil:
		b.tellAll(list, failed, "Error", fmt.Sprintf("dependency %s failed to start", name))
		return false, fmt.Errorf("dependency failed to start: %w", err)
	case ok:
		b.tellAll(list, done, "Healthy")
	}
	return ok, nil
}

// healthy reports that all containers are; running is enough for those without a
// health check when fallback is set.
func healthy(list []*docker.Container, fallback bool) (bool, error) {
	for _, c := range list {
		if c.State.Status == "exited" {
			return false, fmt.Errorf("container %s exited (%d)", c.Name, c.State.ExitCode)
		}
		check := c.Config.Healthcheck
		if fallback && (check == nil || len(check.Test) > 0 && check.Test[0] == "NONE") {
			return c.State.Status == "running", nil
		}
		h := c.State.Health
		switch {
		case h == nil:
			return false, fmt.Errorf("container %s has no healthcheck configured", c.Name)
		case h.Status == "unhealthy":
			return false, fmt.Errorf("container %s is unhealthy", c.Name)
		case h.Status != "healthy":
			return false, nil
		}
	}
	return true, nil
}

func (b *backend) lookCompleted(name string, need types.ServiceDependency, list []*docker.Container) (bool, error) {
	for _, c := range list {
		if c.State.Status != "exited" {
			continue
		}
		if c.State.ExitCode == 0 {
			b.tellAll(list, done, "Exited")
			return true, nil
		}
		text := fmt.Sprintf("%q didn't complete successfully: exit %d", name, c.State.ExitCode)
		if !need.Required {
			b.tellAll(list, warning, "Skipped: optional dependency "+text)
			b.warn("optional dependency " + text)
			return true, nil
		}
		b.tellAll(list, failed, "Error", "service "+text)
		return false, errors.New("service " + text)
	}
	return false, nil
}

// tellAll tells the same about several containers.
func (b *backend) tellAll(list []*docker.Container, p phase, text string, details ...string) {
	for _, c := range list {
		b.tell(eventName(c), p, text, details...)
	}
}
