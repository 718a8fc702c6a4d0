package generate

import (
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestDeploymentIsNamedAndLabelledByItsName(t *testing.T) {
	d, err := Deployment("web", DeploymentOptions{Images: []string{"registry.example.com/team/my_app:1.0"}, Replicas: 2, Port: 80})
	if err != nil {
		t.Fatal(err)
	}
	c := d.Spec.Template.Spec.Containers[0]
	if d.Labels["app"] != "web" || d.Spec.Selector.MatchLabels["app"] != "web" || c.Name != "my-app" || c.Ports[0].ContainerPort != 80 || *d.Spec.Replicas != 2 {
		t.Errorf("made %+v", d)
	}
}

func TestTwoImagesOfOneNameGetTwoContainerNames(t *testing.T) {
	d, err := Deployment("web", DeploymentOptions{Images: []string{"nginx:1.27", "nginx:1.28"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := d.Spec.Template.Spec.Containers; c[0].Name == c[1].Name {
		t.Errorf("both containers are called %s", c[0].Name)
	}
}

func TestPodIsLabelledRunUnlessLabelsAreGiven(t *testing.T) {
	plain, _ := Pod("web", PodOptions{Image: "nginx:1.27"})
	own, _ := Pod("web", PodOptions{Image: "nginx:1.27", Labels: map[string]string{"app": "x"}})
	if plain.Labels["run"] != "web" || own.Labels["run"] != "" || own.Labels["app"] != "x" {
		t.Errorf("labels %v and %v", plain.Labels, own.Labels)
	}
	if _, err := Pod("web", PodOptions{Image: "nginx 1.27"}); err == nil || err.Error() != `invalid image name "nginx 1.27": invalid reference format` {
		t.Errorf("an image that is none: %v", err)
	}
}

func files(content map[string]string) Files {
	return Files{
		Read: func(name string) ([]byte, error) {
			if text, found := content[name]; found {
				return []byte(text), nil
			}
			return nil, errors.New("not there")
		},
		List: func(string) ([]string, bool) { return nil, false },
	}
}

func TestConfigMapReadsFilesLiteralsAndEnvFiles(t *testing.T) {
	f := files(map[string]string{"app.properties": "color=blue\n", "vars.env": "# comment\nMODE=prod\n\nLEVEL=3\n", "blob": "\xff\xfe"})
	cm, err := ConfigMap("app", Sources{Files: []string{"app.properties", "raw=blob"}, Literals: []string{"a=1"}}, f)
	if err != nil || cm.Data["app.properties"] != "color=blue\n" || cm.Data["a"] != "1" || len(cm.BinaryData["raw"]) != 2 {
		t.Errorf("made %+v, %v", cm, err)
	}
	env, err := ConfigMap("env", Sources{EnvFiles: []string{"vars.env"}}, f)
	if err != nil || len(env.Data) != 2 || env.Data["MODE"] != "prod" || env.Data["LEVEL"] != "3" {
		t.Errorf("made %+v, %v", env, err)
	}
	if _, err := ConfigMap("bad", Sources{Files: []string{"nosuch.txt"}}, f); err == nil || err.Error() != "error reading nosuch.txt: no such file or directory" {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := ConfigMap("bad", Sources{Literals: []string{"a=1", "a=2"}}, f); err == nil {
		t.Error("a key may come twice")
	}
}

func TestIngressRulesOfOneHostAreOneRule(t *testing.T) {
	in, err := Ingress("shop", IngressOptions{Rules: []string{"shop.example.com/*=web:80", "shop.example.com/api=api:http,tls=cert"}})
	if err != nil || len(in.Spec.Rules) != 1 || len(in.Spec.TLS) != 1 {
		t.Fatalf("made %+v, %v", in, err)
	}
	paths := in.Spec.Rules[0].HTTP.Paths
	if paths[0].Path != "/" || *paths[0].PathType != "Prefix" || *paths[1].PathType != "Exact" || paths[1].Backend.Service.Port.Name != "http" {
		t.Errorf("paths %+v", paths)
	}
	if _, err := Ingress("bad", IngressOptions{Rules: []string{"shop"}}); err == nil || !strings.HasPrefix(err.Error(), "rule shop is invalid") {
		t.Errorf("a rule that is none: %v", err)
	}
}

func TestServicePortsAreNamedByTheirSpec(t *testing.T) {
	s, err := Service("web", ServiceOptions{Type: corev1.ServiceTypeNodePort, TCP: []string{"80:8080"}})
	if err != nil || s.Spec.Ports[0].Name != "80-8080" || s.Spec.Ports[0].TargetPort.IntVal != 8080 {
		t.Errorf("made %+v, %v", s, err)
	}
	if _, err := Expose(ExposeOptions{Name: "web", Selector: map[string]string{"app": "web"}}); err == nil || err.Error() != "couldn't find port via --port flag or introspection" {
		t.Errorf("no port anywhere: %v", err)
	}
}

func TestRulesAreOneForEachGroup(t *testing.T) {
	rules, err := Rules(RuleOptions{Verbs: []string{"get", "get"}, Resources: []schema.GroupResource{{Resource: "pods"}, {Group: "apps", Resource: "deployments"}, {Resource: "services"}}})
	if err != nil || len(rules) != 2 || len(rules[0].Verbs) != 1 || len(rules[0].Resources) != 2 {
		t.Errorf("made %+v, %v", rules, err)
	}
}

func TestQuantitiesThatAreNoneAreRefused(t *testing.T) {
	if _, err := Quota("team", "pods=three", ""); err == nil || !strings.HasPrefix(err.Error(), "quantities must match the regular expression") {
		t.Errorf("answered %v", err)
	}
	if _, err := PodDisruptionBudget("web", "app=web", "1", "1"); err == nil {
		t.Error("both limits at once were accepted")
	}
}

func FuzzIngressRule(f *testing.F) {
	f.Add("shop.example.com/*=web:80,tls=cert")
	f.Fuzz(func(t *testing.T, rule string) {
		in, err := Ingress("x", IngressOptions{Rules: []string{rule}})
		if err == nil && len(in.Spec.Rules) != 1 {
			t.Errorf("%q made %d rules", rule, len(in.Spec.Rules))
		}
	})
}
