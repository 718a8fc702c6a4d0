package kubectl

import (
	"fmt"
	"path"

	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/api"
)

// Kubeconfig makes a file like ~/.kube/config for one user of a server: one cluster,
// the user with a certificate of the server's, and the context of both, as kubeadm
// names them.
func Kubeconfig(server *api.Server, url string, u api.User) ([]byte, error) {
	certificate, key, err := server.Certify(u)
	if err != nil {
		return nil, err
	}
	const cluster = "kubernetes"
	name := u.Name + "@" + cluster
	return marshalConfig(clientcmd.Config{
		APIVersion: "v1", Kind: "Config", CurrentContext: name,
		Clusters:  []clientcmd.NamedCluster{{Name: cluster, Cluster: clientcmd.Cluster{Server: url, CertificateAuthorityData: server.Root()}}},
		AuthInfos: []clientcmd.NamedAuthInfo{{Name: u.Name, AuthInfo: clientcmd.AuthInfo{ClientCertificateData: certificate, ClientKeyData: key}}},
		Contexts:  []clientcmd.NamedContext{{Name: name, Context: clientcmd.Context{Cluster: cluster, AuthInfo: u.Name}}},
	}), nil
}

// marshalConfig is the text of a kubeconfig file; the type always has one.
func marshalConfig(c clientcmd.Config) []byte {
	text, err := yaml.Marshal(c)
	if err != nil {
		return nil
	}
	return text
}

// configPath is where the kubeconfig file is.
func (f *factory) configPath() string {
	if f.flags.kubeconfig != "" {
		return f.flags.kubeconfig
	}
	if env := f.p.Env.Get("KUBECONFIG"); env != "" {
		return env
	}
	return path.Join(f.p.User.Home, ".kube", "config")
}

// readConfig reads the kubeconfig file. One that is missing is an empty one, unless
// a flag asked for it.
func (f *factory) readConfig() (clientcmd.Config, error) {
	var c clientcmd.Config
	text, err := f.p.ReadFile(f.configPath())
	if err != nil {
		if f.flags.kubeconfig != "" {
			return c, fmt.Errorf("stat %s: no such file or directory", f.flags.kubeconfig)
		}
		return c, nil
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("error loading config file %q: %w", f.configPath(), err)
	}
	return c, nil
}

// chosen finds the cluster and the context that the flags or the file name.
func (f *factory) chosen(c clientcmd.Config) (clientcmd.Cluster, clientcmd.Context, error) {
	name := c.CurrentContext
	if f.flags.context != "" {
		name = f.flags.context
	}
	var context clientcmd.Context
	found := name == ""
	for _, n := range c.Contexts {
		if n.Name == name {
			context, found = n.Context, true
		}
	}
	if !found {
		return clientcmd.Cluster{}, context, fmt.Errorf("context %q does not exist", name)
	}
	want := context.Cluster
	if f.flags.cluster != "" {
		want = f.flags.cluster
	}
	for _, n := range c.Clusters {
		if n.Name == want {
			return n.Cluster, context, nil
		}
	}
	if f.flags.cluster != "" {
		return clientcmd.Cluster{}, context, fmt.Errorf("cluster %q does not exist", want)
	}
	return clientcmd.Cluster{}, context, nil
}
