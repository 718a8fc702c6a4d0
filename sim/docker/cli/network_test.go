package cli

import (
	"strings"
	"testing"
)

func TestNetworksGetAddressesInOrder(t *testing.T) {
	l := newLab(t, []string{"laptop"})
	for _, name := range []string{"one", "two", "three"} {
		l.ok("network create " + name)
	}
	l.ok("network rm two")
	l.ok("network create four")
	want := map[string]string{"one": "172.18.0.0/16", "three": "172.20.0.0/16", "four": "172.19.0.0/16"}
	for name, subnet := range want {
		if got := strings.TrimSpace(l.ok("network inspect -f {{range.IPAM.Config}}{{.Subnet}}{{end}} " + name)); got != subnet {
			t.Errorf("%s has %s, not %s", name, got, subnet)
		}
	}
}

func TestContainersFindEachOtherByNameOnTheirOwnNetworkOnly(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("network create front")
	l.ok("network create back")
	l.ok("run -d --name web --network front nginx:alpine")
	l.ok("run -d --name api --network front nginx:alpine")
	l.ok("run -d --name db --network back nginx:alpine")
	web, _ := l.engines["laptop"].Container("web")
	if conn, err := web.Net.Dial("api", 80, "tcp"); err != nil || conn == nil {
		t.Errorf("web does not reach api: %v", err)
	}
	if _, err := web.Net.Dial("db", 80, "tcp"); err == nil {
		t.Error("web reaches db, which is on another network")
	}
	l.ok("network connect back web")
	if _, err := web.Net.Dial("db", 80, "tcp"); err != nil {
		t.Errorf("web does not reach db though both are on back: %v", err)
	}
	l.ok("network disconnect back web")
	if _, err := web.Net.Dial("db", 80, "tcp"); err == nil {
		t.Error("web still reaches db")
	}
}

func TestNetworksRefuse(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("network create net")
	l.ok("run -d --name web --network net nginx:alpine")
	web, _ := l.engines["laptop"].Container("web")
	n, _ := l.engines["laptop"].Network("net")
	active := `network net has active endpoints (name:"web" id:"` + web.Endpoint(n).ID[:12] + `")`
	l.fails("network rm net", "Error response from daemon: error while removing network: "+active+"\nexit status 1")
	l.fails("network rm bridge", "Error response from daemon: bridge is a pre-defined network and cannot be removed\nexit status 1")
	l.fails("network create net", "Error response from daemon: network with name net already exists")
	l.fails("network create --subnet 172.18.3.0/24 x", "Error response from daemon: invalid pool request: Pool overlaps with other one on this address space")
	l.fails("network connect net web", "Error response from daemon: endpoint with name web already exists in network net")
	l.fails("network connect host web", "Error response from daemon: cannot connect container to host network - container must be created in host network mode")
	l.ok("network disconnect net web")
	l.fails("network disconnect net web", "Error response from daemon: container "+web.ID+" is not connected to network net")
}

func TestVolumesKeepWhatContainersNeed(t *testing.T) {
	l := newLab(t, []string{"laptop"}, "nginx:alpine")
	l.ok("volume create data")
	anonymous := strings.TrimSpace(l.ok("volume create"))
	l.ok("run -d --name web -v data:/data nginx:alpine")
	web, _ := l.engines["laptop"].Container("web")
	l.fails("volume rm data", "Error response from daemon: remove data: volume is in use - ["+web.ID+"]")
	if out := l.ok("volume prune -f"); !strings.HasPrefix(out, "Deleted Volumes:\n"+anonymous+"\n\n") {
		t.Errorf("prune printed\n%s", out)
	}
	if err := l.site.Machines()[0].FS.WriteFile("/var/lib/docker/volumes/data/_data/note", []byte("remember"), 0o644, 0, 0); err != nil {
		t.Fatal(err)
	}
	if data, err := web.FS.ReadFile("/data/note"); err != nil || string(data) != "remember" {
		t.Errorf("the container sees %q (%v)", data, err)
	}
	l.ok("rm -f web")
	if out := l.ok("volume prune -f"); strings.Contains(out, "data") {
		t.Errorf("a named volume was pruned:\n%s", out)
	}
	l.ok("volume rm data")
	l.fails("volume rm data", "Error response from daemon: get data: no such volume")
}
