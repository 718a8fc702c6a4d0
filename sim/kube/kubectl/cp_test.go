package kubectl

import "testing"

func TestCpReadsPlaces(t *testing.T) {
	for arg, want := range map[string]fileSpec{
		"index.html":         {path: "index.html"},
		"web:/tmp/x":         {pod: "web", path: "/tmp/x"},
		"team/web:/tmp/x":    {"team", "web", "/tmp/x"},
		"web:odd:name":       {pod: "web", path: "odd:name"},
		"dir/file-of-laptop": {path: "dir/file-of-laptop"},
	} {
		if got, err := readFileSpec(arg); err != nil || got != want {
			t.Errorf("%s: got %+v %v, want %+v", arg, got, err, want)
		}
	}
	for _, arg := range []string{":/tmp/x", "a/b/c:/tmp/x"} {
		if got, err := readFileSpec(arg); err == nil {
			t.Errorf("%s: got %+v, want an error", arg, got)
		}
	}
}
