package kubectl

import (
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"

	"drydock/sim/kube/api"
)

// credential is what the kubeconfig's user, or the flag --token, shows to the server.
func (f *factory) credential(c clientcmd.Config, user string) (api.Credential, error) {
	var proof api.Credential
	for _, n := range c.AuthInfos {
		if n.Name != user {
			continue
		}
		info := n.AuthInfo
		proof = api.Credential{Certificate: info.ClientCertificateData, Token: info.Token}
		for _, from := range []struct {
			path string
			to   func([]byte)
		}{
			{info.ClientCertificate, func(b []byte) { proof.Certificate = b }},
			{info.TokenFile, func(b []byte) { proof.Token = strings.TrimSpace(string(b)) }},
		} {
			if from.path == "" {
				continue
			}
			text, err := f.p.ReadFile(from.path)
			if err != nil {
				return proof, fmt.Errorf("unable to read %s for %s due to open %s: no such file or directory", "client-cert", user, from.path)
			}
			from.to(text)
		}
	}
	if f.flags.user != "" && !hasUser(c, f.flags.user) {
		return proof, fmt.Errorf("auth info %q does not exist", f.flags.user)
	}
	if f.flags.token != "" {
		proof.Token = f.flags.token
	}
	return proof, nil
}

func hasUser(c clientcmd.Config, name string) bool {
	for _, n := range c.AuthInfos {
		if n.Name == name {
			return true
		}
	}
	return false
}

// identify lets the server find out who asks, and whom --as puts in that one's place.
// A backend without a network is the administrator's own.
func (f *factory) identify(s *session) error {
	var err error
	if s.user, err = s.server.Authenticate(s.proof); err != nil {
		return errors.New("You must be logged in to the server (Unauthorized)") //nolint:staticcheck // kubectl's words
	}
	if f.backend.Reach == nil && s.proof.Token == "" && s.proof.Certificate == nil {
		s.user = api.User{Name: "kubernetes-admin", Groups: []string{"system:masters"}}
	}
	if f.flags.as == "" {
		if len(f.flags.groups) > 0 {
			return errors.New("requesting uid, groups or user-extra without impersonating a user")
		}
		return nil
	}
	return s.impersonate(f.flags.as, f.flags.groups)
}

// impersonate puts another user in the place of the session's, who has to be allowed
// to do so (apiserver/pkg/endpoints/filters/impersonation).
func (s *session) impersonate(name string, groups []string) error {
	resource, namespace, who := "users", "", name
	if rest, is := strings.CutPrefix(name, "system:serviceaccount:"); is {
		resource = "serviceaccounts"
		namespace, who, _ = strings.Cut(rest, ":")
	}
	if err := s.server.Authorize(s.user, "impersonate", "", resource, "", namespace, who); err != nil {
		return err
	}
	for _, g := range groups {
		if err := s.server.Authorize(s.user, "impersonate", "", "groups", "", "", g); err != nil {
			return err
		}
	}
	s.user = api.User{Name: name, Groups: groups}
	if name == "system:anonymous" && len(groups) == 0 {
		s.user.Groups = []string{"system:unauthenticated"}
	}
	return nil
}

// guard puts the server's door before a kind: what the session's user may not do is
// refused, and the server's warnings are printed.
func (s *session) guard(c api.Collection) api.Collection {
	if c == nil {
		return nil
	}
	return s.server.Guard(c, s.user, s.change, func(text string) { s.p.Errorf("Warning: %s\n", text) })
}

// may asks whether the session's user may do something with a target, or with a
// subresource of it.
func (t target) may(verb, subresource string) error {
	if g, is := t.collection.(api.Guarded); is {
		return g.May(verb, subresource, t.namespace, t.name)
	}
	return nil
}

// mayList asks whether the session's user may list a kind in a namespace, or in all.
func mayList(c api.Collection, namespace string) error {
	if g, is := c.(api.Guarded); is {
		return g.May("list", "", namespace, "")
	}
	return nil
}

// forbidden reports that the server refused a request to this user.
func forbidden(err error) bool { return apierrors.IsForbidden(err) }
