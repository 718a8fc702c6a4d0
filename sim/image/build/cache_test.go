package build

import (
	"strings"
	"testing"
	"time"

	"drydock/sim/image"
)

const pythonish = `FROM alpine:3.20
WORKDIR /app
COPY requirements.txt .
RUN echo installed > /deps
COPY app.py .
CMD ["python", "app.py"]
`

func TestASecondBuildTakesEverythingFromTheCache(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", pythonish)
	y.file("requirements.txt", "flask\n")
	y.file("app.py", "v1\n")
	first := y.mustBuild()
	second := y.mustBuild()
	same(t, "steps", second.steps(), `done [1/5] FROM docker.io/library/alpine:3.20
cached [2/5] WORKDIR /app
cached [3/5] COPY requirements.txt .
cached [4/5] RUN echo installed > /deps
cached [5/5] COPY app.py .
done exporting to image
`)
	if first.img.ConfigDigest != second.img.ConfigDigest || first.img.ManifestDigest != second.img.ManifestDigest {
		t.Error("the same content must give the same configuration and manifest")
	}
	if first.img.ID == second.img.ID {
		t.Error("each build signs its image anew, so the image IDs differ")
	}
}

func TestAChangedFileBreaksTheCacheFromItsCopyOn(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", pythonish)
	y.file("requirements.txt", "flask\n")
	y.file("app.py", "v1\n")
	y.mustBuild()
	y.file("requirements.txt", "flask\nredis\n")
	same(t, "steps", y.mustBuild().steps(), `done [1/5] FROM docker.io/library/alpine:3.20
cached [2/5] WORKDIR /app
done [3/5] COPY requirements.txt .
done [4/5] RUN echo installed > /deps
done [5/5] COPY app.py .
done exporting to image
`)
}

func TestTouchingAFileDoesNotBreakTheCache(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nCOPY app.py /\n")
	y.file("app.py", "v1\n")
	y.mustBuild()
	y.clock.Advance(1e12)
	y.file("app.py", "v1\n")
	if got := y.mustBuild().steps(); !strings.Contains(got, "cached [2/2] COPY app.py /") {
		t.Errorf("only the time of the file changed, but:\n%s", got)
	}
}

func TestNoCacheRunsAgainButMakesNoDirectoriesAnew(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", pythonish)
	y.file("requirements.txt", "flask\n")
	y.file("app.py", "v1\n")
	y.mustBuild()
	same(t, "steps", y.mustBuild(func(r *Request) { r.NoCache = true }).steps(), `done [1/5] FROM docker.io/library/alpine:3.20
cached [2/5] WORKDIR /app
done [3/5] COPY requirements.txt .
done [4/5] RUN echo installed > /deps
done [5/5] COPY app.py .
done exporting to image
`)
}

func TestABuildArgumentIsPartOfTheCacheKey(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nARG COLOR=blue\nRUN echo paint > /color\n")
	y.mustBuild()
	red := func(r *Request) { r.Args = map[string]string{"COLOR": "red"} }
	y.mustBuild(red)
	if y.runs != 2 {
		t.Errorf("another value must run the step again: %d runs", y.runs)
	}
	y.mustBuild(red)
	if y.runs != 2 {
		t.Errorf("the same value must not: %d runs", y.runs)
	}
}

func TestTheCacheSurvivesTheImageUntilItIsPruned(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo x > /x\n")
	img := y.mustBuild().img
	y.store.Untag("docker.io/library/app:latest")
	y.store.Remove(img.ID)
	y.mustBuild()
	if y.runs != 1 {
		t.Errorf("the cache is gone with the image: %d runs", y.runs)
	}
	y.store.Remove(y.store.ByRef("docker.io/library/app:latest").ID)
	y.host.Cache.Prune(func(r *Record) bool { return !Shared(r, y.store) })
	y.mustBuild()
	if y.runs != 2 {
		t.Errorf("a pruned step must run again: %d runs", y.runs)
	}
}

func TestTheBaseIsCachedOnlyWhereItsFilesWereNeededBefore(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo a\n")
	if got := y.mustBuild().steps(); !strings.HasPrefix(got, "done [1/2] FROM") {
		t.Errorf("the first use of a base is not cached:\n%s", got)
	}
	y.file("Dockerfile", "FROM alpine:3.20\nRUN echo b\n")
	if got := y.mustBuild().steps(); !strings.HasPrefix(got, "cached [1/2] FROM") {
		t.Errorf("the second is:\n%s", got)
	}
}

func TestAnImageFromTheRegistryIsFetchedOnceAndNotNamed(t *testing.T) {
	y := newYard(t)
	far := baseImage()
	far.Author = "somebody"
	y.far["docker.io/library/busybox:latest"] = far.Seal()
	y.store.Remove(baseImage().ID)
	y.file("Dockerfile", "FROM busybox\nRUN echo a\n")
	first := y.mustBuild()
	if !strings.Contains(first.out, "extracting sha256:") {
		t.Errorf("the layers were not fetched:\n%s", first.out)
	}
	if y.store.ByRef("docker.io/library/busybox:latest") != nil {
		t.Error("BuildKit does not name the images that it fetches")
	}
	y.file("Dockerfile", "FROM busybox\nRUN echo b\n")
	if again := y.mustBuild(); strings.Contains(again.out, "extracting") {
		t.Errorf("the layers were fetched twice:\n%s", again.out)
	}
}

func TestLayersHaveTheSameDigestWhereverTheyAreBuilt(t *testing.T) {
	digests := func(later time.Duration) string {
		y := newYard(t)
		y.clock.Advance(later)
		y.file("Dockerfile", pythonish)
		y.file("requirements.txt", "flask\n")
		y.file("app.py", "v1\n")
		var all []string
		for _, l := range y.mustBuild().img.Layers {
			all = append(all, image.ShortID(l.Digest))
		}
		return strings.Join(all, " ")
	}
	same(t, "digests", digests(0), digests(48*time.Hour))
}
