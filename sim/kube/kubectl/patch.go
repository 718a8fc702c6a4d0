package kubectl

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/patch"
)

func (f *factory) patch() *cobra.Command {
	var o selection
	var out outcome
	var text, file, kind, sub string
	cmd := &cobra.Command{Use: "patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]", RunE: func(_ *cobra.Command, args []string) error {
		data, err := f.patchText(text, file, kind)
		if err != nil {
			return err
		}
		s, found, problems, err := f.chosenObjects(args, o, &out)
		if err != nil {
			return err
		}
		for _, t := range found {
			if err := s.patchOne(t, patch.Kind(kind), data, sub, out); err != nil {
				problems = append(problems, err)
			}
		}
		return errors.Join(problems...)
	}}
	fs := cmd.Flags()
	o.bindFiles(fs)
	out.bind(fs)
	fs.StringVarP(&text, "patch", "p", "", "The patch to be applied to the resource JSON file.")
	fs.StringVar(&file, "patch-file", "", "A file containing a patch to be applied to the resource.")
	fs.StringVar(&kind, "type", "strategic", "The type of patch being provided; one of [json merge strategic]")
	fs.StringVar(&sub, "subresource", "", "If specified, patch will operate on the subresource of the requested object.")
	return cmd
}

func (f *factory) patchText(text, file, kind string) ([]byte, error) {
	data := []byte(text)
	switch {
	case text == "" && file == "":
		return nil, errors.New("must specify --patch or --patch-file containing the contents of the patch")
	case text == "":
		var err error
		if data, err = f.p.ReadFile(file); err != nil {
			return nil, fmt.Errorf("unable to read patch file: open %s: no such file or directory", file)
		}
	}
	switch patch.Kind(kind) {
	case patch.Strategic, patch.Merge, patch.JSON:
	default:
		return nil, fmt.Errorf("--type must be one of [json merge strategic], not %q", kind)
	}
	if asJSON, err := yaml.YAMLToJSON(data); err == nil {
		return asJSON, nil
	}
	return data, nil
}

func (s *session) patchOne(t target, kind patch.Kind, data []byte, sub string, out outcome) error {
	obj, err := patch.Apply(t.object, t.collection.New(), kind, data)
	if err != nil {
		return requestError(err)
	}
	before, err := encode(t, t.object)
	if err != nil {
		return err
	}
	after, err := encode(t, obj)
	if err != nil {
		return err
	}
	done := "patched"
	if bytes.Equal(before, after) {
		done += " (no change)"
	} else if obj, err = out.replaced(t, obj); err != nil {
		return err
	}
	if sub == "scale" {
		s.p.Printf("scale.autoscaling/%s %s\n", t.name, done)
		return nil
	}
	return out.say(s, t, obj, done)
}

// requestError is a refused patch as kubectl words it: it names no object.
func requestError(err error) error {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Code != 422 {
		return err
	}
	detail := "the server rejected our request due to an error in our request"
	if status.ErrStatus.Reason == metav1.StatusReasonInvalid && status.ErrStatus.Details != nil && len(status.ErrStatus.Details.Causes) > 0 {
		c := status.ErrStatus.Details.Causes[0]
		if c.Field != "" {
			detail = c.Field + ": " + c.Message
		}
	}
	return plainError("The request is invalid: " + detail)
}
