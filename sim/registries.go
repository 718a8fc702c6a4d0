package sim

import (
	"fmt"

	"drydock/sim/docker"
	"drydock/sim/image"
)

// openRegistries puts Docker Hub and the spec's own registries on the internet.
func (w *World) openRegistries(spec Spec, catalogue *image.Catalogue) error {
	w.hub = image.NewHubOf(w.site.Internet, catalogue)
	for _, r := range spec.Registries {
		if err := w.hub.Add(image.RegistryConfig(r)); err != nil {
			return err
		}
	}
	return nil
}

// preload puts images into the store of every engine, as if pulled long ago.
func (w *World) preload(names []string) error {
	for _, name := range names {
		img, err := w.hub.Image(name)
		if err != nil {
			return fmt.Errorf("images: %w", err)
		}
		ref, err := image.Normalise(name)
		if err != nil {
			return fmt.Errorf("images: %s: %w", name, err)
		}
		if err := w.eachEngine(func(e *docker.Engine) error { return e.AddImage(img, ref) }); err != nil {
			return fmt.Errorf("images: %s: %w", name, err)
		}
	}
	return nil
}

// eachEngine calls fn for the engines in the order of the machines.
func (w *World) eachEngine(fn func(*docker.Engine) error) error {
	for _, m := range w.site.Machines() {
		engines := w.enginesOf(m)
		if w.cluster != nil && w.cluster.Runtime(m.Name) != nil {
			engines = append(engines, w.cluster.Runtime(m.Name))
		}
		for _, e := range engines {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) registryStates() []Registry {
	var list []Registry
	for _, r := range w.hub.Registries() {
		state := Registry{Host: r.Host, Up: r.Up}
		for _, repo := range r.Repos {
			state.Repos = append(state.Repos, Repo(repo))
		}
		list = append(list, state)
	}
	return list
}
