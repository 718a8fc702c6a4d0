package kubectl_test

import (
	"strings"
	"testing"
	"time"
)

func TestFieldsThatAKindDoesNotHave(t *testing.T) {
	l := newLab(t)
	l.write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndatta: {k: v}\n")
	refused := `Error from server (BadRequest): error when creating "cm.yaml": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "datta"`
	l.fails("create -f cm.yaml", refused)
	l.fails("apply -f cm.yaml", refused)
	l.says("create -f cm.yaml --dry-run=client", "configmap/c created (dry run)\n")
	l.says("create -f cm.yaml --validate=warn", "Warning: unknown field \"datta\"\nconfigmap/c created\n")
	l.says("replace -f cm.yaml --validate=false", "configmap/c replaced\n")
	l.says("delete -f cm.yaml", "configmap \"c\" deleted from default namespace\n")
	l.fails("create -f cm.yaml --validate=maybe", `error: invalid - validate option "maybe"; must be one of: strict (or true), warn, ignore (or false)`)
}

func TestDocumentsThatAreNoObjects(t *testing.T) {
	l := newLab(t)
	for text, want := range map[string]string{
		"just text":        "invalid object to validate",
		"- a\n- b":         "invalid object to validate",
		"kind: Pod":        "apiVersion not set",
		"apiVersion: v1":   "kind not set",
		"metadata: {a: b}": "[apiVersion not set, kind not set]",
	} {
		l.write("x.yaml", text)
		l.fails("apply -f x.yaml", `error: error validating "x.yaml": error validating data: `+want+"; if you choose to ignore these errors, turn validation off with --validate=false")
	}
	l.write("x.yaml", "metadata: {name: a}")
	l.fails("delete -f x.yaml", `error: unable to decode "x.yaml": Object 'Kind' is missing in '{"metadata":{"name":"a"}}'`)
	l.write("x.yaml", "")
	l.fails("apply -f x.yaml", "error: no objects passed to apply")
	l.fails("create -f x.yaml", "error: no objects passed to create")
	l.fails("apply -f x.yaml -k .", "error: only one of -f or -k can be specified")
	l.fails("create -f .kube", "error: error reading [.kube]: recognized file extensions are [.json .yaml .yml]")
}

func TestApplyPutsErrorsAtTheEnd(t *testing.T) {
	l := newLab(t)
	l.write("all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: nosuch}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n")
	l.fails("apply -f all.yaml", "configmap/a created\nconfigmap/c created\nError from server (NotFound): error when creating \"all.yaml\": namespaces \"nosuch\" not found")
	if out, status := l.run("diff -f all.yaml"); status != 2 || !strings.Contains(out, `namespaces "nosuch" not found`) {
		t.Errorf("diff: exit %d\n%s", status, out)
	}
	l.says("get cm a -o jsonpath={.metadata.name}", "a")
}

func TestEveryOutputFormat(t *testing.T) {
	l := newLab(t)
	l.write("spec.txt", "NAME DATA\nmetadata.name .data.k\n")
	l.write("path.txt", "{.data.k}")
	l.write("go.txt", "{{.data.k}}")
	l.says("create cm c --from-literal=k=v -o jsonpath={.data.k}", "v")
	for format, want := range map[string]string{
		"jsonpath={.data.k}":                    "v",
		"jsonpath-file=path.txt":                "v",
		"jsonpath-as-json={.data.k}":            "[\n    \"v\"\n]\n",
		"go-template={{.data.k}}":               "v",
		"go-template-file=go.txt":               "v",
		"template={{.data.k}}":                  "v",
		"name":                                  "configmap/c\n",
		"custom-columns=N:.metadata.name,X:.no": "N   X\nc   <none>\n",
		"custom-columns-file=spec.txt":          "NAME   DATA\nc      v\n",
	} {
		l.says("get cm c -o "+format, want)
	}
	l.says("get cm c --template={{.data.k}}", "v")
	l.fails("get cm c -o jsonpath", "error: template format specified but no template given")
	l.fails("get cm c -o custom-columns", "error: custom-columns format specified but no custom columns given")
	l.fails("get cm c -o jsonpath-file=nosuch", "error: error reading --template nosuch, open nosuch: no such file or directory")
	l.fails("get cm c -o go-template={{.data.k.x}}", `error: error executing template "{{.data.k.x}}": template: output:1:7: executing "output" at <.data.k.x>: can't evaluate field x in type interface {}`)
}

func TestWait(t *testing.T) {
	l := newLab(t)
	l.says("create cm c --from-literal=k=v", "configmap/c created\n")
	l.says("wait cm/c --for=jsonpath={.data.k}=v", "configmap/c condition met\n")
	l.fails("wait cm/c --for=jsonpath={.data.k}=x --timeout=2s", "error: timed out waiting for the condition on configmaps/c")
	l.fails("wait cm/c --for=jsonpath={.data.k}=", "error: jsonpath wait has to have a value after equal sign")
	l.fails("wait cm/c --for=delete --timeout=1s", "error: timed out waiting for the condition on configmaps/c")
	l.fails("wait cm/c --for=fun", `error: unrecognized condition: "fun"`)
	l.fails("wait cm/d --for=create --timeout=1s", `error: configmaps "d" not found`)
	p, out := l.start("wait cm/d --for=create")
	l.clock.Advance(3 * time.Second)
	l.says("create cm d", "configmap/d created\n")
	if !l.clock.RunUntil(time.Second, p.Done) || out.String() != "configmap/d condition met\n" {
		t.Errorf("wait --for=create: %q", out)
	}
}
