package kubectl

import (
	"fmt"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

// setCluster is config set-cluster.
func (f *factory) setCluster() *cobra.Command {
	var authority, name, proxy string
	var embed bool
	cmd := &cobra.Command{Use: "set-cluster", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return unexpected(cmd, args)
		}
		has := func(c *clientcmd.Config) bool { return namedAt(c.Clusters, args[0], clusterName) >= 0 }
		var problem error
		err := f.changeConfig(has, func(c *clientcmd.Config) {
			at := namedAt(c.Clusters, args[0], clusterName)
			if at < 0 {
				c.Clusters, at = append(c.Clusters, clientcmd.NamedCluster{Name: args[0]}), len(c.Clusters)
			}
			to := &c.Clusters[at].Cluster
			set(f.given("server"), &to.Server, f.flags.server)
			set(cmd.Flags().Changed("tls-server-name"), &to.TLSServerName, name)
			set(cmd.Flags().Changed("proxy-url"), &to.ProxyURL, proxy)
			if f.given("insecure-skip-tls-verify") {
				to.InsecureSkipTLSVerify = f.flags.insecure
			}
			if cmd.Flags().Changed("certificate-authority") {
				problem = f.certificate(authority, embed, &to.CertificateAuthority, &to.CertificateAuthorityData)
			}
		})
		if err == nil {
			err = problem
		}
		if err == nil {
			f.p.Printf("Cluster %q set.\n", args[0])
		}
		return err
	}}
	fs := cmd.Flags()
	fs.StringVar(&authority, "certificate-authority", "", "Path to certificate-authority file for the cluster entry in kubeconfig")
	fs.StringVar(&name, "tls-server-name", "", "tls-server-name for the cluster entry in kubeconfig")
	fs.StringVar(&proxy, "proxy-url", "", "proxy-url for the cluster entry in kubeconfig")
	fs.BoolVar(&embed, "embed-certs", false, "embed-certs for the cluster entry in kubeconfig")
	return cmd
}

func set(given bool, to *string, value string) {
	if given {
		*to = value
	}
}

// certificate puts a file into an entry, by its path or by what is in it.
func (f *factory) certificate(file string, embed bool, name *string, data *[]byte) error {
	text, err := f.p.ReadFile(file)
	switch {
	case err != nil && embed:
		return fmt.Errorf("could not stat %s file %s: stat %s: no such file or directory", "certificate-authority", file, file)
	case embed:
		*name, *data = "", text
	default:
		*name, *data = f.p.Abs(file), nil
	}
	return nil
}

// setCredentials is config set-credentials.
func (f *factory) setCredentials() *cobra.Command {
	var certificate, key, token, username, password string
	var embed bool
	cmd := &cobra.Command{Use: "set-credentials", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return unexpected(cmd, args)
		}
		if token != "" && username != "" {
			return fmt.Errorf("you cannot specify more than one authentication method at the same time: --%v, --%v", "token", "username/--password")
		}
		has := func(c *clientcmd.Config) bool { return namedAt(c.AuthInfos, args[0], userName) >= 0 }
		var problem error
		err := f.changeConfig(has, func(c *clientcmd.Config) {
			at := namedAt(c.AuthInfos, args[0], userName)
			if at < 0 {
				c.AuthInfos, at = append(c.AuthInfos, clientcmd.NamedAuthInfo{Name: args[0]}), len(c.AuthInfos)
			}
			to := &c.AuthInfos[at].AuthInfo
			set(cmd.Flags().Changed("token"), &to.Token, token)
			set(cmd.Flags().Changed("username"), &to.Username, username)
			set(cmd.Flags().Changed("password"), &to.Password, password)
			if certificate != "" {
				problem = f.certificate(certificate, embed, &to.ClientCertificate, &to.ClientCertificateData)
			}
			if key != "" && problem == nil {
				problem = f.certificate(key, embed, &to.ClientKey, &to.ClientKeyData)
			}
		})
		if err == nil {
			err = problem
		}
		if err == nil {
			f.p.Printf("User %q set.\n", args[0])
		}
		return err
	}}
	fs := cmd.Flags()
	fs.StringVar(&certificate, "client-certificate", "", "Path to client-certificate file for the user entry in kubeconfig")
	fs.StringVar(&key, "client-key", "", "Path to client-key file for the user entry in kubeconfig")
	fs.StringVar(&token, "token", "", "token for the user entry in kubeconfig")
	fs.StringVar(&username, "username", "", "username for the user entry in kubeconfig")
	fs.StringVar(&password, "password", "", "password for the user entry in kubeconfig")
	fs.BoolVar(&embed, "embed-certs", false, "Embed client cert/key for the user entry in kubeconfig")
	return cmd
}
