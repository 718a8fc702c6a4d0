package generate

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Files reads the files that flags name. List gives the names in a directory, and
// false for what is none.
type Files struct {
	Read func(name string) ([]byte, error)
	List func(name string) ([]string, bool)
}

// Sources are the flags that fill a ConfigMap or a Secret.
type Sources struct {
	Literals []string // key=value
	Files    []string // path, or key=path
	EnvFiles []string
}

// entries reads all sources in the order kubectl does: files, literals, env files.
// add gets every key and value.
func (s Sources) entries(f Files, add func(key string, value []byte) error) error {
	if len(s.EnvFiles) > 0 && (len(s.Files) > 0 || len(s.Literals) > 0) {
		return fmt.Errorf("from-env-file cannot be combined with from-file or from-literal")
	}
	for _, source := range s.Files {
		if err := fileEntries(source, f, add); err != nil {
			return err
		}
	}
	for _, literal := range s.Literals {
		k, v, found := strings.Cut(literal, "=")
		if !found || k == "" {
			return fmt.Errorf("invalid literal source %s, expected key=value", literal)
		}
		if len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			v = v[1 : len(v)-1]
		}
		if err := add(k, []byte(v)); err != nil {
			return err
		}
	}
	for _, name := range s.EnvFiles {
		if err := envFileEntries(name, f, add); err != nil {
			return err
		}
	}
	return nil
}

func fileEntries(source string, f Files, add func(string, []byte) error) error {
	key, name, found := strings.Cut(source, "=")
	if !found {
		name, key = source, path.Base(source)
		if names, dir := f.List(source); dir {
			for _, n := range names {
				if data, err := f.Read(path.Join(source, n)); err == nil && validation.IsConfigMapKey(n) == nil {
					if err := add(n, data); err != nil {
						return err
					}
				}
			}
			return nil
		}
	}
	if key == "" || name == "" {
		return fmt.Errorf("key name or file path for file source %s missing", source)
	}
	data, err := f.Read(name)
	if err != nil {
		return fmt.Errorf("error reading %s: no such file or directory", name)
	}
	return add(key, data)
}

func envFileEntries(name string, f Files, add func(string, []byte) error) error {
	data, err := f.Read(name)
	if err != nil {
		return fmt.Errorf("error reading %s: no such file or directory", name)
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := strings.TrimLeft(lines.Text(), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		k, v, _ := strings.Cut(line, "=")
		if problems := validation.IsEnvVarName(k); len(problems) > 0 {
			return fmt.Errorf("%q is not a valid key name: %s", k, strings.Join(problems, ";"))
		}
		if err := add(k, []byte(v)); err != nil {
			return err
		}
	}
	return nil
}

// ConfigMap makes what `kubectl create configmap NAME` sends: text as data, other
// bytes as binaryData. Errors name the wrong source.
func ConfigMap(name string, s Sources, f Files) (*corev1.ConfigMap, error) {
	cm := &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: metav1.ObjectMeta{Name: name}}
	err := s.entries(f, func(key string, value []byte) error {
		if problems := validation.IsConfigMapKey(key); len(problems) > 0 {
			return fmt.Errorf("%q is not a valid key name for a ConfigMap: %s", key, strings.Join(problems, ","))
		}
		_, text := cm.Data[key]
		if _, binary := cm.BinaryData[key]; text || binary {
			return fmt.Errorf("cannot add key %q, another key by that name already exists in Data for ConfigMap %q", key, name)
		}
		if utf8.Valid(value) {
			if cm.Data == nil {
				cm.Data = map[string]string{}
			}
			cm.Data[key] = string(value)
			return nil
		}
		if cm.BinaryData == nil {
			cm.BinaryData = map[string][]byte{}
		}
		cm.BinaryData[key] = value
		return nil
	})
	return cm, err
}

// Secret makes what `kubectl create secret generic NAME` sends; kind "" is Opaque.
func Secret(name, kind string, s Sources, f Files) (*corev1.Secret, error) {
	secret := newSecret(name, corev1.SecretType(kind))
	if kind == "" {
		secret.Type = corev1.SecretTypeOpaque
	}
	err := s.entries(f, func(key string, value []byte) error {
		if problems := validation.IsConfigMapKey(key); len(problems) > 0 {
			return fmt.Errorf("%q is not valid key name for a Secret %s", key, strings.Join(problems, ";"))
		}
		if _, found := secret.Data[key]; found {
			return fmt.Errorf("cannot add key %s, another key by that name already exists", key)
		}
		if secret.Data == nil {
			secret.Data = map[string][]byte{}
		}
		secret.Data[key] = value
		return nil
	})
	return secret, err
}

func newSecret(name string, kind corev1.SecretType) *corev1.Secret {
	return &corev1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: name}, Type: kind}
}

// Registry is the account of `kubectl create secret docker-registry`.
type Registry struct{ Server, Username, Password, Email string }

// DockerRegistrySecret makes the secret that image pulls use.
func DockerRegistrySecret(name string, r Registry) (*corev1.Secret, error) {
	if r.Server == "" {
		r.Server = "https://index.docker.io/v1/"
	}
	type account struct {
		Username string `json:"username,omitempty"`
		Password string `json:"password,omitempty"`
		Email    string `json:"email,omitempty"`
		Auth     string `json:"auth,omitempty"`
	}
	auth := base64.StdEncoding.EncodeToString([]byte(r.Username + ":" + r.Password))
	data, err := json.Marshal(map[string]map[string]account{"auths": {r.Server: {r.Username, r.Password, r.Email, auth}}})
	if err != nil {
		return nil, err
	}
	s := newSecret(name, corev1.SecretTypeDockerConfigJson)
	s.Data = map[string][]byte{corev1.DockerConfigJsonKey: data}
	return s, nil
}

// TLSSecret makes what `kubectl create secret tls NAME --cert --key` sends, after the
// check that the key belongs to the certificate.
func TLSSecret(name, cert, key string, f Files) (*corev1.Secret, error) {
	certificate, err := f.Read(cert)
	if err != nil {
		return nil, fmt.Errorf("Cannot read file %s, open %s: no such file or directory", cert, cert) //nolint:staticcheck // kubectl's words
	}
	private, err := f.Read(key)
	if err != nil {
		return nil, fmt.Errorf("Cannot read file %s, open %s: no such file or directory", key, key) //nolint:staticcheck // kubectl's words
	}
	if _, err := tls.X509KeyPair(certificate, private); err != nil {
		return nil, err
	}
	s := newSecret(name, corev1.SecretTypeTLS)
	s.Data = map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: private}
	return s, nil
}
