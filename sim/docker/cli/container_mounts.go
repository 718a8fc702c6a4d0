package cli

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/docker/go-units"

	"drydock/sim/docker"
)

// mountValue collects --mount (docker/cli, package opts).
type mountValue struct{ values *[]docker.MountSpec }

// String implements pflag.Value.
func (m *mountValue) String() string { return "" }

// Type is the word in help.
func (m *mountValue) Type() string { return "mount" }

// Set reads "type=bind,source=/a,target=/b,readonly".
func (m *mountValue) Set(text string) error {
	spec := docker.MountSpec{Type: "volume"}
	for _, field := range strings.Split(text, ",") {
		key, value, hasValue := strings.Cut(field, "=")
		key = strings.ToLower(strings.TrimSpace(key))
		if !hasValue {
			switch key {
			case "readonly", "ro":
				spec.ReadOnly = true
				continue
			case "volume-nocopy":
				spec.NoCopy = true
				continue
			case "bind-nonrecursive":
				continue
			}
			return fmt.Errorf("invalid field '%s' must be a key=value pair", field)
		}
		if err := setMountField(&spec, key, value, field); err != nil {
			return err
		}
	}
	switch {
	case spec.Type == "":
		return errors.New("type is required")
	case spec.Target == "":
		return errors.New("target is required")
	}
	*m.values = append(*m.values, spec)
	return nil
}

func setMountField(spec *docker.MountSpec, key, value, field string) error {
	switch key {
	case "type":
		spec.Type = strings.ToLower(value)
	case "source", "src":
		spec.Source = value
	case "target", "dst", "destination":
		spec.Target = value
	case "readonly", "ro":
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("invalid value for %s: %s", key, value)
		}
		spec.ReadOnly = on
	case "volume-nocopy":
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("invalid value for volume-nocopy: %s", value)
		}
		spec.NoCopy = on
	case "volume-label":
		if spec.Labels == nil {
			spec.Labels = map[string]string{}
		}
		name, text, _ := strings.Cut(value, "=")
		spec.Labels[name] = text
	case "tmpfs-size":
		size, err := units.RAMInBytes(value)
		if err != nil {
			return fmt.Errorf("invalid value for %s: %s", key, value)
		}
		spec.TmpfsSize = size
	case "tmpfs-mode":
		spec.TmpfsMode = value
	case "bind-propagation":
		spec.Propagation = strings.ToLower(value)
	case "consistency", "volume-driver", "volume-opt", "volume-subpath", "bind-recursive", "bind-nonrecursive", "image-subpath":
	default:
		return fmt.Errorf("unexpected key '%s' in '%s'", key, field)
	}
	return nil
}

// parseVolume reads one -v: "name:/path", "/host:/path:ro", "./here:/path", "/path".
func (c *Client) parseVolume(text string) (docker.MountSpec, string, error) {
	parts := strings.Split(text, ":")
	m := docker.MountSpec{CreateSource: true, FromBinds: true}
	for _, p := range parts {
		if p == "" {
			return m, "", fmt.Errorf("invalid spec: %s: empty section between colons", text)
		}
	}
	switch {
	case len(parts) > 3:
		return m, "", fmt.Errorf("invalid spec: %s: too many colons", text)
	case len(parts) == 1:
		m.Type, m.Target = "volume", parts[0]
		return m, "", nil
	case len(parts) == 3:
		for _, o := range strings.Split(parts[2], ",") {
			if err := setVolumeMode(&m, o, parts[2]); err != nil {
				return m, "", err
			}
		}
		m.Mode = parts[2]
	}
	m.Source, m.Target = parts[0], parts[1]
	if strings.HasPrefix(m.Source, ".") {
		m.Source = c.Abs(m.Source)
		parts[0] = m.Source
	}
	m.Type = "volume"
	if path.IsAbs(m.Source) || strings.HasPrefix(m.Source, "~") {
		m.Type = "bind"
	} else if m.Mode == "" {
		m.Mode = "z" // what the daemon fills in for volumes
	}
	return m, strings.Join(parts, ":"), nil
}

func setVolumeMode(m *docker.MountSpec, option, whole string) error {
	switch option {
	case "ro":
		m.ReadOnly = true
	case "nocopy":
		m.NoCopy = true
	case "rw", "z", "Z", "cached", "delegated", "consistent":
	case "shared", "rshared", "slave", "rslave", "private", "rprivate":
		m.Propagation = option
	default:
		return daemonError{fmt.Errorf("invalid mode: %s", whole)}
	}
	return nil
}

// daemonError is an error that the real daemon would find, not the client.
type daemonError struct{ err error }

func (e daemonError) Error() string { return "Error response from daemon: " + e.err.Error() }

// addVolumes puts -v and --mount into the settings of a container.
func (c *Client) addVolumes(h *docker.HostConfig, o *containerOptions) error {
	for _, text := range o.volumes {
		m, bind, err := c.parseVolume(text)
		if err != nil {
			return err
		}
		if !path.IsAbs(m.Target) {
			return daemonError{fmt.Errorf("invalid volume specification: '%s': invalid mount config for type %q: invalid mount path: '%s' mount path must be absolute", text, m.Type, m.Target)}
		}
		m.Raw = text
		if bind != "" {
			h.Binds = append(h.Binds, bind)
		}
		h.Mounts = append(h.Mounts, m)
	}
	for _, m := range o.mounts {
		if !path.IsAbs(m.Target) {
			return daemonError{fmt.Errorf("invalid mount config for type %q: invalid mount path: '%s' mount path must be absolute", m.Type, m.Target)}
		}
		switch m.Type {
		case "bind":
			if m.Source == "" {
				return daemonError{errors.New("invalid mount config for type \"bind\": field Source must not be empty")}
			}
			if strings.HasPrefix(m.Source, ".") {
				m.Source = c.Abs(m.Source)
			}
		case "volume":
			m.Mode = "z"
		case "tmpfs":
			if m.Source != "" {
				return daemonError{errors.New("invalid mount config for type \"tmpfs\": field Source must not be specified")}
			}
		default:
			return daemonError{fmt.Errorf("invalid mount config for type %q: mount type unknown", m.Type)}
		}
		h.Mounts = append(h.Mounts, m)
	}
	return nil
}
