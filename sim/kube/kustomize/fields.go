package kustomize

import "strings"

// visit calls fn with the map and the key at the end of a path such as
// "spec/template/spec/containers[]/image"; [] stands for every item of a list. With
// create, missing maps on the way are made, but for those in lists.
func visit(value any, path string, create bool, fn func(in map[string]any, key string)) {
	step, rest, more := strings.Cut(path, "/")
	step, each := strings.CutSuffix(step, "[]")
	m, ok := value.(map[string]any)
	if !ok {
		return
	}
	switch {
	case !more && !each:
		if _, there := m[step]; there || create {
			fn(m, step)
		}
	case each:
		list, _ := m[step].([]any)
		for _, item := range list {
			visit(item, rest, create, fn)
		}
	case create:
		visit(within(m, step), rest, create, fn)
	default:
		visit(m[step], rest, create, fn)
	}
}

// template is where a kind keeps the pods it makes; "" for a Pod itself, and false
// for kinds without pods.
func template(kind string) (path string, has bool) {
	switch kind {
	case "Pod":
		return "", true
	case "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController":
		return "spec/template/", true
	case "CronJob":
		return "spec/jobTemplate/spec/template/", true
	}
	return "", false
}

// selectors are the paths of label maps by which a kind selects; those of made are
// filled even where they are missing.
func selectors(kind string) (made, present []string) {
	switch kind {
	case "Service", "ReplicationController":
		return []string{"spec/selector"}, nil
	case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet":
		t := "spec/template/spec/"
		present = []string{t + "topologySpreadConstraints[]/labelSelector/matchLabels"}
		for _, a := range []string{"podAffinity", "podAntiAffinity"} {
			present = append(present,
				t+"affinity/"+a+"/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels",
				t+"affinity/"+a+"/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels")
		}
		return []string{"spec/selector/matchLabels"}, present
	case "Job", "PodDisruptionBudget":
		return nil, []string{"spec/selector/matchLabels"}
	case "CronJob":
		return nil, []string{"spec/jobTemplate/spec/selector/matchLabels"}
	case "NetworkPolicy":
		return nil, []string{"spec/podSelector/matchLabels", "spec/ingress[]/from[]/podSelector/matchLabels", "spec/egress[]/to[]/podSelector/matchLabels"}
	}
	return nil, nil
}

// reference is a place where one object names another.
type reference struct{ kind, path string }

// references are the places in an object of a kind that name others.
func references(kind string) []reference {
	var list []reference
	if t, has := template(kind); has {
		list = podReferences(t + "spec/")
	}
	switch kind {
	case "StatefulSet":
		list = append(list, reference{"Service", "spec/serviceName"})
	case "Ingress":
		list = append(list, reference{"Secret", "spec/tls[]/secretName"}, reference{"Service", "spec/defaultBackend/service/name"},
			reference{"Service", "spec/rules[]/http/paths[]/backend/service/name"}, reference{"IngressClass", "spec/ingressClassName"})
	case "RoleBinding", "ClusterRoleBinding":
		list = append(list, reference{"Role", "roleRef/name"}, reference{"ClusterRole", "roleRef/name"}, reference{"ServiceAccount", "subjects[]/name"})
	case "HorizontalPodAutoscaler":
		for _, k := range []string{"Deployment", "StatefulSet", "ReplicaSet"} {
			list = append(list, reference{k, "spec/scaleTargetRef/name"})
		}
	case "ServiceAccount":
		list = append(list, reference{"Secret", "imagePullSecrets[]/name"}, reference{"Secret", "secrets[]/name"})
	case "PersistentVolumeClaim":
		list = append(list, reference{"PersistentVolume", "spec/volumeName"}, reference{"StorageClass", "spec/storageClassName"})
	}
	return list
}

func podReferences(spec string) []reference {
	list := []reference{
		{"ConfigMap", spec + "volumes[]/configMap/name"}, {"ConfigMap", spec + "volumes[]/projected/sources[]/configMap/name"},
		{"Secret", spec + "volumes[]/secret/secretName"}, {"Secret", spec + "volumes[]/projected/sources[]/secret/name"},
		{"Secret", spec + "imagePullSecrets[]/name"}, {"PersistentVolumeClaim", spec + "volumes[]/persistentVolumeClaim/claimName"},
		{"ServiceAccount", spec + "serviceAccountName"}, {"PriorityClass", spec + "priorityClassName"},
	}
	for _, c := range []string{"containers[]/", "initContainers[]/"} {
		list = append(list,
			reference{"ConfigMap", spec + c + "env[]/valueFrom/configMapKeyRef/name"}, reference{"ConfigMap", spec + c + "envFrom[]/configMapRef/name"},
			reference{"Secret", spec + c + "env[]/valueFrom/secretKeyRef/name"}, reference{"Secret", spec + c + "envFrom[]/secretRef/name"})
	}
	return list
}
