package api

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Credential is how a client says who it is: a certificate in PEM or a bearer token.
// One with neither is anonymous.
type Credential struct {
	Certificate []byte
	Token       string
}

// credentialID is where Extra tells which credential was shown.
const credentialID = "authentication.kubernetes.io/credential-id"

// clientYear is how long a client's certificate is good for (kubeadm's default).
const clientYear = 365 * 24 * time.Hour

// authority is the key of the cluster's certificate authority, made of the cluster's
// beginning so that every run of a world has the same.
func (s *Server) authority() ed25519.PrivateKey {
	if s.key == nil {
		s.key = keyOf("kubernetes-ca")
	}
	return s.key
}

func keyOf(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// Root is the certificate of the cluster's authority in PEM, by which clients know
// the server.
func (s *Server) Root() []byte {
	if made, known := s.Memo.Get("authority"); known {
		s.certificate, _ = made.([]byte)
	}
	if s.certificate == nil {
		der, err := x509.CreateCertificate(bytes.NewReader(nil), s.root(), s.root(), s.authority().Public(), s.authority())
		if err != nil {
			return nil
		}
		s.certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		s.Memo.Keep("authority", s.certificate)
	}
	return bytes.Clone(s.certificate)
}

func (s *Server) root() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: new(big.Int), Subject: pkix.Name{CommonName: "kubernetes"}, IsCA: true, BasicConstraintsValid: true,
		PublicKey: s.authority().Public(), PublicKeyAlgorithm: x509.Ed25519, KeyUsage: x509.KeyUsageCertSign,
	}
}

// Certify makes a client's certificate and key in PEM, signed by the cluster's
// authority: the common name is the user, the organisations are the groups.
func (s *Server) Certify(u User) (certificate, key []byte, err error) {
	name := "certificate " + s.Clock.Now().Truncate(time.Second).String() + " " + u.Name + " " + strings.Join(u.Groups, ",")
	if made, known := s.Memo.Get(name); known {
		pair, _ := made.([2][]byte)
		return pair[0], pair[1], nil
	}
	if certificate, key, err = s.certify(u); err == nil {
		s.Memo.Keep(name, [2][]byte{certificate, key})
	}
	return certificate, key, err
}

func (s *Server) certify(u User) (certificate, key []byte, err error) {
	private := keyOf("client " + u.Name)
	serial := sha256.Sum256([]byte(u.Name + strings.Join(u.Groups, ",")))
	begin := s.Clock.Now().Truncate(time.Second)
	leaf := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]), Subject: pkix.Name{CommonName: u.Name, Organization: u.Groups},
		NotBefore: begin, NotAfter: begin.Add(clientYear),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(bytes.NewReader(serial[:]), leaf, s.root(), private.Public(), s.authority())
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}

// Authenticate finds out who shows a credential. A wrong or expired one is
// Unauthorized; none at all is system:anonymous.
func (s *Server) Authenticate(c Credential) (User, error) {
	refused := apierrors.NewUnauthorized("Unauthorized")
	switch {
	case c.Token != "":
		if u, ok := s.bearer(c.Token); ok {
			return u, nil
		}
		return User{}, refused
	case len(c.Certificate) == 0:
		return User{Name: "system:anonymous", Groups: []string{groupUnauthenticated}}, nil
	}
	leaf, err := s.verified(c.Certificate)
	if err != nil || s.Clock.Now().After(leaf.NotAfter) {
		return User{}, refused
	}
	print := sha256.Sum256(leaf.Raw)
	return User{
		Name: leaf.Subject.CommonName, Groups: slices.Clone(leaf.Subject.Organization),
		Extra: []Extra{{credentialID, []string{"X509SHA256=" + hex.EncodeToString(print[:])}}},
	}, nil
}

// verified reads a client's certificate that the cluster's authority has signed.
func (s *Server) verified(text []byte) (*x509.Certificate, error) {
	name := "verified " + string(text)
	if made, known := s.Memo.Get(name); known {
		if leaf, ok := made.(*x509.Certificate); ok {
			return leaf, nil
		}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no certificate")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err == nil {
		err = s.root().CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature)
	}
	if err != nil {
		return nil, err
	}
	s.Memo.Keep(name, leaf)
	return leaf, nil
}

// claims are what a service account's token says.
type claims struct {
	Audience   []string `json:"aud"`
	Expires    int64    `json:"exp"`
	Issued     int64    `json:"iat"`
	Issuer     string   `json:"iss"`
	ID         string   `json:"jti"`
	Kubernetes struct {
		Namespace string `json:"namespace"`
		Pod       *bound `json:"pod,omitempty"`
		Account   bound  `json:"serviceaccount"`
	} `json:"kubernetes.io"`
	NotBefore int64  `json:"nbf"`
	Subject   string `json:"sub"`
}

// bound names an object that a token ends with.
type bound struct {
	Name string `json:"name"`
	UID  string `json:"uid"`
}

// issuer is who signs tokens, and whom they are for.
const issuer = "https://kubernetes.default.svc.cluster.local"

// Token makes a service account's token, good for a time; one for a pod (nil for
// none) ends with it.
func (s *Server) Token(account *corev1.ServiceAccount, pod *corev1.Pod, life time.Duration) string {
	now := s.Clock.Now()
	c := claims{Audience: []string{issuer}, Issuer: issuer, Issued: now.Unix(), NotBefore: now.Unix(), Expires: now.Add(life).Unix(), Subject: accountPrefix + account.Namespace + ":" + account.Name}
	c.Kubernetes.Namespace = account.Namespace
	c.Kubernetes.Account = bound{account.Name, string(account.UID)}
	id := c.Subject + now.String()
	if pod != nil {
		c.Kubernetes.Pod = &bound{pod.Name, string(pod.UID)}
		id += string(pod.UID)
	}
	sum := sha256.Sum256([]byte(id))
	h := hex.EncodeToString(sum[:16])
	c.ID = h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-8" + h[17:20] + "-" + h[20:]
	body, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	text := encode64([]byte(`{"alg":"EdDSA","kid":"`+encode64(sum[:8])+`"}`)) + "." + encode64(body)
	if made, known := s.Memo.Get("token " + text); known {
		if signed, ok := made.(string); ok {
			return signed
		}
	}
	signed := text + "." + encode64(ed25519.Sign(keyOf("service-account"), []byte(text)))
	s.Memo.Keep("token "+text, signed)
	return signed
}

func encode64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// bearer reads a token: its signature, its time, and what it is bound to must be right.
func (s *Server) bearer(token string) (User, bool) {
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return User{}, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || !ed25519.Verify(ed25519.PublicKey(keyOf("service-account")[32:]), []byte(token[:at]), signature) {
		return User{}, false
	}
	_, text, _ := strings.Cut(token[:at], ".")
	body, err := base64.RawURLEncoding.DecodeString(text)
	var c claims
	if err != nil || json.Unmarshal(body, &c) != nil || s.Clock.Now().Unix() >= c.Expires {
		return User{}, false
	}
	k := c.Kubernetes
	account, found := s.ServiceAccounts.Get(k.Namespace, k.Account.Name)
	if !found || string(account.UID) != k.Account.UID {
		return User{}, false
	}
	u := User{Name: c.Subject, UID: k.Account.UID, Extra: []Extra{{credentialID, []string{"JTI=" + c.ID}}}}
	u.Groups = u.AllGroups()[:2]
	if k.Pod == nil {
		return u, true
	}
	pod, found := s.Pods.Get(k.Namespace, k.Pod.Name)
	u.Extra = append(u.Extra, Extra{"authentication.kubernetes.io/pod-name", []string{k.Pod.Name}}, Extra{"authentication.kubernetes.io/pod-uid", []string{k.Pod.UID}})
	return u, found && string(pod.UID) == k.Pod.UID
}
