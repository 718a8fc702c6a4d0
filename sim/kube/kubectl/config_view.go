package kubectl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	clientcmd "k8s.io/client-go/tools/clientcmd/api/v1"
)

// viewOptions are the flags of kubectl config view.
type viewOptions struct {
	output               string
	raw, minify, flatten bool
}

func (f *factory) configView() *cobra.Command {
	var o viewOptions
	cmd := &cobra.Command{Use: "view", RunE: func(*cobra.Command, []string) error {
		c, err := f.readConfig()
		if err != nil {
			return err
		}
		if o.minify {
			if f.flags.context != "" {
				c.CurrentContext = f.flags.context
			}
			if c, err = minified(c); err != nil {
				return err
			}
		}
		if o.flatten {
			f.embedFiles(&c)
		}
		if !o.raw {
			redact(&c)
		}
		return f.showConfig(c, o.output)
	}}
	fs := cmd.Flags()
	fs.StringVarP(&o.output, "output", "o", "yaml", "Output format.")
	fs.BoolVar(&o.raw, "raw", false, "Display raw byte data and sensitive data")
	fs.BoolVar(&o.minify, "minify", false, "Remove all information not used by current-context from the output")
	fs.BoolVar(&o.flatten, "flatten", false, "Flatten the resulting kubeconfig file into self-contained output (useful for creating portable kubeconfig files)")
	return cmd
}

// minified keeps the current context, its cluster and its user.
func minified(c clientcmd.Config) (clientcmd.Config, error) {
	if c.CurrentContext == "" {
		return c, errors.New("current-context must exist in order to minify")
	}
	at := namedAt(c.Contexts, c.CurrentContext, contextName)
	if at < 0 {
		return c, fmt.Errorf("cannot locate context %v", c.CurrentContext)
	}
	c.Contexts = c.Contexts[at : at+1]
	context := c.Contexts[0].Context
	if at = namedAt(c.Clusters, context.Cluster, clusterName); at >= 0 {
		c.Clusters = c.Clusters[at : at+1]
	} else if c.Clusters = nil; context.Cluster != "" {
		return c, fmt.Errorf("cannot locate cluster %v", context.Cluster)
	}
	if at = namedAt(c.AuthInfos, context.AuthInfo, userName); at >= 0 {
		c.AuthInfos = c.AuthInfos[at : at+1]
	} else if c.AuthInfos = nil; context.AuthInfo != "" {
		return c, fmt.Errorf("cannot locate user %v", context.AuthInfo)
	}
	return c, nil
}

// embedFiles puts the certificates' files into the configuration itself.
func (f *factory) embedFiles(c *clientcmd.Config) {
	embed := func(file *string, data *[]byte) {
		if *file == "" {
			return
		}
		if text, err := f.p.ReadFile(*file); err == nil {
			*file, *data = "", text
		}
	}
	for i := range c.Clusters {
		embed(&c.Clusters[i].Cluster.CertificateAuthority, &c.Clusters[i].Cluster.CertificateAuthorityData)
	}
	for i := range c.AuthInfos {
		a := &c.AuthInfos[i].AuthInfo
		embed(&a.ClientCertificate, &a.ClientCertificateData)
		embed(&a.ClientKey, &a.ClientKeyData)
	}
}

// redact hides certificates, keys, tokens and passwords (clientcmd's ShortenConfig).
func redact(c *clientcmd.Config) {
	omitted, err := base64.StdEncoding.DecodeString("DATA+OMITTED")
	if err != nil {
		return
	}
	hide := func(data *[]byte) {
		if len(*data) > 0 {
			*data = omitted
		}
	}
	for i := range c.Clusters {
		hide(&c.Clusters[i].Cluster.CertificateAuthorityData)
	}
	for i := range c.AuthInfos {
		a := &c.AuthInfos[i].AuthInfo
		hide(&a.ClientCertificateData)
		hide(&a.ClientKeyData)
		for _, secret := range []*string{&a.Token, &a.Password} {
			if *secret != "" {
				*secret = "REDACTED"
			}
		}
	}
}

func (f *factory) showConfig(c clientcmd.Config, output string) error {
	format, _, _ := strings.Cut(output, "=")
	if format == "yaml" {
		f.p.Printf("%s", marshalConfig(c))
		return nil
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if format == "json" {
		var b bytes.Buffer
		err := json.Indent(&b, data, "", "    ")
		f.p.Printf("%s\n", b.String())
		return err
	}
	p, err := f.printing(output, "", changeFormats)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	s := &session{p: f.p}
	return s.printValue(value, p)
}
