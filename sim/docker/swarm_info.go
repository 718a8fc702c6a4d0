package docker

import (
	"fmt"
	"strings"

	"drydock/sim/image"
)

// SwarmInfo is the part of `docker info` about swarm mode.
type SwarmInfo struct {
	NodeID           string
	NodeAddr         string
	LocalNodeState   string // inactive, pending, active, error, locked
	ControlAvailable bool
	Error            string
	RemoteManagers   []RemoteManager
	Nodes            int
	Managers         int
	// Details are the lines that `docker info` shows of an active swarm below its state.
	Details []string `json:"-"`
	// Warnings stand at the end of docker info.
	Warnings []string `json:"-"`
}

// RemoteManager is a manager as a node knows it.
type RemoteManager struct{ NodeID, Addr string }

// SwarmInfo is the engine's part in a swarm: whatever has hooked into it, or none.
func (e *Engine) SwarmInfo() SwarmInfo {
	if e.Swarm == nil {
		return SwarmInfo{LocalNodeState: "inactive"}
	}
	return e.Swarm()
}

// Text is how `docker info` words it.
func (s SwarmInfo) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, " Swarm: %s\n", s.LocalNodeState)
	for _, line := range s.Details {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	return b.String()
}

// ID is the daemon's identity, which stays the same for ever.
func (e *Engine) ID() string {
	hex := strings.TrimPrefix(image.Digest("engine of "+e.Machine.Name), "sha256:")
	return fmt.Sprintf("%s-%s-%s-%s-%s", hex[:8], hex[8:12], hex[12:16], hex[16:20], hex[20:32])
}
