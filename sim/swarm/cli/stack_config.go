package cli

import "github.com/spf13/cobra"

func newStackConfig(c *client) *cobra.Command { return &cobra.Command{Use: "config"} }
func newStackDeploy(c *client) *cobra.Command { return &cobra.Command{Use: "deploy"} }
