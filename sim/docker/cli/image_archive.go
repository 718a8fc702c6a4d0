package cli

import (
	"bytes"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"drydock/sim/image"
	"drydock/sim/vfs"
)

func newSave(c *Client) *cobra.Command {
	var output string
	var platform []string
	cmd := &cobra.Command{
		Use: "save [OPTIONS] IMAGE [IMAGE...]", Short: "Save one or more images to a tar archive (streamed to STDOUT by default)",
		Args: requiresMinArgs(1), Annotations: map[string]string{"aliases": "docker image save, docker save"},
	}
	f := cmd.Flags()
	f.StringVarP(&output, "output", "o", "", "Write to a file, instead of STDOUT")
	f.StringSliceVar(&platform, "platform", nil, "Save only the given platform(s). Formatted as a comma-separated list of \"os[/arch[/variant]]\" (e.g., \"linux/amd64,linux/arm64/v8\")")
	absent(f, "platform")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if output == "" && c.Stdout.Terminal() != nil {
			return errors.New("cowardly refusing to save to a terminal. Use the -o flag or redirect")
		}
		var data bytes.Buffer
		bulk, err := c.Engine.Save(args, &data)
		if err != nil {
			return c.daemon(err)
		}
		if output == "" {
			_, err := c.Stdout.Write(data.Bytes())
			return err
		}
		return c.writeOutput(output, &vfs.Node{Mode: 0o600, UID: c.User.UID, GID: c.User.GID, Data: data.Bytes(), Bulk: bulk})
	}
	return cmd
}

// writeOutput writes the file of an -o flag.
func (c *Client) writeOutput(name string, n *vfs.Node) error {
	if err := c.FS.Put(c.Abs(name), n); err != nil {
		if errors.Is(err, vfs.ErrNotExist) {
			return errors.New("invalid output path: directory " + dirOf(name) + " does not exist")
		}
		return errors.New("failed to save image: open " + name + ": " + err.Error())
	}
	return nil
}

func newLoad(c *Client) *cobra.Command {
	var input string
	var quiet bool
	var platform []string
	cmd := &cobra.Command{
		Use: "load [OPTIONS]", Short: "Load an image from a tar archive or STDIN", Args: noArgs,
		Annotations: map[string]string{"aliases": "docker image load, docker load"},
	}
	f := cmd.Flags()
	f.StringVarP(&input, "input", "i", "", "Read from tar archive file, instead of STDIN")
	f.StringSliceVar(&platform, "platform", nil, "Load only the given platform(s). Formatted as a comma-separated list of \"os[/arch[/variant]]\" (e.g., \"linux/amd64,linux/arm64/v8\").")
	f.BoolVarP(&quiet, "quiet", "q", false, "Suppress the load output")
	absent(f, "platform")
	cmd.RunE = func(*cobra.Command, []string) error {
		in, err := c.openInput(input, "requested load from stdin, but stdin is empty")
		if err != nil {
			return err
		}
		loaded, err := c.Engine.Load(in)
		for _, l := range loaded {
			if l.Ref == "" {
				c.Printf("Loaded image ID: %s\n", l.ID)
			} else {
				c.Printf("Loaded image: %s\n", image.Familiar(l.Ref))
			}
		}
		return c.daemon(err)
	}
	return cmd
}

// openInput is a file, or standard input if there is no name; onTerminal is the
// error when that is a terminal.
func (c *Client) openInput(name, onTerminal string) (io.Reader, error) {
	if name == "" || name == "-" {
		if c.Stdin.Terminal() != nil {
			return nil, errors.New(onTerminal)
		}
		return c.Stdin, nil
	}
	data, err := c.FS.ReadFile(c.Abs(name))
	if err != nil {
		return nil, errors.New("open " + name + ": " + err.Error())
	}
	return bytes.NewReader(data), nil
}

func newImport(c *Client) *cobra.Command {
	var changes []string
	var message, platform string
	cmd := &cobra.Command{
		Use: "import [OPTIONS] file|URL|- [REPOSITORY[:TAG]]", Short: "Import the contents from a tarball to create a filesystem image",
		Args: requiresMinArgs(1), Annotations: map[string]string{"aliases": "docker image import, docker import"},
	}
	f := cmd.Flags()
	listVar(f, &changes, "change", "c", "Apply Dockerfile instruction to the created image", "list")
	f.StringVarP(&message, "message", "m", "", "Set commit message for imported image")
	f.StringVar(&platform, "platform", "", "Set platform if server is multi-platform capable")
	absent(f, "change", "platform")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		in, err := c.openInput(args[0], "requested import from stdin, but stdin is empty")
		if err != nil {
			return err
		}
		ref := ""
		if len(args) > 1 {
			if ref, err = image.Normalise(args[1]); err != nil {
				return c.daemon(err)
			}
		}
		i, err := c.Engine.Import(in, ref, message, image.Config{})
		if err != nil {
			return c.daemon(err)
		}
		c.Printf("%s\n", i.ID)
		return nil
	}
	return cmd
}
