package describe

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

func (p *page) configMap(c *corev1.ConfigMap) {
	p.identity(c)
	p.line(0, "")
	p.line(0, "Data")
	p.line(0, "====")
	for _, k := range names(c.Data) {
		p.line(0, "%s:", k)
		p.line(0, "----")
		p.line(0, "%s", c.Data[k])
		p.line(0, "")
	}
	p.line(0, "")
	p.line(0, "BinaryData")
	p.line(0, "====")
	for _, k := range names(c.BinaryData) {
		p.line(0, "%s: %d bytes", k, len(c.BinaryData[k]))
	}
	p.line(0, "")
	p.eventTable()
}

func (p *page) secret(s *corev1.Secret) {
	p.identity(s)
	p.line(0, "")
	p.field(0, "Type", s.Type)
	p.line(0, "")
	p.line(0, "Data")
	p.line(0, "====")
	for _, k := range names(s.Data) {
		if k == corev1.ServiceAccountTokenKey && s.Type == corev1.SecretTypeServiceAccountToken {
			p.field(0, k, string(s.Data[k]))
			continue
		}
		p.field(0, k, fmt.Sprintf("%d bytes", len(s.Data[k])))
	}
}

func (p *page) serviceAccount(a *corev1.ServiceAccount) {
	p.identity(a)
	var pull, mountable, tokens []string
	for _, r := range a.ImagePullSecrets {
		pull = append(pull, r.Name)
	}
	for _, r := range a.Secrets {
		mountable = append(mountable, r.Name)
	}
	for _, s := range p.server.Secrets.List(a.Namespace) {
		if s.Type == corev1.SecretTypeServiceAccountToken && s.Annotations[corev1.ServiceAccountNameKey] == a.Name {
			tokens = append(tokens, s.Name)
		}
	}
	p.list("Image pull secrets", pull)
	p.list("Mountable secrets", mountable)
	p.list("Tokens", tokens)
	p.eventTable()
}
