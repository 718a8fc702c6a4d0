package kubectl

import (
	"github.com/spf13/cobra"

	"drydock/sim/kube/api"
)

// kustomizeVersion is the kustomize that kubectl v1.37.2 has inside.
const kustomizeVersion = "v5.8.1"

func (f *factory) version() *cobra.Command {
	client := false
	cmd := &cobra.Command{Use: "version", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		f.p.Printf("Client Version: %s\nKustomize Version: %s\n", api.Version, kustomizeVersion)
		if client {
			return nil
		}
		if _, err := f.session(); err != nil {
			return err
		}
		f.p.Printf("Server Version: %s\n", api.Version)
		return nil
	}}
	cmd.Flags().BoolVar(&client, "client", false, "If true, shows client version only (no server required).")
	return cmd
}

func (f *factory) clusterInfo() *cobra.Command {
	return &cobra.Command{Use: "cluster-info", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		s, err := f.session()
		if err == nil {
			f.p.Printf("Kubernetes control plane is running at %s\n", s.url)
		}
		f.p.Printf("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
		return err
	}}
}
