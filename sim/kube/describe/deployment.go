package describe

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
)

// names are the keys of a map in order.
func names[K ~string, V any](m map[K]V) []string {
	list := make([]string, 0, len(m))
	for k := range maps.Keys(m) {
		list = append(list, string(k))
	}
	slices.Sort(list)
	return list
}

func (p *page) deployment(d *appsv1.Deployment) {
	p.name(d)
	p.field(0, "CreationTimestamp", date(d.CreationTimestamp))
	p.labels("Labels", d.Labels)
	p.annotations("Annotations", d.Annotations)
	p.field(0, "Selector", selector(d.Spec.Selector))
	replicas := int32(1)
	if d.Spec.Replicas != nil {
		replicas = *d.Spec.Replicas
	}
	p.line(0, "Replicas:\t%d desired | %d updated | %d total | %d available | %d unavailable", replicas,
		d.Status.UpdatedReplicas, d.Status.Replicas, d.Status.AvailableReplicas, d.Status.UnavailableReplicas)
	p.field(0, "StrategyType", d.Spec.Strategy.Type)
	p.field(0, "MinReadySeconds", d.Spec.MinReadySeconds)
	if u := d.Spec.Strategy.RollingUpdate; u != nil {
		p.line(0, "RollingUpdateStrategy:\t%s max unavailable, %s max surge", u.MaxUnavailable, u.MaxSurge)
	}
	p.template(&d.Spec.Template)
	if len(d.Status.Conditions) > 0 {
		p.line(0, "Conditions:")
		p.line(1, "Type\tStatus\tReason")
		p.line(1, "----\t------\t------")
		for _, c := range d.Status.Conditions {
			p.line(1, "%s \t%s\t%s", c.Type, c.Status, c.Reason)
		}
	}
	p.generations(d)
	p.eventTable()
}

// generations names the replica sets of a deployment, the newest by itself.
func (p *page) generations(d *appsv1.Deployment) {
	var old []string
	newest := ""
	sets := p.server.ReplicaSetsByOwner.Get(string(d.UID))
	slices.SortStableFunc(sets, func(a, b *appsv1.ReplicaSet) int { return strings.Compare(a.Name, b.Name) })
	for _, rs := range sets {
		text := fmt.Sprintf("%s (%d/%d replicas created)", rs.Name, rs.Status.Replicas, wanted(rs.Spec.Replicas))
		if newest == "" && makes(rs, d) {
			newest = text
			continue
		}
		old = append(old, text)
	}
	if len(sets) == 0 {
		return
	}
	p.field(0, "OldReplicaSets", cmp.Or(strings.Join(old, ", "), none))
	p.field(0, "NewReplicaSet", cmp.Or(newest, none))
}

// makes reports that a replica set makes the pods that the deployment wants now.
func makes(rs *appsv1.ReplicaSet, d *appsv1.Deployment) bool {
	t := rs.Spec.Template
	t.Labels = maps.Clone(t.Labels)
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	if len(t.Labels) == 0 && len(d.Spec.Template.Labels) == 0 {
		t.Labels = d.Spec.Template.Labels
	}
	return apiequality.Semantic.DeepEqual(t, d.Spec.Template)
}

// wanted is a number of replicas, of which the default is one.
func wanted(n *int32) int32 {
	if n == nil {
		return 1
	}
	return *n
}
