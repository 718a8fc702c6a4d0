package kubectl

import (
	"cmp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/kube/api"
	"drydock/sim/machine"
)

// session is one run's connection to an API server.
type session struct {
	p       *machine.Process
	server  *api.Server
	evict   func(namespace, name string) error
	running func(program string) bool
	address string // host:port, for messages
	url     string
	// authority is the certificate of the cluster's CA that kubeconfig has; insecure
	// that it does not matter.
	authority []byte
	insecure  bool
	proof     api.Credential
	user      api.User // who asks, or who is impersonated by --as
	change    string   // the verb by which the command changes objects
	// namespace is that of -n, of the context, or "default"; explicit that -n named it.
	namespace string
	explicit  bool
	// validation is how the fields of files are checked: "strict", "warn" or "ignore";
	// "" for commands that do not send them.
	validation string
	printed    int // how many objects were printed in YAML
}

// settings reads the kubeconfig file without talking to anybody.
func (f *factory) settings() (*session, error) {
	c, err := f.readConfig()
	if err != nil {
		return nil, err
	}
	cluster, context, err := f.chosen(c)
	if err != nil {
		return nil, err
	}
	s := &session{
		p: f.p, url: cmp.Or(f.flags.server, cluster.Server, "http://localhost:8080"), explicit: f.flags.namespace != "",
		namespace: cmp.Or(f.flags.namespace, context.Namespace, metav1.NamespaceDefault),
		change:    "patch",
	}
	if s.authority, s.insecure, err = f.trust(cluster); err != nil {
		return nil, err
	}
	if s.proof, err = f.credential(c, cmp.Or(f.flags.user, context.AuthInfo)); err != nil {
		return nil, err
	}
	_, s.address, _ = strings.Cut(s.url, "://")
	if s.address == "" {
		s.address = s.url
	}
	return s, nil
}

// session connects to the API server, once a run.
func (f *factory) session() (*session, error) {
	if f.opened != nil {
		return f.opened, nil
	}
	s, err := f.settings()
	if err != nil {
		return nil, err
	}
	if err := f.discover(s, f.connect(s)); err != nil {
		return nil, err
	}
	if err := f.identify(s); err != nil {
		return nil, err
	}
	f.opened = s
	return s, nil
}
