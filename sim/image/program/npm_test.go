package program

import (
	"strings"
	"testing"
)

const shopPackage = `{"name": "shop", "version": "1.0.0", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.1.0"}}`

// shop is a node container with a package.json in its working directory.
func shop(t *testing.T, pkg string) *box {
	b := newHarbour(t).run("shop", "node:22-alpine", nil, nil, "true")
	if err := b.fs.WriteFile("/package.json", []byte(pkg), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNpmInstallsWhatThePackageAsksFor(t *testing.T) {
	b := shop(t, shopPackage)
	out := b.exec("npm", "install")
	if !strings.Contains(out, "\nadded 68 packages, and audited 69 packages in ") || !strings.HasSuffix(out, "\nfound 0 vulnerabilities\n") {
		t.Errorf("install printed %q", out)
	}
	if got := b.exec("npm", "ls"); got != "shop@1.0.0 /\n`-- express@5.1.0\n" {
		t.Errorf("ls printed %q", got)
	}
	if got := b.exec("node", "-e", "console.log(typeof require('express'))"); got != "function\n" {
		t.Errorf("require: %q", got)
	}
	if got := b.exec("npm", "ci"); !strings.Contains(got, "\nadded 68 packages") {
		t.Errorf("ci after install printed %q", got)
	}
}

func TestNpmSaysWhatIsWrong(t *testing.T) {
	for _, tc := range []struct {
		pkg  string
		args []string
		want string
	}{
		{shopPackage, []string{"ci"}, "npm error The `npm ci` command can only install with an existing package-lock.json or\n"},
		{shopPackage, []string{"run", "build"}, "npm error Missing script: \"build\"\n"},
		{shopPackage, []string{"install", "no-such-thing"}, "npm error code E404\n"},
		{"{", []string{"install"}, "npm error code EJSONPARSE\n"},
		{shopPackage, []string{"outdated"}, "npm: 'npm outdated' is part of npm, but this simulator does not have it\n"},
	} {
		if got := shop(t, tc.pkg).exec(append([]string{"npm"}, tc.args...)...); !strings.Contains(got, tc.want) {
			t.Errorf("npm %v printed\n%s", tc.args, got)
		}
	}
}

func TestAServerInNodeTalksToRedis(t *testing.T) {
	h := newHarbour(t)
	h.run("redis", "redis:alpine", nil, nil)
	b := h.run("web", "node:22-alpine", nil, nil, "node", "-e", `
const { createClient } = require('redis')
const client = createClient({ url: 'redis://redis:6379' })
require('http').createServer(async (req, res) => res.end('visit ' + await client.incr('visits'))).listen(3000)
client.connect().then(() => console.log('connected'))`)
	if got := b.out.String(); !strings.Contains(got, "Cannot find module 'redis'") {
		t.Fatalf("before it is installed: %q", got)
	}
	b.exec("npm", "install", "redis")
	b.start(b.process.Args...)
	for _, want := range []string{"visit 1", "visit 2"} {
		if got := b.get(3000, "/"); got.Body != want {
			t.Errorf("%+v, want %q; it said\n%s", got, want, b.out.String())
		}
	}
}
