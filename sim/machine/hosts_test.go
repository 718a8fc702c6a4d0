package machine

import (
	"errors"
	"testing"

	"drydock/sim/vfs"
)

func TestALineInEtcHostsGivesAMachineAName(t *testing.T) {
	_, m1, m2 := site(t, nil)
	_ = m1.FS.Put("/etc", vfs.Dir(0o755))
	if err := m1.FS.Put("/etc/hosts", vfs.File("127.0.0.1 localhost\n127.0.1.1 node-1\n"+m2.Addr.String()+"\tshop.example.com shop # the shop\n", 0o644)); err != nil {
		t.Fatal(err)
	}
	addrs, err := m1.Net.LookupHost("Shop.example.com")
	if err != nil || len(addrs) != 1 || addrs[0] != m2.Addr {
		t.Errorf("shop.example.com is %v, %v; want %s", addrs, err, m2.Addr)
	}
	if addrs, err := m1.Net.LookupHost("node-1"); err != nil || addrs[0] != m1.Addr {
		t.Errorf("its own name is %v, %v; want its real address", addrs, err)
	}
	if _, err := m2.Net.LookupHost("shop.example.com"); !errors.Is(err, ErrUnknownHost) {
		t.Errorf("another machine knows the name: %v", err)
	}
}
