package image

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"drydock/sim/machine"
)

// Server answers for a registry: the HTTP API of the OCI distribution
// specification 1.1, in the words of distribution 2.8 (the registry:2 image).
type Server struct {
	Host string
	TLS  bool

	shelf   shelf
	hub     *Hub
	users   map[string]string
	private []string
	down    bool
	// namespaced: pushing needs an account, and goes only to its own namespace.
	namespaced bool
	// hideMissing: a repository that does not exist is denied, not missing, as
	// Docker Hub does so that nobody can find out which private ones there are.
	hideMissing bool
	// locked: every request needs a login (registry:2 with htpasswd).
	locked bool
	// verify takes the place of users where passwords are kept elsewhere.
	verify Passwords
}

// Serve answers one request.
func (s *Server) Serve(r machine.Request) machine.Response {
	switch {
	case r.Proto != "http" && r.Proto != "https":
		return machine.Response{Err: machine.ErrReset}
	case r.Proto == "https" && !s.TLS:
		return machine.Response{Err: machine.ErrNoTLS}
	}
	path, _, _ := strings.Cut(r.Path, "?")
	rest, ok := strings.CutPrefix(path, "/v2/")
	switch {
	case path == "/" || path == "":
		return machine.Response{Status: http.StatusOK}
	case path == "/v2":
		return machine.Response{Status: http.StatusMovedPermanently, Header: []string{"Location: /v2/"},
			Body: "<a href=\"/v2/\">Moved Permanently</a>.\n\n"}
	case !ok:
		return machine.Response{Status: http.StatusNotFound, Header: []string{"Content-Type: text/plain; charset=utf-8"}, Body: "404 page not found\n"}
	}
	user, known := s.authenticate(r)
	if !known || s.locked && user == "" {
		return s.refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	}
	switch {
	case rest == "":
		return s.json(http.StatusOK, struct{}{})
	case rest == "_catalog":
		return s.json(http.StatusOK, map[string]any{"repositories": append([]string{}, s.shelf.repositories()...)})
	}
	return s.repository(r, rest, user)
}

// authenticate finds out who asks; ok is false for a wrong password. A registry
// without accounts does not look at passwords.
func (s *Server) authenticate(r machine.Request) (user string, ok bool) {
	if s.verify == nil && len(s.users) == 0 {
		return "", true
	}
	for _, h := range r.Header {
		name, value, _ := strings.Cut(h, ": ")
		if !strings.EqualFold(name, "Authorization") {
			continue
		}
		plain, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(value, "Basic "))
		user, password, _ := strings.Cut(string(plain), ":")
		want, there := s.users[user]
		if s.verify != nil {
			there, want = s.verify(user, password), password
		}
		if err != nil || !there || want != password {
			return "", false
		}
		return user, true
	}
	return "", true
}

// scopeHeader tells what a client is about to do. The real ones ask a token
// server for the right to push before they look which layers are there.
const (
	scopeHeader = "Registry-Scope"
	pushScope   = "pull,push"
)

// repository answers for a path below /v2/ that names a repository.
func (s *Server) repository(r machine.Request, rest, user string) machine.Response {
	write := r.Method != "GET" && r.Method != "HEAD" && r.Method != "" || header(r.Header, scopeHeader) == pushScope
	for _, part := range []string{"/manifests/", "/blobs/uploads/", "/blobs/", "/tags/"} {
		i := strings.LastIndex("/"+rest, part)
		if i < 1 {
			continue
		}
		repo, item := rest[:i-1], rest[i-1+len(part):]
		if refusal, ok := s.authorise(repo, user, write); !ok {
			return refusal
		}
		switch part {
		case "/manifests/":
			return s.manifest(r, repo, item, user)
		case "/tags/":
			return s.tagList(repo)
		case "/blobs/uploads/":
			return s.upload(r, repo)
		default:
			return s.blob(r, item)
		}
	}
	return machine.Response{Status: http.StatusNotFound, Header: []string{"Content-Type: text/plain; charset=utf-8"}, Body: "404 page not found\n"}
}

// authorise decides whether a user may read or write a repository.
func (s *Server) authorise(repo, user string, write bool) (machine.Response, bool) {
	owner, _, _ := strings.Cut(repo, "/")
	own := user != "" && (!s.namespaced || owner == user)
	switch {
	case write && (s.namespaced || len(s.users) > 0) && !own,
		!write && slices.Contains(s.private, repo) && !own:
		if user == "" {
			return s.refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required"), false
		}
		return s.refuse(http.StatusForbidden, "DENIED", "requested access to the resource is denied"), false
	}
	return machine.Response{}, true
}

func (s *Server) manifest(r machine.Request, repo, version, user string) machine.Response {
	switch r.Method {
	case "PUT":
		return s.putManifest(r, repo, version)
	case "DELETE":
		if s.shelf.removeManifest(repo, version) {
			return machine.Response{Status: http.StatusAccepted}
		}
		return s.refuse(http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown")
	}
	if m, ok := s.shelf.(*memoryShelf); ok && s.hideMissing && !m.known(repo) {
		return s.refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required")
	}
	digest := s.shelf.manifest(repo, version)
	img := s.image(repo, digest)
	if img == nil {
		return s.refuse(http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown")
	}
	if s.Host == DockerHub && user == "" && !r.Probe && s.hub.limit == 0 {
		return s.refuse(http.StatusTooManyRequests, "TOOMANYREQUESTS",
			"You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit")
	}
	if s.Host == DockerHub && user == "" && !r.Probe && s.hub.limit > 0 && r.Method == "GET" {
		s.hub.limit--
	}
	body := img.Manifest()
	response := machine.Response{Status: http.StatusOK, Body: body, Header: []string{
		"Content-Type: " + img.ManifestMediaType(), "Docker-Content-Digest: " + digest, "Docker-Distribution-Api-Version: registry/2.0",
		"Content-Length: " + strconv.Itoa(len(body)),
	}}
	if r.Method == "HEAD" {
		response.Body = ""
	}
	return response
}

// image finds the content behind a digest.
func (s *Server) image(repo, digest string) *Image {
	if digest == "" {
		return nil
	}
	if img := s.hub.byID(digest); img != nil {
		return img
	}
	img, err := s.hub.catalogue.Find(s.Host+"/"+repo, digest)
	if err != nil || img == nil {
		return nil
	}
	s.hub.Remember(img)
	return img
}

func (s *Server) putManifest(r machine.Request, repo, version string) machine.Response {
	digest := header(r.Header, "Docker-Content-Digest")
	if digest == "" || s.hub.byID(digest) == nil {
		return s.refuse(http.StatusBadRequest, "MANIFEST_INVALID", "manifest invalid")
	}
	if err := s.shelf.putManifest(repo, version, digest); err != nil {
		return s.refuse(http.StatusInternalServerError, "UNKNOWN", "unknown error")
	}
	return machine.Response{Status: http.StatusCreated, Header: []string{
		"Docker-Content-Digest: " + digest, fmt.Sprintf("Location: /v2/%s/manifests/%s", repo, digest)}}
}

func (s *Server) tagList(repo string) machine.Response {
	tags := s.shelf.tags(repo)
	if m, ok := s.shelf.(*memoryShelf); ok && m.catalogue != nil && m.catalogue.Has(s.Host+"/"+repo) {
		tags = m.catalogue.Tags(s.Host + "/" + repo)
	}
	if len(tags) == 0 {
		return s.errorBody(http.StatusNotFound, "NAME_UNKNOWN", "repository name not known to registry", map[string]string{"name": repo})
	}
	return s.json(http.StatusOK, struct {
		Name string   `json:"name"`
		Tags []string `json:"tags"`
	}{repo, tags})
}

// upload takes a blob in one request, as clients do for small ones.
func (s *Server) upload(r machine.Request, repo string) machine.Response {
	_, query, _ := strings.Cut(r.Path, "?")
	digest, ok := strings.CutPrefix(query, "digest=")
	if !ok {
		return machine.Response{Status: http.StatusAccepted, Header: []string{"Location: /v2/" + repo + "/blobs/uploads/"}}
	}
	size, _ := strconv.ParseInt(header(r.Header, "Content-Length"), 10, 64)
	if err := s.shelf.putBlob(digest, size); err != nil {
		return s.refuse(http.StatusInternalServerError, "UNKNOWN", "unknown error")
	}
	return machine.Response{Status: http.StatusCreated, Header: []string{"Docker-Content-Digest: " + digest}}
}

func (s *Server) blob(r machine.Request, digest string) machine.Response {
	if r.Method == "HEAD" || r.Method == "GET" {
		if s.shelf.hasBlob(digest) {
			return machine.Response{Status: http.StatusOK, Header: []string{"Docker-Content-Digest: " + digest}}
		}
		return s.refuse(http.StatusNotFound, "BLOB_UNKNOWN", "blob unknown to registry")
	}
	return s.refuse(http.StatusMethodNotAllowed, "UNSUPPORTED", "The operation is unsupported.")
}

func (s *Server) refuse(status int, code, message string) machine.Response {
	return s.errorBody(status, code, message, nil)
}

func (s *Server) errorBody(status int, code, message string, detail any) machine.Response {
	type item struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Detail  any    `json:"detail"`
	}
	r := s.json(status, map[string][]item{"errors": {{code, message, detail}}})
	if status == http.StatusUnauthorized {
		r.Header = append(r.Header, `Www-Authenticate: Basic realm="Registry Realm"`)
	}
	return r
}

func (s *Server) json(status int, body any) machine.Response {
	text, _ := json.Marshal(body)
	return machine.Response{Status: status, Body: string(text) + "\n", Header: []string{
		"Content-Type: application/json; charset=utf-8", "Docker-Distribution-Api-Version: registry/2.0"}}
}

func header(list []string, name string) string {
	for _, h := range list {
		n, v, _ := strings.Cut(h, ":")
		if strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
