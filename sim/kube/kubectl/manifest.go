package kubectl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/spf13/pflag"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// manifest is one object of a file as a person wrote it.
type manifest struct {
	target
	source string // the file, for messages
	data   []byte // JSON
	// refused is what the server says to the fields that the kind does not have, or
	// that are not of its types.
	refused error
}

// manifests reads the objects of -f in their order. problems has an error for each
// that is none.
func (s *session) manifests(o selection) (list []manifest, problems []error, err error) {
	if len(o.files) > 0 && o.kustomize != "" {
		return nil, nil, errors.New("only one of -f or -k can be specified")
	}
	if o.kustomize != "" {
		text, err := s.kustomized(o.kustomize)
		if err != nil {
			return nil, nil, err
		}
		list, problems = s.documents(o.kustomize, text)
		return list, problems, nil
	}
	read := 0
	if len(o.files) == 0 {
		return nil, nil, errors.New("must specify one of -f and -k")
	}
	for _, name := range o.files {
		files, err := s.manifestFiles(name, o.recursive)
		if err != nil {
			return nil, nil, err
		}
		read += len(files)
		for _, file := range files {
			text, err := s.readManifest(file)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			found, wrong := s.documents(file, text)
			list, problems = append(list, found...), append(problems, wrong...)
		}
	}
	if read == 0 {
		return nil, nil, fmt.Errorf("error reading %v: recognized file extensions are [.json .yaml .yml]", o.files)
	}
	return list, problems, nil
}

// manifestFiles are the files of one -f: itself, or those of a directory.
func (s *session) manifestFiles(name string, recursive bool) ([]string, error) {
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		return nil, fmt.Errorf("unable to read URL %q, the network is unreachable", name)
	}
	if name == "-" {
		return []string{name}, nil
	}
	node, err := s.p.FS.Stat(s.p.Abs(name))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the path %q does not exist", name)
	case !node.IsDir():
		return []string{name}, nil
	}
	entries, err := s.p.FS.ReadDir(s.p.Abs(name))
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		full := path.Join(name, e.Name)
		if e.Node.IsDir() {
			if recursive {
				deeper, err := s.manifestFiles(full, true)
				if err != nil {
					return nil, err
				}
				files = append(files, deeper...)
			}
			continue
		}
		switch path.Ext(e.Name) {
		case ".json", ".yaml", ".yml":
			files = append(files, full)
		}
	}
	return files, nil
}

// documents reads the objects of a file's text.
func (s *session) documents(file string, text []byte) (list []manifest, problems []error) {
	for reader := utilyaml.NewYAMLReader(bufioReader(text)); ; {
		doc, err := reader.Read()
		if err != nil {
			return list, problems
		}
		data, err := yaml.YAMLToJSON(doc)
		if err != nil {
			return list, append(problems, fmt.Errorf("error parsing %s: error converting YAML to JSON: %w", sourceName(file), err))
		}
		if string(bytes.TrimSpace(data)) == "null" {
			continue
		}
		for _, item := range items(data) {
			m, err := s.manifest(sourceName(file), item)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			list = append(list, m)
		}
	}
}

func (s *session) readManifest(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.p.Stdin)
	}
	return s.p.ReadFile(file)
}

func sourceName(file string) string {
	if file == "-" {
		return "STDIN"
	}
	return file
}

// items are the objects of a List, or the object itself.
func items(data []byte) [][]byte {
	var list struct {
		Kind  string
		Items []jsonText
	}
	if kjson.UnmarshalCaseSensitivePreserveInts(data, &struct{}{}) != nil || yaml.Unmarshal(data, &list) != nil || list.Kind != "List" {
		return [][]byte{data}
	}
	var all [][]byte
	for _, i := range list.Items {
		all = append(all, i)
	}
	return all
}

// jsonText keeps an item as it is written.
type jsonText []byte

// UnmarshalJSON implements json.Unmarshaler.
func (t *jsonText) UnmarshalJSON(b []byte) error { *t = bytes.Clone(b); return nil }

// manifest finds an object's kind and reads it; fields that the kind does not have
// are errors, as with --validate=strict.
func (s *session) manifest(source string, data []byte) (manifest, error) {
	head, err := s.head(source, data)
	if err != nil {
		return manifest{}, err
	}
	c := s.server.Of(head.APIVersion, head.Kind)
	if c == nil {
		return manifest{}, fmt.Errorf("resource mapping not found for name: %q namespace: %q from %q: no matches for kind %q in version %q\nensure CRDs are installed first",
			head.Name, head.Namespace, source, head.Kind, head.APIVersion)
	}
	m := manifest{target: target{collection: s.guard(c), name: head.Name}, source: source, data: data}
	if c.Type().Namespaced {
		m.namespace = head.Namespace
		if m.namespace == "" {
			m.namespace = s.namespace
		}
		if s.explicit && m.namespace != s.namespace {
			return m, fmt.Errorf("the namespace from the provided object %q does not match the namespace %q. You must pass '--namespace=%s' to perform this operation.", m.namespace, s.namespace, m.namespace) //nolint:staticcheck // kubectl's words
		}
	}
	obj, err := decode(c.New(), data, head.Kind, c.Type().Version)
	if err != nil {
		m.refused = err
		if obj, err = s.lenient(c, data, head); err == nil && s.validation != "strict" {
			m.refused = nil
		}
	}
	obj.SetNamespace(m.namespace)
	m.object = obj
	return m, nil
}

// lenient reads an object without the fields that its kind does not have; the server
// warns of them unless the client asked it not to look (fieldValidation).
func (s *session) lenient(c api.Collection, data []byte, head metav1.PartialObjectMetadata) (store.Object, error) {
	obj := c.New()
	strict, err := kjson.UnmarshalStrict(data, obj)
	if err != nil {
		obj = c.New()
		obj.SetName(head.Name)
		return obj, err
	}
	for _, e := range strict {
		if s.validation == "warn" {
			s.p.Errorf("Warning: %v\n", e)
		}
	}
	return obj, nil
}

// head reads of which kind a document is. Commands that send it look first whether it
// can be one (kubectl's schema validation), the others only when they decode it.
func (s *session) head(source string, data []byte) (head metav1.PartialObjectMetadata, err error) {
	text := ""
	switch err = yaml.Unmarshal(data, &head); {
	case err != nil:
		text = "invalid object to validate"
	case head.APIVersion == "" && head.Kind == "":
		text = "[apiVersion not set, kind not set]"
	case head.APIVersion == "":
		text = "apiVersion not set"
	case head.Kind == "":
		text = "kind not set"
	default:
		return head, nil
	}
	switch {
	case s.validation == "strict" || s.validation == "warn":
		return head, fmt.Errorf("error validating %q: error validating data: %s; if you choose to ignore these errors, turn validation off with --validate=false", source, text)
	case err != nil:
		return head, fmt.Errorf("unable to decode %q: %w", source, err)
	case head.Kind == "":
		return head, fmt.Errorf("unable to decode %q: Object 'Kind' is missing in '%s'", source, data)
	}
	return head, nil
}

// validating binds --validate and says how a document's fields are to be checked.
func validating(fs *pflag.FlagSet) func() (string, error) {
	value := fs.String("validate", "strict", "Must be one of: strict (or true), warn, ignore (or false).")
	fs.Lookup("validate").NoOptDefVal = "strict"
	return func() (string, error) {
		switch *value {
		case "strict", "true", "warn":
			return strings.Replace(*value, "true", "strict", 1), nil
		case "ignore", "false":
			return "ignore", nil
		}
		return "", fmt.Errorf(`invalid - validate option %q; must be one of: strict (or true), warn, ignore (or false)`, *value)
	}
}

// decode reads an object strictly.
func decode(into store.Object, data []byte, kind, version string) (store.Object, error) {
	strict, err := kjson.UnmarshalStrict(data, into)
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", kind, version, kind, err))
	}
	if len(strict) > 0 {
		var texts []string
		for _, e := range strict {
			texts = append(texts, e.Error())
		}
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: strict decoding error: %s", kind, version, kind, strings.Join(texts, ", ")))
	}
	return into, nil
}

// doing puts what was tried before a server's message, as kubectl does with files.
func doing(what, source string, err error) error {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Reason == metav1.StatusReasonInvalid {
		return err
	}
	c := status.ErrStatus
	c.Message = fmt.Sprintf("error when %s %q: %s", what, source, c.Message)
	return &apierrors.StatusError{ErrStatus: c}
}

func isNotFound(err error) bool { return apierrors.IsNotFound(err) }
