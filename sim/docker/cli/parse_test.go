package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"drydock/sim/docker"
	"drydock/sim/machine"
)

func TestPublishedPortsAreReadAsDockerReadsThem(t *testing.T) {
	for text, want := range map[string]string{
		"80":                "[{ 0 80 tcp}]",
		"8080:80":           "[{ 8080 80 tcp}]",
		"127.0.0.1:8080:80": "[{127.0.0.1 8080 80 tcp}]",
		"127.0.0.1::80/udp": "[{127.0.0.1 0 80 udp}]",
		"8000-8001:80-81":   "[{ 8000 80 tcp} { 8001 81 tcp}]",
		"[::1]:80:80":       "[{::1 80 80 tcp}]",
	} {
		if got, err := parsePublish(text); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"80:http": "invalid containerPort: http", "99999:80": "invalid hostPort: 99999", "": "no port specified: <empty>", "80:80/foo": "invalid proto: foo",
		"1.2.3.400:80:80": "invalid IP address: 1.2.3.400", "80-81:80-85": "invalid ranges specified for container and host Ports: 80-85 and 80-81",
	} {
		if _, err := parsePublish(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestVolumesAreReadAsDockerReadsThem(t *testing.T) {
	c := &Client{Process: &machine.Process{Dir: "/home/dev"}}
	for text, want := range map[string]string{
		"data:/data": "volume data /data false", "/src:/data:ro": "bind /src /data true", "./here:/data": "bind /home/dev/here /data false", "/data": "volume  /data false",
	} {
		m, _, err := c.parseVolume(text)
		if got := fmt.Sprintf("%s %s %s %v", m.Type, m.Source, m.Target, m.ReadOnly); err != nil || got != want {
			t.Errorf("%s: %s %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"a:b:c:d": "invalid spec: a:b:c:d: too many colons", ":/data": "invalid spec: :/data: empty section between colons",
	} {
		if _, _, err := c.parseVolume(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzMount(f *testing.F) {
	f.Add("type=bind,source=/a,target=/b,readonly")
	f.Add("type=tmpfs,target=/x,tmpfs-size=64m")
	f.Fuzz(func(t *testing.T, text string) {
		var list []docker.MountSpec
		if err := (&mountValue{&list}).Set(text); err == nil && (len(list) != 1 || list[0].Target == "") {
			t.Errorf("%q was taken as %v", text, list)
		}
	})
}

func FuzzPublish(f *testing.F) {
	f.Add("127.0.0.1:8000-8002:80-82/udp")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parsePublish(text)
		for _, b := range list {
			if err != nil || b.Port < 0 || b.Port > 65535 || b.HostPort < 0 || b.HostPort > 65535 {
				t.Errorf("%q was taken as %v", text, list)
			}
		}
	})
}

func FuzzVolumeAndTimes(f *testing.F) {
	f.Add("./a:/b:ro,z")
	f.Add("10m")
	c := &Client{Process: &machine.Process{Dir: "/home/dev"}}
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if m, _, err := c.parseVolume(text); err == nil && m.Target == "" {
			t.Errorf("%q has no target", text)
		}
		moment(text, now)
		(&filters{}).before(now, now)
		_, _ = parseRestart(text)
		_ = matchName(strings.ToValidUTF8(text, ""), "web")
	})
}
