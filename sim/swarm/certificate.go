package swarm

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// certificate is the root CA of a swarm as `docker swarm ca` shows it. It looks
// like one; nothing is signed in a simulated world.
type certificate struct{ pem, subject, key string }

// newCertificate makes the certificate that belongs to a swarm's tokens.
func newCertificate(seed string) certificate {
	var raw []byte
	for i := 0; len(raw) < 366; i++ {
		sum := sha256.Sum256([]byte(seed + string(rune('a'+i))))
		raw = append(raw, sum[:]...)
	}
	raw = raw[:366]
	copy(raw, []byte{0x30, 0x82, 0x01, 0x6a, 0x30, 0x82, 0x01, 0x10, 0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x14})
	subject := append([]byte{0x30, 0x13, 0x31, 0x11, 0x30, 0x0f, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x08}, "swarm-ca"...)
	key := append([]byte{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04}, raw[180:244]...)
	text := base64.StdEncoding.EncodeToString(raw)
	var b strings.Builder
	b.WriteString("-----BEGIN CERTIFICATE-----\n")
	for len(text) > 64 {
		b.WriteString(text[:64] + "\n")
		text = text[64:]
	}
	b.WriteString(text + "\n-----END CERTIFICATE-----\n")
	return certificate{b.String(), base64.StdEncoding.EncodeToString(subject), base64.StdEncoding.EncodeToString(key)}
}
