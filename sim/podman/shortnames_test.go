package podman

import (
	"slices"
	"testing"
)

func TestRegistriesAreReadFromTheirFile(t *testing.T) {
	r := registries{aliases: map[string]alias{}}
	r.read("a.conf", `# search here
unqualified-search-registries = [
  "registry.fedoraproject.org", # first
  "docker.io",
]
short-name-mode = "permissive"
[aliases]
"hello" = "quay.io/podman/hello"
[[registry]]
location = "localhost:5000"
insecure = true
`)
	if !slices.Equal(r.search, []string{"registry.fedoraproject.org", "docker.io"}) || r.mode != "permissive" || r.from != "a.conf" {
		t.Errorf("search %q in mode %q from %q", r.search, r.mode, r.from)
	}
	if r.aliases["hello"].target != "quay.io/podman/hello" || !r.mayBeInsecure("localhost:5000/a:1") || r.mayBeInsecure("docker.io/library/nginx:1") {
		t.Errorf("aliases %v, insecure %v", r.aliases, r.insecure)
	}
}

func FuzzRegistriesFile(f *testing.F) {
	f.Add("unqualified-search-registries = [\"docker.io\"]\n[aliases]\na = \"b/c\"\n")
	f.Add("[[registry]]\nlocation=\"x\"\ninsecure=true\n[\n=\"")
	f.Fuzz(func(t *testing.T, text string) {
		r := registries{aliases: map[string]alias{}}
		r.read("f", text)
		if r.search != nil && r.from != "f" {
			t.Errorf("the list is from %q", r.from)
		}
	})
}
