package cli

import (
	"bytes"
	"errors"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"drydock/sim/docker/formatter"
)

// The API version that docker 29.7.2 speaks, and the oldest that its daemon takes.
const (
	apiVersion    = "1.55"
	minAPIVersion = "1.40"
	goVersion     = "go1.26.8"
)

// versionInfo is what `docker version` shows. Server is nil without a daemon.
type versionInfo struct {
	Client clientVersion
	Server *serverVersion
}

type clientVersion struct {
	Version, ApiVersion, DefaultAPIVersion, GitCommit, GoVersion, Os, Arch, BuildTime, Context string
}

type serverVersion struct {
	Platform                                                                          struct{ Name string }
	Components                                                                        []componentVersion
	Version, ApiVersion, MinAPIVersion, GitCommit, GoVersion, Os, Arch, KernelVersion string
	BuildTime                                                                         string
}

type componentVersion struct {
	Name, Version string
	Details       map[string]string
}

func newVersion(c *Client) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "version [OPTIONS]", Short: "Show the Docker version information", Args: noArgs, Annotations: offline(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := versionInfo{Client: c.clientVersion()}
			connErr := c.connect(cmd)
			if connErr == nil {
				info.Server = c.serverVersion()
			}
			if format != "" {
				return errors.Join(c.formatOne(format, info), connErr)
			}
			return errors.Join(c.printVersion(info), connErr)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "", inspectFormatHelp)
	return cmd
}

// formatOne prints one object by a template, or as JSON.
func (c *Client) formatOne(format string, v any) error {
	if format == "json" {
		format = "{{json .}}"
	}
	tmpl, err := formatter.Parse(format)
	if err != nil {
		return StatusError{"template parsing error: " + err.Error(), 64}
	}
	var out bytes.Buffer
	if err := tmpl.Execute(&out, v); err != nil {
		return StatusError{"template parsing error: " + err.Error(), 1}
	}
	c.Printf("%s\n", out.String())
	return nil
}

func (c *Client) clientVersion() clientVersion {
	return clientVersion{
		Version: c.version(), ApiVersion: apiVersion, DefaultAPIVersion: apiVersion, GitCommit: buildOf(c.version()), GoVersion: goVersion,
		Os: "linux", Arch: "amd64", BuildTime: "Wed Aug  5 18:00:00 2026", Context: c.currentContext(),
	}
}

func (c *Client) serverVersion() *serverVersion {
	v := &serverVersion{
		Version: c.Engine.Version, ApiVersion: apiVersion, MinAPIVersion: minAPIVersion, GitCommit: "6a43e3d", GoVersion: goVersion,
		Os: "linux", Arch: "amd64", KernelVersion: kernelVersion, BuildTime: "Wed Aug  5 18:30:00 2026",
	}
	v.Components = []componentVersion{
		{"Engine", c.Engine.Version, map[string]string{"ApiVersion": apiVersion, "MinAPIVersion": minAPIVersion, "Os": "linux", "Arch": "amd64"}},
		{"containerd", "v2.3.3", map[string]string{"GitCommit": ""}},
		{"runc", "1.4.1", map[string]string{"GitCommit": ""}},
		{"docker-init", "0.19.0", map[string]string{"GitCommit": ""}},
	}
	return v
}

func (c *Client) printVersion(info versionInfo) error {
	w := tabwriter.NewWriter(c.Stdout, 20, 1, 1, ' ', 0)
	tmpl, err := formatter.Parse(versionTemplate)
	if err != nil {
		return err
	}
	if err := tmpl.Execute(w, info); err != nil {
		return err
	}
	return w.Flush()
}

const versionTemplate = `Client:
 Version:	{{.Client.Version}}
 API version:	{{.Client.ApiVersion}}
 Go version:	{{.Client.GoVersion}}
 Git commit:	{{.Client.GitCommit}}
 Built:	{{.Client.BuildTime}}
 OS/Arch:	{{.Client.Os}}/{{.Client.Arch}}
 Context:	{{.Client.Context}}
{{- with .Server}}

Server:
 Engine:
  Version:	{{.Version}}
  API version:	{{.ApiVersion}} (minimum version {{.MinAPIVersion}})
  Go version:	{{.GoVersion}}
  Git commit:	{{.GitCommit}}
  Built:	{{.BuildTime}}
  OS/Arch:	{{.Os}}/{{.Arch}}
  Experimental:	false
{{- range slice .Components 1}}
 {{.Name}}:
  Version:	{{.Version}}
  GitCommit:	{{.Details.GitCommit}}
{{- end}}
{{- end}}
`
