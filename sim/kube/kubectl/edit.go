package kubectl

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"drydock/sim/machine"
)

const editHead = "# Please edit the object below. Lines beginning with a '#' will be ignored,\n" +
	"# and an empty file will abort the edit. If an error occurs while saving this file will be\n" +
	"# reopened with the relevant failures.\n#\n"

func (f *factory) edit() *cobra.Command {
	var out outcome
	cmd := &cobra.Command{Use: "edit (RESOURCE/NAME | -f FILENAME)", RunE: func(_ *cobra.Command, args []string) error {
		s, found, problems, err := f.chosenObjects(args, selection{}, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.editOne(t, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	out.bind(cmd.Flags())
	return cmd
}

func (s *session) editOne(t target, out outcome) error {
	data, err := encode(t, t.object)
	if err != nil {
		return err
	}
	file, now, err := s.edited(data)
	if err != nil || file == "" {
		return err
	}
	if now == nil {
		return s.unsaved(t, file)
	}
	obj, err := decode(t.collection.New(), now, t.collection.Type().Kind, t.collection.Type().Version)
	if err == nil {
		obj, err = out.replaced(t, obj)
	}
	if err != nil {
		return s.unsaved(t, file)
	}
	_ = s.p.FS.Remove(file)
	return out.say(s, t, obj, "edited")
}

// edited opens an object (JSON) in an editor and returns the file, which stays, with
// what was left in it as JSON: nil when that is no YAML. Without a file nothing was
// changed. Errors are those of the editor.
func (s *session) edited(data []byte) (file string, now []byte, err error) {
	body, err := yaml.JSONToYAML(data)
	if err != nil {
		return "", nil, err
	}
	file = fmt.Sprintf("/tmp/kubectl-edit-%d.yaml", s.p.Clock().Rand().Uint32())
	if err := s.p.WriteFile(file, append([]byte(editHead), body...)); err != nil {
		return "", nil, err
	}
	if err := s.openEditor(file); err != nil {
		return "", nil, err
	}
	text, err := s.p.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	now, err = yaml.YAMLToJSON(text)
	if err != nil {
		return file, nil, nil //nolint:nilerr // what was typed is kept, and the caller says where
	}
	if was, _ := yaml.YAMLToJSON(body); bytes.Equal(now, was) {
		s.p.Printf("Edit cancelled, no changes made.\n")
		return "", nil, s.p.FS.Remove(file)
	}
	return file, now, nil
}

// unsaved says where the text of an edit is that cannot be saved.
func (s *session) unsaved(t target, file string) error {
	s.p.Errorf("error: %s %q is invalid\nA copy of your changes has been stored to %q\n", t.collection.Type().GroupResource(), t.name, file)
	return errors.New("Edit cancelled, no valid changes were saved.") //nolint:staticcheck // kubectl's words
}

// openEditor runs KUBE_EDITOR or EDITOR by a shell, as kubectl does, or vi.
func (s *session) openEditor(file string) error {
	editor := "vi"
	for _, name := range []string{"EDITOR", "KUBE_EDITOR"} {
		if v := s.p.Env.Get(name); v != "" {
			editor = v
		}
	}
	args := []string{editor, file}
	if strings.ContainsAny(editor, " '\"") {
		args = []string{"sh", "-c", editor + " " + file}
	}
	status, err := s.p.Run(machine.Spec{Args: args})
	switch {
	case err != nil:
		return fmt.Errorf("unable to launch the editor %q", editor)
	case status != 0:
		return fmt.Errorf("there was a problem with the editor %q", editor)
	}
	return nil
}
