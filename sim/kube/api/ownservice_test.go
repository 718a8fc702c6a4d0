package api_test

import (
	"testing"
	"time"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
)

func TestTheServiceOfTheAPIComesBackWhenItIsDeleted(t *testing.T) {
	c := clock.New(1, time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
	defer c.Close()
	s := api.NewServer(c)
	s.Bootstrap()
	c.Advance(3 * time.Second)
	if _, err := s.Services.Delete("default", "kubernetes", api.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	c.Advance(6 * time.Second)
	if _, found := s.Services.Get("default", "kubernetes"); found {
		t.Error("it is back before the API server has looked")
	}
	c.Advance(2 * time.Second)
	if svc, found := s.Services.Get("default", "kubernetes"); !found || svc.Spec.ClusterIP != "10.96.0.1" {
		t.Error("it is not back at its address after ten seconds")
	}
}
