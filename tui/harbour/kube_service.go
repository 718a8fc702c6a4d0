package harbour

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"drydock/sim"
	"drydock/tui/theme"
)

func kubeServiceKey(v *sim.KubeService) Key { return Key{"kube service", v.Namespace, v.Name} }

// serviceRank is what the glyph of a Service says, in the ranks of containers.
func serviceRank(v *sim.KubeService) int {
	switch {
	case v.Type == "ExternalName" || len(v.Selector) == 0 && len(v.Endpoints) == 0:
		return 6
	case v.ReadyCount == 0:
		return 5
	case v.Pending:
		return 1
	}
	return 0
}

func (m *Model) serviceEntry(t theme.Theme, v *sim.KubeService) entry {
	mark, style := rankMark(t, serviceRank(v))
	e := entry{key: kubeServiceKey(v), mark: mark, style: style, kind: "Service", brief: "svc", name: scoped(v.Namespace, v.Name)}
	var remark string
	e.count, remark = m.leads(t, v)
	e.say(remark)
	if v.Pending {
		e.say(t.Warn.Render("external address pending"), t.Warn.Render("address pending"), t.Warn.Render("pending"))
	}
	e.say(kubePorts(v))
	e.say(v.Type)
	e.say(t.Dim.Render(serviceAddress(v)))
	return e
}

// serviceAddress is where a Service is reached.
func serviceAddress(v *sim.KubeService) string {
	switch {
	case v.Type == "ExternalName":
		return ""
	case v.ClusterIP == "None":
		return "headless"
	case len(v.External) > 0:
		return v.ClusterIP + ", " + strings.Join(v.External, ", ")
	}
	return v.ClusterIP
}

// kubePorts are the ports of a Service: its own, on each node, and behind it.
func kubePorts(v *sim.KubeService) string {
	var parts []string
	for _, p := range v.Ports {
		text := ":" + strconv.Itoa(p.Port)
		if p.NodePort > 0 {
			text += " (nodes :" + strconv.Itoa(p.NodePort) + ")"
		}
		if p.TargetPort != "" && p.TargetPort != "0" && p.TargetPort != strconv.Itoa(p.Port) {
			text += theme.Arrow + p.TargetPort
		}
		if p.Proto != "" && p.Proto != "TCP" {
			text += "/" + p.Proto
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// leads says to how many endpoints a Service leads, and what is to be said of that.
func (m *Model) leads(t theme.Theme, v *sim.KubeService) (count, remark string) {
	text := theme.Arrow + " " + plural(v.ReadyCount, "endpoint")
	switch {
	case v.Type == "ExternalName":
		return t.Dim.Render(theme.Arrow + " a name outside"), ""
	case v.ReadyCount > 0 && v.ReadyCount < len(v.Endpoints):
		return t.Good.Render(text), t.Warn.Render(thousands(len(v.Endpoints)-v.ReadyCount) + " not ready")
	case v.ReadyCount > 0:
		return t.Good.Render(text), ""
	case len(v.Selector) == 0:
		return t.Dim.Render(text), t.Dim.Render("no selector")
	}
	return t.Warn.Render(text), t.Warn.Render(m.kube.empty[kubeServiceKey(v)])
}

// emptiness is why a Service with a selector leads nowhere.
func (m *Model) emptiness(v *sim.KubeService) string {
	matching := 0
	for i := range m.state.Kube.Pods {
		if p := &m.state.Kube.Pods[i]; p.Namespace == v.Namespace && selects(v.Selector, p.Labels) && p.Phase != "Succeeded" && p.Phase != "Failed" {
			matching++
		}
	}
	if matching == 0 {
		return "no pod matches the selector"
	}
	return plural(matching, "matching pod") + pick(matching == 1, " is", " are") + " not ready"
}

func selects(selector, labels map[string]string) bool {
	for name, value := range selector {
		if labels[name] != value {
			return false
		}
	}
	return true
}

func ingressEntry(t theme.Theme, i *sim.Ingress) entry {
	e := entry{
		key: Key{"ingress", i.Namespace, i.Name}, mark: theme.Running, style: t.Good, kind: "Ingress", brief: "ing", name: scoped(i.Namespace, i.Name),
		count: cmp.Or(strings.Join(i.Hosts, ", "), "*"),
	}
	if len(i.Services) > 0 {
		e.say(theme.Arrow + " " + strings.Join(i.Services, ", "))
	}
	if len(i.Addresses) == 0 {
		e.say(t.Dim.Render("no address"))
	} else {
		e.say(t.Dim.Render(strings.Join(i.Addresses, ", ")))
	}
	return e
}

func claimEntry(t theme.Theme, c *sim.Claim) entry {
	e := entry{key: Key{"claim", c.Namespace, c.Name}, mark: theme.Disk, style: t.Accent, kind: "claim", brief: "pvc", name: scoped(c.Namespace, c.Name), count: c.Phase}
	switch c.Phase {
	case "Pending":
		e.mark, e.style, e.count = theme.Starting, t.Warn, t.Warn.Render(c.Phase)
	case "Lost":
		e.mark, e.style, e.count = theme.Died, t.Bad, t.Bad.Render(c.Phase)
	}
	e.say(c.Size)
	if len(c.UsedBy) > 0 {
		e.say(t.Dim.Render("← " + strings.Join(c.UsedBy, ", ")))
	} else {
		e.say(t.Dim.Render("unused"))
	}
	if c.Volume != "" {
		e.say(t.Dim.Render("volume " + c.Volume))
	}
	if c.Class != "" {
		e.say(t.Dim.Render("class " + c.Class))
	}
	return e
}

func scalerEntry(t theme.Theme, a *sim.Autoscaler) entry {
	e := entry{key: Key{"autoscaler", a.Namespace, a.Name}, mark: theme.Running, style: t.Good, kind: "autoscaler", brief: "hpa", name: scoped(a.Namespace, a.Name)}
	e.count = fmt.Sprintf("cpu %d %% of %d %%", a.CPU, a.Goal)
	if a.CPU < 0 {
		e.mark, e.style, e.count = theme.Starting, t.Warn, t.Warn.Render(fmt.Sprintf("cpu not known, wants %d %%", a.Goal))
	}
	switch {
	case a.Desired > a.Current:
		e.mark, e.style = theme.Up, t.Accent
	case a.Desired < a.Current && a.Desired > 0:
		e.mark, e.style = theme.Down, t.Accent
	}
	if a.Desired != a.Current && a.Desired > 0 {
		e.say(t.Accent.Render(fmt.Sprintf("%d %s %d", a.Current, theme.Arrow, a.Desired)))
	} else {
		e.say(plural(a.Current, "pod"))
	}
	e.say(t.Dim.Render(fmt.Sprintf("%d to %d", a.Min, a.Max)))
	e.say(t.Dim.Render("of " + a.Target))
	return e
}
