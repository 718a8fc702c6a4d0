package kubectl

import (
	"fmt"

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
		return clientcmd.Cluster{}, context, plainError("Error in configuration: context was not found for specified context: " + name)
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

// trust is the certificate of the authority that has to have signed the server's, or
// that any will do.
func (f *factory) trust(c clientcmd.Cluster) ([]byte, bool, error) {
	if c.CertificateAuthority == "" || c.CertificateAuthorityData != nil {
		return c.CertificateAuthorityData, c.InsecureSkipTLSVerify || f.flags.insecure, nil
	}
	text, err := f.p.ReadFile(c.CertificateAuthority)
	if err != nil {
		return nil, false, fmt.Errorf("unable to read certificate-authority %s for %s due to open %s: no such file or directory", c.CertificateAuthority, f.flags.cluster, c.CertificateAuthority)
	}
	return text, c.InsecureSkipTLSVerify || f.flags.insecure, nil
}
