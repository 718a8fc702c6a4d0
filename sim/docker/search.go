package docker

import (
	"errors"
	"slices"
	"strings"

	"drydock/sim/clock"
	"drydock/sim/image"
)

// SearchResult is one repository that a search of Docker Hub found.
type SearchResult struct {
	Name        string
	Description string
	Stars       int
	Official    bool
}

// Search looks for repositories of Docker Hub by a part of their name, most
// stars first.
func (e *Engine) Search(p *clock.Proc, term string) ([]SearchResult, error) {
	p.Sleep(e.latency(image.DockerHub + "/x"))
	if err := e.searchable(p, term); err != nil {
		return nil, err
	}
	about := searchTexts()
	var found []SearchResult
	for _, repo := range e.Hub.Catalogue().Repositories() {
		parts := image.Split(repo)
		name, official := strings.CutPrefix(parts.Path, "library/")
		if parts.Host != image.DockerHub || !strings.Contains(name, strings.ToLower(term)) {
			continue
		}
		r := SearchResult{Name: name, Official: official, Stars: about[name].stars, Description: about[name].text}
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b SearchResult) int { return b.Stars - a.Stars })
	return found, nil
}

// searchable reports why Docker Hub cannot be asked, in the words of a search.
func (e *Engine) searchable(p *clock.Proc, term string) error {
	err := e.Hub.Login(image.DockerHub, image.Access{From: e.Machine.Net})
	var failed *image.Error
	if !errors.As(err, &failed) || failed.Kind != image.Unreachable {
		return nil
	}
	p.Sleep(failed.Delay)
	text := strings.ReplaceAll(failed.Text, "registry-1.docker.io/v2/", "index.docker.io/v1/search?q="+term+"&n=25")
	return errors.New(strings.ReplaceAll(text, "registry-1.docker.io", "index.docker.io"))
}

type searchText struct {
	stars int
	text  string
}

// searchTexts are what Docker Hub says about well-known repositories, with the
// stars that they had in 2025, rounded.
func searchTexts() map[string]searchText {
	return map[string]searchText{
		"alpine":         {11300, "A minimal Docker image based on Alpine Linux with a complete package index and only 5 MB in size!"},
		"busybox":        {3400, "Busybox base image."},
		"debian":         {5200, "Debian is a Linux distribution that's composed entirely of free and open-source software."},
		"ubuntu":         {17400, "Ubuntu is a Debian-based Linux operating system based on free software."},
		"nginx":          {20900, "Official build of Nginx."},
		"httpd":          {4900, "The Apache HTTP Server Project"},
		"traefik":        {3500, "Traefik, The Cloud Native Edge Router"},
		"caddy":          {920, "Caddy 2 is a powerful, enterprise-ready, open source web server with automatic HTTPS written in Go."},
		"redis":          {13500, "Redis is the world's fastest data platform for caching, vector search, and NoSQL databases."},
		"postgres":       {14500, "The PostgreSQL object-relational database system provides reliability and data integrity."},
		"mysql":          {15900, "MySQL is a widely used, open-source relational database management system (RDBMS)."},
		"mariadb":        {6000, "MariaDB Server is a high performing open source relational database, forked from MySQL."},
		"mongo":          {10500, "MongoDB document databases provide high availability and easy scalability."},
		"memcached":      {2300, "Free & open source, high-performance, distributed memory object caching system."},
		"rabbitmq":       {5200, "RabbitMQ is an open source multi-protocol messaging broker."},
		"python":         {10200, "Python is an interpreted, interactive, object-oriented, open-source programming language."},
		"node":           {14000, "Node.js is a JavaScript-based platform for server-side and networking applications."},
		"golang":         {5000, "Go (golang) is a general purpose, higher-level, imperative programming language."},
		"hello-world":    {2500, "Hello World! (an example of minimal Dockerization)"},
		"registry":       {4100, "Distribution implementation for storing and distributing of container images and artifacts"},
		"docker":         {2500, "Docker in Docker!"},
		"wordpress":      {6000, "The WordPress rich content management system can utilize plugins, widgets, and themes."},
		"traefik/whoami": {40, "Tiny Go webserver that prints OS information and HTTP request to output."},
	}
}
