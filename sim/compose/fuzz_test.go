package compose

import (
	"strings"
	"testing"
)

// FuzzFiles gives Compose files that nobody would write: it may refuse them, it
// must not fall over, and it says the same every time.
func FuzzFiles(f *testing.F) {
	f.Add(shop)
	f.Add("services:\n  a:\n    image: x\n    extends: {file: compose.yaml, service: a}\n")
	f.Add("include: [compose.yaml]\nservices: {a: {image: b}}\n")
	f.Add("services:\n  a:\n    build: {context: ., args: [A]}\n    ports: ['1-3:5-7', {target: 1, published: '9'}]\n")
	f.Add("services: {a: {image: '${X:?no}', environment: ['A', 'B=$$'], deploy: {replicas: -1}}}\nx-a: &a {b: *c}\n")
	f.Add("services:\n  a:\n    image: alpine:3.20\n    network_mode: service:a\n    volumes: ['~/x:/y', {type: npipe, source: a, target: b}]\n    secrets: [s]\nsecrets: {s: {external: true}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 {
			return
		}
		l := newLab(t, text, "alpine:3.20")
		first, status := l.run("config")
		again, _ := l.run("config")
		if strings.Count(first, "level=") == 0 && first != again {
			t.Errorf("two answers:\n%s\n%s", first, again)
		}
		if status == 0 {
			l.run("--dry-run up -d --no-build")
			l.run("create --pull never --no-build")
			l.run("down")
		}
	})
}
