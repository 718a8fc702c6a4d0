package build

import (
	"fmt"
	"strings"
	"testing"

	"drydock/sim/image"
)

func TestEveryInstructionLeavesItsMarkInConfigurationAndHistory(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", `FROM alpine:3.20
ARG VERSION=1.0
ENV MODE=fast NAME="a b"
LABEL org.example.version=$VERSION
EXPOSE 8080 53/udp
VOLUME ["/data"]
USER app
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s CMD echo ok
ENTRYPOINT ["echo"]
CMD ["hi"]
`)
	img := y.mustBuild(func(r *Request) { r.Args = map[string]string{"VERSION": "2.0"} }).img
	c := img.Config
	got := fmt.Sprintf("%v %v %v %v %s %s %v %v %v", c.Env, c.Labels, c.ExposedPorts, c.Volumes, c.User, c.StopSignal, c.Healthcheck.Test, c.Entrypoint, c.Cmd)
	same(t, "configuration", got, "[PATH=/bin MODE=fast NAME=a b] map[org.example.version:2.0] [53/udp 8080/tcp] [/data] app SIGQUIT [CMD-SHELL echo ok] [echo] [hi]")
	same(t, "history", history(img), `ARG VERSION=2.0
ENV MODE=fast NAME=a b
LABEL org.example.version=2.0
EXPOSE [53/udp 8080/tcp]
VOLUME [/data]
USER app
STOPSIGNAL SIGQUIT
HEALTHCHECK {Test:[CMD-SHELL echo ok] Interval:5s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}
ENTRYPOINT ["echo"]
CMD ["hi"]
`)
}

// history is what was built, below the base image's own lines.
func history(img *image.Image) string {
	var b strings.Builder
	for _, h := range img.History[2:] {
		b.WriteString(h.CreatedBy + "\n")
	}
	return b.String()
}

func TestABuildArgumentCanBeReadInTheHistory(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nARG API_TOKEN\nRUN echo $API_TOKEN > /dev/null\n")
	o := y.mustBuild(func(r *Request) { r.Args = map[string]string{"API_TOKEN": "hush"} })
	if !strings.Contains(history(o.img), "RUN |1 API_TOKEN=hush /bin/sh -c echo $API_TOKEN") {
		t.Errorf("history:\n%s", history(o.img))
	}
	if len(o.trace.Warnings()) != 1 || !strings.HasPrefix(o.trace.Warnings()[0].Text, "SecretsUsedInArgOrEnv: ") {
		t.Errorf("the linter did not see it: %v", o.trace.Warnings())
	}
}

func TestASecretMountLeavesNoTrace(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN --mount=type=secret,id=token cat /run/secrets/token\n")
	o := y.mustBuild(func(r *Request) { r.Secrets = map[string][]byte{"token": []byte("hush\n")} })
	if !strings.Contains(o.out, " hush\n") {
		t.Errorf("the step could not read the secret:\n%s", o.out)
	}
	for _, l := range o.img.Layers {
		for _, name := range l.Files.Paths() {
			if strings.Contains(name, "secrets") || strings.Contains(string(l.Files.Get(name).Data), "hush") {
				t.Errorf("%s is in a layer", name)
			}
		}
	}
	if strings.Contains(history(o.img), "hush") {
		t.Errorf("history:\n%s", history(o.img))
	}
}

func TestACacheMountLastsFromBuildToBuild(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nRUN --mount=type=cache,target=/cache echo kept > /cache/x\n")
	y.mustBuild()
	y.file("Dockerfile", "FROM alpine:3.20\nRUN --mount=type=cache,target=/cache cat /cache/x\n")
	o := y.mustBuild()
	if !strings.Contains(o.out, " kept\n") {
		t.Errorf("the mount was empty:\n%s", o.out)
	}
	for _, l := range o.img.Layers {
		if l.Files.Get("/cache/x") != nil {
			t.Error("the mount is in the image")
		}
	}
}

func TestHereDocumentsMakeFilesAndScripts(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nARG WHO=world\nCOPY <<EOF /hello.txt\nhello $WHO\nEOF\nRUN <<EOF\necho from here\nEOF\n")
	o := y.mustBuild()
	same(t, "the file", y.read(o.img, "/hello.txt"), "hello world\n")
	if !strings.Contains(o.out, "[3/3] RUN <<EOF (echo from here)") || !strings.Contains(o.out, " from here\n") {
		t.Errorf("the script did not run:\n%s", o.out)
	}
}

func TestOnbuildWaitsForTheNextImage(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nONBUILD COPY app.py /app/\n")
	y.mustBuild(func(r *Request) { r.Tags = []string{"docker.io/library/base:latest"} })
	y.file("app.py", "v1\n")
	y.file("Dockerfile", "FROM base\nCMD [\"x\"]\n")
	o := y.mustBuild()
	same(t, "the copied file", y.read(o.img, "/app/app.py"), "v1\n")
	if !strings.Contains(o.out, "[2/2] ONBUILD COPY app.py /app/") {
		t.Errorf("progress:\n%s", o.out)
	}
}

func TestSizesCountBlocksOfFilesAndDirectories(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nWORKDIR /app\nCOPY app.py .\nRUN echo nothing\n")
	y.file("app.py", "v1\n")
	var sizes []int64
	for _, l := range y.mustBuild().img.Layers[1:] {
		sizes = append(sizes, l.Size)
	}
	same(t, "sizes", fmt.Sprint(sizes), "[8192 12288 4096]")
}

func TestAnImageOfSettingsAloneIsAsOldAsItsBase(t *testing.T) {
	y := newYard(t)
	y.file("Dockerfile", "FROM alpine:3.20\nENV A=1\n")
	img := y.mustBuild().img
	if !img.Created.Equal(baseImage().Created) {
		t.Errorf("created %v", img.Created)
	}
}
