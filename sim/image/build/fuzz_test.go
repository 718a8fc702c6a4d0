package build

import "testing"

// FuzzDockerfile feeds the builder what anybody might type. It must end, and
// with an error of its own or an image.
func FuzzDockerfile(f *testing.F) {
	for _, text := range []string{
		pythonish, staged, "FROM alpine:3.20\nRUN <<EOF\necho\nEOF", "ARG A=b\nFROM ${A}\n", "FROM scratch\nADD https://x/y /\nEXPOSE 1-2:3/x\n",
		"# syntax=docker/dockerfile:1\nFROM alpine:3.20\nCOPY --chmod=u+x --from=0 a b\n", "# check=skip=all\nfrom x as y\ncopy --from=y . .\n",
		"FROM alpine:3.20\nRUN --mount=type=bind,target=/x,source=/ --mount=type=cache,target=/y echo\nONBUILD RUN x\nSHELL [\"a\"]\n",
		"# escape=`\nFROM alpine:3.20\nRUN [\"\"]\nWORKDIR ../..\nUSER :\nVOLUME [\"\"]\nCOPY [\"[\", \"\\\\\"]\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		y := newYard(t)
		y.file("a", "x")
		y.file("Dockerfile", text)
		o := y.build()
		if o.img == nil && o.err == nil {
			t.Fatalf("the build of %q did not end", text)
		}
		if _, ok := o.err.(*Error); o.err != nil && !ok {
			t.Fatalf("%T: %v", o.err, o.err)
		}
	})
}
