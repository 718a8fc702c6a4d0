package kustomize_test

import (
	"errors"
	"strings"
	"testing"

	"drydock/sim/kube/kustomize"
)

// tree is files by their paths.
type tree map[string]string

func (t tree) build(dir string) (string, error) {
	text, _, err := kustomize.Build(kustomize.Files{
		Read: func(name string) ([]byte, error) {
			if text, ok := t[name]; ok {
				return []byte(text), nil
			}
			return nil, errors.New("no such file or directory")
		},
		Stat: func(name string) (exists, dir bool) {
			if _, ok := t[name]; ok {
				return true, false
			}
			for f := range t {
				if strings.HasPrefix(f, name+"/") {
					return true, true
				}
			}
			return false, false
		},
	}, dir, dir)
	return string(text), err
}

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27", envFrom: [{configMapRef: {name: settings}}]}
`

func TestNamesFollowTheGeneratedHash(t *testing.T) {
	// the hash is that of kubectl v1.37.2 for this ConfigMap
	text, err := tree{
		"/base/kustomization.yaml": "resources: [web.yaml]\nnamePrefix: test-\nconfigMapGenerator: [{name: settings, literals: [MODE=test]}]\n",
		"/base/web.yaml":           web,
	}.build("/base")
	if err != nil || strings.Count(text, "test-settings-5849g7fmt2") != 2 {
		t.Errorf("the ConfigMap and its use have not the same name: %v\n%s", err, text)
	}
}

func TestAnOverlayChangesItsBase(t *testing.T) {
	text, err := tree{
		"/base/kustomization.yaml": "resources: [web.yaml]\n",
		"/base/web.yaml":           web,
		"/prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\nreplicas: [{name: web, count: 3}]\nimages: [{name: nginx, newName: registry:5000/nginx, newTag: '2'}]\n" +
			"commonLabels: {env: prod}\npatches: [{path: memory.yaml}, {target: {kind: Deployment}, patch: '[{op: add, path: /spec/paused, value: true}]'}]\n",
		"/prod/memory.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: nginx, tty: true}]}}}\n",
	}.build("/prod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"namespace: prod", "replicas: 3", "image: registry:5000/nginx:2", "paused: true", "tty: true", "configMapRef"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Count(text, "env: prod") != 3 {
		t.Errorf("the label is not on object, selector and pods:\n%s", text)
	}
}

func TestAPatchForNothingIsAnError(t *testing.T) {
	_, err := tree{
		"/a/kustomization.yaml": "resources: [web.yaml]\npatches: [{patch: '{apiVersion: apps/v1, kind: Deployment, metadata: {name: other}}'}]\n",
		"/a/web.yaml":           web,
	}.build("/a")
	if err == nil || !strings.Contains(err.Error(), "no matches for Id Deployment.v1.apps/other.[noNs]") {
		t.Errorf("the error is %v", err)
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("resources: [web.yaml]\nnamePrefix: a-\n", web)
	f.Add("patches: [{patch: '[{op: remove, path: /spec}]', target: {}}]\nresources: [web.yaml]", "kind: List\nitems: [1]")
	f.Fuzz(func(t *testing.T, kustomization, object string) {
		_, _ = tree{"/a/kustomization.yaml": kustomization, "/a/web.yaml": object}.build("/a")
	})
}
