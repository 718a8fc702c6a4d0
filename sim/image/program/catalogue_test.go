package program

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"drydock/sim/image"
)

// TestTheProgramsThatImagesStartExist looks at what each image runs by default:
// tools that an image only carries may be missing, its own program may not.
func TestTheProgramsThatImagesStartExist(t *testing.T) {
	c := image.NewCatalogue()
	missing := map[string]string{}
	known := Names()
	for _, repo := range c.Repositories() {
		for _, tag := range c.Tags(repo) {
			img, err := c.Find(repo, tag)
			if err != nil {
				t.Fatal(err)
			}
			for _, layer := range img.Layers {
				for _, name := range layer.Files.Paths() {
					n := layer.Files.Get(name)
					base, _, _ := strings.Cut(n.Program, "@")
					if n.Program != "" && started(img, name) && !slices.Contains(known, base) && !strings.HasPrefix(base, "busybox:") {
						missing[base] = repo + ":" + tag
					}
				}
			}
		}
	}
	for _, elsewhere := range []string{"sh", "bash", "dash", "curl", "node"} {
		delete(missing, elsewhere)
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("%s starts %s, which no package declares", missing[name], name)
	}
}

// started reports whether the image starts a file, as its entrypoint or command.
func started(img *image.Image, file string) bool {
	words := append(img.Config.Entrypoint[:min(1, len(img.Config.Entrypoint))], img.Config.Cmd[:min(1, len(img.Config.Cmd))]...)
	return slices.ContainsFunc(words, func(w string) bool { return w == file || !strings.Contains(w, "/") && strings.HasSuffix(file, "/"+w) })
}
