package cluster

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// Provisioner makes volumes for the claims of storage classes that name it.
type Provisioner interface {
	// Name is what storage classes call it.
	Name() string
	// Provision makes the volume of a claim; node is where its first pod will run, or
	// "" when the class binds at once.
	Provision(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node string) (*corev1.PersistentVolume, error)
}

// The annotations and the finalizer of the volume controllers.
const (
	bindCompleted     = "pv.kubernetes.io/bind-completed"
	boundByController = "pv.kubernetes.io/bound-by-controller"
	selectedNode      = "volume.kubernetes.io/selected-node"
	claimProtection   = "kubernetes.io/pvc-protection"
	volumeProtection  = "kubernetes.io/pv-protection"
	noProvisioner     = "kubernetes.io/no-provisioner" // of classes whose volumes an administrator makes
)

// volumes is the persistent volume controller and the protection of claims in use.
type volumes struct {
	*Cluster
	queue *api.Queue
	// users finds pods by the claims that they use, volumesOf volumes by their claim.
	users     *store.Index[*corev1.Pod]
	volumesOf *store.Index[*corev1.PersistentVolume]
	making    map[store.Key]bool // claims whose volume the provisioner makes just now
}

func newVolumes(c *Cluster) {
	v := &volumes{Cluster: c, making: map[store.Key]bool{}}
	v.queue = c.manager.Queue(reaction, v.sync)
	v.users = c.server.Pods.Table.Index(claimKeys)
	v.volumesOf = c.server.PersistentVolumes.Table.Index(func(pv *corev1.PersistentVolume) []string {
		if ref := pv.Spec.ClaimRef; ref != nil {
			return []string{store.Key{Namespace: ref.Namespace, Name: ref.Name}.String()}
		}
		return nil
	})
	all := func() {
		for _, claim := range c.server.PersistentVolumeClaims.List("") {
			v.queue.Add(store.KeyOf(claim))
		}
	}
	c.server.PersistentVolumeClaims.Watch(func(ch store.Change[*corev1.PersistentVolumeClaim]) {
		pending := ch.Type == store.Modified && ch.Old.Status.Phase == "" && ch.New.Status.Phase == corev1.ClaimPending
		if !pending {
			v.queue.Add(store.KeyOf(ch.Now()))
		}
	})
	c.server.PersistentVolumes.Watch(func(ch store.Change[*corev1.PersistentVolume]) {
		if ch.Type != store.Modified || ch.New.Status.Phase != ch.Old.Status.Phase || ch.New.DeletionTimestamp != nil {
			v.queue.Add(store.Key{Name: ch.Now().Name})
			all()
		}
	})
	c.server.StorageClasses.Watch(func(store.Change[*storagev1.StorageClass]) { all() })
	c.server.Pods.Watch(func(ch store.Change[*corev1.Pod]) {
		if ch.Type == store.Modified && isOver(ch.Old) == isOver(ch.New) && ch.Old.Spec.NodeName == ch.New.Spec.NodeName {
			return
		}
		for _, vol := range ch.Now().Spec.Volumes {
			if vol.PersistentVolumeClaim != nil {
				v.queue.Add(store.Key{Namespace: ch.Now().Namespace, Name: vol.PersistentVolumeClaim.ClaimName})
			}
		}
	})
	all()
	c.manager.OnStart(all)
}

func claimKeys(p *corev1.Pod) []string {
	var keys []string
	for _, v := range p.Spec.Volumes {
		if v.PersistentVolumeClaim != nil {
			keys = append(keys, p.Namespace+"/"+v.PersistentVolumeClaim.ClaimName)
		}
	}
	return keys
}

func (v *volumes) sync(key store.Key) {
	if key.Namespace == "" {
		v.syncVolume(key.Name)
		return
	}
	claim, found := v.server.PersistentVolumeClaims.Get(key.Namespace, key.Name)
	if !found {
		for _, pv := range v.volumesOf.Get(key.String()) {
			v.syncVolume(pv.Name)
		}
		return
	}
	protected := slices.Contains(claim.Finalizers, claimProtection)
	switch {
	case claim.DeletionTimestamp != nil:
		inUse := slices.ContainsFunc(v.users.Get(key.String()), func(p *corev1.Pod) bool { return !isOver(p) })
		if protected && !inUse {
			removeFinalizer(v.server.PersistentVolumeClaims, claim, claimProtection)
		}
		return
	case !protected:
		c := store.Copy(claim)
		c.Finalizers = append(slices.Clone(claim.Finalizers), claimProtection)
		v.server.PersistentVolumeClaims.SetStatus(c)
		return // it comes again by the watch
	case claim.Spec.VolumeName == "" || claim.Status.Phase != corev1.ClaimBound:
		v.find(claim)
	default:
		v.noteUse(claim)
		v.noteGrowth(claim)
	}
}

// syncVolume follows a volume whose claim may be gone.
func (v *volumes) syncVolume(name string) {
	pv, found := v.server.PersistentVolumes.Get("", name)
	if !found {
		return
	}
	phase := v.phaseOf(pv)
	if protected := slices.Contains(pv.Finalizers, volumeProtection); pv.DeletionTimestamp != nil {
		if protected && phase != corev1.VolumeBound {
			removeFinalizer(v.server.PersistentVolumes, pv, volumeProtection)
		}
		return
	} else if !protected {
		c := store.Copy(pv)
		c.Finalizers = append(slices.Clone(pv.Finalizers), volumeProtection)
		v.server.PersistentVolumes.SetStatus(c)
		pv = c
	}
	if phase == corev1.VolumeReleased && pv.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete {
		_, _ = v.server.PersistentVolumes.Delete("", name, api.DeleteOptions{}) // it is there
		return
	}
	if pv.Status.Phase != phase {
		c := store.Copy(pv)
		c.Status.Phase = phase
		v.server.PersistentVolumes.SetStatus(c)
	}
}

// phaseOf is a volume's: it is Released when its claim is gone.
func (v *volumes) phaseOf(pv *corev1.PersistentVolume) corev1.PersistentVolumePhase {
	ref := pv.Spec.ClaimRef
	if ref == nil || ref.UID == "" {
		return corev1.VolumeAvailable
	}
	if claim, has := v.server.PersistentVolumeClaims.Get(ref.Namespace, ref.Name); !has || claim.UID != ref.UID {
		return corev1.VolumeReleased
	}
	return corev1.VolumeBound
}

// find binds a claim to the smallest volume that will do, or has one made.
func (v *volumes) find(claim *corev1.PersistentVolumeClaim) {
	name := className(claim)
	class, known := v.server.StorageClasses.Get("", name)
	node := claim.Annotations[selectedNode]
	for _, p := range v.users.Get(store.KeyOf(claim).String()) {
		if node == "" {
			node = p.Spec.NodeName
		}
	}
	late := known && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
	if claim.Spec.VolumeName == "" && late && node == "" {
		v.report(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
		return
	}
	if pv := v.match(claim, node); pv != nil {
		v.bind(claim, pv)
		return
	}
	switch {
	case claim.Spec.VolumeName != "":
	case name == "":
		v.report(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
	case !known:
		v.report(claim, "Warning", "ProvisioningFailed", `storageclass.storage.k8s.io "`+name+`" not found`)
	case class.Provisioner == noProvisioner:
		v.report(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
	default:
		v.provision(claim, class, node)
	}
}

func className(claim *corev1.PersistentVolumeClaim) string {
	if claim.Spec.StorageClassName == nil {
		return ""
	}
	return *claim.Spec.StorageClassName
}

func (v *volumes) report(claim *corev1.PersistentVolumeClaim, kind, reason, message string) {
	v.server.Event(api.Source{Component: "persistentvolume-controller"}, "PersistentVolumeClaim", claim, "", kind, reason, message)
	if claim.Status.Phase == "" {
		c := store.Copy(claim)
		c.Status.Phase = corev1.ClaimPending
		v.server.PersistentVolumeClaims.SetStatus(c)
	}
}

// match is the smallest free volume that satisfies a claim on a node, or nil; "" is
// any node.
func (v *volumes) match(claim *corev1.PersistentVolumeClaim, node string) *corev1.PersistentVolume {
	var best *corev1.PersistentVolume
	want := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	selector, err := metav1.LabelSelectorAsSelector(claim.Spec.Selector)
	for _, pv := range v.server.PersistentVolumes.List("") {
		size := pv.Spec.Capacity[corev1.ResourceStorage]
		ref := pv.Spec.ClaimRef
		mine := ref != nil && ref.Namespace == claim.Namespace && ref.Name == claim.Name && (ref.UID == "" || ref.UID == claim.UID)
		switch {
		case pv.DeletionTimestamp != nil, ref != nil && !mine, claim.Spec.VolumeName != "" && claim.Spec.VolumeName != pv.Name:
			continue
		case mine:
			return pv
		case pv.Spec.StorageClassName != className(claim), size.Cmp(want) < 0, !v.reaches(pv, node):
			continue
		case claim.Spec.Selector != nil && (err != nil || !selector.Matches(labels.Set(pv.Labels))):
			continue
		case slices.ContainsFunc(claim.Spec.AccessModes, func(m corev1.PersistentVolumeAccessMode) bool { return !slices.Contains(pv.Spec.AccessModes, m) }):
			continue
		}
		if best != nil {
			if least := best.Spec.Capacity[corev1.ResourceStorage]; size.Cmp(least) >= 0 {
				continue
			}
		}
		best = pv
	}
	return best
}

// reaches reports that a volume can be had on a node; "" is any.
func (v *volumes) reaches(pv *corev1.PersistentVolume, node string) bool {
	if node == "" || pv.Spec.NodeAffinity == nil || pv.Spec.NodeAffinity.Required == nil {
		return true
	}
	n, found := v.server.Nodes.Get("", node)
	return found && slices.ContainsFunc(pv.Spec.NodeAffinity.Required.NodeSelectorTerms, func(t corev1.NodeSelectorTerm) bool { return onNode(t, n) })
}

// onNode reports that a node meets all that a term of an affinity asks of its labels.
func onNode(t corev1.NodeSelectorTerm, n *corev1.Node) bool {
	for _, r := range t.MatchExpressions {
		op := selection.Operator(strings.ToLower(string(r.Operator)))
		if r.Operator == corev1.NodeSelectorOpDoesNotExist {
			op = selection.DoesNotExist
		}
		need, err := labels.NewRequirement(r.Key, op, r.Values)
		if err != nil || !need.Matches(labels.Set(n.Labels)) {
			return false
		}
	}
	return len(t.MatchExpressions) > 0
}

// bind ties a claim and a volume to each other.
func (v *volumes) bind(claim *corev1.PersistentVolumeClaim, pv *corev1.PersistentVolume) {
	volume := store.Copy(pv)
	if pv.Spec.ClaimRef == nil {
		volume.Annotations = marked(pv.Annotations, boundByController)
	}
	volume.Spec.ClaimRef = &corev1.ObjectReference{Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, ResourceVersion: claim.ResourceVersion}
	volume.Status.Phase = corev1.VolumeBound
	v.server.PersistentVolumes.SetStatus(volume)
	c := store.Copy(claim)
	c.Annotations = marked(claim.Annotations, bindCompleted)
	if claim.Spec.VolumeName == "" {
		c.Annotations[boundByController] = "yes"
	}
	c.Spec.VolumeName = pv.Name
	c.Status.Phase, c.Status.AccessModes, c.Status.Capacity = corev1.ClaimBound, pv.Spec.AccessModes, pv.Spec.Capacity
	v.server.PersistentVolumeClaims.SetStatus(c)
}

// marked is a copy of annotations with one more that says yes.
func marked(annotations map[string]string, key string) map[string]string {
	m := maps.Clone(annotations)
	if m == nil {
		m = map[string]string{}
	}
	m[key] = "yes"
	return m
}
