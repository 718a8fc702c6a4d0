package image

import (
	"encoding/base64"
	"errors"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"drydock/sim/machine"
)

// Credentials are what a machine is logged in with at one registry; empty ones
// are anonymous.
type Credentials struct{ User, Password string }

// Access is how an engine reaches registries: over its machine's network, with
// what it is logged in with.
type Access struct {
	From        *machine.Namespace
	Credentials Credentials
	// Insecure allows plain HTTP on other hosts than localhost (the daemon's
	// insecure-registries).
	Insecure bool
	// Strict wants TLS on this machine's own addresses too, as Podman does.
	Strict bool
}

// ErrorKind says why a registry did not do what was asked.
type ErrorKind int

// Kinds of registry errors.
const (
	NotFound     ErrorKind = iota // no such tag or repository
	Denied                        // not for this user, or the repository does not exist
	Unauthorized                  // a login is needed, or the password is wrong
	RateLimited                   // Docker Hub's pull limit
	Unreachable                   // the connection failed
	Broken                        // the registry answered with an error of its own
)

// Error is a registry's refusal. Its text is what dockerd 29.7.2 (containerd 2.3)
// says after "Error response from daemon: ".
type Error struct {
	Kind ErrorKind
	Text string
	// Delay is how long it took to find out, where that is noticeable.
	Delay time.Duration
	// Cause is the network's error for Unreachable, else nil.
	Cause error
}

func (e *Error) Error() string { return e.Text }
func (e *Error) Unwrap() error { return e.Cause }

// Remote is a repository in a registry as seen from one machine.
type Remote struct {
	hub    *Hub
	access Access
	ref    string // normalised
	parts  Parts
}

// Remote opens the repository of a reference. Nothing is sent yet; the error is
// about the reference.
func (h *Hub) Remote(name string, access Access) (*Remote, error) {
	ref, err := Normalise(name)
	if err != nil {
		return nil, err
	}
	return &Remote{hub: h, access: access, ref: ref, parts: Split(ref)}, nil
}

// Resolve finds the image that a reference means, over the network. Errors are
// *Error, or about the reference.
func (h *Hub) Resolve(name string, from *machine.Namespace, c Credentials) (*Image, error) {
	r, err := h.Remote(name, Access{From: from, Credentials: c})
	if err != nil {
		return nil, err
	}
	return r.Resolve()
}

// Push sends an image with all layers that are missing. Engines that show
// progress use Remote step by step.
func (h *Hub) Push(name string, img *Image, from *machine.Namespace, c Credentials) error {
	r, err := h.Remote(name, Access{From: from, Credentials: c})
	if err != nil {
		return err
	}
	for _, l := range img.Layers {
		there, err := r.HasLayer(l)
		if err == nil && !there {
			err = r.PutLayer(l)
		}
		if err != nil {
			return err
		}
	}
	return r.PutManifest(img)
}

// Resolve fetches the manifest and returns the image.
func (r *Remote) Resolve() (*Image, error) {
	version := r.parts.Version()
	for _, method := range []string{"HEAD", "GET"} {
		answer, url, err := r.do(method, "/v2/"+r.parts.Path+"/manifests/"+version, "", nil)
		if err != nil {
			return nil, r.failed(fmt.Sprintf("failed to resolve reference %q: failed to do request: ", r.ref), method, url, err)
		}
		if answer.Status != http.StatusOK {
			return nil, r.refused(method, url, answer)
		}
		if img := r.hub.byID(header(answer.Header, "Docker-Content-Digest")); img != nil && method == "GET" {
			return img, nil
		}
	}
	return nil, &Error{Kind: NotFound, Text: fmt.Sprintf("failed to resolve reference %q: %s: not found", r.ref, r.ref)}
}

// refused words an answer to Resolve that is not the manifest.
func (r *Remote) refused(method, url string, answer machine.Response) error {
	before := fmt.Sprintf("failed to resolve reference %q: ", r.ref)
	switch answer.Status {
	case http.StatusNotFound:
		return &Error{Kind: NotFound, Text: before + r.ref + ": not found"}
	case http.StatusUnauthorized:
		if !r.onDockerHub() && r.access.Credentials.User == "" {
			return &Error{Kind: Unauthorized, Text: before +
				"pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials"}
		}
		return &Error{Kind: Denied, Text: "pull access denied for " + FamiliarName(r.ref) + ", repository does not exist or may require 'docker login'"}
	case http.StatusTooManyRequests:
		return &Error{Kind: RateLimited, Text: fmt.Sprintf("%sunexpected status from %s request to %s: 429 Too Many Requests\n%s",
			before, method, url, "toomanyrequests: "+message(answer.Body))}
	}
	return &Error{Kind: kindOf(answer.Status), Text: before + unexpected(method, url, answer.Status)}
}

func kindOf(status int) ErrorKind {
	if status == http.StatusForbidden {
		return Denied
	}
	return Broken
}

func unexpected(method, url string, status int) string {
	return fmt.Sprintf("unexpected status from %s request to %s: %d %s", method, url, status, http.StatusText(status))
}

// message takes the text out of a registry's JSON error.
func message(body string) string {
	_, rest, ok := strings.Cut(body, `"message":"`)
	text, _, _ := strings.Cut(rest, `"`)
	if !ok {
		return body
	}
	return text
}

// HasLayer reports whether the registry holds a layer already.
func (r *Remote) HasLayer(l *Layer) (bool, error) {
	answer, url, err := r.do("HEAD", "/v2/"+r.parts.Path+"/blobs/"+l.Blob, "", []string{scopeHeader + ": " + pushScope})
	switch {
	case err != nil:
		return false, r.failed("failed to do request: ", "Head", url, err)
	case answer.Status == http.StatusOK:
		return true, nil
	case answer.Status == http.StatusNotFound:
		return false, nil
	}
	return false, r.pushRefused("HEAD", url, answer.Status)
}

// PutLayer uploads a layer. The time that takes is the caller's: see UploadRate.
func (r *Remote) PutLayer(l *Layer) error {
	path := "/v2/" + r.parts.Path + "/blobs/uploads/?digest=" + l.Blob
	answer, url, err := r.do("POST", path, "", []string{"Content-Length: " + strconv.FormatInt(l.Compressed, 10)})
	if err != nil {
		return r.failed("failed to do request: ", "Post", url, err)
	}
	if answer.Status != http.StatusCreated {
		return r.pushRefused("POST", url, answer.Status)
	}
	return nil
}

// PutManifest names the image in the registry; its layers must be there.
func (r *Remote) PutManifest(img *Image) error {
	r.hub.Remember(img)
	answer, url, err := r.do("PUT", "/v2/"+r.parts.Path+"/manifests/"+r.parts.Version(), img.Manifest(),
		[]string{"Content-Type: " + img.ManifestMediaType(), "Docker-Content-Digest: " + img.ID})
	if err != nil {
		return r.failed("failed to do request: ", "Put", url, err)
	}
	if answer.Status != http.StatusCreated {
		return r.pushRefused("PUT", url, answer.Status)
	}
	return nil
}

func (r *Remote) pushRefused(method, url string, status int) error {
	denied := "push access denied, repository does not exist or may require authorization: "
	switch {
	case status == http.StatusUnauthorized && !r.onDockerHub():
		return &Error{Kind: Unauthorized, Text: denied + "authorization failed: no basic auth credentials"}
	case r.onDockerHub() && (status == http.StatusUnauthorized || status == http.StatusForbidden):
		return &Error{Kind: Denied, Text: denied + "server message: insufficient_scope: authorization failed"}
	}
	return &Error{Kind: kindOf(status), Text: unexpected(method, url, status)}
}

func (r *Remote) onDockerHub() bool { return r.parts.Host == DockerHub }

// do sends one request to the registry. Hosts on the machine itself may speak
// plain HTTP.
func (r *Remote) do(method, path, body string, header []string) (machine.Response, string, error) {
	host, port := r.endpoint()
	url := "https://" + host
	if port != 443 || strings.Contains(r.parts.Host, ":") {
		url += ":" + strconv.Itoa(port)
	}
	url += path
	answer, err := r.try("https", host, port, method, path, body, header)
	if errors.Is(err, machine.ErrNoTLS) && (r.access.Insecure || isLoopback(host) && !r.access.Strict) {
		answer, err = r.try("http", host, port, method, path, body, header)
	}
	return answer, url, err
}

func (r *Remote) try(proto, host string, port int, method, path, body string, header []string) (machine.Response, error) {
	conn, err := r.access.From.Dial(host, port, "tcp")
	if err != nil {
		return machine.Response{}, err
	}
	if c := r.access.Credentials; c.User != "" {
		header = append(header, "Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte(c.User+":"+c.Password)))
	}
	header = append(header, "User-Agent: docker/29.7.2 go/go1.26.8 git-commit/drydock kernel/"+machine.KernelRelease+" os/linux arch/amd64 UpstreamClient(Docker-Client/29.7.2 \\(linux\\))")
	answer := conn.Do(machine.Request{Proto: proto, Method: method, Host: r.parts.Host, Path: path, Header: header, Body: body})
	if answer.Err == nil && answer.Status == 0 {
		answer.Err = machine.ErrReset
	}
	return answer, answer.Err
}

// endpoint is the host and port that a registry's name stands for.
func (r *Remote) endpoint() (string, int) {
	if r.onDockerHub() {
		return "registry-1.docker.io", 443
	}
	if host, port, err := net.SplitHostPort(r.parts.Host); err == nil {
		if n, err := strconv.Atoi(port); err == nil {
			return host, n
		}
	}
	return r.parts.Host, 443
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// failed words a request that got no answer, as Go's HTTP client does.
func (r *Remote) failed(before, method, url string, err error) error {
	method = method[:1] + strings.ToLower(method[1:])
	host, port := r.endpoint()
	e := &Error{Kind: Unreachable, Cause: err}
	e.Text = fmt.Sprintf("%s%s %q: %s", before, method, url, r.dialText(host, port, err))
	if errors.Is(err, machine.ErrTimeout) {
		e.Delay = 30 * time.Second
	}
	return e
}

func (r *Remote) dialText(host string, port int, err error) string {
	switch {
	case errors.Is(err, machine.ErrUnknownHost):
		return "dial tcp: " + lookupText(r.access.From, host)
	case errors.Is(err, machine.ErrNoTLS):
		return "http: server gave HTTP response to HTTPS client"
	}
	at := host
	if addrs, lookup := r.access.From.LookupHost(host); lookup == nil && len(addrs) > 0 {
		at = addrs[0].String()
	}
	at = net.JoinHostPort(at, strconv.Itoa(port))
	switch {
	case errors.Is(err, machine.ErrTimeout):
		return "dial tcp " + at + ": i/o timeout"
	case errors.Is(err, machine.ErrReset):
		return "EOF"
	}
	return "dial tcp " + at + ": connect: " + err.Error()
}

// lookupText is how Go's resolver reports that the name server gave no answer.
// A site's router forwards names that the internet has; for others, and while
// the internet is down, nothing listens on its port 53.
func lookupText(from *machine.Namespace, host string) string {
	m := from.Machine
	server := m.Site.LAN.Gateway
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(host))
	return fmt.Sprintf("lookup %s on %s:53: read udp %s:%d->%s:53: read: connection refused",
		host, server, m.Addr, 32768+sum.Sum32()%28000, server)
}

// Login checks a name and a password at a registry ("docker.io", "localhost:5000").
// The error's text is what `docker login` prints after "Error response from daemon: ".
func (h *Hub) Login(host string, access Access) error {
	r := &Remote{hub: h, access: access, ref: host, parts: Parts{Host: host}}
	answer, url, err := r.do("GET", "/v2/", "", nil)
	switch {
	case err != nil:
		return r.failed("", "Get", url, err)
	case answer.Status == http.StatusOK:
		return nil
	case host == DockerHub:
		return &Error{Kind: Unauthorized, Text: `Get "` + url + `": unauthorized: incorrect username or password`}
	}
	return &Error{Kind: Unauthorized, Text: fmt.Sprintf("login attempt to %s failed with status: %d %s", url, answer.Status, http.StatusText(answer.Status))}
}
