package build

import (
	"strings"
	"testing"
)

const staged = `FROM alpine:3.20 AS build
WORKDIR /src
COPY . .
RUN echo a very big binary > /out

FROM build AS test
RUN cat /out

FROM alpine:3.20
COPY --from=build /out /app
CMD ["/app"]
`

func TestOnlyTheStagesThatAreNeededAreBuilt(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", staged)
	o := y.mustBuild()
	same(t, "steps", o.steps(), `done [build 1/4] FROM docker.io/library/alpine:3.20
done [build 2/4] WORKDIR /src
done [build 3/4] COPY . .
done [build 4/4] RUN echo a very big binary > /out
done [stage-2 2/2] COPY --from=build /out /app
done exporting to image
`)
	same(t, "the copied file", y.read(o.img, "/app"), "a very big binary\n")
	if len(o.img.Layers) != 2 {
		t.Errorf("the final image has %d layers; nothing of the build stage belongs into it", len(o.img.Layers))
	}
}

func TestATargetStageUsesTheCacheOfTheWholeBuild(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", staged)
	y.mustBuild()
	same(t, "steps", y.mustBuild(func(r *Request) { r.Target = "test" }).steps(), `done [build 1/4] FROM docker.io/library/alpine:3.20
cached [build 2/4] WORKDIR /src
cached [build 3/4] COPY . .
cached [build 4/4] RUN echo a very big binary > /out
done [test 1/1] RUN cat /out
done exporting to image
`)
	same(t, "failure", failure(t, y.build(func(r *Request) { r.Target = "nosuch" })), "target stage \"nosuch\" could not be found\n")
}

func TestCopyFromAnImageNeedsNoStage(t *testing.T) {
	y := newYard(t)
	far := baseImage()
	y.far["docker.io/library/tool:1"] = far
	y.file("Dockerfile", "FROM scratch\nCOPY --from=tool:1 /bin/sh /tool\n")
	o := y.mustBuild()
	if n := o.img.Layers[0].Files.Get("/tool"); n == nil || n.Program != "sh" {
		t.Errorf("the program was not copied: %v", n)
	}
	if !strings.Contains(o.steps(), " FROM docker.io/library/tool:1\n") {
		t.Errorf("steps:\n%s", o.steps())
	}
}

func TestIgnoredFilesAreNeitherSentNorCopied(t *testing.T) {
	y := newYard(t)
	y.file(".dockerignore", "*.md\nnode_modules\n!KEEP.md\n")
	y.file("README.md", "no\n")
	y.file("KEEP.md", "yes\n")
	y.file("node_modules/x/index.js", "no\n")
	y.file("src/app.js", "yes\n")
	y.file("Dockerfile", "FROM alpine:3.20\nCOPY . /app\n")
	o := y.mustBuild()
	same(t, "files", strings.Join(o.img.Layers[1].Files.Paths(), " "), "/app /app/.dockerignore /app/Dockerfile /app/KEEP.md /app/src /app/src/app.js")
}

func TestCopyingADirectoryCopiesWhatIsInIt(t *testing.T) {
	y := newYard(t)
	y.file("src/a.txt", "a\n")
	y.file("src/deep/b.txt", "b\n")
	y.file("one.txt", "1\n")
	y.file("two.txt", "2\n")
	y.file("Dockerfile", "FROM alpine:3.20\nCOPY src /dir\nCOPY *.txt /texts/\nCOPY --chown=app --chmod=755 one.txt /renamed\n")
	img := y.mustBuild().img
	same(t, "a file of the directory", y.read(img, "/dir/deep/b.txt"), "b\n")
	same(t, "a file of the pattern", y.read(img, "/texts/two.txt"), "2\n")
	n := img.Layers[3].Files.Get("/renamed")
	if n == nil || n.UID != 1000 || n.Mode.Perm() != 0o755 {
		t.Errorf("--chown and --chmod: %+v", n)
	}
}

func TestIdenticalStepsOfSeveralStagesRunOnce(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20 AS a\nRUN echo x > /x\nFROM alpine:3.20 AS b\nRUN echo x > /x\nFROM scratch\nCOPY --from=a /x /a\nCOPY --from=b /x /b\n")
	y.mustBuild()
	if y.runs != 1 {
		t.Errorf("%d runs", y.runs)
	}
}
