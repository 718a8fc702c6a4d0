package kubectl

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/api"
)

// kustomizeVersion is the kustomize that kubectl v1.37.2 has inside.
const kustomizeVersion = "v5.8.1"

// buildInfo is what a binary of Kubernetes knows of its own making
// (apimachinery/pkg/version).
type buildInfo struct {
	Major                 string `json:"major"`
	Minor                 string `json:"minor"`
	EmulationMajor        string `json:"emulationMajor,omitempty"`
	EmulationMinor        string `json:"emulationMinor,omitempty"`
	MinCompatibilityMajor string `json:"minCompatibilityMajor,omitempty"`
	MinCompatibilityMinor string `json:"minCompatibilityMinor,omitempty"`
	GitVersion            string `json:"gitVersion"`
	GitCommit             string `json:"gitCommit"`
	GitTreeState          string `json:"gitTreeState"`
	BuildDate             string `json:"buildDate"`
	GoVersion             string `json:"goVersion"`
	Compiler              string `json:"compiler"`
	Platform              string `json:"platform"`
}

// versions is the answer of version -o.
type versions struct {
	Client    *buildInfo `json:"clientVersion,omitempty"`
	Kustomize string     `json:"kustomizeVersion,omitempty"`
	Server    *buildInfo `json:"serverVersion,omitempty"`
}

// clientBuild is the recordings' kubectl.
func clientBuild() *buildInfo {
	major, rest, _ := strings.Cut(strings.TrimPrefix(api.Version, "v"), ".")
	minor, _, _ := strings.Cut(rest, ".")
	return &buildInfo{
		Major: major, Minor: minor, GitVersion: api.Version, GitCommit: "$Format:%H$", GitTreeState: "clean",
		BuildDate: "2026-10-27T12:01:04Z", GoVersion: "go1.26.8", Compiler: "gc", Platform: "linux/amd64",
	}
}

// serverBuild is the API server's, which also says what it can act as.
func serverBuild() *buildInfo {
	b := clientBuild()
	b.EmulationMajor, b.EmulationMinor, b.MinCompatibilityMajor, b.MinCompatibilityMinor = b.Major, b.Minor, b.Major, "36"
	return b
}

func (f *factory) version() *cobra.Command {
	client, output := false, ""
	cmd := &cobra.Command{Use: "version", RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return fmt.Errorf("extra arguments: %v", args)
		}
		if output != "" && output != "yaml" && output != "json" {
			return fmt.Errorf("--output must be 'yaml' or 'json'")
		}
		v := versions{Client: clientBuild(), Kustomize: kustomizeVersion}
		var unreachable error
		if !client {
			if _, unreachable = f.direct(); unreachable == nil {
				v.Server = serverBuild()
			}
		}
		if err := f.showVersions(v, output); err != nil {
			return err
		}
		return unreachable
	}}
	cmd.Flags().BoolVar(&client, "client", false, "If true, shows client version only (no server required).")
	cmd.Flags().StringVarP(&output, "output", "o", "", "One of 'yaml' or 'json'.")
	return cmd
}

func (f *factory) showVersions(v versions, output string) error {
	switch output {
	case "json":
		text, err := json.MarshalIndent(v, "", "  ")
		f.p.Printf("%s\n", text)
		return err
	case "yaml":
		text, err := yaml.Marshal(v)
		f.p.Printf("%s\n", text)
		return err
	}
	f.p.Printf("Client Version: %s\nKustomize Version: %s\n", v.Client.GitVersion, v.Kustomize)
	if v.Server != nil {
		f.p.Printf("Server Version: %s\n", v.Server.GitVersion)
	}
	return nil
}
