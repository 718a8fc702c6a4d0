package cluster

import (
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"drydock/sim/clock"
	"drydock/sim/kube/api"
	"drydock/sim/kube/store"
)

// The annotations of volumes that were made on demand.
const (
	provisionedBy      = "pv.kubernetes.io/provisioned-by"
	storageProvisioner = "volume.kubernetes.io/storage-provisioner"
	betaProvisioner    = "volume.beta.kubernetes.io/storage-provisioner"
)

// provisionTime is how long a provisioner takes for a volume: a helper pod makes the
// directory or a storage system is asked.
const provisionTime = 2 * time.Second

// provision has a volume made by the cluster's provisioner, or waits for one that is
// not here.
func (v *volumes) provision(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node string) {
	if claim.Annotations[storageProvisioner] != class.Provisioner {
		c := store.Copy(claim)
		c.Annotations = maps.Clone(claim.Annotations)
		if c.Annotations == nil {
			c.Annotations = map[string]string{}
		}
		c.Annotations[storageProvisioner], c.Annotations[betaProvisioner] = class.Provisioner, class.Provisioner
		v.server.PersistentVolumeClaims.SetStatus(c)
		claim = c
	}
	v.report(claim, "Normal", "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner '"+class.Provisioner+"' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.")
	key := store.KeyOf(claim)
	if v.Provisioner == nil || class.Provisioner != v.Provisioner.Name() || v.making[key] {
		return
	}
	v.making[key] = true
	v.server.Event(v.provisioner(), "PersistentVolumeClaim", claim, "", "Normal", "Provisioning", `External provisioner is provisioning volume for claim "`+key.String()+`"`)
	v.server.Clock.AfterWeighted(provisionTime, clock.Work, func() {
		delete(v.making, key)
		if now, found := v.server.PersistentVolumeClaims.Get(key.Namespace, key.Name); found && now.UID == claim.UID && now.Spec.VolumeName == "" {
			v.make(now, class, node)
		}
	})
}

func (v *volumes) provisioner() api.Source { return api.Source{Component: v.Provisioner.Name()} }

// make makes the volume of a claim and binds them.
func (v *volumes) make(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node string) {
	pv, err := v.Provisioner.Provision(claim, class, node)
	if err == nil {
		pv, err = v.server.PersistentVolumes.Create(pv)
	}
	if err != nil {
		v.server.Event(v.provisioner(), "PersistentVolumeClaim", claim, "", "Warning", "ProvisioningFailed", `failed to provision volume with StorageClass "`+class.Name+`": `+err.Error())
		v.queue.AddAfter(store.KeyOf(claim), 15*time.Second, clock.Upkeep)
		return
	}
	v.server.Event(v.provisioner(), "PersistentVolumeClaim", claim, "", "Normal", "ProvisioningSucceeded", "Successfully provisioned volume "+pv.Name)
	v.bind(claim, pv)
}

// unused is the condition that says whether pods use a claim (v1.37).
const unused = corev1.PersistentVolumeClaimConditionType("Unused")

// noteUse keeps the condition of a bound claim that says whether a pod uses it.
func (v *volumes) noteUse(claim *corev1.PersistentVolumeClaim) {
	inUse := slices.ContainsFunc(v.users.Get(store.KeyOf(claim).String()), func(p *corev1.Pod) bool { return !isOver(p) })
	next := corev1.PersistentVolumeClaimCondition{
		Type: unused, Status: corev1.ConditionTrue, LastTransitionTime: metav1.NewTime(v.server.Clock.Now()),
		Reason: "NoPodsUsingPVC", Message: "No pods are currently referencing this PVC",
	}
	if inUse {
		next.Status, next.Reason, next.Message = corev1.ConditionFalse, "PodUsingPVC", "A pod is currently referencing this PVC"
	}
	at := slices.IndexFunc(claim.Status.Conditions, func(c corev1.PersistentVolumeClaimCondition) bool { return c.Type == unused })
	if at >= 0 && claim.Status.Conditions[at].Status == next.Status {
		return
	}
	c := store.Copy(claim)
	c.Status.Conditions = append(slices.DeleteFunc(slices.Clone(claim.Status.Conditions), func(c corev1.PersistentVolumeClaimCondition) bool { return c.Type == unused }), next)
	v.server.PersistentVolumeClaims.SetStatus(c)
}

// noteGrowth says who has to make a volume larger whose claim asks for more.
func (v *volumes) noteGrowth(claim *corev1.PersistentVolumeClaim) {
	want, have := claim.Spec.Resources.Requests[corev1.ResourceStorage], claim.Status.Capacity[corev1.ResourceStorage]
	pv, found := v.server.PersistentVolumes.Get("", claim.Spec.VolumeName)
	if !found || want.Cmp(have) <= 0 || pv.Annotations[provisionedBy] == "" {
		return
	}
	v.server.Event(api.Source{Component: "volume_expand"}, "PersistentVolumeClaim", claim, "", "Normal", "ExternalExpanding", "waiting for an external controller to expand this PVC")
}
