package image

import (
	"strings"
	"testing"
)

func TestTheWholeCatalogueCanBeMade(t *testing.T) {
	if err := NewCatalogue().Check(); err != nil {
		t.Fatal(err)
	}
}

func TestFamiliesDeclareTheirRepositoriesOnTheFirstLine(t *testing.T) {
	entries, _ := catalogueFiles.ReadDir("catalogue")
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, "sets-") {
			continue
		}
		data, _ := catalogueFiles.ReadFile("catalogue/" + name)
		f, err := parseFamily(name, data)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if first := firstLineRepositories(data[:min(len(data), 1000)]); strings.Join(first, " ") != strings.Join(f.Repositories, " ") || len(first) == 0 {
			t.Errorf("%s: the first line lists %q, the file %q", name, first, f.Repositories)
		}
	}
}

func BenchmarkOpenCatalogue(b *testing.B) {
	for b.Loop() {
		NewCatalogue()
	}
}

func BenchmarkFindNginxAlpine(b *testing.B) {
	for b.Loop() {
		if i, err := NewCatalogue().Find("docker.io/library/nginx", "alpine"); i == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMakeEverything(b *testing.B) {
	for b.Loop() {
		if err := NewCatalogue().Check(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNoRepositoryIsDeclaredTwice(t *testing.T) {
	entries, _ := catalogueFiles.ReadDir("catalogue")
	owner := map[string]string{}
	for _, e := range entries {
		for _, repo := range firstLineRepositories(beginning("catalogue/" + e.Name())) {
			if repo == "" {
				continue
			}
			if other := owner[repo]; other != "" {
				t.Errorf("%s is declared by %s and by %s", repo, other, e.Name())
			}
			owner[repo] = e.Name()
		}
	}
}
