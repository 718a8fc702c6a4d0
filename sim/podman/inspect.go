package podman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"drydock/sim/docker"
	"drydock/sim/image"
)

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// printJSON prints with an indent of the tool's own.
func (c *client) printJSON(v any, indent string) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return err
	}
	c.Printf("%s", out.String())
	return nil
}

// printInspect prints objects as `podman inspect` does: a list, or each in a format.
func (c *client) printInspect(list []any, format string) error {
	if format == "" || format == "json" {
		if list == nil {
			list = []any{}
		}
		return c.printJSON(list, "     ")
	}
	for _, v := range list {
		if err := c.printTemplate(format, v); err != nil {
			return err
		}
	}
	return nil
}

func newInspect(c *client) *cobra.Command { return c.inspectCommand("all") }

func newImageInspect(c *client) *cobra.Command { return c.inspectCommand("image") }

func newContainerInspect(c *client) *cobra.Command { return c.inspectCommand("container") }

func (c *client) inspectCommand(kind string) *cobra.Command {
	var format, asked string
	var latest bool
	cmd := &cobra.Command{Use: "inspect [options] NAME [NAME...]"}
	cmd.Flags().StringVarP(&format, "format", "f", "", "Format the output to a Go template or json")
	cmd.Flags().BoolVarP(&latest, "latest", "l", false, "Act on the latest container podman is aware of")
	if kind == "all" {
		cmd.Flags().StringVarP(&asked, "type", "t", "all", "Specify inspect-object type")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if asked != "" && asked != "all" {
			kind = asked
		}
		names, err := c.picked(&pick{latest: latest}, args, nil)
		if err != nil {
			return fmt.Errorf("%s", "no names or ids specified")
		}
		var list []any
		var last error
		for _, name := range names {
			v := c.inspectOne(kind, name)
			if v == nil {
				last = inspectMissing(kind, name)
				continue
			}
			list = append(list, v)
		}
		if len(list) > 0 || format == "" {
			if err := c.printInspect(list, format); err != nil {
				return err
			}
		}
		return last
	}
	return cmd
}

func inspectMissing(kind, name string) error {
	switch kind {
	case "image":
		return fmt.Errorf("%s: image not known", name)
	case "container":
		return fmt.Errorf("no such container %s", name)
	}
	return fmt.Errorf("no such object: %q", name)
}

func (c *client) inspectOne(kind, name string) any {
	if kind == "all" || kind == "container" {
		if ct, err := c.store.Engine.Container(name); err == nil {
			return c.inspectContainer(ct)
		}
	}
	if kind == "all" || kind == "image" {
		if img, _ := c.store.find(name); img != nil {
			return c.inspectImage(img)
		}
	}
	if n, err := c.store.network(name); err == nil && (kind == "all" || kind == "network") {
		return c.inspectNetwork(n)
	}
	return nil
}

// imageInspect is an image as Podman shows it, in its order.
type imageInspect struct {
	ID           string   `json:"Id"`
	Digest       string   `json:"Digest"`
	RepoTags     []string `json:"RepoTags"`
	RepoDigests  []string `json:"RepoDigests"`
	Parent       string   `json:"Parent"`
	Comment      string   `json:"Comment"`
	Created      string   `json:"Created"`
	Config       imageConfig
	Version      string
	Author       string
	Architecture string
	Os           string
	Size         int64
	VirtualSize  int64
	GraphDriver  map[string]any
	RootFS       rootFS
	Labels       map[string]string
	Annotations  map[string]string
	ManifestType string
	User         string
	History      []historyLine
	NamesHistory []string
}

type imageConfig struct {
	User         string              `json:",omitempty"`
	ExposedPorts map[string]struct{} `json:",omitempty"`
	Env          []string            `json:",omitempty"`
	Entrypoint   []string            `json:",omitempty"`
	Cmd          []string            `json:",omitempty"`
	Volumes      map[string]struct{} `json:",omitempty"`
	WorkingDir   string              `json:",omitempty"`
	Labels       map[string]string   `json:",omitempty"`
	StopSignal   string              `json:",omitempty"`
}

type rootFS struct {
	Type   string
	Layers []string
}

type historyLine struct {
	Created    string `json:"created"`
	CreatedBy  string `json:"created_by,omitempty"`
	Comment    string `json:"comment,omitempty"`
	EmptyLayer bool   `json:"empty_layer,omitempty"`
}

func configOf(k image.Config) imageConfig {
	set := func(list []string) map[string]struct{} {
		m := map[string]struct{}{}
		for _, v := range list {
			m[v] = struct{}{}
		}
		return m
	}
	return imageConfig{
		User: k.User, ExposedPorts: set(k.ExposedPorts), Env: k.Env, Entrypoint: k.Entrypoint, Cmd: k.Cmd, Volumes: set(k.Volumes),
		WorkingDir: k.WorkingDir, Labels: k.Labels, StopSignal: k.StopSignal,
	}
}

func (c *client) inspectImage(i *image.Image) any {
	refs := c.store.Engine.Images.Refs(i.ID)
	out := imageInspect{
		ID: id(i), Digest: i.ManifestDigest, RepoTags: []string{}, RepoDigests: []string{}, Created: stamp(i.Created), Config: configOf(i.Config),
		Author: i.Author, Architecture: i.Architecture, Os: "linux", Size: i.Size(), VirtualSize: i.Size(),
		GraphDriver: map[string]any{"Name": "overlay", "Data": map[string]string{}}, RootFS: rootFS{Type: "layers"}, Labels: i.Config.Labels,
		Annotations: map[string]string{}, ManifestType: i.ManifestMediaType(), User: i.Config.User, NamesHistory: refs,
	}
	for _, ref := range refs {
		out.RepoTags = append(out.RepoTags, ref)
		out.RepoDigests = append(out.RepoDigests, image.WithDigest(ref, i.ManifestDigest))
	}
	for _, l := range i.Layers {
		out.RootFS.Layers = append(out.RootFS.Layers, l.Digest)
	}
	for _, h := range i.History {
		out.History = append(out.History, historyLine{stamp(h.Created), h.CreatedBy, h.Comment, h.Empty})
	}
	return out
}

// containerInspect is a container as Podman shows it: Docker's own form with the
// parts that differ put in Podman's way.
func (c *client) inspectContainer(ct *docker.Container) any {
	v, err := c.store.Engine.InspectContainer(ct.ID)
	if err != nil {
		return nil
	}
	data, _ := json.Marshal(v)
	out := map[string]any{}
	_ = json.Unmarshal(data, &out)
	img := ct.SourceImage()
	out["Image"], out["ImageDigest"], out["ImageName"] = id(img), img.ManifestDigest, ct.Image
	out["Name"], out["OCIRuntime"], out["Driver"], out["Rootfs"] = ct.Name, "crun", "overlay", ""
	out["Pod"], out["IsInfra"], out["IsService"], out["Namespace"] = "", false, false, ""
	if pod := c.store.podOf(ct); pod != nil {
		out["Pod"] = pod.ID
	}
	out["RestartCount"] = ct.State.Restarts
	if s, ok := out["State"].(map[string]any); ok {
		s["OciVersion"], s["CgroupPath"] = "1.2.0", "/libpod_parent/libpod-"+ct.ID
	}
	c.inspectNetworking(ct, out)
	if k, ok := out["Config"].(map[string]any); ok {
		k["Image"] = ct.Image
		k["CreateCommand"] = nil
	}
	return out
}

func (c *client) inspectNetworking(ct *docker.Container, out map[string]any) {
	settings, _ := out["NetworkSettings"].(map[string]any)
	host, _ := out["HostConfig"].(map[string]any)
	if settings == nil || host == nil {
		return
	}
	mode, addr := "bridge", ""
	for _, ep := range ct.Endpoints {
		if ep.Iface != nil && addr == "" {
			addr = ep.Iface.Addr.String()
		}
	}
	if c.store.Rootless() && ct.Host.NetworkMode == defaultNetwork {
		mode, addr = "pasta", ""
	}
	if !strings.HasPrefix(ct.Host.NetworkMode, defaultNetwork) && len(ct.Endpoints) == 0 {
		mode = ct.Host.NetworkMode
	}
	settings["IPAddress"], host["NetworkMode"] = addr, mode
}

func newBuildahInspect(c *client) *cobra.Command {
	var format, kind string
	cmd := &cobra.Command{Use: "inspect [options] OBJECT", Args: exactly(1)}
	cmd.Flags().StringVarP(&format, "format", "f", "", "use `format` as a Go template to format the output")
	cmd.Flags().StringVarP(&kind, "type", "t", "container", "look at the item of the specified `type` (container or image) and name")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		out := map[string]any{"Type": "buildah 0.0.1", "FromImage": "", "Container": ""}
		if w := c.store.workingNamed(args[0]); w != nil {
			out["FromImage"], out["Container"], out["ContainerID"] = w.from, w.name, w.id
			out["OCIv1"] = map[string]any{"Config": configOf(w.config)}
			if w.base != nil {
				out["FromImageID"] = id(w.base)
			}
		} else if img, ref := c.store.find(args[0]); img != nil {
			out["FromImage"], out["FromImageID"], out["FromImageDigest"] = c.store.imageName(img, ref), id(img), img.ManifestDigest
			out["OCIv1"] = map[string]any{"Config": configOf(img.Config)}
		} else {
			return fmt.Errorf("reading build container %q: container not known", args[0])
		}
		if format != "" {
			return c.printTemplate(format, out)
		}
		return c.printJSON(out, "    ")
	}
	return cmd
}
