package image

import (
	"errors"
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/machine"
)

// site is a laptop with the internet.
func site(t *testing.T) (*machine.Site, *machine.Machine, *Hub) {
	t.Helper()
	s := machine.NewSite(clock.New(1, time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)))
	t.Cleanup(s.Clock.Close)
	hub := NewHub(s.Internet)
	return s, s.Add(machine.Config{Name: "laptop", Owner: machine.Root()}), hub
}

func TestPublicImagesAreFoundOverTheNetwork(t *testing.T) {
	_, laptop, hub := site(t)
	for _, name := range []string{"alpine", "nginx:alpine", "hello-world", "busybox", "python:3.12-slim", "redis:alpine", "postgres:16", "registry:2"} {
		img, err := hub.Resolve(name, laptop.Net, Credentials{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := hub.Resolve(WithDigest(name, img.ID), laptop.Net, Credentials{})
		if err != nil || again != img {
			t.Errorf("%s by digest: %v, %v", name, again, err)
		}
	}
}

func TestRefusalsHaveDockersWords(t *testing.T) {
	s, laptop, hub := site(t)
	for name, want := range map[string]string{
		"nginx:9.99":         `failed to resolve reference "docker.io/library/nginx:9.99": docker.io/library/nginx:9.99: not found`,
		"nosuchimage":        `pull access denied for nosuchimage, repository does not exist or may require 'docker login'`,
		"someuser/private":   `pull access denied for someuser/private, repository does not exist or may require 'docker login'`,
		"NGINX":              `invalid reference format: repository name (library/NGINX) must be lowercase`,
		"nginx:al:pine":      `invalid reference format`,
		"localhost:5999/web": `failed to resolve reference "localhost:5999/web:latest": failed to do request: Head "https://localhost:5999/v2/web/manifests/latest": dial tcp 127.0.0.1:5999: connect: connection refused`,
	} {
		if _, err := hub.Resolve(name, laptop.Net, Credentials{}); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, want)
		}
	}
	s.Internet.Down = true
	var e *Error
	if _, err := hub.Resolve("nginx", laptop.Net, Credentials{}); !errors.As(err, &e) || e.Kind != Unreachable {
		t.Errorf("without the internet: %v", err)
	}
}

func TestPushingNeedsTheRightUser(t *testing.T) {
	_, laptop, hub := site(t)
	img, _ := hub.Image("alpine:3.20")
	denied := "push access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
	learner := Credentials{DefaultUser, DefaultPassword}
	for name, c := range map[string]Credentials{"myapp": learner, "someuser/myapp": learner, "learner/myapp": {}} {
		if err := hub.Push(name, img, laptop.Net, c); err == nil || err.Error() != denied {
			t.Errorf("push %s as %q: %v", name, c.User, err)
		}
	}
	remote, _ := hub.Remote("someuser/myapp:1.0", Access{From: laptop.Net, Credentials: learner})
	if _, err := remote.HasLayer(img.Layers[0]); err == nil || err.Error() != denied {
		t.Errorf("a look at the layers before a push: %v", err)
	}
	if err := hub.Push("learner/myapp:1.0", img, laptop.Net, learner); err != nil {
		t.Fatal(err)
	}
	if got, err := hub.Resolve("learner/myapp:1.0", laptop.Net, Credentials{}); err != nil || got.ID != img.ID {
		t.Errorf("pull of what was pushed: %v, %v", got, err)
	}
}

func TestAPrivateRegistryAsksForALogin(t *testing.T) {
	_, laptop, hub := site(t)
	err := hub.Add(RegistryConfig{Host: "harbor.example.com", Users: map[string]string{"ada": "secret"},
		Private: []string{"team/web"}, Images: []string{"nginx:alpine as team/web:1.0", "alpine:3.20 as public/base:1"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Resolve("harbor.example.com/public/base:1", laptop.Net, Credentials{}); err != nil {
		t.Errorf("public repository: %v", err)
	}
	var e *Error
	if _, err := hub.Resolve("harbor.example.com/team/web:1.0", laptop.Net, Credentials{}); !errors.As(err, &e) || e.Kind != Unauthorized {
		t.Errorf("private repository without login: %v", err)
	}
	ada := Credentials{"ada", "secret"}
	if _, err := hub.Resolve("harbor.example.com/team/web:1.0", laptop.Net, ada); err != nil {
		t.Errorf("private repository after login: %v", err)
	}
	if err := hub.Login("harbor.example.com", Access{From: laptop.Net, Credentials: ada}); err != nil {
		t.Errorf("login: %v", err)
	}
	if err := hub.Login("harbor.example.com", Access{From: laptop.Net, Credentials: Credentials{"ada", "wrong"}}); err == nil {
		t.Error("login with a wrong password worked")
	}
	hub.SetUp("harbor.example.com", false)
	if _, err := hub.Resolve("harbor.example.com/team/web:1.0", laptop.Net, ada); !errors.Is(err, machine.ErrRefused) {
		t.Errorf("while it is down: %v", err)
	}
}

func TestTheRateLimitIsForAnonymousUsers(t *testing.T) {
	_, laptop, hub := site(t)
	hub.LimitPulls(1)
	if _, err := hub.Resolve("alpine", laptop.Net, Credentials{}); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if _, err := hub.Resolve("alpine", laptop.Net, Credentials{}); !errors.As(err, &e) || e.Kind != RateLimited {
		t.Errorf("the second pull: %v", err)
	}
	if _, err := hub.Resolve("alpine", laptop.Net, Credentials{DefaultUser, DefaultPassword}); err != nil {
		t.Errorf("with a login: %v", err)
	}
}
