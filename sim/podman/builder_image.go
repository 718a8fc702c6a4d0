package podman

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"drydock/sim/image"
)

// known reports an instruction of the Containerfile language.
func known(word string) bool {
	return slices.Contains([]string{"from", "run", "cmd", "label", "maintainer", "expose", "env", "add", "copy", "entrypoint", "volume",
		"user", "workdir", "arg", "onbuild", "stopsignal", "healthcheck", "shell"}, strings.ToLower(word))
}

// unknown words an instruction that there is not, with the dump of the step that
// imagebuilder prints.
func (b *builder) unknown(node *parser.Node, parent *image.Image) error {
	env := []string{}
	if parent != nil {
		env = parent.Config.Env
	}
	dump := fmt.Sprintf("&imagebuilder.Step{Env:%#v, Command:%q, Args:[]string{\"\"}, Flags:[]string{}, Attrs:map[string]bool(nil), Message:\"%s \", Heredocs:[]parser.Heredoc(nil), Original:%q}",
		env, strings.ToLower(node.Value), strings.ToUpper(node.Value), node.Original)
	b.c.logLine("error", "+(UNHANDLED LOGLEVEL) "+dump)
	return fmt.Errorf("building at STEP %q: Build error: Unknown instruction: %q %s", strings.ToUpper(node.Value)+" ", strings.ToUpper(node.Value), dump)
}

// finish makes Buildah's image of what the other builder made: its history, its
// label, an OCI image without an index. The times are still to come.
func (b *builder) finish(s *stage, node *parser.Node, raw, parent *image.Image, comment string) *image.Image {
	next := &image.Image{
		Config: raw.Config.Clone(), Layers: slices.Clone(raw.Layers), Author: raw.Author, Architecture: raw.Architecture,
		Vulnerabilities: raw.Vulnerabilities, Local: true,
	}
	if b.o.format != "docker" {
		next.Config.Healthcheck = nil
	}
	next.Config.Labels = mergeLabels(next.Config.Labels, b.c.variables(b.o.labels))
	line := image.History{CreatedBy: "/bin/sh -c #(nop) " + node.Original, Empty: true}
	if n := len(raw.History); n > 0 && n > s.raw {
		line.Empty = raw.History[n-1].Empty
		line.CreatedBy = createdBy(node, raw, raw.History[n-1].CreatedBy)
	}
	line.Comment = comment
	if parent != nil {
		next.History = slices.Clone(parent.History)
	}
	next.History = append(next.History, line)
	s.raw = len(raw.History)
	return next
}

func mergeLabels(own, more map[string]string) map[string]string {
	labels := map[string]string{"io.buildah.version": BuildahVersion}
	for k, v := range own {
		labels[k] = v
	}
	for k, v := range more {
		labels[k] = v
	}
	return labels
}

// createdBy is an instruction as Buildah's history tells it.
func createdBy(node *parser.Node, img *image.Image, raw string) string {
	const nop = "/bin/sh -c #(nop) "
	word := strings.ToUpper(node.Value)
	switch word {
	case "RUN":
		return strings.TrimSuffix(strings.TrimPrefix(raw, "RUN "), " # buildkit")
	case "ARG":
		name, _, _ := strings.Cut(node.Next.Value, "=")
		return nop + "ARG " + name
	case "COPY", "ADD":
		fields := strings.Fields(node.Original)
		kind := "file"
		if len(fields) > 3 || strings.HasSuffix(fields[1], ".") || strings.HasSuffix(fields[1], "/") {
			kind = "dir"
		}
		sum := image.Digest("")
		if n := len(img.Layers); n > 0 {
			sum = img.Layers[n-1].Digest
		}
		return nop + word + " " + kind + ":" + strings.TrimPrefix(sum, "sha256:") + " in " + fields[len(fields)-1]
	}
	_, rest, _ := strings.Cut(node.Original, " ")
	return nop + word + " " + strings.TrimSpace(rest)
}

// seal gives the image its digests: Buildah's images have no index.
func (b *builder) seal(i *image.Image) { sealPlain(i, b.o.format) }

func sealPlain(i *image.Image, format string) {
	i.Schema2 = format == "docker"
	i.Seal()
	i.ID = i.ManifestDigest
}
