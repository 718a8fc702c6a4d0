package kubectl

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// unreachableError is that no answer came from the API server: the URL of kubeconfig,
// and what the network or TLS had against it in Go's words.
type unreachableError struct{ url, host, why string }

// Error is how kubectl ends (cmd/util's MessageForURLError).
func (e unreachableError) Error() string {
	if strings.Contains(e.why, "connection refused") {
		return "The connection to the server " + e.host + " was refused - did you specify the right host or port?"
	}
	return "Unable to connect to the server: " + e.why
}

// plainHTTPError is the API server's answer, 400, to a request without TLS.
type plainHTTPError struct{ doing, what string }

// Error is client-go's text for a 400 that is no Status.
func (e plainHTTPError) Error() string {
	text := "Error from server (BadRequest): "
	if e.doing != "" {
		text += e.doing + ": "
	}
	text += "the server rejected our request for an unknown reason"
	if e.what != "" {
		text += " (" + e.what + ")"
	}
	return text
}

// listing says what was to be listed when a request without TLS was refused.
func (f *factory) listing(err error, args []string) error {
	if _, plain := err.(plainHTTPError); !plain || len(args) != 1 || f.backend.Server == nil { //nolint:errorlint // only as it is
		return err
	}
	c := f.backend.Server.Find(args[0])
	if c == nil {
		return err
	}
	k := c.Type()
	return plainHTTPError{fmt.Sprintf("Unable to list %q", k.Group+"/"+k.Version+", Resource="+k.Resource), "get " + k.GroupResource().String()}
}

// connect reaches the API server by the address of the kubeconfig file.
func (f *factory) connect(s *session) error {
	s.server, s.evict, s.running = f.backend.Server, f.backend.Evict, f.backend.Running
	if f.backend.Reach != nil {
		if err := f.askUsername(s); err != nil {
			return err
		}
		server, err := f.backend.Reach(f.p, s.url)
		var answer apierrors.APIStatus
		switch {
		case errors.As(err, &answer):
			return err
		case err != nil:
			return unreachableError{s.url, s.address, f.networkWords(s, err)}
		}
		if strings.HasPrefix(s.url, "http://") {
			return plainHTTPError{}
		}
		if strings.HasPrefix(s.url, "https://") && !s.insecure && !bytes.Equal(s.authority, server.Root()) {
			return unreachableError{s.url, s.address, "tls: failed to verify certificate: x509: certificate signed by unknown authority"}
		}
		s.server = server
	}
	if s.server == nil || s.server.Ready != nil && !s.server.Ready() {
		return unreachableError{s.url, s.address, "dial tcp " + s.address + ": connect: " + machine.ErrRefused.Error()}
	}
	return nil
}

// askUsername asks who it is when neither kubeconfig nor flags say so and the server
// speaks TLS (clientcmd's prompting loader). No server takes a password any more.
func (f *factory) askUsername(s *session) error {
	if !strings.HasPrefix(s.url, "https://") || s.proof.Token != "" || len(s.proof.Certificate) > 0 {
		return nil
	}
	for _, what := range []string{"Username", "Password"} {
		f.p.Printf("Please enter %s: ", what)
		if _, err := readLine(f.p.Stdin); err != nil {
			return errors.New("EOF")
		}
	}
	return nil
}

// readLine reads up to the end of a line; io.EOF when there is nothing.
func readLine(r io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return string(line), err
		}
	}
}

// networkWords is a failed connection as Go's net package words it. What nobody
// answers lasts as long as the request may, else kubectl's 32 seconds.
func (f *factory) networkWords(s *session, err error) string {
	host, port := hostPort(s.url)
	if errors.Is(err, machine.ErrUnknownHost) || errors.Is(err, machine.ErrTryAgain) {
		why := "no such host"
		if errors.Is(err, machine.ErrTryAgain) {
			why = "server misbehaving"
		}
		return fmt.Sprintf("dial tcp: lookup %s on %s:53: %s", host, f.p.Machine.Site.LAN.Gateway, why)
	}
	if addrs, lookup := f.p.Net.LookupHost(host); lookup == nil && len(addrs) > 0 {
		host = addrs[0].String()
	}
	switch {
	case errors.Is(err, machine.ErrTimeout):
		f.p.Sleep(f.patience())
		return fmt.Sprintf("dial tcp %s:%s: i/o timeout", host, port)
	case errors.Is(err, machine.ErrReset): // a load balancer with nobody behind it hangs up
		return "EOF"
	case errors.Is(err, machine.ErrNoTLS):
		return "http: server gave HTTP response to HTTPS client"
	}
	return fmt.Sprintf("dial tcp %s:%s: connect: %v", host, port, err)
}

// dialTimeout is how long kubectl waits for a connection (client-go's transport).
const dialTimeout = 30 * time.Second

func (f *factory) patience() time.Duration {
	if d, err := time.ParseDuration(f.flags.timeout); err == nil && d > 0 {
		return min(d, dialTimeout)
	}
	return dialTimeout
}

func hostPort(server string) (host, port string) {
	u, err := url.Parse(server)
	if err != nil {
		return server, "443"
	}
	return u.Hostname(), cmp.Or(u.Port(), map[string]string{"http": "80"}[u.Scheme], "443")
}

// discoveryTries is how often a command asks for the server's kinds before it gives
// up (kubectl v1.37).
const discoveryTries = 5

// discover finds out what kinds the server has, unless an earlier run left that in
// the cache below ~/.kube.
func (f *factory) discover(s *session, unreachable error) error {
	file := path.Join(f.p.User.Home, ".kube", "cache", "discovery", strings.ReplaceAll(s.address, ":", "_"), "servergroups.json")
	if f.given("cache-dir") {
		file = path.Join(f.global.Lookup("cache-dir").Value.String(), "discovery", strings.ReplaceAll(s.address, ":", "_"), "servergroups.json")
	}
	_, missing := f.p.ReadFile(file)
	var e unreachableError
	if missing == nil || unreachable != nil && !errors.As(unreachable, &e) {
		return unreachable
	}
	if unreachable == nil {
		_ = f.p.FS.MkdirAll(path.Dir(file), 0o750, f.p.User.UID, f.p.User.GID)
		_ = f.p.WriteFile(file, []byte(groupList(s.server)+"\n"))
		return nil
	}
	timeout := "32s"
	if f.given("request-timeout") {
		timeout = f.flags.timeout
	}
	for range discoveryTries {
		f.p.Errorf("E%s %7d memcache.go:381] \"Couldn't get current server API group list\" err=%q\n", f.p.Now().UTC().Format("0102 15:04:05.000000"), f.p.PID,
			fmt.Sprintf("Get %q: %s", e.url+"/api?timeout="+timeout, e.why))
		f.p.Sleep(700 * time.Microsecond)
	}
	return unreachable
}

// direct connects for a command that knows its kind and so needs no discovery.
func (f *factory) direct() (*session, error) {
	if f.opened != nil {
		return f.opened, nil
	}
	s, err := f.settings()
	if err != nil {
		return nil, err
	}
	if err := f.connect(s); err != nil {
		return s, err
	}
	if err := f.identify(s); err != nil {
		return nil, err
	}
	f.opened = s
	return s, nil
}

// posting is the error of a creation that did not reach the server, with the request.
func posting(err error, failed string, t target) error {
	var e unreachableError
	if !errors.As(err, &e) || failed == "" {
		return err
	}
	return fmt.Errorf("%s: Post %q: %s", failed, e.url+kindPath(t.collection.Type(), t.namespace)+"?fieldManager=kubectl-create&fieldValidation=Strict", e.why)
}

// kindPath is where the API server has the objects of a kind.
func kindPath(k api.Kind, namespace string) string {
	root := "/apis/" + k.GroupVersion.String()
	if k.Group == "" {
		root = "/api/" + k.Version
	}
	if k.Namespaced && namespace != "" {
		root += "/namespaces/" + namespace
	}
	return root + "/" + k.Resource
}
