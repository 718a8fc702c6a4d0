package image

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

const (
	// DownloadRate and UploadRate are how many bytes a second pass between a
	// machine and a registry on the internet: an ordinary home or office line.
	DownloadRate = 25_000_000
	UploadRate   = 10_000_000
)

// RegistryConfig is a registry on the internet beside Docker Hub.
type RegistryConfig struct {
	Host    string            // "harbor.example.com", "registry.example.com:5000"
	Users   map[string]string // name and password; with any, pushing needs a login
	Private []string          // repositories that need a login to pull
	Images  []string          // "nginx:alpine as team/web:1.0": what is there already
	Down    bool
	// Insecure says that it speaks plain HTTP.
	Insecure bool
}

// DefaultUser and DefaultPassword are an account that everybody has on Docker
// Hub and on registries that declare no users: lessons can log in with it.
const (
	DefaultUser     = "learner"
	DefaultPassword = "harbour"
)

// Hub is all registries of a world: Docker Hub with the public catalogue, and
// whatever else is reachable under a host name. Its content is addressed by
// digest, so it also remembers every image that was ever pushed anywhere: a
// registry that runs in a container keeps names and digests, the Hub the rest.
type Hub struct {
	internet  *machine.Internet
	catalogue *Catalogue
	images    map[string]*Image // by ID
	servers   []*Server
	limit     int // pulls from Docker Hub that are left for anonymous users; -1 is no limit
}

// publicHosts are the registries of the catalogue and the names that they answer under.
func publicHosts() map[string][]string {
	return map[string][]string{
		DockerHub:         {"registry-1.docker.io", "index.docker.io", "docker.io", "auth.docker.io"},
		"quay.io":         {"quay.io"},
		"gcr.io":          {"gcr.io"},
		"ghcr.io":         {"ghcr.io"},
		"registry.k8s.io": {"registry.k8s.io"},

		"registry.fedoraproject.org": {"registry.fedoraproject.org"},
	}
}

// NewHub makes the public registries and puts them on the internet.
func NewHub(internet *machine.Internet) *Hub { return NewHubOf(internet, NewCatalogue()) }

// NewHubOf is NewHub with a catalogue that other worlds may use as well: its
// images never change, so a world that is built again need not read them again.
func NewHubOf(internet *machine.Internet, c *Catalogue) *Hub {
	h := &Hub{internet: internet, catalogue: c, images: map[string]*Image{}, limit: -1}
	hosts := publicHosts()
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		s := &Server{
			Host: host, TLS: true, shelf: newMemoryShelf(h.catalogue, host), hub: h,
			users: map[string]string{DefaultUser: DefaultPassword}, namespaced: true, hideMissing: host == DockerHub,
		}
		h.servers = append(h.servers, s)
		for _, name := range hosts[host] {
			internet.Serve(name, s.Serve)
		}
	}
	for _, name := range packageIndexes() {
		internet.Serve(name, func(machine.Request) machine.Response { return machine.Response{Status: http.StatusOK} })
	}
	return h
}

// packageIndexes are where the package managers of images download from.
func packageIndexes() []string {
	return []string{"pypi.org", "files.pythonhosted.org", "dl-cdn.alpinelinux.org", "deb.debian.org", "archive.ubuntu.com", "security.ubuntu.com",
		"registry.npmjs.org", "proxy.golang.org", "sum.golang.org"}
}

// Catalogue is the public images.
func (h *Hub) Catalogue() *Catalogue { return h.catalogue }

// Add puts a registry on the internet. For Docker Hub and the other public hosts
// it adds users, private repositories and images to what is there.
func (h *Hub) Add(c RegistryConfig) error {
	s := h.server(c.Host)
	if s == nil {
		name, ports := c.Host, []int{80, 443}
		if host, port, err := net.SplitHostPort(c.Host); err == nil {
			n, err := strconv.Atoi(port)
			if err != nil {
				return fmt.Errorf("registry %s: %q is no port", c.Host, port)
			}
			name, ports = host, []int{n}
		}
		s = &Server{Host: c.Host, TLS: !c.Insecure, shelf: newMemoryShelf(nil, c.Host), hub: h, users: map[string]string{}}
		h.servers = append(h.servers, s)
		h.internet.ServeOn(name, ports, s.Serve)
	}
	maps.Copy(s.users, c.Users)
	s.private = append(s.private, c.Private...)
	for _, entry := range c.Images {
		if err := h.stock(s, entry); err != nil {
			return fmt.Errorf("registry %s: %w", c.Host, err)
		}
	}
	h.SetUp(c.Host, !c.Down)
	return nil
}

// stock puts an image of the catalogue on a registry: "nginx:alpine as team/web:1.0".
func (h *Hub) stock(s *Server, entry string) error {
	from, as, renamed := strings.Cut(entry, " as ")
	img, err := h.Image(strings.TrimSpace(from))
	if err != nil {
		return err
	}
	target := Split(from)
	if renamed {
		target = Split(s.Host + "/" + strings.TrimSpace(as))
	}
	if target.Path == "" {
		return fmt.Errorf("%q is no image", entry)
	}
	h.Remember(img)
	for _, l := range img.Layers {
		_ = s.shelf.putBlob(l.Blob, l.Compressed)
	}
	return s.shelf.putManifest(target.Path, target.Tag, img.ID)
}

// Image is an image of the catalogue by any name, for worlds that begin with
// images already pulled. The error says that there is none.
func (h *Hub) Image(name string) (*Image, error) {
	ref, err := Normalise(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := Split(ref)
	img, err := h.catalogue.Find(p.Name(), p.Version())
	if img == nil && err == nil {
		err = fmt.Errorf("the catalogue has no image %s", name)
	}
	return img, err
}

// Remember keeps an image, so that its digest can be pulled.
func (h *Hub) Remember(i *Image) { h.images[i.ID] = i }

// byID finds an image that was pushed or pulled in this world.
func (h *Hub) byID(id string) *Image { return h.images[id] }

// LimitPulls lets anonymous users pull only so many more images from Docker Hub;
// a negative number ends the limit.
func (h *Hub) LimitPulls(left int) { h.limit = left }

func (h *Hub) server(host string) *Server {
	for _, s := range h.servers {
		if s.Host == host {
			return s
		}
	}
	return nil
}

// Has reports whether there is a registry of that host name.
func (h *Hub) Has(host string) bool { return h.server(host) != nil }

// SetUp makes a registry reachable or not.
func (h *Hub) SetUp(host string, up bool) {
	s := h.server(host)
	if s == nil {
		return
	}
	s.down = !up
	names := publicHosts()[host]
	if names == nil {
		name, _, _ := strings.Cut(host, ":")
		names = []string{name}
	}
	for _, name := range names {
		h.internet.SetDown(name, !up)
	}
}

// RegistryState is a registry for the screen and for goals.
type RegistryState struct {
	Host  string
	Up    bool
	Repos []RepositoryState
}

// RepositoryState is a repository with the tags that were pushed or pulled in
// this world.
type RepositoryState struct {
	Name    string
	Private bool
	Tags    []string
}

// Registries lists Docker Hub and the registries that the world declares, in
// that order; public hosts that nobody used are left out.
func (h *Hub) Registries() []RegistryState {
	var list []RegistryState
	public := publicHosts()
	for _, s := range h.servers {
		state := RegistryState{Host: s.Host, Up: !s.down}
		for _, name := range s.shelf.repositories() {
			state.Repos = append(state.Repos, RepositoryState{name, slices.Contains(s.private, name), s.shelf.tags(name)})
		}
		if s.Host == DockerHub || public[s.Host] == nil || len(state.Repos) > 0 {
			list = append(list, state)
		}
	}
	return list
}
