package replay

import (
	"regexp"
	"strings"
	"time"
)

// maxCondition bounds a wait for something that never comes.
const maxCondition = 3 * time.Minute

// made are names that a tool makes up and that later commands may repeat: join
// tokens, unlock keys, ids of objects.
func made() *regexp.Regexp {
	return regexp.MustCompile(`SWMTKN-1-[0-9a-z]+-[0-9a-z]+|SWMKEY-1-[0-9A-Za-z+/]+|\b[0-9a-z]{25}\b|\b[0-9a-f]{64}\b`)
}

// learn notes which made-up name of this world stands where the recording has
// another.
func (s *stage) learn(recorded, got string) {
	want, have := made().FindAllString(recorded, -1), made().FindAllString(got, -1)
	if len(want) != len(have) {
		return
	}
	if s.ids == nil {
		s.ids = map[string]string{}
	}
	for i, id := range want {
		if _, known := s.ids[id]; !known {
			s.ids[id] = have[i]
		}
	}
}

// translate puts this world's names into a recorded command.
func (s *stage) translate(command string) string {
	return made().ReplaceAllStringFunc(command, func(id string) string {
		if mine, ok := s.ids[id]; ok {
			return mine
		}
		return id
	})
}

// until lets time pass in small steps until a condition holds.
func (s *stage) until(step time.Duration, holds func() bool) {
	for waited := time.Duration(0); waited < maxCondition && !holds(); waited += step {
		s.session.Advance(step)
	}
}

// waitNode waits until `docker node ls` shows a node in a state.
func (s *stage) waitNode(groups []string) error {
	s.until(time.Second, func() bool {
		for _, n := range s.session.World().State().Nodes {
			if n.Name == groups[1] && strings.EqualFold(n.Status, groups[2]) {
				return true
			}
		}
		return false
	})
	return nil
}

// waitUpdate waits until no service is being updated or rolled back.
func (s *stage) waitUpdate([]string) error {
	s.until(time.Second, func() bool {
		for _, svc := range s.session.World().State().Services {
			if svc.Update == "updating" || svc.Update == "rollback_started" {
				return false
			}
		}
		return true
	})
	return nil
}
