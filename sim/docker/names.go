package docker

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// generateName makes up a name that no container has: an adjective and somebody
// from the history of science, joined as docker joins them.
func (e *Engine) generateName() string {
	adjectives := strings.Fields(`able agile amazing awesome blissful bold brave busy charming clever cool crazy dazzling
		determined eager ecstatic elastic elegant epic festive focused friendly funny gallant gifted great happy hopeful
		hungry inspiring jolly jovial keen kind laughing loving lucid magical modest nice nifty optimistic peaceful
		pensive practical quirky relaxed serene sharp silly sleepy stoic sweet tender trusting upbeat vibrant vigilant
		vigorous wizardly wonderful youthful zealous zen`)
	surnames := strings.Fields(`agnesi archimedes babbage bardeen bartik bell bohr boyd brahmagupta carson chandrasekhar
		cori curie darwin dijkstra dirac easley einstein engelbart euclid euler faraday fermat feynman franklin galileo
		gauss germain goldberg goodall haibt hamilton hawking heisenberg hodgkin hopper hypatia jang johnson kalam keller
		kepler kilby kirch knuth kowalevski lamarr leavitt liskov lovelace mayer mccarthy mcclintock meitner mendel
		mirzakhani moser newton nobel noether pascal pasteur pike poincare ptolemy ramanujan ride ritchie rosalind
		rubin shannon snyder swartz tesla thompson torvalds turing visvesvaraya wescoff wilson wozniak wright yalow`)
	r := e.clock().Rand()
	for try := 0; ; try++ {
		name := adjectives[r.IntN(len(adjectives))] + "_" + surnames[r.IntN(len(surnames))]
		if try > 5 {
			name += fmt.Sprint(r.IntN(10))
		}
		if e.named(name) == nil {
			return name
		}
	}
}

// named is the container of exactly that name, or nil.
func (e *Engine) named(name string) *Container {
	i := slices.IndexFunc(e.containers, func(c *Container) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return e.containers[i]
}

// checkName tells whether a new container may have a name.
func (e *Engine) checkName(name string) error {
	pattern := `^/?[a-zA-Z0-9][a-zA-Z0-9_.-]+$`
	if e.Flavour.Network != "" {
		pattern = `^[a-zA-Z0-9][a-zA-Z0-9_.-]*$` // one character will do
	}
	if !regexp.MustCompile(pattern).MatchString(name) {
		return fmt.Errorf("Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", name)
	}
	name = strings.TrimPrefix(name, "/")
	if c := e.named(name); c != nil {
		return fmt.Errorf("Conflict. The container name %q is already in use by container %q. You have to remove (or rename) that container to be able to reuse that name.", "/"+name, c.ID)
	}
	return nil
}

// Rename gives a container another name.
func (e *Engine) Rename(c *Container, name string) error {
	if name == "" {
		return errors.New("Neither old nor new names may be empty")
	}
	if strings.TrimPrefix(name, "/") == c.Name {
		return errors.New("Renaming a container with the same name as its current name")
	}
	if err := e.checkName(name); err != nil {
		return err
	}
	old := c.Name
	c.Name = strings.TrimPrefix(name, "/")
	c.emit("rename", old+" is now called "+c.Name, map[string]string{"oldName": "/" + old})
	c.touch()
	return nil
}

// GenerateName makes up a name, for objects beside containers too.
func (e *Engine) GenerateName() string { return e.generateName() }
