package cli

import (
	"errors"
	"fmt"
	"strings"
)

// inspector looks one kind of object up.
type inspector struct {
	kind string
	get  func(ref string) (any, error)
}

// inspectors gives the way to look an object up: as one kind, or as each in turn.
func (c *Client) inspectors(kind string, size bool) (func(ref string) (any, error), error) {
	known := []inspector{
		{"container", c.inspectContainer(size)},
		{"image", func(ref string) (any, error) { v, err := c.Engine.InspectImage(ref); return v, err }},
		{"network", func(ref string) (any, error) { v, err := c.Engine.InspectNetwork(ref); return v, err }},
		{"volume", func(ref string) (any, error) { v, err := c.Engine.InspectVolume(ref); return v, err }},
	}
	if look := c.Engine.InspectObject; look != nil {
		for _, k := range []string{"node", "service", "task", "secret", "config"} {
			known = append(known, inspector{k, func(ref string) (any, error) { return look(k, ref) }})
		}
	}
	if kind == "" {
		return func(ref string) (any, error) { return inspectAny(known, ref) }, nil
	}
	for _, k := range known {
		if k.kind == kind {
			return func(ref string) (any, error) {
				v, err := k.get(ref)
				return v, c.daemon(err)
			}, nil
		}
	}
	switch kind {
	case "plugin":
		return nil, notSimulated("docker inspect --type " + kind)
	}
	return nil, fmt.Errorf("unknown type: %q: must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\"", kind)
}

func inspectAny(known []inspector, ref string) (any, error) {
	for _, k := range known {
		v, err := k.get(ref)
		if err == nil {
			return v, nil
		}
		if strings.Contains(err.Error(), "multiple") {
			return nil, err
		}
	}
	return nil, errors.New("error: no such object: " + ref)
}
