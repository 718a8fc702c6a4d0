package kubectl

import (
	"fmt"

	"github.com/spf13/cobra"

	"drydock/sim/kube/kustomize"
)

func (f *factory) kustomize() *cobra.Command {
	var output string
	cmd := &cobra.Command{Use: "kustomize DIR", RunE: func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fmt.Errorf("specify one path to kustomization.yaml")
		}
		dir := "."
		if len(args) == 1 {
			dir = args[0]
		}
		text, err := (&session{p: f.p}).kustomized(dir)
		if err != nil {
			return err
		}
		if output != "" {
			return f.p.WriteFile(output, text)
		}
		f.p.Printf("%s", text)
		return nil
	}}
	cmd.Flags().StringVarP(&output, "output", "o", "", "If specified, write output to this path.")
	return cmd
}

// kustomized builds a kustomization directory of the machine; it asks no server.
func (s *session) kustomized(dir string) ([]byte, error) {
	files := kustomize.Files{Read: s.p.ReadFile, Stat: func(name string) (exists, isDir bool) {
		node, err := s.p.FS.Stat(name)
		return err == nil, err == nil && node.IsDir()
	}}
	text, warnings, err := kustomize.Build(files, s.p.Abs(dir), dir)
	for _, w := range warnings {
		s.p.Errorf("%s\n", w)
	}
	return text, err
}
