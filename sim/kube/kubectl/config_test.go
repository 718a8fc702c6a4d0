package kubectl_test

import (
	"strings"
	"testing"
)

func TestConfigViewHidesSecretsUnlessRaw(t *testing.T) {
	l := newLab(t)
	l.says("config set-credentials bot --token=secret-token", "User \"bot\" set.\n")
	shown, _ := l.run("config view")
	for _, want := range []string{"token: REDACTED", "certificate-authority-data: DATA+OMITTED", "client-key-data: DATA+OMITTED"} {
		if !strings.Contains(shown, want) {
			t.Errorf("config view has no %q:\n%s", want, shown)
		}
	}
	if raw, _ := l.run("config view --raw"); !strings.Contains(raw, "token: secret-token") || strings.Contains(raw, "OMITTED") {
		t.Errorf("config view --raw:\n%s", raw)
	}
	l.says("config view -o jsonpath={.clusters[0].cluster.server}", serverURL)
}

func TestConfigMinifyKeepsTheCurrentContext(t *testing.T) {
	l := newLab(t)
	l.says("config set-cluster other --server=https://10.9.9.9:6443", "Cluster \"other\" set.\n")
	l.says("config set-context dev --cluster=other --namespace=team-a", "Context \"dev\" created.\n")
	l.says("config view --minify --context=dev -o jsonpath={..namespace},{.clusters[*].name}", "team-a,other")
	l.says("config unset current-context", "Property \"current-context\" unset.\n")
	l.fails("config view --minify", "error: current-context must exist in order to minify")
	l.fails("config current-context", "error: current-context is not set")
}

func TestConfigRenamesAndDeletesContexts(t *testing.T) {
	l := newLab(t)
	l.says("config rename-context kubernetes-admin@kubernetes lab", "Context \"kubernetes-admin@kubernetes\" renamed to \"lab\".\n")
	l.says("config current-context", "lab\n")
	l.fails("config rename-context gone x", "error: cannot rename the context \"gone\", it's not in /home/dev/.kube/config")
	l.fails("config use-context gone", "error: no context exists with the name: \"gone\"")
	l.says("config delete-context lab", "warning: this removed your active context, use \"kubectl config use-context\" to select a different one\ndeleted context lab from /home/dev/.kube/config\n")
	l.fails("config delete-cluster gone", "error: cannot delete cluster gone, not in /home/dev/.kube/config")
	l.says("config delete-user kubernetes-admin", "deleted user kubernetes-admin from /home/dev/.kube/config\n")
	l.says("config get-users", "NAME\n")
	l.fails("get pods", "Error in configuration: context was not found for specified context: lab")
}

func TestConfigSetsAndUnsetsProperties(t *testing.T) {
	l := newLab(t)
	l.says("config set contexts.kubernetes-admin@kubernetes.namespace team-a", "Property \"contexts.kubernetes-admin@kubernetes.namespace\" set.\n")
	l.fails("get pod nosuch", "Error from server (NotFound): pods \"nosuch\" not found")
	l.says("config view -o jsonpath={.contexts[0].context.namespace}", "team-a")
	l.says("config unset contexts.kubernetes-admin@kubernetes.namespace", "Property \"contexts.kubernetes-admin@kubernetes.namespace\" unset.\n")
	l.says("config view -o jsonpath={.contexts[0].context.namespace}", "")
	l.says("config set clusters.lab.example.org.insecure-skip-tls-verify true", "Property \"clusters.lab.example.org.insecure-skip-tls-verify\" set.\n")
	l.says("config get-clusters", "NAME\nkubernetes\nlab.example.org\n")
	l.says("config unset clusters.lab.example.org", "Property \"clusters.lab.example.org\" unset.\n")
	l.fails("config unset users.nobody", "error: current map key `nobody` is invalid")
	l.fails("config set colour blue", "error: unable to parse colour after [] at api.Config")
}

// Of several files the first that has something wins, and a change goes where the
// thing is.
func TestConfigMergesTheFilesOfKubeconfig(t *testing.T) {
	l := newLab(t)
	files := "KUBECONFIG=" + home + "/extra:" + home + "/.kube/config"
	l.write("extra", "apiVersion: v1\nkind: Config\ncurrent-context: stage\ncontexts:\n- name: stage\n  context: {cluster: kubernetes, user: kubernetes-admin, namespace: stage}\n")
	l.says("config get-contexts -o name", "kubernetes-admin@kubernetes\nstage\n", files)
	l.says("config current-context", "stage\n", files)
	l.says("config set-context kubernetes-admin@kubernetes --namespace=ops", "Context \"kubernetes-admin@kubernetes\" modified.\n", files)
	l.says("config view -o jsonpath={.contexts[0].context.namespace}", "ops")
	l.says("config use-context kubernetes-admin@kubernetes", "Switched to context \"kubernetes-admin@kubernetes\".\n", files)
	l.says("config current-context", "kubernetes-admin@kubernetes\n", "KUBECONFIG="+home+"/extra")
}
