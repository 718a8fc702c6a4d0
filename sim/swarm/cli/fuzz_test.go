package cli

import "testing"

// FuzzFlags feeds the values of flags to their parsers: they may refuse, not panic,
// and what they accept is complete.
func FuzzFlags(f *testing.F) {
	for _, seed := range []string{
		"8080:80", "8080-8081:80-81/udp", "published=8080,target=80,mode=host", "80", "type=volume,source=data,target=/data", "source=pw,target=x,mode=0400",
		"spread=node.labels.zone", "a=b,,=", "-", "1-:2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ports, err := parsePorts(text); err == nil {
			for _, p := range ports {
				if p.TargetPort == 0 || p.Protocol == "" || p.PublishMode == "" {
					t.Fatalf("%q gives %+v", text, p)
				}
			}
		}
		if m, err := parseMount(text); err == nil && m.Target == "" {
			t.Fatalf("%q gives a mount without a target", text)
		}
		for _, kind := range []string{"secret", "config"} {
			if ref, err := parseFile(kind, text); err == nil && (ref.File == nil || ref.File.Name == "") {
				t.Fatalf("%q gives %+v", text, ref)
			}
		}
		_, _ = parsePreference(text)
		_ = splitWords(text)
	})
}

func TestPortsOfConsecutiveNumbersAreOneRange(t *testing.T) {
	ports, err := parsePorts("8080-8082:80-82")
	if err != nil || len(ports) != 3 {
		t.Fatalf("%v %v", ports, err)
	}
	if got := servicePorts(ports); got != "*:8080-8082->80-82/tcp" {
		t.Fatalf("got %s", got)
	}
	ports[2].TargetPort = 90
	if got := servicePorts(ports); got != "*:8080-8081->80-81/tcp, *:8082->90/tcp" {
		t.Fatalf("got %s", got)
	}
}

func TestNamesAreSortedByTheirNumbers(t *testing.T) {
	for _, pair := range [][2]string{{"web.2", "web.10"}, {"a", "b"}, {"web", "web.1"}, {"node-9", "node-11"}} {
		if natural(pair[0], pair[1]) >= 0 || natural(pair[1], pair[0]) <= 0 || natural(pair[0], pair[0]) != 0 {
			t.Errorf("%v are in the wrong order", pair)
		}
	}
}
