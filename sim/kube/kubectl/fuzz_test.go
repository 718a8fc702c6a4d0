package kubectl_test

import (
	"strings"
	"testing"
)

// fuzzLine runs kubectl with one argument that a learner made up: whatever it is,
// kubectl ends, and a failure says something.
func fuzzLine(f *testing.F, before []string, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := newLab(t)
		l.says("create cm c --from-literal=k=v", "configmap/c created\n")
		if out, status := l.runArgs(append(append([]string{}, before...), text)); status != 0 && strings.TrimSpace(out) == "" {
			t.Errorf("%q: exit %d without a word", text, status)
		}
	})
}

func FuzzJSONPath(f *testing.F) {
	fuzzLine(f, []string{"get", "cm", "--template", "x", "-o"}, "jsonpath={.items[*].data.k}", "jsonpath={range .items[*]}{.a}{end}", "jsonpath={.items[?(@.a=='b')]}", "jsonpath={", "go-template={{.items}}", "jsonpath-as-json={..k}")
}

func FuzzCustomColumns(f *testing.F) {
	fuzzLine(f, []string{"get", "cm", "-o"}, "custom-columns=N:.metadata.name", "custom-columns=:,", "custom-columns=A:.a[?(@", "custom-columns=A:{.a}")
}

func FuzzSortBy(f *testing.F) {
	fuzzLine(f, []string{"get", "cm", "--sort-by"}, ".metadata.name", "{.a", "[", "{..}", "a.b[0]")
}

func FuzzSelector(f *testing.F) {
	fuzzLine(f, []string{"get", "cm", "-l"}, "a=b", "a in (b,c)", "!a", "a=b=c", "x>3", "(", ",")
}

func FuzzFieldSelector(f *testing.F) {
	fuzzLine(f, []string{"get", "cm", "--field-selector"}, "metadata.name=c", "a!=b", "=", ",,", "a==b")
}

func FuzzWaitFor(f *testing.F) {
	fuzzLine(f, []string{"wait", "cm/c", "--timeout", "1s", "--for"}, "delete", "create", "condition=Ready", "jsonpath={.data.k}=v", "jsonpath={", "jsonpath=")
}

func FuzzPatch(f *testing.F) {
	fuzzLine(f, []string{"patch", "cm", "c", "-p"}, `{"data":{"k":"w"}}`, "data: {k: w}", "{", "[]", `{"metadata":{"$patch":"replace"}}`, "null")
}

func FuzzTaint(f *testing.F) {
	fuzzLine(f, []string{"taint", "nodes", "--all"}, "a=b:NoSchedule", "a:NoExecute-", "a-", ":", "=:NoSchedule", "a=b=c:NoSchedule")
}

func FuzzManifest(f *testing.F) {
	for _, s := range []string{webManifest, "kind: List\napiVersion: v1\nitems: [{}]", "a: [", "---\n---\n", "apiVersion: v1\nkind: Pod\nmetadata: {name: 3}", "null", "- 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := newLab(t)
		l.write("x.yaml", text)
		for _, line := range []string{"apply -f x.yaml", "diff -f x.yaml", "replace -f x.yaml", "delete -f x.yaml --wait=false"} {
			if out, status := l.run(line); status != 0 && strings.TrimSpace(out) == "" {
				t.Errorf("%s: exit %d without a word", line, status)
			}
		}
	})
}

func FuzzKustomization(f *testing.F) {
	for _, s := range []string{"resources: [web.yaml]", "namePrefix: a-\nresources: [web.yaml]\nimages: [{name: nginx, newTag: x}]", "patches: [{patch: '- op: remove'}]", "configMapGenerator: [{name: a, literals: [b]}]", "resources: [.]", "["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := newLab(t)
		l.write("web.yaml", webManifest)
		l.write("kustomization.yaml", text)
		if out, status := l.run("kustomize ."); status != 0 && strings.TrimSpace(out) == "" {
			t.Errorf("exit %d without a word", status)
		}
	})
}
