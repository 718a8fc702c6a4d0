package kubectl

import (
	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
)

// clusterInfo says where the control plane and the services of the cluster itself are.
func (f *factory) clusterInfo() *cobra.Command {
	cmd := &cobra.Command{Use: "cluster-info", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return helpError(cmd.CommandPath(), "unknown command \""+args[0]+"\"")
		}
		s, err := f.session()
		if err == nil {
			f.p.Printf("Kubernetes control plane is running at %s\n", s.url)
			for _, v := range s.server.Services.Table.List("kube-system") {
				if v.Labels["kubernetes.io/cluster-service"] == "true" {
					f.p.Printf("%s is running at %s\n", serviceTitle(v), s.url+proxyPath(v))
				}
			}
		}
		f.p.Printf("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
		return err
	}}
	return cmd
}

// serviceTitle is what cluster-info calls a service: its label kubernetes.io/name.
func serviceTitle(v *corev1.Service) string {
	if name := v.Labels["kubernetes.io/name"]; name != "" {
		return name
	}
	return v.Name
}

// proxyPath is where the API server passes requests on to a service's first port.
func proxyPath(v *corev1.Service) string {
	name := v.Name
	if len(v.Spec.Ports) > 0 && v.Spec.Ports[0].Name != "" {
		name += ":" + v.Spec.Ports[0].Name
	}
	return "/api/v1/namespaces/" + v.Namespace + "/services/" + name + "/proxy"
}
